-- Which items are in which album, for the albums that a change may concern.

DELETE FROM album_item WHERE album IN (SELECT album FROM temp.concerned_album);

INSERT OR IGNORE INTO album_item (album, item_id)
SELECT d.album, f.item_id
FROM temp.concerned_album AS a
CROSS JOIN folder AS d ON d.album = a.album
CROSS JOIN file AS f ON f.folder_id = d.folder_id
WHERE f.item_id IS NOT NULL AND f.gone = 0;

-- An album can hold only the sidecar of a photo that lies in its year folder.
INSERT OR IGNORE INTO album_item (album, item_id)
SELECT d.album, i.item_id
FROM temp.concerned_album AS a
CROSS JOIN folder AS d ON d.album = a.album
CROSS JOIN sidecar AS s ON s.folder_id = d.folder_id
JOIN item AS i ON i.media_key = s.media_key AND i.side = 'cloud'
WHERE s.sort = 'item' AND s.gone = 0;

-- Older exports have no key in the sidecar: title and time tell the photo, if only one has them.
INSERT OR IGNORE INTO album_item (album, item_id)
SELECT d.album, MIN(i.item_id)
FROM temp.concerned_album AS a
CROSS JOIN folder AS d ON d.album = a.album
CROSS JOIN sidecar AS s ON s.folder_id = d.folder_id
JOIN sidecar AS t ON t.title = s.title AND t.taken_at_utc = s.taken_at_utc
  AND t.sidecar_id <> s.sidecar_id
JOIN item AS i ON i.sidecar_id = t.sidecar_id AND i.side = 'cloud'
WHERE s.sort = 'item' AND s.gone = 0 AND s.media_key IS NULL
  AND NOT EXISTS (SELECT 1 FROM file AS f WHERE f.sidecar_id = s.sidecar_id)
GROUP BY s.sidecar_id, d.album
HAVING COUNT(DISTINCT i.item_id) = 1;
