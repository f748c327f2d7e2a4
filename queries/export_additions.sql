-- name:     export_additions
-- question: What did each export add to the ones before it?
-- params:   none
-- returns:  export, items, added_items, added_bytes, added_unsafe_items
-- caveat:   exports in the order of their names, which begin with their date; an item counts as added where it is seen first
WITH held AS (
  SELECT p.item_id, p.source FROM placements AS p
  JOIN cloud_items AS c ON c.item_id = p.item_id
  GROUP BY p.item_id, p.source
),
first_seen AS (
  SELECT h.item_id, MIN(h.source) AS source FROM held AS h GROUP BY h.item_id
)
SELECT h.source AS export, COUNT(*) AS items, COUNT(f.item_id) AS added_items,
  SUM(CASE WHEN f.item_id IS NULL THEN 0 ELSE COALESCE(r.size_bytes, 0) END) AS added_bytes,
  SUM(f.item_id IS NOT NULL AND r.verdict NOT IN ('identical', 'same_content', 'same_picture', 'confirmed'))
    AS added_unsafe_items
FROM held AS h
JOIN reconciliation AS r ON r.item_id = h.item_id
LEFT JOIN first_seen AS f ON f.item_id = h.item_id AND f.source = h.source
GROUP BY h.source
ORDER BY h.source;
