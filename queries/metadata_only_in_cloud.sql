-- name:     metadata_only_in_cloud
-- question: Which safe items carry words, people, a place or a favourite mark that only the cloud knows?
-- params:   none
-- returns:  item_id, path, counterpart_path, description, people, favorited, albums, place
-- caveat:   place is given where the local file has none; copy --xmp and export exiftool-args carry these over
SELECT r.item_id, r.path, r.counterpart_path, NULLIF(c.description, '') AS description,
  CASE WHEN c.people IN ('', '[]') THEN NULL ELSE c.people END AS people, c.favorited,
  (SELECT COUNT(*) FROM album_items AS a WHERE a.item_id = r.item_id) AS albums,
  CASE WHEN l.latitude IS NULL AND c.latitude IS NOT NULL
    THEN PRINTF('%.5f %.5f', c.latitude, c.longitude) END AS place
FROM reconciliation AS r
JOIN cloud_items AS c ON c.item_id = r.item_id
JOIN local_items AS l ON l.item_id = r.counterpart_id
WHERE r.verdict IN ('identical', 'same_content', 'same_picture', 'confirmed')
  AND (COALESCE(c.description, '') <> '' OR COALESCE(c.people, '') NOT IN ('', '[]') OR c.favorited = 1
    OR (l.latitude IS NULL AND c.latitude IS NOT NULL)
    OR EXISTS (SELECT 1 FROM album_items AS a WHERE a.item_id = r.item_id))
ORDER BY r.path, r.item_id;
