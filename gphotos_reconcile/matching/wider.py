"""A last look for items that nothing came near: pictures cut, retouched or turned.

Each local picture becomes a few unit vectors of its grid reduced to 8 x 8 cells: of the whole, and
of windows cut from it. The product with a cloud picture's vector is their correlation, which
stays high where a hash of a cut picture is lost. The work grows with both sides, so it is bounded.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gphotos_reconcile.core.model import Side
from gphotos_reconcile.matching.coarse import CELLS, WINDOWS, Vectors, vectors
from gphotos_reconcile.matching.columns import ItemColumns
from gphotos_reconcile.matching.loading import ItemLoader
from gphotos_reconcile.matching.perceptual import Grids, grids_of

MAX_LOCAL: Final = 60_000
"""Above this the vectors of the local side would take more than 200 MB."""

_LOAD: Final = 2048
_ASK: Final = 256
_LEAST_CORRELATION: Final = 0.86
_KEPT: Final = 6


class WiderLook:
    """The local side as vectors, made when it is first asked."""

    def __init__(self, local: ItemColumns, loader: ItemLoader) -> None:
        """Remember where to load the local side from."""
        self._local = local
        self._loader = loader
        self._ids: NDArray[np.int64] | None = None
        self._vectors: Vectors = np.empty((0, CELLS**2), dtype=np.float32)

    def pairs(self, ids: Sequence[int], grids: Grids) -> Iterator[tuple[int, int]]:
        """Yield (cloud item, local item) for the local pictures that correlate best.

        Args:
            ids: cloud items.
            grids: their grids, shape (len(ids), GRID_PX, GRID_PX).
        """
        if len(self._local) > MAX_LOCAL:
            return
        known = self._made()
        asked = vectors(grids)
        for first in range(0, len(ids), _ASK):
            products = asked[first : first + _ASK] @ self._vectors.T
            best = products.reshape(len(products), -1, len(WINDOWS)).max(axis=2)
            for place, row in enumerate(best):
                found = np.flatnonzero(row >= _LEAST_CORRELATION)
                order = np.lexsort((known[found], -row[found]))[:_KEPT]
                for other in found[order]:
                    yield ids[first + place], int(known[other])

    def _made(self) -> NDArray[np.int64]:
        if self._ids is None:
            ids: list[int] = []
            parts = [self._vectors]
            wanted = self._local.item_id[self._local.has_hash].tolist()
            for first in range(0, len(wanted), _LOAD):
                loaded = self._loader.signatures(Side.LOCAL, wanted[first : first + _LOAD])
                if not loaded:
                    continue
                kept = sorted(loaded)
                ids += kept
                grids = grids_of([loaded[item_id].luma for item_id in kept])
                every = np.stack([vectors(grids, window) for window in WINDOWS], axis=1)
                parts.append(every.reshape(-1, CELLS**2))
            self._vectors = np.concatenate(parts)
            self._ids = np.array(ids, dtype=np.int64)
        return self._ids
