"""The table of facts marks what differs, and nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest

from gphotos_reconcile.store.engine import open_catalog
from gphotos_reconcile.store.review_items import ItemFacts, item_facts
from gphotos_reconcile.web.facts import Cell, fact_rows
from tests.web.library import Shelf, location


@pytest.fixture
def photo(tmp_path: Path) -> ItemFacts:
    """Give an item with a camera's local time."""
    with open_catalog(location(tmp_path), write=True) as catalog, catalog.begin() as conn:
        item_id = Shelf(conn).item("2019/a.jpg", side="local")
        return item_facts(conn, [item_id])[item_id]


def cells(label: str, *items: ItemFacts) -> tuple[Cell, ...]:
    """Return one row of the table."""
    return next(row.cells for row in fact_rows(items) if row.label == label)


def test_a_zone_that_is_not_known_is_not_shown_and_makes_no_difference(photo: ItemFacts) -> None:
    guessed = replace(photo, offset_minutes=0)
    taken = cells("Taken", photo, guessed)
    assert {cell.text for cell in taken} == {"2019-05-04 10:11:12 (EXIF, zone not known)"}
    assert not any(cell.differs for cell in taken)


def test_one_instant_in_two_zones_is_one_instant(photo: ItemFacts) -> None:
    utc = replace(photo, taken_at_basis="exif_offset", offset_minutes=0)
    taken = cells("Taken", utc, replace(utc, offset_minutes=120))
    assert taken[0].text.startswith("2019-05-04 10:11:12 +00:00")
    assert taken[1].text.startswith("2019-05-04 12:11:12 +02:00")
    assert not taken[1].differs


def test_another_second_another_name_and_another_size_are_marked(photo: ItemFacts) -> None:
    other = replace(
        photo, name="b.jpg", size_bytes=1, taken_at_utc="2019-05-04T10:11:13Z", folder="/elsewhere"
    )
    marked = {row.label for row in fact_rows([photo, other]) if row.cells[1].differs}
    assert marked == {"Name", "Taken", "Size"}


def test_a_whole_number_of_hours_apart_is_likely_the_zone(photo: ItemFacts) -> None:
    other = replace(photo, taken_at_utc="2019-05-04T12:11:12Z")
    assert cells("Taken", photo, other)[1].note == "2 h apart: zone?"
