"""Grids reduced to 8 x 8 cells as unit vectors: cheap hints of what was turned or cut.

The product of two vectors is the correlation of what they show. It stays high where a hash of a
cut or retouched picture is lost, and it is cheap enough to ask before a slow search.
"""

from collections.abc import Sequence
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gphotos_reconcile.core.model import GRID_PX
from gphotos_reconcile.matching.perceptual import ORIENTATIONS, Grids, turned

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]
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
_BATCH: Final = 64


def vectors(grids: Grids) -> Vectors:
    """Return unit vectors, shape (n, 64), of whole grids; 0 where there is no structure."""
    units: Vectors = window_vectors(grids, (WHOLE,))[:, 0]
    return units


def window_vectors(grids: Grids, windows: Sequence[Window]) -> Vectors:
    """Return unit vectors, shape (n, windows, 64), of windows of each grid."""
    units = np.empty((len(grids), len(windows), CELLS**2), dtype=np.float32)
    for first in range(0, len(grids), _BATCH):
        some = grids[first : first + _BATCH]
        units[first : first + _BATCH] = _units(_sums(some), windows)
    return units


def _sums(grids: Grids) -> NDArray[np.int32]:
    """Return the sum of all cells above and to the left of each place."""
    sums = np.zeros((len(grids), GRID_PX + 1, GRID_PX + 1), dtype=np.int32)
    np.cumsum(grids, axis=2, dtype=np.int32, out=sums[:, 1:, 1:])
    np.cumsum(sums, axis=1, out=sums)
    return sums


def _units(sums: NDArray[np.int32], windows: Sequence[Window]) -> Vectors:
    cells = np.empty((len(sums), len(windows), CELLS**2), dtype=np.float32)
    for number, window in enumerate(windows):
        rows, columns = _edges(window)
        corners = np.diff(np.diff(sums[:, rows[:, None], columns], axis=1), axis=2)
        cells[:, number] = corners.reshape(len(sums), -1)
        cells[:, number] /= _sizes(window)
    cells -= cells.mean(axis=2, keepdims=True)
    norm = np.linalg.norm(cells, axis=2, keepdims=True)
    units: Vectors = np.where(norm > _LEAST_STD * CELLS, cells / np.maximum(norm, 1e-6), 0)
    return units


@cache
def _edges(window: Window) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first row and the first column of each of the 8 x 8 cells, and the last's end."""
    top, left, edge = window
    edges = np.linspace(0, edge, CELLS + 1).round().astype(np.int64)
    return top + edges, left + edges


@cache
def _sizes(window: Window) -> Vectors:
    """Return how many cells of the grid are in each of the 8 x 8."""
    rows, columns = (np.diff(edges).astype(np.float32) for edges in _edges(window))
    sizes: Vectors = np.outer(rows, columns).ravel()
    return sizes


class Hints:
    """Cheap hints for pairs of some pictures, given as two rows of places among the grids."""

    def __init__(self, grids: Grids) -> None:
        """Make the vectors of the pictures, each once."""
        self._every = window_vectors(grids, (WHOLE, *_CUTS))
        plain = self._every[:, 0].astype(np.float64).reshape(-1, CELLS, CELLS)
        self._turned = [
            turned(plain, turn).reshape(len(plain), -1) for turn in range(1, ORIENTATIONS)
        ]

    def may_be_turned(self, cloud: Rows, local: Rows) -> NDArray[np.bool_]:
        """Tell for each pair whether some turn of the one resembles the other."""
        known = self._every[local, 0]
        likeness = [np.einsum("nk,nk->n", every[cloud], known) for every in self._turned]
        hints: NDArray[np.bool_] = np.max(likeness, axis=0) >= HINT
        return hints

    def may_be_cut(self, cloud: Rows, local: Rows) -> NDArray[np.bool_]:
        """Tell for each pair whether a window of the one resembles the other more than its whole.

        The next frame of a series resembles the whole: no window of it fits better.
        """
        known, asked = self._every[local, 0], self._every[cloud, 0]
        whole = np.einsum("nk,nk->n", known, asked)
        likeness = [
            np.einsum("nk,nk->n", self._every[rows, number], other)
            for rows, other in ((cloud, known), (local, asked))
            for number in range(1, self._every.shape[1])
        ]
        best = np.max(likeness, axis=0)
        hints: NDArray[np.bool_] = (best >= HINT) & (best > whole)
        return hints
