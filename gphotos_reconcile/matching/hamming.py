"""Exact search of 64-bit hashes within a Hamming radius, by multi-index hashing.

A hash is cut into chunks. If two hashes differ in at most `radius_bits` bits, then in at least
one chunk they differ by no more than that chunk's share of the radius (the pigeonhole; the shares
plus one each sum up to the radius plus one), and every value within that share is looked up.

Source: Norouzi, Punjani, Fleet, "Fast Search in Hamming Space with Multi-Index Hashing", 2012.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Final

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Rows = NDArray[np.int64]
PairBlock = tuple[Rows, Rows, NDArray[np.uint8]]

_BLOCK_PAIRS: Final = 1 << 19
_GROUP_ROWS: Final = 512


@dataclass(frozen=True, slots=True)
class _Chunk:
    """One chunk of the index: its bits, its share of the radius, and rows sorted by its value."""

    shift: int
    bits: int
    share_bits: int
    starts: NDArray[np.int32]  # first place in `rows` of every value of the chunk, and the end
    rows: NDArray[np.int32]
    values: Hashes  # the whole hashes in the order of `rows`

    def of(self, hashes: Hashes) -> NDArray[np.uint32]:
        return ((hashes >> np.uint64(self.shift)) & np.uint64((1 << self.bits) - 1)).astype(
            np.uint32
        )


class HashIndex:
    """Distinct hashes, ready to be searched within one radius."""

    def __init__(self, hashes: Hashes, radius_bits: int, expected_queries: int = 1) -> None:
        """Index `hashes`, which need not be distinct.

        Args:
            hashes: shape (n,).
            radius_bits: 0..63, the greatest distance that is found.
            expected_queries: how many hashes will be looked up, to choose the chunks by.

        Raises:
            ValueError: the radius is outside of 0..63.
        """
        if not 0 <= radius_bits < 64:
            raise ValueError(f"radius of {radius_bits} bits")
        self._radius_bits = radius_bits
        self._groups = _Groups(hashes)
        distinct = self._groups.values
        chunks = _plan(radius_bits, len(distinct), expected_queries)
        self._chunks = [_chunk(distinct, *plan) for plan in chunks]

    def pairs(self, queries: Hashes) -> Iterator[PairBlock]:
        """Yield every (query row, indexed row, distance) within the radius exactly once.

        Blocks hold about half a million pairs; their order depends on the data alone.
        """
        asked = _Groups(queries)
        for query, found, distance in self._distinct_pairs(asked.values):
            yield from _expanded(asked, self._groups, query, found, distance)

    def _distinct_pairs(self, queries: Hashes) -> Iterator[PairBlock]:
        for number, chunk in enumerate(self._chunks):
            keys = chunk.of(queries)
            order = np.argsort(keys, kind="stable")
            ordered, keys = queries[order], keys[order]
            for mask in _masks(chunk.bits, chunk.share_bits):
                for at, place in _joined(keys ^ np.uint32(mask), chunk.starts):
                    left, right = ordered[at], chunk.values[place]
                    distance = np.bitwise_count(left ^ right)
                    keep = np.flatnonzero(distance <= self._radius_bits)
                    keep = keep[self._is_first(number, left[keep] ^ right[keep])]
                    if len(keep):
                        found = chunk.rows[place[keep]].astype(np.int64)
                        yield order[at[keep]].astype(np.int64), found, distance[keep]

    def _is_first(self, number: int, difference: Hashes) -> NDArray[np.bool_]:
        """Tell where no earlier chunk has found the pair already."""
        first = np.ones(len(difference), dtype=np.bool_)
        for chunk in self._chunks[:number]:
            first &= np.bitwise_count(chunk.of(difference)) > chunk.share_bits
        return first


def pairs_within(queries: Hashes, index: Hashes, radius_bits: int) -> Iterator[PairBlock]:
    """Yield all pairs of rows whose hashes differ in at most `radius_bits` bits, in blocks.

    Args:
        queries: shape (n,).
        index: shape (m,).
        radius_bits: 0..63.

    Returns:
        Blocks of (rows of `queries`, rows of `index`, distances), each pair exactly once.
    """
    yield from HashIndex(index, radius_bits, len(queries)).pairs(queries)


class _Groups:
    """Rows by their hash: every distinct value with the rows that carry it.

    A crowd is cut into groups of `_GROUP_ROWS`, so that two groups make a block at most.
    """

    def __init__(self, hashes: Hashes) -> None:
        self.order: NDArray[np.int64] = np.argsort(hashes, kind="stable").astype(np.int64)
        ordered = hashes[self.order]
        new = np.ones(len(ordered), dtype=np.bool_)
        new[1:] = ordered[1:] != ordered[:-1]
        first = np.maximum.accumulate(np.where(new, np.arange(len(ordered)), 0))
        new |= (np.arange(len(ordered)) - first) % _GROUP_ROWS == 0
        self.values = ordered[new]
        self.starts = np.append(np.flatnonzero(new), len(ordered))
        self.all_distinct = len(self.values) == len(ordered)

    def sizes(self, groups: Rows) -> Rows:
        sizes: Rows = self.starts[groups + 1] - self.starts[groups]
        return sizes


def _expanded(
    asked: _Groups, known: _Groups, query: Rows, found: Rows, distance: NDArray[np.uint8]
) -> Iterator[PairBlock]:
    """Yield the pairs of groups as pairs of rows, no block much larger than `_BLOCK_PAIRS`."""
    if asked.all_distinct and known.all_distinct:
        yield asked.order[query], known.order[found], distance
        return
    counts = asked.sizes(query) * known.sizes(found)
    for low, high in _cuts(counts):
        pair, within = _spread(counts[low:high])
        pair += low
        width = known.sizes(found[pair])
        yield (
            asked.order[asked.starts[query[pair]] + within // width],
            known.order[known.starts[found[pair]] + within % width],
            distance[pair],
        )


def _joined(keys: NDArray[np.uint32], starts: NDArray[np.int32]) -> Iterator[tuple[Rows, Rows]]:
    """Yield (place among the keys, place in the chunk's rows) for all equal values, in blocks."""
    first = starts[keys]
    counts = starts[keys + np.uint32(1)] - first
    busy = np.flatnonzero(counts)
    counts = counts[busy].astype(np.int64)
    first = first[busy]
    for low, high in _cuts(counts):
        pair, within = _spread(counts[low:high])
        pair += low
        yield busy[pair], first[pair] + within


def _cuts(counts: Rows) -> Iterator[tuple[int, int]]:
    """Yield runs of groups whose pairs come to about `_BLOCK_PAIRS`; a run has at least one."""
    ends = np.cumsum(counts)
    low, done = 0, 0
    while low < len(counts):
        high = max(low + 1, int(np.searchsorted(ends, done + _BLOCK_PAIRS, side="right")))
        yield low, high
        low, done = high, int(ends[high - 1])


def _spread(counts: Rows) -> tuple[Rows, Rows]:
    """Return for each single pair its group and its place within the group."""
    group = np.repeat(np.arange(len(counts)), counts)
    before = np.cumsum(counts) - counts
    return group, np.arange(len(group)) - before[group]


def _masks(bits: int, share_bits: int) -> Iterator[int]:
    for distance in range(share_bits + 1):
        for places in combinations(range(bits), distance):
            yield sum(1 << place for place in places)


def _chunk(distinct: Hashes, shift: int, bits: int, share_bits: int) -> _Chunk:
    keys = ((distinct >> np.uint64(shift)) & np.uint64((1 << bits) - 1)).astype(np.int64)
    rows = np.argsort(keys, kind="stable").astype(np.int32)
    starts = np.zeros((1 << bits) + 1, dtype=np.int32)
    np.cumsum(np.bincount(keys, minlength=1 << bits), out=starts[1:])
    return _Chunk(shift, bits, share_bits, starts, rows, distinct[rows])


def _plan(radius_bits: int, indexed: int, queries: int) -> list[tuple[int, int, int]]:
    """Choose the number of chunks that costs least, as (shift, bits, share of the radius)."""
    plans = [_cut_up(radius_bits, chunks) for chunks in range(3, 17)]
    return min(plans, key=lambda plan: _cost(plan, indexed, queries))


def _cut_up(radius_bits: int, chunks: int) -> list[tuple[int, int, int]]:
    """Cut 64 bits into even chunks; a chunk whose share comes to less than 0 is not searched."""
    plan = []
    for number in range(chunks):
        low, high = 64 * number // chunks, 64 * (number + 1) // chunks
        share = (radius_bits + 1) * (number + 1) // chunks - (radius_bits + 1) * number // chunks
        if share:
            plan.append((low, high - low, share - 1))
    return plan


def _cost(plan: list[tuple[int, int, int]], indexed: int, queries: int) -> float:
    cost = 0.0
    for _, bits, share in plan:
        lookups = sum(comb(bits, distance) for distance in range(share + 1))
        pairs = queries * indexed / 2.0**bits
        # Measured in nanoseconds: a call of some numpy functions, a lookup, a candidate pair.
        cost += lookups * (60_000 + 12 * queries + 25 * pairs) + 8 * 2**bits
    return cost
