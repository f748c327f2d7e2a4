-- name:     left_out
-- question: Which cloud items are not the user's own, and what would be said of them?
-- params:   :belongs  TEXT  default any  partner, shared, trash, locked, or any
-- returns:  belongs, item_id, filename, kind, taken_at_utc, size_bytes, verdict, path
-- caveat:   these are counted apart and are not on the copy list unless asked for
SELECT r.belongs, r.item_id, r.filename, r.kind, r.taken_at_utc, r.size_bytes, r.verdict, r.path
FROM reconciliation AS r
WHERE r.belongs <> 'own' AND COALESCE(:belongs, 'any') IN ('any', r.belongs)
ORDER BY r.belongs, r.taken_at_utc, r.item_id;
