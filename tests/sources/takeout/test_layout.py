"""What the folders of an export are."""

import random

import pytest

from gphotos_reconcile.core.model import AlbumFacts
from gphotos_reconcile.sources.takeout.layout import (
    FolderRole,
    PhotosRoots,
    classify_folders,
    product_of,
)

ROOT = "Takeout/Google Photos"


def role(name: str, *others: str, album: AlbumFacts | None = None) -> FolderRole:
    folders: dict[str, AlbumFacts | None] = {f"{ROOT}/{other}": None for other in others}
    folders[f"{ROOT}/{name}"] = album
    return classify_folders(folders)[f"{ROOT}/{name}"].role


@pytest.mark.parametrize(
    "name",
    ["Photos from 2019", "Fotos von 2024", "Fotos de 2024", "Fotos del 2024", "Photos de 2024",
     "Foto da 2002", "Фото за 2017"],
)  # fmt: skip
def test_year_folders_of_known_languages(name: str) -> None:
    assert role(name) is FolderRole.YEAR


def test_a_year_folder_of_an_unknown_language_is_known_by_its_siblings() -> None:
    names = ["Valokuvat 2017", "Valokuvat 2018", "Valokuvat 2019"]
    assert role(names[0], *names[1:]) is FolderRole.YEAR
    assert role(names[0], names[1]) is FolderRole.ALBUM


@pytest.mark.parametrize(
    "name", ["Photos from vacation", "Photos from Paris", "Iceland 2025", "2025", "Untitled(1)"]
)
def test_what_only_looks_like_a_year_is_an_album(name: str) -> None:
    assert role(name) is FolderRole.ALBUM


def test_a_folder_with_album_facts_is_an_album_by_its_real_title() -> None:
    path = f"{ROOT}/Album test 6-10-23"
    folder = classify_folders({path: AlbumFacts(title="Album test 6/10/23")})[path]
    assert (folder.role, folder.title) == (FolderRole.ALBUM, "Album test 6/10/23")


def test_an_untitled_album_is_called_by_its_folder() -> None:
    path = f"{ROOT}/Sans titre(9)"
    assert classify_folders({path: AlbumFacts(title="")})[path].title == "Sans titre(9)"


def test_a_day_of_the_old_layout_is_a_year_folder() -> None:
    path = f"{ROOT}/2016-06-16 #2"
    folder = classify_folders({path: AlbumFacts(title="2016-06-16 #2")})[path]
    assert (folder.role, folder.year) == (FolderRole.YEAR, 2016)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Archive", "archive"), ("Papierkorb", "trash"), ("Bin", "trash"), ("Failed Videos", "failed"),
     ("Carpeta privada", "locked"), ("Gesperrter Ordner", "locked")],
)  # fmt: skip
def test_special_folders(name: str, expected: str) -> None:
    assert role(name) is FolderRole(expected)
    assert role(name, album=AlbumFacts(title=name)) is FolderRole.ALBUM


def test_the_root_itself_is_the_root() -> None:
    assert classify_folders({ROOT: None})[ROOT].role is FolderRole.ROOT


def test_the_order_of_folders_does_not_matter() -> None:
    names = [f"{ROOT}/{n}" for n in ("Kuvat 2017", "Kuvat 2018", "Kuvat 2019", "Trip", "Archive")]
    shuffled = names[:]
    random.Random(1).shuffle(shuffled)
    assert classify_folders(dict.fromkeys(names)) == classify_folders(dict.fromkeys(shuffled))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("Takeout/Google Photos/Trip/a.jpg", "Takeout/Google Photos/Trip/a.jpg"),
        ("Takeout/Google Fotos/Trip/a.jpg", "Takeout/Google Fotos/Trip/a.jpg"),
        ("Google Photos/Trip/a.jpg", "Takeout/Google Photos/Trip/a.jpg"),
        ("backup/Takeout/Google Foto/Trip/a.jpg", "Takeout/Google Foto/Trip/a.jpg"),
        ("Takeout/Drive/Google Photos/a.jpg", None),
        ("Takeout/Contacts/all.vcf", None),
        ("Takeout/archive_browser.html", None),
    ],
)
def test_a_photo_has_one_path_however_it_was_given(path: str, expected: str | None) -> None:
    placed = PhotosRoots().place(path.encode())
    assert placed == (expected.encode() if expected else None)


def test_a_root_of_unknown_name_is_learned_from_a_year_with_a_sidecar() -> None:
    roots = PhotosRoots()
    path = "Takeout/Gúgl Mindir/Myndir 2019/a.jpg.supplemental-metadata.json".encode()
    assert not roots.learn(path)
    assert roots.place(path) == path
    assert roots.place(b"Takeout/Chrome/History.json") is None


def test_year_folders_packed_without_their_root_are_placed() -> None:
    roots = PhotosRoots()
    roots.learn(b"Photos from 2019/a.jpg.json")
    assert roots.place(b"Photos from 2019/a.jpg") == b"Takeout/Google Photos/Photos from 2019/a.jpg"


def test_the_product_of_another_folder_is_its_name() -> None:
    assert product_of(b"Takeout/Drive/deep/file.txt") == b"Drive"
    assert product_of(b"Takeout/archive_browser.html") == b""
