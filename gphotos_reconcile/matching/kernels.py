"""How programs reduce pictures: the weights of their filters, for all or one part of a picture."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from gphotos_reconcile.matching.planes import Plane

FILTERS: Final = ("lanczos", "area", "box", "linear", "nearest")
"""What programs use, the sharpest first: Lanczos' kernel (bicubic and bilinear ones are that with
a little blur); exact areas; whole pixels; two neighbours whatever the scale; one pixel."""

REACH_PX: Final = 4
"""How many of its own pixels beyond a part the widest filter needs."""

_LOBES: Final = 3

_Cells = NDArray[np.float64]


def resampled(plane: Plane, height: int, width: int) -> Plane:
    """Return the plane at another size, by Lanczos' kernel."""
    if plane.shape[1] != width:
        plane = plane @ _whole(plane.shape[1], width).T
    if plane.shape[0] != height:
        plane = _whole(plane.shape[0], height) @ plane
    return plane


def _whole(size_in: int, size_out: int) -> Plane:
    return weights("lanczos", (size_in, size_out), range(size_out), range(size_in))


def weights(name: str, sizes: tuple[int, int], wanted: range, given: range) -> Plane:
    """Return the weights of given pixels of a line in the wanted pixels of a shorter one.

    Args:
        name: one of `FILTERS`.
        sizes: how many pixels the longer and the shorter line have.
        wanted: places in the shorter line; those beyond its ends repeat the last.
        given: places in the longer line; all that the filter reaches have to be among them.

    Returns:
        One row for each wanted pixel, one column for each given one.
    """
    scale = sizes[0] / sizes[1]
    places = np.clip(np.array(wanted), 0, sizes[1] - 1)
    centres = (places + 0.5) * scale
    away = np.array(given) + 0.5 - centres[:, None]
    found = _OF[name](away, max(scale, 1.0))
    shares: Plane = (found / found.sum(axis=1, keepdims=True)).astype(np.float32)
    return shares


def _lanczos(away: _Cells, scale: float) -> _Cells:
    at = away / scale
    return np.where(np.abs(at) < _LOBES, np.sinc(at) * np.sinc(at / _LOBES), 0.0)


def _area(away: _Cells, scale: float) -> _Cells:
    low, high = np.maximum(away - 0.5, -scale / 2), np.minimum(away + 0.5, scale / 2)
    shared: _Cells = np.maximum(high - low, 0.0)
    return shared


def _box(away: _Cells, scale: float) -> _Cells:
    return ((away > -scale / 2) & (away <= scale / 2)).astype(np.float64)


def _linear(away: _Cells, scale: float) -> _Cells:
    del scale
    shares: _Cells = np.maximum(1 - np.abs(away), 0.0)
    return shares


def _nearest(away: _Cells, scale: float) -> _Cells:
    del scale
    return ((away > -0.5) & (away <= 0.5)).astype(np.float64)


_OF: Final = {
    "lanczos": _lanczos,
    "area": _area,
    "box": _box,
    "linear": _linear,
    "nearest": _nearest,
}
