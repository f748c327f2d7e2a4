-- name:     storage_by_kind
-- question: Which kinds and formats take the space on each side?
-- params:   none
-- returns:  side, kind, mime_type, items, size_bytes
-- caveat:   one row's bytes are those of the items' best files, not of every placement
SELECT 'cloud' AS side, c.kind, c.mime_type, COUNT(*) AS items, COALESCE(SUM(c.size_bytes), 0) AS size_bytes
FROM cloud_items AS c
GROUP BY c.kind, c.mime_type
UNION ALL
SELECT 'local', l.kind, l.mime_type, COUNT(*), COALESCE(SUM(l.size_bytes), 0)
FROM local_items AS l
GROUP BY l.kind, l.mime_type
ORDER BY 1, 5 DESC, 2, 3;
