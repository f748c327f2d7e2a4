"""Raws made by hand: the smallest TIFF structures that cameras and LibRaw agree on."""

import struct
from typing import Any

import numpy as np

from tests.media.pictures import encoded, scene

_STORED = 0  # no TIFF type: bytes that lie elsewhere and are pointed to
SIZES = {_STORED: 4, 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 10: 8}
_CODES = {1: "B", 3: "H", 4: "I"}

Tags = dict[int, tuple[int, object]]
"""Tag to TIFF type and value: bytes, or a list of numbers."""


def tiff(
    pages: list[Tags],
    *,
    head: bytes = b"II*\0",
    subs: list[Tags] | None = None,
    links: dict[int, Tags] | None = None,
) -> bytes:
    """Return a little-endian TIFF.

    Directories of `subs` are pointed to by tag 0x014A of the first page, those of `links` (EXIF,
    GPS) by the tag they stand under.
    """
    body = bytearray(head + b"\0\0\0\0")
    if head[4:]:
        body = bytearray(head[:4] + b"\0\0\0\0" + head[4:])
    sub_places = [_directory(body, tags, 0) for tags in subs or []]
    if sub_places:
        pages[0][0x014A] = (4, sub_places)
    for tag, linked in (links or {}).items():
        pages[0][tag] = (4, [_directory(body, linked, 0)])
    following = 0
    for tags in reversed(pages):
        following = _directory(body, tags, following)
    body[4:8] = struct.pack("<I", following)
    return bytes(body)


def stored(data: bytes) -> tuple[int, object]:
    """Mark bytes that lie outside of the directory and are pointed to."""
    return _STORED, data


def _directory(body: bytearray, tags: Tags, following: int) -> int:
    entries = []
    for tag, (kind, value) in sorted(tags.items()):
        if kind == _STORED and isinstance(value, bytes):
            data = struct.pack("<I", _append(body, value))
        else:
            data = value if isinstance(value, bytes) else packed(kind, value)
        count = len(data) // SIZES[kind]
        inline = data.ljust(4, b"\0") if len(data) <= 4 else struct.pack("<I", _append(body, data))
        entries.append(struct.pack("<HHI", tag, kind or 4, count) + inline)
    block = struct.pack("<H", len(entries)) + b"".join(entries) + struct.pack("<I", following)
    return _append(body, block)


def packed(kind: int, value: object) -> bytes:
    """Return a tag's numbers as they are stored."""
    numbers: list[Any] = value if isinstance(value, list) else [value]
    if kind in {5, 10}:
        code = "<II" if kind == 5 else "<ii"
        return b"".join(struct.pack(code, *pair) for pair in numbers)
    return struct.pack(f"<{len(numbers)}{_CODES[kind]}", *numbers)


def _append(body: bytearray, data: bytes) -> int:
    body += b"\0" * (len(body) % 2)
    place = len(body)
    body += data
    return place


def exif_tags(model: bytes = b"Test One\0") -> Tags:
    """Return the tags of a first page that tell the camera."""
    return {0x010F: (2, b"Maker\0"), 0x0110: (2, model), 0x0112: (3, 1)}


def dng(width_px: int = 256, height_px: int = 192, seed: int = 0, *, orientation: int = 1) -> bytes:
    """Return a DNG: a JPEG preview on the first page, uncompressed sensor data below it."""
    preview = encoded(scene(width_px, height_px, seed), "JPEG", quality=85)
    grey = np.asarray(scene(width_px * 2, height_px * 2, seed).convert("L"), np.uint16)
    sensor = (grey * 128).astype("<u2").tobytes()
    first: Tags = {
        **exif_tags(),
        0x00FE: (4, 1),
        0x0100: (4, width_px),
        0x0101: (4, height_px),
        0x0102: (3, [8, 8, 8]),
        0x0103: (3, 7),
        0x0106: (3, 6),
        0x0111: stored(preview),
        0x0112: (3, orientation),
        0x0115: (3, 3),
        0x0116: (4, height_px),
        0x0117: (4, len(preview)),
        0xC612: (1, bytes([1, 4, 0, 0])),
        0xC613: (1, bytes([1, 1, 0, 0])),
        0xC614: (2, b"Maker Test One\0"),
        0xC621: (10, [(1, 1), (0, 1), (0, 1), (0, 1), (1, 1), (0, 1), (0, 1), (0, 1), (1, 1)]),
        0xC628: (5, [(1, 1), (1, 1), (1, 1)]),
    }
    raw: Tags = {
        0x00FE: (4, 0),
        0x0100: (4, width_px * 2),
        0x0101: (4, height_px * 2),
        0x0102: (3, 16),
        0x0103: (3, 1),
        0x0106: (3, 32803),
        0x0111: stored(sensor),
        0x0115: (3, 1),
        0x0116: (4, height_px * 2),
        0x0117: (4, len(sensor)),
        0x828D: (3, [2, 2]),
        0x828E: (1, bytes([0, 1, 1, 2])),
        0xC61D: (4, 32767),
    }
    return tiff([first], subs=[raw])


def cr2(width_px: int = 256, height_px: int = 192, seed: int = 0) -> bytes:
    """Return what a CR2 looks like from outside: its mark, a preview, a coded strip."""
    preview = encoded(scene(width_px, height_px, seed), "JPEG", quality=85)
    coded = bytes(np.random.default_rng(seed).integers(0, 256, 5000, dtype=np.uint8))
    first: Tags = {
        **exif_tags(b"Canon EOS Test\0"),
        0x010F: (2, b"Canon\0"),
        0x0100: (3, width_px),
        0x0101: (3, height_px),
        0x0103: (3, 6),
        0x0111: stored(preview),
        0x0117: (4, len(preview)),
    }
    raw: Tags = {0x0103: (3, 6), 0x0111: stored(coded), 0x0117: (4, len(coded))}
    return tiff([first, raw], head=b"II*\0CR\x02\0\0\0\0\0")


def psd(width_px: int = 160, height_px: int = 120, seed: int = 0) -> bytes:
    """Return a flat Photoshop file: header, no colour data, no resources, no layers, pixels."""
    planes = b"".join(plane.tobytes() for plane in scene(width_px, height_px, seed).split())
    head = struct.pack(">4sH6sHIIHH", b"8BPS", 1, b"", 3, height_px, width_px, 8, 3)
    return head + struct.pack(">IIIH", 0, 0, 0, 0) + planes
