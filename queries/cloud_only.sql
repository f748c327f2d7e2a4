-- name:     cloud_only
-- question: Which cloud items have no local counterpart that we would trust?
-- params:   :verdict       TEXT     default any  only this verdict, such as missing or smaller_copy
--           :belongs       TEXT     default own  own, partner, shared, trash, locked, or any
--           :kind          TEXT     default any  photo, raw, video, motion, other, or any
--           :min_strength  INTEGER  default 0    also list claims with evidence weaker than this (1..100)
-- returns:  item_id, filename, kind, taken_at_utc, size_bytes, verdict, strength, counterpart_path, archive, path, reason
-- caveat:   true for what was read: look at scan_health first; review and smaller_copy mean "look", not "missing"
SELECT r.item_id, r.filename, r.kind, r.taken_at_utc, r.size_bytes, r.verdict, r.strength,
  r.counterpart_path, r.archive, r.path, r.reason
FROM reconciliation AS r
WHERE (r.verdict NOT IN ('identical', 'same_content', 'same_picture', 'confirmed')
    OR r.strength < COALESCE(:min_strength, 0))
  AND COALESCE(:verdict, 'any') IN ('any', r.verdict)
  AND COALESCE(:belongs, 'own') IN ('any', r.belongs)
  AND COALESCE(:kind, 'any') IN ('any', r.kind)
ORDER BY r.taken_at_utc, r.item_id;
