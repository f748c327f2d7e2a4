"""Peak memory of the whole process tree while two workers meet the largest pictures there are.

A 200-megapixel JPEG as phones write them, a progressive one, a 48-megapixel HEIC, large PNGs, a
gigapixel PNG of a few kilobytes, a 4K video: each several times, mixed.

    python benchmarks/fingerprint_memory.py [--rounds N] [--jobs N]
"""

import argparse
import json
import os
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from pathlib import Path

from gphotos_reconcile.core.model import Fingerprint
from gphotos_reconcile.media.worker import WorkerPool
from gphotos_reconcile.sources.files import FileBytes

MAKER = """
import sys
from pathlib import Path
import av, numpy as np, pillow_heif
from PIL import Image
Image.MAX_IMAGE_PIXELS = None
pillow_heif.register_heif_opener()
folder = Path(sys.argv[1])
random = np.random.default_rng(1)
tile = Image.fromarray(random.integers(0, 256, (120, 160, 3), dtype=np.uint8))
def big(width, height):
    return tile.resize((width, height), Image.Resampling.BICUBIC)
big(16320, 12240).save(folder / "phone_200mp.jpg", quality=85)
big(8000, 6000).save(folder / "progressive_48mp.jpg", quality=85, progressive=True)
big(12000, 9000).save(folder / "progressive_108mp.jpg", quality=80, progressive=True)
big(8064, 6048).save(folder / "phone_48mp.heic", quality=50)
big(8000, 6000).save(folder / "large_48mp.png", compress_level=1)
big(10000, 9000).save(folder / "large_90mp.png", compress_level=1)
big(8000, 6000).save(folder / "large_48mp.webp", quality=60, method=0)
big(6000, 4000).save(folder / "large_24mp.tif")
with av.open(str(folder / "video_4k.mp4"), "w") as container:
    stream = container.add_stream("libx264", rate=30)
    stream.width, stream.height, stream.pix_fmt = 3840, 2160, "yuv420p"
    stream.options = {"preset": "ultrafast"}
    for index in range(45):
        picture = big(3840 + index, 2160).crop((index, 0, 3840 + index, 2160))
        container.mux(stream.encode(av.VideoFrame.from_image(picture)))
    container.mux(stream.encode(None))
"""


def gigapixel_png() -> bytes:
    """Return a small PNG that claims, and holds, 32000 x 32000 pixels of one colour."""
    rows = zlib.compressobj(9)
    line = bytes(32_001)
    packed = b"".join(rows.compress(line) for _ in range(32_000)) + rows.flush()

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 32_000, 32_000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )


def tree_bytes(root: int) -> tuple[int, dict[int, int]]:
    """Return the resident bytes of a process and its children, in sum and one by one."""
    page = os.sysconf("SC_PAGE_SIZE")
    children = Path(f"/proc/{root}/task/{root}/children").read_text(encoding="ascii").split()
    found = {}
    for process in (root, *map(int, children)):
        try:
            found[process] = (
                int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]) * page
            )
        except OSError:
            continue
    return sum(found.values()), found


class Watch(threading.Thread):
    """Samples the tree's memory until it is told to stop."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak_bytes = 0
        self.parts: dict[int, int] = {}
        self.done = threading.Event()

    def run(self) -> None:
        """Look every few milliseconds."""
        while not self.done.wait(0.005):
            total, parts = tree_bytes(os.getpid())
            if total > self.peak_bytes:
                self.peak_bytes, self.parts = total, parts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-c", MAKER, folder], check=True)
        (Path(folder) / "gigapixel.png").write_bytes(gigapixel_png())
        paths = sorted(Path(folder).iterdir())
        watch = Watch()
        watch.start()
        told = {}
        start = time.monotonic()
        with WorkerPool(asked.jobs) as pool:
            jobs = [((turn, path.name), path) for turn in range(asked.rounds) for path in paths]
            for (_, name), value in pool.fingerprints(
                (key, FileBytes(os.fsencode(path), path.stat().st_size)) for key, path in jobs
            ):
                assert isinstance(value, Fingerprint), value
                told[name] = value.problem.message if value.problem else "compared"
        watch.done.set()
    report = {
        "peak_mib": watch.peak_bytes >> 20,
        "parts_mib": sorted((size >> 20 for size in watch.parts.values()), reverse=True),
        "files": len(jobs),
        "seconds": round(time.monotonic() - start, 1),
        "told": dict(sorted(told.items())),
    }
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
