-- name:     album_contents
-- question: What is in an album, and is it safe?
-- params:   :album  TEXT  default any  the album's title as Google shows it, or any
-- returns:  album, item_id, filename, kind, taken_at_utc, size_bytes, verdict, counterpart_path, path
-- caveat:   albums are those of the exports that were read
SELECT a.album, r.item_id, r.filename, r.kind, r.taken_at_utc, r.size_bytes, r.verdict, r.counterpart_path, r.path
FROM album_items AS a
JOIN reconciliation AS r ON r.item_id = a.item_id
WHERE COALESCE(:album, a.album) IN ('any', a.album)
ORDER BY a.album, r.taken_at_utc, r.item_id;
