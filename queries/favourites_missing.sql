-- name:     favourites_missing
-- question: Which favourites are not safe on a local disk?
-- params:   none
-- returns:  item_id, filename, kind, taken_at_utc, size_bytes, verdict, product_url, archive, path
-- caveat:   favourites are those marked in Google Photos when the export was made
SELECT r.item_id, r.filename, r.kind, r.taken_at_utc, r.size_bytes, r.verdict, c.product_url, r.archive, r.path
FROM cloud_items AS c
JOIN reconciliation AS r ON r.item_id = c.item_id
WHERE c.favorited = 1
  AND r.verdict NOT IN ('identical', 'same_content', 'same_picture', 'confirmed')
ORDER BY r.taken_at_utc, r.item_id;
