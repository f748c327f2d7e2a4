"""A fingerprinter without workers, and small exports and libraries made by the tests."""

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from gphotos_reconcile.core.model import (
    FileStamp,
    Fingerprint,
    Kind,
    Locator,
    Problem,
    Repeated,
)
from gphotos_reconcile.core.ports import ByteSource, KnownBytes

Key = TypeVar("Key")

YEAR = "Takeout/Google Photos/Photos from 2019"
PART = "takeout-20260110T090000Z-1-001.zip"
JPEG = b"\xff\xd8\xff\xe0not much of a picture\xff\xd9"


class InProcess:
    """Reads every entry to its end, here and now; counts what it read."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def fingerprints(
        self, jobs: Iterable[tuple[Key, ByteSource]], known: KnownBytes | None = None
    ) -> Iterator[tuple[Key, Fingerprint | Repeated | Problem]]:
        del known
        for key, source in jobs:
            self.read.append(source.name)
            yield key, fingerprint(source)


def fingerprint(source: ByteSource) -> Fingerprint | Problem:
    """Return the digests of an entry, or why it can't be read."""
    try:
        with source.open() as stream:
            data = stream.read()
    except OSError as error:
        return Problem(stage="read", message=str(error), hint="Look at the file.")
    return Fingerprint(
        size_bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        sha1=hashlib.sha1(data, usedforsecurity=False).hexdigest(),
        kind=Kind.OTHER,
        mime_type="application/octet-stream",
    )


def nothing_known(_: Locator) -> FileStamp | None:
    """Answer for an empty catalogue."""
    return None


def sidecar(title: str, *, taken: int = 1546300800, **more: object) -> bytes:
    """Return the JSON that Google writes beside an item."""
    document = {
        "title": title,
        "photoTakenTime": {"timestamp": str(taken)},
        "url": "https://photos.google.com/photo/AF1Qip" + title,
        **more,
    }
    return json.dumps(document).encode()


def write_zip(
    path: Path, members: Mapping[str, bytes], *, method: int = zipfile.ZIP_STORED
) -> Path:
    """Write a zip with these members and return its path."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def write_tree(root: Path, members: Mapping[str, bytes]) -> Path:
    """Write these files under `root` and return it."""
    for name, data in members.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return root


SMALL_EXPORT = {
    f"{YEAR}/IMG_1.jpg": JPEG,
    f"{YEAR}/IMG_1.jpg.supplemental-metadata.json": sidecar("IMG_1.jpg"),
    f"{YEAR}/IMG_2.jpg": JPEG + b"2",
    "Takeout/Google Photos/Trip/metadata.json": json.dumps({"title": "Trip!"}).encode(),
    "Takeout/Google Photos/Trip/IMG_1.jpg": JPEG,
    "Takeout/Drive/notes.txt": b"not a photo",
    "Takeout/archive_browser.html": b"<html></html>",
    "Takeout/Google Photos/.DS_Store": b"junk",
}
