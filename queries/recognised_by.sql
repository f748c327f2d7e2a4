-- name:     recognised_by
-- question: By which rule did each verdict come about, how often, and how strong was it?
-- params:   :belongs  TEXT  default own  own, partner, shared, trash, locked, or any
-- returns:  verdict, rule, items, size_bytes, weakest, strongest
-- caveat:   an item counts once, under the rule that decided; evidence_rows holds every rule that spoke
SELECT r.verdict, r.rule, COUNT(*) AS items, COALESCE(SUM(r.size_bytes), 0) AS size_bytes,
  MIN(r.strength) AS weakest, MAX(r.strength) AS strongest
FROM reconciliation AS r
WHERE COALESCE(:belongs, 'own') IN ('any', r.belongs)
GROUP BY r.verdict, r.rule
ORDER BY r.verdict, items DESC, r.rule;
