"""Nothing of the user's is ever opened for writing, shown by the system's own record of calls."""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from PIL import Image

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("strace") is None, reason="strace is not installed: calls cannot be recorded"
    ),
]

YEAR = "Takeout/Google Photos/Photos from 2019/"
CALLS = (
    "open,openat,openat2,creat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,"
    "unlinkat,mkdir,mkdirat,rmdir,truncate,chmod,fchmodat,chown,fchownat,utimensat,setxattr,mknodat"
)
WRITES = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND")


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """Return a folder with `theirs`: a zip part, an unpacked folder and a library."""
    library, unpacked = tmp_path / "theirs" / "library", tmp_path / "theirs" / "Takeout"
    (unpacked / "Google Photos" / "Photos from 2019").mkdir(parents=True)
    library.mkdir()
    with zipfile.ZipFile(tmp_path / "theirs" / "takeout-20260101T000000Z-001.zip", "w") as pack:
        for number in range(4):
            picture = Image.effect_mandelbrot((320, 240), (-2 + number / 5, -1, 1, 1), 60)
            picture.save(library / f"{number}.jpg")
            told = {"title": f"{number}.jpg", "photoTakenTime": {"timestamp": "1556964672"}}
            if number % 2:
                pack.write(library / f"{number}.jpg", f"{YEAR}{number}.jpg")
                pack.writestr(f"{YEAR}{number}.jpg.json", json.dumps(told))
            else:
                folder = unpacked / "Google Photos" / "Photos from 2019"
                shutil.move(library / f"{number}.jpg", folder / f"{number}.jpg")
                (folder / f"{number}.jpg.json").write_text(json.dumps(told))
    return tmp_path


def traced(world: Path, *words: object) -> list[str]:
    """Run one command; return the calls on `theirs` that would write."""
    log = world / "calls.log"
    program = [sys.executable, "-m", "gphotos_reconcile", "--quiet"]
    done = subprocess.run(
        ["strace", "-f", "-y", "-s", "4096", "-e", f"trace={CALLS}", "-o", str(log), *program,
         "--catalog", str(world / "ours" / "c.db"), *map(str, words)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    calls = [line for line in log.read_text("utf-8", "replace").splitlines() if "/theirs" in line]
    reads = [line for line in calls if re.search(r"\bopen", line) and not WRITES.search(line)]
    assert reads or words[0] == "match"
    return [line for line in calls if line not in reads]


def test_no_command_of_the_whole_way_writes_to_a_source(world: Path) -> None:
    theirs = world / "theirs"
    exports = (theirs / "takeout-20260101T000000Z-001.zip", theirs / "Takeout")

    wrong = traced(world, "run", *exports, "--library", theirs / "library")
    wrong += traced(world, "match", "--within", "local")
    wrong += traced(world, "copy", "--to", world / "ours" / "copied", "--xmp")
    wrong += traced(world, "doctor", *exports)

    assert wrong == []
    assert [p.suffix for p in sorted((world / "ours" / "copied").rglob("*.*"))] == [
        ".jpg", ".xmp", ".jpg", ".xmp",
    ]  # fmt: skip
