"""The log file: what a run did, for its owner alone, without secrets, never in the way."""

import logging
import re
import stat
from pathlib import Path

import pytest

from gphotos_reconcile.cli import log
from gphotos_reconcile.cli.app import main
from gphotos_reconcile.google.secrets import Secret

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ([0-9a-f]{8}) .*")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the log be written, to a folder of the test's own."""
    path = tmp_path / "logs" / "gphotos-reconcile.log"
    monkeypatch.setattr(log, "log_path", lambda: path)
    monkeypatch.setenv("GPHOTOS_RECONCILE_NO_LOG", "0")
    return path


@pytest.fixture(autouse=True)
def closed() -> object:
    yield
    for handler in logging.getLogger("gphotos_reconcile").handlers:
        handler.close()
    logging.getLogger("gphotos_reconcile").handlers.clear()


def test_each_run_is_written_under_an_id_of_its_own(place: Path) -> None:
    main(["query"])
    main(["query", "no_such_recipe"])

    lines = place.read_text("utf-8").splitlines()
    runs = [found.group(1) for line in lines if (found := LINE.fullmatch(line))]
    assert len(runs) == len(lines)
    assert len(set(runs)) == 2
    assert lines[0].split(" ", 2)[2].startswith("begin query: version ")
    assert "There is no recipe" in lines[-2]
    assert lines[-1].endswith("end with code 2")


def test_nobody_else_can_read_it(place: Path) -> None:
    main(["query"])

    assert stat.S_IMODE(place.stat().st_mode) & 0o077 == 0
    assert stat.S_IMODE(place.parent.stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize("off", ["option", "environment", "config file"])
def test_it_can_be_turned_off(
    off: str, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["--no-log", "query"] if off == "option" else ["query"]
    if off == "environment":
        monkeypatch.setenv("GPHOTOS_RECONCILE_NO_LOG", "1")
    elif off == "config file":
        monkeypatch.delenv("GPHOTOS_RECONCILE_NO_LOG")
        (tmp_path / "gphotos-reconcile.toml").write_text("no_log = true\n")

    assert main(words) == 0

    assert not place.exists()


def test_no_secret_is_in_it(place: Path) -> None:
    secret = Secret("canary-9f3a77aa51")
    main(["query"])

    log.log_line(f"asked with {secret.reveal()} and ya29.abcdefgh")
    try:
        raise RuntimeError(secret.reveal())
    except RuntimeError as error:
        log.log_crash(error)

    text = place.read_text("utf-8")
    assert "asked with" in text
    assert "RuntimeError" in text
    assert "canary" not in text
    assert "ya29" not in text


def test_it_stays_small(place: Path) -> None:
    main(["query"])

    for _ in range(60):
        log.log_line("x" * 100_000)

    files = sorted(place.parent.iterdir())
    assert [file.name for file in files][:2] == [place.name, f"{place.name}.1"]
    assert sum(file.stat().st_size for file in files) < 5 << 20


def test_a_log_that_cannot_be_written_stops_nothing(place: Path) -> None:
    place.parent.parent.joinpath("logs").write_text("a file where the folder would be")

    assert main(["query"]) == 0


def test_a_bug_is_told_with_its_place_and_the_way_to_report_it(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("IMG_0042 of Aunt Mary.jpg")

    monkeypatch.setattr("gphotos_reconcile.cli.render_query.show_recipes", broken)

    assert main(["query"]) == 1

    told = capsys.readouterr().err
    [crash] = [line for line in place.read_text("utf-8").splitlines() if " crash " in line]
    assert "doctor --redact" in told
    assert str(place) in told
    assert "KeyError at " in crash
    assert "gphotos_reconcile/cli/ask.py:" in crash
    assert "Mary" not in crash


def test_a_bug_without_a_log_shows_its_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("anything")

    monkeypatch.setattr("gphotos_reconcile.cli.render_query.show_recipes", broken)

    assert main(["query"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_what_the_log_is_told_is_shown_when_asked_for(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--verbose", "query"])

    shown = capsys.readouterr().err
    assert shown.splitlines()[0] == place.read_text("utf-8").splitlines()[0]
