-- The contract: every view with at least the columns it promises. Views are dropped and made
-- again whenever the catalogue is created or upgraded.

CREATE VIEW cloud_items AS
SELECT
  i.item_id, i.source_kind AS source, f.path_text AS path, NULLIF(a.name, '') AS archive, i.name AS filename,
  i.kind, COALESCE(c.mime_type, i.listed_mime_type) AS mime_type, c.size_bytes, c.sha256, c.sha1, c.content_digest,
  COALESCE(c.width, i.listed_width) AS width, COALESCE(c.height, i.listed_height) AS height, c.duration_s,
  i.taken_at_utc, i.taken_at_basis, i.taken_offset_minutes,
  COALESCE(c.camera_make, i.listed_camera_make) AS camera_make,
  COALESCE(c.camera_model, i.listed_camera_model) AS camera_model,
  c.lens_model, c.iso, c.exposure_time_s, c.f_number, c.focal_length_mm,
  COALESCE(c.latitude, s.latitude) AS latitude, COALESCE(c.longitude, s.longitude) AS longitude,
  c.phash, c.dhash, c.image_unique_id, c.burst_id,
  s.taken_at_utc AS sidecar_taken_at_utc, s.uploaded_at_utc,
  i.media_key, i.google_id, i.product_url, i.description, s.people, s.origin_detail,
  i.favorited, i.archived, i.trashed, i.locked, i.app_created, i.origin, i.belongs
FROM item AS i
LEFT JOIN file AS f ON f.file_id = i.file_id
LEFT JOIN archive AS a ON a.archive_id = f.archive_id
LEFT JOIN content AS c ON c.content_id = f.content_id
LEFT JOIN sidecar AS s ON s.sidecar_id = i.sidecar_id
WHERE i.side = 'cloud';

CREATE VIEW local_items AS
SELECT
  i.item_id, r.name AS source, f.path_text AS path, NULL AS archive, i.name AS filename,
  i.kind, c.mime_type, c.size_bytes, c.sha256, c.sha1, c.content_digest, c.width, c.height, c.duration_s,
  i.taken_at_utc, i.taken_at_basis, i.taken_offset_minutes,
  c.camera_make, c.camera_model, c.lens_model, c.iso, c.exposure_time_s, c.f_number, c.focal_length_mm,
  c.latitude, c.longitude, c.phash, c.dhash, c.image_unique_id, c.burst_id
FROM item AS i
JOIN file AS f ON f.file_id = i.file_id
JOIN source AS r ON r.source_id = f.source_id
LEFT JOIN content AS c ON c.content_id = f.content_id
WHERE i.side = 'local';

CREATE VIEW placements AS
SELECT f.item_id, r.name AS source, NULLIF(a.name, '') AS archive, f.path_text AS path, d.album, f.role,
  c.sha256, f.size_bytes
FROM file AS f
JOIN source AS r ON r.source_id = f.source_id
JOIN archive AS a ON a.archive_id = f.archive_id
JOIN folder AS d ON d.folder_id = f.folder_id
LEFT JOIN content AS c ON c.content_id = f.content_id
WHERE f.item_id IS NOT NULL AND f.gone = 0;

CREATE VIEW takeout_pairs AS
SELECT NULLIF(a.name, '') AS archive, f.path_text AS path, NULLIF(sa.name, '') AS sidecar_archive,
  s.path_text AS sidecar_path, COALESCE(f.pair_rule, 'not_paired_yet') AS rule, f.pair_note AS note,
  r.name AS source
FROM file AS f
JOIN source AS r ON r.source_id = f.source_id AND r.kind = 'takeout'
JOIN archive AS a ON a.archive_id = f.archive_id
LEFT JOIN sidecar AS s ON s.sidecar_id = f.sidecar_id
LEFT JOIN archive AS sa ON sa.archive_id = s.archive_id
WHERE f.gone = 0;

CREATE VIEW unpaired_sidecars AS
SELECT NULLIF(a.name, '') AS archive, s.path_text AS path, s.title, s.media_key, s.url, r.name AS source
FROM sidecar AS s
JOIN source AS r ON r.source_id = s.source_id
JOIN archive AS a ON a.archive_id = s.archive_id
WHERE s.sort = 'item' AND s.gone = 0
  AND NOT EXISTS (SELECT 1 FROM file AS f WHERE f.sidecar_id = s.sidecar_id)
  AND NOT EXISTS (SELECT 1 FROM item AS i WHERE s.media_key IS NOT NULL AND i.media_key = s.media_key
                  AND i.file_id IS NOT NULL);

CREATE VIEW reconciliation AS
SELECT i.item_id, f.path_text AS path, i.name AS filename, i.kind, i.taken_at_utc,
  COALESCE(v.verdict, 'unknown') AS verdict, COALESCE(v.rule, 'not_matched_yet') AS rule,
  COALESCE(v.strength, 0) AS strength, v.counterpart_id, lf.path_text AS counterpart_path,
  COALESCE(v.reason, 'Not compared yet: run gphotos-reconcile match.') AS reason, v.relation,
  i.belongs, c.size_bytes, NULLIF(a.name, '') AS archive, i.source_kind AS source
FROM item AS i
LEFT JOIN file AS f ON f.file_id = i.file_id
LEFT JOIN archive AS a ON a.archive_id = f.archive_id
LEFT JOIN content AS c ON c.content_id = f.content_id
LEFT JOIN verdict AS v ON v.item_id = i.item_id
LEFT JOIN item AS l ON l.item_id = v.counterpart_id
LEFT JOIN file AS lf ON lf.file_id = l.file_id
WHERE +i.side = 'cloud';

CREATE VIEW local_only AS
SELECT i.item_id, f.path_text AS path, i.name AS filename, i.taken_at_utc, i.kind, c.size_bytes
FROM item AS i
JOIN file AS f ON f.file_id = i.file_id
LEFT JOIN content AS c ON c.content_id = f.content_id
WHERE i.side = 'local'
  AND NOT EXISTS (
    SELECT 1 FROM verdict AS v WHERE v.counterpart_id = i.item_id
      AND v.verdict IN ('identical', 'same_content', 'same_picture', 'confirmed', 'smaller_copy', 'review'))
  AND NOT EXISTS (
    SELECT 1 FROM file AS cf JOIN item AS ci ON ci.item_id = cf.item_id AND ci.side = 'cloud'
    WHERE cf.content_id = f.content_id);

CREATE VIEW evidence_rows AS
SELECT cloud_item_id, local_item_id, rule, strength, detail FROM evidence;

CREATE VIEW duplicate_groups AS
SELECT m.group_id, m.side, m.item_id, f.path_text AS path, m.relation, m.is_keeper, m.reason,
  m.person_word
FROM duplicate_member AS m
JOIN item AS i ON i.item_id = m.item_id
LEFT JOIN file AS f ON f.file_id = i.file_id;

CREATE VIEW album_items AS
SELECT b.album, b.item_id, f.path_text AS path
FROM album_item AS b
JOIN item AS i ON i.item_id = b.item_id
LEFT JOIN file AS f ON f.file_id = i.file_id;

CREATE VIEW scan_runs AS
SELECT run_id, source, started_at_utc, ended_at_utc, seen, saved, rejected, complete, unchanged, skipped, kind
FROM scan_run;

CREATE VIEW problems AS
SELECT run_id, source, path, stage, message, hint, archive FROM problem
UNION ALL
-- The few damaged contents first: their files are found by index.
SELECT f.run_id, r.name, f.path_text, c.problem_stage, c.problem_message, c.problem_hint, NULLIF(a.name, '')
FROM content AS c
CROSS JOIN file AS f ON f.content_id = c.content_id
JOIN source AS r ON r.source_id = f.source_id
JOIN archive AS a ON a.archive_id = f.archive_id
WHERE c.problem_stage IS NOT NULL AND f.gone = 0;
