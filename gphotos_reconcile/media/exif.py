"""EXIF, GPS and Apple's maker note: facts out of TIFF directories.

Everything is optional and nothing is trusted: year 0, fractions by zero and huge numbers give
no fact. Source: Exif 3.0 (CIPA DC-008); Apple tags as ExifTool documents them.
"""

import math
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from gphotos_reconcile.core.model import CaptureTime, MediaFacts, TimeBasis
from gphotos_reconcile.media.tiff import (
    EXIF_IFD,
    GPS_IFD,
    Directory,
    Tiff,
    read_directory,
    read_tiff,
)
from gphotos_reconcile.media.window import MemoryWindow

_DATE: Final = re.compile(r"(\d{4})\D(\d\d)\D(\d\d)\D+(\d\d)\D(\d\d)\D(\d\d)")
_OFFSET: Final = re.compile(r"([+-])(\d\d):?(\d\d)")

# Date, offset, sub-seconds: as taken, then as digitised, then as last changed.
_DATE_TAGS: Final = ((0x9003, 0x9011, 0x9291), (0x9004, 0x9012, 0x9292), (0x0132, 0x9010, 0x9290))
_ORIENTATION: Final = 0x0112
_MAKER_NOTE: Final = 0x927C
_APPLE_HEAD: Final = b"Apple iOS\0\0\x01MM"


def facts_from_exif(tiff: Tiff) -> MediaFacts:
    """Return what the directories of an EXIF block or a raw tell of the exposure."""
    page = tiff.pages[0] if tiff.pages else Directory(tiff.window, tiff.order)
    exif = tiff.linked(EXIF_IFD) or page
    gps = tiff.linked(GPS_IFD)
    facts = MediaFacts(
        orientation=orientation_of(page),
        times=_times(page, exif, gps),
        camera_make=page.text(0x010F),
        camera_model=page.text(0x0110),
        lens_model=exif.text(0xA434),
        iso=_between(exif.integer(0x8827), 1, 10_000_000),
        exposure_time_s=_positive(exif.number(0x829A), 86_400),
        f_number=_positive(exif.number(0x829D), 1000),
        focal_length_mm=_positive(exif.number(0x920A), 100_000),
        latitude=_degrees(gps, 2, 1, b"S", 90),
        longitude=_degrees(gps, 4, 3, b"W", 180),
        rating=_between(page.integer(0x4746), 0, 5),
        software=page.text(0x0131),
        image_unique_id=exif.text(0xA420),
        camera_serial=exif.text(0xA431),
    )
    return _with_apple_note(facts, exif.raw(_MAKER_NOTE))


def orientation_of(directory: Directory) -> int:
    """Return the EXIF orientation, 1 where it is absent or makes no sense."""
    return _between(directory.integer(_ORIENTATION), 1, 8) or 1


def exif_block(data: bytes) -> Tiff | None:
    """Return the directories of an EXIF block, with or without its `Exif` head."""
    start = 6 if data[:6] in {b"Exif\0\0", b"Exif\0\xff"} else 0
    return read_tiff(MemoryWindow(data[start:]))


def local_time(text: str, subseconds: str = "", offset: str = "") -> CaptureTime | None:
    """Return an EXIF date as an instant where it carries its offset, else as if it were UTC.

    Args:
        text: `2019:05:04 10:11:12`; the separators do not matter.
        subseconds: decimals of the second, "" for none.
        offset: `+02:00`, "" for none.
    """
    found = _DATE.match(text)
    if found is None:
        return None
    digits = re.match(r"\d{1,6}", subseconds.strip())
    fraction = digits.group() if digits else ""
    try:
        moment = datetime(*(int(part) for part in found.groups()), tzinfo=UTC)  # type: ignore[arg-type, misc]  # six ints, mypy sees any number
    except ValueError:
        return None
    moment = moment.replace(microsecond=int(fraction.ljust(6, "0")) if fraction else 0)
    minutes = _offset_minutes(offset)
    if minutes is None:
        return CaptureTime(
            taken_at=moment, basis=TimeBasis.EXIF_LOCAL, subsecond_digits=len(fraction)
        )
    try:
        instant = moment - timedelta(minutes=minutes)
    except OverflowError:
        return None
    return CaptureTime(
        taken_at=instant,
        basis=TimeBasis.EXIF_OFFSET,
        offset_minutes=minutes,
        subsecond_digits=len(fraction),
    )


def _offset_minutes(text: str) -> int | None:
    found = _OFFSET.fullmatch(text.strip())
    if found is None:
        return None
    minutes = int(found[2]) * 60 + int(found[3])
    return None if minutes > 15 * 60 else minutes * (-1 if found[1] == "-" else 1)


def _times(page: Directory, exif: Directory, gps: Directory | None) -> tuple[CaptureTime, ...]:
    readings = []
    for date, offset, subseconds in _DATE_TAGS:
        text = exif.text(date) or page.text(date)
        found = local_time(text or "", exif.text(subseconds) or "", exif.text(offset) or "")
        if found is not None:
            readings.append(found)
            break
    fix = _gps_time(gps)
    if fix is not None:
        readings.append(fix)
    order = list(TimeBasis)
    return tuple(sorted(readings, key=lambda reading: order.index(reading.basis)))


def _gps_time(gps: Directory | None) -> CaptureTime | None:
    if gps is None:
        return None
    date = re.match(r"(\d{4})\D(\d\d)\D(\d\d)", gps.text(0x1D) or "")
    clock = gps.numbers(0x07)
    if date is None or len(clock) < 3 or not all(math.isfinite(part) for part in clock):
        return None
    seconds = clock[0] * 3600 + clock[1] * 60 + clock[2]
    if not 0 < seconds < 86_400:  # a clock of 0:00:00 is one that was never set
        return None
    try:
        day = datetime(int(date[1]), int(date[2]), int(date[3]), tzinfo=UTC)
    except ValueError:
        return None
    return CaptureTime(taken_at=day + timedelta(seconds=round(seconds, 3)), basis=TimeBasis.GPS)


def _degrees(
    gps: Directory | None, tag: int, sign_tag: int, negative: bytes, limit: int
) -> float | None:
    if gps is None:
        return None
    parts = gps.numbers(tag)
    if len(parts) < 3 or not all(math.isfinite(part) for part in parts[:3]):
        return None
    value = parts[0] + parts[1] / 60 + parts[2] / 3600
    if not 0 <= value <= limit:
        return None
    return round(-value if gps.raw(sign_tag)[:1].upper() == negative else value, 7)


def _positive(value: float | None, limit: float) -> float | None:
    return value if value is not None and 0 < value <= limit else None


def _between(value: int | None, low: int, high: int) -> int | None:
    return value if value is not None and low <= value <= high else None


def _with_apple_note(facts: MediaFacts, note: bytes) -> MediaFacts:
    """Add the identifiers that join a Live Photo's parts, and the frames of a burst."""
    if note[: len(_APPLE_HEAD)] != _APPLE_HEAD:
        return facts
    directory, _ = read_directory(MemoryWindow(note), len(_APPLE_HEAD), ">", big=False)
    if directory is None:
        return facts
    return replace(
        facts,
        burst_id=directory.text(0x000B),
        content_identifier=directory.text(0x0011),
    )
