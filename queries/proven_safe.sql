-- name:     proven_safe
-- question: Which cloud items are safe, where is the local copy, and what is the proof?
-- params:   :verdict  TEXT  default any  identical, same_content, same_picture, confirmed, or any
-- returns:  item_id, filename, taken_at_utc, size_bytes, verdict, rule, strength, counterpart_id, counterpart_path, product_url, path, reason
-- caveat:   true on the day of the scan: run verify before you delete anything anywhere
SELECT r.item_id, r.filename, r.taken_at_utc, r.size_bytes, r.verdict, r.rule, r.strength,
  r.counterpart_id, r.counterpart_path, c.product_url, r.path, r.reason
FROM reconciliation AS r
JOIN cloud_items AS c ON c.item_id = r.item_id
WHERE r.verdict IN ('identical', 'same_content', 'same_picture', 'confirmed')
  AND COALESCE(:verdict, 'any') IN ('any', r.verdict)
ORDER BY r.taken_at_utc, r.item_id;
