-- name:     raw_jpeg_pairs
-- question: Which raw files have a JPEG of the same exposure beside them?
-- params:   :side  TEXT  default any  cloud, local, or any
-- returns:  side, raw_id, raw_path, raw_bytes, jpeg_id, jpeg_path, jpeg_bytes, taken_at_utc, paired_by
-- caveat:   paired by name and folder, or by name, camera and second; the pixels are not compared here
WITH items AS (
  SELECT 'cloud' AS side, c.item_id, c.path, c.kind, c.size_bytes, c.taken_at_utc, c.camera_model,
    LOWER(RTRIM(c.path, REPLACE(c.path, '.', ''))) AS path_stem,
    LOWER(RTRIM(c.filename, REPLACE(c.filename, '.', ''))) AS name_stem
  FROM cloud_items AS c
  WHERE (c.kind = 'raw' OR c.mime_type = 'image/jpeg') AND COALESCE(:side, 'any') IN ('any', 'cloud')
  UNION ALL
  SELECT 'local', l.item_id, l.path, l.kind, l.size_bytes, l.taken_at_utc, l.camera_model,
    LOWER(RTRIM(l.path, REPLACE(l.path, '.', ''))),
    LOWER(RTRIM(l.filename, REPLACE(l.filename, '.', '')))
  FROM local_items AS l
  WHERE (l.kind = 'raw' OR l.mime_type = 'image/jpeg') AND COALESCE(:side, 'any') IN ('any', 'local')
),
raws AS MATERIALIZED (
  SELECT i.side, i.item_id, i.path, i.size_bytes, i.taken_at_utc, i.camera_model, i.path_stem, i.name_stem
  FROM items AS i WHERE i.kind = 'raw'
),
jpegs AS MATERIALIZED (
  SELECT i.side, i.item_id, i.path, i.size_bytes, i.taken_at_utc, i.camera_model, i.path_stem, i.name_stem
  FROM items AS i WHERE i.kind <> 'raw'
)
SELECT r.side, r.item_id AS raw_id, r.path AS raw_path, r.size_bytes AS raw_bytes,
  j.item_id AS jpeg_id, j.path AS jpeg_path, j.size_bytes AS jpeg_bytes, r.taken_at_utc,
  'folder and name' AS paired_by
FROM raws AS r
JOIN jpegs AS j ON j.path_stem = r.path_stem AND j.side = r.side
UNION ALL
SELECT r.side, r.item_id, r.path, r.size_bytes, j.item_id, j.path, j.size_bytes, r.taken_at_utc,
  'name, camera and second'
FROM raws AS r
JOIN jpegs AS j ON j.name_stem = r.name_stem AND SUBSTR(j.taken_at_utc, 1, 19) = SUBSTR(r.taken_at_utc, 1, 19)
  AND j.side = r.side AND j.camera_model = r.camera_model AND j.path_stem <> r.path_stem
ORDER BY 1, 3, 2, 6, 5;
