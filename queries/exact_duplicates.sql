-- name:     exact_duplicates
-- question: Which bytes are stored more than once on one side?
-- params:   :side       TEXT     default any  cloud, local, or any
--           :min_bytes  INTEGER  default 1    leave out smaller files
-- returns:  side, sha256, copies, size_bytes, item_id, archive, path
-- caveat:   a Takeout repeats an item in each of its albums: those placements are one item and are not listed
WITH stored AS (
  SELECT 'local' AS side, p.sha256, p.size_bytes, p.item_id, p.archive, p.path
  FROM placements AS p
  JOIN local_items AS l ON l.item_id = p.item_id
  WHERE COALESCE(:side, 'any') IN ('any', 'local')
  UNION ALL
  SELECT 'cloud', c.sha256, c.size_bytes, c.item_id, c.archive, c.path
  FROM cloud_items AS c
  WHERE COALESCE(:side, 'any') IN ('any', 'cloud')
),
counted AS (
  SELECT s.side, s.sha256, s.size_bytes, s.item_id, s.archive, s.path,
    COUNT(*) OVER (PARTITION BY s.side, s.sha256) AS copies
  FROM stored AS s
  WHERE s.sha256 IS NOT NULL AND s.size_bytes >= COALESCE(:min_bytes, 1)
)
SELECT d.side, d.sha256, d.copies, d.size_bytes, d.item_id, d.archive, d.path
FROM counted AS d
WHERE d.copies > 1
ORDER BY d.size_bytes * (d.copies - 1) DESC, d.side, d.sha256, d.path, d.archive, d.item_id;
