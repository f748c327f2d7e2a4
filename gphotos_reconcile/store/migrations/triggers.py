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

_FILE: Final = (
    "content_id", "sidecar_id", "companion_id", "edited_id", "gone", "source_id", "folder_id",
    "path", "path_text", "ordinal", "filename", "modified_ns",
)  # fmt: skip
_CONTENT_OF_ITEM: Final = (
    "content_digest", "kind", "width", "height", "times", "content_identifier", "motion_offset",
    "phash",
)  # fmt: skip
_SIDECAR: Final = (
    "folder_id", "sort", "title", "description", "taken_at_utc", "url", "media_key", "favorited",
    "archived", "trashed", "locked", "origin", "gone",
)  # fmt: skip


def _unsettling(name: str, event: str, when: str, *chosen: str) -> str:
    """Return a trigger that notes what is selected: rows of a sort and an id."""
    condition = f" WHEN {when}" if when else ""
    notes = "".join(
        f" INSERT INTO unsettled SELECT DISTINCT c.sort, c.id FROM ({one}) AS c"
        " WHERE c.id IS NOT NULL AND NOT EXISTS ("
        "SELECT 1 FROM unsettled AS u WHERE u.sort = c.sort AND u.id = c.id);"
        for one in chosen
    )
    return f"CREATE TRIGGER unsettle_{name} AFTER {event}{condition} BEGIN{notes} END"


TRIGGERS_6: Final = (
    _unsettling("file_came", "INSERT ON file", "", "SELECT 'file' AS sort, NEW.file_id AS id"),
    _unsettling("file_went", "DELETE ON file", "", "SELECT 'item' AS sort, OLD.item_id AS id"),
    _unsettling(
        "file",
        "UPDATE ON file",
        _differ(_FILE),
        "SELECT 'file' AS sort, NEW.file_id AS id",
        "SELECT 'sidecar' AS sort, OLD.sidecar_id AS id WHERE OLD.sidecar_id IS NOT NEW.sidecar_id",
    ),
    _unsettling(
        "content",
        "UPDATE ON content",
        _differ(_CONTENT_OF_ITEM),
        "SELECT 'file' AS sort, file_id AS id FROM file WHERE content_id = NEW.content_id",
    ),
    _unsettling(
        "sidecar_came", "INSERT ON sidecar", "", "SELECT 'sidecar' AS sort, NEW.sidecar_id AS id"
    ),
    _unsettling(
        "sidecar",
        "UPDATE ON sidecar",
        _differ(_SIDECAR),
        "SELECT 'sidecar' AS sort, NEW.sidecar_id AS id",
        # Two of one title were no help to an album; perhaps one is left.
        "SELECT 'sidecar' AS sort, sidecar_id AS id FROM sidecar"
        " WHERE title = OLD.title AND taken_at_utc = OLD.taken_at_utc",
    ),
    _unsettling(
        "folder",
        "UPDATE ON folder",
        _differ(("role", "album")),
        "SELECT 'file' AS sort, file_id AS id FROM file WHERE folder_id = NEW.folder_id",
        "SELECT 'sidecar' AS sort, sidecar_id AS id FROM sidecar WHERE folder_id = NEW.folder_id",
    ),
    _unsettling(
        "source",
        "UPDATE ON source",
        _differ(("kind", "name", "exported_at_utc")),
        "SELECT 'file' AS sort, file_id AS id FROM file WHERE source_id = NEW.source_id",
    ),
)
"""The triggers of schema version 6; never edited later."""
