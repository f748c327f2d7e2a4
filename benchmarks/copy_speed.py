"""Speed of a copy out of a zip, against `unzip` and then `sha256sum` on what it wrote.

Usage: python -m benchmarks.copy_speed [--zip FILE] [--photos 150] [--rounds 5] [--folder DIR]

Without --zip an archive of made-up photos is written, deflated as Takeout's are. Both sides take
turns; between turns all is synced, untimed. Ours includes listing the archive, SHA-256, and the
syncs that make each copy outlast a power cut; `unzip` syncs nothing. Printed: the best of the
rounds of each, in MB/s of photo bytes, and their ratio (ours / theirs).
"""

import argparse
import hashlib
import os
import random
import shutil
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from gphotos_reconcile.core.layout import LayoutOptions
from gphotos_reconcile.core.model import Locator
from gphotos_reconcile.core.plan import CopyPlan, PlanFile, plan_copies
from gphotos_reconcile.core.ports import ByteSource
from gphotos_reconcile.exporters.copier import CopyStatus, carry_out
from gphotos_reconcile.sources.takeout.reopen import list_again
from tests.exporters.journal import LineJournal
from tests.exporters.samples import HEADER, TAKEN_AT, plan_item


def write_archive(path: Path, photos: int) -> None:
    """Write made-up photos of 1 to 5 MB: bytes that hardly shrink, as those of a JPEG."""
    chance = random.Random(1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(photos):
            content = chance.randbytes(chance.randint(1_000_000, 5_000_000))
            name = f"Takeout/Google Photos/Photos from {2010 + number % 10}/IMG_{number}.jpg"
            archive.writestr(name, content)


def plan_of(archive: Path) -> CopyPlan:
    """Return the plan for all members, as a catalogue would give it."""
    items = []
    with zipfile.ZipFile(archive) as reader:
        for number, info in enumerate(reader.infolist()):
            if info.is_dir() or info.filename.endswith(".json"):
                continue
            content = reader.read(info)
            name = info.filename.rpartition("/")[2]
            part = PlanFile(
                locator=Locator(source="x", archive=archive.name, path=info.filename.encode()),
                archive_path=os.fsencode(archive), name=name, size_bytes=len(content),
                sha256=hashlib.sha256(content).hexdigest(), sha1="",
            )  # fmt: skip
            items.append(plan_item(number, part, taken_at=TAKEN_AT.replace(2010 + number % 10)))
    return plan_copies(items, {}, LayoutOptions(), HEADER)


def ours(archive: Path, plan: CopyPlan, target: Path) -> None:
    """Copy with the product's own reader and copier."""
    members = {path: source for (path, _), source in list_again(os.fsencode(archive)).items()}

    def opener(part: PlanFile) -> ByteSource:
        return members[part.locator.path]

    journal = LineJournal(target.parent / f"{target.name}.jsonl")
    for result in carry_out(plan, target, opener=opener, journal=journal):
        assert result.status is CopyStatus.COPIED, result
    assert len(journal.records()) == len(plan.actions)


def theirs(archive: Path, target: Path) -> None:
    """Unpack, then sum what was unpacked."""
    target.mkdir()
    subprocess.run(["unzip", "-q", str(archive), "-d", str(target)], check=True)
    listed = subprocess.run(
        ["find", str(target), "-type", "f", "-print0"], check=True, capture_output=True
    )
    subprocess.run(
        ["xargs", "-0", "sha256sum"], input=listed.stdout, check=True, stdout=subprocess.DEVNULL
    )


def timed(work: Callable[[Path], None], folder: Path) -> float:
    """Return how long one turn took in seconds, in a folder of its own that is removed."""
    os.sync()
    target = folder / "turn"
    started = time.perf_counter()
    work(target)
    took_s = time.perf_counter() - started
    shutil.rmtree(target)
    (folder / "turn.jsonl").unlink(missing_ok=True)
    return took_s


def main() -> None:
    """Parse the command line, take turns, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--zip", type=Path)
    parser.add_argument("--photos", type=int, default=150)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="the disk to measure on")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="copy_speed-", dir=options.folder) as name:
        folder = Path(name)
        archive = options.zip or folder / "takeout-20260110T090000Z-001.zip"
        if options.zip is None:
            write_archive(archive, options.photos)
        plan = plan_of(archive)
        turns: dict[str, list[float]] = {"ours": [], "unzip + sha256sum": []}
        for _ in range(options.rounds):
            turns["unzip + sha256sum"].append(timed(lambda to: theirs(archive, to), folder))
            turns["ours"].append(timed(lambda to: ours(archive, plan, to), folder))
    print(f"{len(plan.actions)} files, {plan.size_bytes / 1e6:.0f} MB, best of {options.rounds}")
    speeds = {who: plan.size_bytes / 1e6 / min(times) for who, times in turns.items()}
    for who, speed in speeds.items():
        print(f"{who}: {speed:.0f} MB/s (each turn: {', '.join(f'{t:.2f}' for t in turns[who])} s)")
    print(f"ratio: {speeds['ours'] / speeds['unzip + sha256sum']:.2f}")


if __name__ == "__main__":
    main()
