"""A local library: every file is accounted for."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gphotos_reconcile.core.errors import SourceError
from gphotos_reconcile.core.model import Observation, Rejection
from gphotos_reconcile.sources.feed import MAX_WAITING
from gphotos_reconcile.sources.local import LocalSource, check_not_nested
from tests.sources.fakes import JPEG, InProcess, nothing_known, write_tree


def scanned(root: Path, *exclude: str) -> tuple[LocalSource, list[str], list[Rejection]]:
    source = LocalSource(
        root, fingerprinter=InProcess(), known=nothing_known, exclude=list(exclude)
    )
    values = list(source.scan())
    names = [value.name for value in values if isinstance(value, Observation)]
    return source, names, [value for value in values if isinstance(value, Rejection)]


def test_media_are_read_and_the_rest_is_counted_by_reason(tmp_path: Path) -> None:
    write_tree(tmp_path, {"b.jpg": JPEG, "a/c.heic": b"x", "notes.txt": b"", "._b.jpg": b""})
    source, names, rejected = scanned(tmp_path)
    assert (names, rejected) == (["b.jpg", "c.heic"], [])
    assert source.skipped == {"not media (.txt)": 1, "AppleDouble file": 1}
    assert source.complete


def test_a_file_without_a_known_ending_is_looked_into(tmp_path: Path) -> None:
    write_tree(tmp_path, {"photo": JPEG, "photo.dat": JPEG, "blob": b"nothing", "none": b""})
    source, names, _ = scanned(tmp_path)
    assert names == ["photo", "photo.dat"]
    assert source.skipped == {"not media (by content)": 2}


def test_text_named_jpg_and_an_empty_jpeg_are_observed(tmp_path: Path) -> None:
    write_tree(tmp_path, {"text.jpg": b"text", "zero.jpg": b""})
    assert scanned(tmp_path)[1] == ["text.jpg", "zero.jpg"]


def test_paths_are_absolute_bytes_and_odd_names_survive(tmp_path: Path) -> None:
    odd = os.fsencode(tmp_path) + b"/line\nbreak \xff\xf0\x9f\x8e\x82.jpg"
    with open(odd, "wb") as stream:  # noqa: PTH123 - the name is no text
        stream.write(JPEG)
    source = LocalSource(tmp_path, fingerprinter=InProcess(), known=nothing_known)
    (value,) = source.scan()
    assert (value.locator.path, value.locator.archive) == (odd, "")
    assert isinstance(value, Observation)
    assert value.name == "line\\x0abreak \\udcff🎂.jpg"
    value.name.encode()


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    library, elsewhere = tmp_path / "library", tmp_path / "elsewhere"
    write_tree(library, {"a.jpg": JPEG})
    write_tree(elsewhere, {"b.jpg": JPEG})
    (library / "loop").symlink_to(library)
    (library / "out").symlink_to(elsewhere)
    source, names, rejected = scanned(library)
    assert names == ["a.jpg"]
    assert [rejection.problem.stage for rejection in rejected] == ["link"]
    assert source.skipped == {"link into the same folder": 1}
    assert source.complete


def test_a_link_to_a_file_outside_is_followed_once(tmp_path: Path) -> None:
    write_tree(tmp_path, {"library/a.jpg": JPEG, "elsewhere/b.jpg": JPEG + b"b"})
    for name in ("c.jpg", "d.jpg"):
        (tmp_path / "library" / name).symlink_to(tmp_path / "elsewhere" / "b.jpg")
    source, names, _ = scanned(tmp_path / "library")
    assert names == ["a.jpg", "c.jpg"]
    assert source.skipped == {"second link to the same file": 1}


def test_a_broken_link_is_rejected_and_the_scan_incomplete(tmp_path: Path) -> None:
    (tmp_path / "gone.jpg").symlink_to(tmp_path / "nowhere")
    source, _, rejected = scanned(tmp_path)
    assert len(rejected) == 1
    assert not source.complete


def test_a_pipe_is_counted_and_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    source, names, _ = scanned(tmp_path)
    assert (names, source.skipped) == ([], {"device, pipe or socket": 1})


def test_what_may_not_be_read_is_rejected_with_cause_and_hint() -> None:
    with tempfile.TemporaryDirectory() as folder, as_nobody(Path(folder)) as root:
        write_tree(root, {"a.jpg": JPEG, "shut/b.jpg": JPEG})
        (root / "a.jpg").chmod(0)
        (root / "shut").chmod(0)
        source, _, rejected = scanned(root)
        (root / "shut").chmod(0o700)
    assert len(rejected) == 2
    assert all("Permission denied" in rejection.problem.message for rejection in rejected)
    assert not source.complete


@contextmanager
def as_nobody(folder: Path) -> Iterator[Path]:
    """Give up the right to read everything, where the tests are run by root."""
    if os.geteuid() != 0:
        yield folder
        return
    os.chown(folder, 65534, 65534)
    os.seteuid(65534)
    try:
        yield folder
    finally:
        os.seteuid(0)


def test_excluded_names_and_folders_are_left_out(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a.jpg": JPEG, "tmp/b.jpg": JPEG, "c.part.jpg": JPEG})
    assert scanned(tmp_path, "tmp", "*.part.jpg")[1] == ["a.jpg"]


@pytest.mark.parametrize("name", ["missing", "file"])
def test_a_library_that_is_no_folder_is_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SourceError, match="library"):
        scanned(tmp_path / name)


def test_values_that_need_no_worker_do_not_pile_up(tmp_path: Path) -> None:
    write_tree(tmp_path, {f"{n:05}.jpg": JPEG for n in range(MAX_WAITING + 200)})
    first = list(LocalSource(tmp_path, fingerprinter=InProcess(), known=nothing_known).scan())
    stamps = {v.locator: v.stamp for v in first if isinstance(v, Observation)}
    stamps.pop(first[0].locator)
    reader = InProcess()
    again = list(LocalSource(tmp_path, fingerprinter=reader, known=stamps.get).scan())
    assert len(again) == len(first)
    assert reader.read == ["00000.jpg"]


def shapes(root: Path) -> list[tuple[Path, Path]]:
    library, export = root / "library", root / "export"
    (library / "inside").mkdir(parents=True)
    (export / "inside").mkdir(parents=True)
    (root / "by_link").symlink_to(export / "inside")
    (root / "to_library").symlink_to(library)
    return [
        (library, library),
        (library, library / "inside"),
        (export / "inside", export),
        (root / "by_link", export),
        (root / "to_library", library / "inside"),
        (library, root / "to_library" / "inside"),
        (library / ".." / "export" / "inside", export),
        (Path("/"), export),
    ]


@pytest.mark.parametrize("index", range(8))
def test_nested_library_and_export_are_refused(tmp_path: Path, index: int) -> None:
    library, export = shapes(tmp_path)[index]
    with pytest.raises(SourceError, match="compared with itself"):
        check_not_nested([library], [export])


def test_neighbours_and_archive_files_are_no_nesting(tmp_path: Path) -> None:
    shapes(tmp_path)
    (tmp_path / "library" / "takeout.zip").write_bytes(b"")
    check_not_nested([tmp_path / "library"], [tmp_path / "export"])
    check_not_nested([tmp_path / "library"], [tmp_path / "library" / "takeout.zip"])
