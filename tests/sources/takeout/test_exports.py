"""What the user names is sorted into exports."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gphotos_reconcile.core.errors import SourceError
from gphotos_reconcile.core.model import Observation
from gphotos_reconcile.sources.takeout.archives import PartForm
from gphotos_reconcile.sources.takeout.exports import Export, find_exports
from gphotos_reconcile.sources.takeout.source import TakeoutSource
from tests.sources.fakes import (
    JPEG,
    SMALL_EXPORT,
    YEAR,
    InProcess,
    nothing_known,
    sidecar,
    write_tree,
    write_zip,
)

STAMP = "20260110T090000Z"


def paths_in(export: Export) -> set[str]:
    source = TakeoutSource(export, fingerprinter=InProcess(), known=nothing_known)
    return {v.locator.path.decode() for v in source.scan() if isinstance(v, Observation)}


def test_parts_are_sorted_into_exports_by_their_names(tmp_path: Path) -> None:
    for name in (f"{STAMP}-001", f"{STAMP}-002", f"{STAMP}-3-001", f"{STAMP}-3-010"):
        write_zip(tmp_path / f"takeout-{name}.zip", SMALL_EXPORT)
    exports = find_exports(sorted(tmp_path.iterdir()))
    assert [e.export_id for e in exports] == [STAMP, f"{STAMP}-3"]
    assert [[part.number for part in e.parts] for e in exports] == [[1, 2], [1, 10]]
    assert exports[0].exported_at == datetime(2026, 1, 10, 9, tzinfo=UTC)


def test_a_folder_full_of_parts_is_as_good_as_their_names(tmp_path: Path) -> None:
    write_zip(tmp_path / f"takeout-{STAMP}-1-001.zip", SMALL_EXPORT)
    write_zip(tmp_path / f"takeout-{STAMP}-1-002.zip", SMALL_EXPORT)
    (tmp_path / "notes.txt").write_text("mine")
    assert find_exports([tmp_path]) == find_exports(sorted(tmp_path.glob("*.zip")))


def test_missing_parts_are_named(tmp_path: Path) -> None:
    for number in (2, 5):
        write_zip(tmp_path / f"takeout-{STAMP}-1-{number:03}.zip", SMALL_EXPORT)
    (export,) = find_exports([tmp_path])
    assert export.missing_parts == (1, 3, 4)
    source = TakeoutSource(export, fingerprinter=InProcess(), known=nothing_known)
    list(source.scan())
    assert not source.complete


def test_a_second_download_of_a_part_is_named_and_read_once(tmp_path: Path) -> None:
    path = write_zip(tmp_path / f"takeout-{STAMP}-1-001.zip", SMALL_EXPORT)
    shutil.copy(path, tmp_path / f"takeout-{STAMP}-1-001 (1).zip")
    (export,) = find_exports([tmp_path])
    assert [part.name for part in export.parts] == [path.name]
    assert ["is there twice" in problem.message for problem in export.problems] == [True]


def test_a_part_that_is_there_twice_with_other_content_is_read_twice(tmp_path: Path) -> None:
    write_zip(tmp_path / f"takeout-{STAMP}-1-001.zip", SMALL_EXPORT)
    write_zip(tmp_path / f"takeout-{STAMP}-1-001(1).zip", {f"{YEAR}/other.jpg": JPEG})
    (export,) = find_exports([tmp_path])
    assert len(export.parts) == 2
    assert len(export.problems) == 1


def test_a_download_that_has_not_ended_is_named(tmp_path: Path) -> None:
    write_zip(tmp_path / f"takeout-{STAMP}-1-001.zip", SMALL_EXPORT)
    (tmp_path / f"takeout-{STAMP}-1-002.zip.crdownload").write_bytes(b"PK")
    (export,) = find_exports([tmp_path])
    assert "has not ended" in export.problems[0].message


@pytest.mark.parametrize(
    "given",
    [".", "Takeout", "Takeout/Google Photos"],
)
def test_an_unpacked_export_has_the_same_paths_from_any_folder(tmp_path: Path, given: str) -> None:
    write_tree(tmp_path, SMALL_EXPORT)
    (export,) = find_exports([tmp_path / given])
    assert paths_in(export) == {
        f"{YEAR}/IMG_1.jpg",
        f"{YEAR}/IMG_2.jpg",
        "Takeout/Google Photos/Trip/IMG_1.jpg",
    }
    assert export.export_id == find_exports([tmp_path])[0].export_id


def test_one_year_s_folder_is_an_export_with_the_same_paths(tmp_path: Path) -> None:
    write_tree(tmp_path, SMALL_EXPORT)
    (inside,) = find_exports([tmp_path / YEAR])
    assert paths_in(inside) == {f"{YEAR}/IMG_1.jpg", f"{YEAR}/IMG_2.jpg"}
    alone = tmp_path / "elsewhere" / "Photos from 2019"
    shutil.copytree(tmp_path / YEAR, alone)
    (export,) = find_exports([alone])
    assert paths_in(export) == paths_in(inside)


def test_a_photos_folder_of_unknown_name_is_found_by_content(tmp_path: Path) -> None:
    name = "Takeout/Gúgl Mindir/Myndir 2019/a.jpg"
    write_tree(tmp_path, {name: JPEG, f"{name}.json": sidecar("a.jpg")})
    (export,) = find_exports([tmp_path])
    assert paths_in(export) == {name}


def test_takeout_folders_side_by_side_are_one_export(tmp_path: Path) -> None:
    write_tree(tmp_path / "Takeout", {"Google Photos/Trip/a.jpg": JPEG})
    write_tree(tmp_path / "Takeout 2", {"Google Photos/Trip/a.jpg": JPEG})
    (export,) = find_exports([tmp_path / "Takeout", tmp_path / "Takeout 2"])
    assert [part.name for part in export.parts] == ["", "Takeout 2"]
    assert [part.form for part in export.parts] == [PartForm.FOLDER] * 2


def test_parts_unpacked_each_in_its_own_folder_are_one_export(tmp_path: Path) -> None:
    for number in (1, 2):
        folder = tmp_path / f"takeout-{STAMP}-1-00{number}"
        write_tree(folder, {f"Takeout/Google Photos/Trip/{number}.jpg": JPEG})
    (export,) = find_exports([tmp_path])
    assert (export.export_id, [p.number for p in export.parts]) == (f"{STAMP}-1", [1, 2])


def test_two_unpacked_exports_are_two(tmp_path: Path) -> None:
    for name in ("full", "later"):
        write_tree(tmp_path / name, SMALL_EXPORT)
    assert len(find_exports([tmp_path])) == 2


def test_the_content_decides_what_a_file_is(tmp_path: Path) -> None:
    (export,) = find_exports([write_zip(tmp_path / "photos.bin", SMALL_EXPORT)])
    assert export.parts[0].form is PartForm.ZIP


def test_a_renamed_archive_is_an_export_of_its_own_name(tmp_path: Path) -> None:
    for name in ("mine-1.zip", "mine-2.zip"):
        write_zip(tmp_path / name, SMALL_EXPORT)
    (export,) = find_exports([tmp_path])
    assert (export.export_id, len(export.parts)) == ("mine", 2)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda p: p / "gone.zip", "does not exist"),
        (lambda p: write_tree(p, {"empty/x": b""}) / "empty", "Nothing of a Takeout export"),
        (lambda p: write_tree(p, {"a.zip": b"text"}) / "a.zip", "no zip, tgz or tar"),
        (lambda p: write_tree(p, {"b.zip": b""}) / "b.zip", "no zip, tgz or tar"),
    ],
)
def test_what_is_no_export_is_an_error_with_a_next_step(
    tmp_path: Path, make: Callable[[Path], Path], words: str
) -> None:
    with pytest.raises(SourceError, match=words) as caught:
        find_exports([make(tmp_path)])
    assert caught.value.hint


def test_a_part_that_is_no_archive_is_unreadable_and_the_rest_is_read(tmp_path: Path) -> None:
    write_zip(tmp_path / f"takeout-{STAMP}-1-001.zip", SMALL_EXPORT)
    (tmp_path / f"takeout-{STAMP}-1-002.zip").write_text("<html>sign in</html>")
    (export,) = find_exports([tmp_path])
    source = TakeoutSource(export, fingerprinter=InProcess(), known=nothing_known)
    assert len(list(source.scan())) == 5
    assert [state.is_whole for state in source.part_states] == [True, False]
