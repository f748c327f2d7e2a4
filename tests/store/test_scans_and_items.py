"""From what a scan yields to items: every entry counted, one photo one item."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gphotos_reconcile.core.model import (
    AlbumFacts,
    CaptureTime,
    FileStamp,
    Fingerprint,
    Kind,
    Locator,
    MediaFacts,
    Observation,
    PictureSignature,
    Problem,
    Rejection,
    ScanTotals,
    Side,
    Sidecar,
    SidecarSeen,
    SourceKind,
    TimeBasis,
    Unchanged,
    VideoFrame,
)
from gphotos_reconcile.store import assets, pairs
from gphotos_reconcile.store.engine import Catalog, open_catalog
from gphotos_reconcile.store.items import resolve_items
from gphotos_reconcile.store.known import known_stamps
from gphotos_reconcile.store.runs import ArchiveRow, begin_run, end_run, save_archives, save_source
from gphotos_reconcile.store.scans import ScanWriter, Seen, forget_absent

NOW = datetime(2026, 1, 2, tzinfo=UTC)
TAKEN = datetime(2019, 5, 4, 10, 11, 12, 345000, tzinfo=UTC)
YEAR = "Takeout/Google Photos/Photos from 2019/"
ALBUM = "Takeout/Google Photos/Trip/"
STAMP = FileStamp(size_bytes=10, modified_ns=5, inode=(1 << 64) - 3, checksum=7, offset=9)


def fingerprint(name: str, **changes: object) -> Fingerprint:
    noise = random.Random(name)
    values: dict[str, object] = {
        "size_bytes": 1000,
        "sha256": f"{noise.getrandbits(256):064x}",
        "sha1": f"{noise.getrandbits(160):040x}",
        "kind": Kind.PHOTO,
        "mime_type": "image/jpeg",
        "content_digest": f"jpeg:{name}",
        "facts": MediaFacts(
            width_px=4000,
            height_px=3000,
            times=(CaptureTime(taken_at=TAKEN, basis=TimeBasis.EXIF_LOCAL, subsecond_digits=3),),
        ),
        "picture": PictureSignature(
            luma=noise.randbytes(4096),
            chroma=noise.randbytes(128),
            phash=f"{noise.getrandbits(64):016x}",
            dhash=f"{noise.getrandbits(64):016x}",
            luma_std=40.0,
            source_width_px=4000,
            source_height_px=3000,
        ),
    }
    return Fingerprint(**(values | changes))  # type: ignore[arg-type]  # built by name


def at(path: str, archive: str = "one.zip", ordinal: int = 0) -> Locator:
    return Locator(
        source="E", archive=archive, path=path.encode("utf-8", "surrogateescape"), ordinal=ordinal
    )


def photo(path: str, print_: Fingerprint | None, archive: str = "one.zip") -> Observation:
    name = path.rpartition("/")[2]
    return Observation(locator=at(path, archive), name=name, stamp=STAMP, fingerprint=print_)


def told(path: str, sidecar: Sidecar | AlbumFacts | None) -> SidecarSeen:
    name = path.rpartition("/")[2]
    return SidecarSeen(locator=at(path), name=name, stamp=STAMP, sidecar=sidecar)


class Scan:
    """One source in a catalogue, scanned again and again."""

    def __init__(
        self,
        catalog: Catalog,
        kind: SourceKind = SourceKind.TAKEOUT,
        *,
        export: str = "E",
        exported_at: datetime = NOW,
    ) -> None:
        self.catalog = catalog
        name = export if kind is SourceKind.TAKEOUT else "/lib"
        archives = ("one.zip", "two.zip") if kind is SourceKind.TAKEOUT else ("",)
        with catalog.begin() as conn:
            self.source_id = save_source(conn, kind, name, exported_at=exported_at)
            rows = [ArchiveRow(name=a, path=b"/x", form="zip", state="whole") for a in archives]
            self.ids = save_archives(conn, self.source_id, rows)
        self.name, self.kind = name, kind

    def run(self, *values: Seen) -> ScanWriter:
        with self.catalog.begin() as conn:
            run_id = begin_run(conn, source_name=self.name, kind=self.kind, now=NOW)
            writer = ScanWriter(
                self.source_id, self.name, run_id, self.ids, self.kind is SourceKind.TAKEOUT
            )
            writer.save(conn, values)
            totals = ScanTotals(seen=writer.seen, saved=writer.saved, rejected=writer.rejected)
            end_run(conn, run_id, totals, skipped=0, now=NOW)
        return writer

    def pair(self, **sidecar_of: str) -> None:
        """Pair files with sidecars by file names, as the pairing rules would."""
        with self.catalog.begin() as conn:
            for folder_id in pairs.folders_to_pair(conn, self.source_id):
                sidecars = {row.name: row.sidecar_id for row in pairs.sidecars_of(conn, folder_id)}
                rows = [
                    pairs.PairRow(row.file_id, sidecars.get(f"{row.name}.json"), "exact")
                    for row in pairs.media_of(conn, folder_id)
                ]
                pairs.save_pairs(conn, folder_id, rows)
            for row in pairs.folders_of(conn, self.source_id):
                album = row.titles[0] if row.titles else None
                pairs.save_folder_role(conn, row.folder_id, "album" if album else "year", album)
            resolve_items(conn)


def rows(catalog: Catalog, query: str) -> list[tuple[object, ...]]:
    with catalog.connect() as conn:
        return [tuple(row) for row in conn.exec_driver_sql(query)]


def test_seen_is_saved_plus_rejected_and_the_rejected_are_named(catalog: Catalog) -> None:
    problem = Problem(stage="open", message="no right", hint="chmod")
    writer = Scan(catalog).run(
        photo(YEAR + "a.jpg", fingerprint("a")),
        told(YEAR + "a.jpg.json", Sidecar(title="a.jpg")),
        Rejection(locator=at(YEAR + "b.jpg"), problem=problem),
    )

    assert (writer.seen, writer.saved, writer.rejected) == (3, 2, 1)
    assert rows(catalog, "SELECT path, stage, message, hint FROM problems") == [
        (YEAR + "b.jpg", "open", "no right", "chmod")
    ]


@pytest.mark.parametrize(
    "name", ["new\nline.jpg", "emoji 😀.jpg", "\udcff\udcfe.jpg", "\u202egpj.exe", "-rf.jpg"]
)
def test_any_name_survives_and_reads_safely(catalog: Catalog, name: str) -> None:
    Scan(catalog).run(photo(YEAR + name, fingerprint("a")))

    [(path, text)] = rows(catalog, "SELECT path, path_text FROM file")
    assert isinstance(path, bytes)
    assert path.decode("utf-8", "surrogateescape") == YEAR + name
    assert str(text).isprintable()


def test_what_is_known_is_found_again_by_its_stamp(catalog: Catalog) -> None:
    scan = Scan(catalog)
    scan.run(photo(YEAR + "a.jpg", fingerprint("a")), told(YEAR + "a.json", None))

    with catalog.connect() as conn:
        known = known_stamps(conn, scan.ids)
        found = [known(at(YEAR + n)) for n in ("a.jpg", "a.json", "b.jpg")]
    assert found == [STAMP, STAMP, None]


def test_a_member_that_could_not_be_read_is_an_item_and_read_again(catalog: Catalog) -> None:
    scan = Scan(catalog)
    problem = Problem(stage="read", message="bad CRC", hint="download again")
    scan.run(Rejection(locator=at(YEAR + "a.jpg"), problem=problem))
    scan.pair()

    with catalog.connect() as conn:
        assert known_stamps(conn, scan.ids)(at(YEAR + "a.jpg")) is None
    assert rows(catalog, "SELECT path, kind, sha256 FROM cloud_items") == [
        (YEAR + "a.jpg", "other", None)
    ]


def test_year_and_album_copies_are_one_item_with_two_placements(catalog: Catalog) -> None:
    scan = Scan(catalog)
    same = Sidecar(title="a.jpg", media_key="K1", url="https://photos.google.com/photo/K1")
    scan.run(
        photo(YEAR + "a.jpg", fingerprint("a")),
        told(YEAR + "a.jpg.json", same),
        photo(ALBUM + "a.jpg", fingerprint("a"), "two.zip"),
        told(ALBUM + "a.jpg.json", same),
        told(ALBUM + "metadata.json", AlbumFacts(title="Trip 2019")),
    )
    scan.pair()

    assert rows(catalog, "SELECT path, media_key FROM cloud_items") == [(YEAR + "a.jpg", "K1")]
    assert rows(catalog, "SELECT archive, path, album FROM placements ORDER BY path") == [
        ("one.zip", YEAR + "a.jpg", None),
        ("two.zip", ALBUM + "a.jpg", "Trip 2019"),
    ]
    assert rows(catalog, "SELECT album, path FROM album_items") == [("Trip 2019", YEAR + "a.jpg")]


def test_an_album_with_only_the_sidecar_still_holds_the_photo(catalog: Catalog) -> None:
    scan = Scan(catalog)
    scan.run(
        photo(YEAR + "a.jpg", fingerprint("a")),
        told(YEAR + "a.jpg.json", Sidecar(title="a.jpg", taken_at=TAKEN)),
        told(ALBUM + "a.jpg.json", Sidecar(title="a.jpg", taken_at=TAKEN)),
        told(ALBUM + "metadata.json", AlbumFacts(title="Trip")),
    )
    scan.pair()

    assert rows(catalog, "SELECT album, path FROM album_items") == [("Trip", YEAR + "a.jpg")]


def test_a_sidecar_whose_photo_is_not_in_the_export_is_told(catalog: Catalog) -> None:
    scan = Scan(catalog)
    scan.run(told(YEAR + "gone.jpg.json", Sidecar(title="gone.jpg", media_key="K9")))
    scan.pair()

    assert rows(catalog, "SELECT path, title FROM unpaired_sidecars") == [
        (YEAR + "gone.jpg.json", "gone.jpg")
    ]


def test_other_pictures_under_one_key_stay_apart(catalog: Catalog) -> None:
    scan = Scan(catalog)
    same = Sidecar(title="a.jpg", media_key="K1")
    scan.run(
        photo(YEAR + "a.jpg", fingerprint("a")),
        told(YEAR + "a.jpg.json", same),
        photo(ALBUM + "a.jpg", fingerprint("b")),
        told(ALBUM + "a.jpg.json", same),
    )
    scan.pair()

    assert len(rows(catalog, "SELECT item_id FROM cloud_items")) == 2


def test_the_items_do_not_depend_on_the_order_of_the_scan(catalog: Catalog, tmp_path: Path) -> None:
    values: list[Seen] = [
        photo(YEAR + "a.jpg", fingerprint("a")),
        told(YEAR + "a.jpg.json", Sidecar(title="a.jpg", media_key="K1")),
        photo(ALBUM + "a.jpg", fingerprint("a")),
        photo(YEAR + "b.jpg", fingerprint("b", content_digest="jpeg:x")),
        told(YEAR + "b.jpg.json", Sidecar(title="b.jpg", taken_at=TAKEN)),
        photo(ALBUM + "b.jpg", fingerprint("c", content_digest="jpeg:x")),
        told(ALBUM + "b.jpg.json", Sidecar(title="b.jpg", taken_at=TAKEN)),
    ]
    results = []
    for number, order in enumerate((values, values[::-1])):
        with open_catalog(str(tmp_path / f"{number}.db"), write=True) as other:
            scan = Scan(other)
            for value in order:
                scan.run(value)
            scan.pair()
            results.append(rows(other, "SELECT identity, name, kind FROM item ORDER BY identity"))

    assert results[0] == results[1]
    assert len(results[0]) == 2


def test_item_ids_stay_when_more_is_imported(catalog: Catalog) -> None:
    scan = Scan(catalog)
    scan.run(photo(YEAR + "b.jpg", fingerprint("b")))
    scan.pair()
    before = rows(catalog, "SELECT item_id FROM item")
    scan.run(photo(YEAR + "a.jpg", fingerprint("a")))
    scan.pair()

    assert rows(catalog, "SELECT item_id FROM item WHERE name = 'b.jpg'") == before


def test_a_local_file_that_vanished_is_no_item_any_more(catalog: Catalog) -> None:
    scan = Scan(catalog, SourceKind.LOCAL)
    scan.run(photo("/lib/a.jpg", fingerprint("a"), ""), photo("/lib/b.jpg", fingerprint("b"), ""))
    scan.pair()
    writer = scan.run(photo("/lib/b.jpg", None, ""))
    with catalog.begin() as conn:
        forget_absent(conn, writer.run_id, scan.ids.values())
    scan.pair()

    assert rows(catalog, "SELECT path FROM local_items") == [("/lib/b.jpg",)]


def test_a_local_file_that_cannot_be_read_any_more_is_no_item(catalog: Catalog) -> None:
    scan = Scan(catalog, SourceKind.LOCAL)
    scan.run(photo("/lib/a.jpg", fingerprint("a"), ""), photo("/lib/b.jpg", fingerprint("b"), ""))
    scan.pair()
    problem = Problem(stage="read", message="input/output error", hint="check the disk")
    lost = Rejection(locator=at("/lib/a.jpg", ""), problem=problem)
    writer = scan.run(lost, photo("/lib/b.jpg", None, ""))
    scan.pair()

    assert rows(catalog, "SELECT path FROM local_items") == [("/lib/b.jpg",)]
    assert (writer.seen, writer.saved, writer.rejected) == (2, 1, 1)
    with catalog.connect() as conn:
        known = known_stamps(conn, scan.ids)
        assert known(at("/lib/a.jpg", "")) is None


def test_a_local_live_photo_is_one_item(catalog: Catalog) -> None:
    scan = Scan(catalog, SourceKind.LOCAL)
    facts = MediaFacts(content_identifier="UUID-1")
    scan.run(
        photo("/lib/a.heic", fingerprint("a", facts=facts), ""),
        photo("/lib/a.mov", fingerprint("v", kind=Kind.VIDEO, facts=facts), ""),
    )
    scan.pair()

    assert rows(catalog, "SELECT path, kind FROM local_items") == [("/lib/a.heic", "motion")]
    assert rows(catalog, "SELECT path, role FROM placements ORDER BY path") == [
        ("/lib/a.heic", "primary"),
        ("/lib/a.mov", "motion_video"),
    ]


def test_unchanged_json_is_counted_and_kept(catalog: Catalog) -> None:
    scan = Scan(catalog)
    scan.run(told(YEAR + "a.json", Sidecar(title="a")))
    writer = scan.run(Unchanged(locator=at(YEAR + "a.json"), stamp=STAMP))

    assert (writer.seen, writer.saved, writer.unchanged) == (1, 1, 1)


def test_what_was_fingerprinted_comes_back_for_matching(catalog: Catalog) -> None:
    scan = Scan(catalog)
    frames = (VideoFrame(at_s=1.5, phash="00ff00ff00ff00ff", luma=bytes(256)),)
    made = fingerprint("a", frames=frames)
    scan.run(photo(YEAR + "a.jpg", made))
    scan.pair()

    with catalog.connect() as conn:
        [line] = assets.item_rows(conn, Side.CLOUD)
        asset = assets.assets(conn, [line.item_id])[line.item_id]
        picture = assets.signatures(conn, [line.item_id])[line.item_id]
        back = assets.frames(conn, [line.item_id])[line.item_id]
    assert (line.sha256, line.phash) == (made.sha256, made.picture.phash if made.picture else "")
    assert (asset.facts, picture, back) == (made.facts, made.picture, frames)


def test_exports_add_up_and_the_newest_facts_win(catalog: Catalog) -> None:
    newer, older = (
        Scan(catalog, export=name, exported_at=NOW + timedelta(days=days))
        for name, days in (("later", 30), ("first", 0))
    )
    newer.run(
        photo(YEAR + "a.jpg", fingerprint("a")),
        told(YEAR + "a.jpg.json", Sidecar(title="a.jpg", media_key="K1", favorited=True)),
        photo(YEAR + "b.jpg", fingerprint("b")),
        told(YEAR + "b.jpg.json", Sidecar(title="b.jpg", media_key="K2")),
    )
    newer.pair()
    older.run(
        photo(YEAR + "a.jpg", fingerprint("a")),
        told(YEAR + "a.jpg.json", Sidecar(title="a.jpg", media_key="K1", description="old")),
        photo(YEAR + "only.jpg", fingerprint("c")),
        told(YEAR + "only.jpg.json", Sidecar(title="only.jpg", media_key="K3")),
    )
    older.pair()

    found = rows(
        catalog, "SELECT media_key, favorited, description FROM cloud_items ORDER BY media_key"
    )
    assert found == [("K1", 1, None), ("K2", 0, None), ("K3", 0, None)]
    assert rows(catalog, "SELECT COUNT(*), COUNT(DISTINCT source) FROM placements") == [(4, 2)]


def test_the_same_bytes_without_a_key_join_the_item_that_has_one(catalog: Catalog) -> None:
    first, second = Scan(catalog, export="first"), Scan(catalog, export="second")
    first.run(photo(YEAR + "a.jpg", fingerprint("a")))
    first.pair()
    second.run(
        photo(YEAR + "a.jpg", fingerprint("a")),
        told(YEAR + "a.jpg.json", Sidecar(title="a.jpg", media_key="K1")),
    )
    second.pair()

    assert rows(catalog, "SELECT media_key FROM cloud_items") == [("K1",)]


def test_both_times_are_kept_with_their_basis(catalog: Catalog) -> None:
    scan = Scan(catalog)
    instant = TAKEN.replace(hour=8, microsecond=0)
    scan.run(
        photo(YEAR + "a.jpg", fingerprint("a")),
        told(YEAR + "a.jpg.json", Sidecar(title="a.jpg", media_key="K", taken_at=instant)),
    )
    scan.pair()

    assert rows(
        catalog,
        "SELECT taken_at_utc, taken_at_basis, taken_offset_minutes, sidecar_taken_at_utc"
        " FROM cloud_items",
    ) == [("2019-05-04T08:11:12.345Z", "exif_local", 120, "2019-05-04T08:11:12Z")]
