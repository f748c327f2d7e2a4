"""File names as people read them, and the part of a name that survives an upload."""

import re
import unicodedata
from typing import Final

# Controls, bidi overrides and isolates, zero-width marks: they change what a terminal shows.
_UNSAFE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)

_COUNTER: Final = re.compile(r"\(\d{1,4}\)$")
_EDITED: Final = re.compile(
    r"[-_ ](edited|bearbeitet|modifi[ée]|modificato|ha editado|editado|editat|edytowane|edytowano"
    r"|bewerkt|編集済み|编辑|已修改|修改|已編輯|измененный|отредактировано|düzenlendi|muokattu"
    r"|effects|collage|animation)$",
    re.IGNORECASE,
)


def display_text(text: str) -> str:
    r"""Return `text` with everything a terminal would act upon written as an escape.

    Control characters, bidi overrides and lone surrogates become `\x0a`, `\u202e`, `\udcff`.
    """
    return _UNSAFE.sub(_escape, text)


def display_path(path: bytes) -> str:
    """Return a path's readable form: UTF-8 where it is, escapes where it is not."""
    return display_text(path.decode("utf-8", "surrogateescape"))


def name_stem(name: str) -> str:
    """Return the part of a file name that an upload, a download or an edit leaves alone.

    NFC, casefolded; without the extension, a counter `(1)` and an edit suffix.
    """
    stem = unicodedata.normalize("NFC", name)
    head, dot, tail = stem.rpartition(".")
    if dot and head and len(tail) <= 5:
        stem = head
    for pattern in (_COUNTER, _EDITED, _COUNTER):
        stem = pattern.sub("", stem)
    return stem.strip().casefold()


def _escape(found: re.Match[str]) -> str:
    code = ord(found.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
