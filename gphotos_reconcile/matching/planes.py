"""Planes of luma as matrices: averaged by tiles, blurred."""

import numpy as np
from numpy.typing import NDArray

from gphotos_reconcile.core.model import FinePicture

Plane = NDArray[np.float32]
Cells = NDArray[np.float64]


def plane_of(picture: FinePicture) -> Plane:
    """Return a picture's luma, one row per line."""
    return cells_of(picture).astype(np.float32)


def cells_of(picture: FinePicture) -> NDArray[np.uint8]:
    """Return a picture's luma as it is held, without a copy."""
    cells = np.frombuffer(picture.luma, dtype=np.uint8)
    return cells.reshape(picture.height_px, picture.width_px)


def tile_means(plane: Plane, size: int) -> Cells:
    """Return the means over squares of `size` pixels; what is left at the edges is not counted."""
    rows, columns = plane.shape[0] // size, plane.shape[1] // size
    if not rows or not columns:
        return np.full((1, 1), plane.mean(), dtype=np.float64)
    cut = plane[: rows * size, : columns * size].reshape(rows, size, columns, size)
    means: Cells = cut.mean(axis=(1, 3), dtype=np.float64)
    return means


def blurred(plane: Plane) -> Plane:
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
