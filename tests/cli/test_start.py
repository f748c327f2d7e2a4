"""The program starts quickly and ends with the right code."""

import json
import subprocess
import sys

import pytest

HEAVY = (
    "numpy",
    "sqlalchemy",
    "PIL",
    "googleapiclient",
    "google",
    "httpx",
    "av",
    "rawpy",
    "alembic",
)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gphotos_reconcile", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["--version"]])
def test_help_needs_none_of_the_heavy_libraries(arguments: list[str]) -> None:
    script = (
        "import sys\nfrom gphotos_reconcile.cli.app import main\n"
        f"code = main({arguments!r})\n"
        f"print('loaded:', [m for m in {HEAVY!r} if m in sys.modules], code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert "loaded: [] 0" in done.stdout


def test_an_unknown_command_is_answered_with_the_nearest_one() -> None:
    done = run("reprot")

    assert (done.returncode, "report" in done.stderr) == (2, True)


def test_a_missing_catalogue_is_code_6_with_a_next_step(tmp_path: object) -> None:
    done = run("--catalog", f"{tmp_path}/none.db", "report")

    assert done.returncode == 6
    assert "hint:" in done.stderr
    assert "Traceback" not in done.stderr


def test_errors_are_json_where_json_was_asked_for(tmp_path: object) -> None:
    done = run("--catalog", f"{tmp_path}/none.db", "--json", "report")

    assert json.loads(done.stdout)["exit_code"] == 6
