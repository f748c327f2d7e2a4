import struct
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gphotos_reconcile.core.model import MediaFacts, TimeBasis
from gphotos_reconcile.media.exif import exif_block, facts_from_exif, local_time
from gphotos_reconcile.media.fingerprint import fingerprint
from gphotos_reconcile.media.window import MemoryWindow
from gphotos_reconcile.media.xmp import with_xmp
from tests.media.exiftool import needs_exiftool, retagged
from tests.media.raws import Tags, exif_tags, tiff
from tests.media.samples import sample
from tests.media.sources import BytesSource
from tests.media.videos import video

TAGS = (
    "-Make=Maker", "-Model=Camera One", "-LensModel=Lens 50", "-ISO=400",
    "-ExposureTime=1/250", "-FNumber=2.8", "-FocalLength=50", "-Orientation#=6",
    "-DateTimeOriginal=2019:05:04 10:11:12", "-SubSecTimeOriginal=345",
    "-OffsetTimeOriginal=+02:00", "-GPSLatitude=47.5", "-GPSLatitudeRef=S",
    "-GPSLongitude=8.25", "-GPSLongitudeRef=E", "-ImageUniqueID=abc123",
    "-SerialNumber=777", "-Software=Editor", "-XMP:Rating=4",
)  # fmt: skip


@needs_exiftool
@pytest.mark.parametrize(
    "name",
    [
        "jpeg", "png", "webp", "tiff", "heic", "avif", "jxl", "dng", "cr2", "cr3", "nef", "arw",
        "raf",
    ],
)  # fmt: skip
def test_the_facts_of_an_exposure_are_read_from_every_format(name: str, tmp_path: Path) -> None:
    endings = {"jpeg": "jpg", "tiff": "tif"}
    data = retagged(sample(name), f"a.{endings.get(name, name)}", tmp_path, *TAGS)

    facts = fingerprint(BytesSource(data)).facts

    assert (facts.camera_make, facts.camera_model, facts.lens_model) == (
        "Maker", "Camera One", "Lens 50",
    )  # fmt: skip
    assert (facts.iso, facts.f_number, facts.focal_length_mm) == (400, 2.8, 50)
    assert facts.exposure_time_s == pytest.approx(1 / 250)
    assert [facts.latitude, facts.longitude] == pytest.approx([-47.5, 8.25])
    assert (facts.rating, facts.software, facts.image_unique_id) == (4, "Editor", "abc123")
    taken = facts.times[0]
    assert taken.taken_at == datetime(2019, 5, 4, 8, 11, 12, 345_000, tzinfo=UTC)
    assert (taken.basis, taken.offset_minutes, taken.subsecond_digits) == (
        TimeBasis.EXIF_OFFSET, 120, 3,
    )  # fmt: skip


@needs_exiftool
def test_orientation_turns_the_size(tmp_path: Path) -> None:
    data = retagged(sample("jpeg"), "a.jpg", tmp_path, "-Orientation#=6")

    facts = fingerprint(BytesSource(data)).facts

    assert (facts.width_px, facts.height_px, facts.orientation) == (240, 320, 6)


def test_a_date_without_a_zone_is_written_as_if_it_were_utc() -> None:
    reading = local_time("2019:05:04 10:11:12", "5")

    assert reading is not None
    assert reading.basis is TimeBasis.EXIF_LOCAL
    assert reading.taken_at == datetime(2019, 5, 4, 10, 11, 12, 500_000, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["0000:00:00 00:00:00", "    :  :     :  :  ", "2019:13:01 00:00:00", "", "garbage"]
)
def test_a_date_that_is_none_gives_no_time(text: str) -> None:
    assert local_time(text) is None


@given(st.text(max_size=25), st.text(max_size=8), st.text(max_size=8))
def test_no_text_makes_reading_a_date_fail(text: str, subseconds: str, offset: str) -> None:
    reading = local_time(text, subseconds, offset)
    assert reading is None or reading.taken_at.tzinfo is UTC


def test_apples_note_gives_content_identifier_and_burst() -> None:
    entries = [(0x000B, b"BURST-UUID\0"), (0x0011, b"CONTENT-ID\0")]
    head = b"Apple iOS\0\0\x01MM"
    values = head + struct.pack(">H", len(entries)) + bytes(12 * len(entries) + 4)
    table = b""
    for tag, text in entries:
        table += struct.pack(">HHII", tag, 2, len(text), len(values))
        values += text
    note = values[: len(head) + 2] + table + values[len(head) + 2 + len(table) :]

    facts = _facts({0x927C: (7, note)})

    assert (facts.content_identifier, facts.burst_id) == ("CONTENT-ID", "BURST-UUID")


def test_fractions_by_zero_and_huge_numbers_are_no_facts() -> None:
    facts = _facts({
        0x829A: (5, [(1, 0)]),
        0x829D: (5, [(4_294_967_295, 1)]),
        0x920A: (5, [(0, 5)]),
        0x8827: (4, 4_294_967_295),
        0x4746: (3, 99),
        0x0112: (3, 77),
    })  # fmt: skip

    assert facts == MediaFacts(camera_make="Maker", camera_model="Test One")


def _facts(tags: Tags) -> MediaFacts:
    block = exif_block(tiff([{**exif_tags(), **tags}]))
    assert block is not None
    return facts_from_exif(block)


_BLOCK = tiff([{**exif_tags(), 0x9003: (2, b"2019:05:04 10:11:12\0"), 0x829A: (5, [(1, 250)])}])


@given(st.lists(st.tuples(st.integers(0, len(_BLOCK) - 1), st.integers(0, 255)), max_size=20))
def test_no_damage_to_an_exif_block_makes_reading_it_fail(damage: list[tuple[int, int]]) -> None:
    data = bytearray(_BLOCK)
    for place, value in damage:
        data[place] = value

    block = exif_block(bytes(data))

    assert block is None or isinstance(facts_from_exif(block), MediaFacts)


def test_xmp_gives_rating_and_burst_where_exif_gives_none() -> None:
    packet = b'<x xmp:Rating="3" GCamera:BurstID="b-1"/>'

    assert with_xmp(MediaFacts(), packet) == MediaFacts(rating=3, burst_id="b-1")
    assert with_xmp(MediaFacts(rating=5), packet).rating == 5


def test_a_videos_facts_are_read_apples_local_time_first() -> None:
    data = video(
        "mov",
        seconds=1,
        tags={
            "com.apple.quicktime.creationdate": "2021-04-10T10:44:00+0100",
            "com.apple.quicktime.content.identifier": "LIVE-1",
            "com.apple.quicktime.make": "Apple",
            "com.apple.quicktime.model": "Phone 1",
            "com.apple.quicktime.location.ISO6709": "+47.5000-008.2500+400/",
            "creation_time": "2021-04-10T09:44:01Z",
        },
    )

    facts = fingerprint(BytesSource(data)).facts

    moments = [(time.taken_at, time.offset_minutes) for time in facts.times]
    assert moments == [
        (datetime(2021, 4, 10, 9, 44, tzinfo=UTC), 60),
        (datetime(2021, 4, 10, 9, 44, 1, tzinfo=UTC), None),
    ]
    assert (facts.content_identifier, facts.camera_model) == ("LIVE-1", "Phone 1")
    assert (facts.latitude, facts.longitude) == (47.5, -8.25)
    assert (facts.video_codec, facts.audio_codec, facts.frame_rate) == ("h264", "aac", 30)
    assert facts.duration_s == pytest.approx(1, abs=0.1)


def test_a_window_gives_no_bytes_outside_of_itself() -> None:
    window = MemoryWindow(b"abc")

    assert [window.at(-1, 2), window.at(2, 9), window.at(3, 1), window.at(0, -1)] == [
        b"", b"c", b"", b"",
    ]  # fmt: skip
