"""A small export in a zip, its plan, and one copy run: what the fault campaigns torture.

`python -m benchmarks.copy_world make DIR` makes the export, `python -m benchmarks.copy_world copy
DIR [DIR_OF_COPIES]` runs the copy once, printing one line for each result.
"""

import os
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

from gphotos_reconcile.core.layout import LayoutOptions
from gphotos_reconcile.core.model import FileRole, Kind
from gphotos_reconcile.core.plan import CopyPlan, PlanItem, plan_copies
from gphotos_reconcile.exporters.copier import carry_out
from tests.exporters.journal import LineJournal
from tests.exporters.samples import HEADER, TAKEN_AT, open_source, plan_file, plan_item


def content_of(number: int) -> bytes:
    """Return the bytes of one member: a different number of blocks each, and one empty."""
    return b"" if number == 3 else b"%d" % number * (number % 7 * 5000 + 1)


def make(root: Path, items: int = 7) -> None:
    """Write the export, and a file that lies at the target with a name that is wanted."""
    root.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(root / "takeout-001.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(items):
            archive.writestr(f"Takeout/{number}/{name_of(number)}", content_of(number))
        archive.writestr("Takeout/0/IMG_0.MP4", b"moving" * 3000)
    taken = root / "copies" / "2019" / "05"
    taken.mkdir(parents=True)
    theirs = taken / "IMG_2.jpg"
    theirs.write_bytes(b"somebody else's")
    os.utime(theirs, (1, 1))


def name_of(number: int) -> str:
    """Return a name; two of them are twins."""
    return "img_2.JPG" if number == 5 else f"IMG_{number}.jpg"


def plan_of(root: Path) -> CopyPlan:
    """Return the plan for the whole export, in two folders."""
    archive = os.fsencode(root / "takeout-001.zip")
    items: list[PlanItem] = []
    with zipfile.ZipFile(root / "takeout-001.zip") as zipped:
        count = len(zipped.infolist()) - 1
    for number in range(count):
        name = f"{number}/{name_of(number)}"
        part = plan_file(name, content_of(number), root=archive, archive="takeout-001.zip")
        item = plan_item(number, part, taken_at=TAKEN_AT.replace(month=5 + number % 2))
        if number == 0:
            video = plan_file(
                "0/IMG_0.MP4", b"moving" * 3000, root=archive, archive="takeout-001.zip",
                role=FileRole.MOTION_VIDEO,
            )  # fmt: skip
            item = replace(item, files=(part, video), kind=Kind.MOTION)
        items.append(item)
    return plan_copies(items, {}, LayoutOptions(), HEADER)


def copy(root: Path, copies: Path) -> int:
    """Run the copy once; return the exit code: 0 when every file is there, else 3."""
    failed = 0
    results = carry_out(
        plan_of(root), copies, opener=open_source, journal=LineJournal(root / "journal.jsonl")
    )
    for result in results:
        failed += result.problem is not None
        words = result.problem.message if result.problem else ""
        line = f"{result.status}\t{result.action.item_id}\t{result.target}\t{words}\n"
        os.write(1, line.encode())
    return 3 if failed else 0


def tree_of(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return every file with its bytes and its time of change; folders with neither."""
    found: dict[str, tuple[bytes, int]] = {}
    for path in sorted(folder.rglob("*")):
        is_file = path.is_file()
        entry = (path.read_bytes(), path.stat().st_mtime_ns) if is_file else (b"", 0)
        found[str(path.relative_to(folder))] = entry
    return found


if __name__ == "__main__":
    verb, place, *rest = sys.argv[1:]
    if verb == "make":
        make(Path(place))
    else:
        raise SystemExit(copy(Path(place), Path(rest[0] if rest else f"{place}/copies")))
