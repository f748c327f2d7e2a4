"""Grids reduced to 8 x 8 cells as unit vectors: cheap hints of what was turned or cut.

The product of two vectors is the correlation of what they show. It stays high where a hash of a
cut or retouched picture is lost, and it is cheap enough to ask before a slow search.
"""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gphotos_reconcile.core.model import GRID_PX
from gphotos_reconcile.matching.perceptual import ORIENTATIONS, Grids, turned

Vectors = NDArray[np.float32]
Window = tuple[int, int, int]
"""Top, left and edge of a square window, in cells of the grid."""

CELLS: Final = 8
WHOLE: Final[Window] = (0, 0, GRID_PX)
WINDOWS: Final[tuple[Window, ...]] = (
    WHOLE,
    (3, 3, 58),
    (0, 0, 58),
    (0, 6, 58),
    (6, 0, 58),
    (6, 6, 58),
    (6, 6, 52),
    (10, 10, 44),
)
_CUTS: Final[tuple[Window, ...]] = (
    (1, 1, 62),
    *((top, left, 61) for top in (0, 3) for left in (0, 3)),
    *WINDOWS[1:],
)
HINT: Final = 0.8
"""Correlation of 8 x 8 cells from which on a slow search is worth its while."""

_LEAST_STD: Final = 1.0


def vectors(grids: Grids, window: Window = WHOLE) -> Vectors:
    """Return unit vectors, shape (n, 64), of a window of each grid; 0 where it has no structure."""
    rows, columns = _shares(window)
    cells = (rows @ (grids.astype(np.float32) @ columns.T)).reshape(len(grids), -1)
    cells /= _sizes(window)
    cells -= cells.mean(axis=1, keepdims=True)
    norm = np.linalg.norm(cells, axis=1, keepdims=True)
    units: Vectors = np.where(norm > _LEAST_STD * CELLS, cells / np.maximum(norm, 1e-6), 0)
    return units.astype(np.float32)


@cache
def _shares(window: Window) -> tuple[Vectors, Vectors]:
    """Return which rows and which columns of a grid each of the 8 x 8 cells gathers, as 0 and 1."""
    top, left, edge = window
    edges = np.linspace(0, edge, CELLS + 1).round()[:, None]
    place = np.arange(GRID_PX)
    rows, columns = (
        ((place - first >= edges[:-1]) & (place - first < edges[1:])).astype(np.float32)
        for first in (top, left)
    )
    return rows, columns


@cache
def _sizes(window: Window) -> Vectors:
    """Return how many cells of the grid are in each of the 8 x 8."""
    rows, columns = _shares(window)
    sizes: Vectors = np.outer(rows.sum(axis=1), columns.sum(axis=1)).ravel()
    return sizes


def may_be_turned(cloud: Grids, local: Grids) -> NDArray[np.bool_]:
    """Tell for each pair whether some turn of the one resembles the other."""
    known = vectors(local)
    first = vectors(cloud).astype(np.float64).reshape(-1, CELLS, CELLS)
    likeness = [
        np.einsum("nk,nk->n", turned(first, turn).reshape(len(first), -1), known)
        for turn in range(1, ORIENTATIONS)
    ]
    hints: NDArray[np.bool_] = np.max(likeness, axis=0) >= HINT
    return hints


def may_be_cut(cloud: Grids, local: Grids) -> NDArray[np.bool_]:
    """Tell for each pair whether a window of the one resembles the other more than its whole does.

    The next frame of a series resembles the whole: no window of it fits better.
    """
    known, asked = vectors(local), vectors(cloud)
    whole = np.einsum("nk,nk->n", known, asked)
    likeness = [
        np.einsum("nk,nk->n", vectors(grids, window), other)
        for grids, other in ((cloud, known), (local, asked))
        for window in _CUTS
    ]
    best = np.max(likeness, axis=0)
    hints: NDArray[np.bool_] = (best >= HINT) & (best > whole)
    return hints
