"""What a plan carries over from the copies that are put away."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gphotos_reconcile.core.model import AlbumFacts, Side, Sidecar
from gphotos_reconcile.store.engine import Catalog, open_catalog
from gphotos_reconcile.store.groups import GroupRow, save_groups
from gphotos_reconcile.workflows.export import PlanRequest, plan_from_catalog
from tests.store.test_plans import planned
from tests.store.test_scans_and_items import ALBUM, YEAR, Scan, fingerprint, photo, told


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with open_catalog(str(tmp_path / "c.db"), write=True) as opened:
        scan = Scan(opened)
        scan.run(
            photo(YEAR + "large.jpg", fingerprint("a")),
            photo(ALBUM + "small.jpg", fingerprint("b")),
            told(
                ALBUM + "small.jpg.json",
                Sidecar(title="small.jpg", media_key="K", favorited=True, people=("Ada",)),
            ),
            told(ALBUM + "metadata.json", AlbumFacts(title="Trip")),
        )
        scan.pair()
        yield opened


@pytest.mark.parametrize(("relation", "albums"), [("thumbnail", ("Trip",)), ("burst", ())])
def test_a_keeper_gets_what_only_its_copies_carry_and_nothing_of_a_series(
    catalog: Catalog, relation: str, albums: tuple[str, ...]
) -> None:
    items = planned(catalog)
    keeper, away = items["large.jpg"].item_id, items["small.jpg"].item_id
    with catalog.begin() as conn:
        save_groups(
            conn,
            Side.CLOUD,
            [
                GroupRow(1, keeper, relation, is_keeper=True, reason="largest"),
                GroupRow(1, away, relation, is_keeper=False, reason="smaller"),
            ],
        )

    plan = plan_from_catalog(catalog, PlanRequest())

    [large] = [item for item in plan.items if item.item_id == keeper]
    assert large.albums == albums
    assert large.favourite == bool(albums)
    assert large.people == (("Ada",) if albums else ())
