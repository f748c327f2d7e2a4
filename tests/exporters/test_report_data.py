"""The report as JSON, CSV and text: the same numbers, whatever the names hold."""

import csv
import io
import json

from gphotos_reconcile.core.report import Report
from gphotos_reconcile.exporters.report_data import CSV_COLUMNS, report_csv, report_json
from gphotos_reconcile.exporters.report_text import report_text

from .reports import sample_report


def _csv_rows(report: Report) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(report_csv(report))))


def test_the_document_names_its_schema_and_its_sums_close() -> None:
    document = json.loads(report_json(sample_report()))
    assert document["schema"] == "gphotos-reconcile.report/1"
    assert sum(line["items"] for line in document["verdicts"]) == document["own"]["items"]
    assert document["safe"]["items"] + document["to_copy"]["items"] == document["own"]["items"]


def test_the_csv_holds_the_numbers_of_the_document() -> None:
    rows = _csv_rows(sample_report())
    document = json.loads(report_json(sample_report()))
    verdicts = {row["key"]: int(row["items"]) for row in rows if row["section"] == "verdict"}
    assert verdicts == {line["verdict"]: line["items"] for line in document["verdicts"]}
    months = [(row["key"], int(row["items"])) for row in rows if row["section"] == "month"]
    assert months == [(cell["month"], cell["items"]) for cell in document["coverage"]]
    waste = [int(row["size_bytes"]) for row in rows if row["section"] == "year_waste"]
    assert waste == [year["waste_bytes"] for year in document["years"]]


def test_the_csv_has_one_shape() -> None:
    lines = list(csv.reader(io.StringIO(report_csv(sample_report()))))
    assert tuple(lines[0]) == CSV_COLUMNS
    assert {len(line) for line in lines} == {len(CSV_COLUMNS)}


def test_no_cell_begins_a_formula() -> None:
    cells = [cell for row in _csv_rows(sample_report("=cmd|'/c calc'!A1")) for cell in row.values()]
    assert any("cmd" in cell for cell in cells)
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


def test_the_text_begins_with_the_sentence_and_ends_with_what_to_do() -> None:
    lines = report_text(sample_report()).splitlines()
    assert lines[0] == "1 of 4 cloud items is safe (a.jpg)."
    assert lines[-2:] == ["  gphotos-reconcile review", "    look"]


def test_the_text_shows_the_closing_sum() -> None:
    lines = [line.split() for line in report_text(sample_report()).splitlines()]
    assert ["identical", "1", "100", "B", "safe"] in lines
    assert ["missing", "3", "300", "B"] in lines
    assert ["sum", "4", "400", "B"] in lines


def test_no_line_of_the_text_ends_in_blanks() -> None:
    assert not any(line.endswith(" ") for line in report_text(sample_report()).splitlines())
