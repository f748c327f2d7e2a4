"""Two pictures compared on the 64 x 64 grids that the catalogue keeps, in batches.

Copies of one exposure differ by what recompression and scaling leave: fractions of a grey level,
a few at hard edges. A mean over the picture hides a closed eye; the worst tile shows it. What a
misplacement, a change of tone and a loss of sharpness explain is fitted and told apart.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gphotos_reconcile.core.model import CHROMA_PX, GRID_PX, PictureSignature
from gphotos_reconcile.matching.fine import FineMeasures
from gphotos_reconcile.matching.perceptual import ORIENTATIONS, Grids, grids_of, turned

Floats = NDArray[np.float64]
Plane = NDArray[np.float32]

_BATCH: Final = 32  # what fits into the cache of a processor
_FIT_CORRELATION: Final = 0.5
_UNLIKE: Final = 255.0
_TERMS: Final = 7
_GREY: Final = 1.5
"""Colour cells that stray less than this from neutral are those of a grey picture."""

_COLOURED: Final = 3.0
_CROP_SHARES: Final = (0.98, 0.95, 0.92, 0.9, 0.87, 0.84, 0.8, 0.75, 0.7, 0.6, 0.5)
_CROP_GAIN: Final = 0.3
CROP_CORRELATION: Final = 0.9
"""What a window has to correlate with the picture that it may have been cut to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairPixels:
    """How two pictures differ on the grid; grey levels unless said otherwise.

    `tile` and `small_tile` are the largest RMSE over 8 x 8 and 4 x 4 cells, `where` the middle
    of the worst tile in shares of width and height. `shift_cells` is the largest misplacement,
    `tone` the RMSE of the fitted change of brightness and contrast, `fitted_tile` the largest
    tile after all of that is taken away. `contrast` is the lesser standard deviation of the two
    beside a smooth gradient, `correlation` that of the grids. `is_recoloured` tells that one is
    grey where the other is not. `orientation` is the turn of the cloud picture that fits best (0:
    none), `crop_share` the width of the window where one is cut from the other (1: not cut).
    """

    rmse: float
    tile: float
    small_tile: float
    where: tuple[float, float]
    shift_cells: float
    tone: float
    fitted_tile: float
    chroma: float
    is_recoloured: bool
    contrast: float
    correlation: float
    orientation: int = 0
    crop_share: float = 1.0
    fine: FineMeasures | None = None
    fine_tried: bool = False


def compare_signatures(
    pairs: Sequence[tuple[PictureSignature, PictureSignature]],
) -> list[PairPixels]:
    """Return the measures of (cloud, local) pairs, both upright."""
    return [found for block in _batches(pairs) for found in _measured(block)]


def best_orientation(cloud: PictureSignature, local: PictureSignature) -> tuple[int, float]:
    """Return the turn of the cloud grid that fits the local one best, and its RMSE."""
    grids = grids_of([cloud.luma, local.luma]).astype(np.float64)
    errors = [
        float(np.sqrt(np.mean((turned(grids[:1], turn)[0] - grids[1]) ** 2)))
        for turn in range(ORIENTATIONS)
    ]
    turn = int(np.argmin(errors))
    return turn, errors[turn]


def crop_share(part: PictureSignature, whole: PictureSignature, correlation: float = 0.0) -> float:
    """Return the share of the whole's width that the part was cut from; 1.0 when it was not.

    The part is reduced to windows of several sizes and slid over the whole. A window has to fit
    clearly better than the whole does, whose `correlation` is given.
    """
    grids = grids_of([part.luma, whole.luma]).astype(np.float64)
    searched = _Searched(grids[1])
    best, share = max(CROP_CORRELATION, correlation + _CROP_GAIN * (1 - correlation)), 1.0
    for wanted in _CROP_SHARES:
        found = searched.best_correlation(_reduced(grids[0], round(len(grids[1]) * wanted)))
        if found > best:
            best, share = found, wanted
    return share


def _batches(
    pairs: Sequence[tuple[PictureSignature, PictureSignature]],
) -> Iterator[Sequence[tuple[PictureSignature, PictureSignature]]]:
    for first in range(0, len(pairs), _BATCH):
        yield pairs[first : first + _BATCH]


def _measured(pairs: Sequence[tuple[PictureSignature, PictureSignature]]) -> Iterator[PairPixels]:
    cloud = grids_of([pair[0].luma for pair in pairs])
    local = grids_of([pair[1].luma for pair in pairs])
    first, second = cloud.astype(np.float32), local.astype(np.float32)
    error = np.square(first - second)
    tiles, small = _tiles(error, 8), _tiles(error, 4)
    rmse = np.sqrt(error.mean(axis=(1, 2), dtype=np.float64))
    contrast, correlation = _correlations(first, second)
    fit = _fitted(first, second, correlation, contrast)
    colours = [_chroma([pair[side] for pair in pairs]) for side in (0, 1)]
    chroma = np.sqrt(np.square(colours[0] - colours[1]).mean(axis=1))
    strongest, weakest = np.sort([np.abs(c - 128).max(axis=1) for c in colours], axis=0)[::-1]
    recoloured = (weakest <= _GREY) & (strongest > max(_GREY, _COLOURED))
    for number in range(len(pairs)):
        yield PairPixels(
            rmse=float(rmse[number]),
            tile=float(tiles[number].max()),
            small_tile=float(small[number].max()),
            where=_place(tiles[number]),
            shift_cells=float(fit.shift_cells[number]),
            tone=float(fit.tone[number]),
            fitted_tile=float(fit.tile[number]),
            chroma=float(chroma[number]),
            is_recoloured=bool(recoloured[number]),
            contrast=float(contrast[number]),
            correlation=float(correlation[number]),
        )


@dataclass(frozen=True, slots=True)
class _Fit:
    """What misplacement, scale, tone and sharpness explain of the difference of two grids."""

    shift_cells: Floats
    tone: Floats
    tile: Floats


def _fitted(cloud: Plane, local: Plane, correlation: Floats, contrast: Floats) -> _Fit:
    """Fit the pairs that show one scene; in others there is nothing to explain."""
    count = len(cloud)
    shift, tone, tile = np.zeros(count), np.zeros(count), np.full(count, _UNLIKE)
    # Digital black or white has no correlation: it is fitted so that its tone is compared.
    alike = np.flatnonzero((correlation >= _FIT_CORRELATION) | (contrast < 8))
    if len(alike):
        fit = _Fitted(cloud[alike], local[alike])
        shift[alike], tone[alike], tile[alike] = fit.shift_cells, fit.tone, fit.tile
    return _Fit(shift, tone, tile)


class _Fitted:
    """The least-squares fit of a batch of pairs."""

    def __init__(self, cloud: Plane, local: Plane) -> None:
        count, height, width = local.shape
        terms = _terms(local).reshape(count, _TERMS, -1)
        difference = (cloud - local).reshape(count, -1, 1)
        ridge = np.eye(_TERMS) * 1e-3 * height * width
        normal = (terms @ terms.transpose(0, 2, 1)).astype(np.float64) + ridge
        weights = np.linalg.solve(normal, (terms @ difference).astype(np.float64))[..., 0]
        left = difference[..., 0] - (weights[:, None].astype(np.float32) @ terms)[:, 0]
        self.shift_cells = np.abs(weights[:, 2:6]).max(axis=1)
        spread = (normal[:, 1, 1] - ridge[1, 1]) / (height * width)
        self.tone = np.sqrt(weights[:, 0] ** 2 + weights[:, 1] ** 2 * spread)
        self.tile = _tiles(np.square(left).reshape(local.shape), 8).max(axis=(1, 2))


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


def _tiles(squares: Plane, size: int) -> Floats:
    """Return the root of the mean over tiles of `size` cells, half overlapping."""
    gather = np.kron(np.eye(2 * GRID_PX // size), np.ones(size // 2)).astype(np.float32)
    halves = gather @ (squares @ gather.T)
    pairs = halves[:, :-1] + halves[:, 1:]
    total = pairs[:, :, :-1] + pairs[:, :, 1:]
    root: Floats = np.sqrt(total / size**2, dtype=np.float64)
    return root


def _place(tiles: Floats) -> tuple[float, float]:
    row, column = np.unravel_index(int(tiles.argmax()), tiles.shape)
    return (float(column + 1) / (tiles.shape[1] + 1), float(row + 1) / (tiles.shape[0] + 1))


def _correlations(first: Plane, second: Plane) -> tuple[Floats, Floats]:
    """Return the lesser contrast and the correlation of each pair.

    The contrast is the standard deviation that a smooth gradient leaves unexplained: a clear sky
    has none, however its brightness runs.
    """
    cells = first.shape[1] * first.shape[2]
    both = np.stack([first, second], axis=1, dtype=np.float64).reshape(len(first), 2, cells)
    sums = both.sum(axis=2)
    spread = both @ both.transpose(0, 2, 1) - sums[:, :, None] * sums[:, None] / cells
    own, its = np.maximum(spread[:, 0, 0], 0), np.maximum(spread[:, 1, 1], 0)
    correlation: Floats = spread[:, 0, 1] / np.maximum(np.sqrt(own * its), 1e-9)
    smooth = np.square(both @ _gradients(*first.shape[1:])).sum(axis=2)
    detail = np.stack([own, its], axis=1) - smooth
    return np.sqrt(np.maximum(detail, 0).min(axis=1) / cells), correlation


@cache
def _gradients(height: int, width: int) -> Floats:
    """Return an orthonormal basis of linear and quadratic gradients, without the constant."""
    y, x = (part.ravel() for part in np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j])
    terms = np.stack([np.ones_like(x), x, y, x * y, x**2, y**2], axis=1)
    basis: Floats = np.linalg.qr(terms)[0][:, 1:]
    return basis


def _chroma(signatures: Sequence[PictureSignature]) -> Floats:
    joined = b"".join(signature.chroma for signature in signatures)
    cells = np.frombuffer(joined, dtype=np.uint8).reshape(len(signatures), 2 * CHROMA_PX**2)
    return cells.astype(np.float64)


def _reduced(grid: Floats, size: int) -> Floats:
    """Return a square grid reduced to `size` by averaging, cells taken in part."""
    weights = _averaging(len(grid), size)
    reduced: Floats = weights @ grid @ weights.T
    return reduced


@cache
def _averaging(edge: int, size: int) -> Floats:
    edges = np.linspace(0, edge, size + 1)
    cells = np.arange(edge)
    weights = np.clip(np.minimum(edges[1:, None], cells + 1) - np.maximum(edges[:-1, None], cells),
                      0, None)  # fmt: skip
    shares: Floats = weights / weights.sum(axis=1, keepdims=True)
    return shares


class _Searched:
    """A square grid in which windows are looked for."""

    def __init__(self, whole: Floats) -> None:
        self._edge = len(whole)
        self._spectrum = np.fft.rfft2(whole)
        self._sums = np.zeros((2, self._edge + 1, self._edge + 1))
        self._sums[:, 1:, 1:] = np.stack([whole, whole**2]).cumsum(axis=1).cumsum(axis=2)

    def best_correlation(self, window: Floats) -> float:
        """Return the greatest correlation of a window with any place of the whole."""
        size, edge = len(window), self._edge
        window = window - window.mean()
        scale = np.sqrt((window**2).sum())
        if scale < 1e-6:
            return 0.0
        spectrum = self._spectrum * np.conj(np.fft.rfft2(window, s=(edge, edge)))
        places = edge - size + 1
        dot = np.fft.irfft2(spectrum, s=(edge, edge))[:places, :places]
        across = self._sums[:, :, size:] - self._sums[:, :, :-size]
        total, squares = across[:, size:] - across[:, :-size]
        spread = squares - total**2 / size**2
        return float((dot / (scale * np.sqrt(np.maximum(spread, 1.0)))).max())


__all__ = [
    "CROP_CORRELATION",
    "Grids",
    "PairPixels",
    "best_orientation",
    "compare_signatures",
    "crop_share",
]
