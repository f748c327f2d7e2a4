-- name:     problems_by_stage
-- question: What went wrong, where, how often, and what helps?
-- params:   none
-- returns:  source, stage, problems, first_path, message, hint
-- caveat:   message and hint are examples; the view problems has every one
SELECT p.source, p.stage, COUNT(*) AS problems, MIN(p.path) AS first_path, MIN(p.message) AS message,
  MIN(p.hint) AS hint
FROM problems AS p
GROUP BY p.source, p.stage
ORDER BY problems DESC, p.source, p.stage;
