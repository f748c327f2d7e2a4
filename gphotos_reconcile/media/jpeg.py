"""Walks a JPEG's markers: where metadata are, where the coded picture is, where it ends.

Source: ITU-T T.81 annex B.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from gphotos_reconcile.media.window import CHUNK_BYTES, MemoryWindow, Span, Window

_SOS, _EOI, _COM = 0xDA, 0xD9, 0xFE
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}

# In coded data 0xFF is followed by 0, a restart marker or another 0xFF; else it is a marker.
_MARKER: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


@dataclass(slots=True)
class JpegLayout:
    """Where the parts of a JPEG lie.

    `coded` are the spans that make the picture, metadata left out. `end` is the offset just past
    the true end marker, None when the file ends before it. `apps` are the payloads of the APPn
    segments with their marker.
    """

    coded: list[Span] = field(default_factory=list)
    apps: list[tuple[int, Span]] = field(default_factory=list)
    end: int | None = None
    width_px: int = 0
    height_px: int = 0
    frame_marker: int = 0  # SOF0, SOF1, SOF2 can be decoded; SOF3 is a raw's lossless coding


def read_layout(window: Window, start: int = 0) -> JpegLayout:
    """Walk the markers from the SOI at `start`; stops where the bytes make no sense."""
    layout = JpegLayout()
    layout.coded.append((start, 2))
    place = start + 2
    while (found := _next_segment(window, place)) is not None:
        place, marker, length = found
        if marker == _EOI:
            layout.coded.append((place, 2))
            layout.end = place + 2
            return layout
        if 0xE0 <= marker <= 0xEF:
            layout.apps.append((marker, (place + 4, length - 2)))
        elif marker != _COM:
            layout.coded.append((place, length + 2))
        if marker in _FRAMES:
            _read_frame(layout, marker, window.at(place + 4, length - 2))
        place += length + 2
        if marker == _SOS:
            stop = _end_of_scan(window, place)
            if stop is None:
                return layout
            layout.coded.append((place, stop - place))
            place = stop
    return layout


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


def _end_of_scan(window: Window, start: int) -> int | None:
    """Return the offset of the marker that ends the coded data at `start`."""
    whole = isinstance(window, MemoryWindow)
    step = window.size_bytes if whole else CHUNK_BYTES
    place = start
    while place < window.size_bytes - 1:
        for piece in window.chunks(place, step):
            found = _MARKER.search(piece)
            if found is not None:
                return place + found.start()
            place += max(1, len(piece) - 1)  # a marker may lie across two pieces
            break
        else:
            return None
    return None


def segments(window: Window, layout: JpegLayout, marker: int, start: bytes) -> Iterator[bytes]:
    """Yield the payloads of the APPn segments that begin with `start`, without it."""
    for found, (offset, length) in layout.apps:
        if found == marker and window.at(offset, len(start)) == start:
            yield window.at(offset + len(start), length - len(start))
