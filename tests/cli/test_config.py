"""Flags, then environment, then config file, then defaults."""

from collections.abc import Mapping
from pathlib import Path

import pytest
import typer

from gphotos_reconcile.cli import app as program
from gphotos_reconcile.cli.config import CONFIG_NAME, config_text, load_defaults
from gphotos_reconcile.core.errors import UsageError


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))


def parsed(*words: str) -> Mapping[str, object]:
    """Return the parameters of a command as the command line would hand them over."""
    group = typer.main.get_command(program.app)
    defaults = load_defaults()
    with group.make_context("gphotos-reconcile", list(words), default_map=defaults) as top:
        name, command, rest = group.resolve_command(top, list(top._protected_args + top.args))  # type: ignore[attr-defined]
        with command.make_context(name, rest, parent=top) as inner:
            return {**top.params, **inner.params}


def test_what_init_writes_is_what_run_takes(tmp_path: Path) -> None:
    text = config_text(["/x/takeout 1.zip"], ["/pics/ä", '/pics/"q"'], "/data/c.db")
    Path(CONFIG_NAME).write_text(text, "utf-8")

    found = parsed("run")

    assert found["catalog"] == "/data/c.db"
    assert found["exports"] == [Path("/x/takeout 1.zip")]
    assert found["library"] == [Path("/pics/ä"), Path('/pics/"q"')]


def test_a_flag_goes_before_the_environment_and_that_before_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path(CONFIG_NAME).write_text('profile = "balanced"\n', "utf-8")
    assert parsed("match")["profile"] == "balanced"
    monkeypatch.setenv("GPHOTOS_RECONCILE_MATCH_PROFILE", "eager")
    assert parsed("match")["profile"] == "eager"
    assert parsed("match", "--profile", "careful")["profile"] == "careful"


@pytest.mark.parametrize("text", ["no toml at all", "colour = 3\n"])
def test_a_config_file_that_cannot_be_used_is_told(text: str) -> None:
    Path(CONFIG_NAME).write_text(text, "utf-8")

    with pytest.raises(UsageError, match=CONFIG_NAME):
        load_defaults()


def test_how_much_two_videos_must_share_can_be_set() -> None:
    Path(CONFIG_NAME).write_text("video_run = 3\n", "utf-8")

    found = parsed("match", "--video-every", "2.5")

    assert (found["video_run"], found["video_every"]) == (3, 2.5)
