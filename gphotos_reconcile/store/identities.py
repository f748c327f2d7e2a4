"""From items to the names that decisions know them by, and back."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, select

from gphotos_reconcile.core.decisions import item_identity, member_place
from gphotos_reconcile.store.schema import content, file, item, source

_CHUNK: Final = 500  # well under the number of parameters that an old SQLite takes

T = TypeVar("T")


def chunks(values: Iterable[T]) -> Iterator[Sequence[T]]:
    """Yield the values in lists that fit into one `IN (...)`."""
    rest = iter(values)
    while part := list(islice(rest, _CHUNK)):
        yield part


def identities(conn: Connection, item_ids: Iterable[int]) -> dict[int, str]:
    """Return the identity of each item that the catalogue has."""
    found = {}
    for part in chunks(item_ids):
        for row in conn.execute(_IDENTITY.where(item.c.item_id.in_(part))).mappings():
            found[row["item_id"]] = _identity(row)
    return found


def items_called(conn: Connection, names: Iterable[str], side: str) -> dict[str, list[int]]:
    """Return the items of one side behind each identity, by item id; names without any are absent.

    Only items that still have a file are found.
    """
    wanted = set(names)
    found: dict[str, list[int]] = {}
    for column, keys in _keys_by_column(wanted):
        for part in chunks(sorted(keys)):
            # The side is told here: asked of SQLite before it has statistics, it would walk through
            # all items of the side instead of looking up the few digests.
            query = _IDENTITY.where(column.in_(part)).order_by(item.c.item_id)
            for row in conn.execute(query).mappings():
                name = _identity(row)
                if row["side"] != side or name not in wanted:
                    continue
                if row["item_id"] not in found.setdefault(name, []):
                    found[name].append(row["item_id"])
    return {name: ids for name, ids in found.items() if ids}


def places(conn: Connection, item_ids: Iterable[int]) -> dict[int, str]:
    """Return where each item lies, told without the folder its library is mounted at."""
    query = (
        select(item.c.item_id, item.c.side, file.c.path_text, source.c.name, source.c.kind)
        .join(file, file.c.file_id == item.c.file_id)
        .join(source, source.c.source_id == file.c.source_id)
    )
    found = {}
    for part in chunks(item_ids):
        for item_id, side, path, name, kind in conn.execute(query.where(item.c.item_id.in_(part))):
            found[item_id] = member_place(side, path, name if kind == "local" else "")
    return found


_MOTION = content.alias("motion_content")
_MOTION_FILE = file.alias("motion_file")

_IDENTITY: Final[Select[Any]] = (
    select(
        item.c.item_id,
        item.c.side,
        item.c.identity,
        item.c.media_key,
        content.c.sha256,
        content.c.content_digest,
        content.c.motion_digest,
        _MOTION.c.content_digest.label("video_digest"),
        _MOTION.c.sha256.label("video_sha256"),
    )
    .outerjoin(content, content.c.content_id == item.c.content_id)
    .outerjoin(_MOTION_FILE, _MOTION_FILE.c.file_id == item.c.motion_file_id)
    .outerjoin(_MOTION, _MOTION.c.content_id == _MOTION_FILE.c.content_id)
)


def _identity(row: Any) -> str:
    return item_identity(
        content_digest=row["content_digest"],
        sha256=row["sha256"],
        motion=row["motion_digest"] or row["video_digest"] or row["video_sha256"],
        media_key=row["media_key"],
        fallback=row["identity"],
    )


def _keys_by_column(names: Iterable[str]) -> Iterator[tuple[ColumnElement[Any], set[str]]]:
    """Sort identities by the indexed column that finds them."""
    columns: dict[str, ColumnElement[Any]] = {
        "content": content.c.content_digest,
        "sha256": content.c.sha256,
        "media_key": item.c.media_key,
        "item": item.c.identity,
    }
    keys: dict[str, set[str]] = {prefix: set() for prefix in columns}
    for name in names:
        prefix, _, rest = name.partition(":")
        if prefix in {"content", "sha256"}:
            rest = rest.partition("+")[0]
        if prefix in keys:
            keys[prefix].add(rest)
    for prefix, column in columns.items():
        yield column, keys[prefix]
