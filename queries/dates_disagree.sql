-- name:     dates_disagree
-- question: Where do the cloud and the local copy of one picture carry different dates?
-- params:   :hours  INTEGER  default 26  the smallest difference worth a look; zones explain up to 26 hours
-- returns:  item_id, path, taken_at_utc, taken_at_basis, counterpart_id, counterpart_path, local_taken_at_utc, local_taken_at_basis, difference_hours
-- caveat:   a date edited in Google Photos is in the export's sidecar, not in the file
SELECT r.item_id, r.path, c.taken_at_utc, c.taken_at_basis, r.counterpart_id, r.counterpart_path,
  l.taken_at_utc AS local_taken_at_utc, l.taken_at_basis AS local_taken_at_basis,
  ROUND(24 * (JULIANDAY(c.taken_at_utc) - JULIANDAY(l.taken_at_utc)), 1) AS difference_hours
FROM reconciliation AS r
JOIN cloud_items AS c ON c.item_id = r.item_id
JOIN local_items AS l ON l.item_id = r.counterpart_id
WHERE r.verdict IN ('identical', 'same_content', 'same_picture', 'confirmed', 'smaller_copy')
  AND ABS(24 * (JULIANDAY(c.taken_at_utc) - JULIANDAY(l.taken_at_utc))) >= COALESCE(:hours, 26)
ORDER BY ABS(JULIANDAY(c.taken_at_utc) - JULIANDAY(l.taken_at_utc)) DESC, r.item_id;
