"""Recipes and their rows as a table, CSV or JSON."""

import csv
import sys
from collections.abc import Iterable
from itertools import chain
from typing import Any, Final

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gphotos_reconcile.cli.output import note, say, say_json
from gphotos_reconcile.core.names import display_text
from gphotos_reconcile.exporters.copylist import csv_cell
from gphotos_reconcile.store.recipes import Recipe, RecipeResult

FORMS: Final = ("table", "csv", "json")
_TABLE_ROWS: Final = 200


def show_recipes(recipes: Iterable[Recipe], form: str) -> None:
    """Print what each recipe answers."""
    if form == "json":
        fields = ("name", "question", "returns", "caveat")
        listed = [{field: getattr(r, field) for field in fields} for r in recipes]
        say_json({"schema": 1, "recipes": listed})
        return
    for recipe in recipes:
        say(f"{recipe.name:<26} {recipe.question}")
        for param in recipe.params:
            say(f"{'':<26}   --param {param.name}={param.default}: {param.meaning}")
    say("\nNext: gphotos-reconcile query cloud_only")


def show_rows(result: RecipeResult, form: str) -> None:
    """Print the rows; a table ends after 200 of them and says so."""
    match form:
        case "json":
            rows = [dict(zip(result.columns, row, strict=True)) for row in result.rows]
            say_json({"schema": 1, "rows": rows})
        case "csv":
            writer = csv.writer(sys.stdout, lineterminator="\n")
            writer.writerow(result.columns)
            writer.writerows([csv_cell(value) for value in row] for row in result.rows)
        case _:
            _show_table(result)


def _show_table(result: RecipeResult) -> None:
    if not sys.stdout.isatty():
        for row in chain([result.columns], result.rows):
            typer.echo("\t".join(_cell(value) for value in row))
        return
    table = Table(*result.columns, box=None, header_style="bold")
    for count, row in enumerate(result.rows):
        if count == _TABLE_ROWS:
            note(f"Only the first {_TABLE_ROWS} rows; --format csv gives all of them.")
            break
        table.add_row(*(Text(_cell(value)) for value in row))
    Console().print(table)


def _cell(value: Any) -> str:
    return "" if value is None else display_text(str(value))
