"""The judging of some cloud items whose candidates are known: facts, pixels, a verdict each.

What is said of an item depends on the item and its candidates alone, so that any number of
processes can share the work.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np

from gphotos_reconcile.core.model import (
    Evidence,
    Judgement,
    Kind,
    MatchAsset,
    PictureSignature,
    Side,
    Verdict,
    VideoFrame,
)
from gphotos_reconcile.matching.closer import CloserLook, Pair
from gphotos_reconcile.matching.coarse import Vectors, vectors
from gphotos_reconcile.matching.loading import FineStore, ItemLoader
from gphotos_reconcile.matching.options import MatchOptions
from gphotos_reconcile.matching.perceptual import Hashes, grids_of, turned_phash64
from gphotos_reconcile.matching.verdicts import JudgeContext, judge
from gphotos_reconcile.matching.video import weigh_videos

_UNFOUND: Final = frozenset({Verdict.MISSING, Verdict.UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Cloud items with their candidates, the strongest first.

    `overfull` had more candidates than were kept. `is_last` tells that there is no wider look to
    come.
    """

    pairs: Mapping[int, Sequence[int]]
    overfull: frozenset[int] = frozenset()
    is_last: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfound:
    """An item that nothing came near, and what a wider look needs of its picture, if it has one."""

    item_id: int
    turned: Hashes | None = None
    vector: Vectors | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The judgements of a task, and those of its items that a wider look may help."""

    judgements: Mapping[int, Judgement]
    unfound: tuple[Unfound, ...] = ()


class Judges(Protocol):
    """Whoever judges tasks: this process, or several."""

    def answers(self, tasks: Iterable[Task]) -> Iterator[Answer]:
        """Yield an answer for each task, in order."""
        ...


@dataclass(slots=True)
class _Found:
    """What a task has been given to work on: facts and kept pixels of everything in it."""

    cloud: Mapping[int, MatchAsset]
    local: Mapping[int, MatchAsset]
    cloud_pixels: Mapping[int, PictureSignature]
    local_pixels: Mapping[int, PictureSignature]
    cloud_frames: Mapping[int, tuple[VideoFrame, ...]] = field(default_factory=dict)
    local_frames: Mapping[int, tuple[VideoFrame, ...]] = field(default_factory=dict)


class Judge:
    """Judges one task after another in this process."""

    def __init__(self, loader: ItemLoader, options: MatchOptions) -> None:
        """Remember where facts and pixels come from."""
        self._loader, self._options = loader, options
        self._fine = FineStore(loader)
        self._closer = CloserLook(self._fine, options)

    def answers(self, tasks: Iterable[Task]) -> Iterator[Answer]:
        """Yield an answer for each task, in order."""
        yield from map(self.answer, tasks)

    def answer(self, task: Task) -> Answer:
        """Judge the items of one task."""
        found = self._load(task.pairs)
        judgements = self._judge(task, found)
        self._fine.trim()
        lonely = [i for i, said in judgements.items() if said.verdict in _UNFOUND]
        unfound = () if task.is_last else tuple(_unfound(lonely, found.cloud_pixels))
        return Answer(judgements=judgements, unfound=unfound)

    def _load(self, pairs: Mapping[int, Sequence[int]]) -> _Found:
        loader = self._loader
        asked = sorted(pairs)
        others = sorted({other for found in pairs.values() for other in found})
        cloud = loader.assets(Side.CLOUD, asked)
        local = loader.assets(Side.LOCAL, others)
        moving, others_moving = _videos(cloud), _videos(local)
        return _Found(
            cloud=cloud,
            local=local,
            cloud_pixels=loader.signatures(Side.CLOUD, asked),
            local_pixels=loader.signatures(Side.LOCAL, others),
            cloud_frames=loader.frames(Side.CLOUD, moving) if moving else {},
            local_frames=loader.frames(Side.LOCAL, others_moving) if others_moving else {},
        )

    def _judge(self, task: Task, found: _Found) -> dict[int, Judgement]:
        looked_at = self._closer.look(
            [
                Pair(cloud, local, found.cloud_pixels.get(item_id), found.local_pixels.get(other))
                for item_id, others in task.pairs.items()
                if (cloud := found.cloud.get(item_id)) is not None
                for other in others
                if (local := found.local.get(other)) is not None
            ]
        )
        judgements = {}
        for item_id in task.pairs:
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
                is_overfull=item_id in task.overfull,
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


def _videos(assets: Mapping[int, MatchAsset]) -> list[int]:
    return [item_id for item_id, asset in assets.items() if asset.kind is Kind.VIDEO]


def _unfound(ids: Sequence[int], pixels: Mapping[int, PictureSignature]) -> Iterator[Unfound]:
    seen = [item_id for item_id in ids if item_id in pixels]
    known: dict[int, Unfound] = {}
    if seen:
        grids = grids_of([pixels[item_id].luma for item_id in seen])
        every, units = turned_phash64(grids), vectors(grids)
        for place, item_id in enumerate(seen):
            turned = np.ascontiguousarray(every[:, place])
            known[item_id] = Unfound(item_id=item_id, turned=turned, vector=units[place])
    for item_id in ids:
        yield known.get(item_id, Unfound(item_id=item_id))


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
