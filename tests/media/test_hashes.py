"""The kept hashes are those of the imagehash package."""

import imagehash
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gphotos_reconcile.core.model import GRID_PX
from gphotos_reconcile.media.hashes import dhash, phash


@given(seed=st.integers(0, 2**31), edge=st.integers(2, GRID_PX))
def test_hashes_are_those_of_imagehash_bit_for_bit(seed: int, edge: int) -> None:
    chance = np.random.default_rng(seed)
    small = Image.fromarray(chance.integers(0, 256, (edge, edge + 1), dtype=np.uint8))
    grid = small.resize((GRID_PX, GRID_PX), Image.Resampling.BICUBIC)

    assert phash(grid) == str(imagehash.phash(grid))
    assert dhash(grid) == str(imagehash.dhash(grid))


@pytest.mark.parametrize("level", [0, 1, 127, 128, 254, 255])
def test_a_flat_picture_has_the_hashes_of_imagehash(level: int) -> None:
    grid = Image.new("L", (GRID_PX, GRID_PX), level)

    assert phash(grid) == str(imagehash.phash(grid))
    assert dhash(grid) == str(imagehash.dhash(grid))
