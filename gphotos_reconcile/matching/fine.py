"""Two pictures compared at the smaller one's own resolution: blocks, misplacement, grain."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from gphotos_reconcile.core.model import FinePicture
from gphotos_reconcile.matching.grain import Grain, measure_grain
from gphotos_reconcile.matching.kernels import resampled
from gphotos_reconcile.matching.planes import Cells, Plane, plane_of, tile_means
from gphotos_reconcile.matching.rounding import Unexplained

_BLOCK_PX: Final = 8
_ASPECT_SLACK_PX: Final = 1.5
_MAX_SHIFT_PX: Final = 0.6
_MOVES: Final = [2, 3, 4, 5]  # of the fitted parts those that shift and scale
_TAIL: Final = 99.0
_FIELDS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class FineMeasures:
    """What is seen at the resolution of the smaller picture.

    `same_aspect` tells whether their shapes agree to within rounding. `shift_px` is the largest
    misplacement. `block` is the largest RMSE over blocks of 16 pixels in grey levels, after
    misplacement, tone and sharpness are fitted, and `ratio` the largest of them beside what the
    picture's own texture lets expect there; `tail` is what one block in a hundred exceeds, and
    `gathered` the share of those blocks that lies in one of 8 x 8 fields, however those are
    laid. `grain` and `unexplained` (see `rounding`) are None where they say nothing.
    """

    width_px: int
    height_px: int
    same_aspect: bool
    shift_px: float
    rmse: float
    block: float
    ratio: float
    where: tuple[float, float]
    tail: float
    gathered: float
    grain: Grain | None
    unexplained: Unexplained | None = None


def compare_fine(cloud: FinePicture, local: FinePicture, *, is_whole: bool = True) -> FineMeasures:
    """Compare two upright pictures; the one with fewer pixels is taken for the copy.

    `is_whole` tells that the smaller of the two was not reduced to be looked at.
    """
    if cloud.width_px * cloud.height_px > local.width_px * local.height_px * 1.02:
        cloud, local = local, cloud
    copy, other = plane_of(cloud), plane_of(local)
    height, width = copy.shape
    same_aspect = _same_aspect(copy, other)
    other = resampled(other, height, width)
    fit = _fitted(copy, other)
    blocks, ratios = _block_residuals(fit.left, fit.texture)
    worst = np.unravel_index(int(ratios.argmax()), ratios.shape)
    return FineMeasures(
        width_px=width,
        height_px=height,
        same_aspect=same_aspect,
        shift_px=fit.shift_px,
        rmse=float(np.sqrt(np.mean(fit.left**2))),
        block=float(blocks.max()),
        ratio=float(ratios.max()),
        where=(
            float((worst[1] + 0.5) / ratios.shape[1]),
            float((worst[0] + 0.5) / ratios.shape[0]),
        ),
        tail=float(np.percentile(ratios, _TAIL)),
        gathered=_gathered(ratios),
        grain=measure_grain(copy, fit.moved, is_whole=is_whole),
    )


def compare_windows(seen: FineMeasures, copy: FinePicture, other: FinePicture) -> FineMeasures:
    """Add what the same windows of two pictures tell, both in the copy's own size."""
    first, second = plane_of(copy), plane_of(other)
    fit = _fitted(first, second)
    return replace(seen, grain=measure_grain(first, fit.moved, is_whole=True))


@dataclass(frozen=True, slots=True)
class _Fit:
    """What is left of the difference, and the other picture moved to where the copy has it.

    Grain is compared with the moved one: what fits the sharpness of a copy takes grain away.
    """

    left: Plane
    moved: Plane
    texture: Plane
    shift_px: float


def _same_aspect(copy: Plane, other: Plane) -> bool:
    height, width = copy.shape
    expected = other.shape[1] * height / other.shape[0]
    slack = _ASPECT_SLACK_PX * max(1.0, width / height)
    return bool(abs(expected - width) <= slack)


def _fitted(copy: Plane, other: Plane) -> _Fit:
    """Take from the difference what a small misplacement, tone and sharpness explain."""
    height, width = other.shape
    padded = np.pad(other, 1, mode="edge")
    across = (padded[1:-1, 2:] - padded[1:-1, :-2]) / 2
    down = (padded[2:, 1:-1] - padded[:-2, 1:-1]) / 2
    bend = padded[1:-1, 2:] + padded[1:-1, :-2] + padded[2:, 1:-1] + padded[:-2, 1:-1] - 4 * other
    x = np.linspace(-1, 1, width, dtype=np.float32)
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    parts = [
        np.ones_like(other), other - other.mean(), across, down, x * across, y * down, bend,
    ]  # fmt: skip
    step = max(1, round((other.size / 300_000) ** 0.5))
    terms = np.stack([part[::step, ::step].ravel() for part in parts], axis=1).astype(np.float64)
    difference = copy - other
    wanted = difference[::step, ::step].ravel().astype(np.float64)
    ridge = np.eye(len(parts)) * 1e-4 * len(wanted)
    weights = np.linalg.solve(terms.T @ terms + ridge, terms.T @ wanted)
    weights[_MOVES] = np.clip(weights[_MOVES], -_MAX_SHIFT_PX, _MAX_SHIFT_PX)
    texture = np.square(across) + np.square(down)
    moved, left = other.copy(), difference
    for number, part in enumerate(parts):
        np.multiply(part, np.float32(weights[number]), out=part)
        left -= part
        if number in _MOVES:
            moved += part
    return _Fit(left, moved, texture, float(np.abs(weights[_MOVES]).max()))


def _block_residuals(left: Plane, texture: Plane) -> tuple[Cells, Cells]:
    """Return the RMSE of overlapping 16-pixel blocks, and beside what their texture allows."""
    error, activity = tile_means(left**2, _BLOCK_PX), tile_means(texture, _BLOCK_PX)
    error, activity = _doubled(error), _doubled(activity)
    floor = float(np.median(error))
    share = float(np.median(error / (activity + 1)))
    return np.sqrt(error), np.sqrt(error / (floor + 1 + share * activity))


def _gathered(ratios: Cells) -> float:
    """Return the largest share of the outstanding blocks that one field of the picture holds."""
    rows, columns = np.nonzero(ratios > np.percentile(ratios, _TAIL))
    if not len(rows):
        return 1.0
    height, width = ratios.shape
    halves = rows * 2 * _FIELDS // height, columns * 2 * _FIELDS // width
    counts = np.zeros((2 * _FIELDS, 2 * _FIELDS))
    np.add.at(counts, halves, 1)
    return float(4 * _doubled(counts).max() / len(rows))


def _doubled(cells: Cells) -> Cells:
    """Return means over 2 x 2 neighbours, so that blocks overlap by half."""
    if min(cells.shape) < 2:
        return cells
    return (cells[:-1, :-1] + cells[1:, :-1] + cells[:-1, 1:] + cells[1:, 1:]) / 4
