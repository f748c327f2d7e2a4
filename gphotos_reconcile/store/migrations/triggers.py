"""Triggers that note every item whose facts or pixels change, whoever changes them."""

from collections.abc import Iterable
from typing import Final

_ITEM: Final = (
    "content_id",
    "motion_file_id",
    "sidecar_id",
    "file_id",
    "kind",
    "name",
    "name_stem",
)
_CONTENT: Final = (
    "content_digest", "motion_digest", "kind", "mime_type", "width", "height", "orientation",
    "duration_s", "times", "camera_make", "camera_model", "iso", "exposure_time_s", "f_number",
    "focal_length_mm", "content_identifier", "burst_id", "image_unique_id", "motion_offset",
    "phash", "dhash", "luma_std", "picture_width", "picture_height",
)  # fmt: skip


def _differ(columns: Iterable[str]) -> str:
    return " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)


def _trigger(name: str, event: str, when: str, items: str) -> str:
    condition = f" WHEN {when}" if when else ""
    # An upsert that fires a trigger takes `OR IGNORE` inside of it for `OR ABORT`.
    return (
        f"CREATE TRIGGER touch_{name} AFTER {event}{condition}"
        f" BEGIN INSERT INTO touched SELECT DISTINCT item_id FROM ({items}) AS i"
        " WHERE NOT EXISTS (SELECT 1 FROM touched AS t WHERE t.item_id = i.item_id); END"
    )


_SHOWN = "SELECT item_id FROM file WHERE content_id = NEW.content_id AND item_id IS NOT NULL"

TRIGGERS_3: Final = (
    _trigger("item_came", "INSERT ON item", "", "SELECT NEW.item_id AS item_id"),
    _trigger("item_went", "DELETE ON item", "", "SELECT OLD.item_id AS item_id"),
    _trigger("item", "UPDATE ON item", _differ(_ITEM), "SELECT NEW.item_id AS item_id"),
    _trigger("content", "UPDATE ON content", _differ(_CONTENT), _SHOWN),
    _trigger("signature", "UPDATE ON signature", _differ(("luma", "chroma", "frames")), _SHOWN),
    _trigger(
        "file",
        "UPDATE OF content_id ON file",
        "NEW.item_id IS NOT NULL AND OLD.content_id IS NOT NEW.content_id",
        "SELECT NEW.item_id AS item_id",
    ),
    _trigger(
        "sidecar",
        "UPDATE OF taken_at_utc ON sidecar",
        _differ(("taken_at_utc",)),
        "SELECT item_id FROM item WHERE sidecar_id = NEW.sidecar_id",
    ),
)
"""The triggers of schema version 3; never edited later."""
