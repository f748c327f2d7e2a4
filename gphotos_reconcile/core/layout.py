"""Where a copy goes: names that every file system takes, and folders made from a template.

A name is changed as little as it takes to be written on Linux, macOS and Windows alike. Two names
that any of them would hold for one (by case, by NFC or NFD, by characters that do not show) have
the same `twin_key`.
"""

import re
import string
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Final

from gphotos_reconcile.core.errors import UsageError

NAME_BYTES: Final = 236
"""Longest name we give: 255 less the room for a counter and for `.xmp` behind the name."""

UNDATED: Final = "undated"
NO_ALBUM: Final = "no album"

_FIELDS: Final = ("year", "month", "day", "album", "kind")

# What Windows refuses, separators, controls, bidi and zero-width marks, surrogates (bytes that are
# no UTF-8), and the noncharacters that APFS refuses.
_UNWRITABLE: Final = re.compile(
    '[<>:"/\\\\|?*\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069'
    "\ufeff\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(chr(plane * 0x10000 + last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))
    + "]"
)  # fmt: skip
_TRAILING: Final = re.compile(r"[. ]+$")
_LEADING: Final = re.compile(r"^[-. ]+")
# Device names of Windows, with any extension; the digits may be superscripts.
_RESERVED: Final = re.compile(
    r"^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\ *$", re.IGNORECASE
)
_IGNORABLE: Final = re.compile("[\u00ad\u034f\u180b-\u180e\u200b-\u200f\u2060-\u206f\ufe00-\ufe0f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutOptions:
    """How copies are arranged under the target folder.

    `template` names folders with `{year}`, `{month}`, `{day}`, `{album}` and `{kind}`; an empty
    one puts all copies side by side. `beside` gives the folder, relative to the target, in which
    the local pictures of a day lie; it goes before the template.
    """

    template: str = "{year}/{month}/"
    beside: Mapping[date, PurePosixPath] | None = None

    def __post_init__(self) -> None:
        """Check the template.

        Raises:
            UsageError: it is absolute, climbs up, or has a field that we do not know.
        """
        _template_parts(self.template)


def folder_for(
    options: LayoutOptions, taken_on: date | None, album: str, kind: str
) -> PurePosixPath:
    """Return the folder of one item, relative to the target.

    Date components of an item without a date become one folder `undated`. An item without an
    album goes to `no album`.
    """
    if options.beside and taken_on is not None and taken_on in options.beside:
        return options.beside[taken_on]
    values = {"album": album or NO_ALBUM, "kind": kind}
    if taken_on is not None:
        values |= {
            "year": f"{taken_on.year:04d}",
            "month": f"{taken_on.month:02d}",
            "day": f"{taken_on.day:02d}",
        }
    return PurePosixPath(*_expand(options.template, values))


def _expand(template: str, values: dict[str, str]) -> list[str]:
    folders: list[str] = []
    for part in _template_parts(template):
        if _template_fields(part) <= values.keys():
            folders.append(safe_stem(part.format_map(values)))
        elif UNDATED not in folders:
            folders.append(UNDATED)
    return folders


@lru_cache(maxsize=64)
def _template_parts(template: str) -> tuple[str, ...]:
    parts = tuple(part for part in template.split("/") if part)
    fields = _template_fields(template)
    if template.startswith("/") or {".", ".."} & set(parts) or not fields <= set(_FIELDS):
        raise UsageError(
            f"The layout {template!r} is not usable.",
            hint="Write folders with / between them, made of text and of "
            + ", ".join(f"{{{name}}}" for name in _FIELDS)
            + "; for example {year}/{month}/.",
        )
    return parts


@lru_cache(maxsize=256)
def _template_fields(template: str) -> frozenset[str]:
    """Return the names of the fields as written, format specifications and all."""
    try:
        found = [*string.Formatter().parse(template)]
    except ValueError:
        return frozenset({template})
    return frozenset(
        f"{name}{spec}{conversion or ''}" for _, name, spec, conversion in found if name is not None
    )


def split_name(name: str) -> tuple[str, str]:
    """Return a file name's stem and its extension with the dot, "" when it has none."""
    stem, dot, extension = name.rpartition(".")
    if not dot or not stem or not extension or len(extension) > 12 or " " in extension:
        return name, ""
    return stem, dot + extension


def safe_stem(stem: str, room_bytes: int = NAME_BYTES) -> str:
    """Return a stem, or the name of a folder, that can be written everywhere.

    What cannot be written becomes `_`; a leading dash, dot or space (an option, a hidden file)
    and Windows' device names get one in front. The result is NFC and at most `room_bytes` long.
    """
    text = unicodedata.normalize("NFC", _UNWRITABLE.sub("_", stem))
    if _LEADING.match(text) or _RESERVED.match(text.partition(".")[0]):
        text = "_" + text.lstrip(" ")
    text = _shortened(text, room_bytes)
    return _TRAILING.sub(lambda found: "_" * len(found.group()), text) or "_"


def safe_extension(extension: str) -> str:
    """Return an extension, dot included, that can be written everywhere; "" stays ""."""
    text = unicodedata.normalize("NFC", _UNWRITABLE.sub("_", extension[1:]))
    text = _TRAILING.sub(lambda found: "_" * len(found.group()), text)
    return f".{text}" if text else ""


def twin_key(path: PurePosixPath | str) -> str:
    """Return what is equal for paths that some file system holds for the same.

    Coarser than any one of them: case by its widest folding, canonical equivalence, characters
    that do not show.
    """
    text = str(path)
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFD", text)
    text = unicodedata.normalize("NFD", text.casefold().upper().casefold())
    return _IGNORABLE.sub("", text)


def _shortened(text: str, room_bytes: int) -> str:
    while _length(text) > room_bytes:
        # At least one character goes each time; a character is at most 4 bytes.
        text = text[: -max(1, (_length(text) - room_bytes) // 4)]
    return text


def _length(text: str) -> int:
    """Return the larger of the lengths that ext4 (UTF-8 bytes) and HFS+ (NFD, UTF-16) count."""
    if text.isascii():
        return len(text)
    return max(
        len(text.encode("utf-8")), len(unicodedata.normalize("NFD", text).encode("utf-16-le")) // 2
    )
