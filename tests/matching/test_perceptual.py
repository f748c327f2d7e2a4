"""Hashes of grids are those of the imagehash package, and turn with the picture."""

import imagehash
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from gphotos_reconcile.core.model import GRID_PX
from gphotos_reconcile.matching.perceptual import (
    HASHES,
    ORIENTATIONS,
    phash64,
    turned,
    turned_phash64,
)

_PEERS = {
    "phash": imagehash.phash,
    "dhash": imagehash.dhash,
    "average": imagehash.average_hash,
}


def _grids(seed: int, count: int = 6) -> NDArray[np.uint8]:
    chance = np.random.default_rng(seed)
    grids = []
    for _ in range(count):
        edge = int(chance.integers(3, 40))
        small = Image.fromarray(chance.integers(0, 256, (edge, edge), dtype=np.uint8))
        grids.append(np.asarray(small.resize((GRID_PX, GRID_PX), Image.Resampling.BICUBIC)))
    return np.stack(grids)


@pytest.mark.parametrize("name", sorted(_PEERS))
@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 2**31))
def test_hashes_are_those_of_imagehash_bit_for_bit(name: str, seed: int) -> None:
    grids = _grids(seed)

    expected = [int(str(_PEERS[name](Image.fromarray(grid))), 16) for grid in grids]

    assert HASHES[name](grids).tolist() == expected


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 2**31))
def test_wavelet_hashes_are_those_of_imagehash_but_for_ties(seed: int) -> None:
    grids = _grids(seed)

    peers = [int(str(imagehash.whash(Image.fromarray(grid))), 16) for grid in grids]

    # Where a block's mean is the median itself, rounding decides the peer's bit.
    distance = np.bitwise_count(HASHES["wavelet"](grids) ^ np.array(peers, dtype=np.uint64))
    assert int(distance.max()) <= 2


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 2**31))
def test_hashes_of_turned_pictures_come_from_one_transform(seed: int) -> None:
    grids = _grids(seed)
    derived = turned_phash64(grids)

    for orientation in range(ORIENTATIONS):
        direct = phash64(np.ascontiguousarray(turned(grids, orientation)))
        # The small picture that is transformed is rounded before it is turned.
        assert int(np.bitwise_count(derived[orientation] ^ direct).max()) <= 10


@pytest.mark.parametrize("name", sorted(HASHES))
def test_every_hash_tells_pictures_apart(name: str) -> None:
    grids = _grids(7, count=40)

    assert len(set(HASHES[name](grids).tolist())) == 40
