"""A whole-library inventory as CSV, as Google Photos Toolkit writes it in the user's browser.

It is read only. Its media keys join with those of Takeout sidecars, its dedup keys are SHA-1
digests in another writing; both find candidates and prove nothing by themselves.
"""

import base64
import binascii
import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from dateutil.parser import parse as parse_date

from gphotos_reconcile.core.errors import SourceError
from gphotos_reconcile.core.listing import InventoryRow
from gphotos_reconcile.core.model import Kind, Problem
from gphotos_reconcile.core.names import display_text
from gphotos_reconcile.core.times import from_epoch

_VIDEO_ENDINGS: Final = frozenset({"mp4", "mov", "m4v", "avi", "mkv", "webm", "3gp", "mpg", "mts"})
_PHOTO_ENDINGS: Final = frozenset(
    {"jpg", "jpeg", "heic", "heif", "png", "gif", "webp", "avif", "tif", "tiff", "bmp", "dng"}
)
_FIELD_BYTES: Final = 1 << 20
_KEY: Final = re.compile(r"[\w-]{8,200}")

_TRUE: Final = frozenset({"true", "1", "yes"})
_FALSE: Final = frozenset({"false", "0", "no"})


def read_inventory(path: Path) -> Iterator[InventoryRow | Problem]:
    """Yield one value for each row: what it says, or why it cannot be used.

    Columns are found by name, whatever their order, case, spaces and underscores; only
    `mediaKey` must be there.

    Raises:
        SourceError: the file cannot be read, or has no column `mediaKey`.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
            yield from _rows(stream, path)
    except OSError as error:
        raise SourceError(
            f"The inventory {path} cannot be read ({error.strerror}).",
            hint="Check the path and its permissions.",
        ) from None


def sha1_of_dedup_key(dedup_key: str) -> str | None:
    """Return the SHA-1 that a dedup key holds, 40 hex digits; None when it holds none.

    The key is URL-safe base64 without padding of the 20 bytes.
    """
    text = dedup_key.strip().rstrip("=")
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw.hex() if len(raw) == 20 else None


def _rows(stream: io.TextIOBase | io.TextIOWrapper, path: Path) -> Iterator[InventoryRow | Problem]:
    csv.field_size_limit(_FIELD_BYTES)
    lines = csv.reader(stream)
    header = {_plain(name): at for at, name in enumerate(next(lines, []))}
    if "mediakey" not in header:
        raise SourceError(
            f"{path} has no column mediaKey.",
            hint="Export the metadata CSV of Google Photos Toolkit (version 3.2 or later).",
        )
    while True:
        try:
            cells = next(lines)
        except StopIteration:
            return
        except csv.Error as error:
            yield _bad(lines.line_num, f"it is not CSV ({error})")
            return
        if cells:
            yield _row(_Row(header, cells), lines.line_num)


class _Row:
    """One line, read by column name."""

    def __init__(self, header: Mapping[str, int], cells: list[str]) -> None:
        self._header = header
        self._cells = cells

    def text(self, name: str) -> str:
        at = self._header.get(name, len(self._cells))
        return self._cells[at].strip() if at < len(self._cells) else ""

    def flag(self, name: str) -> bool | None:
        word = self.text(name).lower()
        return True if word in _TRUE else False if word in _FALSE else None

    def number(self, name: str) -> int | None:
        text = self.text(name)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None

    def moment(self, name: str) -> datetime | None:
        text = self.text(name)
        if re.fullmatch(r"-?\d{1,14}", text):  # milliseconds, where the tool wrote them raw
            return from_epoch(int(text) / 1000)
        try:
            # Spreadsheets that the file went through write dates in many ways, all with the year.
            moment: datetime | None = parse_date(text) if re.search(r"\d{4}", text) else None
        except (ValueError, OverflowError):
            return None
        if moment is None:
            return None
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _row(row: _Row, line: int) -> InventoryRow | Problem:
    media_key = row.text("mediakey")
    if not _KEY.fullmatch(media_key):
        return _bad(line, f"its media key is {display_text(media_key[:40])!r}")
    dedup_key, name = row.text("dedupkey"), row.text("filename")
    duration = row.number("duration")
    return InventoryRow(
        media_key=media_key,
        dedup_key=dedup_key,
        sha1=sha1_of_dedup_key(dedup_key),
        filename=name,
        kind=_kind(name),
        taken_at=row.moment("takenat") or row.moment("timestamp"),
        uploaded_at=row.moment("uploadedat") or row.moment("creationtimestamp"),
        width_px=row.number("width"),
        height_px=row.number("height"),
        size_bytes=row.number("sizebytes") or row.number("size"),
        duration_s=None if duration is None else duration / 1000,
        takes_up_space=row.flag("takesupspace"),
        is_original_quality=row.flag("isoriginalquality"),
        is_owned=row.flag("isowned"),
        is_archived=row.flag("isarchived"),
        is_favorite=row.flag("isfavorite"),
        is_trashed=row.flag("istrashed"),
        album=row.text("sourcealbumtitle"),
    )


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _kind(name: str) -> Kind:
    ending = name.rpartition(".")[2].lower()
    if ending in _VIDEO_ENDINGS:
        return Kind.VIDEO
    return Kind.PHOTO if ending in _PHOTO_ENDINGS else Kind.OTHER


def _bad(line: int, why: str) -> Problem:
    return Problem(
        stage="inventory",
        message=f"Line {line} of the inventory cannot be used: {why}.",
        hint="The other lines were read. Export the inventory again if there are many.",
    )
