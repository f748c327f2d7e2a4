"""The tables of the Google commands: listings, uploads, staging, quotas, inventories.

No token, base URL or upload address has a column here.
"""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, LargeBinary, Table, Text

from gphotos_reconcile.store.schema import metadata


def _key(name: str) -> "Column[str]":
    return Column(name, Text, primary_key=True)


def _text(name: str) -> "Column[str]":
    return Column(name, Text, nullable=False, server_default="")


def _count(name: str) -> "Column[int]":
    return Column(name, Integer, nullable=False, server_default="0")


listing_pass = Table(
    "listing_pass",
    metadata,
    Column("pass_id", Integer, primary_key=True),
    _text("source"),
    _text("page_token"),
    _count("pages"),
    _count("repeated"),
    _count("rejected"),
    _text("begun_at_utc"),
    Column("ended_at_utc", Text),
)

listed_item = Table(
    "listed_item",
    metadata,
    _key("google_id"),
    _text("source"),
    _text("filename"),
    _text("mime_type"),
    _text("kind"),
    Column("created_at_utc", Text),
    Column("product_url", Text),
    _text("description"),
    Column("width", Integer),
    Column("height", Integer),
    Column("camera_make", Text),
    Column("camera_model", Text),
    Column("iso", Integer),
    Column("exposure_time_s", Float),
    Column("f_number", Float),
    Column("focal_length_mm", Float),
    Column("frame_rate", Float),
    _count("ready"),
    _count("app_created"),
    Column("first_pass_id", Integer, ForeignKey("listing_pass.pass_id"), nullable=False),
    Column("last_pass_id", Integer, ForeignKey("listing_pass.pass_id"), nullable=False),
    Index("ix_listed_item_last_pass_id", "last_pass_id"),
)

listed_picture = Table(
    "listed_picture",
    metadata,
    Column("google_id", Text, ForeignKey("listed_item.google_id"), primary_key=True),
    Column("luma", LargeBinary, nullable=False),
    Column("chroma", LargeBinary, nullable=False),
    _text("phash"),
    _text("dhash"),
    Column("luma_std", Float, nullable=False),
    Column("picture_width", Integer, nullable=False),
    Column("picture_height", Integer, nullable=False),
)

upload = Table(
    "upload",
    metadata,
    _key("sha256"),
    _text("filename"),
    _count("size_bytes"),
    _text("state"),
    Column("google_id", Text),
    _text("message"),
    Column("width", Integer),
    Column("height", Integer),
    _text("changed_at_utc"),
    Index("ix_upload_state", "state"),
)

known_google_id = Table("known_google_id", metadata, _key("google_id"))

quota_spent = Table(
    "quota_spent",
    metadata,
    _key("project"),
    _key("day"),
    _key("budget"),
    _count("requests"),
)

stage_plan = Table(
    "stage_plan",
    metadata,
    _key("plan"),
    _text("title"),
    _text("request"),
    _text("made_at_utc"),
)

stage_album = Table(
    "stage_album",
    metadata,
    _key("plan"),
    _key("title"),
    _text("album_id"),
)

stage_item = Table(
    "stage_item",
    metadata,
    _key("plan"),
    Column("item_id", Integer, primary_key=True, autoincrement=False),
    _text("state"),
    Column("google_id", Text),
    Column("album_id", Text),
    _text("message"),
)

inventory_item = Table(
    "inventory_item",
    metadata,
    _key("media_key"),
    _text("dedup_key"),
    Column("sha1", Text),
    _text("filename"),
    _text("kind"),
    Column("taken_at_utc", Text),
    Column("uploaded_at_utc", Text),
    Column("width", Integer),
    Column("height", Integer),
    Column("size_bytes", Integer),
    Column("duration_s", Float),
    Column("takes_up_space", Integer),
    Column("is_original_quality", Integer),
    Column("is_owned", Integer),
    Column("is_archived", Integer),
    Column("is_favorite", Integer),
    Column("is_trashed", Integer),
    _text("album"),
    Index("ix_inventory_item_sha1", "sha1"),
)

fidelity = Table(
    "fidelity",
    metadata,
    _key("sha256"),
    _key("path"),
    _text("filename"),
    _text("measured_at_utc"),
    _count("original_bytes"),
    _count("returned_bytes"),
    _count("same_bytes"),
    Column("width", Integer),
    Column("height", Integer),
    Column("psnr_db", Float),
    Column("ssim", Float),
    _text("kept"),
    _text("lost"),
)
