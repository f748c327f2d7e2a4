"""What is written for ExifTool, ExifTool takes as it was meant."""

import io
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gphotos_reconcile.core.model import Kind
from gphotos_reconcile.core.plan import PlanItem
from gphotos_reconcile.exporters.exiftool import (
    ExifToolTarget,
    exif_tags,
    write_argfile,
    write_exiftool_csv,
)
from tests.exporters.samples import plan_file, plan_item

ITEM = plan_item(
    1, plan_file("a.jpg"), albums=("Rome", " a, b|c "), people=("Ann",), favourite=True,
    description=' -1 "x" \\n $y @z\nsecond\tline ', latitude=-33.5, longitude=151.25,
)  # fmt: skip
# The smallest JPEG that ExifTool writes into: SOI, one comment, EOI.
JPEG = bytes.fromhex("ffd8fffe000461" + "62" + "ffda0008010100003f00" + "00ffd9")


def _exiftool(*arguments: str, cwd: Path) -> str:
    program = shutil.which("exiftool")
    if program is None:
        pytest.skip("exiftool is not installed")
    done = subprocess.run(
        [program, *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _told(path: str, cwd: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_exiftool("-j", "-G1", "-n", path, cwd=cwd))[0]
    return found


def _argfile(copies: list[tuple[PlanItem, bytes]], target: ExifToolTarget) -> bytes:
    stream = io.BytesIO()
    write_argfile(copies, stream, target, favourite_rating=5)
    return stream.getvalue()


def test_an_argument_file_is_as_it_was(golden: Callable[[str, bytes], None]) -> None:
    for target in ExifToolTarget:
        golden(f"exiftool/{target}.args", _argfile([(ITEM, b"-d\n.jpg")], target))
    stream = io.BytesIO()
    assert write_exiftool_csv([(ITEM, b"a.jpg")], stream, b"DIR") == "||"
    golden("exiftool/tags.csv", stream.getvalue())


def test_the_facts_end_up_in_the_files_whatever_they_are_called(tmp_path: Path) -> None:
    names = [b"a.jpg", b"-d.jpg", b"#h.jpg", b"nl\nx.jpg", b" lead.jpg", b"\xff\xfe.jpg", b"@x.jpg"]
    for name in names:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(JPEG)
    (tmp_path / "args").write_bytes(
        _argfile([(ITEM, name) for name in names], ExifToolTarget.IN_FILES)
    )

    for _ in range(2):
        _exiftool("-overwrite_original", "-@", "args", cwd=tmp_path)

    found: list[dict[str, Any]] = json.loads(_exiftool("-j", "-G1", "-n", ".", cwd=tmp_path))
    assert len(found) == len(names)
    for told in found:
        assert told["XMP-dc:Description"] == ITEM.description
        assert told["XMP-dc:Subject"] == ["Rome", " a, b|c ", "Ann"]
        assert told["XMP-iptcExt:PersonInImage"] == "Ann"
        assert told["ExifIFD:DateTimeOriginal"] == "2019:05:04 10:11:12"
        assert told["ExifIFD:OffsetTimeOriginal"] == "+00:00"
        assert (told["GPS:GPSLatitude"], told["GPS:GPSLatitudeRef"]) == (33.5, "S")
        assert (told["XMP-exif:GPSLatitude"], told["XMP-exif:GPSLongitude"]) == (-33.5, 151.25)
        assert told["XMP-xmp:Rating"] == 5


def test_a_path_that_exiftool_cannot_be_told_of_gets_no_job() -> None:
    assert _argfile([(ITEM, b"a\n$b.jpg")], ExifToolTarget.IN_FILES) == b""


def test_sidecars_leave_the_pictures_alone(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(JPEG)
    (tmp_path / "args").write_bytes(_argfile([(ITEM, b"a.jpg")], ExifToolTarget.SIDECARS))

    _exiftool("-@", "args", cwd=tmp_path)

    assert (tmp_path / "a.jpg").read_bytes() == JPEG
    assert _told("a.jpg.xmp", tmp_path)["XMP-dc:Description"] == ITEM.description


def test_the_csv_is_taken_by_exiftool(tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    (tmp_path / "copies/a.jpg").write_bytes(JPEG)
    stream = io.BytesIO()

    separator = write_exiftool_csv([(ITEM, b"a.jpg")], stream, b"copies")
    (tmp_path / "tags.csv").write_bytes(stream.getvalue())
    _exiftool("-csv=tags.csv", "-sep", separator, "copies", cwd=tmp_path)

    told = _told("copies/a.jpg", tmp_path)
    assert told["XMP-dc:Description"].strip() == ITEM.description.strip()
    assert [name.strip() for name in told["XMP-dc:Subject"]] == ["Rome", "a, b|c", "Ann"]
    assert told["XMP-exif:GPSLatitude"] == -33.5


def test_a_video_gets_no_exif_and_an_item_without_facts_no_job() -> None:
    video = plan_item(1, plan_file("a.mp4"), kind=Kind.VIDEO, latitude=1.0, longitude=2.0)
    bare = plan_item(2, plan_file("b.jpg"), taken_at=None)

    assert {name.partition(":")[0] for name in exif_tags(video)} == {"XMP-exif"}
    assert _argfile([(bare, b"b.jpg")], ExifToolTarget.IN_FILES) == b""
