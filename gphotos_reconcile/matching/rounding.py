"""What a JPEG's coder may have rounded away: what differs by more is no copy of this picture.

A JPEG holds every coefficient of its blocks rounded to a step that the file names. So the fine
detail of a copy differs from its source by half a step at most, whatever the texture and however
much grain was lost; the next frame of a tripod burst, whose grain is another draw, does not keep
to that. Where the steps are so coarse, or the picture so much reduced, that all grain lies below
them, nothing is said.

Source: ITU-T T.81, A.3.4 (quantisation). The limits are measured, see `options`.
"""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gphotos_reconcile.core.model import FinePicture
from gphotos_reconcile.matching.planes import Plane

_BLOCK_PX: Final = 8
_LOW: Final = ((0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (1, 2), (2, 1), (0, 3), (3, 0))
"""Rows and columns of the coarsest coefficients but the mean: what other filters change least."""

_SLACK: Final = 0.75
"""Pixels are whole numbers: a coefficient strays by so much more, hardly ever further."""

_CLIPPED: Final = (8.0, 247.0)
_MIN_BLOCKS: Final = 400


def strays(left: Plane, other: Plane, copy: FinePicture, source: FinePicture) -> float | None:
    """Return the share of coarse coefficients that differ by more than rounding explains.

    Args:
        left: what is left of the difference in the copy's own pixels, from their first block on.
        other: the source in the copy's size.
        copy: the smaller picture, with the steps of its coder.
        source: the other picture; what its own coder rounded counts too.

    Returns:
        The share over the calmest quarter of the usable blocks; None where the copy's steps are
        not known, its pixels are not the coded ones, or too few blocks are neither dark nor bright.
    """
    if not copy.steps or copy.scale != 1.0:
        return None
    known, rest = _blocks(other), _blocks(left)
    usable = np.flatnonzero((known.min(axis=1) > _CLIPPED[0]) & (known.max(axis=1) < _CLIPPED[1]))
    if len(usable) < _MIN_BLOCKS:
        return None
    unrest = np.abs(known[usable] @ _basis()).sum(axis=1)
    count = max(_MIN_BLOCKS, len(usable) // 4)
    calm = usable[np.argsort(unrest, kind="stable")[:count]]
    limits = (_steps(copy) + source.scale * _steps(source)) / 2 + _SLACK
    return float((np.abs(rest[calm] @ _basis()) > limits).mean())


def _blocks(plane: Plane) -> Plane:
    """Return the whole 8 x 8 blocks of a plane, one row each."""
    rows, columns = plane.shape[0] // _BLOCK_PX, plane.shape[1] // _BLOCK_PX
    cut = plane[: rows * _BLOCK_PX, : columns * _BLOCK_PX]
    parts = cut.reshape(rows, _BLOCK_PX, columns, _BLOCK_PX).transpose(0, 2, 1, 3)
    return parts.reshape(rows * columns, _BLOCK_PX**2)


def _steps(picture: FinePicture) -> NDArray[np.float32]:
    """Return the steps of the coarse coefficients, 0 where they are not known."""
    if not picture.steps:
        return np.zeros(len(_LOW), dtype=np.float32)
    table = np.array(picture.steps, dtype=np.float32).reshape(_BLOCK_PX, _BLOCK_PX)
    rows, columns = zip(*_LOW, strict=True)
    steps: NDArray[np.float32] = table[list(rows), list(columns)]
    return steps


@cache
def _basis() -> Plane:
    """Return the cosines of the coarse coefficients, one column each."""
    at = np.arange(_BLOCK_PX)
    waves = [np.cos(np.pi * (2 * at + 1) * k / (2 * _BLOCK_PX)) for k in range(_BLOCK_PX)]
    waves = [wave / np.linalg.norm(wave) for wave in waves]
    return np.stack([np.outer(waves[v], waves[u]).ravel() for v, u in _LOW], axis=1).astype(
        np.float32
    )
