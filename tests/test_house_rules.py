"""What the README promises is there, and what is there is in the README."""

import re
from pathlib import Path

import pytest
import typer

from gphotos_reconcile.cli.app import app
from gphotos_reconcile.core import errors
from gphotos_reconcile.store.recipes import list_recipes

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


def command_names() -> list[str]:
    group = typer.main.get_command(app)
    return sorted(getattr(group, "commands", {}))


def error_classes() -> list[type[errors.ReconcileError]]:
    return [c for c in vars(errors).values() if isinstance(c, type) and "Error" in c.__name__]


@pytest.mark.parametrize("name", command_names())
def test_every_command_is_in_the_readme(name: str) -> None:
    assert re.search(rf"^\| `{name}[ `]", README, re.MULTILINE)


@pytest.mark.parametrize("name", command_names())
def test_every_command_says_what_it_does_with_an_example(name: str) -> None:
    command = getattr(typer.main.get_command(app), "commands", {})[name]
    nested = getattr(command, "commands", None) or {name: command}

    for one in nested.values():
        assert f"Example: gphotos-reconcile {name}" in (one.help or "")


@pytest.mark.parametrize("error", error_classes())
def test_every_exit_code_is_in_the_readme(error: type[errors.ReconcileError]) -> None:
    assert re.search(rf"^\| {error.exit_code} \|", README, re.MULTILINE)


@pytest.mark.parametrize("recipe", [recipe.name for recipe in list_recipes()])
def test_every_recipe_is_in_the_readme(recipe: str) -> None:
    assert f"`{recipe}`" in README


@pytest.mark.parametrize("recipe", list_recipes(), ids=lambda recipe: recipe.name)
def test_every_recipe_says_what_it_asks_and_returns(recipe: object) -> None:
    assert all(getattr(recipe, field) for field in ("name", "question", "returns", "sql"))
