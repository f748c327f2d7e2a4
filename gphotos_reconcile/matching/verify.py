"""Two pictures compared on the 64 x 64 grids that the catalogue keeps, in batches.

Copies of one exposure differ by what recompression and scaling leave: fractions of a grey level,
a few at hard edges. A mean over the picture hides a closed eye; the worst tile shows it. What a
misplacement, a change of tone and a loss of sharpness explain is fitted and told apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from gphotos_reconcile.core.model import PictureSignature
from gphotos_reconcile.matching.fine import FineMeasures
from gphotos_reconcile.matching.perceptual import ORIENTATIONS, grids_of, turned
from gphotos_reconcile.matching.residuals import TILES, residuals


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
    measured = residuals(pairs)
    names = [f.name for f in fields(measured) if f.name != "place"]
    columns = [getattr(measured, name).tolist() for name in names]
    places = map(_middle, measured.place.tolist())
    return [
        PairPixels(where=where, **dict(zip(names, values, strict=True)))
        for where, *values in zip(places, *columns, strict=True)
    ]


def best_orientation(cloud: PictureSignature, local: PictureSignature) -> tuple[int, float]:
    """Return the turn of the cloud grid that fits the local one best, and its RMSE."""
    grids = grids_of([cloud.luma, local.luma]).astype(np.float64)
    errors = [
        float(np.sqrt(np.mean((turned(grids[:1], turn)[0] - grids[1]) ** 2)))
        for turn in range(ORIENTATIONS)
    ]
    turn = int(np.argmin(errors))
    return turn, errors[turn]


def _middle(place: int) -> tuple[float, float]:
    """Return where the middle of a tile is, in shares of width and height."""
    row, column = divmod(place, TILES)
    return (column + 1) / (TILES + 1), (row + 1) / (TILES + 1)
