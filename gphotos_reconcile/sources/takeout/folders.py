"""Unpacked parts: a folder with what Google's archives hold."""

import os
from collections.abc import Iterator

from gphotos_reconcile.sources.files import FileBytes, FoundFile, walk_files
from gphotos_reconcile.sources.takeout.archives import Condition, Member, Part, PartState


class FolderReader:
    """Lists an unpacked part."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.state = PartState(part=part, condition=Condition.CUT, reason="not read yet")

    def members(self) -> Iterator[Member]:
        """Yield every file: names in byte order, the files of a folder before its folders."""
        root = os.fsencode(self.part.path)
        count, unreadable = 0, 0
        for found in walk_files(root):
            count += 1
            unreadable += found.problem is not None
            yield self._member(found, root)
        self.state = self._state(count, unreadable)

    def _member(self, found: FoundFile, root: bytes) -> Member:
        relative = os.path.relpath(found.path, root).replace(os.sep.encode(), b"/")
        path = self.part.prefix + relative
        if found.stamp is None:
            return Member(path, skip=found.skip, problem=found.problem)
        content = FileBytes(found.path, found.stamp.size_bytes)
        return Member(path, stamp=found.stamp, content=content)

    def _state(self, count: int, unreadable: int) -> PartState:
        if not unreadable:
            return PartState(part=self.part, condition=Condition.WHOLE, member_count=count)
        return PartState(
            part=self.part,
            condition=Condition.CUT,
            reason=f"{unreadable} of its files or folders cannot be read",
            hint="Give yourself the right to read them (`chmod -R u+rX`), and run again.",
            member_count=count,
        )
