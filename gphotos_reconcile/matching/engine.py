"""The whole comparison: candidates, a look at the grids, a closer look at few, a verdict each.

One judgement comes out for every cloud item, in the order of `item_id`. What is said of an item
depends on the two sides alone, not on the size of the batches in which they are worked through.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gphotos_reconcile.core.model import (
    Evidence,
    Judgement,
    Kind,
    MatchAsset,
    PictureSignature,
    Relation,
    Side,
    Verdict,
    VideoFrame,
)
from gphotos_reconcile.core.ports import Progress
from gphotos_reconcile.matching.candidates import CandidateBlock, CandidateFinder, Reach
from gphotos_reconcile.matching.closer import CloserLook, Pair
from gphotos_reconcile.matching.columns import KIND_CODES, ItemColumns
from gphotos_reconcile.matching.loading import FineStore, ItemLoader
from gphotos_reconcile.matching.options import IN_COLUMNS, MatchOptions
from gphotos_reconcile.matching.perceptual import HASHES, grids_of, turned_phash64
from gphotos_reconcile.matching.verdicts import JudgeContext, judge
from gphotos_reconcile.matching.video import weigh_videos
from gphotos_reconcile.matching.wider import WiderLook

__all__ = ["ItemLoader", "MatchOptions", "match_items"]

Rows = NDArray[np.int64]

_BATCH_ITEMS: Final = 1024
_MOTION: Final = KIND_CODES[Kind.MOTION.value]
_VIDEO: Final = KIND_CODES[Kind.VIDEO.value]


def match_items(
    cloud: ItemColumns,
    local: ItemColumns,
    loader: ItemLoader,
    options: MatchOptions,
    progress: Progress | None = None,
) -> Iterator[Judgement]:
    """Yield one judgement for every cloud item, in the order of `item_id`.

    Args:
        cloud: the items to judge.
        local: the whole local side.
        loader: gives facts and pixels of both by id.
        options: profile, hashes, whether everything was read.
        progress: told of every judged item.
    """
    if progress is not None:
        progress.start("Comparing", len(cloud), "items")
    matcher = _Matcher(cloud, local, loader, options)
    for block in matcher.finder.blocks():
        for batch in _batches(block):
            yield from matcher.judged(batch)
            if progress is not None:
                progress.advance(batch.last - batch.first)
    if progress is not None:
        progress.finish()


def _batches(block: CandidateBlock) -> Iterator[CandidateBlock]:
    for first in range(block.first, block.last, _BATCH_ITEMS):
        yield block.part(first, min(first + _BATCH_ITEMS, block.last))


@dataclass(slots=True)
class _Found:
    """What a batch has been given to work on: facts and kept pixels of everything in it."""

    cloud: Mapping[int, MatchAsset]
    local: dict[int, MatchAsset]
    cloud_pixels: Mapping[int, PictureSignature]
    local_pixels: dict[int, PictureSignature]
    cloud_frames: Mapping[int, tuple[VideoFrame, ...]] = field(default_factory=dict)
    local_frames: dict[int, tuple[VideoFrame, ...]] = field(default_factory=dict)


class _Matcher:
    """Two sides, made ready, and the judging of one batch after another."""

    def __init__(
        self, cloud: ItemColumns, local: ItemColumns, loader: ItemLoader, options: MatchOptions
    ) -> None:
        more = {
            name: (
                _hashes(name, Side.CLOUD, cloud, loader),
                _hashes(name, Side.LOCAL, local, loader),
            )
            for name in options.hashes
            if name not in IN_COLUMNS
        }
        self.finder = CandidateFinder(cloud, local, options, more)
        self._cloud, self._local = cloud, local
        self._loader, self._options = loader, options
        self._fine = FineStore(loader)
        self._closer = CloserLook(self._fine, options)
        self._wider = WiderLook(local, loader)

    def judged(self, block: CandidateBlock) -> Iterator[Judgement]:
        """Yield the judgements of the cloud rows of a block."""
        judgements = self._exact(block)
        rows = np.arange(block.first, block.last, dtype=np.int64)
        ids = self._cloud.item_id
        left = rows[[int(ids[row]) not in judgements for row in rows]]
        if len(left):
            judgements |= self._weighed(block, left)
        for row in rows:
            yield judgements[int(ids[row])]
        self._fine.trim()

    def _exact(self, block: CandidateBlock) -> dict[int, Judgement]:
        """Settle what is equal by its digests alone; moving parts need a closer look."""
        settled: dict[int, Judgement] = {}
        for reach in (Reach.BYTES, Reach.CONTENT):
            held = (block.reach & int(reach)) > 0
            for row, other in zip(block.cloud_rows[held], block.local_rows[held], strict=True):
                item_id = int(self._cloud.item_id[row])
                kinds = {int(self._cloud.kind[row]), int(self._local.kind[other])}
                if _MOTION not in kinds and item_id not in settled:
                    settled[item_id] = _equal(item_id, int(self._local.item_id[other]), reach)
        return settled

    def _weighed(self, block: CandidateBlock, rows: Rows) -> dict[int, Judgement]:
        """Judge rows that no digest settles: first by the net, then by a wider look."""
        overfull = set(self._cloud.item_id[block.overfull].tolist())
        pairs = self._pairs_of(block, set(rows.tolist()))
        ids = self._cloud.item_id[rows].tolist()
        found = self._load(ids, pairs)
        judgements = self._judge(ids, pairs, found, overfull)
        lonely = [i for i in ids if judgements[i].verdict in _UNFOUND and i in found.cloud]
        if lonely:
            more = self._wider_pairs(lonely, found)
            pairs = {i: sorted({*pairs.get(i, ()), *more.get(i, ())}) for i in lonely}
            self._load_more(pairs, found)
            judgements |= self._judge(lonely, pairs, found, overfull)
        return judgements

    def _pairs_of(self, block: CandidateBlock, rows: set[int]) -> dict[int, list[int]]:
        pairs: dict[int, list[int]] = {}
        for row, other in zip(block.cloud_rows.tolist(), block.local_rows.tolist(), strict=True):
            if row in rows:
                item_id = int(self._cloud.item_id[row])
                pairs.setdefault(item_id, []).append(int(self._local.item_id[other]))
        return pairs

    def _load(self, ids: Sequence[int], pairs: Mapping[int, Sequence[int]]) -> _Found:
        loader = self._loader
        videos = self._videos(self._cloud, ids)
        found = _Found(
            cloud=loader.assets(Side.CLOUD, ids),
            local={},
            cloud_pixels=loader.signatures(Side.CLOUD, ids),
            local_pixels={},
            cloud_frames=loader.frames(Side.CLOUD, videos) if videos else {},
        )
        self._load_more(pairs, found)
        return found

    def _load_more(self, pairs: Mapping[int, Sequence[int]], found: _Found) -> None:
        wanted = {other for others in pairs.values() for other in others}
        missing = sorted(wanted - found.local.keys())
        if not missing:
            return
        found.local |= self._loader.assets(Side.LOCAL, missing)
        found.local_pixels |= self._loader.signatures(Side.LOCAL, missing)
        videos = self._videos(self._local, missing)
        if videos:
            found.local_frames |= self._loader.frames(Side.LOCAL, videos)

    @staticmethod
    def _videos(items: ItemColumns, ids: Sequence[int]) -> list[int]:
        rows = items.rows_of(ids)
        is_video = items.kind[rows] == _VIDEO
        return [item_id for item_id, video in zip(ids, is_video, strict=True) if video]

    def _wider_pairs(self, ids: Sequence[int], found: _Found) -> dict[int, list[int]]:
        """Look again for items that nothing came near: other zones, turned, cut, retouched."""
        pairs: dict[int, list[int]] = {}
        blocks = [self.finder.zone_block(self._cloud.rows_of(ids))]
        seen = [item_id for item_id in ids if item_id in found.cloud_pixels]
        if seen:
            grids = grids_of([found.cloud_pixels[item_id].luma for item_id in seen])
            rows = self._cloud.rows_of(seen)
            blocks.append(self.finder.turned_block(rows, turned_phash64(grids)))
            for item_id, other in self._wider.pairs(seen, grids):
                pairs.setdefault(item_id, []).append(other)
        for block in blocks:
            every = set(block.cloud_rows.tolist())
            for item_id, others in self._pairs_of(block, every).items():
                pairs.setdefault(item_id, []).extend(others)
        return pairs

    def _judge(
        self,
        ids: Sequence[int],
        pairs: Mapping[int, Sequence[int]],
        found: _Found,
        overfull: set[int],
    ) -> dict[int, Judgement]:
        looked_at = self._closer.look(
            [
                Pair(cloud, found.local[other], found.cloud_pixels.get(item_id),
                     found.local_pixels.get(other))
                for item_id in ids
                if (cloud := found.cloud.get(item_id)) is not None
                for other in pairs.get(item_id, ())
                if other in found.local
            ]
        )  # fmt: skip
        judgements = {}
        for item_id in ids:
            cloud = found.cloud.get(item_id)
            if cloud is None:
                judgements[item_id] = _gone(item_id)
                continue
            weighed = [
                (local, self._with_videos(cloud, local, evidence, found))
                for local, evidence in looked_at.get(item_id, ())
            ]
            context = JudgeContext(
                coverage_complete=self._options.coverage_complete,
                is_readable=_is_readable(cloud, found),
                is_overfull=item_id in overfull,
            )
            judgements[item_id] = judge(cloud, weighed, context)
        return judgements

    def _with_videos(
        self,
        cloud: MatchAsset,
        local: MatchAsset,
        evidence: tuple[Evidence, ...],
        found: _Found,
    ) -> tuple[Evidence, ...]:
        first = found.cloud_frames.get(cloud.item_id)
        second = found.local_frames.get(local.item_id)
        if not first or not second:
            return evidence
        return (*evidence, *weigh_videos(cloud, local, (first, second), self._options))


_UNFOUND: Final = frozenset({Verdict.MISSING, Verdict.UNKNOWN})


def _hashes(name: str, side: Side, items: ItemColumns, loader: ItemLoader) -> NDArray[np.uint64]:
    """Return hashes that the columns do not hold, made of the kept grids, batch after batch."""
    hashes = np.zeros(len(items), dtype=np.uint64)
    wanted = items.item_id[items.has_hash].tolist()
    for first in range(0, len(wanted), _BATCH_ITEMS):
        loaded = loader.signatures(side, wanted[first : first + _BATCH_ITEMS])
        ids = sorted(loaded)
        if ids:
            grids = grids_of([loaded[item_id].luma for item_id in ids])
            hashes[items.rows_of(ids)] = HASHES[name](grids)
    return hashes


def _equal(item_id: int, other: int, reach: Reach) -> Judgement:
    is_bytes = reach is Reach.BYTES
    rule = "same_bytes" if is_bytes else "same_content"
    detail = (
        "Both files hold the same bytes (SHA-256 equal, both read whole)."
        if is_bytes
        else "The encoded picture data are equal bit for bit; only metadata around them differ."
    )
    strength = 100 if is_bytes else 98
    return Judgement(
        item_id=item_id,
        verdict=Verdict.IDENTICAL if is_bytes else Verdict.SAME_CONTENT,
        rule=rule,
        strength=strength,
        reason=detail,
        counterpart_id=other,
        relation=Relation.IDENTICAL if is_bytes else Relation.SAME_CONTENT,
        evidence=((other, Evidence(rule=rule, strength=strength, detail=detail)),),
    )


def _gone(item_id: int) -> Judgement:
    return Judgement(
        item_id=item_id,
        verdict=Verdict.UNREADABLE,
        rule="no_facts",
        strength=0,
        reason="The catalogue holds no facts of it.",
    )


def _is_readable(cloud: MatchAsset, found: _Found) -> bool:
    if cloud.kind is Kind.VIDEO:
        return bool(found.cloud_frames.get(cloud.item_id))
    return cloud.item_id in found.cloud_pixels
