-- name:     same_metadata_duplicates
-- question: Which items of one side carry the same camera, capture time, ISO and exposure time?
-- params:   :side  TEXT  default any  cloud, local, or any
-- returns:  side, copies, camera_make, camera_model, camera_clock, iso, exposure_time_s, item_id, kind, width, height, size_bytes, path
-- caveat:   to the second of the camera's clock; frames of a burst share all of these: a hint for the eye, not a proof
WITH items AS (
  SELECT 'cloud' AS side, c.camera_make, c.camera_model,
    STRFTIME('%Y-%m-%dT%H:%M:%S', c.taken_at_utc, COALESCE(c.taken_offset_minutes, 0) || ' minutes') AS camera_clock,
    c.iso, c.exposure_time_s, c.item_id, c.kind, c.width, c.height, c.size_bytes, c.path
  FROM cloud_items AS c
  WHERE c.taken_at_utc IS NOT NULL AND c.camera_model IS NOT NULL AND c.iso IS NOT NULL
    AND c.exposure_time_s IS NOT NULL AND COALESCE(:side, 'any') IN ('any', 'cloud')
  UNION ALL
  SELECT 'local', l.camera_make, l.camera_model,
    STRFTIME('%Y-%m-%dT%H:%M:%S', l.taken_at_utc, COALESCE(l.taken_offset_minutes, 0) || ' minutes'),
    l.iso, l.exposure_time_s, l.item_id, l.kind, l.width, l.height, l.size_bytes, l.path
  FROM local_items AS l
  WHERE l.taken_at_utc IS NOT NULL AND l.camera_model IS NOT NULL AND l.iso IS NOT NULL
    AND l.exposure_time_s IS NOT NULL AND COALESCE(:side, 'any') IN ('any', 'local')
),
counted AS (
  SELECT i.side, i.camera_make, i.camera_model, i.camera_clock, i.iso, i.exposure_time_s,
    i.item_id, i.kind, i.width, i.height, i.size_bytes, i.path,
    COUNT(*) OVER (
      PARTITION BY i.side, i.camera_clock, i.camera_model, i.camera_make, i.iso, i.exposure_time_s) AS copies
  FROM items AS i
)
SELECT d.side, d.copies, d.camera_make, d.camera_model, d.camera_clock, d.iso, d.exposure_time_s,
  d.item_id, d.kind, d.width, d.height, d.size_bytes, d.path
FROM counted AS d
WHERE d.copies > 1
ORDER BY d.side, d.camera_clock, d.camera_model, d.camera_make, d.iso, d.exposure_time_s, d.item_id;
