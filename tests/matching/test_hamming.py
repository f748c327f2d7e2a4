"""The index is exact: what a comparison of all with all finds, and nothing else."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from gphotos_reconcile.matching.hamming import HashIndex, pairs_within

_HASHES = st.lists(st.integers(0, 2**64 - 1), max_size=40)
_FLIPS = st.lists(st.lists(st.integers(0, 63), max_size=14), max_size=20)


def _all_pairs(
    queries: NDArray[np.uint64], index: NDArray[np.uint64], radius: int
) -> dict[tuple[int, int], int]:
    distance = np.bitwise_count(queries[:, None] ^ index[None])
    return {(int(q), int(i)): int(distance[q, i]) for q, i in np.argwhere(distance <= radius)}


@settings(deadline=None, max_examples=60)
@given(_HASHES, _FLIPS, st.integers(0, 12))
def test_every_pair_within_the_radius_is_found_once_with_its_distance(
    hashes: list[int], flips: list[list[int]], radius: int
) -> None:
    index = np.array(hashes, dtype=np.uint64)
    near = [hashes[n % len(hashes)] for n in range(len(flips))] if hashes else []
    for place, bits in enumerate(flips[: len(near)]):
        for bit in bits:
            near[place] ^= 1 << bit
    queries = np.array([*near, *hashes[:5]], dtype=np.uint64)

    found = [
        ((int(q), int(i)), int(d))
        for block in pairs_within(queries, index, radius)
        for q, i, d in zip(*block, strict=True)
    ]

    assert len(found) == len({pair for pair, _ in found})
    assert dict(found) == _all_pairs(queries, index, radius)


def test_equal_hashes_by_the_thousand_come_in_bounded_blocks() -> None:
    same = np.zeros(1500, dtype=np.uint64)

    sizes = [len(queries) for queries, _, _ in pairs_within(same, same, 8)]

    assert sum(sizes) == 1500 * 1500
    assert max(sizes) < 1_000_000


def test_a_radius_outside_of_a_hash_is_refused() -> None:
    with pytest.raises(ValueError, match="radius"):
        HashIndex(np.zeros(1, dtype=np.uint64), 64)
