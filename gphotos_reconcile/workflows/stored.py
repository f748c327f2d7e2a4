"""Open again what the catalogue knows: a file of a library, a member of an export."""

from collections import OrderedDict
from typing import Final

from gphotos_reconcile.core.errors import SourceError
from gphotos_reconcile.core.model import Locator, Problem
from gphotos_reconcile.core.names import display_path
from gphotos_reconcile.core.ports import ByteSource
from gphotos_reconcile.sources.files import FileBytes
from gphotos_reconcile.sources.takeout.reopen import list_again

_ARCHIVES_KEPT: Final = 4


class StoredOpener:
    """Turns where bytes lie into something to read; lists each archive once, keeps a few."""

    def __init__(self) -> None:
        self._listed: OrderedDict[bytes, dict[tuple[bytes, int], ByteSource]] = OrderedDict()

    def bytes_of(
        self, locator: Locator, *, form: str, archive_path: bytes, size_bytes: int
    ) -> ByteSource | Problem:
        """Return the bytes, or why they are not to be had any more.

        `form` is the archive's form in the catalogue; a local file is absolute and in a folder.
        """
        if form == "folder" and locator.path.startswith(b"/"):
            return FileBytes(locator.path, size_bytes)
        try:
            found = self._members(archive_path).get((locator.path, locator.ordinal))
        except SourceError as error:
            return Problem(stage="open", message=str(error), hint=error.hint)
        if found is None:
            return Problem(
                stage="open",
                message=f"{display_path(locator.path)} is not in {display_path(archive_path)} now.",
                hint="Run `gphotos-reconcile import` on the export again.",
            )
        return found

    def _members(self, archive_path: bytes) -> dict[tuple[bytes, int], ByteSource]:
        if archive_path not in self._listed:
            self._listed[archive_path] = list_again(archive_path)
            while len(self._listed) > _ARCHIVES_KEPT:
                self._listed.popitem(last=False)
        self._listed.move_to_end(archive_path)
        return self._listed[archive_path]
