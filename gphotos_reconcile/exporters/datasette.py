"""Files that let `datasette DIR` show the catalogue with titled recipes and facets.

Datasette 0.65 reads `metadata.yaml`, 1.0 reads `datasette.yaml`; the same content under both names
serves both. JSON is YAML, so no library is needed to write it.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.exporters.whole import write_whole

NAMES: Final = ("metadata.yaml", "datasette.yaml")
TIME_LIMIT_MS: Final = 10_000

FACETS: Final = {
    "reconciliation": ("verdict", "kind", "rule"),
    "cloud_items": ("kind", "origin", "camera_model", "taken_at_basis"),
    "local_items": ("kind", "camera_model", "taken_at_basis"),
    "duplicate_groups": ("side", "relation", "is_keeper"),
    "evidence_rows": ("rule",),
    "placements": ("source", "album"),
    "problems": ("stage", "source"),
    "takeout_pairs": ("rule",),
}
_SORTED: Final = {
    "reconciliation": "taken_at_utc",
    "cloud_items": "taken_at_utc",
    "local_items": "taken_at_utc",
    "local_only": "taken_at_utc",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeText:
    """One recipe: its name, the question it answers, and its SQL, comments and all."""

    name: str
    question: str
    sql: str


def datasette_config(database: str, recipes: Iterable[RecipeText]) -> dict[str, Any]:
    """Return the configuration for a database file called `database` (without `.db`)."""
    return {
        "title": "gphotos-reconcile",
        "description": "Which photos are only in Google Photos, which you have, what to copy.",
        "settings": {"sql_time_limit_ms": TIME_LIMIT_MS},
        "databases": {
            database: {
                "tables": {name: _table(name) for name in sorted(FACETS.keys() | _SORTED.keys())},
                "queries": {
                    recipe.name: {
                        "title": recipe.question,
                        "description": f"gphotos-reconcile query {recipe.name}",
                        "sql": recipe.sql.rstrip().rstrip(";"),
                        "params": _parameters(recipe.sql),
                        "hide_sql": True,
                    }
                    for recipe in sorted(recipes, key=lambda recipe: recipe.name)
                },
            }
        },
    }


def write_datasette(
    folder: Path, database: str, recipes: Iterable[RecipeText], *, dry_run: bool = False
) -> list[Path]:
    """Write the configuration under both names and return the files.

    Put the catalogue (or a link to it) into the folder as `DATABASE.db`, then run `datasette
    FOLDER`. Files of these names that someone else wrote are not replaced.

    Raises:
        UsageError: there is one, or the folder cannot be written to.
    """
    text = json.dumps(datasette_config(database, recipes), ensure_ascii=False, indent=1) + "\n"
    paths = [folder / name for name in NAMES]
    for path in paths:
        if path.exists() and not _is_ours(path):
            raise UsageError(
                f"{path} is there already, and somebody else wrote it.",
                hint="Give another folder, or move that file.",
            )
    return [write_whole(path, text.encode("utf-8"), dry_run=dry_run) for path in paths]


def _is_ours(path: Path) -> bool:
    try:
        return bool(json.loads(path.read_text(encoding="utf-8"))["title"] == "gphotos-reconcile")
    except (ValueError, KeyError, TypeError):
        return False


def _table(name: str) -> dict[str, Any]:
    table: dict[str, Any] = {}
    if name in FACETS:
        table["facets"] = list(FACETS[name])
    if name in _SORTED:
        table["sort_desc"] = _SORTED[name]
    return table


def _parameters(sql: str) -> list[str]:
    """Return the names that the SQL binds, in order; those in comments and texts do not count."""
    bare = re.sub(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", " ", sql, flags=re.DOTALL)
    return list(dict.fromkeys(re.findall(r"(?<![:\w]):([A-Za-z_]\w*)", bare)))
