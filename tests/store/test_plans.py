"""Cloud items as a plan wants them: whole, with their own names, together with their kin."""

from datetime import date
from pathlib import PurePosixPath

from gphotos_reconcile.core.model import (
    Judgement,
    Kind,
    Locator,
    Problem,
    Rejection,
    Sidecar,
    SourceKind,
    Verdict,
)
from gphotos_reconcile.core.plan import PlanItem
from gphotos_reconcile.store.engine import Catalog
from gphotos_reconcile.store.plans import folders_of_days, plan_items
from gphotos_reconcile.store.verdicts import judge_without_bytes, save_judgements
from tests.store.test_scans_and_items import YEAR, Scan, at, fingerprint, photo, told


def planned(catalog: Catalog) -> dict[str, PlanItem]:
    """Judge every cloud item missing; return the plan's items by their files' names."""

    def resolve(stored: Locator, _: str, path: bytes) -> tuple[Locator, bytes | None]:
        return stored, path

    with catalog.begin() as conn:
        ids = conn.exec_driver_sql("SELECT item_id FROM item WHERE side = 'cloud'").scalars()
        save_judgements(
            conn,
            [
                Judgement(
                    item_id=item_id, verdict=Verdict.MISSING, rule="r", strength=1, reason="none"
                )
                for item_id in ids
            ],
        )
    with catalog.connect() as conn:
        return {item.files[0].name: item for item in plan_items(conn, [Verdict.MISSING], resolve)}


def test_a_raw_goes_with_the_jpeg_of_its_exposure_and_with_no_other(catalog: Catalog) -> None:
    scan = Scan(catalog)
    scan.run(
        photo(YEAR + "DSC1.JPG", fingerprint("j")),
        photo(YEAR + "DSC1.ARW", fingerprint("r", kind=Kind.RAW)),
        photo(YEAR + "DSC2.ARW", fingerprint("s", kind=Kind.RAW)),
    )
    scan.pair()

    found = planned(catalog)

    assert found["DSC1.ARW"].together_with == found["DSC1.JPG"].item_id
    assert found["DSC2.ARW"].together_with is None
    assert found["DSC1.JPG"].together_with is None


def test_an_upload_name_goes_before_the_name_in_the_export(catalog: Catalog) -> None:
    scan = Scan(catalog)
    scan.run(
        photo(YEAR + "long na.jpg", fingerprint("a")),
        told(YEAR + "long na.jpg.json", Sidecar(title="long name.jpg", media_key="K")),
    )
    scan.pair()

    assert planned(catalog)["long na.jpg"].title == "long name.jpg"


def test_each_day_has_the_folder_where_most_of_its_pictures_lie(catalog: Catalog) -> None:
    scan = Scan(catalog, SourceKind.LOCAL)
    scan.run(
        photo("/lib/2019/trip/a.jpg", fingerprint("a"), ""),
        photo("/lib/2019/trip/b.jpg", fingerprint("b"), ""),
        photo("/lib/other/c.jpg", fingerprint("c"), ""),
        photo("/elsewhere/d.jpg", fingerprint("d"), ""),
    )
    scan.pair()

    with catalog.connect() as conn:
        found = folders_of_days(conn, b"/lib")
    assert found == {date(2019, 5, 4): PurePosixPath("2019/trip")}


def test_what_has_no_bytes_is_judged_all_the_same(catalog: Catalog) -> None:
    scan = Scan(catalog)
    problem = Problem(stage="read", message="bad CRC", hint="download again")
    scan.run(Rejection(locator=at(YEAR + "cut.jpg"), problem=problem))
    scan.pair()
    with catalog.begin() as conn:
        conn.exec_driver_sql(
            "INSERT INTO item (side, identity, source_kind, kind, name, name_stem, belongs)"
            " VALUES ('cloud', 'key:K', 'inventory', 'photo', 'only.jpg', 'only', 'own')"
        )
        judge_without_bytes(conn)
        found = conn.exec_driver_sql(
            "SELECT filename, verdict FROM reconciliation ORDER BY filename"
        ).fetchall()

    assert [tuple(row) for row in found] == [("cut.jpg", "unreadable"), ("only.jpg", "unknown")]
