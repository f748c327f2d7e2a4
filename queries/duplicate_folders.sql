-- name:     duplicate_folders
-- question: Which pairs of local folders hold the same files?
-- params:   :min_files  INTEGER  default 3  the smallest number of shared files worth a row
-- returns:  folder, other_folder, shared_files, shared_bytes
-- caveat:   files stored more than ten times are left out: they are icons and the like
WITH stored AS (
  SELECT p.sha256, p.size_bytes, RTRIM(p.path, REPLACE(p.path, '/', '')) AS folder,
    COUNT(*) OVER (PARTITION BY p.sha256) AS copies
  FROM placements AS p
  JOIN local_items AS l ON l.item_id = p.item_id
  WHERE p.sha256 IS NOT NULL
),
repeated AS (
  SELECT s.sha256, s.folder, MAX(s.size_bytes) AS size_bytes FROM stored AS s
  WHERE s.copies BETWEEN 2 AND 10
  GROUP BY s.sha256, s.folder
)
SELECT a.folder, b.folder AS other_folder, COUNT(*) AS shared_files, SUM(a.size_bytes) AS shared_bytes
FROM repeated AS a
JOIN repeated AS b ON b.sha256 = a.sha256 AND b.folder > a.folder
GROUP BY a.folder, b.folder
HAVING shared_files >= COALESCE(:min_files, 3)
ORDER BY shared_bytes DESC, a.folder, b.folder;
