"""The two perceptual hashes that are kept, bit for bit those of the imagehash package.

Done here in a few lines, since that package brings SciPy along: 150 MB on disk, and a third of a
second of each worker's start.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_EDGE_PX: Final = 8
_SAMPLED_PX: Final = 32
_SAMPLES: Final = Image.Resampling.LANCZOS
_DIGITS: Final = 6  # far above rounding errors, so that a flat picture's zeros are zeros

_BASIS: Final[NDArray[np.float64]] = 2 * np.cos(
    np.pi * np.arange(_EDGE_PX)[:, None] * (2 * np.arange(_SAMPLED_PX) + 1) / (2 * _SAMPLED_PX)
)


def phash(grid: Image.Image) -> str:
    """Return the DCT hash of a grey picture as 16 hex digits.

    The top-left coefficient is the highest bit; a bit is 1 where a coefficient is greater than
    the median of the 64 lowest frequencies.

    Source: N. Krawetz, "Looks Like It", The Hacker Factor Blog, 2011-05-26.
    """
    small = np.asarray(grid.resize((_SAMPLED_PX, _SAMPLED_PX), _SAMPLES), np.float64)
    low = np.round(_BASIS @ small @ _BASIS.T, _DIGITS)
    middle = np.sort(low, axis=None)[31:33]
    return _hex(low > middle.sum() / 2)


def dhash(grid: Image.Image) -> str:
    """Return the difference hash as 16 hex digits: 1 where a pixel outshines its left neighbour.

    Source: N. Krawetz, "Kind of Like That", The Hacker Factor Blog, 2013-01-21.
    """
    small = np.asarray(grid.resize((_EDGE_PX + 1, _EDGE_PX), _SAMPLES))
    return _hex(small[:, 1:] > small[:, :-1])


def _hex(bits: NDArray[np.bool_]) -> str:
    return np.packbits(bits).tobytes().hex()
