"""What a match has to judge: what is new since the last one, and whatever that may concern.

A cloud item without a verdict of the machine waits to be judged. So a match that was killed goes
on where it was, and to have something judged again is to forget its verdict.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
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

MATCHER_VERSION: Final = 5
"""Raised whenever the same catalogue would be judged differently."""

_MOST_AFFECTED: Final = 0.5
"""Above this share of the cloud side everything is judged again."""

_FEW: Final = 0.1
"""Up to this share of the items are read one by one."""

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
    """One side of the catalogue: what came to it since the last match, all if there was none."""

    side: Side
    came: ItemColumns
    is_new: bool

    @classmethod
    def read(cls, conn: Connection, side: Side, touched: Sequence[int]) -> "_Side":
        is_new = not search.has_facts(conn, side)
        rows = item_rows(conn, side, None if is_new else touched)
        return cls(side, ItemColumns.from_rows(rows), is_new)

    def before(self, conn: Connection) -> ItemColumns:
        """Return the side as it was."""
        return ItemColumns.from_packed(search.search_facts(conn, self.side))

    def now(self, before: ItemColumns, touched: Sequence[int]) -> ItemColumns:
        """Return the side as it is."""
        return before.with_changes(touched, self.came) if touched else before

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
        cloud, local = (_Side.read(conn, side, touched) for side in (Side.CLOUD, Side.LOCAL))
        local_before = local.before(conn)
        local_now = local.now(local_before, touched)
        cloud_count = search.count_items(conn, Side.CLOUD)
        again = None
        if _is_continued(before, told) and search.has_verdicts(conn):
            affected = cloud.came.item_id.tolist()
            change = LocalChange.between(local_before, local_now, touched)
            if not change.is_none:
                cloud_now = cloud.now(cloud.before(conn), touched)
                affected += _affected(conn, cloud_now, change, options, pictures)
            again = sorted(set(affected))
            if len(again) > _MOST_AFFECTED * cloud_count:
                again = None
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
        search.replace_search_rows(conn, touched, chain(cloud.rows(), local.rows()))
        write_setting(conn, "matched", told)
        write_setting(conn, "unmatched", "1")
        waiting = search.unjudged_ids(conn)
        if len(waiting) > max(_MANY, cloud_count // 2):
            search.drop_slow_indexes(conn)
        asked = cloud.came if cloud.is_new else _columns(conn, waiting, cloud_count)
    return Work(cloud=asked.only(waiting), local=local_now, cloud_count=cloud_count)


def _affected(
    conn: Connection,
    cloud: ItemColumns,
    change: LocalChange,
    options: MatchOptions,
    pictures: FineSource,
) -> list[int]:
    """Return the cloud items whose verdicts a change of the local side may concern."""
    wider = LookedWider.of(search.wider_looks(conn))
    loader = CatalogLoader(conn, pictures)
    found: list[int] = affected_items(cloud, change, wider, loader, options).tolist()
    return found


def _columns(conn: Connection, waiting: Sequence[int], cloud_count: int) -> ItemColumns:
    """Return what search knows of the cloud items that wait, and perhaps of more."""
    few = waiting if len(waiting) < _FEW * cloud_count else None
    return ItemColumns.from_packed(search.search_facts(conn, Side.CLOUD, few))


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
