"""With --json every command prints one document on stdout, and nothing else there."""

import json
from pathlib import Path
from typing import Any

import pytest

from gphotos_reconcile.cli.app import main
from tests.cli.test_first_hour import LEAVES

pytestmark = pytest.mark.slow

OF_GOOGLE = {"auth", "sync", "upload", "stage"}  # their documents are tested against the stand-in
ELSEWHERE = {"review", "import-inventory"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the demo's files and catalogue."""
    folder = tmp_path_factory.mktemp("json")
    assert main(["--quiet", "--json", "demo", "--dir", str(folder)]) == 0
    return folder


def words_of(home: Path, out: Path) -> list[tuple[list[str], set[int]]]:
    """Return a command line for every command, and the codes that it may end with."""
    parts = [str(path) for path in sorted(home.rglob("*.zip"))]
    library = str(home / "library")
    return [
        (["run", *parts, "--library", library, "--out", str(out / "lists")], {3}),
        (["run", *parts, "--library", library, "--fail-on", "missing"], {10}),
        (["import", *parts], {3}),
        (["index", library], {3}),
        (["match"], {0}),
        (["match", "--fail-on", "review"], {10}),
        (["match", "--within", "local"], {0}),
        (["report"], {0}),
        (["report", "--format", "html", "--out", str(out / "page")], {0}),
        (["query"], {0}),
        (["query", "cloud_only"], {0}),
        (["query", "cloud_only", "--show"], {0}),
        (["explain", "IMG_1987.JPG"], {0}),
        (["export", "copy-list"], {0}),
        (["export", "copy-list", "--out", str(out / "list.csv")], {0}),
        (["export", "duplicates", "--out", str(out / "look"), "--dry-run"], {0}),
        (["export", "duplicates", "--out", str(out / "away.nul")], {0}),
        (["export", "datasette", str(out / "browse")], {0}),
        (["export", "sums", "--out", str(out / "SHA256SUMS")], {0}),
        (["copy", "--to", str(out / "copies")], {0}),
        (["export", "exiftool-args", "--to", str(out / "copies"), "--out", str(out / "x")], {0}),
        (["verify"], {0}),
        (["export", "media-keys", "cloud_only"], {0}),
        (["export", "album-staging"], {0, 2}),  # 2: there is no plan yet
        (["doctor"], {0, 3}),  # 3: an old decoder on this machine
        (["doctor", "--redact"], {0}),
        (["init", "--export", parts[0], "--library", library], {0}),
        (["explain", "no such item"], {2}),
        (["import", str(out / "nowhere.zip")], {3}),
    ]


def test_each_command_prints_one_document(
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    capsys.readouterr()
    wrong: list[Any] = []
    tried = set()
    for words, codes in words_of(home, tmp_path):
        code = main(["--json", "--quiet", "--catalog", str(home / "catalog.db"), *words])
        told = capsys.readouterr().out
        tried.add(" ".join(words[:2]) if words[0] == "export" else words[0])
        try:
            document = json.loads(told)
        except ValueError:
            document = None
        if code not in codes or not isinstance(document, dict):
            wrong.append((words, code, told[:300]))
    assert not wrong
    known = {" ".join(names) for names, _ in LEAVES if names[0] not in OF_GOOGLE | ELSEWHERE}
    assert known - tried == {"demo"}
