"""Reads the boxes of an ISO base media file: HEIF, AVIF, CR3, MP4, MOV.

Source: ISO/IEC 14496-12 (boxes, item location) and 23008-12 (HEIF items).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gphotos_reconcile.media.window import Span, Window

_MAX_BOXES: Final = 10_000
_MAX_BOX_BYTES: Final = 32 << 20
_MAX_ITEMS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its type, where its payload lies, and whether the file holds all of it."""

    type: bytes
    offset: int
    payload: Span
    complete: bool

    @property
    def end(self) -> int:
        """Return the offset just past the box."""
        return self.payload[0] + self.payload[1]


def boxes(window: Window, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """Yield the boxes between `start` and `end`; ends at the first that makes no sense."""
    end = window.size_bytes if end is None else min(end, window.size_bytes)
    for _ in range(_MAX_BOXES):
        head = window.at(start, 16)
        if len(head) < 8 or start >= end:
            return
        size, kind = struct.unpack_from(">I4s", head)
        header = 8
        if size == 1 and len(head) == 16:
            size, header = struct.unpack_from(">Q", head, 8)[0], 16
        elif size == 0:
            size = end - start
        if size < header:
            return
        stop = min(start + size, end)
        yield Box(kind, start, (start + header, stop - start - header), start + size <= end)
        start += size


def first_box(window: Window, kind: bytes, within: Span | None = None) -> Box | None:
    """Return the first box of that type at one level."""
    start, length = within if within is not None else (0, window.size_bytes)
    return next((box for box in boxes(window, start, start + length) if box.type == kind), None)


def payload(window: Window, box: Box | None) -> bytes:
    """Return a box's payload, empty for None."""
    return b"" if box is None else window.at(box.payload[0], min(box.payload[1], _MAX_BOX_BYTES))


@dataclass(frozen=True, slots=True)
class Items:
    """The items of a HEIF's `meta` box."""

    primary: int
    types: dict[int, bytes]
    content_types: dict[int, str]
    extents: dict[int, tuple[Span, ...]]  # absolute offsets
    references: dict[bytes, dict[int, tuple[int, ...]]]
    properties: dict[int, tuple[tuple[bytes, Span], ...]]

    def coded(self, item: int) -> tuple[int, ...]:
        """Return the coded items that make `item`, in order: its tiles, or itself."""
        tiles = self.references.get(b"dimg", {}).get(item, ())
        return tuple(part for tile in tiles for part in self.coded_once(tile)) or (item,)

    def coded_once(self, item: int) -> tuple[int, ...]:
        """Return the direct parts of a derived item, or the item itself."""
        return self.references.get(b"dimg", {}).get(item, ()) or (item,)


def read_items(window: Window) -> Items | None:
    """Return the items of the file's `meta` box, None when there is none that can be read."""
    meta = first_box(window, b"meta")
    if meta is None or not meta.complete:
        return None
    inner = (meta.payload[0] + 4, meta.payload[1] - 4)
    found = {box.type: box for box in boxes(window, inner[0], inner[0] + inner[1])}
    try:
        idat = found[b"idat"].payload[0] if b"idat" in found else 0
        types, content_types = _item_infos(window, found.get(b"iinf"))
        return Items(
            primary=_primary(payload(window, found.get(b"pitm"))),
            types=types,
            content_types=content_types,
            extents=_locations(payload(window, found.get(b"iloc")), idat),
            references=_references(window, found.get(b"iref")),
            properties=_properties(window, found.get(b"iprp")),
        )
    except (struct.error, IndexError, ValueError):
        return None


class _Reader:
    """Takes big-endian numbers off a buffer."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.place = 0

    def take(self, length: int) -> int:
        """Return the next `length` bytes as a number (0 for no bytes)."""
        piece = self.data[self.place : self.place + length]
        if len(piece) < length:
            raise ValueError("box ends early")
        self.place += length
        return int.from_bytes(piece, "big")


def _primary(data: bytes) -> int:
    return int.from_bytes(data[4:6] if data[:1] == b"\0" else data[4:8], "big")


def _item_infos(window: Window, iinf: Box | None) -> tuple[dict[int, bytes], dict[int, str]]:
    types: dict[int, bytes] = {}
    content_types: dict[int, str] = {}
    if iinf is None:
        return types, content_types
    skip = 6 if window.at(iinf.payload[0], 1) == b"\0" else 8
    for box in boxes(window, iinf.payload[0] + skip, iinf.end):
        data = payload(window, box)
        if box.type != b"infe" or len(data) < 12 or data[0] < 2:
            continue
        wide = 4 if data[0] >= 3 else 2
        item = int.from_bytes(data[4 : 4 + wide], "big")
        types[item] = data[6 + wide : 10 + wide]
        if types[item] == b"mime":
            names = data[10 + wide :].split(b"\0")
            content_types[item] = names[1].decode("latin-1") if len(names) > 1 else ""
    return types, content_types


def _locations(data: bytes, idat: int) -> dict[int, tuple[Span, ...]]:
    found: dict[int, tuple[Span, ...]] = {}
    if not data:
        return found
    reader = _Reader(data)
    version = reader.take(1)
    reader.take(3)
    sizes = reader.take(2)
    offset_size, length_size = sizes >> 12 & 15, sizes >> 8 & 15
    base_size, index_size = sizes >> 4 & 15, sizes & 15 if version else 0
    for _ in range(min(reader.take(2 if version < 2 else 4), _MAX_ITEMS)):
        item = reader.take(2 if version < 2 else 4)
        method = reader.take(2) & 15 if version else 0
        reader.take(2)
        base = reader.take(base_size) + (idat if method == 1 else 0)
        spans = []
        for _ in range(reader.take(2)):
            reader.take(index_size)
            offset, length = reader.take(offset_size), reader.take(length_size)
            spans.append((base + offset, length))
        if method < 2:  # 2: built from other items' bytes, which no camera writes
            found[item] = tuple(spans)
    return found


def _references(window: Window, iref: Box | None) -> dict[bytes, dict[int, tuple[int, ...]]]:
    found: dict[bytes, dict[int, tuple[int, ...]]] = {}
    if iref is None:
        return found
    wide = 2 if window.at(iref.payload[0], 1) == b"\0" else 4
    for box in boxes(window, iref.payload[0] + 4, iref.end):
        reader = _Reader(payload(window, box))
        source = reader.take(wide)
        targets = tuple(reader.take(wide) for _ in range(reader.take(2)))
        found.setdefault(box.type, {})[source] = targets
    return found


def _properties(window: Window, iprp: Box | None) -> dict[int, tuple[tuple[bytes, Span], ...]]:
    if iprp is None:
        return {}
    ipco = first_box(window, b"ipco", iprp.payload)
    ipma = first_box(window, b"ipma", iprp.payload)
    if ipco is None or ipma is None:
        return {}
    known = [(box.type, box.payload) for box in boxes(window, ipco.payload[0], ipco.end)]
    reader = _Reader(payload(window, ipma))
    version, flags = reader.take(1), reader.take(3)
    found: dict[int, tuple[tuple[bytes, Span], ...]] = {}
    for _ in range(min(reader.take(4), _MAX_ITEMS)):
        item = reader.take(2 if version < 1 else 4)
        wide = 2 if flags & 1 else 1
        mask = (1 << (8 * wide - 1)) - 1
        numbers = [reader.take(wide) & mask for _ in range(reader.take(1))]
        found[item] = tuple(known[number - 1] for number in numbers if 0 < number <= len(known))
    return found
