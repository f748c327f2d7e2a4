"""A match goes on from the last one, and ends as one from scratch would."""

import hashlib
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gphotos_reconcile.core.model import (
    CaptureTime,
    FileStamp,
    Fingerprint,
    Kind,
    Locator,
    MediaFacts,
    Observation,
    ScanTotals,
    Side,
    Sidecar,
    SidecarSeen,
    SourceKind,
    TimeBasis,
)
from gphotos_reconcile.matching import affected, threads, wider
from gphotos_reconcile.matching.options import MatchOptions
from gphotos_reconcile.media.worker import WorkerPool
from gphotos_reconcile.store import pairs, verdicts
from gphotos_reconcile.store.engine import Catalog, open_catalog
from gphotos_reconcile.store.runs import ArchiveRow, begin_run, end_run, save_archives, save_source
from gphotos_reconcile.store.scans import ScanWriter, forget_absent
from gphotos_reconcile.workflows import changes, match
from gphotos_reconcile.workflows.match import MatchReport, match_catalog
from tests.matching.scenes import NOON, Pixels, coded, grain, scene, signature

_VIEWS = (
    (
        "SELECT item_id, path, verdict, rule, strength, counterpart_id, counterpart_path, reason,"
        " relation FROM reconciliation ORDER BY item_id"
    ),
    "SELECT * FROM evidence_rows ORDER BY 1, 2, 3, 4, 5",
    "SELECT * FROM local_only ORDER BY item_id",
)
_BY_PATH = (
    (
        "SELECT path, verdict, rule, strength, counterpart_path, reason, relation"
        " FROM reconciliation ORDER BY path"
    ),
    (
        "SELECT c.path, l.path, e.rule, e.strength, e.detail FROM evidence_rows AS e"
        " JOIN cloud_items AS c ON c.item_id = e.cloud_item_id"
        " JOIN local_items AS l ON l.item_id = e.local_item_id ORDER BY 1, 2, 3, 4, 5"
    ),
)
_SCENES = 3
_LOOKS = 6
_PLACES = 6
_MEASURED = MatchOptions(candidates_per_item=3)

Look = tuple[int, int, int]
"""What an entry shows: a scene, how it was changed, and when it was taken (0: not told)."""

Sideful = dict[int, Look]
"""What lies where on one side."""

_LOOK = st.tuples(st.integers(0, _SCENES - 1), st.integers(0, _LOOKS - 1), st.integers(0, 3))
_SIDE = st.dictionaries(st.integers(0, _PLACES - 1), _LOOK, max_size=_PLACES)
_STEPS = st.lists(st.tuples(_SIDE, _SIDE), min_size=2, max_size=4)


class NoDecoder:
    """A pool without workers: no file can be read again."""

    def __init__(self, jobs: int = 1) -> None:
        self.jobs = jobs

    def fine_lumas(self, jobs: Iterable[object]) -> Iterator[tuple[object, object]]:
        return iter(())

    def rest(self) -> None:
        pass


@cache
def _pixels(number: int, look: int) -> Pixels:
    whole = grain(number, scene(number, 160, 120))
    return (
        whole,
        coded(whole),
        grain(number + 50, scene(number, 160, 120)),
        np.clip(whole * 1.2, 0, 255),
        np.rot90(whole),
        whole[6:114, 8:152],
    )[look]


@cache
def _fingerprint(look: Look) -> Fingerprint:
    number, changed, second = look
    sha256 = hashlib.sha256(repr(look).encode()).hexdigest()
    pixels = _pixels(number, changed)
    moment = NOON + timedelta(seconds=second)
    told = CaptureTime(taken_at=moment, basis=TimeBasis.EXIF_LOCAL, subsecond_digits=0)
    return Fingerprint(
        size_bytes=1000,
        sha256=sha256,
        sha1=sha256[:40],
        kind=Kind.PHOTO,
        mime_type="image/jpeg",
        content_digest=f"jpeg:{number}:{changed}:{min(second, 1)}",
        facts=MediaFacts(
            width_px=pixels.shape[1],
            height_px=pixels.shape[0],
            times=(told,) if second else (),
        ),
        picture=signature(pixels),
    )


class Library:
    """A catalogue of one export and one folder, scanned whole again and again."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def scan(self, side: Side, entries: Sideful) -> None:
        """Make one side hold exactly these entries."""
        is_cloud = side is Side.CLOUD
        kind = SourceKind.TAKEOUT if is_cloud else SourceKind.LOCAL
        name = "E" if is_cloud else "/lib"
        with self.catalog.begin() as conn:
            source_id = save_source(conn, kind, name)
            part = ArchiveRow(
                name="a.zip" if is_cloud else "", path=b"/x", form="zip", state="whole"
            )
            ids = save_archives(conn, source_id, [part])
            run_id = begin_run(conn, source_name=name, kind=kind, now=NOON)
            writer = ScanWriter(source_id, name, run_id, ids, keep_unread=is_cloud)
            writer.save(conn, _seen(side, entries))
            forget_absent(conn, run_id, ids.values())
            end_run(conn, run_id, ScanTotals(complete=True), skipped=0, now=NOON)
            for folder_id in pairs.folders_to_pair(conn, source_id):
                of = {row.name: row.sidecar_id for row in pairs.sidecars_of(conn, folder_id)}
                found = pairs.media_of(conn, folder_id)
                rows = [pairs.PairRow(m.file_id, of.get(f"{m.name}.json"), "exact") for m in found]
                pairs.save_pairs(conn, folder_id, rows if is_cloud else [])

    def match(self, options: MatchOptions = _MEASURED, jobs: int = 1) -> MatchReport:
        """Match with no file to be read again."""
        return match_catalog(self.catalog, options, pool=cast("WorkerPool", NoDecoder(jobs)))

    def told(self, queries: Sequence[str] = _VIEWS) -> list[list[tuple[object, ...]]]:
        """Return everything that the views say of verdicts."""
        with self.catalog.connect() as conn:
            return [[tuple(row) for row in conn.exec_driver_sql(query)] for query in queries]

    def told_from_scratch(
        self, options: MatchOptions = _MEASURED
    ) -> list[list[tuple[object, ...]]]:
        """Return what they would say had nothing been matched before."""
        copy = self.catalog.path.with_name("copy.db")
        shutil.copyfile(self.catalog.path, copy)
        with closing(sqlite3.connect(copy)) as raw, raw:
            raw.execute("DELETE FROM setting WHERE name = 'matched'")
        with open_catalog(str(copy), write=True) as catalog:
            other = Library(catalog)
            report = other.match(options)
            assert report.compared
            return other.told()


def _seen(side: Side, entries: Sideful) -> Iterator[Observation | SidecarSeen]:
    folder = "Takeout/Google Photos/Photos from 2021/" if side is Side.CLOUD else "/lib/"
    for place, look in sorted(entries.items()):
        name = f"IMG_{place // 3:04d}({place}).jpg"
        archive, source = ("a.zip", "E") if side is Side.CLOUD else ("", "/lib")
        print_ = _fingerprint(look)
        stamp = FileStamp(size_bytes=1000, modified_ns=hash(look) & 0xFFFF, inode=1)
        where = Locator(source=source, archive=archive, path=f"{folder}{name}".encode())
        yield Observation(locator=where, name=name, stamp=stamp, fingerprint=print_)
        if side is Side.CLOUD:
            taken = NOON + timedelta(hours=place % 2)
            sidecar = Sidecar(title=name, taken_at=taken, media_key=f"K{place}")
            path = f"{folder}{name}.json".encode()
            where = Locator(source=source, archive=archive, path=path)
            yield SidecarSeen(locator=where, name=f"{name}.json", stamp=stamp, sidecar=sidecar)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make crowds of three, and let nothing be too much to go on from."""
    monkeypatch.setattr(threads, "CROWD", 2)
    for module in (wider, affected):
        monkeypatch.setattr(module, "MAX_LOCAL", 4)
    monkeypatch.setattr(affected, "MOST_CHANGED", 9.0)
    monkeypatch.setattr(changes, "_MOST_AFFECTED", 9.0)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with open_catalog(str(tmp_path / "c.db"), write=True) as catalog:
        yield Library(catalog)


@pytest.mark.slow
@pytest.mark.usefixtures("small")
@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@example([({0: (0, 0, 0)}, {n: (n % 3, 0, 1) for n in range(5)}), ({0: (0, 0, 0)}, {0: (1, 0, 1)})])
@given(steps=_STEPS)
def test_going_on_ends_as_from_scratch(steps: list[tuple[Sideful, Sideful]]) -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        catalog = stack.enter_context(open_catalog(str(folder / "c.db"), write=True))
        library = Library(catalog)
        for cloud, local in steps:
            library.scan(Side.CLOUD, cloud)
            library.scan(Side.LOCAL, local)
            library.match()

            assert library.told() == library.told_from_scratch()


@pytest.mark.slow
@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(cloud=_SIDE, local=_SIDE, cuts=st.tuples(st.integers(0, 6), st.integers(0, 6)))
def test_the_order_of_imports_changes_nothing(
    cloud: Sideful, local: Sideful, cuts: tuple[int, int]
) -> None:
    told = []
    for is_reversed in (False, True):
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory()))
            catalog = stack.enter_context(open_catalog(str(folder / "c.db"), write=True))
            library = Library(catalog)
            for cut in sorted(cuts, reverse=is_reversed):
                for side, entries in ((Side.LOCAL, local), (Side.CLOUD, cloud)):
                    library.scan(
                        side, {n: e for n, e in entries.items() if (n < cut) ^ is_reversed}
                    )
                library.match()
            library.scan(Side.CLOUD, cloud)
            library.scan(Side.LOCAL, local)
            library.match()
            told.append(library.told(_BY_PATH))

    assert told[0] == told[1]


_CLOUD: Sideful = {n: (n % 3, n % 2 + 1, n % 3) for n in range(6)}
_LOCAL: Sideful = {n: (n % 3, 0, n % 3) for n in range(4)}


def test_a_new_item_is_the_only_one_judged(library: Library) -> None:
    library.scan(Side.LOCAL, _LOCAL)
    library.scan(Side.CLOUD, {0: _CLOUD[0], 1: _CLOUD[1]})
    library.match()

    library.scan(Side.CLOUD, {n: _CLOUD[n] for n in range(3)})

    assert library.match().judged == 1
    assert not library.match().compared


@pytest.mark.usefixtures("small")
def test_a_local_file_that_goes_concerns_only_what_it_was_like(library: Library) -> None:
    looks = {0: (0, 0, 0), 3: (1, 0, 0)}
    library.scan(Side.LOCAL, looks)
    library.scan(Side.CLOUD, {0: (0, 1, 0), 3: (1, 1, 0)})
    library.match()

    library.scan(Side.LOCAL, {3: looks[3]})
    report = library.match()

    assert report.judged == 1
    assert [row[2] for row in library.told()[0]] == ["missing", "review"]
    assert library.told() == library.told_from_scratch()


@pytest.mark.slow
def test_a_killed_match_goes_on_where_it_was(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.scan(Side.LOCAL, _LOCAL)
    library.scan(Side.CLOUD, _CLOUD)
    monkeypatch.setattr(match, "_BATCH", 2)
    saved: list[object] = []

    def save_and_die(*given: object) -> int:
        if len(saved) % 2:
            saved.clear()
            raise KeyboardInterrupt
        saved.append(given)
        return verdicts.save_fresh(*given)  # type: ignore[arg-type]  # handed on

    monkeypatch.setattr(match, "save_fresh", save_and_die)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            library.match()
    monkeypatch.setattr(match, "save_fresh", verdicts.save_fresh)

    assert library.match().judged == 2
    assert library.told() == library.told_from_scratch()


@pytest.mark.slow
def test_the_number_of_processes_changes_nothing(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.scan(Side.LOCAL, _LOCAL)
    library.scan(Side.CLOUD, _CLOUD)
    monkeypatch.setattr(match, "_PROCESSES_FROM", 1)
    library.match(jobs=2)

    assert library.told() == library.told_from_scratch()


@pytest.mark.usefixtures("small")
def test_other_options_judge_everything_again(library: Library) -> None:
    library.scan(Side.LOCAL, _LOCAL)
    library.scan(Side.CLOUD, _CLOUD)
    library.match()
    eager = MatchOptions(sensitivity=95, candidates_per_item=3)

    assert library.match(eager).judged == len(_CLOUD)
    assert library.told() == library.told_from_scratch(eager)


def test_a_scan_cut_short_changes_one_word_and_judges_nothing(library: Library) -> None:
    library.scan(Side.LOCAL, {0: (1, 0, 0)})
    library.scan(Side.CLOUD, {0: (0, 0, 0), 1: (1, 1, 0)})
    library.match()
    words = [row[2] for row in library.told()[0]]

    with library.catalog.begin() as conn:
        conn.exec_driver_sql("UPDATE scan_run SET complete = 0 WHERE kind = 'local'")
    report = library.match()

    assert (words[0], report.judged, report.compared) == ("missing", 0, True)
    assert [row[2] for row in library.told()[0]] == ["unknown", words[1]]
    assert library.told() == library.told_from_scratch()
