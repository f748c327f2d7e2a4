"""A last look for items that nothing came near: pictures cut, retouched or turned.

Each local picture becomes a few unit vectors of its grid reduced to 8 x 8 cells: of the whole, and
of windows cut from it. The product with a cloud picture's vector is their correlation, which
stays high where a hash of a cut picture is lost. The work grows with both sides, so it is bounded.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gphotos_reconcile.core.model import PictureSignature, Side
from gphotos_reconcile.matching.coarse import CELLS, WINDOWS, Vectors, window_vectors
from gphotos_reconcile.matching.columns import ItemColumns
from gphotos_reconcile.matching.judging import Unfound
from gphotos_reconcile.matching.loading import ItemLoader
from gphotos_reconcile.matching.perceptual import grids_of

MAX_LOCAL: Final = 60_000
"""Above this the vectors of the local side would take more than 100 MB."""

_LOAD: Final = 2048
_ASK: Final = 256
_AT_ONCE: Final = 2048
"""So many local pictures at a time: their products with `_ASK` others take some 30 MB."""

_SCALE: Final = 2048
"""Vectors in whole numbers: their products are exact in whatever order they are summed."""

_LEAST_PRODUCT: Final = 0.86 * _SCALE**2
_KEPT: Final = 6


class WiderLook:
    """The local side as vectors, made when it is first asked."""

    def __init__(self, local: ItemColumns, loader: ItemLoader) -> None:
        """Remember where to load the local side from."""
        self._local = local
        self._loader = loader
        self._ids: NDArray[np.int64] | None = None
        self._vectors: NDArray[np.int16] = np.empty((0, CELLS**2), dtype=np.int16)

    def pairs(self, unfound: Sequence[Unfound]) -> dict[int, list[int]]:
        """Return for each cloud item the local pictures that correlate best, by item id."""
        asked = {one.item_id: one.vector for one in unfound if one.vector is not None}
        if len(self._local) > MAX_LOCAL or not asked:
            return {}
        known = self._made()
        order = self._local.order[self._local.rows_of(known)]
        found: dict[int, list[int]] = {}
        for item_id, row in zip(asked, self._best(list(asked.values())), strict=True):
            near = np.flatnonzero(row >= _LEAST_PRODUCT)
            best = near[np.lexsort((order[near], -row[near]))[:_KEPT]]
            if len(best):
                found[item_id] = known[best].tolist()
        return found

    def _best(self, asked: Sequence[Vectors]) -> Iterator[Vectors]:
        for first in range(0, len(asked), _ASK):
            yield from _likeness(np.stack(asked[first : first + _ASK]), self._vectors)

    def _made(self) -> NDArray[np.int64]:
        if self._ids is None:
            ids: list[int] = []
            parts = [self._vectors]
            wanted = self._local.item_id[self._local.has_hash].tolist()
            for first in range(0, len(wanted), _LOAD):
                loaded = self._loader.signatures(Side.LOCAL, wanted[first : first + _LOAD])
                if loaded:
                    ids += sorted(loaded)
                    parts.append(windows_of(loaded))
            self._vectors = np.concatenate(parts)
            self._ids = np.array(ids, dtype=np.int64)
        return self._ids


def windows_of(pictures: Mapping[int, PictureSignature]) -> NDArray[np.int16]:
    """Return the vectors of every window of each picture, by ascending id, one row each."""
    grids = grids_of([pictures[item_id].luma for item_id in sorted(pictures)])
    return whole_numbers(window_vectors(grids, WINDOWS)).reshape(-1, CELLS**2)


def correlate(cloud: Vectors, windows: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Tell which unit vectors of cloud pictures correlate with any of the windows."""
    found = np.zeros(len(cloud), dtype=np.bool_)
    for first in range(0, len(cloud), _ASK):
        likeness = _likeness(cloud[first : first + _ASK], windows)
        found[first : first + _ASK] = (likeness >= _LEAST_PRODUCT).any(axis=1)
    return found


def _likeness(units: Vectors, windows: NDArray[np.int16]) -> Vectors:
    """Return the largest product of each vector with the windows of each picture."""
    asked, size = whole_numbers(units).astype(np.float32), _AT_ONCE * len(WINDOWS)
    parts = [np.empty((len(asked), 0), dtype=np.float32)]
    for first in range(0, len(windows), size):
        products = asked @ windows[first : first + size].T.astype(np.float32)
        parts.append(products.reshape(len(asked), -1, len(WINDOWS)).max(axis=2))
    return np.concatenate(parts, axis=1)


def whole_numbers(units: Vectors) -> NDArray[np.int16]:
    """Return unit vectors scaled and rounded."""
    return np.round(units * np.float32(_SCALE)).astype(np.int16)
