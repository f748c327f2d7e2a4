"""The doctor says what to do next; what it prints for a bug report names nothing of the user's."""

import json
import zipfile
from pathlib import Path

import pytest

from gphotos_reconcile.cli.app import main
from gphotos_reconcile.core.google_ways import GOOGLE_WAYS
from gphotos_reconcile.workflows.bug_report import Hider, bug_report
from gphotos_reconcile.workflows.doctor import Level, Places, examine

CANARIES = ("Zebedee", "Öztürk", "wedding-xq", "takeout-2026", "1556964672", "48.8583", "Quux")
YEAR = "Takeout/Google Photos/Photos from 2019/"


@pytest.fixture
def telling(tmp_path: Path) -> Path:
    """Return a catalogue of an export and a library that are full of names, and damaged."""
    sidecar = {
        "title": "Zebedee.jpg",
        "description": "Quux",
        "photoTakenTime": {"timestamp": "1556964672"},
        "geoData": {"latitude": 48.8583, "longitude": 2.2944},
        "people": [{"name": "Öztürk"}],
    }
    part = tmp_path / "takeout-20260101T000000Z-1-001.zip"
    with zipfile.ZipFile(part, "w") as pack:
        pack.writestr(YEAR + "Zebedee.jpg", b"\xff\xd8\xff\xe0 cut")
        pack.writestr(YEAR + "Zebedee.jpg.supplemental-metadata.json", json.dumps(sidecar))
        pack.writestr("Takeout/Google Photos/wedding-xq/Öztürk: at home.jpg", b"no picture")
    library = tmp_path / "Zebedee's photos"
    library.mkdir()
    (library / "Öztürk 1556964672.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut too")
    catalog = tmp_path / "Quux.db"
    main(["--quiet", "--catalog", str(catalog), "run", str(part), "--library", str(library)])
    return catalog


def test_a_bug_report_counts_everything_and_names_nothing(telling: Path) -> None:
    found = bug_report(str(telling), [])

    text = json.dumps(found, ensure_ascii=False)
    assert not [word for word in CANARIES if word in text]
    assert {row["kind"]: row["seen"] for row in found["catalogue"]["sources"]} == {
        "takeout": 3,
        "local": 1,
    }
    assert sum(row["count"] for row in found["catalogue"]["problems"]) == 3
    assert any("JPEG" in row["message"] for row in found["catalogue"]["problems"])
    assert found["libraries"]["Pillow"]


def test_equal_names_are_equal_within_one_report_only() -> None:
    one, other = Hider(), Hider()

    assert one.name("Zebedee") == one.name("Zebedee") != one.name("Öztürk")
    assert one.name("Zebedee") != other.name("Zebedee")


@pytest.mark.parametrize("word", [*CANARIES, "IMG_20190504.jpg", "/home/zebedee/x", "the.jpg"])
def test_a_word_that_is_not_the_programs_own_is_hashed(word: str) -> None:
    assert word not in Hider().text(f"{word}: the file is empty ({word})")


def test_the_programs_own_words_stay() -> None:
    assert Hider().text("it is empty (0 bytes)") == "it is empty (0 bytes)"


def test_the_report_is_printed_without_a_catalogue_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--catalog", str(tmp_path / "none.db"), "doctor", "--redact"]) == 0

    assert json.loads(capsys.readouterr().out)["catalogue"] == {"state": "none"}


def places_under(folder: Path) -> Places:
    return Places(config=None, log=folder / "x.log", client_secret=folder / "client_secret.json")


def test_readme_and_doctor_tell_the_same_of_every_way_to_the_cloud_side(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    section = readme.partition("\n## Google\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line[:1] == "|"]
    assert rows[2:] == [
        [way.name, f"`{way.command}`", way.sees, way.proves, way.never] for way in GOOGLE_WAYS
    ]
    main(["--catalog", str(tmp_path / "none.db"), "doctor"])
    told = capsys.readouterr().out
    for way in GOOGLE_WAYS:
        assert f"{way.name} ({way.command})" in told
        assert all(words in told for words in (way.sees, way.proves, way.never))


def test_a_client_secret_is_found_where_the_commands_look_for_it(tmp_path: Path) -> None:
    places = places_under(tmp_path)
    without = examine(str(tmp_path / "c.db"), [], places)
    assert any("no client_secret.json" in finding.what for finding in without.findings)
    places.client_secret.write_text("{}")
    found = examine(str(tmp_path / "c.db"), [], places)
    assert any(finding.what.endswith(str(places.client_secret)) for finding in found.findings)


def test_without_a_catalogue_the_first_step_is_the_demo(tmp_path: Path) -> None:
    found = examine(str(tmp_path / "c.db"), [], places_under(tmp_path))

    assert found.next_steps[0].command == "gphotos-reconcile demo"
    assert f"log {tmp_path / 'x.log'} (none yet)" in {one.what for one in found.findings}


def test_an_export_that_is_whole_leads_on_to_the_job(tmp_path: Path) -> None:
    part = tmp_path / "takeout-20260101T000000Z-1-001.zip"
    with zipfile.ZipFile(part, "w") as pack:
        pack.writestr(YEAR + "a.jpg", b"x")

    found = examine(str(tmp_path / "c.db"), [part], places_under(tmp_path))

    assert any("whole, 1 entries" in one.what for one in found.findings)
    assert found.next_steps[0].command.startswith("gphotos-reconcile run ")


def test_parts_named_one_by_one_are_looked_at_as_one_export(tmp_path: Path) -> None:
    parts = [tmp_path / f"takeout-20260101T000000Z-1-{n:03}.zip" for n in (1, 2, 4)]
    for part in parts:
        with zipfile.ZipFile(part, "w") as pack:
            pack.writestr(f"{YEAR}{part.stem}.jpg", b"x")

    whole = examine(str(tmp_path / "c.db"), parts[:2], places_under(tmp_path))
    gap = examine(str(tmp_path / "c.db"), [*parts, tmp_path / "none.zip"], places_under(tmp_path))

    assert whole.problems == 0
    told = [one.what for one in gap.findings if one.level is Level.BAD]
    assert told[0].endswith("none.zip does not exist.")
    assert [what for what in told if what.endswith("not here of its parts: 3")] == told[1:]


def test_a_cut_part_is_to_be_mended_first(tmp_path: Path) -> None:
    part = tmp_path / "takeout-20260101T000000Z-1-001.zip"
    part.write_bytes(b"PK\x03\x04 and nothing more")

    found = examine(str(tmp_path / "c.db"), [part], places_under(tmp_path))

    assert found.problems
    assert "doctor" in found.next_steps[0].command


def test_with_a_catalogue_the_next_steps_are_the_reports(telling: Path, tmp_path: Path) -> None:
    found = examine(str(telling), [], places_under(tmp_path))

    assert any("copy --to" in step.command for step in found.next_steps)
