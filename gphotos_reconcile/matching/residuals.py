"""How the kept grids of many pairs of pictures differ, measured in batches.

What concerns one picture alone (its contrast, the terms of a fit) is worked out once, however many
pairs it is in: in a series everything is held against everything. The sums of whole numbers are
exact, so that the figures of a pair do not depend on the batch that it is in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gphotos_reconcile.core.model import CHROMA_PX, GRID_PX, PictureSignature
from gphotos_reconcile.matching.perceptual import grids_of

Floats = NDArray[np.float64]
Plane = NDArray[np.float32]
Rows = NDArray[np.int64]

_BATCH: Final = 32  # what fits into the cache of a processor
_FIT_CORRELATION: Final = 0.5
_UNLIKE: Final = 255.0
_TERMS: Final = 7
_CELLS: Final = GRID_PX**2
_GREY: Final = 1.5
"""Colour cells that stray less than this from neutral are those of a grey picture."""

_COLOURED: Final = 3.0


@dataclass(frozen=True, slots=True)
class Residuals:
    """The measures of `verify.PairPixels`, an element for each pair; `place` is the worst tile."""

    rmse: Floats
    tile: Floats
    small_tile: Floats
    place: Rows
    shift_cells: Floats
    tone: Floats
    fitted_tile: Floats
    chroma: Floats
    is_recoloured: NDArray[np.bool_]
    contrast: Floats
    correlation: Floats


TILES: Final = 2 * GRID_PX // 8 - 1
"""So many tiles of 8 cells, half overlapping, are in a row of the grid."""


def residuals(pairs: Sequence[tuple[PictureSignature, PictureSignature]]) -> Residuals:
    """Return the measures of (cloud, local) pairs, both upright."""
    pictures = _Pictures(pairs)
    found = _empty(len(pairs))
    order = np.argsort(pictures.local, kind="stable")
    for first in range(0, len(pairs), _BATCH):
        _measure(pictures, order[first : first + _BATCH], found)
    return found


class _Pictures:
    """The distinct pictures of the pairs, and what is known of each by itself."""

    def __init__(self, pairs: Sequence[tuple[PictureSignature, PictureSignature]]) -> None:
        places: dict[int, int] = {}
        distinct: list[PictureSignature] = []
        for pair in pairs:
            for picture in pair:
                if id(picture) not in places:
                    places[id(picture)] = len(distinct)
                    distinct.append(picture)
        both = np.array([(places[id(one)], places[id(other)]) for one, other in pairs], dtype=int)
        self.cloud, self.local = both.reshape(-1, 2).T
        self.grids = grids_of([picture.luma for picture in distinct])
        self.chroma = _chroma(distinct)
        self.colour = np.abs(self.chroma - 128).max(axis=1)
        self.sums, self.spread = np.empty(len(distinct)), np.empty(len(distinct))
        self.detail = np.empty(len(distinct))
        for first in range(0, len(distinct), _BATCH):
            self._look_at(slice(first, first + _BATCH))

    def _look_at(self, rows: slice) -> None:
        """Note the spread of some grids, and what of it a smooth gradient leaves unexplained."""
        cells = self.grids[rows].reshape(-1, _CELLS).astype(np.float64)
        sums = cells.sum(axis=1)
        spread = np.maximum(np.einsum("nc,nc->n", cells, cells) - sums * sums / _CELLS, 0)
        smooth = np.square(cells @ _gradients()).sum(axis=1)
        self.sums[rows], self.spread[rows] = sums, spread
        self.detail[rows] = np.maximum(spread - smooth, 0)


def _empty(count: int) -> Residuals:
    def numbers(dtype: type[np.generic] = np.float64) -> NDArray[Any]:
        return np.zeros(count, dtype=dtype)

    return Residuals(
        rmse=numbers(),
        tile=numbers(),
        small_tile=numbers(),
        place=numbers(np.int64),
        shift_cells=numbers(),
        tone=numbers(),
        fitted_tile=np.full(count, _UNLIKE),
        chroma=numbers(),
        is_recoloured=numbers(np.bool_),
        contrast=numbers(),
        correlation=numbers(),
    )


def _measure(pictures: _Pictures, rows: Rows, found: Residuals) -> None:
    """Measure some pairs."""
    cloud, local = pictures.cloud[rows], pictures.local[rows]
    first, second = (pictures.grids[side].astype(np.float32) for side in (cloud, local))
    difference = first - second
    tiles, small = _whole_tiles(np.square(difference))
    found.rmse[rows] = np.sqrt(np.square(difference).mean(axis=(1, 2), dtype=np.float64))
    found.place[rows] = tiles.argmax(axis=1)
    found.tile[rows], found.small_tile[rows] = tiles.max(axis=1), small.max(axis=1)
    found.contrast[rows] = np.sqrt(
        np.minimum(pictures.detail[cloud], pictures.detail[local]) / _CELLS
    )
    _correlate(pictures, rows, (first, second), found)
    _compare_colours(pictures, rows, found)
    # Digital black or white has no correlation: it is fitted so that its tone is compared.
    alike = (found.correlation[rows] >= _FIT_CORRELATION) | (found.contrast[rows] < 8)
    if alike.any():
        chosen = np.flatnonzero(alike)
        _fit(second[chosen], local[chosen], difference[chosen], rows[chosen], found)


def _correlate(
    pictures: _Pictures, rows: Rows, planes: tuple[Plane, Plane], found: Residuals
) -> None:
    cloud, local = pictures.cloud[rows], pictures.local[rows]
    one, other = (plane.reshape(len(rows), 1, _CELLS).astype(np.float64) for plane in planes)
    product = (one @ other.transpose(0, 2, 1))[:, 0, 0]
    shared = product - pictures.sums[cloud] * pictures.sums[local] / _CELLS
    own, its = pictures.spread[cloud], pictures.spread[local]
    found.correlation[rows] = shared / np.maximum(np.sqrt(own * its), 1e-9)


def _compare_colours(pictures: _Pictures, rows: Rows, found: Residuals) -> None:
    cloud, local = pictures.cloud[rows], pictures.local[rows]
    difference = pictures.chroma[cloud] - pictures.chroma[local]
    found.chroma[rows] = np.sqrt(np.square(difference).mean(axis=1))
    one, other = pictures.colour[cloud], pictures.colour[local]
    weakest, strongest = np.minimum(one, other), np.maximum(one, other)
    found.is_recoloured[rows] = (weakest <= _GREY) & (strongest > max(_GREY, _COLOURED))


def _fit(plane: Plane, local: Rows, difference: Plane, rows: Rows, found: Residuals) -> None:
    """Fit what misplacement, scale, tone and sharpness explain of the difference of some pairs.

    Pairs of one local picture, which share its terms, lie side by side.
    """
    heads = np.flatnonzero(np.append(True, local[1:] != local[:-1]))
    ends = np.append(heads[1:], len(local))
    terms = _terms(plane[heads]).reshape(len(heads), _TERMS, _CELLS)
    ridge = np.eye(_TERMS) * 1e-3 * _CELLS
    normal = (terms @ terms.transpose(0, 2, 1)).astype(np.float64) + ridge
    wanted = difference.reshape(len(local), _CELLS, 1)
    right = np.empty((len(local), _TERMS, 1))
    for number, (head, end) in enumerate(zip(heads.tolist(), ends.tolist(), strict=True)):
        right[head:end] = terms[number] @ wanted[head:end]
    normals = np.repeat(normal, ends - heads, axis=0)
    weights = np.linalg.solve(normals, right)[..., 0]
    left = wanted[..., 0].copy()
    narrow = weights[:, None].astype(np.float32)
    for number, (head, end) in enumerate(zip(heads.tolist(), ends.tolist(), strict=True)):
        left[head:end] -= (narrow[head:end] @ terms[number])[:, 0]
    found.shift_cells[rows] = np.abs(weights[:, 2:6]).max(axis=1)
    spread = (normals[:, 1, 1] - ridge[1, 1]) / _CELLS
    found.tone[rows] = np.sqrt(weights[:, 0] ** 2 + weights[:, 1] ** 2 * spread)
    found.fitted_tile[rows] = _tiles(np.square(left).reshape(difference.shape)).max(axis=(1, 2))


def _terms(local: Plane) -> Plane:
    """Return what a copy may have more of: brightness, contrast, shifts, scales, sharpness."""
    count, height, width = local.shape
    terms = np.empty((count, _TERMS, height, width), dtype=np.float32)
    padded = np.pad(local, ((0, 0), (1, 1), (1, 1)), mode="edge")
    left, right = padded[:, 1:-1, :-2], padded[:, 1:-1, 2:]
    above, below = padded[:, :-2, 1:-1], padded[:, 2:, 1:-1]
    terms[:, 0] = 1
    terms[:, 1] = local - local.mean(axis=(1, 2), keepdims=True)
    np.subtract(right, left, out=terms[:, 2])
    np.subtract(below, above, out=terms[:, 3])
    terms[:, 2:4] *= 0.5
    terms[:, 4] = terms[:, 2] * np.linspace(-1, 1, width, dtype=np.float32)
    terms[:, 5] = terms[:, 3] * np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    terms[:, 6] = right + left + above + below - 4 * local
    return terms


def _tiles(squares: Plane) -> Floats:
    """Return the root of the mean over tiles of 8 cells, half overlapping."""
    halves = _GATHER @ (squares @ _GATHER.T)
    pairs = halves[:, :-1] + halves[:, 1:]
    total = pairs[:, :, :-1] + pairs[:, :, 1:]
    root: Floats = np.sqrt(total / 64, dtype=np.float64)
    return root


def _whole_tiles(squares: Plane) -> tuple[Floats, Floats]:
    """Return the same for squares of whole numbers, one row a pair: tiles of 8 cells and of 4."""
    rows = squares[:, ::2] + squares[:, 1::2]
    twos = rows[:, :, ::2] + rows[:, :, 1::2]
    wide = twos[:, :-1] + twos[:, 1:]
    fours = wide[:, :, :-1] + wide[:, :, 1:]
    wide = fours[:, :-2:2] + fours[:, 2::2]
    eights = wide[:, :, :-2:2] + wide[:, :, 2::2]
    count = len(squares)
    return (
        np.sqrt(eights.reshape(count, -1) / 64, dtype=np.float64),
        np.sqrt(fours.reshape(count, -1) / 16, dtype=np.float64),
    )


_GATHER: Final = np.kron(np.eye(GRID_PX // 4), np.ones(4)).astype(np.float32)


@cache
def _gradients() -> Floats:
    """Return an orthonormal basis of linear and quadratic gradients, without the constant.

    A clear sky has no contrast beside these, however its brightness runs.
    """
    y, x = (part.ravel() for part in np.mgrid[-1 : 1 : GRID_PX * 1j, -1 : 1 : GRID_PX * 1j])
    terms = np.stack([np.ones_like(x), x, y, x * y, x**2, y**2], axis=1)
    basis: Floats = np.linalg.qr(terms)[0][:, 1:]
    return basis


def _chroma(signatures: Sequence[PictureSignature]) -> Floats:
    joined = b"".join(signature.chroma for signature in signatures)
    cells = np.frombuffer(joined, dtype=np.uint8).reshape(len(signatures), 2 * CHROMA_PX**2)
    return cells.astype(np.float64)
