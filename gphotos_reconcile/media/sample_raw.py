"""A small raw file, written by hand: sensor values under a mosaic, and a JPEG preview.

Source: TIFF 6.0; Digital Negative Specification 1.4 (Adobe, 2012).
"""

import io
import struct
from typing import Final

import numpy as np
from PIL import ExifTags, Image

_WHITE_LEVEL: Final = 4095
_BYTE, _ASCII, _SHORT, _LONG, _RATIONAL, _SIGNED_RATIONAL = 1, 2, 3, 4, 5, 10
_FORMATS: Final = {_BYTE: "B", _SHORT: "H", _LONG: "I"}

# From XYZ to the camera's own colours; this camera sees in linear sRGB.
_COLOUR_MATRIX: Final = (
    (3.2406, -1.5372, -0.4986), (-0.9689, 1.8758, 0.0415), (0.0557, -0.2040, 1.0570),
)  # fmt: skip

Entry = tuple[int, int, bytes]
"""Type, count and value of one entry of a directory."""


def dng(image: Image.Image, exif: Image.Exif) -> bytes:
    """Return a DNG whose sensor saw the picture, with the picture as its preview.

    Args:
        image: RGB, of even width and height.
        exif: make, model, date and exposure.
    """
    preview = io.BytesIO()
    image.save(preview, "JPEG", quality=85)
    sensor = _mosaic(image).tobytes()
    chunks = [preview.getvalue() + bytes(len(preview.getvalue()) % 2), sensor]
    places = [8, 8 + len(chunks[0])]
    shooting = _shooting(exif)
    raw = _raw_directory(image, places[1], len(sensor))
    end = 8 + sum(map(len, chunks))
    shooting_bytes = _directory(shooting, end)
    raw_bytes = _directory(raw, end + len(shooting_bytes))
    main = _main_directory(image, exif, (places[0], len(preview.getvalue())))
    main[330] = _numbers(_LONG, end + len(shooting_bytes))
    main[34665] = _numbers(_LONG, end)
    start = end + len(shooting_bytes) + len(raw_bytes)
    head = b"II*\0" + struct.pack("<I", start)
    return b"".join([head, *chunks, shooting_bytes, raw_bytes, _directory(main, start)])


def _mosaic(image: Image.Image) -> np.ndarray:
    """Return what a sensor under a red, green, green, blue mosaic would have counted."""
    linear = (np.asarray(image, np.float32) / 255) ** np.float32(2.2) * _WHITE_LEVEL
    sensor = linear[..., 1].copy()
    sensor[0::2, 0::2] = linear[0::2, 0::2, 0]
    sensor[1::2, 1::2] = linear[1::2, 1::2, 2]
    return sensor.astype("<u2")


def _main_directory(
    image: Image.Image, exif: Image.Exif, preview: tuple[int, int]
) -> dict[int, Entry]:
    base = ExifTags.Base
    return {
        254: _numbers(_LONG, 1),
        256: _numbers(_LONG, image.width),
        257: _numbers(_LONG, image.height),
        258: _numbers(_SHORT, 8, 8, 8),
        259: _numbers(_SHORT, 7),  # JPEG
        262: _numbers(_SHORT, 6),  # YCbCr
        271: _text(str(exif.get(base.Make, ""))),
        272: _text(str(exif.get(base.Model, ""))),
        273: _numbers(_LONG, preview[0]),
        274: _numbers(_SHORT, 1),
        277: _numbers(_SHORT, 3),
        278: _numbers(_LONG, image.height),
        279: _numbers(_LONG, preview[1]),
        306: _text(str(exif.get(base.DateTime, ""))),
        50706: _numbers(_BYTE, 1, 4, 0, 0),
        50707: _numbers(_BYTE, 1, 1, 0, 0),
        50708: _text(str(exif.get(base.Model, ""))),
        50721: _rationals(_SIGNED_RATIONAL, *(part for row in _COLOUR_MATRIX for part in row)),
        50728: _rationals(_RATIONAL, 1, 1, 1),
        50778: _numbers(_SHORT, 21),  # daylight, D65
    }


def _raw_directory(image: Image.Image, place: int, size_bytes: int) -> dict[int, Entry]:
    return {
        254: _numbers(_LONG, 0),
        256: _numbers(_LONG, image.width),
        257: _numbers(_LONG, image.height),
        258: _numbers(_SHORT, 16),
        259: _numbers(_SHORT, 1),  # not compressed
        262: _numbers(_SHORT, 32803),  # a mosaic of colour filters
        273: _numbers(_LONG, place),
        277: _numbers(_SHORT, 1),
        278: _numbers(_LONG, image.height),
        279: _numbers(_LONG, size_bytes),
        33421: _numbers(_SHORT, 2, 2),
        33422: _numbers(_BYTE, 0, 1, 1, 2),
        50717: _numbers(_LONG, _WHITE_LEVEL),
    }


def _shooting(exif: Image.Exif) -> dict[int, Entry]:
    """Return the EXIF directory: texts, numbers and fractions as they come."""
    entries: dict[int, Entry] = {}
    for tag, value in exif.get_ifd(ExifTags.IFD.Exif).items():
        if isinstance(value, str):
            entries[tag] = _text(value)
        elif isinstance(value, int):
            entries[tag] = _numbers(_SHORT, value)
        elif isinstance(value, float):
            entries[tag] = _rationals(_RATIONAL, value)
    return entries


def _numbers(kind: int, *values: int) -> Entry:
    return kind, len(values), struct.pack(f"<{len(values)}{_FORMATS[kind]}", *values)


def _text(words: str) -> Entry:
    value = words.encode() + b"\0"
    return _ASCII, len(value), value


def _rationals(kind: int, *values: float) -> Entry:
    pairs = [part for value in values for part in (round(value * 10_000), 10_000)]
    return (
        kind,
        len(values),
        struct.pack(f"<{len(pairs)}{'i' if kind == _SIGNED_RATIONAL else 'I'}", *pairs),
    )


def _directory(entries: dict[int, Entry], start: int) -> bytes:
    """Return a directory that begins at `start`, the values that do not fit in behind it."""
    table, values = [struct.pack("<H", len(entries))], b""
    behind = start + 2 + 12 * len(entries) + 4
    for tag, (kind, count, value) in sorted(entries.items()):
        if len(value) <= 4:
            cell = value.ljust(4, b"\0")
        else:
            cell = struct.pack("<I", behind + len(values))
            values += value + bytes(len(value) % 2)
        table.append(struct.pack("<HHI", tag, kind, count) + cell)
    return b"".join([*table, bytes(4), values])
