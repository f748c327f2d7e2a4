"""What datasette is given to show."""

import json
from pathlib import Path

import pytest

from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.exporters.datasette import (
    NAMES,
    RecipeText,
    datasette_config,
    write_datasette,
)

RECIPE = RecipeText(
    name="cloud_only",
    question="Which?",
    sql="-- :no\nSELECT ':nor', strftime('%H:%M', x) FROM a WHERE b = :year /* :it */"
    " AND c = coalesce(:year, :album);\n",
)


def test_both_names_hold_the_same_and_parameters_are_those_bound(tmp_path: Path) -> None:
    paths = write_datasette(tmp_path / "new", "catalog", [RECIPE])

    assert [path.name for path in paths] == list(NAMES)
    first, second = (json.loads(path.read_text()) for path in paths)
    assert first == second == datasette_config("catalog", [RECIPE])
    query = first["databases"]["catalog"]["queries"]["cloud_only"]
    assert query["params"] == ["year", "album"]
    assert query["title"] == "Which?"
    assert not query["sql"].endswith(";")


def test_our_own_files_are_renewed_and_those_of_others_are_not_replaced(tmp_path: Path) -> None:
    write_datasette(tmp_path, "catalog", [])
    write_datasette(tmp_path, "catalog", [RECIPE])
    assert "cloud_only" in (tmp_path / "metadata.yaml").read_text()
    (tmp_path / "datasette.yaml").write_text("title: mine\n")

    with pytest.raises(UsageError):
        write_datasette(tmp_path, "catalog", [])

    assert (tmp_path / "datasette.yaml").read_text() == "title: mine\n"
    assert "cloud_only" in (tmp_path / "metadata.yaml").read_text()
