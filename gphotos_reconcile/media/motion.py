"""Motion photos: finds the video that a phone hid behind or inside its still.

Google appends an MP4 to the JPEG (`MicroVideo`, `MotionPhoto` in XMP), Samsung too with a
trailer of its own behind it; in a HEIC both use a box named `mpvd`. The lengths that XMP tells
are wrong after many an edit, so the video is looked for, and believed when its boxes make sense.
"""

from typing import Final

from gphotos_reconcile.media.isobmff import Box, boxes, first_box
from gphotos_reconcile.media.window import Span, Window

_TOP_LEVEL: Final = frozenset(
    {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"uuid", b"udta", b"meta"}
)
_MAX_TRAILER_BYTES: Final = 256 << 20


def video_behind(window: Window, start: int) -> Span | None:
    """Return the MP4 that begins somewhere after `start`, None when there is none."""
    trailer = window.at(start, min(window.size_bytes - start, _MAX_TRAILER_BYTES))
    place = trailer.find(b"ftyp", 4)
    while place >= 0:
        found = _video_at(window, start + place - 4)
        if found is not None:
            return found
        place = trailer.find(b"ftyp", place + 4)
    return None


def video_inside(window: Window) -> Span | None:
    """Return the MP4 in a HEIC's `mpvd` box, None when there is none."""
    box = first_box(window, b"mpvd")
    return None if box is None else _video_at(window, box.payload[0])


def _video_at(window: Window, start: int) -> Span | None:
    parts: list[Box] = []
    for box in boxes(window, start):
        if box.type not in _TOP_LEVEL or not box.complete:
            break
        parts.append(box)
    kinds = {part.type for part in parts}
    if not parts or parts[0].type != b"ftyp" or not {b"moov", b"mdat"} <= kinds:
        return None
    return start, parts[-1].end - start
