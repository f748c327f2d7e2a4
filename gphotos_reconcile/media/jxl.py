"""The size of a JPEG XL, read without its decoder: the plugin decodes all when it opens a file.

Source: ISO/IEC 18181-1 (SizeHeader), 18181-2 (boxes).
"""

from typing import Final

from gphotos_reconcile.media.isobmff import boxes
from gphotos_reconcile.media.window import Window

_HEAD_BYTES: Final = 16
_WIDTHS: Final = (9, 13, 18, 30)
_RATIOS: Final = {1: (1, 1), 2: (12, 10), 3: (4, 3), 4: (3, 2), 5: (16, 9), 6: (5, 4), 7: (2, 1)}


def pixel_count(window: Window) -> int:
    """Return width times height as the code stream tells it, 0 where it tells none."""
    head = _code_stream(window)
    if head[:2] != b"\xff\x0a" or len(head) < _HEAD_BYTES:
        return 0
    bits = _Bits(int.from_bytes(head[2:], "little"))
    small = bits.take(1)
    height = bits.size(small)
    ratio = _RATIOS.get(bits.take(3))
    return height * (height * ratio[0] // ratio[1] if ratio else bits.size(small))


def _code_stream(window: Window) -> bytes:
    if window.at(0, 2) == b"\xff\x0a":
        return window.at(0, _HEAD_BYTES)
    for box in boxes(window):
        if box.type in {b"jxlc", b"jxlp"}:  # a part begins with its number
            return window.at(box.payload[0] + (4 if box.type == b"jxlp" else 0), _HEAD_BYTES)
    return b""


class _Bits:
    """Takes numbers off a little-endian bit stream."""

    def __init__(self, value: int) -> None:
        self.value = value

    def take(self, count: int) -> int:
        """Return the next `count` bits as a number."""
        taken = self.value & (1 << count) - 1
        self.value >>= count
        return taken

    def size(self, small: int) -> int:
        """Return one edge in pixels; small ones are told in eights."""
        return (self.take(5) + 1) * 8 if small else self.take(_WIDTHS[self.take(2)]) + 1
