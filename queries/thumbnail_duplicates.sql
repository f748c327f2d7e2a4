-- name:     thumbnail_duplicates
-- question: Which items are only a thumbnail or a smaller copy, and where is the better one?
-- params:   :scope  TEXT  default any  cloud or local (both inside one side), across (cloud is better), or any
-- returns:  scope, small_id, small_path, small_width, small_height, small_bytes, better_id, better_path, better_width, better_height, better_bytes, reason
-- caveat:   inside one side it shows what the last search for duplicates found (match --within)
WITH pairs AS (
  SELECT m.side AS scope, m.item_id AS small_id, k.item_id AS better_id, m.reason
  FROM duplicate_groups AS m
  JOIN duplicate_groups AS k ON k.side = m.side AND k.group_id = m.group_id AND k.is_keeper = 1
  WHERE m.relation = 'thumbnail' AND m.is_keeper = 0
)
SELECT p.scope, s.item_id AS small_id, s.path AS small_path, s.width AS small_width, s.height AS small_height,
  s.size_bytes AS small_bytes, b.item_id AS better_id, b.path AS better_path, b.width AS better_width,
  b.height AS better_height, b.size_bytes AS better_bytes, p.reason
FROM pairs AS p
JOIN local_items AS s ON s.item_id = p.small_id
JOIN local_items AS b ON b.item_id = p.better_id
WHERE p.scope = 'local' AND COALESCE(:scope, 'any') IN ('any', 'local')
UNION ALL
SELECT p.scope, s.item_id, s.path, s.width, s.height, s.size_bytes,
  b.item_id, b.path, b.width, b.height, b.size_bytes, p.reason
FROM pairs AS p
JOIN cloud_items AS s ON s.item_id = p.small_id
JOIN cloud_items AS b ON b.item_id = p.better_id
WHERE p.scope = 'cloud' AND COALESCE(:scope, 'any') IN ('any', 'cloud')
UNION ALL
SELECT 'across', s.item_id, s.path, s.width, s.height, s.size_bytes,
  b.item_id, b.path, b.width, b.height, b.size_bytes, r.reason
FROM reconciliation AS r
JOIN local_items AS s ON s.item_id = r.counterpart_id
JOIN cloud_items AS b ON b.item_id = r.item_id
WHERE r.verdict = 'smaller_copy' AND COALESCE(:scope, 'any') IN ('any', 'across')
ORDER BY 1, 8, 7, 2;
