"""The tables. They are ours and may change; the views in views.sql are the contract.

Bytes are described once (`content`, `signature`), stored files point to them (`file`), and an
item gathers the files that are one photo on one side (`item`). Paths are kept as bytes, because
names on Linux need not be text; `..._text` is their readable form.
"""

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _key(name: str) -> "Column[int]":
    return Column(name, Integer, primary_key=True)


def _to(target: str, *, name: str | None = None, nullable: bool = True) -> "Column[int]":
    column = target.split(".")[1]
    return Column(name or column, Integer, ForeignKey(target), nullable=nullable)


def _required(
    name: str, type_: "type[Text | Integer | Float[float] | LargeBinary]"
) -> "Column[object]":
    return Column(name, type_, nullable=False)


def _flag(name: str) -> "Column[int]":
    return Column(name, Integer, nullable=False, server_default="0")


def _stamp_columns() -> "list[Column[object]]":
    names = ("size_bytes", "modified_ns", "inode", "device", "checksum", "offset")
    return [Column(name, Integer, nullable=False, server_default="0") for name in names]


setting = Table(
    "setting",
    metadata,
    Column("name", Text, primary_key=True),
    _required("value", Text),
)

source = Table(
    "source",
    metadata,
    _key("source_id"),
    _required("kind", Text),
    _required("name", Text),
    Column("root", LargeBinary),
    Column("exported_at_utc", Text),
    _flag("complete"),
    _flag("skipped"),
    UniqueConstraint("kind", "name"),
)

archive = Table(
    "archive",
    metadata,
    _key("archive_id"),
    _to("source.source_id", nullable=False),
    _required("name", Text),
    Column("path", LargeBinary),
    _required("form", Text),
    Column("part_number", Integer),
    *_stamp_columns(),
    _required("state", Text),
    Column("reason", Text),
    UniqueConstraint("source_id", "name"),
)

folder = Table(
    "folder",
    metadata,
    _key("folder_id"),
    _to("source.source_id", nullable=False),
    _required("path_text", Text),
    Column("role", Text),
    Column("album", Text),
    _flag("paired"),
    UniqueConstraint("source_id", "path_text"),
)

content = Table(
    "content",
    metadata,
    _key("content_id"),
    _required("sha256", Text),
    _required("size_bytes", Integer),
    _required("sha1", Text),
    Column("content_digest", Text),
    Column("motion_digest", Text),
    _required("kind", Text),
    _required("mime_type", Text),
    Column("width", Integer),
    Column("height", Integer),
    Column("orientation", Integer),
    Column("duration_s", Float),
    Column("times", Text),
    Column("camera_make", Text),
    Column("camera_model", Text),
    Column("lens_model", Text),
    Column("iso", Integer),
    Column("exposure_time_s", Float),
    Column("f_number", Float),
    Column("focal_length_mm", Float),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("rating", Integer),
    Column("software", Text),
    Column("content_identifier", Text),
    Column("burst_id", Text),
    Column("image_unique_id", Text),
    Column("camera_serial", Text),
    Column("motion_offset", Integer),
    Column("motion_length", Integer),
    Column("video_codec", Text),
    Column("audio_codec", Text),
    Column("frame_rate", Float),
    Column("phash", Text),
    Column("dhash", Text),
    Column("luma_std", Float),
    Column("picture_width", Integer),
    Column("picture_height", Integer),
    Column("problem_stage", Text),
    Column("problem_message", Text),
    Column("problem_hint", Text),
    _required("version", Integer),
    UniqueConstraint("sha256"),
    Index("ix_content_content_digest", "content_digest"),
    Index("ix_content_content_identifier", "content_identifier"),
    Index("ix_content_sha1", "sha1"),
    Index("ix_content_size_bytes", "size_bytes"),
    Index("ix_content_phash", "phash"),
    Index(
        "ix_content_problem_stage",
        "problem_stage",
        sqlite_where=text("problem_stage IS NOT NULL"),
    ),
)

signature = Table(
    "signature",
    metadata,
    Column("content_id", Integer, ForeignKey("content.content_id"), primary_key=True),
    Column("luma", LargeBinary),
    Column("chroma", LargeBinary),
    Column("frames", LargeBinary),
)

sidecar = Table(
    "sidecar",
    metadata,
    _key("sidecar_id"),
    _to("source.source_id", nullable=False),
    _to("archive.archive_id", nullable=False),
    _to("folder.folder_id", nullable=False),
    _required("path", LargeBinary),
    _flag("ordinal"),
    _required("path_text", Text),
    _required("filename", Text),
    *_stamp_columns(),
    _required("sort", Text),
    Column("title", Text),
    Column("description", Text),
    Column("taken_at_utc", Text),
    Column("uploaded_at_utc", Text),
    Column("modified_at_utc", Text),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("altitude_m", Float),
    Column("exif_latitude", Float),
    Column("exif_longitude", Float),
    Column("url", Text),
    Column("media_key", Text),
    _flag("favorited"),
    _flag("archived"),
    _flag("trashed"),
    _flag("locked"),
    Column("origin", Text),
    Column("origin_detail", Text),
    Column("people", Text),
    _to("scan_run.run_id", nullable=False),
    _flag("gone"),
    UniqueConstraint("archive_id", "path", "ordinal"),
    Index("ix_sidecar_folder_id", "folder_id"),
    Index("ix_sidecar_media_key", "media_key"),
    Index("ix_sidecar_title", "title", "taken_at_utc"),
)

file = Table(
    "file",
    metadata,
    _key("file_id"),
    _to("source.source_id", nullable=False),
    _to("archive.archive_id", nullable=False),
    _to("folder.folder_id", nullable=False),
    _required("path", LargeBinary),
    _flag("ordinal"),
    _required("path_text", Text),
    _required("filename", Text),
    *_stamp_columns(),
    _to("content.content_id"),
    _to("scan_run.run_id", nullable=False),
    _to("item.item_id"),
    Column("role", Text),
    _to("sidecar.sidecar_id"),
    Column("pair_rule", Text),
    Column("pair_note", Text),
    _to("file.file_id", name="companion_id"),
    _to("file.file_id", name="edited_id"),
    _flag("gone"),
    UniqueConstraint("archive_id", "path", "ordinal"),
    Index("ix_file_folder_id", "folder_id"),
    Index("ix_file_content_id", "content_id"),
    Index("ix_file_item_id", "item_id"),
    Index("ix_file_sidecar_id", "sidecar_id"),
    Index("ix_file_companion_id", "companion_id"),
)

item = Table(
    "item",
    metadata,
    _key("item_id"),
    _required("side", Text),
    _required("identity", Text),
    _required("source_kind", Text),
    _to("file.file_id"),
    _to("content.content_id"),
    _to("file.file_id", name="motion_file_id"),
    _to("sidecar.sidecar_id"),
    _required("kind", Text),
    _required("name", Text),
    _required("name_stem", Text),
    Column("media_key", Text),
    Column("google_id", Text),
    Column("product_url", Text),
    Column("description", Text),
    Column("taken_at_utc", Text),
    Column("taken_at_basis", Text),
    Column("taken_offset_minutes", Integer),
    _flag("favorited"),
    _flag("archived"),
    _flag("trashed"),
    _flag("locked"),
    _flag("app_created"),
    Column("origin", Text),
    _required("belongs", Text),
    Column("listed_mime_type", Text),
    Column("listed_width", Integer),
    Column("listed_height", Integer),
    Column("listed_camera_make", Text),
    Column("listed_camera_model", Text),
    UniqueConstraint("side", "identity"),
    Index("ix_item_file_id", "file_id"),
    Index("ix_item_content_id", "content_id"),
    Index("ix_item_sidecar_id", "sidecar_id"),
    Index("ix_item_media_key", "media_key"),
    Index("ix_item_name_stem", "name_stem"),
    Index("ix_item_taken_at_utc", "taken_at_utc"),
    Index("ix_item_belongs", "belongs", sqlite_where=text("side = 'cloud'")),
)

album_item = Table(
    "album_item",
    metadata,
    Column("album", Text, primary_key=True),
    Column("item_id", Integer, ForeignKey("item.item_id"), primary_key=True),
    Index("ix_album_item_item_id", "item_id"),
)

scan_run = Table(
    "scan_run",
    metadata,
    _key("run_id"),
    _required("source", Text),
    _required("kind", Text),
    _required("started_at_utc", Text),
    Column("ended_at_utc", Text),
    _flag("seen"),
    _flag("saved"),
    _flag("unchanged"),
    _flag("rejected"),
    _flag("skipped"),
    _flag("complete"),
)

problem = Table(
    "problem",
    metadata,
    _key("problem_id"),
    _to("scan_run.run_id", nullable=False),
    _required("source", Text),
    Column("archive", Text),
    _required("path", Text),
    _required("stage", Text),
    _required("message", Text),
    _required("hint", Text),
    Index("ix_problem_run_id", "run_id"),
)

verdict = Table(
    "verdict",
    metadata,
    Column("item_id", Integer, ForeignKey("item.item_id"), primary_key=True),
    _required("verdict", Text),
    _required("rule", Text),
    _required("strength", Integer),
    _required("reason", Text),
    _to("item.item_id", name="counterpart_id"),
    Column("relation", Text),
    # The machine's own judgement, kept while a person's word stands in its place.
    Column("machine_verdict", Text),
    Column("machine_rule", Text),
    Column("machine_strength", Integer),
    Column("machine_reason", Text),
    Column("machine_counterpart_id", Integer),
    Column("machine_relation", Text),
    Index("ix_verdict_verdict", "verdict"),
    Index("ix_verdict_of_item", "item_id", "verdict"),
    Index("ix_verdict_person", "item_id", sqlite_where=text("rule = 'person'")),
    Index("ix_verdict_unjudged", "item_id", sqlite_where=text("machine_verdict IS NULL")),
    Index("ix_verdict_counterpart_id", "counterpart_id"),
)

evidence = Table(
    "evidence",
    metadata,
    _key("evidence_id"),
    _to("item.item_id", name="cloud_item_id", nullable=False),
    _to("item.item_id", name="local_item_id", nullable=False),
    _required("rule", Text),
    _required("strength", Integer),
    _required("detail", Text),
    Column("figures", Text),  # JSON object, the figures of `detail` for programs
    Index("ix_evidence_cloud_item_id", "cloud_item_id"),
    Index("ix_evidence_local_item_id", "local_item_id"),
)

fresh_verdict = Table(
    "fresh_verdict",
    metadata,
    Column("item_id", Integer, nullable=False),  # what a match has said so far, as it came
    _required("verdict", Text),
    _required("rule", Text),
    _required("strength", Integer),
    _required("reason", Text),
    Column("counterpart_id", Integer),
    Column("relation", Text),
)

search_row = Table(
    "search_row",
    metadata,
    Column("item_id", Integer, primary_key=True),
    _required("side", Text),
    _required("facts", LargeBinary),  # what candidate search knew of the item at the last match
)

wider_look = Table(
    "wider_look",
    metadata,
    Column("item_id", Integer, primary_key=True),  # a cloud item that nothing came near at first
    Column("turned", LargeBinary),
    Column("correlated", Text),
)

unsettled = Table(
    "unsettled",
    metadata,
    # 'file', 'sidecar' or 'item': came, changed or went since items were worked out
    Column("sort", Text, primary_key=True),
    Column("id", Integer, primary_key=True),
    sqlite_with_rowid=False,
)

touched = Table(
    "touched",
    metadata,
    Column("item_id", Integer, primary_key=True),  # came, changed or went since the last match
)

duplicate_member = Table(
    "duplicate_member",
    metadata,
    _required("group_id", Integer),
    _required("side", Text),
    Column("item_id", Integer, ForeignKey("item.item_id"), nullable=False),
    _required("relation", Text),
    _flag("is_keeper"),
    _required("reason", Text),
    Column("person_word", Text),
    Column("machine_is_keeper", Integer),  # kept while `is_keeper` follows a person's word
    UniqueConstraint("side", "group_id", "item_id"),
    Index("ix_duplicate_member_item_id", "item_id"),
)

decision = Table(
    "decision",
    metadata,
    _key("decision_id"),
    _required("uid", Text),
    _required("decided_at_utc", Text),
    _required("scope", Text),
    _required("subject", Text),
    _required("object", Text),
    _required("word", Text),
    Column("batch", Text),
    Column("note", Text),
    Column("subject_name", Text),
    Column("object_name", Text),
    Column("undone_at_utc", Text),
    UniqueConstraint("uid"),
    Index("ix_decision_subject", "subject"),
    Index("ix_decision_batch", "batch"),
)

copied = Table(
    "copied",
    metadata,
    Column("target_root", LargeBinary, primary_key=True),
    Column("target", LargeBinary, primary_key=True),
    _to("item.item_id"),
    _required("sha256", Text),
    _required("size_bytes", Integer),
    _required("modified_ns", Integer),
    Index("ix_copied_sha256", "sha256"),
    Index("ix_copied_item_id", "item_id"),
)
