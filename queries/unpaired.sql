-- name:     unpaired
-- question: Which items does Google describe whose files are not in the exports?
-- params:   none
-- returns:  source, archive, path, title, url
-- caveat:   the file is often in a part that was not read; otherwise open the link in a browser and download it there
SELECT u.source, u.archive, u.path, u.title, u.url
FROM unpaired_sidecars AS u
ORDER BY u.source, u.archive, u.path;
