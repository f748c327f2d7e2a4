-- name:     look_at
-- question: Which cloud items need a person's eye, and beside which local item?
-- params:   :year     TEXT  default any  only items taken in this year
--           :belongs  TEXT  default own  own, partner, shared, trash, locked, or any
-- returns:  item_id, path, taken_at_utc, candidates, strength, counterpart_id, counterpart_path, reason
-- caveat:   a decision made in the review takes the item off this list
SELECT r.item_id, r.path, r.taken_at_utc,
  (SELECT COUNT(DISTINCT e.local_item_id) FROM evidence_rows AS e WHERE e.cloud_item_id = r.item_id) AS candidates,
  r.strength, r.counterpart_id, r.counterpart_path, r.reason
FROM reconciliation AS r
WHERE r.verdict = 'review'
  AND COALESCE(:year, 'any') IN ('any', SUBSTR(r.taken_at_utc, 1, 4))
  AND COALESCE(:belongs, 'own') IN ('any', r.belongs)
ORDER BY r.strength DESC, r.taken_at_utc, r.item_id;
