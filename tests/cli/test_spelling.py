"""The commands that are told can be typed as they stand, wherever the program and catalogue lie."""

from pathlib import Path

import pytest

from gphotos_reconcile.cli.app import main
from gphotos_reconcile.cli.output import name_catalog, spell_commands, spelled


def test_the_catalogue_of_the_command_line_is_named_in_what_to_do_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    catalog = tmp_path / "my catalog.db"

    assert main(["--catalog", str(catalog), "report"]) == 6
    assert f"gphotos-reconcile --catalog '{catalog}' run" in capsys.readouterr().err


def test_the_catalogue_that_is_taken_anyhow_is_not_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GPHOTOS_RECONCILE_CATALOG", str(tmp_path / "c.db"))

    assert main(["report"]) == 6
    assert "`gphotos-reconcile run" in capsys.readouterr().err


def test_a_program_that_is_not_on_the_path_is_told_by_its_path(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.argv", [".venv/bin/gphotos-reconcile", "demo"])
    monkeypatch.setenv("PATH", "/nowhere")
    spell_commands(["review", "auth"])
    name_catalog("c.db")

    assert (
        spelled("gphotos-reconcile review") == ".venv/bin/gphotos-reconcile --catalog c.db review"
    )
    assert spelled("`gphotos-reconcile auth login`") == "`.venv/bin/gphotos-reconcile auth login`"
    for text in ("gphotos-reconcile 0.1.0", "/log/gphotos-reconcile review", "gphotos-reconcile"):
        assert spelled(text) == text
