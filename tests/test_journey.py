"""One user's way from an export to safety: run, copy, verify, index, match, nothing left."""

import hashlib
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gphotos_reconcile.cli.app import main
from gphotos_reconcile.core.model import SAFE_VERDICTS
from gphotos_reconcile.workflows.sample import Sample

pytestmark = pytest.mark.slow

Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def ask(home: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Return what runs one command and gives its JSON document."""

    def run(*words: object, code: int = 0) -> Any:
        head = ["--quiet", "--json", "--catalog", str(home / "c.db")]
        capsys.readouterr()
        assert main([*head, *map(str, words)]) == code, capsys.readouterr().err
        text = capsys.readouterr().out
        return json.loads(text) if text.startswith("{") else text

    return run


def tree(*folders: Path) -> dict[str, tuple[str, int]]:
    """Return digest and time of change of every file."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {
        str(path): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in files
    }


def verdicts(home: Path) -> dict[str, str]:
    with closing(sqlite3.connect(home / "c.db")) as raw:
        return dict(raw.execute("SELECT path, verdict FROM reconciliation WHERE belongs = 'own'"))


def test_every_step_from_the_export_to_safety(sample: Sample, home: Path, ask: Ask) -> None:
    sources = (sample.library, sample.parts[0].parent)
    before = tree(*sources)

    job = ("run", *sample.parts, "--library", sample.library, "--out", home / "out")
    ran = ask(*job, code=3)  # two photos of the sample are damaged
    found = verdicts(home)
    planned = ask("copy", "--to", home / "copied", "--dry-run", "--xmp")
    made = ask("copy", "--to", home / "copied", "--xmp")
    again = ask("copy", "--to", home / "copied")
    read = ask("verify")
    ask("index", home / "copied", code=3)
    ask("match")

    unsafe = [path for path, verdict in found.items() if verdict not in SAFE_VERDICTS]
    with closing(sqlite3.connect(home / "c.db")) as raw:
        seen, saved, rejected = raw.execute(
            "SELECT SUM(seen), SUM(saved), SUM(rejected) FROM scan_runs"
        ).fetchone()
    assert seen == saved + rejected
    assert unsafe
    assert planned["counts"] == made["counts"] == {"copied": ran["copy"]["files"]}
    assert again["counts"] == {"present": ran["copy"]["files"]}
    assert (read["read"], read["bad"]) == (ran["copy"]["files"], [])
    assert set(verdicts(home).values()) <= {v.value for v in SAFE_VERDICTS}
    assert tree(*sources) == before


def test_what_was_copied_is_listed_where_it_lies_now(home: Path, ask: Ask) -> None:
    ask(
        "export", "copy-list", "--copied-to", home / "copied", "--format", "rsync",
        "--out", home / "rsync.list", *(f"--verdict={verdict}" for verdict in SAFE_VERDICTS),
    )  # fmt: skip

    names = [name for name in (home / "rsync.list").read_bytes().split(b"\0") if name]
    copies = [p for p in (home / "copied").rglob("*") if p.is_file() and p.suffix != ".xmp"]
    assert len(names) == len(copies)
    assert all((home / "copied" / name.decode().lstrip("/")).is_file() for name in names)


def test_a_flipped_bit_in_a_copy_is_reported(home: Path, ask: Ask) -> None:
    copy = next(path for path in sorted((home / "copied").rglob("*.JPG")) if path.stat().st_size)
    data = bytearray(copy.read_bytes())
    data[len(data) // 2] ^= 1
    copy.write_bytes(data)

    read = ask("verify", code=3)

    assert [Path(bad["record"]["target"]).name for bad in read["bad"]] == [copy.name]


def test_local_duplicates_are_grouped_and_linked(home: Path, ask: Ask, sample: Sample) -> None:
    groups = ask("match", "--within", "local")
    ask("export", "duplicates", "--out", home / "look")

    with closing(sqlite3.connect(home / "c.db")) as raw:
        kept = raw.execute(
            "SELECT COUNT(DISTINCT group_id), SUM(is_keeper) FROM duplicate_groups"
        ).fetchone()
    assert groups["counts"]["identical"][0] >= 1
    assert kept[0] == kept[1]
    linked = [path.name for path in (home / "look").rglob("*") if path.is_file()]
    assert any(name.startswith("keep_") for name in linked)
    assert any(name.startswith("away_") for name in linked)


def test_a_report_comes_in_every_form(home: Path, ask: Ask) -> None:
    assert ask("report")["schema"]
    for name in ("r.html", "r.csv", "r.txt", "r.json"):
        ask("report", "--out", home / name, "--format", {"txt": "text"}.get(name[2:], name[2:]))
        assert (home / name).stat().st_size > 500


def test_explain_tells_verdict_evidence_and_what_would_change_it(home: Path, ask: Ask) -> None:
    [item] = ask("explain", "Photos from 2019/IMG_1987.JPG")["items"]

    assert item["item"]["verdict"] in {"same_content", "identical"}
    assert item["evidence"]
    assert item["would_change"]


def test_fail_on_ends_with_its_own_code(home: Path, ask: Ask) -> None:
    ask("match", "--fail-on", "missing", code=0)
    ask("match", "--fail-on", "nonsense", code=2)
