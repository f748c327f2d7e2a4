"""Two pictures compared at the smaller one's own resolution: blocks, misplacement, sensor noise.

Noise is what tells two exposures of one still scene apart. A copy's grain is what its coder left
of the original's grain; the grain of the next frame of a tripod burst is another draw. So in the
calmest tiles of a true copy the fine residual of the copy repeats in the original, and in those
of a neighbour it does not. Where the copy has no grain left, noise says nothing.

Source of the noise test: the measurements cited in benchmarks/accuracy; the idea of using sensor
noise is that of Lukas, Fridrich, Goljan, "Digital Camera Identification from Sensor Pattern
Noise", 2006, here with the noise of one exposure in place of the sensor's pattern.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gphotos_reconcile.core.model import FinePicture

Plane = NDArray[np.float32]
Cells = NDArray[np.float64]

NOISE_TILE_PX: Final = 32
_BLOCK_PX: Final = 8
_LANCZOS_LOBES: Final = 3
_ASPECT_SLACK_PX: Final = 1.5
_CLIPPED: Final = (12.0, 243.0)
_MIN_TILES: Final = 48
_NOISE_PX: Final = 900
"""Below this longer edge the calm tiles hold texture, and the grain is averaged away."""

_MAX_SHIFT_PX: Final = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class FineMeasures:
    """What is seen at the resolution of the smaller picture.

    `same_aspect` tells whether their shapes agree to within rounding. `shift_px` is the largest
    misplacement. `block` is the largest RMSE over blocks of 16 pixels in grey levels, after
    misplacement, tone and sharpness are fitted, and `ratio` the largest of them beside what the
    picture's own texture lets expect there. Noise: `noise_tiles` calm tiles were looked at,
    `noise_left` is the variance of the copy's grain there, `noise_correlation` how far it repeats
    in the other, `noise_new` the variance that the other does not have.
    """

    width_px: int
    height_px: int
    same_aspect: bool
    shift_px: float
    rmse: float
    block: float
    ratio: float
    where: tuple[float, float]
    noise_tiles: int
    noise_left: float
    noise_correlation: float
    noise_low: float
    noise_new: float


def compare_fine(cloud: FinePicture, local: FinePicture) -> FineMeasures:
    """Compare two upright pictures; the one with fewer pixels is taken for the copy."""
    copy, other = _plane(cloud), _plane(local)
    if copy.size > other.size * 1.02:
        copy, other = other, copy
    height, width = copy.shape
    same_aspect = _same_aspect(copy, other)
    other = _resampled(other, height, width)
    fit = _fitted(copy, other)
    blocks, ratios = _block_residuals(fit.left, fit.texture)
    noise = _noise(copy, copy - fit.left, fit.calm)
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
        noise_tiles=noise.tiles,
        noise_left=noise.left,
        noise_correlation=noise.correlation,
        noise_low=noise.low,
        noise_new=noise.new,
    )


@dataclass(frozen=True, slots=True)
class _Fit:
    left: Plane
    texture: Plane
    calm: Cells
    shift_px: float


@dataclass(frozen=True, slots=True)
class _Noise:
    tiles: int = 0
    left: float = 0.0
    correlation: float = 0.0
    low: float = 0.0
    new: float = 0.0


def _plane(picture: FinePicture) -> Plane:
    cells = np.frombuffer(picture.luma, dtype=np.uint8)
    return cells.reshape(picture.height_px, picture.width_px).astype(np.float32)


def _same_aspect(copy: Plane, other: Plane) -> bool:
    height, width = copy.shape
    expected = other.shape[1] * height / other.shape[0]
    slack = _ASPECT_SLACK_PX * max(1.0, width / height)
    return bool(abs(expected - width) <= slack)


def _resampled(plane: Plane, height: int, width: int) -> Plane:
    if plane.shape[1] != width:
        plane = plane @ _lanczos(plane.shape[1], width).T
    if plane.shape[0] != height:
        plane = _lanczos(plane.shape[0], height) @ plane
    return plane


def _lanczos(size_in: int, size_out: int) -> Plane:
    scale = size_in / size_out
    widened = max(scale, 1.0)
    centres = (np.arange(size_out) + 0.5) * scale
    at = (np.arange(size_in) + 0.5 - centres[:, None]) / widened
    near = np.abs(at) < _LANCZOS_LOBES
    taps = np.zeros_like(at)
    taps[near] = np.sinc(at[near]) * np.sinc(at[near] / _LANCZOS_LOBES)
    weights: Plane = (taps / taps.sum(axis=1, keepdims=True)).astype(np.float32)
    return weights


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
    weights[2:6] = np.clip(weights[2:6], -_MAX_SHIFT_PX, _MAX_SHIFT_PX)
    left = difference
    for weight, part in zip(weights, parts, strict=True):
        left = left - np.float32(weight) * part
    calm = _tile_means(other, 4)
    return _Fit(left, np.square(across) + np.square(down), calm, float(np.abs(weights[2:6]).max()))


def _block_residuals(left: Plane, texture: Plane) -> tuple[Cells, Cells]:
    """Return the RMSE of overlapping 16-pixel blocks, and beside what their texture allows."""
    error, activity = _tile_means(left**2, _BLOCK_PX), _tile_means(texture, _BLOCK_PX)
    error, activity = _doubled(error), _doubled(activity)
    floor = float(np.median(error))
    share = float(np.median(error / (activity + 1)))
    return np.sqrt(error), np.sqrt(error / (floor + 1 + share * activity))


def _doubled(cells: Cells) -> Cells:
    """Return means over 2 x 2 neighbours, so that blocks overlap by half."""
    if min(cells.shape) < 2:
        return cells
    return (cells[:-1, :-1] + cells[1:, :-1] + cells[:-1, 1:] + cells[1:, 1:]) / 4


def _tile_means(plane: Plane, size: int) -> Cells:
    rows, columns = plane.shape[0] // size, plane.shape[1] // size
    if not rows or not columns:
        return np.full((1, 1), plane.mean(), dtype=np.float64)
    cut = plane[: rows * size, : columns * size].reshape(rows, size, columns, size)
    means: Cells = cut.mean(axis=(1, 3), dtype=np.float64)
    return means


def _noise(copy: Plane, other: Plane, calm: Cells) -> _Noise:
    """Correlate the grain of both in the calmest quarter of the tiles that are not clipped."""
    if max(copy.shape) < _NOISE_PX:
        return _Noise()
    grain, known = copy - _blurred(copy), other - _blurred(other)
    own = _tile_means(grain**2, NOISE_TILE_PX)
    its = _tile_means(known**2, NOISE_TILE_PX)
    shared = _tile_means(grain * known, NOISE_TILE_PX)
    mean = _tile_means(other, NOISE_TILE_PX)
    unrest = _unrest(calm, own.shape)
    usable = (mean > _CLIPPED[0]) & (mean < _CLIPPED[1]) & (own > 0.05) & (its > 0.05)
    if int(usable.sum()) < _MIN_TILES:
        return _Noise()
    chosen = np.argsort(unrest[usable], kind="stable")[: max(_MIN_TILES, int(usable.sum()) // 4)]
    own, its, shared = own[usable][chosen], its[usable][chosen], shared[usable][chosen]
    correlation = shared / np.sqrt(own * its)
    return _Noise(
        tiles=len(chosen),
        left=float(np.median(own)),
        correlation=float(np.median(correlation)),
        low=float(np.percentile(correlation, 10)),
        new=float(np.median(own * (1 - np.clip(correlation, 0, 1) ** 2))),
    )


def _unrest(calm: Cells, shape: tuple[int, ...]) -> Cells:
    """Return the variance of 4-pixel means within each noise tile: texture, not grain."""
    size = NOISE_TILE_PX // 4
    cut = calm[: shape[0] * size, : shape[1] * size]
    unrest: Cells = cut.reshape(shape[0], size, shape[1], size).var(axis=(1, 3))
    return unrest


def _blurred(plane: Plane) -> Plane:
    """Return the plane under a binomial kernel of 5 x 5, about a Gaussian of 1 px."""
    taps = np.array([1, 4, 6, 4, 1], dtype=np.float32) / 16
    padded = np.pad(plane, 2, mode="edge")
    height, width = plane.shape
    rows = np.zeros((height, width + 4), dtype=np.float32)
    for tap in range(5):
        rows += taps[tap] * padded[tap : tap + height]
    blurred = np.zeros((height, width), dtype=np.float32)
    for tap in range(5):
        blurred += taps[tap] * rows[:, tap : tap + width]
    return blurred
