-- name:     variants
-- question: Which cloud items are an edit, a crop, a rotation or the raw of something local?
-- params:   :relation  TEXT  default any  edited, rotated, raw_jpeg, burst, ... or any
-- returns:  item_id, path, taken_at_utc, size_bytes, relation, counterpart_id, counterpart_path, reason
-- caveat:   a variant is not a copy: it stays on the copy list
SELECT r.item_id, r.path, r.taken_at_utc, r.size_bytes, r.relation, r.counterpart_id, r.counterpart_path, r.reason
FROM reconciliation AS r
WHERE r.verdict = 'variant' AND COALESCE(:relation, 'any') IN ('any', r.relation)
ORDER BY r.relation, r.taken_at_utc, r.item_id;
