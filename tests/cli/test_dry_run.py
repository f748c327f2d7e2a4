"""Whatever writes outside the catalogue can be asked what it would write, and then writes that."""

import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from gphotos_reconcile.cli.app import main
from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.exporters.whole import write_whole
from tests.cli.test_first_hour import LEAVES

WRITES = {"--out", "--to", "--dir", "--static", "--export"}
COMMANDS = [
    ["run", "{home}/export", "--library", "{home}/library", "--out", "{out}/lists"],
    ["report", "--format", "html", "--out", "{out}/page"],
    ["report", "--format", "csv", "--out", "{out}/report.csv"],
    ["review", "--static", "{out}/pages"],
    ["review", "--export", "{out}/decisions.json"],
    ["export", "copy-list", "--out", "{out}/list.csv"],
    ["export", "duplicates", "--out", "{out}/away.nul"],
    ["export", "datasette", "{out}/browse"],
    ["export", "sums", "--out", "{out}/SHA256SUMS"],
    ["export", "exiftool-args", "--to", "{out}", "--out", "{out}/words.args"],
    ["export", "exiftool-args", "--to", "{out}", "--out", "{out}/words.csv"],
    ["export", "media-keys", "cloud_only", "--out", "{out}/keys.txt"],
    ["export", "album-staging", "--out", "{out}/staging"],
    ["copy", "--to", "{out}/copies", "--xmp"],
    ["init", "--export", "{home}/export", "--library", "{home}/library"],
]


@pytest.mark.parametrize(("names", "command"), LEAVES, ids=[" ".join(n) for n, _ in LEAVES])
def test_a_command_that_names_a_place_to_write_to_has_a_dry_run(
    names: tuple[str, ...], command: Any
) -> None:
    options = {name for parameter in command.params for name in parameter.opts}

    assert "--dry-run" in options or not options & WRITES


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dry")
    assert main(["--quiet", "--json", "demo", "--dir", str(folder)]) == 0
    catalog = ["--json", "--catalog", str(folder / "catalog.db")]
    assert main([*catalog, "stage", "plan", "cloud_only", "--title", "T"]) == 0
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words[:2]))
def test_a_dry_run_names_what_the_command_then_writes(
    words: list[str],
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    filled = [word.format(home=home, out=tmp_path) for word in words]
    asked = ["--json", "--quiet", "--catalog", str(home / "catalog.db"), *filled]
    capsys.readouterr()

    assert main([*asked, "--dry-run"]) in {0, 3}
    told = json.loads(capsys.readouterr().out)
    assert told.pop("dry_run") is True
    assert list(tmp_path.iterdir()) == []

    assert main(asked) in {0, 3}
    written = json.loads(capsys.readouterr().out)
    assert written.pop("dry_run") is False
    assert list(tmp_path.iterdir())
    for places in ("written", "files", "copy_lists", "folder"):
        assert told.get(places) == written.get(places)


@pytest.mark.slow
def test_a_dry_run_of_the_demo_names_its_files_and_makes_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--json", "demo", "--dir", str(tmp_path / "demo"), "--dry-run"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert not (tmp_path / "demo").exists()

    assert main(["--json", "--quiet", "demo", "--dir", str(tmp_path / "demo")]) == 0
    assert all(Path(path).is_file() for path in told["files"])


def test_a_place_that_cannot_be_written_to_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"mine")
    (tmp_path / "folder").mkdir()

    for path in (tmp_path / "folder", tmp_path / "file" / "list.txt"):
        with pytest.raises(UsageError) as caught:
            write_whole(path, b"ours")
        assert path.name in str(caught.value)
        assert caught.value.hint
    assert {path.name for path in tmp_path.iterdir()} == {"file", "folder"}
    assert (tmp_path / "file").read_bytes() == b"mine"


@pytest.mark.slow
def test_a_target_that_is_a_file_and_one_without_copies_are_told_as_such(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_bytes(b"mine")
    asked = ["--quiet", "--catalog", str(home / "catalog.db")]

    assert main([*asked, "copy", "--to", str(tmp_path / "file")]) == 2
    assert f"Opening the folder {tmp_path / 'file'} failed" in capsys.readouterr().err
    assert main([*asked, "verify", str(tmp_path)]) == 2  # nothing was read: that proves nothing
    assert f"made nothing under {tmp_path}" in capsys.readouterr().err


def test_a_link_is_followed_and_a_pipe_is_written_into(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"before")
    (tmp_path / "link").symlink_to("real")
    write_whole(tmp_path / "link", b"after")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"after"

    os.mkfifo(tmp_path / "pipe")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    write_whole(tmp_path / "pipe", b"through")
    reader.join(10)
    assert read == [b"through"]
