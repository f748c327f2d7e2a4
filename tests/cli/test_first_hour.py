"""What somebody new meets: examples that work, misspelt words, a pipe, Ctrl-C, odd terminals."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from gphotos_reconcile.cli.app import app, main
from gphotos_reconcile.workflows.sample import Sample

PROGRAM = [sys.executable, "-m", "gphotos_reconcile"]
EXAMPLE = re.compile(r"gphotos-reconcile .+")


def leaves(command: Any = None, *names: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command that does something, with the words that call it."""
    command = command or typer.main.get_command(app)
    nested = getattr(command, "commands", None)
    if nested is None:
        yield names, command
        return
    for name, one in nested.items():
        yield from leaves(one, *names, name)


LEAVES = list(leaves())


def parse(words: list[str]) -> tuple[str, ...]:
    """Parse a command line without running it; return the names of the command."""
    context = typer.main.get_command(app).make_context("gphotos-reconcile", list(words))
    names = []
    while (find := getattr(context.command, "resolve_command", None)) is not None:
        rest = list(getattr(context, "_protected_args", [])) + context.args
        name, command, rest = find(context, rest)
        names.append(name)
        context = command.make_context(name, rest, parent=context)
    return tuple(names)


@pytest.mark.parametrize(("names", "command"), LEAVES, ids=[" ".join(n) for n, _ in LEAVES])
def test_every_command_has_an_example_that_parses(names: tuple[str, ...], command: Any) -> None:
    _, found, examples = (command.help or "").partition("Example:")

    lines = EXAMPLE.findall(examples)
    assert found
    assert lines
    for line in lines:
        assert parse(shlex.split(line)[1:]) == names


@pytest.mark.parametrize(("names", "command"), LEAVES, ids=[" ".join(n) for n, _ in LEAVES])
def test_the_list_of_commands_cuts_no_sentence_on_80_columns(
    names: tuple[str, ...], command: Any
) -> None:
    longest = max(len(other[-1]) for other, _ in LEAVES if other[:-1] == names[:-1])

    assert not command.get_short_help_str(80 - 6 - longest).endswith("...")


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["reprot"], "report"),
        (["export", "copylist"], "copy-list"),
        (["run", "x", "--librery", "y"], "--library"),
        (["query", "clod_only"], "cloud_only"),
        (["query", "cloud_only", "--format", "cvs"], "csv"),
        (["match", "--profile", "carefull"], "careful"),
        (["match", "--within", "locl"], "local"),
        (["match", "--within", "local", "--keep", "largst"], "largest"),
        (["match", "--fail-on", "misssing"], "missing"),
        (["report", "--format", "htlm"], "html"),
        (["export", "copy-list", "--verdict", "mising"], "missing"),
        (["export", "copy-list", "--kind", "foto"], "photo"),
        (["export", "copy-list", "--format", "rsnc"], "rsync"),
        (["report", "--json"], "stands before the command"),
        (["query", "cloud_only", "--param"], "--help"),
        (["copy"], "gphotos-reconcile --catalog"),
        (["run", "takeout.zip"], "--library ~/Pictures"),
    ],
)
def test_a_misspelt_word_is_answered_with_the_one_that_was_meant(
    words: list[str], meant: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["--catalog", str(tmp_path / "none.db"), *words])

    told = capsys.readouterr().err
    assert code == 2
    assert "hint:" in told
    assert meant in told.partition("hint:")[2]


def test_an_error_of_the_command_line_is_one_document_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--json", "match", "--profil", "x"]) == 2

    document = json.loads(capsys.readouterr().out)
    assert document["exit_code"] == 2
    assert "--profile" in document["hint"]


def test_a_question_without_a_terminal_is_an_error_and_no_wait(tmp_path: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, "init"], cwd=tmp_path, input="", capture_output=True, text=True, check=False
    )

    assert (done.returncode, "no terminal" in done.stderr) == (2, True)
    assert not list(tmp_path.iterdir())


def test_quiet_and_verbose_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--quiet", "--verbose", "query"]) == 2
    assert "exclude" in capsys.readouterr().err


def test_a_reader_that_goes_away_is_met_in_silence() -> None:
    with subprocess.Popen(
        [*PROGRAM, "query", "--format", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()

        assert (process.stderr.read(), process.wait()) == (b"", 0)


@pytest.mark.parametrize("more", [{"PYTHONIOENCODING": "ascii"}, {"COLUMNS": "20", "TERM": "dumb"}])
def test_any_terminal_will_do(more: dict[str, str], tmp_path: Path) -> None:
    catalog = tmp_path / "Übersicht \N{CAMERA}.db"

    done = subprocess.run(
        [*PROGRAM, "--json", "--catalog", catalog, "doctor"],
        env={**os.environ, **more},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )

    told = json.loads(done.stdout)
    assert any("bersicht" in finding["what"] for finding in told["findings"])
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals as here are POSIX")
@pytest.mark.parametrize("stage", ["reading export", "reading /", "Comparing"])
def test_ctrl_c_keeps_the_place_and_shows_no_traceback(
    stage: str, sample: Sample, tmp_path: Path
) -> None:
    job = [*PROGRAM, "--catalog", str(tmp_path / "c.db"), "run", *map(str, sample.parts)]
    job += ["--library", str(sample.library)]
    told = ""
    with subprocess.Popen(
        job, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stderr is not None
        assert process.stdout is not None
        for line in process.stderr:
            told += line
            if line.startswith(stage):
                os.killpg(process.pid, signal.SIGINT)  # as a terminal does: workers get it too
                break
        told += process.stderr.read()
        assert (process.wait(), process.stdout.read()) == (130, "")
    assert "the place is kept" in told
    assert "Traceback" not in told
    again = subprocess.run(job, capture_output=True, text=True, check=False)
    assert again.returncode == 3  # the sample holds damaged files
    assert "47 cloud items" in again.stdout
