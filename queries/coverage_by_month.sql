-- name:     coverage_by_month
-- question: How many items does each source hold for each month?
-- params:   none
-- returns:  month, side, source, items, size_bytes, safe_items
-- caveat:   months are those of the capture time in UTC; safe_items is empty for local sources
SELECT COALESCE(SUBSTR(r.taken_at_utc, 1, 7), 'undated') AS month, 'cloud' AS side, r.source, COUNT(*) AS items,
  COALESCE(SUM(r.size_bytes), 0) AS size_bytes,
  SUM(r.verdict IN ('identical', 'same_content', 'same_picture', 'confirmed')) AS safe_items
FROM reconciliation AS r
WHERE r.belongs = 'own'
GROUP BY 1, r.source
UNION ALL
SELECT COALESCE(SUBSTR(l.taken_at_utc, 1, 7), 'undated'), 'local', l.source, COUNT(*),
  COALESCE(SUM(l.size_bytes), 0), NULL
FROM local_items AS l
GROUP BY 1, l.source
ORDER BY 1, 2, 3;
