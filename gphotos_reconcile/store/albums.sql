-- Which items are in which album.

DELETE FROM album_item;

INSERT OR IGNORE INTO album_item (album, item_id)
SELECT d.album, f.item_id
FROM file AS f
JOIN folder AS d ON d.folder_id = f.folder_id AND d.album IS NOT NULL
WHERE f.item_id IS NOT NULL AND f.gone = 0;

-- An album can hold only the sidecar of a photo that lies in its year folder.
INSERT OR IGNORE INTO album_item (album, item_id)
SELECT d.album, i.item_id
FROM sidecar AS s
JOIN folder AS d ON d.folder_id = s.folder_id AND d.album IS NOT NULL
JOIN item AS i ON i.media_key = s.media_key AND i.side = 'cloud'
WHERE s.sort = 'item' AND s.gone = 0;

-- Older exports have no key in the sidecar: title and time tell the photo, if only one has them.
INSERT OR IGNORE INTO album_item (album, item_id)
SELECT d.album, MIN(i.item_id)
FROM sidecar AS s
JOIN folder AS d ON d.folder_id = s.folder_id AND d.album IS NOT NULL
JOIN sidecar AS t ON t.title = s.title AND t.taken_at_utc = s.taken_at_utc
  AND t.sidecar_id <> s.sidecar_id
JOIN item AS i ON i.sidecar_id = t.sidecar_id AND i.side = 'cloud'
WHERE s.sort = 'item' AND s.gone = 0 AND s.media_key IS NULL
  AND NOT EXISTS (SELECT 1 FROM file AS f WHERE f.sidecar_id = s.sidecar_id)
GROUP BY s.sidecar_id, d.album
HAVING COUNT(DISTINCT i.item_id) = 1;
