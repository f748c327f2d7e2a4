"""Canon's CR3: ISO media boxes around TIFF directories, JPEG previews and coded sensor data.

Source: L. Clevy, "Describing the Canon Raw v3 file format"; ExifTool's Canon tags.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from gphotos_reconcile.media.isobmff import Box, boxes, first_box, payload
from gphotos_reconcile.media.tiff import EXIF_IFD, GPS_IFD, Tiff, read_tiff
from gphotos_reconcile.media.window import Span, SubWindow, Window

_OWN_UUID: Final = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
_PREVIEW_UUID: Final = bytes.fromhex("eaf42b5e1c984b88b9fbb7dc406e4d16")
_XMP_UUID: Final = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_UUID_BYTES: Final = 16
_TABLE: Final = (b"mdia", b"minf", b"stbl")


@dataclass(frozen=True, slots=True)
class Track:
    """A picture track: its size as coded, and its samples in order."""

    width_px: int
    height_px: int
    samples: tuple[Span, ...]


def picture_tracks(window: Window) -> list[Track]:
    """Return the tracks that hold a preview or sensor data, one sample a chunk.

    Raises:
        struct.error: a table ends early.
        ValueError: the tables of a track contradict each other.
    """
    moov = first_box(window, b"moov")
    found: list[Track] = []
    for track in boxes(window, moov.payload[0], moov.end) if moov is not None else ():
        handler = _inner(window, track, b"mdia", b"hdlr") if track.type == b"trak" else None
        if handler is not None and window.at(handler.payload[0] + 8, 4) == b"vide":
            found.append(_track(window, track))
    return found


def embedded_jpegs(window: Window) -> list[Span]:
    """Return where JPEG previews may lie: each track's first sample, PRVW, THMB."""
    try:
        spans = [track.samples[0] for track in picture_tracks(window) if track.samples]
    except (struct.error, ValueError):
        spans = []
    view = _uuid_payload(window, boxes(window), _PREVIEW_UUID)
    if view is not None:
        spans += _sized_jpeg(window, first_box(window, b"PRVW", (view[0] + 8, view[1] - 8)), 12)
    own = _own_boxes(window)
    if own is not None:
        spans += _sized_jpeg(window, first_box(window, b"THMB", own), 8)
    return spans


def directories(window: Window) -> Tiff | None:
    """Return directory 0 with EXIF and GPS, each of which is a TIFF of its own in a CMT box."""
    own = _own_boxes(window)
    if own is None:
        return None
    blocks = {
        part.type: read_tiff(SubWindow(window, part.payload))
        for part in boxes(window, own[0], own[0] + own[1])
        if part.type in {b"CMT1", b"CMT2", b"CMT4"}
    }
    return _merged(blocks)


def xmp_packet(window: Window, max_bytes: int) -> bytes:
    """Return the XMP packet, empty where there is none."""
    span = _uuid_payload(window, boxes(window), _XMP_UUID)
    return window.at(span[0], min(span[1], max_bytes)) if span is not None else b""


def _track(window: Window, track: Box) -> Track:
    sizes = payload(window, _inner(window, track, *_TABLE, b"stsz"))
    places = payload(window, _inner(window, track, *_TABLE, b"co64"))
    same, count = struct.unpack_from(">II", sizes, 4)
    offsets = struct.unpack_from(f">{count}Q", places, 8)
    lengths = [same] * count if same else struct.unpack_from(f">{count}I", sizes, 12)
    kinds = _inner(window, track, *_TABLE, b"stsd")
    entry = window.at(kinds.payload[0] + 16, 28) if kinds is not None else b""
    width, height = struct.unpack_from(">HH", entry, 24) if len(entry) == 28 else (0, 0)
    return Track(width, height, tuple(zip(offsets, lengths, strict=True)))


def _inner(window: Window, box: Box | None, *path: bytes) -> Box | None:
    for kind in path:
        box = None if box is None else first_box(window, kind, box.payload)
    return box


def _own_boxes(window: Window) -> Span | None:
    moov = first_box(window, b"moov")
    inside = boxes(window, moov.payload[0], moov.end) if moov is not None else iter(())
    return _uuid_payload(window, inside, _OWN_UUID)


def _uuid_payload(window: Window, among: Iterator[Box], uuid: bytes) -> Span | None:
    for box in among:
        if box.type == b"uuid" and window.at(box.payload[0], _UUID_BYTES) == uuid:
            return box.payload[0] + _UUID_BYTES, box.payload[1] - _UUID_BYTES
    return None


def _sized_jpeg(window: Window, box: Box | None, size_at: int) -> list[Span]:
    """Return the JPEG behind a 16-byte head whose length stands at `size_at` of the payload."""
    if box is None:
        return []
    return [(box.payload[0] + 16, int.from_bytes(window.at(box.payload[0] + size_at, 4), "big"))]


def _merged(blocks: dict[bytes, Tiff | None]) -> Tiff | None:
    """Return directory 0 linked to the EXIF and GPS blocks, as in one TIFF."""
    first, exif = blocks.get(b"CMT1"), blocks.get(b"CMT2")
    if first is None or not first.pages or exif is None or not exif.pages:
        return first
    gps = blocks.get(b"CMT4")
    links = {EXIF_IFD: exif.pages[0]}
    if gps is not None and gps.pages:
        links[GPS_IFD] = gps.pages[0]
    return replace(first, links=links)
