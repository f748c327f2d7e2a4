"""Each recipe answers as its expected.csv says, through the program and in the sqlite3 shell."""

import csv
import io
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gphotos_reconcile.store.engine import open_catalog
from gphotos_reconcile.store.recipes import list_recipes, run_recipe

from .seed import read_library, seed

HERE = Path(__file__).parent
QUERIES = Path(__file__).parents[2] / "queries"
RECIPES = [recipe.name for recipe in list_recipes()]


def _cases() -> Iterator[tuple[str, str, dict[str, str]]]:
    for name in RECIPES:
        yield name, "expected.csv", {}
        more = HERE / name / "cases.json"
        if more.exists():
            for file_name, params in json.loads(more.read_text("utf-8")).items():
                yield name, file_name, params


@pytest.fixture(scope="module")
def catalogs(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return a maker of seeded catalogues: one for each recipe, made once."""
    folder = tmp_path_factory.mktemp("catalogs")

    def make(name: str) -> str:
        path = folder / f"{name}.db"
        if not path.exists():
            with open_catalog(str(path), write=True) as catalog, catalog.begin() as conn:
                seed(conn, read_library(HERE / name / "rows.json"))
        return str(path)

    return make


@pytest.mark.parametrize(("name", "expected", "params"), list(_cases()))
def test_a_recipe_answers_as_expected(
    catalogs: Any, name: str, expected: str, params: dict[str, str], request: pytest.FixtureRequest
) -> None:
    with open_catalog(catalogs(name), write=False) as catalog, catalog.connect() as conn:
        result = run_recipe(conn, name, params)
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(result.columns)
        writer.writerows(result.rows)
    path = HERE / name / expected
    if request.config.getoption("--update-golden"):
        path.write_text(stream.getvalue(), "utf-8")
    assert stream.getvalue() == path.read_text("utf-8")


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_returns_the_columns_it_announces(catalogs: Any, name: str) -> None:
    recipe = next(recipe for recipe in list_recipes() if recipe.name == name)
    with open_catalog(catalogs(name), write=False) as catalog, catalog.connect() as conn:
        assert run_recipe(conn, name, {}).columns == recipe.returns


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="the sqlite3 shell is not installed")
@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_runs_unchanged_in_the_sqlite3_shell(catalogs: Any, name: str) -> None:
    found = subprocess.run(
        ["sqlite3", "-readonly", "-csv", "-header", catalogs(name)],
        input=(QUERIES / f"{name}.sql").read_text("utf-8"),
        capture_output=True,
        check=True,
        text=True,
    )
    expected = (HERE / name / "expected.csv").read_text("utf-8")
    rows = list(csv.reader(io.StringIO(expected)))
    assert found.stderr == ""
    # The shell prints no header when there is no row.
    assert list(csv.reader(io.StringIO(found.stdout))) == (rows if len(rows) > 1 else [])


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_has_rows_to_show_for_itself(name: str) -> None:
    assert len((HERE / name / "expected.csv").read_text("utf-8").splitlines()) > 1


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_speaks_only_of_views(catalogs: Any, name: str) -> None:
    sql = (QUERIES / f"{name}.sql").read_text("utf-8")
    with open_catalog(catalogs(name), write=False) as catalog, catalog.connect() as conn:
        query = "SELECT name FROM sqlite_master WHERE type = 'view'"
        views = set(conn.exec_driver_sql(query).scalars())
    code = "\n".join(line for line in sql.splitlines() if not line.startswith("--"))
    own = set(re.findall(r"(\w+) AS (?:MATERIALIZED )?\(\n? *SELECT", code))
    read = set(re.findall(r"(?:FROM|JOIN) (\w+)", code))
    assert read - own <= views
    assert "SELECT *" not in sql
