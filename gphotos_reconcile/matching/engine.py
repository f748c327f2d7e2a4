"""The whole comparison: candidates, a look at the grids, a closer look at few, a verdict each.

One judgement comes out for every cloud item, in order of capture time. What is said of an item
depends on the two sides alone, neither on the size of the batches in which they are worked
through nor on the number of processes that judge them.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gphotos_reconcile.core.model import Evidence, Judgement, Kind, Relation, Side, Verdict
from gphotos_reconcile.core.ports import Progress
from gphotos_reconcile.matching.candidates import CandidateBlock, CandidateFinder
from gphotos_reconcile.matching.columns import KIND_CODES, ItemColumns
from gphotos_reconcile.matching.judging import Answer, Judge, Judges, Task, Unfound
from gphotos_reconcile.matching.loading import ItemLoader
from gphotos_reconcile.matching.options import IN_COLUMNS, MatchOptions
from gphotos_reconcile.matching.perceptual import HASHES, grids_of
from gphotos_reconcile.matching.threads import Reach
from gphotos_reconcile.matching.wider import WiderLook

__all__ = ["ItemLoader", "MatchOptions", "match_items"]

Rows = NDArray[np.int64]
OnWider = Callable[[Unfound, Sequence[int]], None]
"""Told of an item that was looked for once more, and the local items that correlate with it."""

_BATCH_ITEMS: Final = 512
_MOTION: Final = KIND_CODES[Kind.MOTION.value]


def match_items(  # noqa: PLR0913  # the two sides, their loader and three independent helpers
    cloud: ItemColumns,
    local: ItemColumns,
    loader: ItemLoader,
    options: MatchOptions,
    progress: Progress | None = None,
    *,
    judges: Judges | None = None,
    on_wider: OnWider | None = None,
) -> Iterator[Judgement]:
    """Yield one judgement for every cloud item, in order of capture time.

    Args:
        cloud: the items to judge.
        local: the whole local side.
        loader: gives facts and pixels of both by id.
        options: profile, hashes, whether everything was read.
        progress: told of every judged item.
        judges: who judges; None for this process.
        on_wider: told of every item that needed a wider look.
    """
    if progress is not None:
        progress.start("Comparing", len(cloud), "items")
    matcher = _Matcher(cloud, local, loader, options)
    for block in _ahead(matcher.finder.blocks()):
        yield from matcher.judged(block, judges or Judge(loader, options), on_wider)
        if progress is not None:
            progress.advance(len(block.asked))
    if progress is not None:
        progress.finish()


def _ahead(blocks: Iterator[CandidateBlock]) -> Iterator[CandidateBlock]:
    """Yield the blocks while the next one is searched in the background."""
    with ThreadPoolExecutor(max_workers=1) as searching:
        coming = searching.submit(next, blocks, None)
        while (block := coming.result()) is not None:
            coming = searching.submit(next, blocks, None)
            yield block


class _Matcher:
    """Two sides, made ready, and the judging of one block after another."""

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
        self._wider = WiderLook(local, loader)

    def judged(
        self, block: CandidateBlock, judges: Judges, on_wider: OnWider | None
    ) -> Iterator[Judgement]:
        """Yield the judgements of the cloud rows of a block."""
        judgements = self._exact(block)
        unfound: list[Unfound] = []
        for answer in judges.answers(self._tasks(block, frozenset(judgements))):
            judgements |= answer.judgements
            unfound += answer.unfound
        for answer in self._again(unfound, judges, on_wider):
            judgements |= answer.judgements
        for item_id in self._cloud.item_id[block.asked].tolist():
            yield judgements[item_id]

    def _exact(self, block: CandidateBlock) -> dict[int, Judgement]:
        """Settle what is equal by its digests alone; moving parts need a closer look."""
        settled: dict[int, Judgement] = {}
        for reach in (Reach.BYTES, Reach.CONTENT):
            held = np.flatnonzero(block.reach & int(reach))
            rows, others = block.cloud_rows[held], block.local_rows[held]
            still = (self._cloud.kind[rows] != _MOTION) & (self._local.kind[others] != _MOTION)
            ids, other_ids = self._cloud.item_id[rows[still]], self._local.item_id[others[still]]
            for item_id, other in zip(ids.tolist(), other_ids.tolist(), strict=True):
                if item_id not in settled:
                    settled[item_id] = _equal(item_id, other, reach)
        return settled

    def _tasks(self, block: CandidateBlock, settled: frozenset[int]) -> Iterator[Task]:
        overfull = frozenset(self._cloud.item_id[block.overfull].tolist())
        left = [
            item_id
            for item_id in self._cloud.item_id[block.asked].tolist()
            if item_id not in settled
        ]
        pairs = self._pairs_of(block)
        for first in range(0, len(left), _BATCH_ITEMS):
            ids = left[first : first + _BATCH_ITEMS]
            yield Task(
                pairs={item_id: pairs.get(item_id, ()) for item_id in ids},
                overfull=overfull.intersection(ids),
            )

    def _again(
        self, unfound: Sequence[Unfound], judges: Judges, on_wider: OnWider | None
    ) -> Iterator[Answer]:
        """Look again for items that nothing came near: other zones, turned, cut, retouched.

        None of their first candidates was anything to them, so only new ones are weighed.
        """
        tasks = []
        for first in range(0, len(unfound), _BATCH_ITEMS):
            some = unfound[first : first + _BATCH_ITEMS]
            pairs, found = self._wider_pairs(some)
            for one in some:
                if on_wider is not None:
                    on_wider(one, found.get(one.item_id, ()))
            tasks.append(Task(pairs=pairs, is_last=True))
        return judges.answers(tasks)

    def _pairs_of(self, block: CandidateBlock) -> dict[int, list[int]]:
        pairs: dict[int, list[int]] = {}
        ids, others = self._cloud.item_id[block.cloud_rows], self._local.item_id[block.local_rows]
        for item_id, other in zip(ids.tolist(), others.tolist(), strict=True):
            pairs.setdefault(item_id, []).append(other)
        return pairs

    def _wider_pairs(
        self, some: Sequence[Unfound]
    ) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
        """Return all local items that a wider look finds, and those that correlate."""
        correlated = self._wider.pairs(some)
        seen = [(one.item_id, one.turned) for one in some if one.turned is not None]
        blocks = [self.finder.zone_block(self._cloud.rows_of([one.item_id for one in some]))]
        if seen:
            rows = self._cloud.rows_of([item_id for item_id, _ in seen])
            every = np.stack([turned for _, turned in seen], axis=1)
            blocks.append(self.finder.turned_block(rows, every))
        pairs = {one.item_id: set(correlated.get(one.item_id, ())) for one in some}
        for block in blocks:
            for item_id, others in self._pairs_of(block).items():
                pairs[item_id].update(others)
        return {item_id: sorted(others) for item_id, others in pairs.items()}, correlated


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
