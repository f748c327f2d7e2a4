-- name:     media_without_sidecar
-- question: Which files of the exports have no sidecar of their own?
-- params:   none
-- returns:  source, archive, path, rule, note
-- caveat:   their date, place and description come from the file alone
SELECT t.source, t.archive, t.path, t.rule, t.note
FROM takeout_pairs AS t
WHERE t.sidecar_path IS NULL
ORDER BY t.source, t.archive, t.path;
