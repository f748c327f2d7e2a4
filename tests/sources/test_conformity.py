"""Every source keeps the promises of `core.ports.Source`."""

import tarfile
from pathlib import Path

import pytest

from gphotos_reconcile.sources.local import LocalSource
from gphotos_reconcile.sources.takeout.exports import find_exports
from gphotos_reconcile.sources.takeout.source import TakeoutSource
from tests.sources.conformity import MakeSource, check
from tests.sources.fakes import PART, SMALL_EXPORT, write_tree, write_zip


def takeout(path: Path) -> MakeSource:
    (export,) = find_exports([path])
    return lambda reader, known: TakeoutSource(export, fingerprinter=reader, known=known)


def test_a_zip_is_a_source(tmp_path: Path) -> None:
    check(takeout(write_zip(tmp_path / PART, SMALL_EXPORT)), tmp_path)


def test_an_unpacked_folder_is_a_source(tmp_path: Path) -> None:
    check(takeout(write_tree(tmp_path, SMALL_EXPORT)), tmp_path)


@pytest.mark.parametrize(("ending", "mode"), [(".tgz", "w:gz"), (".tar", "w")])
def test_a_tar_is_a_source(tmp_path: Path, ending: str, mode: str) -> None:
    tree = write_tree(tmp_path / "tree", SMALL_EXPORT)
    with tarfile.open(tmp_path / f"takeout-20260110T090000Z-1-001{ending}", mode) as archive:  # type: ignore[call-overload]  # typeshed lists every mode as a literal
        archive.add(tree / "Takeout", "Takeout")
    check(takeout(tmp_path / f"takeout-20260110T090000Z-1-001{ending}"), tmp_path)


def test_a_damaged_zip_is_a_source(tmp_path: Path) -> None:
    path = write_zip(tmp_path / PART, SMALL_EXPORT)
    data = bytearray(path.read_bytes())
    data[data.index(b"not much of")] ^= 1
    path.write_bytes(data)
    check(takeout(path), tmp_path)


def test_a_library_is_a_source(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {"a/IMG_1.jpg": b"\xff\xd8\xff", "b/x.mp4": b"film", "notes.txt": b"", "zero.jpg": b""},
    )
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "gone.jpg").symlink_to(tmp_path / "nowhere")
    check(lambda reader, known: LocalSource(tmp_path, fingerprinter=reader, known=known), tmp_path)
