"""What the folders of an export are: pure rules over paths and album facts.

Only names and the content of JSON decide here. What a sidecar says of its own item (`archived`,
`trashed`, `inLockedFolder`) goes before what the folder's name suggests.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from gphotos_reconcile.core.model import AlbumFacts

TAKEOUT: Final = b"Takeout"
DEFAULT_ROOT: Final = b"Google Photos"

# Seen as the name of the folder with the photos, by the language of the account.
PHOTOS_ROOTS: Final = frozenset(
    {
        "google photos", "google fotos", "google foto", "google фото", "fotky google",
        "google fotók", "google снимки", "google kuvat", "google フォト", "google fotoğraflar",
        "google 相册", "google 相簿",
    }
)  # fmt: skip

_YEAR_WORDS: Final = frozenset(
    {"photos from", "fotos von", "fotos de", "fotos del", "photos de", "foto da", "фото за"}
)
_SPECIAL: Final = {
    "archive": "archive", "archiv": "archive", "archivo": "archive", "archivio": "archive",
    "trash": "trash", "bin": "trash", "papierkorb": "trash", "corbeille": "trash",
    "papelera": "trash", "cestino": "trash",
    "locked folder": "locked", "gesperrter ordner": "locked", "carpeta privada": "locked",
    "failed videos": "failed",
}  # fmt: skip
_YEAR_NAME: Final = re.compile(
    r"(?:(?P<before>.*\D)\s+)?(?P<year>(?:18|19|20)\d\d)(?:\s+(?P<after>\D.*))?"
)
_DAY_NAME: Final = re.compile(r"(?P<year>(?:18|19|20)\d\d)-\d\d-\d\d(?: #\d+)?")
_MIN_ALIKE: Final = 3  # a folder and two siblings with the same words around a year


class FolderRole(StrEnum):
    """What a folder of an export is for."""

    ROOT = "root"  # files beside the folders
    YEAR = "year"  # where every item is once: by year, in old exports by day
    ALBUM = "album"
    ARCHIVE = "archive"
    TRASH = "trash"
    LOCKED = "locked"
    FAILED = "failed"  # videos that Google could not process


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder of an export.

    `title` is the album's real title (its folder's name where the album has none), None for a
    folder that is no album. `year` is set for year folders.
    """

    path: str
    role: FolderRole
    title: str | None = None
    year: int | None = None


def classify_folders(folders: Mapping[str, AlbumFacts | None]) -> dict[str, Folder]:
    """Say what each folder is.

    Args:
        folders: paths inside the export (`Takeout/Google Photos/Photos from 2019`), each with
            what its own album JSON says, None where it holds none in any part.

    Returns:
        The same keys. The result does not depend on their order.
    """
    alike = Counter(
        words for path, album in folders.items() if album is None and (words := _words(path))
    )
    return {path: _classify(path, album, alike) for path, album in folders.items()}


def _classify(path: str, album: AlbumFacts | None, alike: Mapping[str, int]) -> Folder:
    depth, name = path.count("/"), _name(path)
    if depth < 2:
        return Folder(path, FolderRole.ROOT)
    day = _DAY_NAME.fullmatch(name)
    if day and (album is None or album.title in {"", name}):
        return Folder(path, FolderRole.YEAR, year=int(day["year"]))
    if album is not None:
        return Folder(path, FolderRole.ALBUM, title=album.title or name)
    words, year = _words(path), _YEAR_NAME.fullmatch(name)
    if year and words and (words in _YEAR_WORDS or alike[words] >= _MIN_ALIKE):
        return Folder(path, FolderRole.YEAR, year=int(year["year"]))
    special = _SPECIAL.get(name.casefold())
    if special:
        return Folder(path, FolderRole(special))
    return Folder(path, FolderRole.ALBUM, title=name)


def _name(path: str) -> str:
    return unicodedata.normalize("NFC", path.rpartition("/")[2])


def _words(path: str) -> str:
    """Return what stands around the year in a folder's name, "" when there is no such thing."""
    found = _YEAR_NAME.fullmatch(_name(path))
    if found is None:
        return ""
    return " ".join(filter(None, (found["before"], found["after"]))).casefold().strip()


def has_year(folder: bytes) -> bool:
    """Tell whether a folder's name is words and a year, as those of year folders are."""
    return bool(_words(folder.decode("utf-8", "replace")))


def is_photos_root(folder: bytes) -> bool:
    """Tell whether a folder's name is one that Google gives to the folder with the photos."""
    name = unicodedata.normalize("NFC", folder.decode("utf-8", "replace"))
    return name.casefold() in PHOTOS_ROOTS


class PhotosRoots:
    """Finds the photos among the products of an export, also under a name not known to us."""

    def __init__(self) -> None:
        self._learned: set[tuple[bytes, ...]] = set()

    def learn(self, path: bytes) -> bool:
        """Take note of one path; return True once nothing more has to be looked at.

        A folder of unknown name is the photos' when a child of it is named by words and a year
        and holds a sidecar.
        """
        steps = tuple(path.split(b"/"))
        if _root_index(steps) is not None:
            return True
        if len(steps) >= 2 and has_year(steps[-2]) and looks_like_sidecar(steps[-1]):
            self._learned.add(steps[:-2])
        return False

    def place(self, path: bytes) -> bytes | None:
        """Return the path as it is inside of an export, None when it is no photo's.

        What stands before the photos' folder becomes `Takeout/`, so that an entry has the same
        path whether the user gave the archive, its unpacked folder, or a folder of it.
        """
        steps = tuple(path.split(b"/"))
        index = _root_index(steps)
        if index is not None:
            return b"/".join((TAKEOUT, *steps[index:]))
        for length in range(len(steps)):
            if steps[:length] in self._learned:
                root = steps[length - 1] if length else DEFAULT_ROOT
                return b"/".join((TAKEOUT, root, *steps[length:]))
        return None


def product_of(path: bytes) -> bytes:
    """Return the folder of the product that a path outside of the photos is in, "" for none."""
    steps = path.split(b"/")
    index = steps.index(TAKEOUT) + 1 if TAKEOUT in steps else 0
    return steps[index] if index + 1 < len(steps) else b""


def _root_index(steps: tuple[bytes, ...]) -> int | None:
    """Return where the photos' folder stands in a path, None when it is not there by its name."""
    folders = steps[:-1]
    if TAKEOUT in folders:
        # Only the product's own folder counts: Drive may hold a folder `Google Photos` too.
        index = folders.index(TAKEOUT) + 1
        return index if index < len(folders) and is_photos_root(folders[index]) else None
    return next((i for i, step in enumerate(folders[:2]) if is_photos_root(step)), None)


_SIDECAR_NAME: Final = re.compile(
    rb"\.(?:jpe?g|png|heic|gif|mp4|mov|webp|dng|3gp|avi)[^/]*\.json|.*\.su?p?p?l?[a-z-]*\.json",
    re.IGNORECASE,
)


def looks_like_sidecar(name: bytes) -> bool:
    """Tell whether a file is named as sidecars mostly are; good enough to find a folder by."""
    return bool(_SIDECAR_NAME.search(name))
