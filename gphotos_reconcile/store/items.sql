-- Which stored files are one photo. Each statement is one step; `member` lives in memory and is
-- made anew each time, of the files that a change may concern (see store/concerned.py) with all
-- that hangs together with them, so that the result never depends on the order of imports.

DROP TABLE IF EXISTS temp.member;

CREATE TEMP TABLE member (
  file_id INTEGER PRIMARY KEY, side TEXT, identity TEXT, content_id INTEGER, sidecar_id INTEGER,
  companion_id INTEGER, role TEXT, rank INTEGER);

-- A cloud file is known by its media key; an edited copy shares the key, but is another picture.
INSERT INTO member
SELECT f.file_id, 'cloud',
  'key:' || s.media_key || CASE WHEN f.edited_id IS NOT NULL THEN '#edited' ELSE '' END,
  f.content_id, f.sidecar_id, f.companion_id, 'copy', 0
FROM temp.concerned AS n
CROSS JOIN file AS f ON f.file_id = n.file_id
JOIN source AS r ON r.source_id = f.source_id AND r.kind = 'takeout'
LEFT JOIN sidecar AS s ON s.sidecar_id = f.sidecar_id
WHERE f.gone = 0;

-- On the local side every file is an item of its own.
INSERT INTO member
SELECT f.file_id, 'local', 'path:' || hex(f.path), f.content_id, NULL, f.companion_id, 'copy', 0
FROM temp.concerned AS n
CROSS JOIN file AS f ON f.file_id = n.file_id
JOIN source AS r ON r.source_id = f.source_id AND r.kind = 'local'
WHERE f.gone = 0 AND f.content_id IS NOT NULL;

-- A moving part whose still is gone is an item of its own.
UPDATE member SET companion_id = NULL
WHERE companion_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM member AS p WHERE p.file_id = member.companion_id);

CREATE INDEX temp.member_content ON member (content_id, identity);

-- Without a media key: the same bytes as a file that has one ...
UPDATE member SET identity = (
  SELECT MIN(k.identity) FROM member AS k
  WHERE k.content_id = member.content_id AND k.side = 'cloud' AND k.companion_id IS NULL
    AND k.identity LIKE 'key:%')
WHERE side = 'cloud' AND identity IS NULL AND companion_id IS NULL AND content_id IS NOT NULL;

-- ... else the same title, time and encoded picture (album and year copies can differ in their
-- metadata), else the same bytes, else only itself.
UPDATE member SET identity = (
  SELECT 'title:' || s.title || '|' || s.taken_at_utc || '|' || COALESCE(c.content_digest, c.sha256)
    || CASE WHEN f.edited_id IS NOT NULL THEN '#edited' ELSE '' END
  FROM file AS f
  JOIN sidecar AS s ON s.sidecar_id = f.sidecar_id
  JOIN content AS c ON c.content_id = f.content_id
  WHERE f.file_id = member.file_id)
WHERE side = 'cloud' AND identity IS NULL AND companion_id IS NULL;

UPDATE member SET identity = (
  SELECT 'bytes:' || c.sha256 FROM content AS c WHERE c.content_id = member.content_id)
WHERE side = 'cloud' AND identity IS NULL AND companion_id IS NULL;

UPDATE member SET identity = (
  SELECT 'file:' || r.name || '|' || f.path_text || '|' || f.ordinal
  FROM file AS f JOIN source AS r ON r.source_id = f.source_id WHERE f.file_id = member.file_id)
WHERE side = 'cloud' AND identity IS NULL AND companion_id IS NULL;
