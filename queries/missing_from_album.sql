-- name:     missing_from_album
-- question: What does an album hold that is not safe on a local disk?
-- params:   :album  TEXT  default any  the album's title as Google shows it, or any
-- returns:  album, item_id, filename, taken_at_utc, size_bytes, verdict, counterpart_path, archive, path, reason
-- caveat:   albums are those of the exports that were read
SELECT a.album, r.item_id, r.filename, r.taken_at_utc, r.size_bytes, r.verdict, r.counterpart_path,
  r.archive, r.path, r.reason
FROM album_items AS a
JOIN reconciliation AS r ON r.item_id = a.item_id
WHERE COALESCE(:album, a.album) IN ('any', a.album)
  AND r.verdict NOT IN ('identical', 'same_content', 'same_picture', 'confirmed')
ORDER BY a.album, r.taken_at_utc, r.item_id;
