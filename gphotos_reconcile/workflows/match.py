"""Compare the two sides: candidates, evidence, verdicts."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain, islice
from typing import Final

from gphotos_reconcile.core.model import (
    FINGERPRINT_VERSION,
    FinePicture,
    Judgement,
    MatchAsset,
    PictureSignature,
    Problem,
    Side,
    VideoFrame,
)
from gphotos_reconcile.core.ports import ByteSource, Progress
from gphotos_reconcile.matching.columns import ItemColumns
from gphotos_reconcile.matching.engine import match_items
from gphotos_reconcile.matching.listed import of_listed
from gphotos_reconcile.matching.options import MatchOptions
from gphotos_reconcile.media.worker import WorkerPool
from gphotos_reconcile.store import assets
from gphotos_reconcile.store.engine import Catalog, Connection
from gphotos_reconcile.store.google_pictures import (
    join_listed,
    listed_assets,
    listed_rows,
    listed_signatures,
)
from gphotos_reconcile.store.overrules import apply_decisions
from gphotos_reconcile.store.plans import count_verdicts
from gphotos_reconcile.store.settings import read_setting, write_setting
from gphotos_reconcile.store.verdicts import (
    clear_verdicts,
    coverage_gaps,
    judge_without_bytes,
    save_judgements,
)
from gphotos_reconcile.workflows.scanning import settle_items
from gphotos_reconcile.workflows.stored import StoredOpener

MATCHER_VERSION: Final = 1
"""Raised whenever the same catalogue would be judged differently."""

_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class MatchReport:
    """What a match did: verdicts by (verdict, belongs), and why absence may prove nothing."""

    counts: Mapping[tuple[str, str], int]
    gaps: tuple[str, ...]
    compared: bool


def match_catalog(
    catalog: Catalog,
    options: MatchOptions,
    *,
    pool: WorkerPool,
    progress: Progress | None = None,
) -> MatchReport:
    """Judge every cloud item against the local side; does nothing where nothing changed."""
    settle_items(catalog)
    with catalog.connect() as conn:
        gaps = tuple(coverage_gaps(conn))
        options = replace(options, coverage_complete=not gaps)
        told = _told(options, gaps)
        is_done = read_setting(conn, "unmatched") == "0" and read_setting(conn, "matched") == told
    if not is_done:
        with catalog.begin() as conn:
            join_listed(conn)
        _judge_all(catalog, options, pool, progress)
        with catalog.begin() as conn:
            judge_without_bytes(conn)
            apply_decisions(conn)
            write_setting(conn, "unmatched", "0")
            write_setting(conn, "matched", told)
        catalog.refresh_statistics()
    with catalog.connect() as conn:
        return MatchReport(count_verdicts(conn), gaps, compared=not is_done)


def _told(options: MatchOptions, gaps: Sequence[str]) -> str:
    """Return what the verdicts depend on besides the items, as text to compare."""
    versions = [MATCHER_VERSION, FINGERPRINT_VERSION]
    return json.dumps([versions, asdict(options), list(gaps)], sort_keys=True, default=str)


def _judge_all(
    catalog: Catalog, options: MatchOptions, pool: WorkerPool, progress: Progress | None
) -> None:
    with catalog.connect() as conn:
        cloud, local = (columns_of(conn, side) for side in (Side.CLOUD, Side.LOCAL))
        loader = CatalogLoader(conn, pool)
        judgements = match_items(cloud, local, loader, options, progress)
        with catalog.begin() as writing:
            clear_verdicts(writing)
        for batch in _batched(chain(judgements, _judged_by_picture(conn, local, pool, options))):
            with catalog.begin() as writing:
                save_judgements(writing, batch)


def _judged_by_picture(
    conn: Connection, local: ItemColumns, pool: WorkerPool, options: MatchOptions
) -> Iterator[Judgement]:
    """Judge the listed items that were looked at: pixels alone speak, and they claim nothing."""
    listed = ItemColumns.from_rows(listed_rows(conn))
    if len(listed):
        told = match_items(listed, local, _ListedLoader(conn, pool), options)
        yield from map(of_listed, told)


def columns_of(conn: Connection, side: Side) -> ItemColumns:
    """Return one side of the catalogue as the matcher searches it."""
    return ItemColumns.from_rows(assets.item_rows(conn, side))


@dataclass(slots=True)
class CatalogLoader:
    """Gives the matching engine facts and pixels by item id."""

    conn: Connection
    pool: WorkerPool

    def assets(self, side: Side, ids: Sequence[int]) -> Mapping[int, MatchAsset]:
        """Return the items' facts."""
        del side  # ids are unique over both sides
        return assets.assets(self.conn, ids)

    def signatures(self, side: Side, ids: Sequence[int]) -> Mapping[int, PictureSignature]:
        """Return the items' kept pixels."""
        del side
        return assets.signatures(self.conn, ids)

    def frames(self, side: Side, ids: Sequence[int]) -> Mapping[int, tuple[VideoFrame, ...]]:
        """Return the items' sampled frames."""
        del side
        return assets.frames(self.conn, ids)

    def fine(
        self, wanted: Sequence[tuple[Side, int]], max_px: int
    ) -> Mapping[tuple[Side, int], FinePicture]:
        """Decode these items again, larger; those that cannot be read any more are left out."""
        opener = StoredOpener()
        stored = assets.stored_bytes(self.conn, [item_id for _, item_id in wanted])
        jobs: list[tuple[tuple[Side, int], ByteSource]] = []
        for key in wanted:
            place = stored.get(key[1])
            if place is None:
                continue
            found = opener.bytes_of(
                place.locator,
                form=place.form,
                archive_path=place.archive_path,
                size_bytes=place.stamp.size_bytes,
            )
            if not isinstance(found, Problem):
                jobs.append((key, found))
        return {
            key: picture
            for key, picture in self.pool.fine_lumas(iter(jobs), max_px)
            if not isinstance(picture, Problem)
        }


class _ListedLoader(CatalogLoader):
    """Gives what an API showed of the cloud side, and the files of the local one."""

    def assets(self, side: Side, ids: Sequence[int]) -> Mapping[int, MatchAsset]:
        """Return the items' facts."""
        if side is Side.CLOUD:
            return listed_assets(self.conn, ids)
        return assets.assets(self.conn, ids)

    def signatures(self, side: Side, ids: Sequence[int]) -> Mapping[int, PictureSignature]:
        """Return the items' kept pixels."""
        if side is Side.CLOUD:
            return listed_signatures(self.conn, ids)
        return assets.signatures(self.conn, ids)


def _batched(values: Iterator[Judgement]) -> Iterator[list[Judgement]]:
    while batch := list(islice(values, _BATCH)):
        yield batch
