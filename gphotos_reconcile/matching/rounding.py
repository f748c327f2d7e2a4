"""What a coder may have rounded away: what differs by more is no copy of this picture.

A JPEG holds every coefficient of its blocks rounded to a step that the file names. So a copy's
coefficient lies within half a step of what its source has there, whatever the texture and however
much grain was lost; in the next frame of a tripod burst, whose grain is another draw, too many lie
beyond. How many, tells by how much the two differ that no rounding explains, in grey levels, and
texture makes it visible far below the step: it spreads the coefficients evenly over the steps.

A copy that is smaller was reduced by a filter that nobody knows. It is fitted: the best sum of the
usual ones, each moved by a pixel or two, which are blurs and sharpenings as well.

Source: ITU-T T.81, A.3.4 (quantisation). The limits are measured, see `options`.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gphotos_reconcile.core.model import FinePicture, Windows
from gphotos_reconcile.matching.grain import quiet_windows
from gphotos_reconcile.matching.kernels import FILTERS, REACH_PX, weights
from gphotos_reconcile.matching.planes import Plane, cells_of

_BLOCK_PX: Final = 8
_LOW: Final = ((0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (1, 2), (2, 1), (0, 3), (3, 0))
"""Rows and columns of the coarsest coefficients but the mean: what other filters change least."""

_FINE: Final = tuple(
    (row, column) for row in range(8) for column in range(8) if 4 <= row + column <= 7
)
"""Those that tell busy blocks from calm ones."""

_EDGE_PX: Final = 256
_WINDOWS: Final = 8
_SOURCE_PX: Final = 16_000_000
"""So many pixels of the source are looked at, at most."""

_CALMEST: Final = 0.1
_BUSIEST: Final = 0.8
"""Of all windows in order of their unrest those between: the calmest have no texture to tell by,
in the busiest no filter is fitted well enough."""

_MOVES_PX: Final = {"lanczos": 2, "area": 1, "box": 1, "linear": 1, "nearest": 0}
_BLURS: Final = {"lanczos": 2}  # in its own size every filter leaves a picture as it is
_SHARPEST: Final = {"lanczos": 0}
_CLIPPED: Final = (8.0, 247.0)
_FITS: Final = 3
_TRIMMED: Final = 90.0
_RIDGE: Final = 1.0
"""A weight strays by 0.3 as easily as a coefficient by its rounding, a step over root twelve."""

_LEAST_GAIN: Final = 0.8
"""So much of the coarse coefficients filters that reduce pictures leave: bilinear ones 0.89."""

_CALM_HALF: Final = 50.0

_SLACK: Final = 0.4
"""Grey levels by which whole pixels alone may carry a coefficient beyond its step."""

_OWN_AT_MOST: Final = 0.5
"""Grey levels; what a coder of quality 94 leaves."""

_MOST: Final = 8.0
_HALVINGS: Final = 14
_BINS: Final = 400
_LARGEST: Final = 1024  # that a coefficient of 8-bit pixels can be
_FIRST_STEPS: Final = tuple(float(step) for step in range(2, 31))
_FAR: Final = 20.0
_MIN_EXPECTED: Final = 50.0
"""So many have to stray if the two differ by one grey level, or nothing is said."""


@dataclass(frozen=True, slots=True)
class CodedViews:
    """The windows in which two pictures are compared: the copy's, and what lies under them."""

    copy: Windows
    source: Windows


def coded_views(
    copy: FinePicture, copy_px: tuple[int, int], source_px: tuple[int, int]
) -> CodedViews | None:
    """Choose windows for `unexplained`.

    Args:
        copy: all of the copy as it was seen, with the steps of its coder.
        copy_px: its own width and height.
        source_px: those of the other picture.

    Returns:
        None where the copy's steps are not known, or no part of it is large and exposed enough.
    """
    across, down = source_px[0] / copy_px[0], source_px[1] / copy_px[1]
    scale = max(across, down, 1.0)
    reach = math.ceil(2 * REACH_PX * scale)
    under = math.ceil(_EDGE_PX * scale) + 2 * reach
    found = quiet_windows(copy, copy_px, _EDGE_PX, copy.grid_px) if copy.steps else []
    if not found or under > min(source_px):
        return None
    count = max(1, min(_WINDOWS, len(found), _SOURCE_PX // under**2))
    chosen = np.linspace(_CALMEST * len(found), _BUSIEST * (len(found) - 1), count)
    corners = tuple(dict.fromkeys(found[int(place)] for place in chosen))
    below = tuple(
        (_within(left * across - reach, under, source_px[0]),
         _within(top * down - reach, under, source_px[1]))
        for left, top in corners
    )  # fmt: skip
    return CodedViews(
        Windows(
            width_px=copy_px[0],
            height_px=copy_px[1],
            edge_px=_EDGE_PX,
            corners=corners,
            is_coded=True,
        ),
        Windows(width_px=source_px[0], height_px=source_px[1], edge_px=under, corners=below),
    )


@dataclass(frozen=True, slots=True)
class Unexplained:
    """By how much two pictures differ beyond what coders round, as a deviation in grey levels.

    `once` of one coefficient, if the copy was coded once; `twice` if it may have been coded before
    in its own size, to any steps: None where that was not asked, or cannot be told.
    """

    once: float
    twice: float | None = None

    def lesser(self, other: "Unexplained") -> "Unexplained":
        """Return what is left if either of two ways to see the pair may be right."""
        once = min(self.once, other.once)
        if self.twice is None or other.twice is None:
            return Unexplained(once)
        return Unexplained(once, min(self.twice, other.twice))


def unexplained(
    views: CodedViews, copy: FinePicture, source: FinePicture, *, enough: float = 0.0
) -> Unexplained | None:
    """Compare the coefficients of two pictures in the calmer half of the blocks with any detail.

    Args:
        views: what `coded_views` chose.
        copy: the copy's windows.
        source: the windows of the other picture.
        enough: so little explains the copy; what leaves no more is not bettered.

    Returns:
        None where the steps leave too little to tell by.
    """
    steps = np.array([copy.steps[_BLOCK_PX * row + column] for row, column in _LOW], np.float32)
    planes = cells_of(copy), cells_of(source)  # as floats a source would take 64 MB
    plain = _gathered(views, *planes, steps, _SHARPEST)
    own = _own_rounding(views, source)
    once = _once(plain, plain.known[..., 0], own)
    if once is None or once <= enough:
        return None if once is None else Unexplained(once)
    is_scaled = _is_scaled(views)
    every = _gathered(views, *planes, steps, _MOVES_PX if is_scaled else _BLURS)
    fitted = _fitted(every)
    ways = [(plain, plain.known[..., 0])]
    if _is_a_filter(every, fitted):
        ways.append((every, fitted))
        best = _once(every, fitted, own)
        if best is None:
            return None
        once = min(once, best)
    if once <= enough or is_scaled:
        return Unexplained(once)
    twice = [levels for way in ways if (levels := _twice(*way)) is not None]
    return Unexplained(once, min(once, *twice) if len(twice) == len(ways) else None)


def _within(place: float, size: int, whole: int) -> int:
    return min(max(0, math.floor(place)), whole - size)


def _is_scaled(views: CodedViews) -> bool:
    copy, source = views.copy, views.source
    return (copy.width_px, copy.height_px) != (source.width_px, source.height_px)


@dataclass(frozen=True, slots=True)
class _Blocks:
    """The usable blocks of all windows.

    `known` are the source's coefficients in the copy's size by every filter in every place
    (blocks x 9 x filters), the sharpest one unmoved at `middle`; `coded` are the copy's, and
    `steps` what they were rounded to (blocks x 9). `is_spread` tells which are large enough to lie
    anywhere within a step, `is_calm` which blocks are the calmer half of those with such.
    """

    known: NDArray[np.float32]
    middle: int
    coded: NDArray[np.float32]
    steps: NDArray[np.float32]
    is_spread: NDArray[np.bool_]
    is_calm: NDArray[np.bool_]


def _gathered(
    views: CodedViews,
    copy: NDArray[np.uint8],
    source: NDArray[np.uint8],
    steps: NDArray[np.float32],
    moves_px: Mapping[str, int],
) -> _Blocks:
    """Return what the windows hold, the source reduced by filters, each moved by so many pixels."""
    known, coded, unrest = [], [], []
    edge, under = views.copy.edge_px, views.source.edge_px
    middle = (2 * moves_px[FILTERS[0]] + 1) ** 2 // 2
    for place in range(len(views.copy.corners)):
        own = copy[place * edge : (place + 1) * edge].astype(np.float32)
        its = source[place * under : (place + 1) * under].astype(np.float32)
        planes = list(_reduced(views, place, its, moves_px))
        seen = _blocks(planes[middle])
        usable = (seen.min(axis=1) > _CLIPPED[0]) & (seen.max(axis=1) < _CLIPPED[1])
        parts = [_blocks(plane)[usable] @ _basis(_LOW) for plane in planes]
        known.append(np.stack(parts, axis=-1))
        coded.append(np.round(_blocks(own)[usable] @ _basis(_LOW) / steps) * steps)
        unrest.append(np.square(seen[usable] @ _basis(_FINE)).mean(axis=1, dtype=np.float64))
    every, busy = np.concatenate(known), np.concatenate(unrest)
    is_spread = np.abs(every[..., middle]) >= steps
    detailed = np.repeat(busy, is_spread.sum(axis=1))
    calmest = np.percentile(detailed, _CALM_HALF) if len(detailed) else np.inf
    return _Blocks(
        known=every,
        middle=middle,
        coded=np.concatenate(coded),
        steps=np.broadcast_to(steps, is_spread.shape),
        is_spread=is_spread,
        is_calm=busy <= calmest,
    )


def _reduced(
    views: CodedViews, place: int, its: Plane, moves_px: Mapping[str, int]
) -> Iterator[Plane]:
    """Yield one window of the source in the copy's pixels, by every filter in every place."""
    copy, source = views.copy, views.source
    (left, top), (its_left, its_top) = copy.corners[place], source.corners[place]
    margin, edge = max(moves_px.values()), copy.edge_px
    for name, move in moves_px.items():
        across = weights(
            name,
            (source.width_px, copy.width_px),
            range(left - margin, left + edge + margin),
            range(its_left, its_left + source.edge_px),
        )
        down = weights(
            name,
            (source.height_px, copy.height_px),
            range(top - margin, top + edge + margin),
            range(its_top, its_top + source.edge_px),
        )
        wide = (down @ its @ across.T).astype(np.float32, copy=False)
        places = range(margin - move, margin + move + 1)
        for row in places:
            for column in places:
                yield wide[row : row + edge, column : column + edge]


def _fitted(blocks: _Blocks) -> NDArray[np.float32]:
    """Return the coefficients by the sum of filters that explains the copy best.

    What stands out is left out of the fit; the less there is to fit by, the closer it stays to the
    sharpest filter alone.
    """
    chosen = blocks.is_spread
    step = blocks.steps[chosen].astype(np.float64)
    terms, wanted = blocks.known[chosen] / step[:, None], blocks.coded[chosen] / step
    kept = np.ones(len(wanted), dtype=np.bool_)
    supposed = np.zeros(terms.shape[1])
    supposed[blocks.middle] = 1.0
    found = supposed
    for _ in range(_FITS if len(wanted) else 0):
        some = terms[kept]
        change = some.T @ (wanted[kept] - some @ supposed)
        found = supposed + np.linalg.solve(some.T @ some + _RIDGE * np.eye(len(supposed)), change)
        error = np.abs(wanted - terms @ found)
        kept = error <= max(0.6, float(np.percentile(error, _TRIMMED)))
    predicted: NDArray[np.float32] = blocks.known @ found.astype(np.float32)
    return predicted


def _is_a_filter(blocks: _Blocks, fitted: NDArray[np.float32]) -> bool:
    """Tell whether the fit may be what reduced the copy, and no blur that takes all grain away.

    Where there is little but grain, that fits best which removes what does not repeat.
    """
    plain = blocks.known[..., blocks.middle] * blocks.is_spread
    power, shared = np.square(plain).sum(axis=0), (plain * fitted).sum(axis=0)
    return bool((shared >= _LEAST_GAIN * power).all())


@dataclass(frozen=True, slots=True)
class _Strays:
    """How many coefficients strayed, and the ways that all of them had to the next value."""

    count: int
    away: NDArray[np.float32]

    def __add__(self, other: "_Strays") -> "_Strays":
        return _Strays(self.count + other.count, np.concatenate([self.away, other.away]))

    def expected(self, deviation: float) -> float:
        """Return how many an error of that deviation makes stray."""
        counts, edges = np.histogram(self.away, bins=_BINS, range=(0.0, _FAR))
        places = ((edges[:-1] + edges[1:]) / 2).tolist()
        tails = [0.5 * math.erfc(place / deviation / math.sqrt(2)) for place in places]
        return float(np.dot(counts, tails))

    def deviation(self) -> float | None:
        """Return the deviation of the error that makes so many stray."""
        if self.expected(1.0) < _MIN_EXPECTED:
            return None
        low, high = 0.0, _MOST
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if self.expected(middle) < self.count else (low, middle)
        return round(high, 3)


def _own_rounding(views: CodedViews, source: FinePicture) -> float:
    """Return how far the source's own coder may have carried a coefficient, in the copy's size.

    The copy may be made of what the source was made of. Of a coarse coder that would excuse too
    much: then a sibling is left to the eye.
    """
    steps = (
        [source.steps[_BLOCK_PX * row + column] for row, column in _LOW] if source.steps else [0]
    )
    scale = views.copy.width_px / views.source.width_px
    return min(_OWN_AT_MOST, scale * math.sqrt(sum(step**2 for step in steps) / len(steps) / 12))


def _once(blocks: _Blocks, predicted: NDArray[np.float32], own: float) -> float | None:
    """Return what is left if the copy was rounded to its own steps alone."""
    columns = range(len(_LOW))
    found = [_strays(blocks, predicted, at, float(blocks.steps[0, at])) for at in columns]
    levels = sum(found[1:], found[0]).deviation()
    return None if levels is None else round(math.sqrt(max(0.0, levels**2 - own**2)), 3)


def _twice(blocks: _Blocks, predicted: NDArray[np.float32]) -> float | None:
    """Return what is left if it was rounded before, each coefficient to what explains most."""
    found = []
    for at in range(len(_LOW)):
        own = float(blocks.steps[0, at])
        tried = (_strays(blocks, predicted, at, first) for first in (own, *_FIRST_STEPS))
        found.append(min(tried, key=lambda one: (one.count + 2) / (one.expected(1.0) + 2)))
    return sum(found[1:], found[0]).deviation()


def _strays(blocks: _Blocks, predicted: NDArray[np.float32], column: int, first: float) -> _Strays:
    """See which coefficients are not what rounding to a first step and their own makes of them.

    Whatever a coefficient was, an error carries it to another value only where it is as large as
    what lies between.
    """
    own = float(blocks.steps[0, column])
    known, size = predicted[:, column], np.abs(predicted[:, column])
    # Between half a step and one, some coders round to nothing what others keep.
    coarse = max(first, own)
    telling = blocks.is_calm & ((size >= coarse) | (size < coarse / 2 - _SLACK))
    known, coded = known[telling], np.round(blocks.coded[telling, column] / own)
    marks = np.arange(-(_LARGEST // first) - 2, _LARGEST // first + 3)
    values = np.round(marks * first / own)
    changes = np.flatnonzero(np.diff(values))
    edges = ((marks[changes] + 0.5) * first).astype(np.float32)
    values = np.append(values[changes], values[-1])
    below, above = (np.searchsorted(edges, known + slack) for slack in (-_SLACK, _SLACK))
    strayed = (coded < values[below]) | (coded > values[above])
    away = [
        edges[np.minimum(above, len(edges) - 1)] - known,
        known - edges[np.maximum(below - 1, 0)],
    ]
    return _Strays(int(strayed.sum()), np.concatenate(away))


def _blocks(plane: Plane) -> Plane:
    """Return the whole 8 x 8 blocks of a plane, one row each."""
    rows, columns = plane.shape[0] // _BLOCK_PX, plane.shape[1] // _BLOCK_PX
    cut = plane[: rows * _BLOCK_PX, : columns * _BLOCK_PX]
    parts = cut.reshape(rows, _BLOCK_PX, columns, _BLOCK_PX).transpose(0, 2, 1, 3)
    return parts.reshape(rows * columns, _BLOCK_PX**2)


@cache
def _basis(wanted: tuple[tuple[int, int], ...]) -> Plane:
    """Return the cosines of some coefficients (row, column), one column each."""
    at = np.arange(_BLOCK_PX)
    waves = [np.cos(np.pi * (2 * at + 1) * k / (2 * _BLOCK_PX)) for k in range(_BLOCK_PX)]
    waves = [wave / np.linalg.norm(wave) for wave in waves]
    columns = [np.outer(waves[row], waves[column]).ravel() for row, column in wanted]
    return np.stack(columns, axis=1).astype(np.float32)
