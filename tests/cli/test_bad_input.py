"""Bad input gets a clear message with file, cause and next step, and the rest goes on."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

YEAR = "Takeout/Google Photos/Photos from 2019/"


def run(
    catalog: Path, *arguments: str | bytes | Path, before: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-m", "gphotos_reconcile", "--quiet"]
    command = [*before, *program, "--catalog", str(catalog)]
    return subprocess.run(
        [*command, *arguments], capture_output=True, text=True, check=False, errors="replace"
    )


def ask(catalog: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(catalog)) as raw:
        return raw.execute(query).fetchall()


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Return a folder with one picture in it."""
    folder = tmp_path / "library"
    folder.mkdir()
    noise = Image.effect_noise((160, 120), 60).resize((640, 480))
    noise.save(folder / "good.jpg", quality=90)
    return folder


@pytest.fixture
def export(tmp_path: Path, library: Path) -> Path:
    """Return a zip with that photo and its sidecar."""
    path = tmp_path / "takeout-20260101T000000Z-1-001.zip"
    sidecar = {"title": "good.jpg", "photoTakenTime": {"timestamp": "1556964672"}}
    with zipfile.ZipFile(path, "w") as pack:
        pack.writestr(YEAR + "good.jpg", (library / "good.jpg").read_bytes())
        pack.writestr(YEAR + "good.jpg.supplemental-metadata.json", json.dumps(sidecar))
    return path


def refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 3, done.stderr
    assert "hint:" in done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr


def test_a_file_that_is_no_archive_is_named(tmp_path: Path, library: Path) -> None:
    bad = tmp_path / "takeout-1.zip"
    bad.write_text("not a zip at all")

    refused(run(tmp_path / "c.db", "run", bad, "--library", library), "takeout-1.zip")


def test_a_missing_folder_is_named(tmp_path: Path, library: Path, export: Path) -> None:
    refused(run(tmp_path / "c.db", "run", tmp_path / "nope", "--library", library), "nope")
    refused(run(tmp_path / "c.db", "run", export, "--library", tmp_path / "nolib"), "nolib")


def test_an_empty_folder_holds_no_export(tmp_path: Path, library: Path) -> None:
    (tmp_path / "empty").mkdir()

    refused(run(tmp_path / "c.db", "run", tmp_path / "empty", "--library", library), "empty")


def test_a_library_inside_the_exports_folder_is_refused(tmp_path: Path, library: Path) -> None:
    folder = tmp_path / "unpacked" / "Takeout" / "Google Photos" / "Photos from 2019"
    folder.mkdir(parents=True)
    (folder / "good.jpg").write_bytes((library / "good.jpg").read_bytes())
    (folder / "good.jpg.json").write_text('{"title": "good.jpg", "photoTakenTime": {}}')

    done = run(tmp_path / "c.db", "run", tmp_path / "unpacked", "--library", folder)

    assert done.returncode in {2, 3}
    assert "hint:" in done.stderr


def test_a_truncated_zip_is_told_and_nothing_counts_as_missing(
    tmp_path: Path, library: Path, export: Path
) -> None:
    whole = export.read_bytes()
    export.write_bytes(whole[: len(whole) * 2 // 3])

    done = run(tmp_path / "c.db", "run", export, "--library", library)

    assert "Traceback" not in done.stderr
    assert ask(tmp_path / "c.db", "SELECT 1 FROM reconciliation WHERE verdict = 'missing'") == []
    assert [r for r in ask(tmp_path / "c.db", "SELECT complete FROM scan_runs") if r == (0,)]


@pytest.mark.parametrize(
    ("name", "data"), [("empty.jpg", b""), ("text.jpg", b"Dear diary, no picture here.\n" * 50)]
)
def test_what_is_no_picture_is_told_and_the_rest_goes_on(
    tmp_path: Path, library: Path, export: Path, name: str, data: bytes
) -> None:
    (library / name).write_bytes(data)
    with zipfile.ZipFile(export, "a") as pack:
        pack.writestr(YEAR + name, data)

    done = run(tmp_path / "c.db", "run", export, "--library", library)

    assert done.returncode == 3
    told = ask(
        tmp_path / "c.db", f"SELECT path, message, hint FROM problems WHERE path LIKE '%{name}'"
    )
    assert told
    assert all(message and hint for _, message, hint in told)
    verdicts = dict(ask(tmp_path / "c.db", "SELECT filename, verdict FROM reconciliation"))
    assert verdicts["good.jpg"] == "identical"


def without_the_superusers_rights() -> list[str]:
    """Return what to put before a command so that permissions hold for it."""
    if os.geteuid():
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("the superuser reads everything, and there is no setpriv to prevent it")
    return [setpriv, "--bounding-set=-dac_override,-dac_read_search"]


def test_a_file_without_read_permission_is_told(
    tmp_path: Path, library: Path, export: Path
) -> None:
    secret = library / "secret.jpg"
    secret.write_bytes((library / "good.jpg").read_bytes())
    secret.chmod(0)

    done = run(
        tmp_path / "c.db",
        "run",
        export,
        "--library",
        library,
        before=without_the_superusers_rights(),
    )

    told = ask(tmp_path / "c.db", "SELECT path, message, hint FROM problems")
    assert done.returncode == 3, done.stderr
    assert [path for path, *_ in told] == [str(secret)]
    assert "ermission" in told[0][1]
    assert ask(tmp_path / "c.db", "SELECT verdict FROM reconciliation") == [("identical",)]


def test_any_name_that_linux_allows_is_kept(tmp_path: Path, library: Path, export: Path) -> None:
    data = (library / "good.jpg").read_bytes()
    names = [b"new\nline.jpg", "emoji \U0001f600.jpg".encode(), b"\xff\xfe latin \xe9.jpg"]
    for name in names:
        Path(os.fsdecode(os.fsencode(library) + b"/" + name)).write_bytes(data)

    done = run(tmp_path / "c.db", "run", export, "--library", library)

    paths = {row[0] for row in ask(tmp_path / "c.db", "SELECT path FROM file")}
    assert done.returncode == 0, done.stderr
    assert {os.fsencode(library) + b"/" + name for name in names} <= paths
    shown = ask(tmp_path / "c.db", "SELECT path FROM local_items")
    assert all(path.isprintable() for (path,) in shown)
