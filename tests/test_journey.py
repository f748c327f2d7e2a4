"""One user's way from an export to safety: run, copy, verify, index, match, nothing left."""

import hashlib
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gphotos_reconcile.core.model import SAFE_VERDICTS
from gphotos_reconcile.workflows.sample import Sample

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Way:
    """What each step answered, and the sources before the first and after the last one."""

    home: Path
    before: dict[str, tuple[str, int]]
    after: dict[str, tuple[str, int]]
    found: dict[str, str]
    answers: dict[str, Any]


def ask(home: Path, *words: object, code: int = 0) -> Any:
    """Run one command; return its JSON document."""
    program = [sys.executable, "-m", "gphotos_reconcile", "--quiet", "--json"]
    done = subprocess.run(
        [*program, "--catalog", str(home / "c.db"), *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout) if done.stdout.startswith("{") else done.stdout


@pytest.fixture(scope="module")
def way(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Way:
    home = tmp_path_factory.mktemp("home")
    sources = (sample.library, sample.parts[0].parent)
    before = tree(*sources)
    job = ("run", *sample.parts, "--library", sample.library, "--out", home / "out")
    answers = {"ran": ask(home, *job, code=3)}  # two photos of the sample are damaged
    found = verdicts(home)
    answers["planned"] = ask(home, "copy", "--to", home / "copied", "--dry-run", "--xmp")
    answers["made"] = ask(home, "copy", "--to", home / "copied", "--xmp")
    answers["again"] = ask(home, "copy", "--to", home / "copied")
    answers["read"] = ask(home, "verify")
    ask(home, "index", home / "copied", code=3)
    ask(home, "match")
    return Way(home, before, tree(*sources), found, answers)


@pytest.fixture
def home(way: Way) -> Path:
    return way.home


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


def test_every_step_from_the_export_to_safety(way: Way) -> None:
    ran, read = way.answers["ran"], way.answers["read"]

    unsafe = [path for path, verdict in way.found.items() if verdict not in SAFE_VERDICTS]
    with closing(sqlite3.connect(way.home / "c.db")) as raw:
        seen, saved, rejected = raw.execute(
            "SELECT SUM(seen), SUM(saved), SUM(rejected) FROM scan_runs"
        ).fetchone()
    assert seen == saved + rejected
    assert unsafe
    assert way.answers["planned"]["counts"] == way.answers["made"]["counts"]
    assert way.answers["made"]["counts"] == {"copied": ran["copy"]["files"]}
    assert way.answers["again"]["counts"] == {"present": ran["copy"]["files"]}
    assert (read["read"], read["bad"]) == (ran["copy"]["files"], [])
    assert set(verdicts(way.home).values()) <= {v.value for v in SAFE_VERDICTS}
    assert way.after == way.before


def test_what_was_copied_is_listed_where_it_lies_now(home: Path) -> None:
    ask(
        home, "export", "copy-list", "--copied-to", home / "copied", "--format", "rsync",
        "--out", home / "rsync.list", *(f"--verdict={verdict}" for verdict in SAFE_VERDICTS),
    )  # fmt: skip

    names = [name for name in (home / "rsync.list").read_bytes().split(b"\0") if name]
    copies = [p for p in (home / "copied").rglob("*") if p.is_file() and p.suffix != ".xmp"]
    assert len(names) == len(copies)
    assert all((home / "copied" / name.decode().lstrip("/")).is_file() for name in names)


def test_a_flipped_bit_in_a_copy_is_reported(home: Path) -> None:
    copy = next(path for path in sorted((home / "copied").rglob("*.JPG")) if path.stat().st_size)
    data = copy.read_bytes()
    middle = len(data) // 2
    copy.write_bytes(data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :])

    read = ask(home, "verify", code=3)

    copy.write_bytes(data)

    assert [Path(bad["record"]["target"]).name for bad in read["bad"]] == [copy.name]


def test_local_duplicates_are_grouped_and_linked(home: Path) -> None:
    groups = ask(home, "match", "--within", "local")
    ask(home, "export", "duplicates", "--out", home / "look")

    with closing(sqlite3.connect(home / "c.db")) as raw:
        kept = raw.execute(
            "SELECT COUNT(DISTINCT group_id), SUM(is_keeper) FROM duplicate_groups"
        ).fetchone()
    assert groups["counts"]["identical"][0] >= 1
    assert kept[0] == kept[1]
    linked = [path.name for path in (home / "look").rglob("*") if path.is_file()]
    assert any(name.startswith("keep_") for name in linked)
    assert any(name.startswith("away_") for name in linked)


def test_a_report_comes_in_every_form(home: Path) -> None:
    assert ask(home, "report")["schema"]
    for name in ("r.html", "r.csv", "r.txt", "r.json"):
        ask(
            home,
            "report",
            "--out",
            home / name,
            "--format",
            {"txt": "text"}.get(name[2:], name[2:]),
        )
        assert (home / name).stat().st_size > 500


def test_explain_tells_verdict_evidence_and_what_would_change_it(home: Path) -> None:
    [item] = ask(home, "explain", "Photos from 2019/IMG_1987.JPG")["items"]

    assert item["item"]["verdict"] in {"same_content", "identical"}
    assert item["evidence"]
    assert item["would_change"]


def test_fail_on_ends_with_its_own_code(home: Path) -> None:
    ask(home, "match", "--fail-on", "missing", code=0)
    ask(home, "match", "--fail-on", "nonsense", code=2)


def test_what_is_added_by_hand_is_shown_on_the_page_of_links(home: Path) -> None:
    plan = ask(home, "stage", "plan", "proven_safe", "--title", "Kept")
    words = ("export", "album-staging", plan["plan_id"], "--out", home / "staging")
    planned = ask(home, *words, "--dry-run")
    assert not (home / "staging").exists()
    assert ask(home, *words)["files"] == planned["files"]

    page = (home / "staging" / "by-hand.html").read_text("utf-8")
    assert page.count('type="checkbox" value=') == plan["ways"]["hand"] > 0
    assert page.count("data:image/jpeg;base64,") > plan["ways"]["hand"] // 2
