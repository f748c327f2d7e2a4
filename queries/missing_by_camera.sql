-- name:     missing_by_camera
-- question: From which cameras do the items come that are not safe?
-- params:   none
-- returns:  camera_make, camera_model, items, safe_items, unsafe_items, to_copy_bytes, first_taken_at_utc, last_taken_at_utc
-- caveat:   own items only; first and last are those of the unsafe items; screenshots, scans and messages carry no camera
SELECT c.camera_make, c.camera_model, COUNT(*) AS items,
  SUM(r.verdict IN ('identical', 'same_content', 'same_picture', 'confirmed')) AS safe_items,
  SUM(r.verdict NOT IN ('identical', 'same_content', 'same_picture', 'confirmed')) AS unsafe_items,
  SUM(CASE WHEN r.verdict IN ('identical', 'same_content', 'same_picture', 'confirmed') THEN 0
    ELSE COALESCE(r.size_bytes, 0) END) AS to_copy_bytes,
  MIN(CASE WHEN r.verdict NOT IN ('identical', 'same_content', 'same_picture', 'confirmed')
    THEN r.taken_at_utc END) AS first_taken_at_utc,
  MAX(CASE WHEN r.verdict NOT IN ('identical', 'same_content', 'same_picture', 'confirmed')
    THEN r.taken_at_utc END) AS last_taken_at_utc
FROM reconciliation AS r
JOIN cloud_items AS c ON c.item_id = r.item_id
WHERE r.belongs = 'own'
GROUP BY c.camera_make, c.camera_model
ORDER BY unsafe_items DESC, c.camera_make, c.camera_model;
