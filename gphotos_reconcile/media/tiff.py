"""Reads the directories of a TIFF: EXIF blocks, TIFF pictures, and the raws built on it.

Tolerant by intent: a directory that lies outside of the file or loops is left out, a value of
an unknown type is empty. Source: TIFF 6.0 (1992), BigTIFF, Exif 3.0 (CIPA DC-008).
"""

import math
import struct
from dataclasses import dataclass, field
from typing import Final

from gphotos_reconcile.media.window import Window

_WIDTH: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4,
                 16: 8, 17: 8, 18: 8}  # fmt: skip
_CODE: Final = {1: "B", 3: "H", 4: "I", 6: "b", 7: "B", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I",
                16: "Q", 17: "q", 18: "Q"}  # fmt: skip
_MAX_DIRECTORIES: Final = 64
_MAX_ENTRIES: Final = 4096
_MAX_VALUE_BYTES: Final = 8 << 20

SUB_IFDS: Final = 0x014A
EXIF_IFD: Final = 0x8769
GPS_IFD: Final = 0x8825

# ORF writes "RO"/"RS"/"OR" and RW2 writes 0x55 where a TIFF writes 42; the rest is the same.
_MAGICS: Final = frozenset({42, 0x4F52, 0x5352, 0x5552, 0x524F, 0x55})


@dataclass(frozen=True, slots=True)
class Entry:
    """One tag: its type, how many values, and where they are stored."""

    type: int
    count: int
    offset: int


@dataclass(slots=True)
class Directory:
    """One directory (IFD) of a TIFF; reads values when they are asked for.

    `whole` is False when the file ends within the directory.
    """

    window: Window
    order: str
    entries: dict[int, Entry] = field(default_factory=dict)
    whole: bool = True

    def raw(self, tag: int) -> bytes:
        """Return the tag's bytes as stored, empty when it is absent."""
        entry = self.entries.get(tag)
        if entry is None:
            return b""
        length = entry.count * _WIDTH.get(entry.type, 1)
        return self.window.at(entry.offset, min(length, _MAX_VALUE_BYTES))

    def numbers(self, tag: int) -> tuple[float, ...]:
        """Return the tag's values; a fraction by zero is NaN."""
        entry = self.entries.get(tag)
        if entry is None:
            return ()
        data = self.raw(tag)
        if entry.type in {5, 10}:
            code = "I" if entry.type == 5 else "i"
            flat = struct.unpack(
                f"{self.order}{len(data) // 8 * 2}{code}", data[: len(data) // 8 * 8]
            )
            return tuple(
                a / b if b else math.nan for a, b in zip(flat[::2], flat[1::2], strict=True)
            )
        maybe_code = _CODE.get(entry.type)
        if maybe_code is None:
            return ()
        count = len(data) // _WIDTH[entry.type]
        values: tuple[float, ...] = struct.unpack_from(f"{self.order}{count}{maybe_code}", data)
        return values

    def number(self, tag: int) -> float | None:
        """Return the tag's first value when it is finite."""
        values = self.numbers(tag)
        return values[0] if values and math.isfinite(values[0]) else None

    def integers(self, tag: int) -> tuple[int, ...]:
        """Return the tag's values as whole numbers, leaving out what is not finite."""
        return tuple(int(value) for value in self.numbers(tag) if math.isfinite(value))

    def integer(self, tag: int) -> int | None:
        """Return the tag's first value as a whole number."""
        value = self.number(tag)
        return None if value is None else int(value)

    def text(self, tag: int) -> str | None:
        """Return the tag as text up to its first NUL, None when nothing is left of it."""
        text = self.raw(tag)[:4096].split(b"\0", 1)[0].decode("utf-8", "replace").strip()
        return text or None


@dataclass(frozen=True, slots=True)
class Tiff:
    """The directories of a TIFF: the chain of pages, and those that pages point to."""

    window: Window
    order: str
    pages: tuple[Directory, ...]
    children: tuple[Directory, ...]
    links: dict[int, Directory] = field(default_factory=dict)  # given, not read: by tag

    @property
    def all(self) -> tuple[Directory, ...]:
        """Return pages and children."""
        return self.pages + self.children

    def linked(self, tag: int) -> Directory | None:
        """Return the directory that a page points to by `tag` (EXIF, GPS)."""
        if tag in self.links:
            return self.links[tag]
        for page in self.pages:
            for offset in page.integers(tag):
                found, _ = read_directory(self.window, offset, self.order, big=False)
                if found is not None:
                    return found
        return None


def read_tiff(window: Window) -> Tiff | None:
    """Return the directories, None when the bytes are no TIFF."""
    head = window.at(0, 16)
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None or len(head) < 8:
        return None
    magic = struct.unpack_from(f"{order}H", head, 2)[0]
    big = magic == 43 and len(head) == 16
    if not big and magic not in _MAGICS:
        return None
    start = struct.unpack_from(f"{order}Q" if big else f"{order}I", head, 8 if big else 4)[0]
    pages = _chain(window, start, order, big=big)
    children: list[Directory] = []
    for parent in pages:
        for offset in parent.integers(SUB_IFDS)[:_MAX_DIRECTORIES]:
            children += _chain(window, offset, order, big=big)[:_MAX_DIRECTORIES]
    return Tiff(window, order, tuple(pages), tuple(children[:_MAX_DIRECTORIES]))


def read_directory(
    window: Window, offset: int, order: str, *, big: bool
) -> tuple[Directory | None, int]:
    """Return the directory at `offset` and the offset of the next one (0: none)."""
    count_bytes, entry_bytes, inline = (8, 20, 8) if big else (2, 12, 4)
    head = window.at(offset, count_bytes)
    if len(head) < count_bytes:
        return None, 0
    count = int.from_bytes(head, "little" if order == "<" else "big")
    if not 0 < count <= _MAX_ENTRIES:
        return None, 0
    start = offset + count_bytes
    table = window.at(start, count * entry_bytes + inline)
    directory = Directory(window, order, whole=len(table) >= count * entry_bytes)
    layout = struct.Struct(f"{order}HHQ" if big else f"{order}HHI")
    word = f"{order}Q" if big else f"{order}I"
    for index in range(min(count, len(table) // entry_bytes)):
        place = index * entry_bytes
        tag, kind, values = layout.unpack_from(table, place)
        value_place = place + entry_bytes - inline
        if values * _WIDTH.get(kind, 1) <= inline:
            value_offset = start + value_place
        else:
            value_offset = struct.unpack_from(word, table, value_place)[0]
        directory.entries.setdefault(tag, Entry(kind, values, value_offset))
    tail = table[count * entry_bytes :]
    following = struct.unpack(word, tail)[0] if len(tail) == inline else 0
    return directory, following


def _chain(window: Window, offset: int, order: str, *, big: bool) -> list[Directory]:
    found: list[Directory] = []
    seen: set[int] = set()
    while offset and offset not in seen and len(found) < _MAX_DIRECTORIES:
        seen.add(offset)
        directory, offset = read_directory(window, offset, order, big=big)
        if directory is not None:
            found.append(directory)
    return found
