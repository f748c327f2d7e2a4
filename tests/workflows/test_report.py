"""The report's forms, written where the user says."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from gphotos_reconcile.core.report import SAFE
from gphotos_reconcile.exporters.report_data import report_json
from gphotos_reconcile.store.engine import Catalog, open_catalog
from gphotos_reconcile.workflows.report import PAGE_NAME, build_report, report_of, write_report
from tests.queries.seed import seed

YEAR = "Takeout/Google Photos/Photos from 2019"


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    cloud = [
        {"id": 1, "path": f"{YEAR}/a.jpg", "verdict": "identical", "bytes": "A"},
        {"id": 2, "path": f"{YEAR}/b.jpg", "verdict": "missing", "size_bytes": 500},
        {"id": 3, "path": f"{YEAR}/c.jpg", "verdict": "missing", "belongs": "shared"},
    ]
    local = [{"id": 11, "path": "/photos/a.jpg", "bytes": "A"}]
    with open_catalog(str(tmp_path / "catalog.db"), write=True) as opened:
        with opened.begin() as conn:
            seed(conn, {"cloud": cloud, "local": local})
        yield opened


def test_the_sums_of_the_report_close(catalog: Catalog) -> None:
    report = report_of(catalog)
    assert sum(line.items for line in report.verdicts) == report.own.items == 2
    assert report.own.items + sum(out.items for out in report.left_out) == report.cloud.items == 3
    assert sum(line.items for line in report.verdicts if line.verdict in SAFE) == report.safe.items
    assert report.safe.items + report.to_copy.items == report.own.items
    assert sum(cell.items for cell in report.year_verdicts) == report.own.items


def test_the_same_catalogue_gives_the_same_report(catalog: Catalog) -> None:
    with catalog.connect() as conn:
        assert report_json(build_report(conn)) == report_json(build_report(conn))


@pytest.mark.parametrize("form", ["text", "json", "csv"])
def test_a_form_is_returned_or_written_with_the_same_bytes(
    catalog: Catalog, tmp_path: Path, form: str
) -> None:
    out = tmp_path / "deep" / f"report.{form}"
    assert write_report(catalog, form, out) == out
    assert write_report(catalog, form, None) == out.read_text("utf-8")


def test_the_document_is_json(catalog: Catalog) -> None:
    assert json.loads(str(write_report(catalog, "json", None)))["to_copy"] == {
        "items": 1,
        "size_bytes": 500,
    }


@pytest.mark.slow
@pytest.mark.parametrize(("out", "page"), [("site", f"site/{PAGE_NAME}"), ("my.html", "my.html")])
def test_a_page_goes_into_the_folder_or_under_its_name(
    catalog: Catalog, tmp_path: Path, out: str, page: str
) -> None:
    assert write_report(catalog, "html", tmp_path / out) == tmp_path / page
    text = (tmp_path / page).read_text("utf-8")
    assert text.lstrip().startswith("<!doctype html>")
    assert "1 of 2 cloud items is safe" in text


@pytest.mark.slow
def test_the_page_shows_the_missing_items_themselves(tmp_path: Path) -> None:
    photo = tmp_path / "export" / "b.jpg"
    photo.parent.mkdir()
    Image.linear_gradient("L").save(photo)
    with open_catalog(str(tmp_path / "catalog.db"), write=True) as catalog:
        with catalog.begin() as conn:
            size_bytes = photo.stat().st_size
            cloud = [{"id": 2, "path": str(photo), "verdict": "missing", "size_bytes": size_bytes}]
            local = [{"id": 11, "path": "/photos/a.jpg"}]
            seed(conn, {"cloud": cloud, "local": local})
        page = write_report(catalog, "html", tmp_path)
    assert isinstance(page, Path)
    assert "data:image/jpeg;base64," in page.read_text("utf-8")
