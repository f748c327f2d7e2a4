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
from gphotos_reconcile.matching.candidates import CandidateFinder, by_time, equal_rows
from gphotos_reconcile.matching.closer import CloserLook, Pair
from gphotos_reconcile.matching.columns import ItemColumns
from gphotos_reconcile.matching.keeping import KeeperOrder, Key
from gphotos_reconcile.matching.loading import FineStore, ItemLoader
from gphotos_reconcile.matching.options import MatchOptions
from gphotos_reconcile.matching.verdicts import Appraisal, appraise, is_match
from gphotos_reconcile.matching.video import weigh_videos

Rows = NDArray[np.int64]

SERIES: Final = frozenset({Relation.BURST, Relation.NEAR})
"""Relations of pictures that are not copies of each other."""

_BATCH: Final = 1024
_USUAL_ORDER: Final = KeeperOrder()


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
    keys: dict[int, Key] = field(default_factory=dict)

    def add(self, keeper: int, member: Member) -> None:
        self.of_keeper.setdefault(keeper, []).append(member)


def find_groups(  # noqa: PLR0913  # the side, its loader and three independent settings
    columns: ItemColumns,
    loader: ItemLoader,
    options: MatchOptions,
    order: KeeperOrder = _USUAL_ORDER,
    *,
    side: Side = Side.LOCAL,
    progress: Progress | None = None,
) -> Iterator[Group]:
    """Yield groups of copies and, apart from them, series; in the order of what is kept first.

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
    groups.sort(key=lambda group: (links.keys[group[0]], group[1][0].relation in SERIES))
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

    def links(self, progress: Progress | None) -> _Links:
        """Compare all; of equal bytes or content the one that is kept stands for all."""
        links = _Links()
        equals = equal_rows(self._columns)
        stands = self._keepers(equals, links)
        distinct = self._columns.take(stands)
        if progress is not None:
            progress.start("Looking for duplicates", len(distinct), "items")
        asked, pairs = _pairs(CandidateFinder(distinct, distinct, self._options))
        for first in range(0, len(asked), _BATCH):
            rows = slice(*np.searchsorted(pairs[0], [first, first + _BATCH]))
            both = (distinct.item_id[asked[side[rows]]].tolist() for side in pairs)
            self._compare(list(zip(*both, strict=True)), links)
            if progress is not None:
                progress.advance(min(_BATCH, len(asked) - first))
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
                    links.add(keeper_id, member)
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
            links.keys[item_id] = self._order.key(asset)
        return assets

    def _keepers(self, equals: Rows, links: _Links) -> Rows:
        """Link items of equal bytes or content to the one that is kept; return the rows of these.

        Items that are like no other stand for themselves.
        """
        count = len(self._columns)
        many = np.flatnonzero(np.bincount(equals, minlength=count)[equals] > 1)
        keepers: dict[int, MatchAsset] = {}
        others: list[tuple[int, int, str]] = []
        for first in range(0, len(many), _BATCH):
            rows = many[first : first + _BATCH]
            ids = self._columns.item_id[rows].tolist()
            assets = self._assets(ids, links)
            for group, item_id in zip(equals[rows].tolist(), ids, strict=True):
                if item_id not in assets:
                    continue
                others.append((group, item_id, assets[item_id].sha256))
                known = keepers.setdefault(group, assets[item_id])
                if links.keys[item_id] < links.keys[known.item_id]:
                    keepers[group] = assets[item_id]
        for group, item_id, sha256 in others:
            _link_equal(keepers[group], item_id, sha256, links)
        away = {item_id for group, item_id, _ in others if keepers[group].item_id != item_id}
        return np.flatnonzero(~np.isin(self._columns.item_id, np.array(list(away), dtype=np.int64)))


def _link_equal(keeper: MatchAsset, item_id: int, sha256: str, links: _Links) -> None:
    if item_id == keeper.item_id:
        return
    is_bytes = keeper.sha256 == sha256
    relation = Relation.IDENTICAL if is_bytes else Relation.SAME_CONTENT
    reason = "the same bytes" if is_bytes else "the same picture data, other metadata"
    links.add(keeper.item_id, Member(item_id=item_id, relation=relation, reason=reason))


def _pairs(finder: CandidateFinder) -> tuple[Rows, tuple[Rows, Rows]]:
    """Return the rows in the order they are asked in, and each pair once as places in that order.

    Of two items it is enough that one is a candidate of the other. Pairs are sorted.
    """
    count = len(finder.local)
    order = by_time(finder.local)
    places = np.empty(count, dtype=np.int64)
    places[order] = np.arange(count)
    codes = [np.empty(0, dtype=np.int64)]
    for block in finder.blocks():
        one, other = places[block.cloud_rows], places[block.local_rows]
        differ = one != other
        codes.append(np.unique((np.minimum(one, other) * count + np.maximum(one, other))[differ]))
    once = np.unique(np.concatenate(codes))
    return order, (once // max(count, 1), once % max(count, 1))


def _member(keeper: MatchAsset, other: MatchAsset, said: Appraisal) -> Member | None:
    if said.verdict is None:
        return None
    relation = said.relation or Relation.NEAR
    if is_match(said) and relation is Relation.RECOMPRESSED and keeper.mime_type != other.mime_type:
        relation = Relation.OTHER_FORMAT
    if said.verdict is Verdict.REVIEW:
        relation = Relation.NEAR
    return Member(item_id=other.item_id, relation=relation, reason=said.reason)


def _stars(links: _Links, *, copies: bool) -> Iterator[tuple[int, list[Member]]]:
    """Yield (keeper, members): the best item first takes what is linked to it and still free.

    Series are formed among keepers and single items only: a copy follows its own keeper.
    """
    taken = {member.item_id for _, group in _stars(links, copies=True) for member in group} \
        if not copies else set()  # fmt: skip
    for keeper in sorted(links.of_keeper, key=lambda item_id: links.keys[item_id]):
        if keeper in taken:
            continue
        members = [
            member
            for member in sorted(
                links.of_keeper[keeper], key=lambda member: links.keys[member.item_id]
            )
            if member.item_id not in taken and (member.relation not in SERIES) is copies
        ]
        if members:
            taken |= {keeper, *(member.item_id for member in members)}
            yield keeper, members
