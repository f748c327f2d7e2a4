"""The queue of the review page: which items are shown, in which order, by which filters."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    exists,
    func,
    literal_column,
    or_,
    select,
    tuple_,
)

from gphotos_reconcile.core.model import Verdict
from gphotos_reconcile.store.overrules import BY_PERSON
from gphotos_reconcile.store.schema import (
    album_item,
    content,
    evidence,
    file,
    folder,
    item,
    verdict,
)

DECIDED: Final = "decided"
"""Shown instead of a verdict: everything that a person has spoken about."""

_UNDATED: Final = "~"  # sorts behind every year


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """Which cloud items are shown; an empty text or None asks for nothing.

    `show` is a verdict or DECIDED. `year` is of the capture time in UTC, "undated" for none.
    """

    show: str = Verdict.REVIEW.value
    folder: str = ""
    album: str = ""
    year: str = ""
    camera: str = ""
    rule: str = ""
    belongs: str = ""
    min_strength: int | None = None
    max_strength: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an item stands in the queue; `before` items come earlier."""

    before: int
    total: int
    previous_id: int | None
    next_ids: tuple[int, ...]


def count_queue(conn: Connection, wanted: QueueFilter) -> int:
    """Return how many items the filter shows."""
    number: int = conn.execute(_queue(wanted, func.count())).scalar_one()
    return number


def queue_page(conn: Connection, wanted: QueueFilter, *, offset: int, limit: int) -> list[int]:
    """Return item ids in the order of the queue: by capture time, undated ones last."""
    query = _queue(wanted, item.c.item_id).order_by(_TAKEN, item.c.item_id)
    return list(conn.scalars(query.limit(limit).offset(offset)))


def place_of(conn: Connection, wanted: QueueFilter, item_id: int, *, ahead: int) -> Place:
    """Return where an item stands, also when it has left the queue by a decision.

    Args:
        conn: a connection.
        wanted: the filter of the queue.
        item_id: an item of the cloud side.
        ahead: how many following items are told.
    """
    query = select(_TAKEN).where(item.c.item_id == item_id)
    here = tuple_(conn.execute(query).scalar_one(), item_id)
    key = tuple_(_TAKEN, item.c.item_id)
    earlier = _queue(wanted, item.c.item_id).where(key < here)
    later = _queue(wanted, item.c.item_id).where(key > here)
    return Place(
        before=conn.execute(_queue(wanted, func.count()).where(key < here)).scalar_one(),
        total=count_queue(conn, wanted),
        previous_id=conn.scalar(earlier.order_by(_TAKEN.desc(), item.c.item_id.desc()).limit(1)),
        next_ids=tuple(conn.scalars(later.order_by(_TAKEN, item.c.item_id).limit(ahead))),
    )


def facets(conn: Connection, wanted: QueueFilter) -> Mapping[str, Sequence[tuple[str, int]]]:
    """Return for each filter the values that the queue has, with their number of items.

    The other filters hold, the facet's own does not, so that a value can be changed.
    """
    return {
        **_plain_facets(conn, wanted),
        "album": _album_facet(conn, wanted),
        "rule": _rule_facet(conn, wanted),
    }


def verdict_counts(conn: Connection) -> dict[str, int]:
    """Return the number of cloud items by verdict, and under DECIDED those of a person."""
    # Only cloud items have a verdict: without a look at the items, the index alone answers.
    rows = conn.execute(select(verdict.c.verdict, func.count()).group_by(verdict.c.verdict))
    counts: dict[str, int] = {name: number for name, number in rows}  # noqa: C416 - typed rows
    by_person = select(func.count()).where(BY_PERSON)
    counts[DECIDED] = conn.execute(by_person).scalar_one()
    return counts


_TAKEN: Final[ColumnElement[str]] = func.coalesce(item.c.taken_at_utc, _UNDATED)
_YEAR: Final[ColumnElement[str]] = func.coalesce(func.substr(item.c.taken_at_utc, 1, 4), "undated")
_CAMERA: Final[ColumnElement[str]] = func.coalesce(
    content.c.camera_model, item.c.listed_camera_model, ""
)


_PLAIN_FACETS: Final[Mapping[str, ColumnElement[Any]]] = {
    "folder": folder.c.path_text,
    "year": _YEAR,
    "camera": _CAMERA,
    "belongs": item.c.belongs,
}
"""Filters by one value that every item has, whatever it has to be looked up in."""


def _queue(wanted: QueueFilter, *columns: Any, everything: bool = False) -> Select[Any]:
    """Return a query of what is shown; it looks up only what the filter asks for, or everything."""
    query = select(*columns).select_from(verdict).join(item, item.c.item_id == verdict.c.item_id)
    if wanted.folder or everything:
        query = query.outerjoin(file, file.c.file_id == item.c.file_id)
        query = query.outerjoin(folder, folder.c.folder_id == file.c.folder_id)
    if wanted.camera or everything:
        query = query.outerjoin(content, content.c.content_id == item.c.content_id)
    return query.where(*_conditions(wanted))


def _conditions(wanted: QueueFilter) -> list[ColumnElement[bool]]:
    shown = BY_PERSON if wanted.show == DECIDED else verdict.c.verdict == wanted.show
    asked: list[tuple[object, ColumnElement[bool]]] = [
        (wanted.folder, folder.c.path_text == wanted.folder),
        (wanted.album, _in_album(wanted.album)),
        (wanted.year, _YEAR.is_(wanted.year)),
        (wanted.camera, _CAMERA.is_(wanted.camera)),
        (wanted.rule, _has_rule(wanted.rule)),
        (wanted.belongs, item.c.belongs == wanted.belongs),
    ]
    conditions = [shown, *(condition for is_asked, condition in asked if is_asked)]
    if wanted.min_strength is not None:
        conditions.append(verdict.c.strength >= wanted.min_strength)
    if wanted.max_strength is not None:
        conditions.append(verdict.c.strength <= wanted.max_strength)
    return conditions


def _in_album(album: str) -> ColumnElement[bool]:
    return exists().where(and_(album_item.c.item_id == item.c.item_id, album_item.c.album == album))


def _has_rule(rule: str) -> ColumnElement[bool]:
    held = exists().where(
        and_(
            evidence.c.cloud_item_id == item.c.item_id,
            evidence.c.rule == rule,
            evidence.c.strength > 0,
        )
    )
    return or_(verdict.c.rule == rule, held)


def _without(wanted: QueueFilter, name: str) -> QueueFilter:
    kept = {key: getattr(wanted, key) for key in QueueFilter.__slots__ if key != name}
    return QueueFilter(**kept)


def _plain_facets(conn: Connection, wanted: QueueFilter) -> dict[str, Sequence[tuple[str, int]]]:
    """Return the plain facets: those whose own filter is off all in one pass, the others alone."""
    used = {name for name in _PLAIN_FACETS if getattr(wanted, name)}
    passes = [(wanted, [name for name in _PLAIN_FACETS if name not in used])]
    passes += [(_without(wanted, name), [name]) for name in used]
    found: dict[str, Sequence[tuple[str, int]]] = {}
    for filtered, names in passes:
        columns = [_PLAIN_FACETS[name].label(name) for name in names]
        query = _queue(filtered, *columns, func.count(), everything=True)
        counted: dict[str, Counter[str]] = {name: Counter() for name in names}
        for *values, number in conn.execute(query.group_by(*columns)):
            for name, value in zip(names, values, strict=True):
                counted[name][str(value or "")] += number
        for name in names:
            counted[name].pop("", None)
            found[name] = sorted(counted[name].items())
    return found


def _album_facet(conn: Connection, wanted: QueueFilter) -> list[tuple[str, int]]:
    query = _queue(_without(wanted, "album"), album_item.c.album.label("value"), func.count())
    return _values(conn, query.join(album_item, album_item.c.item_id == item.c.item_id))


def _rule_facet(conn: Connection, wanted: QueueFilter) -> list[tuple[str, int]]:
    number = func.count(item.c.item_id.distinct())
    query = _queue(_without(wanted, "rule"), evidence.c.rule.label("value"), number)
    query = query.join(evidence, evidence.c.cloud_item_id == item.c.item_id)
    return _values(conn, query.where(evidence.c.strength > 0))


def _values(conn: Connection, query: Select[Any]) -> list[tuple[str, int]]:
    value: ColumnElement[Any] = literal_column("value")
    rows = conn.execute(query.group_by(value).order_by(value))
    return [(str(name), number) for name, number in rows if name not in {None, ""}]
