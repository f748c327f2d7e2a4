"""Duplicates inside one side: groups around a keeper, series told apart from copies.

Every member is linked to its keeper directly: a weak link from a member to a third picture never
pulls that into the group. A picture is in at most one group of copies; frames of a series form
groups of their own around the same keepers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gphotos_reconcile.core.model import (
    Evidence,
    Kind,
    MatchAsset,
    PictureSignature,
    Relation,
    Side,
    Verdict,
)
from gphotos_reconcile.core.ports import Progress
from gphotos_reconcile.matching.candidates import CandidateFinder
from gphotos_reconcile.matching.closer import CloserLook, Pair
from gphotos_reconcile.matching.columns import ItemColumns
from gphotos_reconcile.matching.loading import FineStore, ItemLoader
from gphotos_reconcile.matching.options import MatchOptions
from gphotos_reconcile.matching.verdicts import Appraisal, appraise, is_match
from gphotos_reconcile.matching.video import weigh_videos

Rows = NDArray[np.int64]

SERIES: Final = frozenset({Relation.BURST, Relation.NEAR})
"""Relations of pictures that are not copies of each other."""

KEEPER_RULES: Final = ("raw_first", "jpeg_first", "largest", "oldest", "prefer_folder")
"""What can decide which member of a group is kept, in the order given to `KeeperOrder`."""

_BATCH: Final = 1024
_JPEG: Final = "image/jpeg"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeeperOrder:
    """Which member is kept: the first rule that tells two apart decides, at last the lower id.

    `folders` are asked by `prefer_folder`: the sooner a folder is named, the rather it is kept.
    """

    rules: tuple[str, ...] = ("largest", "raw_first", "oldest")
    folders: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        unknown = set(self.rules) - set(KEEPER_RULES)
        if unknown:
            raise ValueError(f"unknown rules: {sorted(unknown)}")

    def key(self, asset: MatchAsset) -> tuple[float, ...]:
        """Return what sorts the item to keep first."""
        return tuple(self._rank(rule, asset) for rule in self.rules)

    def reason(self, keeper: MatchAsset, members: Sequence[MatchAsset]) -> str:
        """Return in words why the keeper is kept."""
        for rule in self.rules:
            ranks = [self._rank(rule, member) for member in members]
            if any(rank > self._rank(rule, keeper) for rank in ranks):
                return _REASONS[rule]
        return "all are alike; it was indexed first"

    def _rank(self, rule: str, asset: MatchAsset) -> float:
        facts = asset.facts
        match rule:
            case "raw_first":
                return float(asset.kind is not Kind.RAW)
            case "jpeg_first":
                return float(asset.mime_type != _JPEG)
            case "largest":
                pixels = (facts.width_px or 0) * (facts.height_px or 0)
                return -(pixels * max(facts.duration_s or 1.0, 1.0) + asset.size_bytes * 1e-12)
            case "oldest":
                times = [time.taken_at.timestamp() for time in facts.times]
                return min(times, default=float("inf"))
            case _:
                places = [n for n, f in enumerate(self.folders) if asset.album_folder.startswith(f)]
                return float(min(places, default=len(self.folders)))


_REASONS: Final = {
    "raw_first": "it is the raw picture",
    "jpeg_first": "it is the JPEG",
    "largest": "it has the most pixels or bytes",
    "oldest": "it is the oldest",
    "prefer_folder": "it lies in the preferred folder",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member of a group, and what it is to the keeper."""

    item_id: int
    relation: Relation
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A keeper and the items linked to it; `reason` says why this one is kept."""

    keeper: int
    reason: str
    members: tuple[Member, ...]


@dataclass(slots=True)
class _Links:
    """Direct links between items, by the one that would be kept, and the items' own facts."""

    of_keeper: dict[int, list[Member]] = field(default_factory=dict)
    keys: dict[int, tuple[float, ...]] = field(default_factory=dict)


def find_groups(  # noqa: PLR0913  # the side, its loader and three independent settings
    columns: ItemColumns,
    loader: ItemLoader,
    options: MatchOptions,
    order: KeeperOrder = KeeperOrder(),
    *,
    side: Side = Side.LOCAL,
    progress: Progress | None = None,
) -> Iterator[Group]:
    """Yield groups of copies and, apart from them, series; ordered by the keeper's item_id.

    Args:
        columns: the items of one side.
        loader: gives their facts and pixels.
        options: hashes, thresholds and the lengths of runs for clips.
        order: which member of a group is kept.
        side: the side that `loader` is asked for.
        progress: told of every compared item.
    """
    finder = _GroupFinder(columns, loader, options, order, side)
    links = finder.links(progress)
    groups = [*_stars(links, copies=True), *_stars(links, copies=False)]
    groups.sort(key=lambda group: (group[0], group[1][0].relation in SERIES))
    for first in range(0, len(groups), _BATCH):
        yield from finder.worded(groups[first : first + _BATCH])


class _GroupFinder:
    """One side compared with itself."""

    def __init__(
        self,
        columns: ItemColumns,
        loader: ItemLoader,
        options: MatchOptions,
        order: KeeperOrder,
        side: Side,
    ) -> None:
        self._columns, self._loader, self._side = columns, loader, side
        self._options, self._order = options, order
        self._fine = FineStore(loader)
        self._closer = CloserLook(self._fine, options)
        self._equals = _equal_rows(columns)

    def links(self, progress: Progress | None) -> _Links:
        """Compare all; equal bytes or content stand for each other and are compared once."""
        links = _Links()
        alone = np.flatnonzero(self._equals == np.arange(len(self._columns)))
        distinct = self._columns.take(alone)
        if progress is not None:
            progress.start("Looking for duplicates", len(distinct), "items")
        for block in CandidateFinder(distinct, distinct, self._options).blocks(_BATCH):
            once = block.cloud_rows < block.local_rows
            left = distinct.item_id[block.cloud_rows[once]].tolist()
            right = distinct.item_id[block.local_rows[once]].tolist()
            self._compare(list(zip(left, right, strict=True)), links)
            if progress is not None:
                progress.advance(len(block.asked))
        self._add_equals(links)
        if progress is not None:
            progress.finish()
        return links

    def worded(self, groups: Sequence[tuple[int, list[Member]]]) -> Iterator[Group]:
        """Yield groups with the reason why their keeper is kept."""
        wanted = {i for keeper, members in groups for i in (keeper, *(m.item_id for m in members))}
        assets = self._loader.assets(self._side, sorted(wanted))
        for keeper, members in groups:
            others = [assets[m.item_id] for m in members if m.item_id in assets]
            reason = self._order.reason(assets[keeper], others) if keeper in assets else ""
            yield Group(keeper=keeper, reason=reason, members=tuple(members))

    def _compare(self, ids: Sequence[tuple[int, int]], links: _Links) -> None:
        wanted = sorted({item_id for pair in ids for item_id in pair})
        assets = self._assets(wanted, links)
        pixels = self._loader.signatures(self._side, wanted)
        pairs = [
            self._oriented(assets[left], assets[right], pixels, links)
            for left, right in ids
            if left in assets and right in assets
        ]
        by_id = self._closer.look(pairs)
        for keeper_id, looked_at in by_id.items():
            keeper = assets[keeper_id]
            for other, evidence in looked_at:
                found = (*evidence, *self._videos(keeper, other))
                member = _member(keeper, other, appraise(keeper, other, found))
                if member is not None:
                    links.of_keeper.setdefault(keeper_id, []).append(member)
        self._fine.trim()

    def _oriented(
        self,
        left: MatchAsset,
        right: MatchAsset,
        pixels: Mapping[int, PictureSignature],
        links: _Links,
    ) -> Pair:
        if links.keys[right.item_id] < links.keys[left.item_id]:
            left, right = right, left
        return Pair(left, right, pixels.get(left.item_id), pixels.get(right.item_id))

    def _videos(self, left: MatchAsset, right: MatchAsset) -> Iterator[Evidence]:
        if left.kind is Kind.VIDEO and right.kind is Kind.VIDEO:
            frames = self._loader.frames(self._side, [left.item_id, right.item_id])
            first, second = frames.get(left.item_id), frames.get(right.item_id)
            if first and second:
                yield from weigh_videos(left, right, (first, second), self._options)

    def _assets(self, ids: Sequence[int], links: _Links) -> Mapping[int, MatchAsset]:
        assets = self._loader.assets(self._side, ids)
        for item_id, asset in assets.items():
            links.keys[item_id] = (*self._order.key(asset), float(item_id))
        return assets

    def _add_equals(self, links: _Links) -> None:
        """Link items of equal bytes or content to the one that stands for them."""
        rows = np.flatnonzero(self._equals != np.arange(len(self._columns)))
        for first in range(0, len(rows), _BATCH):
            some = rows[first : first + _BATCH]
            ids = self._columns.item_id
            pairs = [(int(ids[self._equals[row]]), int(ids[row])) for row in some]
            assets = self._assets(sorted({i for pair in pairs for i in pair}), links)
            for stands, item_id in pairs:
                if stands in assets and item_id in assets:
                    _link_equal(assets[stands], assets[item_id], links)


def _link_equal(stands: MatchAsset, other: MatchAsset, links: _Links) -> None:
    is_bytes = stands.sha256 == other.sha256
    relation = Relation.IDENTICAL if is_bytes else Relation.SAME_CONTENT
    reason = "the same bytes" if is_bytes else "the same picture data, other metadata"
    member = Member(item_id=other.item_id, relation=relation, reason=reason)
    links.of_keeper.setdefault(stands.item_id, []).append(member)


def _member(keeper: MatchAsset, other: MatchAsset, said: Appraisal) -> Member | None:
    if said.verdict is None:
        return None
    relation = said.relation or Relation.NEAR
    if is_match(said) and relation is Relation.RECOMPRESSED and keeper.mime_type != other.mime_type:
        relation = Relation.OTHER_FORMAT
    if said.verdict is Verdict.REVIEW:
        relation = Relation.NEAR
    return Member(item_id=other.item_id, relation=relation, reason=said.reason)


def _equal_rows(columns: ItemColumns) -> Rows:
    """Return for every row the first row of equal content or, where none is known, bytes."""
    keys = np.where(columns.content > 0, columns.content, columns.sha256)
    _, first, place = np.unique(keys, return_index=True, return_inverse=True)
    stands: Rows = first[place].astype(np.int64)
    unknown = (columns.content == 0) & (columns.sha256 == 0)
    stands[unknown] = np.flatnonzero(unknown)
    return stands


def _stars(links: _Links, *, copies: bool) -> Iterator[tuple[int, list[Member]]]:
    """Yield (keeper, members): the best item first takes what is linked to it and still free.

    Series are formed among keepers and single items only: a copy follows its own keeper.
    """
    taken = {member.item_id for _, group in _stars(links, copies=True) for member in group} \
        if not copies else set()  # fmt: skip
    for keeper in sorted(links.of_keeper, key=lambda item_id: links.keys.get(item_id, ())):
        if keeper in taken:
            continue
        members = [
            member
            for member in sorted(links.of_keeper[keeper], key=lambda member: member.item_id)
            if member.item_id not in taken and (member.relation not in SERIES) is copies
        ]
        if members:
            taken |= {keeper, *(member.item_id for member in members)}
            yield keeper, members
