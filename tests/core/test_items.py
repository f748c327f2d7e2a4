"""When an item was taken, and whose it is."""

from datetime import UTC, datetime, timedelta

import pytest

from gphotos_reconcile.core.items import TimeClues, belongs_to, capture_time, zone_offset
from gphotos_reconcile.core.model import CaptureTime, TimeBasis

NOON = datetime(2019, 5, 4, 12, tzinfo=UTC)


def local(hour: int) -> CaptureTime:
    return CaptureTime(taken_at=NOON.replace(hour=hour), basis=TimeBasis.EXIF_LOCAL)


@pytest.mark.parametrize(
    ("difference", "minutes"),
    [
        (timedelta(hours=2), 120),
        (timedelta(hours=-3, minutes=-30), -210),
        (timedelta(hours=5, minutes=45), 345),
        (timedelta(minutes=7), None),
        (timedelta(hours=15), None),
        (timedelta(hours=2, seconds=1), None),
    ],
)
def test_a_zone_is_whole_quarter_hours(difference: timedelta, minutes: int | None) -> None:
    assert zone_offset(NOON + difference, NOON) == minutes


def test_local_time_and_sidecar_give_the_instant_with_its_zone() -> None:
    taken = capture_time(TimeClues(readings=(local(14),), sidecar=NOON))

    assert taken is not None
    assert (taken.taken_at, taken.offset_minutes) == (NOON, 120)


def test_a_date_edited_in_the_app_does_not_replace_the_cameras() -> None:
    taken = capture_time(TimeClues(readings=(local(14),), sidecar=NOON + timedelta(days=400)))

    assert taken == local(14)


def test_an_instant_goes_before_a_local_time() -> None:
    sure = CaptureTime(taken_at=NOON, basis=TimeBasis.EXIF_OFFSET, offset_minutes=60)

    assert capture_time(TimeClues(readings=(local(13), sure))) == sure


@pytest.mark.parametrize(
    ("clues", "basis"),
    [
        (TimeClues(sidecar=NOON, name="IMG_20190504_120000.jpg"), TimeBasis.SIDECAR),
        (TimeClues(name="IMG_20190504_120000.jpg", modified_at=NOON), TimeBasis.NAME),
        (TimeClues(name="photo.jpg", modified_at=NOON), TimeBasis.MTIME),
    ],
)
def test_the_next_best_clue_is_taken(clues: TimeClues, basis: TimeBasis) -> None:
    taken = capture_time(clues)

    assert taken is not None
    assert (taken.basis, taken.taken_at) == (basis, NOON)


def test_without_any_clue_there_is_no_time() -> None:
    assert capture_time(TimeClues(name="photo.jpg")) is None


@pytest.mark.parametrize(
    ("said", "group"),
    [
        ({}, "own"),
        ({"origin": "fromPartnerSharing"}, "partner"),
        ({"origin": "fromSharedAlbum"}, "shared"),
        ({"origin": "mobileUpload"}, "own"),
        ({"trashed": True, "origin": "fromPartnerSharing"}, "trash"),
        ({"locked": True}, "locked"),
        ({"folder_roles": frozenset({"year", "locked"})}, "locked"),
    ],
)
def test_whose_an_item_is(said: dict[str, object], group: str) -> None:
    values: dict[str, object] = {
        "origin": None,
        "trashed": False,
        "locked": False,
        "folder_roles": frozenset(),
    }

    assert belongs_to(**(values | said)) == group  # type: ignore[arg-type]  # built by name
