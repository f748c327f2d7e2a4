-- name:     missing_by_album
-- question: How much of each album is safe?
-- params:   none
-- returns:  album, items, safe_items, missing_items, review_items, other_items, to_copy_bytes
-- caveat:   an item in two albums is counted in both; unsafe items are missing, review and other together
SELECT a.album, COUNT(*) AS items,
  SUM(r.verdict IN ('identical', 'same_content', 'same_picture', 'confirmed')) AS safe_items,
  SUM(r.verdict = 'missing') AS missing_items,
  SUM(r.verdict = 'review') AS review_items,
  SUM(r.verdict NOT IN ('identical', 'same_content', 'same_picture', 'confirmed', 'missing', 'review'))
    AS other_items,
  SUM(CASE WHEN r.verdict IN ('identical', 'same_content', 'same_picture', 'confirmed') THEN 0
    ELSE COALESCE(r.size_bytes, 0) END) AS to_copy_bytes
FROM album_items AS a
JOIN reconciliation AS r ON r.item_id = a.item_id
GROUP BY a.album
ORDER BY items - safe_items DESC, a.album;
