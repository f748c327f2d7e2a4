"""What the times of two items say of each other."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from gphotos_reconcile.core.model import CaptureTime, MatchAsset, TimeBasis

ROUNDING_S: Final = 1.0
"""One clock cuts fractions of a second off, another rounds them."""

_QUARTER_S: Final = 900
_ZONES_S: Final = 26 * 3600  # UTC-12 to UTC+14
_IN_FILE: Final = (TimeBasis.EXIF_OFFSET, TimeBasis.QUICKTIME, TimeBasis.EXIF_LOCAL)


class TimeRelation(StrEnum):
    """How two capture times compare."""

    UNKNOWN = "unknown"
    SAME_FRACTION = "same_fraction"  # equal to the recorded fraction of a second
    SAME_SECOND = "same_second"
    OTHER_FRACTION = "other_fraction"
    ZONE = "zone"  # apart by whole quarter hours
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class TimesCompared:
    """The relation, how far apart in seconds, and whether both times are from the files."""

    relation: TimeRelation
    apart_s: float = 0.0
    in_files: bool = False


def compare_times(cloud: MatchAsset, local: MatchAsset) -> TimesCompared:
    """Compare capture times: those in the files where both have one, else the sidecar's."""
    first, second = _recorded(cloud), _recorded(local)
    if first is not None and second is not None:
        return _in_files(first, second)
    outside = _outside(cloud, first, local, second)
    if outside is None:
        return TimesCompared(TimeRelation.UNKNOWN)
    apart_s = (outside[0] - outside[1]).total_seconds()
    if abs(apart_s) <= ROUNDING_S:
        return TimesCompared(TimeRelation.SAME_SECOND, apart_s)
    relation = TimeRelation.ZONE if _is_zone(apart_s) else TimeRelation.OTHER
    return TimesCompared(relation, apart_s)


def _in_files(first: CaptureTime, second: CaptureTime) -> TimesCompared:
    apart_s = (_wall(first) - _wall(second)).total_seconds()
    digits = min(first.subsecond_digits, second.subsecond_digits)
    both_known = digits > 0 and _has_fraction(first) | _has_fraction(second)
    if both_known and abs(apart_s) < 1:
        is_same = abs(apart_s) < 10.0**-digits
        relation = TimeRelation.SAME_FRACTION if is_same else TimeRelation.OTHER_FRACTION
    elif abs(apart_s) < ROUNDING_S:
        relation = TimeRelation.SAME_SECOND
    else:
        relation = TimeRelation.ZONE if _is_zone(apart_s) else TimeRelation.OTHER
    return TimesCompared(relation, apart_s, in_files=True)


def _has_fraction(time: CaptureTime) -> bool:
    # Cameras without a fraction write 0, 00 or 000.
    return time.taken_at.microsecond != 0


def _is_zone(apart_s: float) -> bool:
    quarters = round(apart_s / _QUARTER_S)
    return (
        quarters != 0
        and abs(apart_s) <= _ZONES_S
        and abs(apart_s - quarters * _QUARTER_S) <= ROUNDING_S
    )


def _recorded(asset: MatchAsset) -> CaptureTime | None:
    for time in asset.facts.times:
        if time.basis in _IN_FILE:
            return time
    return None


def _outside(
    cloud: MatchAsset,
    first: CaptureTime | None,
    local: MatchAsset,
    second: CaptureTime | None,
) -> tuple[datetime, datetime] | None:
    """Return two times to compare where at least one file has none of its own."""
    left = _wall(first) if first else cloud.sidecar_taken_at
    right = _wall(second) if second else local.sidecar_taken_at
    if left is None or right is None:
        return None
    return left, right


def _wall(time: CaptureTime) -> datetime:
    """Return what a clock on the wall showed, as if it were UTC, where that is known."""
    if time.basis is TimeBasis.EXIF_LOCAL or time.offset_minutes is None:
        return time.taken_at
    return time.taken_at + timedelta(minutes=time.offset_minutes)
