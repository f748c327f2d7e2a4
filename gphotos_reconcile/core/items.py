"""What an item is, worked out from its stored files: its time, and whose it is."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from gphotos_reconcile.core.model import CaptureTime, TimeBasis
from gphotos_reconcile.core.times import time_in_name

_QUARTER: Final = timedelta(minutes=15)
_WIDEST_ZONE: Final = timedelta(hours=14)
_TRUST: Final = tuple(TimeBasis)
_NOTHING: Final = CaptureTime(
    taken_at=datetime.fromisoformat("0001-01-01T00:00:00Z"), basis=TimeBasis.NONE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeClues:
    """All that tells when an item was taken: readings in the bytes, sidecar, name, file time."""

    readings: tuple[CaptureTime, ...] = ()
    sidecar: datetime | None = None
    name: str = ""
    modified_at: datetime | None = None


def zone_offset(local: datetime, instant: datetime) -> int | None:
    """Return the zone's offset in minutes that makes a local time the same moment as an instant.

    `local` is a wall-clock time written as if it were UTC. None when they differ by anything that
    is no zone: zones are whole quarter hours within 14 hours, to the second.
    """
    difference = local - instant
    whole = timedelta(seconds=round(difference.total_seconds()))
    if abs(whole) > _WIDEST_ZONE or whole % _QUARTER:
        return None
    return int(whole / timedelta(minutes=1))


def capture_time(clues: TimeClues) -> CaptureTime | None:
    """Return the reading to show and to sort by, None when nothing tells.

    A local EXIF time that agrees with the sidecar up to a zone gives the sidecar's instant with
    that zone. The file's own time of change is used only when nothing else is there.
    """
    best = min(clues.readings, key=lambda t: _TRUST.index(t.basis), default=None)
    if best is not None and best.basis is TimeBasis.EXIF_LOCAL and clues.sidecar is not None:
        offset = zone_offset(best.taken_at, clues.sidecar)
        if offset is not None:
            instant = best.taken_at - timedelta(minutes=offset)
            return replace(best, taken_at=instant, offset_minutes=offset)
    if best is not None:
        return best
    for moment, basis in (
        (clues.sidecar, TimeBasis.SIDECAR),
        (time_in_name(clues.name), TimeBasis.NAME),
        (clues.modified_at, TimeBasis.MTIME),
    ):
        if moment is not None:
            return replace(_NOTHING, taken_at=moment, basis=basis)
    return None


def belongs_to(
    *, origin: str | None, trashed: bool, locked: bool, folder_roles: frozenset[str]
) -> str:
    """Return whose an item is: `own`, `partner`, `shared`, `trash` or `locked`.

    Only `own` items are copied unless the user asks for the others.
    """
    if trashed or "trash" in folder_roles:
        return "trash"
    if locked or "locked" in folder_roles:
        return "locked"
    if origin == "fromPartnerSharing":
        return "partner"
    return "shared" if origin == "fromSharedAlbum" else "own"
