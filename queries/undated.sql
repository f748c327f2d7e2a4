-- name:     undated
-- question: Of which items is the capture time not known, or only guessed from the file's own date?
-- params:   :side  TEXT  default any  cloud, local, or any
-- returns:  side, item_id, filename, taken_at_utc, taken_at_basis, size_bytes, path
-- caveat:   a file's own date is often the date of its last copy
SELECT 'cloud' AS side, c.item_id, c.filename, c.taken_at_utc, COALESCE(c.taken_at_basis, 'none') AS taken_at_basis,
  c.size_bytes, c.path
FROM cloud_items AS c
WHERE COALESCE(c.taken_at_basis, 'none') IN ('none', 'mtime') AND COALESCE(:side, 'any') IN ('any', 'cloud')
UNION ALL
SELECT 'local', l.item_id, l.filename, l.taken_at_utc, COALESCE(l.taken_at_basis, 'none'), l.size_bytes, l.path
FROM local_items AS l
WHERE COALESCE(l.taken_at_basis, 'none') IN ('none', 'mtime') AND COALESCE(:side, 'any') IN ('any', 'local')
ORDER BY 1, 7, 2;
