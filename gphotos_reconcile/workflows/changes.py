"""What a match has to judge: what is new since the last one, and whatever that may concern.

A cloud item without a verdict of the machine waits to be judged. So a match that was killed goes
on where it was, and to have something judged again is to forget its verdict.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from gphotos_reconcile.core.model import FINGERPRINT_VERSION, Side
from gphotos_reconcile.matching.affected import LocalChange, LookedWider, affected_items
from gphotos_reconcile.matching.columns import ItemColumns
from gphotos_reconcile.matching.options import MatchOptions
from gphotos_reconcile.matching.verdicts import unfound
from gphotos_reconcile.store import search
from gphotos_reconcile.store.assets import item_rows
from gphotos_reconcile.store.engine import Catalog, Connection
from gphotos_reconcile.store.settings import read_setting, write_setting
from gphotos_reconcile.store.verdicts import settle_fresh
from gphotos_reconcile.workflows.loading import CatalogLoader, FineSource

MATCHER_VERSION: Final = 3
"""Raised whenever the same catalogue would be judged differently."""

_MOST_AFFECTED: Final = 0.5
"""Above this share of the cloud side everything is judged again."""

_MANY: Final = 20_000
"""From so many verdicts on their indexes are made afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The cloud items to judge, and the whole local side."""

    cloud: ItemColumns
    local: ItemColumns
    cloud_count: int


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of the catalogue at the last match, and now."""

    side: Side
    before: ItemColumns
    came: ItemColumns
    now: ItemColumns

    def rows(self) -> Iterator[tuple[int, str, bytes]]:
        ids = self.came.item_id.tolist()
        for item_id, packed in zip(ids, self.came.packed(), strict=True):
            yield item_id, self.side.value, packed


def is_settled(conn: Connection, options: MatchOptions) -> bool:
    """Tell whether nothing has changed since the last match came to its end."""
    is_same = read_setting(conn, "matched") == _told(options)
    return is_same and read_setting(conn, "unmatched") == "0" and not search.touched_ids(conn)


def prepare(catalog: Catalog, options: MatchOptions, pictures: FineSource) -> Work:
    """Forget the verdicts that may be others now; return what is to be judged."""
    told = _told(options)
    with catalog.begin() as conn:
        settle_fresh(conn)
    with catalog.connect() as conn:
        before = read_setting(conn, "matched")
        touched = search.touched_ids(conn)
        cloud, local = (_side(conn, side, touched) for side in (Side.CLOUD, Side.LOCAL))
        again = None
        if _is_continued(before, told) and search.has_verdicts(conn):
            change = LocalChange.between(local.before, local.now, touched)
            again = _affected(conn, cloud, change, options, CatalogLoader(conn, pictures))
    with catalog.begin() as conn:
        if again is None:
            search.forget_all_verdicts(conn)
        elif again:
            search.make_indexes(conn)
            search.forget_verdicts(conn, again)
        if before is not None and _differs_in_coverage_alone(before, told):
            was_complete = not options.coverage_complete
            rule = unfound(0, coverage_complete=was_complete).rule
            now = unfound(0, coverage_complete=options.coverage_complete)
            search.say_instead(conn, rule, now)
        search.replace_search_rows(conn, touched, (*cloud.rows(), *local.rows()))
        write_setting(conn, "matched", told)
        write_setting(conn, "unmatched", "1")
        waiting = search.unjudged_ids(conn)
        if len(waiting) > max(_MANY, len(cloud.now) // 2):
            search.drop_slow_indexes(conn)
    return Work(cloud=cloud.now.only(waiting), local=local.now, cloud_count=len(cloud.now))


def _affected(
    conn: Connection,
    cloud: _Side,
    change: LocalChange,
    options: MatchOptions,
    loader: CatalogLoader,
) -> list[int] | None:
    """Return the cloud items whose verdicts have to go, None for all of them."""
    wider = LookedWider.of(search.wider_looks(conn))
    affected = affected_items(cloud.now, change, wider, loader, options).tolist()
    again = sorted({*affected, *cloud.came.item_id.tolist()})
    return None if len(again) > _MOST_AFFECTED * len(cloud.now) else again


def _side(conn: Connection, side: Side, touched: Sequence[int]) -> _Side:
    before = ItemColumns.from_packed(search.search_facts(conn, side))
    whole = not len(before)
    came = ItemColumns.from_rows(item_rows(conn, side, None if whole else touched))
    return _Side(side, before, came, before.with_changes(touched, came) if touched else before)


def _told(options: MatchOptions) -> str:
    """Return what the verdicts depend on besides the items, as text to compare."""
    settings: dict[str, Any] = asdict(options)
    is_complete = settings.pop("coverage_complete")
    versions = [MATCHER_VERSION, FINGERPRINT_VERSION]
    return json.dumps([versions, settings, is_complete], sort_keys=True, default=str)


def _is_continued(before: str | None, told: str) -> bool:
    """Tell whether the verdicts of before still hold, but for one word."""
    return before is not None and (before == told or _differs_in_coverage_alone(before, told))


def _differs_in_coverage_alone(before: str, told: str) -> bool:
    first, second = json.loads(before), json.loads(told)
    return bool(first[:2] == second[:2] and first[2] != second[2])
