"""`archive_browser.html`, the page in an export that lists its files: a manifest to check against.

Form as seen in an export of December 2023: for each product the name of its folder, then its
folders with the names of their files.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

from gphotos_reconcile.core.names import display_text

MANIFEST_NAME: Final = "archive_browser.html"
MAX_MANIFEST_BYTES: Final = 128 << 20
"""About 300 bytes a file: enough for 400,000 files."""

_TELLING_TAGS: Final = frozenset({"div", "a", "h1"})
_FILE_CLASSES: Final = frozenset({"takeout-resource-link", "extracted-file-name"})


@dataclass(frozen=True, slots=True)
class Manifest:
    """How many files the export holds by its own account, by folder of the photos."""

    photos_folder: str
    files_by_folder: Mapping[str, int]


def read_manifest(data: bytes) -> Manifest | None:
    """Return what the page says of the photos, None when it does not speak of them."""
    page = _Page()
    page.feed(data.decode("utf-8", "replace"))
    page.close()
    if not page.photos_folder or not page.files:
        return None
    return Manifest(page.photos_folder, dict(page.files))


def manifest_gaps(manifest: Manifest, seen_by_folder: Mapping[str, int]) -> tuple[str, ...]:
    """Return a sentence for every folder of which fewer files were seen than the page lists.

    Args:
        manifest: what the page says.
        seen_by_folder: how many files were seen, by the folder's name.
    """
    return tuple(
        f"{display_text(folder)}: {seen_by_folder.get(folder, 0)} of {count} files are here"
        for folder, count in sorted(manifest.files_by_folder.items())
        if seen_by_folder.get(folder, 0) < count
    )


class _Page(HTMLParser):
    """Collects the names of files under the folder names that stand before them."""

    def __init__(self) -> None:
        super().__init__()
        self.photos_folder = ""
        self.files: Counter[str] = Counter()
        self._is_photos = False
        self._reading = ""  # the class of the element whose text comes next
        self._folder = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TELLING_TAGS:
            return
        values = dict(attrs)
        classes = (values.get("class") or "").split()
        element = values.get("id") or ""
        if element.startswith("service-details-"):
            self._is_photos = element == "service-details-PHOTOS"
            self._folder = ""
        if values.get("data-english-name") == "PHOTOS":
            self.photos_folder = values.get("data-folder-name") or ""
        if "extracted-folder-name" in classes:
            self._reading = "folder"
        elif _FILE_CLASSES.intersection(classes):
            self._reading = "file"
        else:
            self._reading = ""

    def handle_data(self, data: str) -> None:
        text = data.strip()
        if not text or not self._is_photos:
            return
        if self._reading == "folder":
            self._folder = text
        elif self._reading == "file" and self._folder:
            self.files[self._folder] += 1
        self._reading = ""
