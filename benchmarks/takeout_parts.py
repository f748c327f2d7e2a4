"""Scan fifty parts of large sparse videos: memory of all processes, and temporary disk.

`python -m benchmarks.takeout_parts [PARTS] [MIB_EACH]`. Each part is a stored zip with one sparse
video and some small photos. Fails when the resident memory of this process passes 512 MiB or when
anything was written to the temporary folder.
"""

import os
import resource
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from gphotos_reconcile.core.model import FileStamp, Locator, Observation
from gphotos_reconcile.media.worker import WorkerPool
from gphotos_reconcile.sources.takeout.exports import find_exports
from gphotos_reconcile.sources.takeout.source import TakeoutSource

YEAR = "Takeout/Google Photos/Photos from 2019"
LIMIT_KIB = 512 << 10


def main() -> None:
    """Write the parts, scan them, and tell what it took."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    size_bytes = (int(sys.argv[2]) if len(sys.argv) > 2 else 200) << 20
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as scratch:
        for number in range(1, count + 1):
            write_part(Path(folder), number, size_bytes)
        os.environ["TMPDIR"] = tempfile.tempdir = scratch
        started = time.monotonic()
        (export,) = find_exports([Path(folder)])
        with WorkerPool() as pool:
            source = TakeoutSource(export, fingerprinter=pool, known=nothing_known)
            seen = sum(isinstance(value, Observation) for value in source.scan())
        elapsed_s = time.monotonic() - started
        written = sum(path.stat().st_size for path in Path(scratch).rglob("*") if path.is_file())
    own_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    worker_kib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(
        f"{count} parts of {size_bytes >> 20} MiB: {seen} files in {elapsed_s:.0f} s; "
        f"RSS {own_kib >> 10} MiB, largest worker {worker_kib >> 10} MiB, "
        f"temporary disk {written} bytes, complete {source.complete}"
    )
    assert max(own_kib, worker_kib) < LIMIT_KIB
    assert written == 0
    assert source.complete


def write_part(folder: Path, number: int, size_bytes: int) -> None:
    """Write one part; the zeros of the video take no place on disk."""
    path = folder / f"takeout-20260110T090000Z-1-{number:03}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for photo in range(20):
            archive.writestr(f"{YEAR}/{number}_{photo}.jpg", os.urandom(1000))
        info = zipfile.ZipInfo(f"{YEAR}/{number}.mp4")
        with archive.open(info, "w", force_zip64=True) as stream:
            for _ in range(size_bytes >> 20):
                stream.write(bytes(1 << 20))
    punch(path)


def punch(path: Path) -> None:
    """Write the file again with holes where it holds zeros."""
    holed = path.with_suffix(".holed")
    with path.open("rb") as source, holed.open("wb") as target:
        while block := source.read(1 << 20):
            if block.strip(b"\0"):
                target.write(block)
            else:
                target.seek(len(block), os.SEEK_CUR)
        target.truncate(path.stat().st_size)
    holed.replace(path)


def nothing_known(_: Locator) -> FileStamp | None:
    """Answer for an empty catalogue."""
    return None


if __name__ == "__main__":
    main()
