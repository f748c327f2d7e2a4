"""What a picture's format may have rounded: the steps of a JPEG's luma, and where its blocks lie.

Source: ITU-T T.81, A.3.4 (quantisation) and A.2.4 (blocks begin at the left upper corner).
"""

from dataclasses import dataclass
from typing import Final

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from gphotos_reconcile.media.picture import Opened

_BLOCK_PX: Final = 8
_LOSSLESS: Final = frozenset({"PNG", "BMP"})
_PLAIN_MODES: Final = frozenset({"RGB", "L"})
_MIRRORED_ACROSS: Final = frozenset({2, 3, 6, 7})
_MIRRORED_DOWN: Final = frozenset({3, 4, 7, 8})
_TRANSPOSED: Final = frozenset({5, 6, 7, 8})
"""The EXIF orientations whose upright picture ends, or lies, where the stored one begins."""

_Layer = tuple[int, int, int, int]  # number, samples across, samples down, table


@dataclass(frozen=True, slots=True)
class Coding:
    """The 64 steps of the luma, row by row of an upright block; empty: not known.

    The first whole block of the upright picture begins at `grid_px` (x, y).
    """

    steps: tuple[int, ...] = ()
    grid_px: tuple[int, int] = (0, 0)


def coding_of(opened: Opened) -> Coding:
    """Return how a picture's luma was rounded, by what its header says."""
    image, turn = opened.image, opened.orientation
    if image.format in _LOSSLESS and image.mode in _PLAIN_MODES:
        return Coding((1,) * _BLOCK_PX**2)
    if not has_luma(image):
        return Coding()
    assert isinstance(image, JpegImageFile)  # noqa: S101  # told by has_luma
    table: list[int] = image.quantization.get(image.layer[0][3], [])
    if len(table) != _BLOCK_PX**2:
        return Coding()
    if turn in _TRANSPOSED:
        table = [table[_BLOCK_PX * column + row] for row in range(8) for column in range(8)]
    width, height = opened.upright_size
    x = width % _BLOCK_PX if turn in _MIRRORED_ACROSS else 0
    y = height % _BLOCK_PX if turn in _MIRRORED_DOWN else 0
    return Coding(tuple(table), (x, y))


def has_luma(image: Image.Image) -> bool:
    """Tell whether a JPEG holds luma, one sample for every pixel: not RGB, CMYK or lossless."""
    if not isinstance(image, JpegImageFile) or image.format not in {"JPEG", "MPO"}:
        return False
    layers: list[_Layer] = image.layer
    if len(layers) == 1:
        return True
    is_ycc = image.info.get("adobe_transform", 1) == 1 and layers[0][0] != ord("R")
    finest = max(layer[1] for layer in layers), max(layer[2] for layer in layers)
    return len(layers) == 3 and is_ycc and layers[0][1:3] == finest
