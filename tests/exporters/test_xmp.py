"""XMP files: what Google knows, in fields that others read; what was there stays."""

import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gphotos_reconcile.core.model import Kind
from gphotos_reconcile.core.plan import PlanItem
from gphotos_reconcile.exporters.sidecars import (
    SidecarOptions,
    SidecarStyle,
    sidecar_paths,
    write_sidecars,
)
from gphotos_reconcile.exporters.xmp import XmpError, xmp_packet
from tests.exporters.samples import plan_file, plan_item

ITEM = plan_item(
    1, plan_file("a.jpg"), albums=("Rome", "Trip/2019|A"), people=("Ann & Bo", "Zoë"),
    description="At <the> \"wall\"\nsecond line", latitude=-33.8567844, longitude=151.213108,
    favourite=True, taken_at=datetime(2019, 5, 4, 12, 11, 12, tzinfo=timezone(timedelta(hours=2))),
)  # fmt: skip
DARKTABLE = b"""<?xml version="1.0" encoding="UTF-8"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 4.4.0-Exiv2">
 <!-- made by hand -->
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:odd="http://example.org/odd/" xmlns:dc="http://purl.org/dc/elements/1.1/"
   exif:DateTimeOriginal="2001:01:01 00:00:00" xmp:Rating="2" odd:kept="yes">
   <dc:subject><rdf:Bag><rdf:li>Rome</rdf:li><rdf:li>mine</rdf:li></rdf:Bag></dc:subject>
   <odd:history><rdf:Seq><rdf:li odd:num="0">crop</rdf:li></rdf:Seq></odd:history>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
"""


def _told(path: Path) -> dict[str, Any]:
    """Return what exiftool reads in a file."""
    exiftool = shutil.which("exiftool")
    if exiftool is None:
        pytest.skip("exiftool is not installed")
    command = [exiftool, "-j", "-G1", "-struct", "-c", "%+.6f", str(path)]
    told = subprocess.run(command, check=True, capture_output=True)
    found: dict[str, Any] = json.loads(told.stdout)[0]
    return found


def _packet(item: PlanItem, existing: bytes | None = None) -> bytes:
    packet = xmp_packet(item, existing, favourite_rating=5)
    assert packet is not None
    return packet


def test_a_packet_is_as_it_was(golden: Callable[[str, bytes], None]) -> None:
    golden("xmp/new.xmp", _packet(ITEM))
    golden("xmp/merged.xmp", _packet(ITEM, DARKTABLE))


def test_exiftool_reads_every_field_back(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg.xmp"
    path.write_bytes(_packet(ITEM))

    told = _told(path)

    expected = {
        "XMP-exif:DateTimeOriginal": "2019:05:04 12:11:12+02:00",
        "XMP-photoshop:DateCreated": "2019:05:04 12:11:12+02:00",
        "XMP-exif:GPSLatitude": "-33.856784",
        "XMP-exif:GPSLongitude": "+151.213108",
        "XMP-xmp:Rating": 5,
        "XMP-dc:Description": 'At <the> "wall"\nsecond line',
        "XMP-dc:Subject": ["Rome", "Trip/2019|A", "Ann & Bo", "Zoë"],
        "XMP-digiKam:TagsList": [
            "GP/Rome", "GP/Trip_2019|A", "GP/People/Ann & Bo", "GP/People/Zoë",
        ],
        "XMP-lr:HierarchicalSubject": [
            "GP|Rome", "GP|Trip/2019_A", "GP|People|Ann & Bo", "GP|People|Zoë",
        ],
        "XMP-iptcExt:PersonInImage": ["Ann & Bo", "Zoë"],
    }  # fmt: skip
    found = {name: told.get(name) for name in expected}
    found["XMP-exif:GPSLatitude"] = str(found["XMP-exif:GPSLatitude"]).split(" ")[0]
    found["XMP-exif:GPSLongitude"] = str(found["XMP-exif:GPSLongitude"]).split(" ")[0]
    assert (
        found
        | {
            "XMP-exif:GPSLatitude": f"{float(str(found['XMP-exif:GPSLatitude'])):+.6f}",
            "XMP-exif:GPSLongitude": f"{float(str(found['XMP-exif:GPSLongitude'])):+.6f}",
        }
        == expected
    )


def test_what_an_existing_packet_says_stays_and_lists_are_united(tmp_path: Path) -> None:
    path = tmp_path / "a.xmp"
    path.write_bytes(DARKTABLE)
    before = _told(path)
    path.write_bytes(_packet(ITEM, DARKTABLE))

    told = _told(path)

    for name in ("XMP-exif:DateTimeOriginal", "XMP-xmp:Rating", "XMP-odd:Kept"):
        assert told[name] == before[name]
    assert told["XMP-dc:Subject"] == ["Rome", "mine", "Trip/2019|A", "Ann & Bo", "Zoë"]
    assert b"made by hand" in path.read_bytes()
    assert b'<rdf:li odd:num="0">crop</rdf:li>' in path.read_bytes()


def test_half_a_place_or_another_date_is_not_mixed_with_ours() -> None:
    half = DARKTABLE.replace(b'xmp:Rating="2"', b'exif:GPSLatitude="1,0.0N"')

    packet = _packet(ITEM, half)

    assert b"GPSLongitude" not in packet
    assert b"DateCreated" not in packet


@pytest.mark.parametrize(
    ("basis", "written"),
    [
        ("exif_local", b'DateTimeOriginal="2019-05-04T10:11:12"'),
        ("sidecar", b'DateTimeOriginal="2019-05-04T10:11:12Z"'),
        ("mtime", b""),
    ],
)
def test_a_date_is_written_with_what_is_known_of_its_zone(basis: str, written: bytes) -> None:
    item = plan_item(1, plan_file("a.jpg"), taken_at_basis=basis, albums=("A",))
    packet = _packet(item)
    assert written in packet
    assert (b"Date" in packet) is bool(written)


def test_adding_twice_changes_nothing_more() -> None:
    for start in (None, DARKTABLE):
        assert xmp_packet(ITEM, _packet(ITEM, start), favourite_rating=5) is None


def test_an_item_without_facts_gets_no_packet() -> None:
    assert xmp_packet(plan_item(1, plan_file("a.jpg"), taken_at=None)) is None


@pytest.mark.parametrize(
    "existing",
    [
        b"", b"\xff\xd8\xff\xe0", b"<a/>", b"{}", b"<x",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"<a>" * 5000 + b"</a>" * 5000,
        b"<a>" + b" " * (5 << 20) + b"</a>", b'<?xml version="1.0" encoding="no-such"?><a/>',
    ],
)  # fmt: skip
def test_what_is_no_xmp_is_refused_and_left_alone(existing: bytes, tmp_path: Path) -> None:
    with pytest.raises(XmpError):
        xmp_packet(ITEM, existing)
    (tmp_path / "a.jpg.xmp").write_bytes(existing)

    results = list(write_sidecars([(ITEM, PurePosixPath("a.jpg"))], tmp_path))

    assert [result.status for result in results] == ["failed"]
    assert results[0].problem is not None
    assert (tmp_path / "a.jpg.xmp").read_bytes() == existing


@given(st.text(), st.lists(st.text(min_size=1)), st.lists(st.text(min_size=1)))
def test_any_text_gives_a_packet_that_can_be_added_to(
    description: str, albums: list[str], people: list[str]
) -> None:
    item = plan_item(
        1, plan_file("a.jpg"), description=description, albums=tuple(albums), people=tuple(people)
    )
    assert xmp_packet(item, _packet(item)) is None


def test_sidecars_lie_beside_the_copies_and_are_written_once(tmp_path: Path) -> None:
    (tmp_path / "2019").mkdir()
    copies = [(ITEM, PurePosixPath("2019/a.jpg")), (ITEM, PurePosixPath("2019/a.mp4"))]
    (tmp_path / "2019/a.mp4.xmp").write_bytes(DARKTABLE)
    tried = list(write_sidecars(copies, tmp_path, SidecarOptions(dry_run=True)))
    assert (tmp_path / "2019/a.mp4.xmp").read_bytes() == DARKTABLE

    first = list(write_sidecars(copies, tmp_path))
    second = list(write_sidecars(copies, tmp_path))

    assert tried == first
    assert [(str(r.path), r.status.value) for r in first] == [
        ("2019/a.jpg.xmp", "written"),
        ("2019/a.mp4.xmp", "merged"),
    ]
    assert {r.status.value for r in second} == {"unchanged"}
    assert sorted(p.name for p in (tmp_path / "2019").iterdir()) == ["a.jpg.xmp", "a.mp4.xmp"]


def test_adobes_style_names_the_file_of_a_raw_short_and_never_two_alike() -> None:
    raw = plan_item(1, plan_file("a.nef"), kind=Kind.RAW)
    copies = [
        (raw, PurePosixPath("a.nef")), (raw, PurePosixPath("A.cr2")),
        (ITEM, PurePosixPath("a.jpg")), (raw, PurePosixPath("b.nef")),
        (ITEM, PurePosixPath("b.xmp")),
    ]  # fmt: skip

    names = [str(path) for path in sidecar_paths(copies, SidecarStyle.ADOBE)]

    assert names == ["a.xmp", "A.cr2.xmp", "a.jpg.xmp", "b.nef.xmp", "b.xmp.xmp"]
