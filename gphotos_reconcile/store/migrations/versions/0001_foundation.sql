CREATE TABLE content (
  content_id INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  sha1 TEXT NOT NULL,
  content_digest TEXT,
  motion_digest TEXT,
  kind TEXT NOT NULL,
  mime_type TEXT NOT NULL,
  width INTEGER,
  height INTEGER,
  orientation INTEGER,
  duration_s FLOAT,
  times TEXT,
  camera_make TEXT,
  camera_model TEXT,
  lens_model TEXT,
  iso INTEGER,
  exposure_time_s FLOAT,
  f_number FLOAT,
  focal_length_mm FLOAT,
  latitude FLOAT,
  longitude FLOAT,
  rating INTEGER,
  software TEXT,
  content_identifier TEXT,
  burst_id TEXT,
  image_unique_id TEXT,
  camera_serial TEXT,
  motion_offset INTEGER,
  motion_length INTEGER,
  video_codec TEXT,
  audio_codec TEXT,
  frame_rate FLOAT,
  phash TEXT,
  dhash TEXT,
  luma_std FLOAT,
  picture_width INTEGER,
  picture_height INTEGER,
  problem_stage TEXT,
  problem_message TEXT,
  problem_hint TEXT,
  version INTEGER NOT NULL,
  CONSTRAINT pk_content PRIMARY KEY (content_id),
  CONSTRAINT uq_content_sha256 UNIQUE (sha256)
);

CREATE INDEX ix_content_content_digest ON content (content_digest);

CREATE INDEX ix_content_content_identifier ON content (content_identifier);

CREATE INDEX ix_content_phash ON content (phash);

CREATE INDEX ix_content_problem_stage ON content (problem_stage) WHERE problem_stage IS NOT NULL;

CREATE INDEX ix_content_sha1 ON content (sha1);

CREATE TABLE decision (
  decision_id INTEGER NOT NULL,
  uid TEXT NOT NULL,
  decided_at_utc TEXT NOT NULL,
  scope TEXT NOT NULL,
  subject TEXT NOT NULL,
  object TEXT NOT NULL,
  word TEXT NOT NULL,
  batch TEXT,
  note TEXT,
  subject_name TEXT,
  object_name TEXT,
  undone_at_utc TEXT,
  CONSTRAINT pk_decision PRIMARY KEY (decision_id),
  CONSTRAINT uq_decision_uid UNIQUE (uid)
);

CREATE INDEX ix_decision_batch ON decision (batch);

CREATE INDEX ix_decision_subject ON decision (subject);

CREATE TABLE file (
  file_id INTEGER NOT NULL,
  source_id INTEGER NOT NULL,
  archive_id INTEGER NOT NULL,
  folder_id INTEGER NOT NULL,
  path BLOB NOT NULL,
  ordinal INTEGER DEFAULT '0' NOT NULL,
  path_text TEXT NOT NULL,
  filename TEXT NOT NULL,
  size_bytes INTEGER DEFAULT '0' NOT NULL,
  modified_ns INTEGER DEFAULT '0' NOT NULL,
  inode INTEGER DEFAULT '0' NOT NULL,
  device INTEGER DEFAULT '0' NOT NULL,
  checksum INTEGER DEFAULT '0' NOT NULL,
  "offset" INTEGER DEFAULT '0' NOT NULL,
  content_id INTEGER,
  run_id INTEGER NOT NULL,
  item_id INTEGER,
  role TEXT,
  sidecar_id INTEGER,
  pair_rule TEXT,
  pair_note TEXT,
  companion_id INTEGER,
  edited_id INTEGER,
  gone INTEGER DEFAULT '0' NOT NULL,
  CONSTRAINT pk_file PRIMARY KEY (file_id),
  CONSTRAINT uq_file_archive_id_path_ordinal UNIQUE (archive_id, path, ordinal),
  CONSTRAINT fk_file_source_id FOREIGN KEY(source_id) REFERENCES source (source_id),
  CONSTRAINT fk_file_archive_id FOREIGN KEY(archive_id) REFERENCES archive (archive_id),
  CONSTRAINT fk_file_folder_id FOREIGN KEY(folder_id) REFERENCES folder (folder_id),
  CONSTRAINT fk_file_content_id FOREIGN KEY(content_id) REFERENCES content (content_id),
  CONSTRAINT fk_file_run_id FOREIGN KEY(run_id) REFERENCES scan_run (run_id),
  CONSTRAINT fk_file_item_id FOREIGN KEY(item_id) REFERENCES item (item_id),
  CONSTRAINT fk_file_sidecar_id FOREIGN KEY(sidecar_id) REFERENCES sidecar (sidecar_id),
  CONSTRAINT fk_file_companion_id FOREIGN KEY(companion_id) REFERENCES file (file_id),
  CONSTRAINT fk_file_edited_id FOREIGN KEY(edited_id) REFERENCES file (file_id)
);

CREATE INDEX ix_file_content_id ON file (content_id);

CREATE INDEX ix_file_folder_id ON file (folder_id);

CREATE INDEX ix_file_item_id ON file (item_id);

CREATE INDEX ix_file_sidecar_id ON file (sidecar_id);

CREATE TABLE item (
  item_id INTEGER NOT NULL,
  side TEXT NOT NULL,
  identity TEXT NOT NULL,
  source_kind TEXT NOT NULL,
  file_id INTEGER,
  content_id INTEGER,
  motion_file_id INTEGER,
  sidecar_id INTEGER,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  name_stem TEXT NOT NULL,
  media_key TEXT,
  google_id TEXT,
  product_url TEXT,
  description TEXT,
  taken_at_utc TEXT,
  taken_at_basis TEXT,
  taken_offset_minutes INTEGER,
  favorited INTEGER DEFAULT '0' NOT NULL,
  archived INTEGER DEFAULT '0' NOT NULL,
  trashed INTEGER DEFAULT '0' NOT NULL,
  locked INTEGER DEFAULT '0' NOT NULL,
  app_created INTEGER DEFAULT '0' NOT NULL,
  origin TEXT,
  belongs TEXT NOT NULL,
  listed_mime_type TEXT,
  listed_width INTEGER,
  listed_height INTEGER,
  listed_camera_make TEXT,
  listed_camera_model TEXT,
  CONSTRAINT pk_item PRIMARY KEY (item_id),
  CONSTRAINT uq_item_side_identity UNIQUE (side, identity),
  CONSTRAINT fk_item_file_id FOREIGN KEY(file_id) REFERENCES file (file_id),
  CONSTRAINT fk_item_content_id FOREIGN KEY(content_id) REFERENCES content (content_id),
  CONSTRAINT fk_item_motion_file_id FOREIGN KEY(motion_file_id) REFERENCES file (file_id),
  CONSTRAINT fk_item_sidecar_id FOREIGN KEY(sidecar_id) REFERENCES sidecar (sidecar_id)
);

CREATE INDEX ix_item_content_id ON item (content_id);

CREATE INDEX ix_item_file_id ON item (file_id);

CREATE INDEX ix_item_media_key ON item (media_key);

CREATE INDEX ix_item_name_stem ON item (name_stem);

CREATE INDEX ix_item_sidecar_id ON item (sidecar_id);

CREATE INDEX ix_item_taken_at_utc ON item (taken_at_utc);

CREATE TABLE scan_run (
  run_id INTEGER NOT NULL,
  source TEXT NOT NULL,
  kind TEXT NOT NULL,
  started_at_utc TEXT NOT NULL,
  ended_at_utc TEXT,
  seen INTEGER DEFAULT '0' NOT NULL,
  saved INTEGER DEFAULT '0' NOT NULL,
  unchanged INTEGER DEFAULT '0' NOT NULL,
  rejected INTEGER DEFAULT '0' NOT NULL,
  skipped INTEGER DEFAULT '0' NOT NULL,
  complete INTEGER DEFAULT '0' NOT NULL,
  CONSTRAINT pk_scan_run PRIMARY KEY (run_id)
);

CREATE TABLE setting (
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  CONSTRAINT pk_setting PRIMARY KEY (name)
);

CREATE TABLE source (
  source_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  root BLOB,
  exported_at_utc TEXT,
  complete INTEGER DEFAULT '0' NOT NULL,
  skipped INTEGER DEFAULT '0' NOT NULL,
  CONSTRAINT pk_source PRIMARY KEY (source_id),
  CONSTRAINT uq_source_kind_name UNIQUE (kind, name)
);

CREATE TABLE album_item (
  album TEXT NOT NULL,
  item_id INTEGER NOT NULL,
  CONSTRAINT pk_album_item PRIMARY KEY (album, item_id),
  CONSTRAINT fk_album_item_item_id FOREIGN KEY(item_id) REFERENCES item (item_id)
);

CREATE INDEX ix_album_item_item_id ON album_item (item_id);

CREATE TABLE archive (
  archive_id INTEGER NOT NULL,
  source_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  path BLOB,
  form TEXT NOT NULL,
  part_number INTEGER,
  size_bytes INTEGER DEFAULT '0' NOT NULL,
  modified_ns INTEGER DEFAULT '0' NOT NULL,
  inode INTEGER DEFAULT '0' NOT NULL,
  device INTEGER DEFAULT '0' NOT NULL,
  checksum INTEGER DEFAULT '0' NOT NULL,
  "offset" INTEGER DEFAULT '0' NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  CONSTRAINT pk_archive PRIMARY KEY (archive_id),
  CONSTRAINT uq_archive_source_id_name UNIQUE (source_id, name),
  CONSTRAINT fk_archive_source_id FOREIGN KEY(source_id) REFERENCES source (source_id)
);

CREATE TABLE copied (
  target_root BLOB NOT NULL,
  target BLOB NOT NULL,
  item_id INTEGER,
  sha256 TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  modified_ns INTEGER NOT NULL,
  CONSTRAINT pk_copied PRIMARY KEY (target_root, target),
  CONSTRAINT fk_copied_item_id FOREIGN KEY(item_id) REFERENCES item (item_id)
);

CREATE INDEX ix_copied_sha256 ON copied (sha256);

CREATE TABLE duplicate_member (
  group_id INTEGER NOT NULL,
  side TEXT NOT NULL,
  item_id INTEGER NOT NULL,
  relation TEXT NOT NULL,
  is_keeper INTEGER DEFAULT '0' NOT NULL,
  reason TEXT NOT NULL,
  person_word TEXT,
  machine_is_keeper INTEGER,
  CONSTRAINT uq_duplicate_member_side_group_id_item_id UNIQUE (side, group_id, item_id),
  CONSTRAINT fk_duplicate_member_item_id FOREIGN KEY(item_id) REFERENCES item (item_id)
);

CREATE TABLE evidence (
  evidence_id INTEGER NOT NULL,
  cloud_item_id INTEGER NOT NULL,
  local_item_id INTEGER NOT NULL,
  rule TEXT NOT NULL,
  strength INTEGER NOT NULL,
  detail TEXT NOT NULL,
  figures TEXT,
  CONSTRAINT pk_evidence PRIMARY KEY (evidence_id),
  CONSTRAINT fk_evidence_cloud_item_id FOREIGN KEY(cloud_item_id) REFERENCES item (item_id),
  CONSTRAINT fk_evidence_local_item_id FOREIGN KEY(local_item_id) REFERENCES item (item_id)
);

CREATE INDEX ix_evidence_cloud_item_id ON evidence (cloud_item_id);

CREATE INDEX ix_evidence_local_item_id ON evidence (local_item_id);

CREATE TABLE folder (
  folder_id INTEGER NOT NULL,
  source_id INTEGER NOT NULL,
  path_text TEXT NOT NULL,
  role TEXT,
  album TEXT,
  paired INTEGER DEFAULT '0' NOT NULL,
  CONSTRAINT pk_folder PRIMARY KEY (folder_id),
  CONSTRAINT uq_folder_source_id_path_text UNIQUE (source_id, path_text),
  CONSTRAINT fk_folder_source_id FOREIGN KEY(source_id) REFERENCES source (source_id)
);

CREATE TABLE problem (
  problem_id INTEGER NOT NULL,
  run_id INTEGER NOT NULL,
  source TEXT NOT NULL,
  archive TEXT,
  path TEXT NOT NULL,
  stage TEXT NOT NULL,
  message TEXT NOT NULL,
  hint TEXT NOT NULL,
  CONSTRAINT pk_problem PRIMARY KEY (problem_id),
  CONSTRAINT fk_problem_run_id FOREIGN KEY(run_id) REFERENCES scan_run (run_id)
);

CREATE INDEX ix_problem_run_id ON problem (run_id);

CREATE TABLE signature (
  content_id INTEGER NOT NULL,
  luma BLOB,
  chroma BLOB,
  frames BLOB,
  CONSTRAINT pk_signature PRIMARY KEY (content_id),
  CONSTRAINT fk_signature_content_id FOREIGN KEY(content_id) REFERENCES content (content_id)
);

CREATE TABLE verdict (
  item_id INTEGER NOT NULL,
  verdict TEXT NOT NULL,
  rule TEXT NOT NULL,
  strength INTEGER NOT NULL,
  reason TEXT NOT NULL,
  counterpart_id INTEGER,
  relation TEXT,
  machine_verdict TEXT,
  machine_rule TEXT,
  machine_strength INTEGER,
  machine_reason TEXT,
  machine_counterpart_id INTEGER,
  machine_relation TEXT,
  CONSTRAINT pk_verdict PRIMARY KEY (item_id),
  CONSTRAINT fk_verdict_item_id FOREIGN KEY(item_id) REFERENCES item (item_id),
  CONSTRAINT fk_verdict_counterpart_id FOREIGN KEY(counterpart_id) REFERENCES item (item_id)
);

CREATE INDEX ix_verdict_counterpart_id ON verdict (counterpart_id);

CREATE INDEX ix_verdict_verdict ON verdict (verdict);

CREATE TABLE sidecar (
  sidecar_id INTEGER NOT NULL,
  source_id INTEGER NOT NULL,
  archive_id INTEGER NOT NULL,
  folder_id INTEGER NOT NULL,
  path BLOB NOT NULL,
  ordinal INTEGER DEFAULT '0' NOT NULL,
  path_text TEXT NOT NULL,
  filename TEXT NOT NULL,
  size_bytes INTEGER DEFAULT '0' NOT NULL,
  modified_ns INTEGER DEFAULT '0' NOT NULL,
  inode INTEGER DEFAULT '0' NOT NULL,
  device INTEGER DEFAULT '0' NOT NULL,
  checksum INTEGER DEFAULT '0' NOT NULL,
  "offset" INTEGER DEFAULT '0' NOT NULL,
  sort TEXT NOT NULL,
  title TEXT,
  description TEXT,
  taken_at_utc TEXT,
  uploaded_at_utc TEXT,
  modified_at_utc TEXT,
  latitude FLOAT,
  longitude FLOAT,
  altitude_m FLOAT,
  exif_latitude FLOAT,
  exif_longitude FLOAT,
  url TEXT,
  media_key TEXT,
  favorited INTEGER DEFAULT '0' NOT NULL,
  archived INTEGER DEFAULT '0' NOT NULL,
  trashed INTEGER DEFAULT '0' NOT NULL,
  locked INTEGER DEFAULT '0' NOT NULL,
  origin TEXT,
  origin_detail TEXT,
  people TEXT,
  run_id INTEGER NOT NULL,
  gone INTEGER DEFAULT '0' NOT NULL,
  CONSTRAINT pk_sidecar PRIMARY KEY (sidecar_id),
  CONSTRAINT uq_sidecar_archive_id_path_ordinal UNIQUE (archive_id, path, ordinal),
  CONSTRAINT fk_sidecar_source_id FOREIGN KEY(source_id) REFERENCES source (source_id),
  CONSTRAINT fk_sidecar_archive_id FOREIGN KEY(archive_id) REFERENCES archive (archive_id),
  CONSTRAINT fk_sidecar_folder_id FOREIGN KEY(folder_id) REFERENCES folder (folder_id),
  CONSTRAINT fk_sidecar_run_id FOREIGN KEY(run_id) REFERENCES scan_run (run_id)
);

CREATE INDEX ix_sidecar_folder_id ON sidecar (folder_id);

CREATE INDEX ix_sidecar_media_key ON sidecar (media_key);

CREATE INDEX ix_sidecar_title ON sidecar (title, taken_at_utc);
