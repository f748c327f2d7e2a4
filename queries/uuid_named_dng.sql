-- name:     uuid_named_dng
-- question: Which UUID-named .dng files are thumbnails that a desktop sync client uploaded, and of which original?
-- params:   :side  TEXT  default any  where the original lies: cloud, local, or any
-- returns:  item_id, path, width, height, size_bytes, camera_model, camera_clock, original_side, original_id, original_path, original_width, original_height, original_bytes
-- caveat:   original means same camera, same second and more bytes, and another one may be the right one of a burst: look first
WITH small AS (
  SELECT c.item_id, c.path, c.width, c.height, c.size_bytes, c.camera_make, c.camera_model, c.taken_at_utc,
    STRFTIME('%Y-%m-%dT%H:%M:%S', c.taken_at_utc, COALESCE(c.taken_offset_minutes, 0) || ' minutes') AS camera_clock,
    STRFTIME('%Y-%m-%dT%H:%M:%S', c.taken_at_utc, '-15 hours') AS earliest,
    STRFTIME('%Y-%m-%dT%H:%M:%S', c.taken_at_utc, '+15 hours') AS latest
  FROM cloud_items AS c
  WHERE LOWER(c.filename) GLOB '????????-????-????-????-????????????.dng'
    AND REPLACE(LOWER(SUBSTR(c.filename, 1, 36)), '-', '') NOT GLOB '*[^0-9a-f]*'
    AND c.camera_model IS NOT NULL AND c.taken_at_utc IS NOT NULL
)
SELECT s.item_id, s.path, s.width, s.height, s.size_bytes, s.camera_model, s.camera_clock,
  'cloud' AS original_side, o.item_id AS original_id, o.path AS original_path,
  o.width AS original_width, o.height AS original_height, o.size_bytes AS original_bytes
FROM small AS s
JOIN cloud_items AS o ON o.taken_at_utc BETWEEN s.earliest AND s.latest
  AND o.camera_model = s.camera_model AND COALESCE(o.camera_make, '') = COALESCE(s.camera_make, '')
  AND o.size_bytes > s.size_bytes AND o.item_id <> s.item_id
WHERE COALESCE(:side, 'any') IN ('any', 'cloud')
  AND (SUBSTR(o.taken_at_utc, 1, 19) = SUBSTR(s.taken_at_utc, 1, 19) OR s.camera_clock
    = STRFTIME('%Y-%m-%dT%H:%M:%S', o.taken_at_utc, COALESCE(o.taken_offset_minutes, 0) || ' minutes'))
UNION ALL
SELECT s.item_id, s.path, s.width, s.height, s.size_bytes, s.camera_model, s.camera_clock,
  'local', o.item_id, o.path,
  o.width, o.height, o.size_bytes
FROM small AS s
JOIN local_items AS o ON o.taken_at_utc BETWEEN s.earliest AND s.latest
  AND o.camera_model = s.camera_model AND COALESCE(o.camera_make, '') = COALESCE(s.camera_make, '')
  AND o.size_bytes > s.size_bytes
WHERE COALESCE(:side, 'any') IN ('any', 'local')
  AND (SUBSTR(o.taken_at_utc, 1, 19) = SUBSTR(s.taken_at_utc, 1, 19) OR s.camera_clock
    = STRFTIME('%Y-%m-%dT%H:%M:%S', o.taken_at_utc, COALESCE(o.taken_offset_minutes, 0) || ' minutes'))
ORDER BY 7, 1, 8, 9;
