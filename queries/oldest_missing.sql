-- name:     oldest_missing
-- question: Which items that are not safe are the oldest?
-- params:   :limit  INTEGER  default 50  how many rows
--           :kind   TEXT     default any  photo, raw, video, motion, other, or any
-- returns:  item_id, filename, kind, taken_at_utc, size_bytes, verdict, archive, path
-- caveat:   own items; items without a capture time are left out: see undated
SELECT r.item_id, r.filename, r.kind, r.taken_at_utc, r.size_bytes, r.verdict, r.archive, r.path
FROM reconciliation AS r
WHERE r.verdict NOT IN ('identical', 'same_content', 'same_picture', 'confirmed')
  AND r.belongs = 'own'
  AND COALESCE(:kind, 'any') IN ('any', r.kind)
  AND r.taken_at_utc IS NOT NULL
ORDER BY r.taken_at_utc, r.item_id
LIMIT COALESCE(:limit, 50);
