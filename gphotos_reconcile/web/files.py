"""The same pages as files in a folder, for a machine without this program; decisions come back."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.core.model import Side
from gphotos_reconcile.exporters.whole import write_whole
from gphotos_reconcile.store.review import Place, QueueFilter
from gphotos_reconcile.store.review_groups import GroupFilter
from gphotos_reconcile.web.links import FileLinks
from gphotos_reconcile.web.pages import ASSETS, asset_bytes, render
from gphotos_reconcile.workflows.media_access import MediaAccess
from gphotos_reconcile.workflows.review import PAGE_ITEMS, Desk

_LINKS: Final = FileLinks()
_MARK: Final = "gphotos-reconcile-review.txt"
_READ_ME: Final = """Open index.html in a browser. Take the saved decisions.json in again with
gphotos-reconcile review --import decisions.json
"""
_SIZES: Final = ("small", "medium")


@dataclass(frozen=True, slots=True)
class WrittenPages:
    """What was written: how many items and groups, and how many pictures have no preview."""

    items: int
    groups: int
    previews: int
    without_preview: int


def write_files(desk: Desk, media: MediaAccess, out: Path, *, dry_run: bool) -> WrittenPages:
    """Write the queue of the undecided, the groups, and their previews into a folder.

    Args:
        desk: answers what the pages ask.
        media: gives the previews.
        out: an empty or new folder, or one that was written by this before.
        dry_run: make the pages, without previews, and write none of them.

    Raises:
        UsageError: the folder holds something else, or cannot be written to.
    """
    _check_folder(out)
    writer = _Writer(desk, media, out, dry_run)
    writer.write(_MARK, _READ_ME.encode())
    for name in ASSETS:
        writer.write(f"static/{name}", asset_bytes(name))
    items = sum(1 for _ in writer.queue())
    groups = sum(1 for side in Side for _ in writer.groups(side.value))
    return WrittenPages(items, groups, writer.previews, writer.without_preview)


def _check_folder(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file.", hint="Name a new folder.")
    if out.is_dir() and any(out.iterdir()) and not (out / _MARK).is_file():
        raise UsageError(f"{out} is not empty.", hint="Name a new or an empty folder.")


@dataclass(slots=True)
class _Writer:
    desk: Desk
    media: MediaAccess
    out: Path
    dry_run: bool
    previews: int = 0
    without_preview: int = 0
    _seen: set[int] = field(default_factory=set)
    _common: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # The pages keep decisions in the browser under the name of their catalogue.
        name = hashlib.sha256(os.fsencode(self.desk.catalog.path.resolve())).hexdigest()[:16]
        self._common = {"csrf": "", "counts": self.desk.counts(), "store": name}

    def write(self, name: str, data: bytes) -> None:
        """Write one file of the folder."""
        write_whole(self.out / name, data, dry_run=self.dry_run)

    def _page(self, name: str, template: str, **values: Any) -> None:
        self.write(name, render(template, _LINKS, self._common | values).encode("utf-8"))

    def queue(self) -> Iterator[int]:
        """Write all pages of the queue and of its items; yield each item."""
        wanted, total = QueueFilter(), 0
        for number in range(1, self.desk.queue(wanted).at.pages + 1):
            found = self.desk.queue(wanted, number)
            name = _LINKS.queue(wanted, number)
            self._page(name, "queue.html", queue=found, wanted=wanted, is_filtered=False)
        ids = self.desk.all_ids(wanted)
        for start in range(0, len(ids), PAGE_ITEMS):
            for one in self.desk.cards(ids[start : start + PAGE_ITEMS]):
                place = Place(
                    before=total,
                    total=len(ids),
                    previous_id=ids[total - 1] if total else None,
                    next_ids=tuple(ids[total + 1 : total + 2]),
                )
                item_id = one.facts.item_id
                name = _LINKS.item(item_id, wanted)
                self._page(name, "item.html", one=one, place=place, wanted=wanted)
                self._pictures([item_id, *(other.facts.item_id for other in one.candidates)])
                total += 1
                yield item_id

    def groups(self, side: str) -> Iterator[int]:
        """Write all pages of one side's groups; yield each group."""
        wanted = GroupFilter(side=side)
        for number in range(1, self.desk.groups(wanted).at.pages + 1):
            found = self.desk.groups(wanted, number)
            self._page(_LINKS.groups(wanted, number), "groups.html", found=found, wanted=wanted)
            for shown in found.groups:
                group, before, after = self.desk.group(wanted, shown.group_id)
                self._page(
                    _LINKS.group(group.group_id, wanted),
                    "group.html",
                    group=group,
                    before=before,
                    after=after,
                    wanted=wanted,
                )
                self._pictures([one.facts.item_id for one in group.members])
                yield group.group_id

    def _pictures(self, item_ids: list[int]) -> None:
        if self.dry_run:
            return  # making them takes long, and they would be thrown away
        fresh = [item_id for item_id in item_ids if item_id not in self._seen]
        for size in _SIZES:
            self.media.previews.warm(fresh, size)
        for item_id in fresh:
            self._seen.add(item_id)
            for size in _SIZES:
                found = self.media.previews.get(item_id, size)
                if isinstance(found, bytes):
                    self.write(_LINKS.preview(item_id, size), found)
                    self.previews += 1
                else:
                    self.without_preview += 1
