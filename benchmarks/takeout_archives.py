"""CPU of importing from a zip and a tgz, against the same files in a folder.

`python -m benchmarks.takeout_archives EXPORT_ZIP... [--rounds N]`: the members of real parts are
written as a folder, a zip and a tgz in a temporary folder; each is scanned in turn, interleaved,
by the real workers. Inflating the tgz alone is measured beside it. CPU is that of this process
and of all its workers.
"""

import argparse
import os
import statistics
import tarfile
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from gphotos_reconcile.core.model import FileStamp, Locator, Observation
from gphotos_reconcile.media.worker import WorkerPool
from gphotos_reconcile.sources.takeout.exports import find_exports
from gphotos_reconcile.sources.takeout.source import TakeoutSource

STAMP = "takeout-20260110T090000Z-1-001"


def main() -> None:
    """Measure and print medians and ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="+", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        forms = written_forms(given.parts, Path(folder))
        actions: dict[str, Callable[[], None]] = {
            name: lambda path=path: scan(path)  # type: ignore[misc]  # bound now, not later
            for name, path in forms.items()
        }
        actions["inflating"] = lambda: inflate(forms["tgz"])
        costs: dict[str, list[float]] = {name: [] for name in actions}
        for _ in range(given.rounds):
            for name, action in actions.items():
                costs[name].append(cpu_of(action))
    medians = {name: statistics.median(values) for name, values in costs.items()}
    for name, seconds in medians.items():
        print(f"{name:>9}: {seconds:6.2f} s of CPU (median of {given.rounds})")
    print(f"zip/folder {medians['zip'] / medians['folder']:.3f} (at most 1.15)")
    ratio = (medians["tgz"] - medians["inflating"]) / medians["folder"]
    print(f"(tgz - inflating)/folder {ratio:.3f} (at most 1.3)")


def written_forms(parts: list[Path], folder: Path) -> dict[str, Path]:
    """Write the members of zips as a folder, one zip and one tgz."""
    tree = folder / "tree"
    for part in parts:
        with zipfile.ZipFile(part) as archive:
            archive.extractall(tree)  # noqa: S202 - the caller's own parts
    packed = {"zip": folder / "z" / f"{STAMP}.zip", "tgz": folder / "t" / f"{STAMP}.tgz"}
    for path in packed.values():
        path.parent.mkdir()
    with zipfile.ZipFile(packed["zip"], "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(tree.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(tree))
    with tarfile.open(packed["tgz"], "w:gz") as tar:
        tar.add(tree / "Takeout", "Takeout")
    return {"folder": tree, "zip": packed["zip"], "tgz": packed["tgz"]}


def scan(path: Path) -> None:
    """Scan one form whole, with the real workers."""
    (export,) = find_exports([path])
    with WorkerPool() as pool:
        source = TakeoutSource(export, fingerprinter=pool, known=nothing_known)
        seen = sum(isinstance(value, Observation) for value in source.scan())
    assert seen
    assert source.complete, source.part_states


def nothing_known(_: Locator) -> FileStamp | None:
    """Answer for an empty catalogue."""
    return None


def inflate(path: Path) -> None:
    """Inflate a tgz and throw it away."""
    inflater = zlib.decompressobj(31)
    with path.open("rb") as stream:
        while packed := stream.read(1 << 18):
            inflater.decompress(packed)


def cpu_of(action: Callable[[], None]) -> float:
    """Return the CPU seconds that an action costs, those of its ended children included."""
    before = os.times()
    action()
    time.sleep(0.2)  # workers that end late are counted once they are waited for
    after = os.times()
    return sum(after[:4]) - sum(before[:4])


if __name__ == "__main__":
    main()
