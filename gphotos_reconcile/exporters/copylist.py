"""Copy lists: what is to be copied, in the forms that people and other tools read.

A file inside a zip or tgz is listed as `ARCHIVE!/MEMBER`. It is no file to rsync and rclone: their
lists name only what lies as a file on disk, and the `Listing` says what that leaves out. The way
out is `gphotos-reconcile copy --to DIR`, and then a list of what lies in DIR (`copied_to`).
"""

import csv
import io
import os
import shlex
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO, Final

from gphotos_reconcile.core.names import display_path, display_text
from gphotos_reconcile.core.plan import CopyAction, CopyPlan, PlanFile, PlanItem
from gphotos_reconcile.core.times import utc_text
from gphotos_reconcile.exporters.manifest import manifest_text

MEMBER_MARK: Final = b"!/"
"""Stands between the path of an archive and the path inside it."""

COLUMNS: Final = (
    "item_id", "verdict", "kind", "role", "size_bytes", "taken_at_utc", "taken_at_basis", "albums",
    "path", "target", "reason", "favourite", "description", "people", "latitude", "longitude",
    "media_key", "product_url", "sha256", "sha1",
)  # fmt: skip
TEXT_COLUMNS: Final = (
    "verdict", "size_bytes", "taken_at_utc", "albums", "path", "target", "reason",
)  # fmt: skip

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_IN_ARCHIVE: Final = "lies inside an archive"
_RCLONE_NEWLINE: Final = "its name holds a line break, which this form cannot hold"
_RCLONE_QUOTE: Final = "its name holds ‛ or ␀, which rclone keeps for itself"

# rclone shows control characters as these pictures, and lists must name files as rclone shows them.
_RCLONE_PICTURES: Final = {code: chr(0x2400 + code) for code in range(1, 0x20)} | {0x7F: "␡"}
_RCLONE_PICTURES_QUOTED: Final = {
    ord(picture): f"‛{picture}" for picture in _RCLONE_PICTURES.values()
}


class Form(StrEnum):
    """The forms of a copy list."""

    TEXT = "text"
    NUL = "nul"
    CSV = "csv"
    JSON = "json"
    RSYNC = "rsync"
    RCLONE = "rclone"  # --files-from-raw
    RCLONE0 = "rclone0"  # --files-from0, rclone 1.75 (2026-07-31) and later


@dataclass(frozen=True, slots=True)
class NotListed:
    """A file of the plan that this form cannot name."""

    action: CopyAction
    why: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What was written, what this form could not hold, and the words that belong beside it."""

    listed: int
    not_listed: tuple[NotListed, ...]
    readme: str


@dataclass(frozen=True, slots=True)
class _Entry:
    action: CopyAction
    item: PlanItem
    path: bytes
    is_member: bool


def write_copylist(
    plan: CopyPlan,
    stream: BinaryIO,
    form: Form,
    *,
    copied_to: bytes | None = None,
    list_path: str = "copy-list",
) -> Listing:
    """Write the plan's files in one form.

    Args:
        plan: what is to be copied.
        stream: where the list goes, byte for byte.
        form: which form; `text` begins with the readme, the others can hold no comments.
        copied_to: the folder that the plan was carried out into; paths are then those of the
            copies, so that lists for rsync and rclone hold every file.
        list_path: the list's own path, for the ready command line.
    """
    items = {item.item_id: item for item in plan.items}
    entries = [_entry(action, items[action.item_id], copied_to) for action in plan.actions]
    usable = [entry for entry in entries if _why_not(entry, form) is None]
    left = tuple(
        NotListed(entry.action, why) for entry in entries if (why := _why_not(entry, form))
    )
    root = copied_to or _common_folder([entry.path for entry in usable if not entry.is_member])
    readme = _readme(plan, left, len(usable), _command_line(form, list_path, root))
    match form:
        case Form.TEXT:
            stream.write(_text(usable, readme))
        case Form.CSV:
            stream.write(_csv(usable))
        case Form.JSON:
            stream.write(manifest_text(plan).encode())
        case Form.NUL:
            stream.writelines(entry.path + b"\0" for entry in usable)
        case Form.RSYNC:
            # rsync takes "#..." and ";..." for comments even here; a leading slash is dropped.
            stream.writelines(b"/" + _below(root, entry.path) + b"\0" for entry in usable)
        case Form.RCLONE | Form.RCLONE0:
            end = b"\n" if form is Form.RCLONE else b"\0"
            stream.writelines(_rclone_name(_below(root, entry.path)) + end for entry in usable)
    return Listing(len(usable), left, readme)


def source_path(source: PlanFile) -> bytes:
    """Return where a file lies: its path, or `ARCHIVE!/MEMBER`."""
    if source.disk_path is not None:
        return source.disk_path
    archive = source.archive_path or os.fsencode(source.locator.archive)
    return archive + MEMBER_MARK + source.locator.path


def csv_cell(value: object) -> object:
    """Return a cell that no spreadsheet runs: text that would begin a formula gets a `'`.

    Source: OWASP, "CSV Injection".
    """
    if not isinstance(value, str):
        return value
    text = f"'{value}" if value.startswith(_FORMULA_STARTS) else value
    return display_text(text)


def _entry(action: CopyAction, item: PlanItem, copied_to: bytes | None) -> _Entry:
    if copied_to is not None:
        path = copied_to.rstrip(b"/") + b"/" + os.fsencode(action.target)
        return _Entry(action, item, path, is_member=False)
    path = source_path(action.source)
    return _Entry(action, item, path, is_member=action.source.disk_path is None)


def _why_not(entry: _Entry, form: Form) -> str | None:
    if form not in {Form.RSYNC, Form.RCLONE, Form.RCLONE0}:
        return None
    if entry.is_member:
        return _IN_ARCHIVE
    if form is Form.RSYNC:
        return None
    if form is Form.RCLONE and b"\n" in entry.path:
        return _RCLONE_NEWLINE
    quote_signs = ("‛".encode(), "␀".encode())
    return _RCLONE_QUOTE if any(sign in entry.path for sign in quote_signs) else None


def _common_folder(paths: Sequence[bytes]) -> bytes:
    """Return the deepest folder above all the paths, without a slash at its end ("" for /)."""
    return (
        os.path.commonpath([path.rpartition(b"/")[0] or b"/" for path in paths]).rstrip(b"/")
        if paths
        else b""
    )


def _below(root: bytes, path: bytes) -> bytes:
    return path[len(root.rstrip(b"/")) :].lstrip(b"/")


def _rclone_name(path: bytes) -> bytes:
    text = path.decode("utf-8", "surrogateescape")
    text = text.translate(_RCLONE_PICTURES_QUOTED).translate(_RCLONE_PICTURES)
    return text.encode("utf-8", "surrogateescape")


def _command_line(form: Form, list_path: str, root: bytes) -> str:
    list_word, root_word = shell_word(os.fsencode(list_path)), shell_word(root + b"/")
    match form:
        case Form.RSYNC:
            return f"rsync -a --from0 --files-from={list_word} {root_word} DESTINATION/"
        case Form.RCLONE:
            return f"rclone copy --files-from-raw {list_word} {root_word} DESTINATION"
        case Form.RCLONE0:
            return f"rclone copy --files-from0 {list_word} {root_word} DESTINATION"
        case _:
            return "gphotos-reconcile copy --to DESTINATION"


def shell_word(word: bytes) -> str:
    r"""Return one word for bash and zsh; bytes that a terminal acts upon are written `$'\x..'`."""
    text = word.decode("utf-8", "surrogateescape")
    if display_text(text) == text:
        return shlex.quote(text)
    return "$'" + "".join(f"\\x{byte:02x}" for byte in word) + "'"


def _readme(plan: CopyPlan, left: Sequence[NotListed], listed: int, command_line: str) -> str:
    header = plan.header
    counts = dict(header.counts)
    lines = [
        f"gphotos-reconcile {header.version} copy list, made {utc_text(header.made_at)}",
        f"catalogue: {header.catalog}",
        f"made by: {header.command}",
        f"to copy: {counts['items']} items, {counts['files']} files, {counts['bytes']} bytes",
        f"in this list: {listed} files",
    ]
    for why, count in sorted(Counter(entry.why for entry in left).items()):
        lines.append(f"not in this list: {count} files, each {why}")
    if any(entry.why == _IN_ARCHIVE for entry in left):
        lines.append(
            "To list those too: gphotos-reconcile copy --to DIR, then make this list of DIR."
        )
    lines += [f"{name}: {count} items" for name, count in header.counts if name.startswith("left")]
    lines.append(f"carry it out: {command_line}")
    return "".join(f"{display_text(line)}\n" for line in lines)


def _cells(entry: _Entry) -> dict[str, object]:
    item, source = entry.item, entry.action.source
    return {
        "item_id": item.item_id,
        "verdict": item.verdict.value,
        "kind": item.kind.value,
        "role": source.role.value,
        "size_bytes": source.size_bytes,
        "taken_at_utc": utc_text(item.taken_at) or "",
        "taken_at_basis": item.taken_at_basis,
        "albums": "; ".join(item.albums),
        "path": display_path(entry.path),
        "target": str(entry.action.target),
        "reason": item.reason,
        "favourite": int(item.favourite),
        "description": item.description,
        "people": "; ".join(item.people),
        "latitude": "" if item.latitude is None else item.latitude,
        "longitude": "" if item.longitude is None else item.longitude,
        "media_key": item.media_key or "",
        "product_url": item.product_url or "",
        "sha256": source.sha256,
        "sha1": source.sha1,
    }


def _text(entries: Iterable[_Entry], readme: str) -> bytes:
    lines = [f"# {line}" for line in readme.splitlines()]
    lines.append("# " + "\t".join(TEXT_COLUMNS))
    for entry in entries:
        cells = _cells(entry)
        lines.append("\t".join(display_text(str(cells[name])) for name in TEXT_COLUMNS))
    return "".join(f"{line}\n" for line in lines).encode()


def _csv(entries: Iterable[_Entry]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for entry in entries:
        cells = _cells(entry)
        writer.writerow([csv_cell(cells[name]) for name in COLUMNS])
    return text.getvalue().encode()
