"""Perceptual hashes of the 64 x 64 luma grid, in batches, and what they become when it is turned.

`phash64` and `dhash64` give bit for bit what the imagehash package gives for a Pillow image made
of the same grid: the resampling of Pillow is done here with its own fixed-point rounding.
"""

from collections.abc import Callable
from functools import cache
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from gphotos_reconcile.core.model import GRID_PX

Grids = NDArray[np.uint8]
Cells = TypeVar("Cells", NDArray[np.uint8], NDArray[np.float64])
Hashes = NDArray[np.uint64]

ORIENTATIONS: Final = 8
"""Rotations by quarter turns, each plain and mirrored, numbered as in EXIF less one."""

_FIXED_BITS: Final = 22  # Pillow: 32 - 8 bits of value - 2 bits of headroom
_BIT_WEIGHTS: Final = np.left_shift(np.uint64(1), np.arange(63, -1, -1, dtype=np.uint64))


def phash64(grids: Grids) -> Hashes:
    """Return the 64-bit DCT hashes of a batch of grids.

    Args:
        grids: shape (n, GRID_PX, GRID_PX), luminance, upright.

    Returns:
        Shape (n,). The top-left coefficient is the highest bit; a bit is 1 where a coefficient
        is greater than the median of the 64 lowest frequencies.

    Source: N. Krawetz, "Looks Like It", The Hacker Factor Blog, 2011-05-26, as in imagehash.
    """
    return _packed(_above_median(_low_frequencies(grids)))


def dhash64(grids: Grids) -> Hashes:
    """Return the 64-bit difference hashes: 1 where a pixel of 9 x 8 outshines its left neighbour.

    Source: N. Krawetz, "Kind of Like That", The Hacker Factor Blog, 2013-01-21.
    """
    small = _resized(grids, 8, 9)
    return _packed(small[:, :, 1:] > small[:, :, :-1])


def average64(grids: Grids) -> Hashes:
    """Return the 64-bit average hashes: 1 where a pixel of 8 x 8 is brighter than the mean."""
    small = _resized(grids, 8, 8).astype(np.float64)
    return _packed(small > small.mean(axis=(1, 2), keepdims=True))


def wavelet64(grids: Grids) -> Hashes:
    """Return the 64-bit Haar wavelet hashes as in imagehash.

    Three levels of the Haar transform leave block means of 8 x 8 pixels (times 8), and taking
    away the coarsest coefficient takes away the mean, so that the median decides.
    """
    means = grids.reshape(-1, 8, 8, 8, 8).mean(axis=(2, 4), dtype=np.float64)
    return _packed(_above_median(means))


def blockmean64(grids: Grids) -> Hashes:
    """Return the 64-bit hashes of overlapping block means against their median.

    Source: Yang, Gu, Niu, "Block Mean Value Based Image Perceptual Hashing", 2006, method 2;
    here 8 x 8 blocks of 15 pixels at a stride of 7.
    """
    sums = np.zeros((len(grids), GRID_PX + 1, GRID_PX + 1), dtype=np.int64)
    sums[:, 1:, 1:] = grids.astype(np.int64).cumsum(axis=1).cumsum(axis=2)
    low = np.arange(8) * 7
    high = low + 15
    blocks = (
        sums[:, high[:, None], high]
        - sums[:, low[:, None], high]
        - sums[:, high[:, None], low]
        + sums[:, low[:, None], low]
    )
    return _packed(_above_median(blocks.astype(np.float64)))


def haar64(grids: Grids) -> Hashes:
    """Return the signs of the 64 coarsest Haar coefficients, the mean's replaced by 0.

    Source: Jacobs, Finkelstein, Salesin, "Fast Multiresolution Image Querying", 1995: truncated
    to the coarse scales, and quantised to the sign.
    """
    coarse = grids.reshape(-1, 8, 8, 8, 8).mean(axis=(2, 4), dtype=np.float64)
    for size in (8, 4, 2):
        for axis in (1, 2):
            part = np.moveaxis(coarse[:, :size, :size], axis, 2)
            halves = np.concatenate(
                [(part[..., ::2] + part[..., 1::2]) / 2, (part[..., ::2] - part[..., 1::2]) / 2], 2
            )
            coarse[:, :size, :size] = np.moveaxis(halves, 2, axis)
    coarse[:, 0, 0] = 0
    return _packed(coarse > 0)


HASHES: Final[dict[str, Callable[[Grids], Hashes]]] = {
    "phash": phash64,
    "dhash": dhash64,
    "average": average64,
    "wavelet": wavelet64,
    "blockmean": blockmean64,
    "haar": haar64,
}


def turned(grids: Cells, orientation: int) -> Cells:
    """Return the grids as they look after one of the eight rotations and mirrorings.

    Orientation 0 changes nothing; odd numbers mirror left and right first; then come
    `orientation // 2` quarter turns against the clock.
    """
    seen = grids[..., :, ::-1] if orientation % 2 else grids
    rotated: Cells = np.rot90(seen, orientation // 2, axes=(-2, -1))
    return rotated


def turned_phash64(grids: Grids) -> Hashes:
    """Return the DCT hashes of all eight orientations, shape (8, n), from one transform.

    Mirroring changes the sign of the odd frequencies, transposing the picture transposes them.
    """
    low = _low_frequencies(grids)
    return np.stack([_packed(_above_median(_turned_spectrum(low, k))) for k in range(ORIENTATIONS)])


def grids_of(lumas: list[bytes]) -> Grids:
    """Return kept luma grids as one array of shape (n, GRID_PX, GRID_PX)."""
    joined = np.frombuffer(b"".join(lumas), dtype=np.uint8)
    return joined.reshape(-1, GRID_PX, GRID_PX)


def _turned_spectrum(low: NDArray[np.float64], orientation: int) -> NDArray[np.float64]:
    odd = np.where(np.arange(8) % 2, -1.0, 1.0)
    if orientation % 2:
        low = low * odd
    for _ in range(orientation // 2):  # a quarter turn: transpose, then upside down
        low = low.transpose(0, 2, 1) * odd[:, None]
    return low


def _low_frequencies(grids: Grids) -> NDArray[np.float64]:
    basis = _dct_basis()
    small = _resized(grids, 32, 32).astype(np.float64)
    return basis @ small @ basis.T


@cache
def _dct_basis() -> NDArray[np.float64]:
    frequency, place = np.arange(8)[:, None], np.arange(32)
    return 2 * np.cos(np.pi * frequency * (2 * place + 1) / 64)


def _resized(grids: Grids, height: int, width: int) -> Grids:
    """Return what Pillow's LANCZOS resize of 8-bit grids gives, across first, then down."""
    across = _rounded(grids.astype(np.float64) @ _lanczos(width).T)
    resized: Grids = _rounded(_lanczos(height) @ across).astype(np.uint8)
    return resized


def _rounded(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    # The sums are whole numbers below 2**53, so that float64 holds them exactly.
    return np.clip(np.floor(sums / (1 << _FIXED_BITS) + 0.5), 0, 255)


@cache
def _lanczos(size: int) -> NDArray[np.float64]:
    """Return Pillow's integer weights, shape (size, GRID_PX)."""
    scale = GRID_PX / size
    support = 3 * scale
    weights = np.zeros((size, GRID_PX))
    for row in range(size):
        centre = (row + 0.5) * scale
        first = max(int(centre - support + 0.5), 0)
        last = min(int(centre + support + 0.5), GRID_PX)
        at = (np.arange(first, last) - centre + 0.5) / scale
        taps = np.where(np.abs(at) < 3, np.sinc(at) * np.sinc(at / 3), 0.0)
        fixed = taps / taps.sum() * (1 << _FIXED_BITS)
        weights[row, first:last] = np.trunc(fixed + np.copysign(0.5, fixed))
    return weights


def _above_median(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    return values > np.median(values, axis=(1, 2), keepdims=True)


def _packed(bits: NDArray[np.bool_]) -> Hashes:
    return bits.reshape(len(bits), 64).astype(np.uint64) @ _BIT_WEIGHTS
