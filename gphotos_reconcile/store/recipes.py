"""The recipes: SQL files that answer one question on the whole library each.

They lie in `queries/`, run unchanged in the sqlite3 shell, and speak only of the views. The wheel
carries them inside the package; a checkout has them beside it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.core.suggest import check_known, did_you_mean

_HEADER: Final = re.compile(r"^-- (?:(name|question|params|returns|caveat):)? *(.*)$")
_PARAM: Final = re.compile(r":(\w+) +(INTEGER|REAL|TEXT) +default (\S+) +(.+)")
_BATCH_ROWS: Final = 1000
_LARGEST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeParam:
    """One parameter: what it is called, what it takes, and what it is when nobody says."""

    name: str
    type: str  # INTEGER, REAL or TEXT
    default: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One recipe, as its header comment describes it."""

    name: str
    question: str
    params: tuple[RecipeParam, ...]
    returns: tuple[str, ...]
    caveat: str
    sql: str


@dataclass(frozen=True, slots=True)
class RecipeResult:
    """The rows of one run; they are read from the catalogue as they are drawn."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]


def list_recipes() -> tuple[Recipe, ...]:
    """Return every recipe, sorted by name."""
    return tuple(_all_recipes().values())


def find_recipe(name: str) -> Recipe:
    """Return the recipe of that name.

    Raises:
        UsageError: there is none; the hint names those that are spelled alike.
    """
    known = _all_recipes()
    check_known(name, known, "recipe")
    return known[name]


def run_recipe(conn: Connection, name: str, params: Mapping[str, str | int]) -> RecipeResult:
    """Run a recipe; parameters that are not given take their defaults.

    Raises:
        UsageError: no such recipe, no such parameter, or a value that is no number.
    """
    recipe = find_recipe(name)
    bound = _bind(recipe, params)
    # Never text(): SQLAlchemy would bind the :names in the comments too.
    found = conn.execution_options(stream_results=True).exec_driver_sql(recipe.sql, bound)
    rows = (tuple(row) for batch in found.partitions(_BATCH_ROWS) for row in batch)
    return RecipeResult(tuple(found.keys()), rows)


def parse_recipe(sql: str) -> Recipe:
    """Read a recipe's header.

    Raises:
        ValueError: a header line is missing or cannot be understood.
    """
    fields: dict[str, list[str]] = {}
    current = ""
    for line in sql.splitlines():
        found = _HEADER.match(line)
        if found is None:
            break
        current = found.group(1) or current
        fields.setdefault(current, []).append(found.group(2).strip())
    missing = {"name", "question", "params", "returns", "caveat"} - fields.keys()
    if missing:
        raise ValueError(f"recipe without header line: {', '.join(sorted(missing))}")
    return Recipe(
        name=fields["name"][0],
        question=" ".join(fields["question"]),
        params=tuple(_param(text) for text in fields["params"] if text != "none"),
        returns=tuple(word.strip() for word in " ".join(fields["returns"]).split(",")),
        caveat=" ".join(fields["caveat"]),
        sql=sql,
    )


def _param(text: str) -> RecipeParam:
    found = _PARAM.fullmatch(text)
    if found is None:
        raise ValueError(f"parameter that cannot be understood: {text}")
    name, type_, default, meaning = found.groups()
    return RecipeParam(name=name, type=type_, default=default, meaning=meaning)


def _bind(recipe: Recipe, given: Mapping[str, str | int]) -> dict[str, str | int | float | None]:
    names = tuple(param.name for param in recipe.params)
    for name in given:
        if name not in names:
            raise UsageError(
                f"The recipe {recipe.name} has no parameter {name}.",
                hint=did_you_mean(name, names) if names else "It takes none: leave --param out.",
            )
    return {
        param.name: _converted(recipe, param, given[param.name]) if param.name in given else None
        for param in recipe.params
    }


def _converted(recipe: Recipe, param: RecipeParam, value: str | int) -> str | int | float:
    kinds: dict[str, type[int] | type[float] | type[str]] = {"INTEGER": int, "REAL": float}
    try:
        converted = kinds.get(param.type, str)(value)
        if isinstance(converted, int) and abs(converted) > _LARGEST:
            raise ValueError("more than SQLite's 64 bits")
        return converted
    except ValueError:
        raise UsageError(
            f"The parameter {param.name} of {recipe.name} takes a number, not {value!r}.",
            hint=f"{param.name}: {param.meaning} (default {param.default}).",
        ) from None


@cache
def _all_recipes() -> dict[str, Recipe]:
    files = (entry for entry in _folder().iterdir() if entry.name.endswith(".sql"))
    recipes = (parse_recipe(entry.read_text("utf-8")) for entry in files)
    return {recipe.name: recipe for recipe in sorted(recipes, key=lambda r: r.name)}


def _folder() -> Traversable:
    packaged = resources.files("gphotos_reconcile") / "queries"
    if packaged.is_dir():
        return packaged
    return Path(__file__).parents[2] / "queries"
