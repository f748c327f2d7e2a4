"""The queue: every facet tells how many items its filter leaves."""

from dataclasses import replace
from pathlib import Path

import pytest

from gphotos_reconcile.store.engine import open_catalog
from gphotos_reconcile.store.review import QueueFilter, count_queue, facets, queue_page
from tests.web.library import Shelf, location

FILTERS = (
    QueueFilter(),
    QueueFilter(year="2019"),
    QueueFilter(camera="Pixel 3", year="2020"),
    QueueFilter(folder="Takeout/Google Photos/B", album="Trip"),
    QueueFilter(belongs="own", min_strength=1),
    QueueFilter(rule="hash_near"),
)


def fill(shelf: Shelf) -> None:
    """Put items of two folders, years and cameras into the queue, and one that was judged."""
    local = shelf.item("x.jpg", side="local")
    for number in range(12):
        cloud = shelf.item(
            f"Takeout/Google Photos/{'AB'[number % 2]}/{number}.jpg",
            side="cloud",
            albums=("Trip", "All")[: number % 3],
            facts={"camera_model": "Pixel 3" if number % 4 else None},
            taken_at_utc=None if number == 7 else f"20{19 + number % 3}-01-01T00:00:00Z",
            belongs="partner" if number == 5 else "own",
        )
        verdict = "missing" if number == 11 else "review"
        shelf.judge(cloud, verdict, counterpart_id=local, strength=10 * (number % 5))
        shelf.reason(cloud, local, "hash_near" if number % 2 else "same_time", 40)


@pytest.mark.parametrize("wanted", FILTERS, ids=str)
def test_a_facet_tells_how_many_items_its_filter_leaves(
    tmp_path: Path, wanted: QueueFilter
) -> None:
    with open_catalog(location(tmp_path), write=True) as catalog, catalog.begin() as conn:
        fill(Shelf(conn))
        found = facets(conn, wanted)
        assert set(found) == {"folder", "album", "year", "camera", "rule", "belongs"}
        for name, values in found.items():
            assert values == sorted(values)
            for value, number in values:
                assert number == count_queue(conn, replace(wanted, **{name: value})) > 0
        assert count_queue(conn, wanted) == len(queue_page(conn, wanted, offset=0, limit=-1)) > 0
