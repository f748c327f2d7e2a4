"""How Takeout makes file names: pure rules over text.

Lengths are in UTF-16 code units, in which Google counts. Names are compared under NFC.
"""

import re
import unicodedata
from typing import Final

SUFFIX: Final = ".supplemental-metadata"
SIDECAR_UNITS: Final = 46  # `.json` and the counter are not counted
MEDIA_UNITS: Final = 51  # the extension is counted, the counter is not

MEDIA_EXTENSIONS: Final = frozenset(
    {
        "jpg", "jpeg", "jpe", "jfif", "png", "gif", "webp", "bmp", "tif", "tiff", "heic", "heif",
        "avif", "jxl", "ico", "svg", "psd",
        "dng", "cr2", "cr3", "crw", "nef", "nrw", "arw", "srf", "sr2", "orf", "rw2", "raf", "pef",
        "raw", "srw", "x3f", "erf", "kdc", "mrw", "dcr", "3fr", "gpr", "iiq", "mos",
        "mp4", "mov", "m4v", "avi", "mpg", "mpeg", "mkv", "webm", "wmv", "3gp", "3g2", "mts",
        "m2ts", "m2t", "mp", "mmv", "tod", "asf", "divx", "mod", "vob", "ts",
    }
)  # fmt: skip
RAW_EXTENSIONS: Final = frozenset(
    {
        "dng", "cr2", "cr3", "crw", "nef", "nrw", "arw", "srf", "sr2", "orf", "rw2", "raf", "pef",
        "raw", "srw", "x3f", "erf", "kdc", "mrw", "dcr", "3fr", "gpr", "iiq", "mos",
    }
)  # fmt: skip
_ALIASES: Final = {"jpeg": "jpg", "jpe": "jpg", "jfif": "jpg", "tiff": "tif", "mpeg": "mpg"}

# A space before it makes it a part of the title; (0) and (01) are never Google's.
_COUNTER: Final = re.compile(r"(?<! )\([1-9]\d{0,4}\)$")
_REPLACED: Final = re.compile(r'[\\/:*?"<>|%&\x00-\x1f\x7f]')

_TAILS: Final = frozenset(SUFFIX[:length] for length in range(len(SUFFIX) + 1))


def nfc(text: str) -> str:
    """Return the composed form, in which names are compared."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def units(text: str) -> int:
    """Return the length in UTF-16 code units."""
    return len(text) if text.isascii() else len(text) + sum(sign > "\uffff" for sign in text)


def cut(text: str, limit: int) -> str:
    """Return the longest start of `text` of at most `limit` units; a pair is never split."""
    if units(text) <= limit:
        return text
    kept = text[:limit]
    while units(kept) > limit:
        kept = kept[:-1]
    return kept


def file_name_of(title: str) -> str:
    """Return the title with the signs replaced that Google does not put into a file name."""
    return _REPLACED.sub("_", title)


def split_counter(text: str) -> tuple[str, str]:
    """Return (text, counter), the counter as `(2)` or ""."""
    found = _COUNTER.search(text) if text.endswith(")") else None
    return (text[: found.start()], found.group()) if found and found.start() else (text, "")


def split_extension(name: str) -> tuple[str, str]:
    """Return (stem, extension with its dot); the extension is "" unless a camera might write it."""
    stem, dot, tail = name.rpartition(".")
    if stem and dot and tail.casefold() in MEDIA_EXTENSIONS:
        return stem, dot + tail
    return name, ""


def with_counter(name: str, counter: str) -> str:
    """Return the media name with its counter: before the last dot, whatever stands behind that."""
    if not counter:
        return name
    stem, dot, tail = name.rpartition(".")
    return f"{stem}{counter}{dot}{tail}" if stem else name + counter


def cut_media(name: str, extension: str | None = None) -> str:
    """Return the media name cut to what Google allows.

    Args:
        name: the name made of the title.
        extension: the extension that the file has, where the title has none or another one.
    """
    stem, own = split_extension(name)
    ending = own if extension is None else extension
    return cut(stem, MEDIA_UNITS - units(ending)) + ending


def is_tail(text: str) -> bool:
    """Tell whether `text` is what can stand between a title and `.json`.

    Any start of the suffix, also none of it; `.metadata` was seen once (GPTH #460).
    """
    return text in _TAILS or text == ".metadata"


def plain_extension(extension: str) -> str:
    """Return one spelling for extensions that mean the same (`.JPEG` and `.jpg`)."""
    tail = extension[1:].casefold()
    return _ALIASES.get(tail, tail)
