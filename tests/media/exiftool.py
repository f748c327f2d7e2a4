"""Runs exiftool on files of the tests' own; skips with the reason where it is not installed."""

import shutil
import subprocess
from pathlib import Path

import pytest

needs_exiftool = pytest.mark.skipif(
    shutil.which("exiftool") is None, reason="exiftool is not installed"
)

TAGS = (
    "-Artist=Somebody With A Long Enough Name To Move Bytes",
    "-XMP:Rating=3",
    "-XMP:Subject=album/one",
    "-DateTimeOriginal=2019:05:04 10:11:12",
    "-Comment=a comment",
)


def retagged(data: bytes, name: str, folder: Path, *arguments: str) -> bytes:
    """Return the file after exiftool has changed its tags; fails when it changed nothing."""
    path = folder / name
    path.write_bytes(data)
    command = ["exiftool", "-q", "-m", "-overwrite_original", *(arguments or TAGS), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    changed = path.read_bytes()
    assert changed != data, "exiftool changed nothing"
    return changed
