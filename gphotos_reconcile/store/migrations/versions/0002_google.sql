CREATE TABLE listing_pass (
  pass_id INTEGER NOT NULL,
  source TEXT DEFAULT '' NOT NULL,
  page_token TEXT DEFAULT '' NOT NULL,
  pages INTEGER DEFAULT '0' NOT NULL,
  repeated INTEGER DEFAULT '0' NOT NULL,
  rejected INTEGER DEFAULT '0' NOT NULL,
  begun_at_utc TEXT DEFAULT '' NOT NULL,
  ended_at_utc TEXT,
  CONSTRAINT pk_listing_pass PRIMARY KEY (pass_id)
);

CREATE TABLE listed_item (
  google_id TEXT NOT NULL,
  source TEXT DEFAULT '' NOT NULL,
  filename TEXT DEFAULT '' NOT NULL,
  mime_type TEXT DEFAULT '' NOT NULL,
  kind TEXT DEFAULT '' NOT NULL,
  created_at_utc TEXT,
  product_url TEXT,
  description TEXT DEFAULT '' NOT NULL,
  width INTEGER,
  height INTEGER,
  camera_make TEXT,
  camera_model TEXT,
  iso INTEGER,
  exposure_time_s FLOAT,
  f_number FLOAT,
  focal_length_mm FLOAT,
  frame_rate FLOAT,
  ready INTEGER DEFAULT '0' NOT NULL,
  app_created INTEGER DEFAULT '0' NOT NULL,
  first_pass_id INTEGER NOT NULL,
  last_pass_id INTEGER NOT NULL,
  CONSTRAINT pk_listed_item PRIMARY KEY (google_id),
  CONSTRAINT fk_listed_item_first_pass_id FOREIGN KEY(first_pass_id) REFERENCES listing_pass (pass_id),
  CONSTRAINT fk_listed_item_last_pass_id FOREIGN KEY(last_pass_id) REFERENCES listing_pass (pass_id)
);

CREATE INDEX ix_listed_item_last_pass_id ON listed_item (last_pass_id);

CREATE TABLE listed_picture (
  google_id TEXT NOT NULL,
  luma BLOB NOT NULL,
  chroma BLOB NOT NULL,
  phash TEXT DEFAULT '' NOT NULL,
  dhash TEXT DEFAULT '' NOT NULL,
  luma_std FLOAT NOT NULL,
  picture_width INTEGER NOT NULL,
  picture_height INTEGER NOT NULL,
  CONSTRAINT pk_listed_picture PRIMARY KEY (google_id),
  CONSTRAINT fk_listed_picture_google_id FOREIGN KEY(google_id) REFERENCES listed_item (google_id)
);

CREATE TABLE upload (
  sha256 TEXT NOT NULL,
  filename TEXT DEFAULT '' NOT NULL,
  size_bytes INTEGER DEFAULT '0' NOT NULL,
  state TEXT DEFAULT '' NOT NULL,
  google_id TEXT,
  message TEXT DEFAULT '' NOT NULL,
  width INTEGER,
  height INTEGER,
  changed_at_utc TEXT DEFAULT '' NOT NULL,
  CONSTRAINT pk_upload PRIMARY KEY (sha256)
);

CREATE INDEX ix_upload_state ON upload (state);

CREATE TABLE known_google_id (
  google_id TEXT NOT NULL,
  CONSTRAINT pk_known_google_id PRIMARY KEY (google_id)
);

CREATE TABLE quota_spent (
  project TEXT NOT NULL,
  day TEXT NOT NULL,
  budget TEXT NOT NULL,
  requests INTEGER DEFAULT '0' NOT NULL,
  CONSTRAINT pk_quota_spent PRIMARY KEY (project, day, budget)
);

CREATE TABLE stage_plan (
  "plan" TEXT NOT NULL,
  title TEXT DEFAULT '' NOT NULL,
  request TEXT DEFAULT '' NOT NULL,
  made_at_utc TEXT DEFAULT '' NOT NULL,
  CONSTRAINT pk_stage_plan PRIMARY KEY ("plan")
);

CREATE TABLE stage_album (
  "plan" TEXT NOT NULL,
  title TEXT NOT NULL,
  album_id TEXT DEFAULT '' NOT NULL,
  CONSTRAINT pk_stage_album PRIMARY KEY ("plan", title)
);

CREATE TABLE stage_item (
  "plan" TEXT NOT NULL,
  item_id INTEGER NOT NULL,
  state TEXT DEFAULT '' NOT NULL,
  google_id TEXT,
  album_id TEXT,
  message TEXT DEFAULT '' NOT NULL,
  CONSTRAINT pk_stage_item PRIMARY KEY ("plan", item_id)
);

CREATE TABLE inventory_item (
  media_key TEXT NOT NULL,
  dedup_key TEXT DEFAULT '' NOT NULL,
  sha1 TEXT,
  filename TEXT DEFAULT '' NOT NULL,
  kind TEXT DEFAULT '' NOT NULL,
  taken_at_utc TEXT,
  uploaded_at_utc TEXT,
  width INTEGER,
  height INTEGER,
  size_bytes INTEGER,
  duration_s FLOAT,
  takes_up_space INTEGER,
  is_original_quality INTEGER,
  is_owned INTEGER,
  is_archived INTEGER,
  is_favorite INTEGER,
  is_trashed INTEGER,
  album TEXT DEFAULT '' NOT NULL,
  CONSTRAINT pk_inventory_item PRIMARY KEY (media_key)
);

CREATE INDEX ix_inventory_item_sha1 ON inventory_item (sha1);

CREATE TABLE fidelity (
  sha256 TEXT NOT NULL,
  path TEXT NOT NULL,
  filename TEXT DEFAULT '' NOT NULL,
  measured_at_utc TEXT DEFAULT '' NOT NULL,
  original_bytes INTEGER DEFAULT '0' NOT NULL,
  returned_bytes INTEGER DEFAULT '0' NOT NULL,
  same_bytes INTEGER DEFAULT '0' NOT NULL,
  width INTEGER,
  height INTEGER,
  psnr_db FLOAT,
  ssim FLOAT,
  kept TEXT DEFAULT '' NOT NULL,
  lost TEXT DEFAULT '' NOT NULL,
  CONSTRAINT pk_fidelity PRIMARY KEY (sha256, path)
);
