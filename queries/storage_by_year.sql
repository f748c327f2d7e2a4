-- name:     storage_by_year
-- question: What does each year weigh: in the cloud, on disk, as best copies, and as waste?
-- params:   none
-- returns:  year, cloud_items, cloud_bytes, safe_items, to_copy_items, to_copy_bytes, local_files, local_bytes, best_copy_bytes, waste_bytes
-- caveat:   own items; waste is repeated bytes, duplicates not kept and smaller copies; best copies are the rest plus what is to be copied
WITH cloud AS (
  SELECT COALESCE(SUBSTR(r.taken_at_utc, 1, 4), 'undated') AS year, COUNT(*) AS items,
    SUM(COALESCE(r.size_bytes, 0)) AS bytes,
    SUM(r.verdict IN ('identical', 'same_content', 'same_picture', 'confirmed')) AS safe,
    SUM(CASE WHEN r.verdict IN ('identical', 'same_content', 'same_picture', 'confirmed') THEN 0
      ELSE COALESCE(r.size_bytes, 0) END) AS to_copy
  FROM reconciliation AS r
  WHERE r.belongs = 'own'
  GROUP BY 1
),
not_kept AS (
  SELECT m.item_id FROM duplicate_groups AS m
  WHERE m.side = 'local' AND m.is_keeper = 0
    AND m.relation IN ('identical', 'same_content', 'thumbnail', 'recompressed')
  UNION
  SELECT r.counterpart_id FROM reconciliation AS r WHERE r.verdict = 'smaller_copy' AND r.belongs = 'own'
),
stored AS (
  SELECT p.item_id, p.size_bytes, n.item_id IS NOT NULL OR ROW_NUMBER() OVER (
      PARTITION BY COALESCE(p.sha256, p.path) ORDER BY n.item_id IS NOT NULL, p.item_id, p.path) > 1 AS is_waste
  FROM placements AS p
  JOIN local_items AS l ON l.item_id = p.item_id
  LEFT JOIN not_kept AS n ON n.item_id = p.item_id
),
local AS (
  SELECT COALESCE(SUBSTR(l.taken_at_utc, 1, 4), 'undated') AS year, COUNT(*) AS files,
    SUM(s.size_bytes) AS bytes, SUM(s.size_bytes * s.is_waste) AS waste
  FROM stored AS s
  JOIN local_items AS l ON l.item_id = s.item_id
  GROUP BY 1
),
years AS (SELECT c.year FROM cloud AS c UNION SELECT l.year FROM local AS l)
SELECT y.year, COALESCE(c.items, 0) AS cloud_items, COALESCE(c.bytes, 0) AS cloud_bytes,
  COALESCE(c.safe, 0) AS safe_items, COALESCE(c.items - c.safe, 0) AS to_copy_items,
  COALESCE(c.to_copy, 0) AS to_copy_bytes,
  COALESCE(l.files, 0) AS local_files, COALESCE(l.bytes, 0) AS local_bytes,
  COALESCE(l.bytes - l.waste, 0) + COALESCE(c.to_copy, 0) AS best_copy_bytes,
  COALESCE(l.waste, 0) AS waste_bytes
FROM years AS y
LEFT JOIN cloud AS c ON c.year = y.year
LEFT JOIN local AS l ON l.year = y.year
ORDER BY y.year;
