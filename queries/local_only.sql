-- name:     local_only
-- question: Which local items have no cloud counterpart?
-- params:   :kind   TEXT  default any  photo, raw, video, motion, other, or any
--           :under  TEXT  default any  only paths that begin with this folder
-- returns:  item_id, filename, kind, taken_at_utc, size_bytes, path
-- caveat:   compared with what the exports hold; newer uploads are not known yet
SELECT l.item_id, l.filename, l.kind, l.taken_at_utc, l.size_bytes, l.path
FROM local_only AS l
WHERE COALESCE(:kind, 'any') IN ('any', l.kind)
  AND COALESCE(:under, 'any') IN ('any', SUBSTR(l.path, 1, LENGTH(COALESCE(:under, ''))))
ORDER BY l.path, l.item_id;
