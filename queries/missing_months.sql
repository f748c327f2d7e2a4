-- name:     missing_months
-- question: In which months does the cloud hold items that are not safe on a local disk?
-- params:   :max_safe_percent  INTEGER  default 99  only months of which at most this share is safe
-- returns:  month, cloud_items, safe_items, safe_percent, missing_items, review_items, to_copy_bytes
-- caveat:   own items; months are those of the capture time in UTC
SELECT COALESCE(SUBSTR(r.taken_at_utc, 1, 7), 'undated') AS month, COUNT(*) AS cloud_items,
  SUM(r.verdict IN ('identical', 'same_content', 'same_picture', 'confirmed')) AS safe_items,
  100 * SUM(r.verdict IN ('identical', 'same_content', 'same_picture', 'confirmed')) / COUNT(*) AS safe_percent,
  SUM(r.verdict = 'missing') AS missing_items,
  SUM(r.verdict = 'review') AS review_items,
  SUM(CASE WHEN r.verdict IN ('identical', 'same_content', 'same_picture', 'confirmed') THEN 0
    ELSE COALESCE(r.size_bytes, 0) END) AS to_copy_bytes
FROM reconciliation AS r
WHERE r.belongs = 'own'
GROUP BY 1
HAVING safe_items < cloud_items AND safe_percent <= COALESCE(:max_safe_percent, 99)
ORDER BY 1;
