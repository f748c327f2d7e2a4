"""From an item of the catalogue to its preview, or to its bytes where it is a video."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from gphotos_reconcile.core.model import Kind, Problem
from gphotos_reconcile.core.ports import ByteSource
from gphotos_reconcile.media.sniff import sniff
from gphotos_reconcile.media.window import StreamWindow
from gphotos_reconcile.store.assets import stored_bytes
from gphotos_reconcile.store.engine import Catalog
from gphotos_reconcile.workflows.previews import Previews
from gphotos_reconcile.workflows.stored import StoredOpener
from gphotos_reconcile.workflows.turns import reading

_KEPT: Final = 20_000

_PLAYED_AS: Final = {"video/quicktime": "video/mp4"}
"""Browsers play what they know inside a QuickTime file, but not under its own name."""

_NO_FILE: Final = Problem(
    stage="open",
    message="There is no file of this item.",
    hint="It is known by name only, from a listing.",
)
_NO_VIDEO: Final = Problem(
    stage="open", message="This is no video by its content.", hint="Look at its preview."
)


@dataclass(frozen=True, slots=True)
class Video:
    """A video's bytes and what they are by their content."""

    source: ByteSource
    mime_type: str


class BytesFinder:
    """Finds an item's bytes; remembers where, so that a busy catalogue is asked once."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._opener = StoredOpener()
        self._found: dict[int, ByteSource | Problem] = {}
        self._lock = threading.Lock()  # the opener lists an archive once, for one thread

    def __call__(self, item_id: int) -> ByteSource | Problem:
        """Return the item's bytes, or why they are not to be had."""
        with self._lock:
            if item_id not in self._found:
                if len(self._found) >= _KEPT:
                    self._found.clear()
                self._found[item_id] = self._look(item_id)
            return self._found[item_id]

    def _look(self, item_id: int) -> ByteSource | Problem:
        with reading(self._catalog) as conn:
            place = stored_bytes(conn, [item_id]).get(item_id)
        if place is None:
            return _NO_FILE
        return self._opener.bytes_of(
            place.locator,
            form=place.form,
            archive_path=place.archive_path,
            size_bytes=place.stamp.size_bytes,
        )


class MediaAccess:
    """Previews of all items, and the bytes of videos."""

    def __init__(self, find: BytesFinder, previews: Previews) -> None:
        self._find = find
        self.previews = previews

    def video(self, item_id: int) -> Video | Problem:
        """Return a video's bytes; what they are is looked up in the bytes themselves."""
        source = self._find(item_id)
        if isinstance(source, Problem):
            return source
        try:
            with source.open() as stream:
                found = sniff(StreamWindow(stream, source.size_bytes))
        except OSError as error:
            return Problem(stage="open", message=str(error), hint="Check that it is there.")
        if found.kind is not Kind.VIDEO:
            return _NO_VIDEO
        return Video(source, _PLAYED_AS.get(found.mime_type, found.mime_type))


@contextmanager
def media_access(catalog: Catalog) -> Iterator[MediaAccess]:
    """Give access to the media of a catalogue while the makers of previews run."""
    find = BytesFinder(catalog)
    with Previews(find) as previews:
        yield MediaAccess(find, previews)
