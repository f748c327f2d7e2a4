-- name:     scan_health
-- question: Did every scan read its source whole, and do its sums close?
-- params:   none
-- returns:  run_id, source, kind, started_at_utc, ended_at_utc, state, is_latest, seen, saved, rejected, unaccounted, problems
-- caveat:   missing is only said after complete scans; unaccounted must be 0 in every row
WITH counted AS (
  SELECT p.run_id, COUNT(*) AS problems FROM problems AS p GROUP BY p.run_id
)
SELECT s.run_id, s.source, s.kind, s.started_at_utc, s.ended_at_utc,
  CASE WHEN s.ended_at_utc IS NULL THEN 'not ended' WHEN s.complete = 1 THEN 'complete' ELSE 'cut short' END AS state,
  s.run_id = MAX(s.run_id) OVER (PARTITION BY s.source, s.kind) AS is_latest,
  s.seen, s.saved, s.rejected, s.seen - s.saved - s.rejected AS unaccounted,
  COALESCE(c.problems, 0) AS problems
FROM scan_runs AS s
LEFT JOIN counted AS c ON c.run_id = s.run_id
ORDER BY s.run_id;
