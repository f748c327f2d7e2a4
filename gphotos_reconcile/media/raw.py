"""Raws: the embedded preview is the picture; sensor data are never developed in full."""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import rawpy
from PIL import Image

from gphotos_reconcile.media import cr3
from gphotos_reconcile.media.errors import PictureError
from gphotos_reconcile.media.exif import exif_block, orientation_of
from gphotos_reconcile.media.jpeg import read_layout, segments
from gphotos_reconcile.media.picture import (
    Opened,
    Reserve,
    decoding,
    open_picture,
    within_budget,
)
from gphotos_reconcile.media.tiff import Directory, read_tiff
from gphotos_reconcile.media.window import Span, SubWindow, Window

# LibRaw tells how to turn by a code of its own; these are the EXIF orientations for it.
_ORIENTATION_OF_FLIP: Final = {3: 3, 5: 8, 6: 6}
_JPEG_TAGS: Final = ((0x0111, 0x0117), (0x0201, 0x0202))  # a strip, or a thumbnail
_JPEG_FROM_RAW: Final = 0x002E  # Panasonic: the preview itself is the tag's value
_DECODABLE_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})
_BYTES_PER_SENSOR_PIXEL: Final = 8


Inside = tuple[Directory | None, list[Span], list[tuple[int, int]]]
"""The directory that tells the orientation, where JPEGs may lie, sizes of the raw as stored."""


@dataclass(frozen=True, slots=True)
class OpenedRaw:
    """A raw's preview, and the upright size of the sensor's picture."""

    preview: Opened
    width_px: int | None
    height_px: int | None


def open_raw(window: Window, reserve: Reserve = within_budget) -> OpenedRaw:
    """Read a raw's header and its largest embedded preview.

    A raw without a preview is developed at half size, each block of four sensor pixels giving one.

    Raises:
        PictureError: LibRaw does not understand the file, or it is larger than the budget.
    """
    reserve(window.size_bytes)
    with decoding():
        try:
            raw = rawpy.imread(window.stream())
        except rawpy.LibRawError as error:  # a camera newer than LibRaw may still be previewed
            own = _preview_of_its_own(window)
            if own is None:
                raise PictureError(f"LibRaw cannot read it ({_words(error)})") from None
            return own
        with raw:
            return _read(raw, reserve)


def _read(raw: rawpy.RawPy, reserve: Reserve) -> OpenedRaw:
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


def _preview_of_its_own(window: Window) -> OpenedRaw | None:
    """Return the largest JPEG that the raw's own structure points to, and the raw's size."""
    if window.at(4, 8) == b"ftypcrx ":
        page, spans, sizes = _in_cr3(window)
    elif window.at(0, 8) == b"FUJIFILM":
        page, spans, sizes = _in_raf(window)
    else:
        page, spans, sizes = _in_directories(window)
    orientation = orientation_of(page) if page is not None else 1
    for span in sorted(spans, key=lambda span: span[1], reverse=True):
        part = SubWindow(window, span)
        if part.at(0, 2) == b"\xff\xd8" and read_layout(part).frame_marker in _DECODABLE_FRAMES:
            width, height = max(sizes, key=lambda size: size[0] * size[1], default=(0, 0))
            if orientation >= 5:
                width, height = height, width
            return OpenedRaw(
                open_picture(part.stream(), orientation), width or None, height or None
            )
    return None


def _in_cr3(window: Window) -> Inside:
    tiff = cr3.directories(window)
    tracks = cr3.picture_tracks(window)
    page = tiff.pages[0] if tiff is not None and tiff.pages else None
    return page, cr3.embedded_jpegs(window), [(track.width_px, track.height_px) for track in tracks]


def _in_raf(window: Window) -> Inside:
    """Read the header of a Fuji raw; only LibRaw knows where it tells the sensor's size."""
    offset, length = struct.unpack(">II", window.at(84, 8).ljust(8, b"\0"))
    shown = SubWindow(window, (offset, length))
    block = next(segments(shown, read_layout(shown), 0xE1, b"Exif\0"), None)
    tiff = exif_block(block[1:]) if block else None
    return tiff.pages[0] if tiff is not None and tiff.pages else None, [(offset, length)], []


def _in_directories(window: Window) -> Inside:
    tiff = read_tiff(window)
    if tiff is None or not tiff.pages:
        return None, [], []
    spans = [
        span for directory in tiff.all for tags in _JPEG_TAGS for span in _span(directory, tags)
    ]
    page = tiff.pages[0]
    whole = page.entries.get(_JPEG_FROM_RAW)
    if whole is not None:
        spans.append((whole.offset, whole.count))
    tags = ((0x0100, 0x0101), (0x0007, 0x0006))  # as in any TIFF; as Panasonic writes
    sizes = [
        (directory.integer(across) or 0, directory.integer(down) or 0)
        for directory in tiff.all
        for across, down in tags
    ]
    return page, spans, sizes


def _span(directory: Directory, tags: tuple[int, int]) -> Iterator[Span]:
    offset, length = directory.integers(tags[0]), directory.integers(tags[1])
    if len(offset) == len(length) == 1:
        yield offset[0], length[0]


def _words(error: Exception) -> str:
    """Return LibRaw's words, which it hands over as bytes."""
    first = error.args[0] if error.args else b""
    return first.decode("latin-1") if isinstance(first, bytes) else str(error)
