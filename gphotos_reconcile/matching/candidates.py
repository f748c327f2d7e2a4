"""Which local items are worth a closer look for each cloud item: a wide net, never a verdict.

The net is the union of equal bytes, equal content, hashes within a radius, the same second, the
same name and the same image id. Whatever is in it is weighed later; what is not in it is missing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gphotos_reconcile.matching.columns import ItemColumns
from gphotos_reconcile.matching.hamming import HashIndex, pairs_within
from gphotos_reconcile.matching.options import MatchOptions
from gphotos_reconcile.matching.threads import (
    CROWD,
    THREADS,
    ZONES,
    Keys,
    Lookup,
    Reach,
    Rows,
    Thread,
    seconds,
)

__all__ = ["CandidateBlock", "CandidateFinder", "Reach", "candidate_pairs", "pairs_within"]

NO_DISTANCE: Final = 255
"""Stands where no hash brought the two together."""

_SLICE_ROWS: Final = 16_384
_RANK: Final = {
    Reach.BYTES: 0,
    Reach.CONTENT: 1,
    Reach.HASH: 2,  # and its distance on top
    Reach.UNIQUE_ID: 12,
    Reach.TIME: 14,
    Reach.LOOK: 15,
    Reach.NAME: 16,
    Reach.ZONE: 18,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateBlock:
    """The candidates of some cloud rows.

    Pairs are in the order of `asked`, the strongest of each first, then by the local items' own
    order. `overfull` holds the cloud rows that had more candidates than are kept.
    """

    asked: Rows
    cloud_rows: Rows
    local_rows: Rows
    reach: NDArray[np.uint8]
    distance_bits: NDArray[np.uint8]
    overfull: Rows


class CandidateFinder:
    """The local side made ready for looking up cloud items."""

    def __init__(
        self,
        cloud: ItemColumns,
        local: ItemColumns,
        options: MatchOptions,
        more: Mapping[str, tuple[Keys, Keys]] | None = None,
    ) -> None:
        """Index the local side for as many look-ups as the cloud side has items.

        Args:
            cloud: the items that are looked up.
            local: the items that are found.
            options: which hashes are searched, how far, and how many candidates are kept.
            more: hashes that the columns do not hold, by name, of both sides.
        """
        self.cloud = cloud
        self.local = local
        self._options = options
        self._spare = _spare_copies(local)
        self._usable = hash_is_usable(local, options)
        self._hashed = np.flatnonzero(self._usable & ~self._spare)
        hashes = {
            "phash": (cloud.phash, local.phash),
            "dhash": (cloud.dhash, local.dhash),
            **(more or {}),
        }
        self._asked = {name: both[0] for name, both in hashes.items() if name in options.hashes}
        self._indexes = {
            name: HashIndex(hashes[name][1][self._hashed], options.radius_bits, len(cloud))
            for name in self._asked
        }
        self._threads = [(thread, _lookup(thread, local, self._spare)) for thread in THREADS]
        self._seconds = Lookup(*seconds(local))

    def blocks(self, size: int = _SLICE_ROWS) -> Iterator[CandidateBlock]:
        """Yield the candidates of all cloud rows, slice after slice, in order of capture time.

        What was taken together has much the same candidates: they are loaded and prepared once.
        """
        order = by_time(self.cloud)
        for first in range(0, len(order), size):
            yield self.block(order[first : first + size])

    def block(self, rows: Rows) -> CandidateBlock:
        """Return the candidates of some cloud rows."""
        asked = self.cloud.take(rows)
        net = _Net(self._options.candidates_per_item, self.local.order)
        for thread, lookup in self._threads:
            for keys in thread.asked(asked):
                places, found = lookup.pairs(keys, thread.crowd)
                net.add(thread.reach, places, found)
                self._add_spared(net, asked, places, found)
        self._add_hashes(net, rows)
        return net.block(rows)

    def zone_block(self, rows: Rows) -> CandidateBlock:
        """Return pairs whose times differ by whole quarter hours, as zones do."""
        asked = self.cloud.take(rows)
        net = _Net(self._options.candidates_per_item, self.local.order)
        for keys in ZONES.asked(asked):
            net.add(Reach.ZONE, *self._seconds.pairs(keys, ZONES.crowd))
        return net.block(rows)

    def turned_block(self, rows: Rows, phashes: Keys) -> CandidateBlock:
        """Return pairs whose hashes are near once the cloud picture is turned or mirrored.

        Args:
            rows: cloud rows.
            phashes: shape (8, len(rows)), the hashes of every orientation of each.
        """
        net = _Net(self._options.candidates_per_item, self.local.order)
        if "phash" in self._indexes:
            for hashes in phashes:
                for query, found, distance in self._indexes["phash"].pairs(hashes):
                    net.add(Reach.LOOK, query, self._hashed[found], distance)
        return net.block(rows)

    def _add_spared(self, net: "_Net", asked: ItemColumns, places: Rows, found: Rows) -> None:
        """Note what besides brings a spared copy, which other threads led to, to its item."""
        some = np.flatnonzero(self._spare[found])
        if not len(some):
            return
        places, found = places[some], found[some]
        for reach, name in ((Reach.BYTES, "sha256"), (Reach.CONTENT, "content")):
            keys = getattr(asked, name)[places]
            equal = np.flatnonzero((keys > 0) & (keys == getattr(self.local, name)[found]))
            net.add(reach, places[equal], found[equal])
        seen = hash_is_usable(asked, self._options)[places] & self._usable[found]
        distance = np.bitwise_count(asked.phash[places] ^ self.local.phash[found])
        near = np.flatnonzero(seen & (distance <= self._options.radius_bits))
        net.add(Reach.HASH, places[near], found[near], distance[near])

    def _add_hashes(self, net: "_Net", rows: Rows) -> None:
        usable = np.flatnonzero(hash_is_usable(self.cloud.take(rows), self._options))
        for name, index in self._indexes.items():
            hashes = self._asked[name][rows[usable]]
            for query, found, distance in index.pairs(hashes):
                net.add(Reach.HASH, usable[query], self._hashed[found], distance)


def candidate_pairs(
    cloud: ItemColumns, local: ItemColumns, options: MatchOptions
) -> Iterator[CandidateBlock]:
    """Yield, in slices of the cloud side, the local items that are worth a closer look."""
    yield from CandidateFinder(cloud, local, options).blocks()


def hash_is_usable(items: ItemColumns, options: MatchOptions) -> NDArray[np.bool_]:
    """Tell whose hashes say something: those of flat pictures are noise."""
    return items.has_hash & (items.luma_std >= options.flat_std)


def equal_rows(items: ItemColumns) -> Rows:
    """Return for every row the first row of equal content or, where none is known, bytes."""
    keys = np.where(items.content > 0, items.content, items.sha256)
    _, first, place = np.unique(keys, return_index=True, return_inverse=True)
    stands: Rows = first[place].astype(np.int64)
    unknown = (items.content == 0) & (items.sha256 == 0)
    stands[unknown] = np.flatnonzero(unknown)
    return stands


def _spare_copies(items: ItemColumns) -> NDArray[np.bool_]:
    """Tell which items have a crowd of equal ones before them, in the items' own order.

    Thousands of equal files on both sides would make millions of pairs that all say the same. A
    copy that is spared is still found by its name and its time.
    """
    equals = equal_rows(items)
    order = np.lexsort((items.order, items.phash, equals))  # equal data may be turned otherwise
    follows = np.ones(len(items), dtype=np.bool_)
    for column in (equals[order], items.phash[order]):
        follows[1:] &= column[1:] == column[:-1]
    places = np.arange(len(items))
    follows[:1] = False
    spare = np.zeros(len(items), dtype=np.bool_)
    spare[order] = places - np.maximum.accumulate(np.where(follows, 0, places)) >= CROWD
    return spare


def _lookup(thread: Thread, local: ItemColumns, spare: NDArray[np.bool_]) -> Lookup:
    """Return the look-up of a thread; what equal bytes would lead to is not without limit."""
    held = thread.held(local)
    if thread.always_leads:
        held = [np.where(spare, np.uint64(0), keys) for keys in held]
    return Lookup(*held)


def by_time(items: ItemColumns) -> Rows:
    """Return the rows in order of capture time, then by the items' own order."""
    taken = np.where(np.isnan(items.taken_at_s), items.sidecar_taken_at_s, items.taken_at_s)
    order: Rows = np.lexsort((items.item_id, items.order, taken)).astype(np.int64)
    return order


class _Net:
    """Gathers pairs from all threads, and keeps the strongest of each cloud item."""

    def __init__(self, kept_per_item: int, local_order: Keys) -> None:
        self._kept = kept_per_item
        self._order = local_order
        self._parts: list[tuple[Rows, Rows, NDArray[np.uint8], NDArray[np.uint8]]] = []
        self._pairs = 0
        self._overfull: list[Rows] = []

    def add(
        self,
        reach: Reach,
        asked: Rows,
        found: Rows,
        distance: NDArray[np.uint8] | None = None,
    ) -> None:
        if not len(asked):
            return
        bits = np.full(len(asked), int(reach), dtype=np.uint8)
        if distance is None:
            distance = np.full(len(asked), NO_DISTANCE, dtype=np.uint8)
        self._parts.append((asked, found, bits, distance))
        self._pairs += len(asked)
        if self._pairs > 8_000_000:
            self._merge()

    def block(self, rows: Rows) -> CandidateBlock:
        self._merge()
        asked, found, bits, distance = self._parts[0]
        overfull = np.unique(np.concatenate([*self._overfull, np.empty(0, dtype=np.int64)]))
        return CandidateBlock(
            asked=rows,
            cloud_rows=rows[asked],
            local_rows=found,
            reach=bits,
            distance_bits=distance,
            overfull=rows[overfull],
        )

    def _merge(self) -> None:
        empty = (
            np.empty(0, dtype=np.int64),
            np.empty(0, dtype=np.int64),
            np.empty(0, dtype=np.uint8),
            np.empty(0, dtype=np.uint8),
        )
        columns = zip(*[empty, *self._parts], strict=True)
        asked, found, bits, distance = (np.concatenate(column) for column in columns)
        order = np.lexsort((found, asked))
        asked, found, bits, distance = (c[order] for c in (asked, found, bits, distance))
        new = np.ones(len(asked), dtype=np.bool_)
        new[1:] = (asked[1:] != asked[:-1]) | (found[1:] != found[:-1])
        heads = np.flatnonzero(new)
        if len(heads):
            bits = np.bitwise_or.reduceat(bits, heads)
            distance = np.minimum.reduceat(distance, heads)
        self._parts = [self._strongest(asked[heads], found[heads], bits, distance)]
        self._pairs = len(self._parts[0][0])

    def _strongest(
        self, asked: Rows, found: Rows, bits: NDArray[np.uint8], distance: NDArray[np.uint8]
    ) -> tuple[Rows, Rows, NDArray[np.uint8], NDArray[np.uint8]]:
        order = np.lexsort((self._order[found], _ranks(bits, distance), asked))
        asked, found, bits, distance = asked[order], found[order], bits[order], distance[order]
        starts = np.searchsorted(asked, asked, side="left")
        keep = np.arange(len(asked)) - starts < self._kept
        if not keep.all():
            self._overfull.append(np.unique(asked[~keep]))
        return asked[keep], found[keep], bits[keep], distance[keep]


def _ranks(bits: NDArray[np.uint8], distance: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return how weak the strongest thread of each pair is; two threads are better than one."""
    rank = np.full(len(bits), 99, dtype=np.int64)
    for reach, weakness in _RANK.items():
        held = (bits & int(reach)) > 0
        near = distance.astype(np.int64) if reach in {Reach.HASH, Reach.LOOK} else 0
        rank = np.where(held, np.minimum(rank, weakness + near), rank)
    return rank * 8 - np.bitwise_count(bits)
