"""Compare the two sides: candidates, evidence, verdicts; only what is new since the last time."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from gphotos_reconcile.core.model import Judgement, MatchAsset, PictureSignature, Side
from gphotos_reconcile.core.ports import Progress
from gphotos_reconcile.matching.columns import ItemColumns
from gphotos_reconcile.matching.engine import match_items
from gphotos_reconcile.matching.judging import Judges, Unfound
from gphotos_reconcile.matching.listed import of_listed
from gphotos_reconcile.matching.options import MatchOptions
from gphotos_reconcile.media.worker import WorkerPool
from gphotos_reconcile.store.assets import item_rows
from gphotos_reconcile.store.engine import LEARN_FROM, Catalog, Connection, transaction
from gphotos_reconcile.store.google_pictures import (
    join_listed,
    listed_assets,
    listed_rows,
    listed_signatures,
)
from gphotos_reconcile.store.overrules import apply_decisions
from gphotos_reconcile.store.plans import count_verdicts
from gphotos_reconcile.store.search import WiderRow, make_indexes, save_wider_looks
from gphotos_reconcile.store.settings import write_setting
from gphotos_reconcile.store.verdicts import (
    coverage_gaps,
    judge_without_bytes,
    save_fresh,
    save_judgements,
    settle_fresh,
)
from gphotos_reconcile.workflows import changes
from gphotos_reconcile.workflows.changes import Work
from gphotos_reconcile.workflows.judges import ProcessJudges
from gphotos_reconcile.workflows.loading import CatalogLoader, StoredPictures
from gphotos_reconcile.workflows.scanning import settle_items

_BATCH: Final = 4096
_PROCESSES_FROM: Final = 4000
"""So many items to judge are worth the start of further processes."""


@dataclass(frozen=True, slots=True)
class MatchReport:
    """What a match did: verdicts by (verdict, belongs), and why absence may prove nothing.

    `judged` is the number of items that had to be judged.
    """

    counts: Mapping[tuple[str, str], int]
    gaps: tuple[str, ...]
    compared: bool
    judged: int = 0


def match_catalog(
    catalog: Catalog,
    options: MatchOptions,
    *,
    pool: WorkerPool,
    progress: Progress | None = None,
) -> MatchReport:
    """Give every cloud item its verdict; what nothing new can concern keeps the one it has."""
    pool.rest()  # those that read the files have grown, and nothing is decoded for a while
    settle_items(catalog)
    with catalog.connect() as conn:
        gaps = tuple(coverage_gaps(conn))
        options = replace(options, coverage_complete=not gaps)
        is_settled = changes.is_settled(conn, options)
    with catalog.connect() as conn:
        pictures = StoredPictures(conn, pool)
        judged = 0 if is_settled else _go_on(catalog, options, pictures, progress)
        return MatchReport(count_verdicts(conn), gaps, compared=not is_settled, judged=judged)


def _go_on(
    catalog: Catalog, options: MatchOptions, pictures: StoredPictures, progress: Progress | None
) -> int:
    """Judge what waits for it, then what concerns all verdicts; return how many were judged."""
    with catalog.begin() as conn:
        join_listed(conn)
    work = changes.prepare(catalog, options, pictures)
    _judge(catalog, work, options, pictures, progress)
    with catalog.connect() as conn:
        by_picture = list(_judged_by_picture(conn, work.local, pictures, options))
    with catalog.begin() as conn:
        make_indexes(conn)
        save_judgements(conn, by_picture)
        judge_without_bytes(conn)
        apply_decisions(conn)
        write_setting(conn, "unmatched", "0")
    if len(work.cloud) >= LEARN_FROM * work.cloud_count:
        catalog.refresh_statistics()
    return len(work.cloud)


def _judge(
    catalog: Catalog,
    work: Work,
    options: MatchOptions,
    pictures: StoredPictures,
    progress: Progress | None,
) -> None:
    """Judge what waits for it and keep it, batch by batch."""
    looked = _LookedWider()
    with ExitStack() as stack:
        conn = stack.enter_context(catalog.connect())
        judges: Judges | None = None
        if len(work.cloud) >= _PROCESSES_FROM and pictures.pool.jobs > 1:
            judges = stack.enter_context(
                ProcessJudges(catalog.path, options, pictures, count=pictures.pool.jobs)
            )
        judgements = match_items(
            work.cloud,
            work.local,
            CatalogLoader(conn, pictures),
            options,
            progress,
            judges=judges,
            on_wider=looked.add,
        )
        writing = stack.enter_context(catalog.write_much())
        for batch in _batched(judgements):
            with transaction(writing):
                save_wider_looks(writing, looked.taken())
                save_fresh(writing, batch)
        with transaction(writing):
            settle_fresh(writing)


@dataclass(slots=True)
class _LookedWider:
    """What is to be kept of wider looks, until the next batch is written."""

    rows: list[WiderRow] = field(default_factory=list)

    def add(self, one: Unfound, correlated: Sequence[int]) -> None:
        turned = None if one.turned is None else one.turned.tobytes()
        self.rows.append(WiderRow(one.item_id, turned, tuple(correlated)))

    def taken(self) -> list[WiderRow]:
        rows, self.rows = self.rows, []
        return rows


def _judged_by_picture(
    conn: Connection, local: ItemColumns, pictures: StoredPictures, options: MatchOptions
) -> Iterator[Judgement]:
    """Judge the listed items that were looked at: pixels alone speak, and they claim nothing."""
    listed = ItemColumns.from_rows(listed_rows(conn))
    if len(listed):
        told = match_items(listed, local, _ListedLoader(conn, pictures), options)
        yield from map(of_listed, told)


def columns_of(conn: Connection, side: Side) -> ItemColumns:
    """Return one side of the catalogue as the matcher searches it."""
    return ItemColumns.from_rows(item_rows(conn, side))


class _ListedLoader(CatalogLoader):
    """Gives what an API showed of the cloud side, and the files of the local one."""

    def assets(self, side: Side, ids: Sequence[int]) -> Mapping[int, MatchAsset]:
        """Return the items' facts."""
        if side is Side.CLOUD:
            return listed_assets(self.conn, ids)
        return super().assets(side, ids)

    def signatures(self, side: Side, ids: Sequence[int]) -> Mapping[int, PictureSignature]:
        """Return the items' kept pixels."""
        if side is Side.CLOUD:
            return listed_signatures(self.conn, ids)
        return super().signatures(side, ids)


def _batched(values: Iterator[Judgement]) -> Iterator[list[Judgement]]:
    while batch := list(islice(values, _BATCH)):
        yield batch
