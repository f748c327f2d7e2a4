"""How much two pictures differ, in the two figures that everybody knows: PSNR and SSIM."""

import math
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gphotos_reconcile.core.model import FinePicture

EQUAL_DB: Final = 100.0
"""What is told in place of an infinite PSNR: not one pixel differs."""

_PEAK: Final = 255.0
_RADIUS: Final = 5
_SIGMA: Final = 1.5
_C1: Final = (0.01 * _PEAK) ** 2
_C2: Final = (0.03 * _PEAK) ** 2

Plane = NDArray[np.float64]


class Agreement(NamedTuple):
    """Peak signal to noise ratio in dB, and mean structural similarity from 0 to 1."""

    psnr_db: float
    ssim: float


def agreement(original: FinePicture, returned: FinePicture) -> Agreement | None:
    """Compare luma with luma, the returned picture brought to the original's size.

    None when their shapes differ or a side is shorter than the window of 11 pixels.

    Source: Z. Wang, A. Bovik, H. Sheikh, E. Simoncelli, "Image quality assessment: from error
    visibility to structural similarity", IEEE Transactions on Image Processing 13(4), 2004.
    """
    size = (original.width_px, original.height_px)
    if min(size) <= 2 * _RADIUS or not _same_shape(original, returned):
        return None
    first = _plane(_image(original))
    second = _plane(_image(returned).resize(size, Image.Resampling.LANCZOS))
    return Agreement(_psnr_db(first, second), _ssim(first, second))


def _same_shape(original: FinePicture, returned: FinePicture) -> bool:
    """Tell whether the sides have the same ratio, give or take the rounding to whole pixels."""
    scale = returned.width_px / original.width_px
    return abs(original.height_px * scale - returned.height_px) <= max(1.5, scale)


def _image(picture: FinePicture) -> Image.Image:
    return Image.frombytes("L", (picture.width_px, picture.height_px), picture.luma)


def _plane(image: Image.Image) -> Plane:
    return np.asarray(image, dtype=np.float64)


def _psnr_db(first: Plane, second: Plane) -> float:
    error = float(np.mean((first - second) ** 2))
    return EQUAL_DB if error == 0 else min(EQUAL_DB, 10 * math.log10(_PEAK**2 / error))


def _ssim(first: Plane, second: Plane) -> float:
    mean_1, mean_2 = _blurred(first), _blurred(second)
    variance_1 = _blurred(first * first) - mean_1**2
    variance_2 = _blurred(second * second) - mean_2**2
    covariance = _blurred(first * second) - mean_1 * mean_2
    above = (2 * mean_1 * mean_2 + _C1) * (2 * covariance + _C2)
    below = (mean_1**2 + mean_2**2 + _C1) * (variance_1 + variance_2 + _C2)
    return float(np.mean(above / below))


def _blurred(plane: Plane) -> Plane:
    """Return the means under a Gaussian window of 11 pixels, where it lies wholly inside."""
    at = np.arange(-_RADIUS, _RADIUS + 1)
    weights = np.exp(-(at**2) / (2 * _SIGMA**2))
    weights /= weights.sum()
    rows, columns = plane.shape
    high, wide = rows - 2 * _RADIUS, columns - 2 * _RADIUS
    down = sum(w * plane[i : i + high, :] for i, w in enumerate(weights))
    return np.asarray(sum(w * down[:, i : i + wide] for i, w in enumerate(weights)))
