"""Fingerprints of a library that never was, with the spread of real ones.

Local side: most pictures alone, 12 % in bursts of 4 near frames, 5 % in clusters of 50 screenshots,
3 % flat ones that share a few hashes. Cloud side, in the proportions of a real case of 27,000
items: 29.7 % have the bytes of a local item and a few more its picture data, 66.6 % are
recompressed (hashes off by a few bits, grids by coding noise), 1.85 % are edits, 1.85 % have no
counterpart.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gphotos_reconcile.core.model import GRID_PX

Numbers = NDArray[np.int64]
Hashes = NDArray[np.uint64]
Grids = NDArray[np.uint8]

FLAT_STD: Final = 2.0
_STD: Final = 40.0
_SPAN_S: Final = 630_000_000  # twenty years
_EDGE: Final = 8
_BANK: Final = 64
_MIX: Final = (0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0x9E3779B97F4A7C15)


class How(IntEnum):
    """What a cloud item is to the local item that it comes from."""

    BYTES = 0
    CONTENT = 1
    RECOMPRESSED = 2
    EDITED = 3
    MISSING = 4


_SHARES: Final = (0.2966, 0.0004, 0.666, 0.0185, 0.0185)


@dataclass(frozen=True, slots=True)
class Made:
    """One side's items; `scene` and `frame` tell what their grids show."""

    phash: Hashes
    dhash: Hashes
    std: NDArray[np.float64]
    second: Numbers
    scene: Numbers
    frame: Numbers
    origin: Numbers  # the local item that it comes from
    how: Numbers

    def __len__(self) -> int:
        return len(self.phash)

    def grids(self, rows: slice) -> Grids:
        """Return the luma grids of some rows, shape (n, GRID_PX, GRID_PX)."""
        scene, frame, how = self.scene[rows], self.frame[rows], self.how[rows]
        cells = _random_cells(scene).astype(np.float32) - 128
        moved = _random_cells(scene * 97 + frame)[:, 0, :2] % _EDGE
        cells[np.arange(len(cells)), moved[:, 0], moved[:, 1]] += 90 * (frame > 0)
        cells *= (self.std[rows] / 74)[:, None, None]
        grids = _UP @ cells @ _UP.T + 128
        calm = np.minimum(self.std[rows] / _STD, 1.0)[:, None, None]
        grids += calm * _TEXTURE[scene % _BANK]
        grids += np.where(how == How.RECOMPRESSED, 1.0, 0.0)[:, None, None] * _CODING[scene % 61]
        grids = np.where((how == How.EDITED)[:, None, None], grids * 1.12 + 9, grids)
        return np.clip(np.round(grids), 0, 255).astype(np.uint8)


def make_local(count: int, seed: int) -> Made:
    """Return a local side."""
    chance = np.random.default_rng(seed)
    number = np.arange(count)
    sort = np.repeat(chance.integers(0, 100, count // 100 + 1), 100)[:count]
    phash, dhash = (chance.integers(0, 2**64, count, dtype=np.uint64) for _ in range(2))
    second = np.sort(chance.integers(0, _SPAN_S, count))
    scene, frame = number.copy(), np.zeros(count, dtype=np.int64)
    for low, high, size, bits in ((80, 92, 4, 3), (95, 100, 50, 2)):
        rows = np.flatnonzero((sort >= low) & (sort < high))
        first = rows - rows % size
        phash[rows], dhash[rows] = (flipped(h[first], bits, chance) for h in (phash, dhash))
        second[rows] = second[first] + rows % size
        scene[rows], frame[rows] = first, rows % size
    is_flat = (sort >= 92) & (sort < 95)
    phash[is_flat], dhash[is_flat] = number[is_flat] % 7, number[is_flat] % 5
    std = np.where(is_flat, FLAT_STD, _STD)
    how = np.zeros(count, dtype=np.int64)
    return Made(phash, dhash, std, second, scene, frame, number, how)


def make_cloud(local: Made, count: int, seed: int) -> Made:
    """Return a cloud side made of the local one."""
    chance = np.random.default_rng(seed)
    origin = np.resize(chance.permutation(len(local)), count)
    how = chance.choice(len(How), count, p=_SHARES)
    phash, dhash, second = local.phash[origin], local.dhash[origin], local.second[origin]
    for kind, bits in ((How.RECOMPRESSED, 2), (How.EDITED, 4)):
        rows = np.flatnonzero((how == kind) & (local.std[origin] > FLAT_STD))
        phash[rows], dhash[rows] = (flipped(h[rows], bits, chance) for h in (phash, dhash))
    new = np.flatnonzero(how == How.MISSING)
    phash[new], dhash[new] = (chance.integers(0, 2**64, len(new), dtype=np.uint64) for _ in "pd")
    second[new] = chance.integers(0, _SPAN_S, len(new))
    scene = local.scene[origin]
    scene[new] += len(local) * 2 + new
    return Made(phash, dhash, local.std[origin], second, scene, local.frame[origin], origin, how)


def flipped(hashes: Hashes, bits: int, chance: np.random.Generator) -> Hashes:
    """Return the hashes with up to `bits` bits changed."""
    changed = hashes.copy()
    for _ in range(bits):
        changed ^= np.uint64(1) << chance.integers(0, 64, len(hashes)).astype(np.uint64)
    return changed


def _random_cells(numbers: Numbers) -> NDArray[np.uint8]:
    """Return 8 x 8 bytes for each number that look random and are the same each time."""
    first = np.multiply(numbers.astype(np.uint64)[:, None], np.uint64(_EDGE))
    word: Hashes = (first + np.arange(1, _EDGE + 1, dtype=np.uint64)).astype(np.uint64)
    word = word * np.uint64(_MIX[2])
    for shift, factor in ((30, _MIX[0]), (27, _MIX[1])):
        word = np.bitwise_xor(word, np.right_shift(word, np.uint64(shift))) * np.uint64(factor)
    word = np.bitwise_xor(word, np.right_shift(word, np.uint64(31)))
    return word.view(np.uint8).reshape(-1, _EDGE, _EDGE)


def _upsampling() -> NDArray[np.float32]:
    """Return the weights that spread 8 cells over the grid, linearly between their middles."""
    at = np.clip((np.arange(GRID_PX) + 0.5) * _EDGE / GRID_PX - 0.5, 0, _EDGE - 1)
    weights = np.maximum(1 - np.abs(at[:, None] - np.arange(_EDGE)), 0)
    spread: NDArray[np.float32] = weights.astype(np.float32)
    return spread


_UP: Final = _upsampling()
_TEXTURE: Final = np.random.default_rng(1).normal(0, 6, (_BANK, GRID_PX, GRID_PX)).astype("f4")
_CODING: Final = np.random.default_rng(2).normal(0, 0.8, (61, GRID_PX, GRID_PX)).astype("f4")
