"""Walks a JPEG's markers: where metadata are, where the coded picture is, where it ends.

Source: ITU-T T.81 annex B.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from gphotos_reconcile.media.errors import CutShortError
from gphotos_reconcile.media.window import Span, SubWindow, Window

_SOS, _EOI, _COM = 0xDA, 0xD9, 0xFE
_START: Final = b"\xff\xd8\xff"
_END: Final = b"\xff\xd9"
_COMPONENTS_AT: Final = 5  # in the payload of a frame's header
_MAX_COMPANIONS: Final = 64
_MAX_PADDING_BYTES: Final = 64 << 10  # some cameras begin the second picture at a round place
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}

# In coded data 0xFF is followed by 0, a restart marker or another 0xFF; else it is a marker.
_MARKER: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_IN_DATA: Final = frozenset({0x00, 0xFF, *range(0xD0, 0xD8)})


@dataclass(slots=True)
class JpegLayout:
    """What a walk over a JPEG's markers finds.

    `coded` has taken in, in order, all that makes the picture, metadata left out. `end` is the
    offset just past the true end marker, None when the file ends before it. `apps` are the
    payloads of the APPn segments with their marker. Sizes are as stored, not turned.
    """

    coded: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    apps: list[tuple[int, Span]] = field(default_factory=list)
    end: int | None = None
    width_px: int = 0
    height_px: int = 0
    frame_marker: int = 0  # SOF0, SOF1, SOF2 can be decoded; SOF3 is a raw's lossless coding


def read_layout(window: Window) -> JpegLayout:
    """Walk the markers from the start; stops where the bytes make no sense."""
    layout = JpegLayout()
    layout.coded.update(window.at(0, 2))
    place = 2
    while (found := _next_segment(window, place)) is not None:
        place, marker, length = found
        if marker == _EOI:
            layout.coded.update(_END)
            layout.end = place + 2
            return layout
        if 0xE0 <= marker <= 0xEF:
            layout.apps.append((marker, (place + 4, length - 2)))
        elif marker != _COM:
            layout.coded.update(window.at(place, length + 2))
        if marker in _FRAMES:
            _read_frame(layout, marker, window.at(place + 4, length - 2))
        place += length + 2
        if marker == _SOS:
            stop = _end_of_scan(window, place, layout)
            if stop is None:
                return layout
            place = stop
    return layout


def read_companions(window: Window, layout: JpegLayout) -> None:
    """Take in the pictures that follow a whole JPEG: MPO's other view, Ultra HDR's gain map.

    They are coded picture too: a copy that has lost its gain map is not the same picture.

    Raises:
        CutShortError: the file ends within one of them.
    """
    place = layout.end
    for _ in range(_MAX_COMPANIONS):
        if place is None or place >= window.size_bytes:
            return
        padding = window.at(place, _MAX_PADDING_BYTES)
        place += len(padding) - len(padding.lstrip(b"\0"))
        if window.at(place, 3) != _START:
            return
        companion = read_layout(SubWindow(window, (place, window.size_bytes - place)))
        if companion.end is None:
            raise CutShortError
        layout.coded.update(companion.coded.digest())
        place += companion.end


def coarse_scans(window: Window) -> bytes | None:
    """Return a progressive JPEG cut behind the scans that hold each block's mean, ended properly.

    Decoded at an eighth it shows what the whole file shows to within a grey level or two, at a
    tenth of the time: the finer scans of a large picture take half a second to read.

    Returns:
        The shorter JPEG; None where the scans are not in that order, or the file may be cut.
    """
    if _END not in window.at(max(0, window.size_bytes - _MAX_PADDING_BYTES), _MAX_PADDING_BYTES):
        return None
    place, missing = 2, 0
    while (found := _next_segment(window, place)) is not None:
        place, marker, length = found
        body = window.at(place + 4, length - 2)
        place += length + 2
        if marker in _FRAMES and len(body) > _COMPONENTS_AT:
            missing = body[_COMPONENTS_AT]
        elif marker == _SOS:
            stop = _end_of_scan(window, place, JpegLayout()) if _is_of_means(body) else None
            if stop is None:
                return None
            place, missing = stop, missing - body[0]
            if missing <= 0:
                return window.at(0, place) + _END
    return None


def _is_of_means(scan: bytes) -> bool:
    """Tell from a scan's header whether it is the first to bring means, and brings nothing else."""
    first, last, bits = scan[-3:] if len(scan) > 3 else (0, 63, 0)
    return first == last == bits >> 4 == 0


def _next_segment(window: Window, place: int) -> tuple[int, int, int] | None:
    """Return the offset of the next marker, the marker, its segment's length."""
    head = window.at(place, 4)
    while len(head) >= 2 and head[0] == 0xFF and head[1] == 0xFF:  # fill bytes
        place += 1
        head = window.at(place, 4)
    if len(head) < 2 or head[0] != 0xFF:
        return None
    marker = head[1]
    if marker == _EOI:
        return place, marker, 0
    length = int.from_bytes(head[2:4], "big")
    whole = place + 2 + length <= window.size_bytes
    return (place, marker, length) if len(head) == 4 and length >= 2 and whole else None


def _read_frame(layout: JpegLayout, marker: int, data: bytes) -> None:
    if len(data) >= 5 and not layout.width_px:
        layout.frame_marker = marker
        layout.height_px = int.from_bytes(data[1:3], "big")
        layout.width_px = int.from_bytes(data[3:5], "big")


def _end_of_scan(window: Window, start: int, layout: JpegLayout) -> int | None:
    """Take coded data in from `start` on; return the offset of the marker that ends them."""
    place = start
    half_seen = False  # the piece before ended in 0xFF: data, or the first half of a marker
    for piece in window.chunks(start, window.size_bytes - start):
        if half_seen:
            if piece[0] not in _IN_DATA:
                return place - 1
            layout.coded.update(b"\xff")
        found = _MARKER.search(piece) if _may_hold_marker(piece) else None
        if found is not None:
            layout.coded.update(piece[: found.start()])
            return place + found.start()
        half_seen = piece[-1] == 0xFF
        layout.coded.update(piece[:-1] if half_seen else piece)
        place += len(piece)
    return None


def _may_hold_marker(piece: memoryview) -> bool:
    """Tell whether 0xFF is followed by anything but 0: a third of the time of the full search."""
    data = np.frombuffer(piece, np.uint8)
    return bool(((data[:-1] == 0xFF) & (data[1:] != 0)).any())


def segments(window: Window, layout: JpegLayout, marker: int, start: bytes) -> Iterator[bytes]:
    """Yield the payloads of the APPn segments that begin with `start`, without it."""
    for found, (offset, length) in layout.apps:
        if found == marker and window.at(offset, len(start)) == start:
            yield window.at(offset + len(start), length - len(start))
