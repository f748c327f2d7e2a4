"""Duplicates inside one side: find the groups, and lay them out to be looked through."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from gphotos_reconcile.core.model import Side
from gphotos_reconcile.core.ports import Progress
from gphotos_reconcile.exporters.links import (
    DuplicateGroup,
    GroupFile,
    LinkResult,
    carry_out_links,
    plan_links,
    write_away_list,
)
from gphotos_reconcile.exporters.whole import write_whole
from gphotos_reconcile.matching.groups import SERIES, Group, find_groups
from gphotos_reconcile.matching.keeping import KeeperOrder
from gphotos_reconcile.matching.options import MatchOptions
from gphotos_reconcile.media.worker import WorkerPool
from gphotos_reconcile.store.engine import Catalog
from gphotos_reconcile.store.groups import GroupRow, count_groups, grouped_files, save_groups
from gphotos_reconcile.store.overrules import apply_decisions
from gphotos_reconcile.workflows.loading import CatalogLoader, StoredPictures
from gphotos_reconcile.workflows.match import columns_of
from gphotos_reconcile.workflows.scanning import settle_items


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRequest:
    """Which side to look into, how sure to be, and which member of a group is kept."""

    side: Side
    options: MatchOptions = field(default_factory=MatchOptions)
    order: KeeperOrder = field(default_factory=KeeperOrder)


@dataclass(frozen=True, slots=True)
class GroupReport:
    """Groups and bytes that their other members take, by relation."""

    side: Side
    counts: dict[str, tuple[int, int]]


def group_duplicates(
    catalog: Catalog,
    request: GroupRequest,
    *,
    pool: WorkerPool,
    progress: Progress | None = None,
) -> GroupReport:
    """Find the groups of one side anew and keep them in the catalogue."""
    settle_items(catalog)
    side = request.side
    with catalog.connect() as conn:
        found = find_groups(
            columns_of(conn, side),
            CatalogLoader(conn, StoredPictures(conn, pool)),
            request.options,
            request.order,
            side=side,
            progress=progress,
        )
        rows = list(_rows(found))
    with catalog.begin() as conn:
        save_groups(conn, side, rows)
        apply_decisions(conn)
    with catalog.connect() as conn:
        return GroupReport(side, count_groups(conn, side))


def link_groups(catalog: Catalog, target: Path, *, dry_run: bool) -> Iterator[LinkResult]:
    """Make a folder of hard links, each local group's keeper beside what could be put away.

    Frames of a series are no duplicates and are left out.

    Raises:
        UsageError: a group would be lost as a whole.
    """
    yield from carry_out_links(plan_links(local_groups(catalog)), target, dry_run=dry_run)


def list_away(catalog: Catalog, out: Path, *, dry_run: bool) -> int:
    """Write the paths that could be put away, NUL-separated; return how many.

    Raises:
        UsageError: a group would be lost as a whole.
    """
    stream = io.BytesIO()
    count = write_away_list(local_groups(catalog), stream)
    write_whole(out, stream.getvalue(), dry_run=dry_run)
    return count


def local_groups(catalog: Catalog) -> list[DuplicateGroup]:
    """Return the groups of copies among the local files."""
    series = {relation.value for relation in SERIES}
    with catalog.connect() as conn:
        groups = [
            DuplicateGroup(
                group_id=group_id,
                files=tuple(
                    GroupFile(
                        item_id=row.item_id,
                        path=row.path,
                        is_keeper=row.is_keeper,
                        size_bytes=row.size_bytes,
                        relation=row.relation,
                        reason=row.reason,
                    )
                    for row in rows
                ),
            )
            for group_id, rows in groupby(
                grouped_files(conn, Side.LOCAL), key=lambda row: row.group_id
            )
        ]
    return [g for g in groups if not any(f.relation in series for f in g.files)]


def _rows(groups: Iterable[Group]) -> Iterator[GroupRow]:
    for number, group in enumerate(groups, start=1):
        relation = group.members[0].relation.value
        yield GroupRow(number, group.keeper, relation, is_keeper=True, reason=group.reason)
        for member in group.members:
            yield GroupRow(
                number,
                member.item_id,
                member.relation.value,
                is_keeper=False,
                reason=member.reason,
            )
