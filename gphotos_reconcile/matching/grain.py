"""The grain of two pictures: what tells two exposures of one still scene apart.

A copy's grain is what its coder left of the original's grain; the grain of the next frame of a
tripod burst is another draw. So in the calmest tiles of a true copy the fine residual repeats in
the original, and in those of a neighbour it does not. Grain is averaged away where a picture is
reduced: it is looked at in the size of the smaller of the two, of large ones in some windows.
Where the copy has no grain left, it says nothing.

Source of the test: the measurements cited in `options`; the idea of using sensor noise is that of
Lukas, Fridrich, Goljan, "Digital Camera Identification from Sensor Pattern Noise", 2006, here
with the noise of one exposure in place of the sensor's pattern.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from gphotos_reconcile.core.model import FinePicture, Windows
from gphotos_reconcile.matching.planes import Cells, Plane, blurred, plane_of, tile_means

_TILE_PX: Final = 32
_CALM_PX: Final = 4
_CLIPPED: Final = (12.0, 243.0)
_LEAST_VARIANCE: Final = 0.05
"""Below this a tile holds nothing but rounding."""

_MIN_TILES: Final = 48
_LEAST_PX: Final = 900
"""Below this longer edge the calm tiles hold texture, and the grain is averaged away."""

_WINDOW_PX: Final = 256
_WINDOWS: Final = 12
_SEEN_MEANS: Final = 4


@dataclass(frozen=True, slots=True)
class Grain:
    """How the grain of a copy relates to that of the other, medians over `tiles` calm tiles.

    `left` and `known` are the variances of the copy's grain and of the other's in squared grey
    levels, `correlation` how far they agree, `low` its tenth percentile, `new` the variance that
    the other does not explain. `is_whole` tells that nothing was reduced.
    """

    tiles: int
    left: float
    known: float
    correlation: float
    low: float
    new: float
    is_whole: bool

    @property
    def repeated(self) -> float:
        """Return how far the copy's grain repeats, of what can repeat after so much was lost."""
        share = min(1.0, max(self.left / self.known, 1e-6))
        return self.correlation / math.sqrt(share)


def measure_grain(copy: Plane, other: Plane, *, is_whole: bool) -> Grain | None:
    """Correlate the grain of two aligned planes in the calmest quarter of the usable tiles.

    Returns:
        None where too few tiles hold grain that is neither clipped nor rounded away.
    """
    if max(copy.shape) < _LEAST_PX:
        return None
    grain, known = copy - blurred(copy), other - blurred(other)
    own, its = tile_means(grain**2, _TILE_PX), tile_means(known**2, _TILE_PX)
    shared = tile_means(grain * known, _TILE_PX)
    unrest = _unrest(tile_means(other, _CALM_PX), _TILE_PX // _CALM_PX)
    usable = _unclipped(tile_means(other, _TILE_PX))
    usable &= (own > _LEAST_VARIANCE) & (its > _LEAST_VARIANCE)
    if int(usable.sum()) < _MIN_TILES:
        return None
    chosen = np.argsort(unrest[usable], kind="stable")[: max(_MIN_TILES, int(usable.sum()) // 4)]
    own, its, shared = own[usable][chosen], its[usable][chosen], shared[usable][chosen]
    correlation = shared / np.sqrt(own * its)
    return Grain(
        tiles=len(chosen),
        left=float(np.median(own)),
        known=float(np.median(its)),
        correlation=float(np.median(correlation)),
        low=float(np.percentile(correlation, 10)),
        new=float(np.median(own * (1 - np.clip(correlation, 0, 1) ** 2))),
        is_whole=is_whole,
    )


def calm_windows(seen: FinePicture, size_px: tuple[int, int]) -> Windows | None:
    """Return the calmest parts of a picture of `size_px` (width, height), of which less was seen.

    Returns:
        None where no part is calm and exposed.
    """
    corners = tuple(quiet_windows(seen, size_px, _WINDOW_PX)[:_WINDOWS])
    if not corners:
        return None
    width, height = size_px
    return Windows(width_px=width, height_px=height, edge_px=_WINDOW_PX, corners=corners)


def quiet_windows(
    seen: FinePicture, size_px: tuple[int, int], edge_px: int, begin_px: tuple[int, int] = (0, 0)
) -> list[tuple[int, int]]:
    """Return the corners (left, top) of all exposed squares of a picture, the calmest first.

    Args:
        seen: the whole picture, at any size.
        size_px: its own width and height.
        edge_px: the edge of a square in its own pixels.
        begin_px: where the first of them begins (left, top).
    """
    width, height = size_px
    plane = plane_of(seen)
    scale = seen.width_px / width
    edge = round(edge_px * scale)
    found = []
    for top in range(begin_px[1], height - edge_px + 1, edge_px):
        for left in range(begin_px[0], width - edge_px + 1, edge_px):
            row, column = round(top * scale), round(left * scale)
            part = plane[row : row + edge, column : column + edge]
            if _unclipped(part).mean() > 0.9:  # the rest may be a lamp, or print
                found.append((_unrest_of(part), top, left))
    return [(left, top) for _, top, left in sorted(found)]


def _unclipped(levels: Plane | Cells) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
    return (levels > _CLIPPED[0]) & (levels < _CLIPPED[1])


def _unrest(means: Cells, size: int) -> Cells:
    """Return the variance within each square of `size` x `size` means: texture, not grain."""
    rows, columns = means.shape[0] // size, means.shape[1] // size
    cut = means[: rows * size, : columns * size].reshape(rows, size, columns, size)
    unrest: Cells = cut.var(axis=(1, 3))
    return unrest


def _unrest_of(part: Plane) -> float:
    """Return the median over small squares of the variance that averaging pixels leaves."""
    means = tile_means(part, 2)
    edge = min(means.shape)
    return float(np.median(_unrest(means, edge // max(1, edge // _SEEN_MEANS))))
