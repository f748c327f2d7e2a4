"""Recipes: found, described, bound and refused."""

from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import Connection

from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.store.engine import open_catalog
from gphotos_reconcile.store.recipes import (
    RecipeParam,
    find_recipe,
    list_recipes,
    parse_recipe,
    run_recipe,
)

PROMISED = {
    "album_contents", "cloud_only", "exact_duplicates", "local_only", "look_at", "raw_jpeg_pairs",
    "same_metadata_duplicates", "scan_health", "storage_by_year", "thumbnail_duplicates",
    "uuid_named_dng",
}  # fmt: skip
_NO_CONNECTION = cast("Connection", None)  # refused before anything is asked of the catalogue


@pytest.fixture
def catalog_file(tmp_path: Path) -> str:
    location = str(tmp_path / "catalog.db")
    with open_catalog(location, write=True):
        pass
    return location


def test_every_recipe_of_the_contract_is_there() -> None:
    assert {recipe.name for recipe in list_recipes()} >= PROMISED


def test_a_recipe_is_called_like_its_file() -> None:
    for recipe in list_recipes():
        assert find_recipe(recipe.name) is recipe
        assert f"-- name:     {recipe.name}\n" in recipe.sql


def test_every_parameter_takes_its_announced_default_by_coalesce() -> None:
    for recipe in list_recipes():
        for param in recipe.params:
            assert f"COALESCE(:{param.name}, " in recipe.sql, (recipe.name, param.name)


def test_every_recipe_runs_on_an_empty_catalogue(catalog_file: str) -> None:
    with open_catalog(catalog_file, write=False) as catalog, catalog.connect() as conn:
        rows = {
            recipe.name: list(run_recipe(conn, recipe.name, {}).rows) for recipe in list_recipes()
        }
    assert set(map(len, rows.values())) == {0}


def test_an_unknown_recipe_names_those_spelled_alike() -> None:
    with pytest.raises(UsageError, match="no recipe 'cloud_onyl'") as caught:
        find_recipe("cloud_onyl")
    assert "cloud_only" in caught.value.hint


def test_a_name_like_none_other_gets_the_whole_list() -> None:
    with pytest.raises(UsageError) as caught:
        find_recipe("§§")
    assert all(name in caught.value.hint for name in PROMISED)


def test_an_unknown_parameter_names_those_spelled_alike() -> None:
    with pytest.raises(UsageError, match="no parameter verdit") as caught:
        run_recipe(_NO_CONNECTION, "cloud_only", {"verdit": "missing"})
    assert caught.value.hint == "Did you mean verdict?"


def test_a_recipe_without_parameters_refuses_any() -> None:
    with pytest.raises(UsageError) as caught:
        run_recipe(_NO_CONNECTION, "scan_health", {"x": "1"})
    assert "takes none" in caught.value.hint


@pytest.mark.parametrize("value", ["ten", "1.5", "", "9" * 30])
def test_a_number_must_be_one_that_the_catalogue_can_hold(value: str) -> None:
    with pytest.raises(UsageError, match="takes a number") as caught:
        run_recipe(_NO_CONNECTION, "largest_missing", {"limit": value})
    assert "default 50" in caught.value.hint


def test_a_value_is_bound_and_never_becomes_sql(catalog_file: str) -> None:
    with open_catalog(catalog_file, write=False) as catalog, catalog.connect() as conn:
        rows = list(
            run_recipe(conn, "album_contents", {"album": "x'; DROP VIEW album_items; --"}).rows
        )
        assert rows == []
        assert list(run_recipe(conn, "album_contents", {}).rows) == []


def test_a_header_is_read_with_its_continued_lines() -> None:
    recipe = parse_recipe(
        "-- name:     demo\n"
        "-- question: Which?\n"
        "-- params:   :one  TEXT     default any  first\n"
        "--           :two  INTEGER  default 5    second, larger\n"
        "-- returns:  a, b\n"
        "-- caveat:   none that\n"
        "--           we know\n"
        "SELECT 1 AS a, 2 AS b; -- name: other\n"
    )
    assert recipe.params == (
        RecipeParam(name="one", type="TEXT", default="any", meaning="first"),
        RecipeParam(name="two", type="INTEGER", default="5", meaning="second, larger"),
    )
    assert (recipe.name, recipe.returns) == ("demo", ("a", "b"))
    assert recipe.caveat == "none that we know"


@pytest.mark.parametrize("left_out", ["name", "question", "params", "returns", "caveat"])
def test_a_recipe_without_a_header_line_is_a_bug(left_out: str) -> None:
    lines = [f"-- {key}: none" for key in ("name", "question", "params", "returns", "caveat")]
    header = "\n".join(line for line in lines if left_out not in line)
    with pytest.raises(ValueError, match=left_out):
        parse_recipe(f"{header}\nSELECT 1;\n")


def test_a_parameter_that_is_not_described_is_a_bug() -> None:
    with pytest.raises(ValueError, match="cannot be understood"):
        parse_recipe("-- name: a\n-- question: b\n-- params: :x\n-- returns: c\n-- caveat: d\n")
