"""Raws: the embedded preview is the picture; sensor data are never developed in full."""

import io
from dataclasses import dataclass
from typing import Final

import rawpy
from PIL import Image

from gphotos_reconcile.media.picture import (
    Opened,
    PictureError,
    Reserve,
    decoding,
    open_picture,
    within_budget,
)
from gphotos_reconcile.media.window import Window

# LibRaw tells how to turn by a code of its own; these are the EXIF orientations for it.
_ORIENTATION_OF_FLIP: Final = {3: 3, 5: 8, 6: 6}
_BYTES_PER_SENSOR_PIXEL: Final = 8


@dataclass(frozen=True, slots=True)
class OpenedRaw:
    """A raw's preview, and the upright size of the sensor's picture."""

    preview: Opened
    width_px: int
    height_px: int


def open_raw(window: Window, reserve: Reserve = within_budget) -> OpenedRaw:
    """Read a raw's header and its largest embedded preview.

    A raw without a preview is developed at half size, each block of four sensor pixels giving one.

    Raises:
        PictureError: LibRaw does not understand the file, or it is larger than the budget.
    """
    with decoding():
        reserve(window.size_bytes)
        with rawpy.imread(window.stream()) as raw:
            sizes = raw.sizes
            orientation = _ORIENTATION_OF_FLIP.get(sizes.flip, 1)
            preview = _embedded(raw, orientation) or _developed(raw, orientation, reserve)
        width, height = sizes.width, sizes.height
        if orientation >= 5:
            width, height = height, width
        return OpenedRaw(preview, width, height)


def _embedded(raw: rawpy.RawPy, orientation: int) -> Opened | None:
    try:
        found = raw.extract_thumb()
    except (rawpy.LibRawNoThumbnailError, rawpy.LibRawUnsupportedThumbnailError):
        return None
    if not isinstance(found.data, bytes):
        return Opened(Image.fromarray(found.data), orientation)
    try:
        preview = open_picture(io.BytesIO(found.data))
    except PictureError:
        return None
    # A preview that says how to turn itself knows best; most say nothing.
    turned = preview.orientation if preview.orientation != 1 else orientation
    return Opened(preview.image, turned)


def _developed(raw: rawpy.RawPy, orientation: int, reserve: Reserve) -> Opened:
    sizes = raw.sizes
    reserve(sizes.raw_width * sizes.raw_height * _BYTES_PER_SENSOR_PIXEL)
    pixels = raw.postprocess(half_size=True, use_camera_wb=True, output_bps=8, user_flip=0)
    return Opened(Image.fromarray(pixels), orientation)
