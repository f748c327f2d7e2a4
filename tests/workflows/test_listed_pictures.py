"""What an API only showed takes part in matching by its pixels, and never ends in a claim."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from gphotos_reconcile.core.listing import ListedItem
from gphotos_reconcile.core.model import Fingerprint, Kind, MediaFacts
from gphotos_reconcile.matching.options import MatchOptions
from gphotos_reconcile.media.worker import WorkerPool
from gphotos_reconcile.sources.fetched import FetchedPicture
from gphotos_reconcile.store.engine import Catalog, open_catalog
from gphotos_reconcile.store.google_listings import CatalogListings
from gphotos_reconcile.workflows.match import match_catalog
from gphotos_reconcile.workflows.run import RunRequest, run_job

TAKEN = datetime(2019, 5, 4, 10, 11, 12, tzinfo=UTC)


def photo(seed: int, size: tuple[int, int] = (1600, 1200), quality: int = 92) -> bytes:
    """Return a JPEG of soft coloured shapes that depend on `seed`."""
    small = Image.effect_noise((8, 6), 90 + seed)
    image = small.resize((1600, 1200), Image.Resampling.BICUBIC).convert("RGB").resize(size)
    target = io.BytesIO()
    exif = Image.Exif()
    exif[0x0132] = "2019:05:04 10:11:12"
    image.save(target, "JPEG", quality=quality, exif=exif)
    return target.getvalue()


def reduced(content: bytes) -> bytes:
    """Return a picture as an API hands it out: smaller, and compressed again."""
    image = Image.open(io.BytesIO(content)).resize((1024, 768), Image.Resampling.LANCZOS)
    target = io.BytesIO()
    image.save(target, "JPEG", quality=75)
    return target.getvalue()


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    with WorkerPool(1) as workers:
        yield workers


class Shelf:
    """A catalogue with one photo in an export, one on disk, and whatever is picked."""

    def __init__(self, folder: Path, catalog: Catalog, pool: WorkerPool) -> None:
        self.catalog, self.pool = catalog, pool
        self.exported, self.local, self.unseen = photo(1), photo(2), photo(3)
        library = folder / "library"
        library.mkdir()
        (library / "IMG_2.jpg").write_bytes(self.local)
        part = folder / "takeout-20260101T000000Z-001.zip"
        member = "Takeout/Google Photos/Photos from 2019/IMG_1.jpg"
        sidecar = {
            "title": "IMG_1.jpg",
            "photoTakenTime": {"timestamp": f"{TAKEN.timestamp():.0f}"},
            "url": "https://photos.google.com/photo/AF1QipOne",
        }
        with zipfile.ZipFile(part, "w") as archive:
            archive.writestr(member, self.exported)
            archive.writestr(f"{member}.supplemental-metadata.json", json.dumps(sidecar))
        run_job(
            RunRequest(exports=[part], libraries=[library], out=folder / "out"), catalog, pool=pool
        )

    def pick(self, google_id: str, filename: str, content: bytes) -> None:
        journal = CatalogListings(self.catalog, TAKEN)
        walk = journal.open_pass("picker")
        listed = ListedItem(
            google_id=google_id,
            filename=filename,
            mime_type="image/jpeg",
            kind=Kind.PHOTO,
            created_at=TAKEN,
            facts=MediaFacts(width_px=1600, height_px=1200),
        )
        journal.save_page(walk.pass_id, [listed], [], "")
        fetched = FetchedPicture(filename, reduced(content))
        ((_, found),) = self.pool.fingerprints([(google_id, fetched)])
        assert isinstance(found, Fingerprint)
        assert found.picture is not None
        journal.save_picture(google_id, found.picture)
        journal.finish_pass(walk.pass_id)

    def match(self) -> None:
        match_catalog(self.catalog, MatchOptions(), pool=self.pool)

    def said(self) -> list[tuple[str, str, str, str | None]]:
        """Return (name, source, verdict, counterpart) of every cloud item."""
        query = (
            "SELECT c.filename, c.source, r.verdict, r.counterpart_path FROM cloud_items AS c"
            " JOIN reconciliation AS r USING (item_id) ORDER BY c.item_id"
        )
        with self.catalog.connect() as conn:
            return [
                (str(name), str(source), str(verdict), None if path is None else Path(path).name)
                for name, source, verdict, path in conn.exec_driver_sql(query)
            ]


@pytest.fixture
def shelf(tmp_path: Path, pool: WorkerPool) -> Iterator[Shelf]:
    with open_catalog(str(tmp_path / "c.db"), write=True) as catalog:
        yield Shelf(tmp_path, catalog, pool)


@pytest.mark.slow
def test_a_picked_photo_that_looks_like_a_local_one_is_for_the_eye_and_no_claim(
    shelf: Shelf,
) -> None:
    shelf.pick("picked-2", "IMG_2.jpg", shelf.local)
    shelf.match()
    assert shelf.said()[1:] == [("IMG_2.jpg", "picker", "review", "IMG_2.jpg")]
    with shelf.catalog.connect() as conn:
        rules = conn.exec_driver_sql(
            "SELECT e.rule FROM evidence_rows AS e JOIN cloud_items AS c"
            " ON c.item_id = e.cloud_item_id WHERE c.source = 'picker'"
        ).scalars()
        assert {"same_bytes", "same_content"}.isdisjoint(rules.all())


@pytest.mark.slow
def test_a_picked_photo_that_nothing_comes_near_is_unknown_not_missing(shelf: Shelf) -> None:
    shelf.pick("picked-3", "IMG_3.jpg", shelf.unseen)
    shelf.match()
    assert shelf.said()[1:] == [("IMG_3.jpg", "picker", "unknown", None)]


@pytest.mark.slow
def test_a_picked_photo_that_an_export_holds_is_told_as_one(shelf: Shelf) -> None:
    before = shelf.said()
    for _ in range(2):  # picked again, it is told as one again
        shelf.pick("picked-1", "IMG_1.jpg", shelf.exported)
        shelf.match()
        assert shelf.said() == before
    with shelf.catalog.connect() as conn:
        ids = conn.exec_driver_sql("SELECT google_id FROM cloud_items").scalars().all()
    assert ids == ["picked-1"]


@pytest.mark.slow
@pytest.mark.parametrize("other", ["name", "picture"])
def test_another_name_or_another_picture_is_another_item(shelf: Shelf, other: str) -> None:
    if other == "name":
        shelf.pick("picked-9", "IMG_9.jpg", shelf.exported)
    else:
        shelf.pick("picked-9", "IMG_1.jpg", shelf.unseen)
    shelf.match()
    assert len(shelf.said()) == 2


@pytest.mark.slow
def test_two_picks_that_fit_one_item_of_an_export_stay_apart(shelf: Shelf) -> None:
    shelf.pick("picked-1", "IMG_1.jpg", shelf.exported)
    shelf.pick("picked-8", "IMG_1.jpg", shelf.exported)
    shelf.match()
    assert len(shelf.said()) == 3
