"""Pictures to signatures: decode as little as will do, reduce, then turn upright.

A JPEG is decoded at the smallest DCT scale that leaves twice the grid on its short edge; every
other picture is averaged by the same factor first, so that grids of one picture in two formats
come out alike. Colour profiles are not applied: copies keep them. Transparent parts lie on white.
"""

import contextlib
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

import numpy as np
import pillow_heif
from PIL import Image, ImageFile

from gphotos_reconcile.core.model import CHROMA_PX, GRID_PX, PictureSignature
from gphotos_reconcile.media.errors import PictureError
from gphotos_reconcile.media.hashes import dhash, phash

MAX_PICTURE_BYTES: Final = 448 << 20
"""What one picture may take when decoded; the largest phones' photos need less."""

_JPEG_SCALES: Final = (8, 4, 2, 1)
# Peaks measured on large pictures, the decoder's own buffers included, file not.
_BYTES_PER_PIXEL_OF_FORMAT: Final = {"HEIF": 9, "AVIF": 10, "WEBP": 16}
_BYTES_PER_PIXEL_OF_MODE: Final = {"1": 2, "L": 2, "P": 6, "RGB": 5, "RGBA": 10}
_READ_BYTES: Final = 1 << 23  # Pillow's 64 KiB make the decoder stop and resume all the time
_GAP: Final = 2.0  # averages by whole factors first, down to twice the wanted size
SAMPLES: Final = Image.Resampling.LANCZOS
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# Our own budget below refuses bombs by the memory they would take; Pillow's fixed limit would
# refuse the 200-megapixel photos of real phones.
Image.MAX_IMAGE_PIXELS = 1 << 31
ImageFile.LOAD_TRUNCATED_IMAGES = False
pillow_heif.register_heif_opener()
with contextlib.suppress(ImportError):  # the extra `jxl`
    import pillow_jxl  # noqa: F401  # registers itself
Image.init()

# What is never a photo is never tried, whatever Pillow could make of it.
_FORMATS: Final = tuple(
    name
    for name in (
        "JPEG",
        "PNG",
        "HEIF",
        "WEBP",
        "AVIF",
        "GIF",
        "TIFF",
        "BMP",
        "JPEG2000",
        "PSD",
        "JXL",
    )
    if name in Image.OPEN
)


Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels; fractions count."""

Reserve = Callable[[int], None]
"""Told how many bytes a decoder will take before it takes them; may wait, or refuse."""


def within_budget(needed_bytes: int) -> None:
    """Refuse what is larger than `MAX_PICTURE_BYTES`.

    Raises:
        PictureError: it is.
    """
    if needed_bytes > MAX_PICTURE_BYTES:
        raise PictureError(
            f"decoding it would take {needed_bytes >> 20} MiB, more than the "
            f"{MAX_PICTURE_BYTES >> 20} MiB that one picture may take"
        )


@dataclass(frozen=True, slots=True)
class Opened:
    """A picture whose header was read: its size as stored, and how it has to be turned."""

    image: Image.Image
    orientation: int

    @property
    def upright_size(self) -> tuple[int, int]:
        """Return width and height in pixels after turning."""
        width, height = self.image.size
        return (height, width) if self.orientation >= 5 else (width, height)


def open_picture(stream: BinaryIO, orientation: int | None = None) -> Opened:
    """Read a picture's header.

    Args:
        stream: the picture's bytes, from their start.
        orientation: the EXIF orientation where the caller read it already.

    Raises:
        PictureError: the header cannot be read, or the picture is larger than the budget.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(stream, formats=_FORMATS)
            if image.format in {"HEIF", "TIFF"}:
                orientation = 1  # libheif and Pillow turn these when they decode
            elif orientation is None or image.format == "AVIF":
                orientation = int(image.getexif().get(0x0112, 1) or 1)
    except Exception as error:  # noqa: BLE001  # decoders raise anything on broken input
        raise PictureError(f"the picture's header cannot be read ({_words(error)})") from None
    return Opened(image, orientation if orientation in _TURNS else 1)


def signature(opened: Opened, reserve: Reserve = within_budget) -> PictureSignature:
    """Decode a picture and return what is kept of it.

    Raises:
        PictureError: the picture is damaged, or larger than the budget.
    """
    width_px, height_px = opened.upright_size
    with decoding():
        small, box = reduced(opened.image, 2 * GRID_PX, reserve)
        luma, blue, red = _squares(small, box)
    upright = [turned(plane, opened.orientation) for plane in (luma, blue, red)]
    return PictureSignature(
        luma=upright[0].tobytes(),
        chroma=upright[1].tobytes() + upright[2].tobytes(),
        phash=phash(upright[0]),
        dhash=dhash(upright[0]),
        luma_std=round(float(np.asarray(upright[0], dtype=np.float64).std()), 3),
        source_width_px=width_px,
        source_height_px=height_px,
    )


def reduced(
    image: Image.Image, short_px: int, reserve: Reserve = within_budget
) -> tuple[Image.Image, Box]:
    """Decode a picture at the coarsest scale that leaves `short_px` on its short edge.

    JPEGs are decoded to RGB, not to luma alone: RGB clips saturated colours as everything did
    that ever showed or recompressed the picture; their bare Y differs by up to 15 grey levels.

    Args:
        image: a picture whose header was read.
        short_px: the least that is wanted of the shorter edge.
        reserve: asked before memory is taken.

    Returns:
        The picture in RGB or L, not yet turned, and the box in it that the whole picture
        fills: scaled sizes are rounded up, and the fraction matters for grids to line up.

    Raises:
        PictureError: the picture is larger than the budget.
    """
    width, height = image.size
    factor = _factor(min(width, height), short_px)
    if image.format in {"JPEG", "MPO"}:
        reserve(_needed_bytes(image, factor))
        image.draft("RGB", (width // factor, height // factor))
        image.decodermaxblock = _READ_BYTES  # type: ignore[attr-defined]  # of ImageFile
        return _plain(image), (0, 0, width / factor, height / factor)
    if image.format == "HEIF" and image.draft("RGB", (short_px, short_px)) is not None:
        width, height = image.size
        factor = _factor(min(width, height), short_px)
    reserve(_needed_bytes(image, factor))
    small = _plain(image)
    width, height = image.size
    if factor > 1:
        small = small.reduce(factor)
    return _on_white(small), (0, 0, width / factor, height / factor)


def scaled(opened: Opened, max_px: int, reserve: Reserve = within_budget) -> Image.Image:
    """Decode a picture upright, its longer edge at most `max_px` (0: as large as it is).

    Raises:
        PictureError: the picture is damaged, or larger than the budget.
    """
    width, height = opened.image.size
    longest = max(width, height)
    share = min(1.0, max_px / longest) if max_px else 1.0
    target = (max(1, round(width * share)), max(1, round(height * share)))
    with decoding():
        small, box = reduced(opened.image, min(target), reserve)
        if small.size != target:
            small = small.resize(target, SAMPLES, box=box, reducing_gap=_GAP)
        return turned(small, opened.orientation)


def coded_luma(opened: Opened, reserve: Reserve = within_budget) -> Image.Image:
    """Decode the luma that a JPEG holds, upright, in its own size; see `coding.has_luma`.

    Raises:
        PictureError: the picture is damaged, or larger than the budget.
    """
    image = opened.image
    reserve(_needed_bytes(image, 1))
    with decoding():
        image.draft("L", image.size)
        image.decodermaxblock = _READ_BYTES  # type: ignore[attr-defined]  # of ImageFile
        image.load()
        return turned(image, opened.orientation)


def luma_square(opened: Opened, edge_px: int, reserve: Reserve = within_budget) -> Image.Image:
    """Return the upright luma of a picture squeezed into a square.

    Raises:
        PictureError: the picture is damaged, or larger than the budget.
    """
    with decoding():
        small, box = reduced(opened.image, 2 * edge_px, reserve)
        return turned(_luma(small, box, edge_px), opened.orientation)


def turned(image: Image.Image, orientation: int) -> Image.Image:
    """Return the picture upright, given its EXIF orientation."""
    turn = _TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)


def _luma(small: Image.Image, box: Box, edge_px: int) -> Image.Image:
    """Return Y of the picture squeezed into a square."""
    luma = small if small.mode == "L" else small.convert("L")
    return luma.resize((edge_px, edge_px), SAMPLES, box=box, reducing_gap=_GAP)


def _squares(small: Image.Image, box: Box) -> tuple[Image.Image, Image.Image, Image.Image]:
    """Return Y at GRID_PX, Cb and Cr at CHROMA_PX, both from one averaging by whole factors."""
    across = max(1, int(box[2] / GRID_PX / _GAP))
    down = max(1, int(box[3] / GRID_PX / _GAP))
    if (across, down) != (1, 1):
        small = small.reduce((across, down))
        box = (0, 0, box[2] / across, box[3] / down)
    square = small.resize((CHROMA_PX, CHROMA_PX), SAMPLES, box=box, reducing_gap=_GAP)
    _, blue, red = square.convert("YCbCr").split()
    return _luma(small, box, GRID_PX), blue, red


def _factor(short_edge_px: int, wanted_px: int) -> int:
    return next((s for s in _JPEG_SCALES if short_edge_px // s >= wanted_px), 1)


def _needed_bytes(image: Image.Image, factor: int) -> int:
    """Return about what decoding takes at its peak."""
    pixels = image.size[0] * image.size[1]
    if image.format in {"JPEG", "MPO"}:
        return _coefficient_bytes(image) + pixels // factor**2 * 8
    by_format = _BYTES_PER_PIXEL_OF_FORMAT.get(image.format or "")
    return pixels * (by_format or _BYTES_PER_PIXEL_OF_MODE.get(image.mode, 16))


def _coefficient_bytes(image: Image.Image) -> int:
    """Return what libjpeg holds of a progressive picture, at whatever scale it is decoded."""
    if not image.info.get("progressive"):
        return 0
    samples = [across * down for _, across, down, _ in getattr(image, "layer", ())] or [1, 1, 1]
    return int(image.size[0] * image.size[1] * 2 * sum(samples) // max(samples))


def _plain(image: Image.Image) -> Image.Image:
    """Return the decoded picture in a mode that can be averaged: L, RGB or RGBA."""
    image.load()
    if image.mode in {"L", "RGB", "RGBA"}:
        return image
    if image.mode == "1":
        return image.convert("L")
    if image.mode.startswith(("I", "F")):
        return _eight_bits(image)
    transparent = image.mode in {"LA", "La", "PA", "RGBa"} or "transparency" in image.info
    return image.convert("RGBA" if transparent else "RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """Return 16-bit and floating grey as 8-bit grey: white is 65535, or 1.0."""
    values = np.nan_to_num(np.asarray(image, dtype=np.float32))
    scale = 255.0 if image.mode == "F" else 1 / 257
    return Image.fromarray(np.clip(values * scale, 0, 255).astype(np.uint8))


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")


@contextlib.contextmanager
def decoding(what: str = "picture") -> Iterator[None]:
    """Turn whatever a decoder raises into a `PictureError` with words for a person."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except PictureError:
        raise
    except MemoryError:
        raise PictureError(f"the {what} does not fit into the memory a worker may use") from None
    except Exception as error:  # noqa: BLE001  # decoders raise anything on broken input
        raise PictureError(f"the {what} cannot be decoded ({_words(error)})") from None


def _words(error: Exception) -> str:
    """Return an error's text in one line, without numbers and addresses that help nobody."""
    text = " ".join(str(error).split()) or type(error).__name__
    text = re.sub(r"<[^<>]* object at 0x[0-9a-f]+>", "the file", text)
    return re.sub(r"^\[Errno \d+\] |: '<none>'$", "", text)[:200]
