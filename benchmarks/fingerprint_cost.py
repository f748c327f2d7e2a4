"""CPU of a whole fingerprint per 12-megapixel JPEG against the floor, and the gain of two workers.

The floor is what nobody can do without: Pillow decoding the JPEG to luma at 1/8 (`draft`).
Both are timed in one process, turn by turn, so that a busy machine slows both alike.

    python benchmarks/fingerprint_cost.py [--photos DIR] [--count N] [--rounds N]
"""

import argparse
import io
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image

from gphotos_reconcile.media.fingerprint import fingerprint
from gphotos_reconcile.media.worker import WorkerPool
from gphotos_reconcile.sources.files import FileBytes

WIDTH_PX, HEIGHT_PX = 4000, 3000


class InMemory:
    """A JPEG in memory, so that the disk does not count."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.name = "photo.jpg"
        self.size_bytes = len(data)

    def open(self) -> BinaryIO:
        """Return the bytes as a stream."""
        return io.BytesIO(self.data)


def synthetic(seed: int) -> bytes:
    """Return a 12-megapixel JPEG with shapes, texture and sensor noise, 3 to 4 MB."""
    random = np.random.default_rng(seed)
    layers = np.zeros((HEIGHT_PX, WIDTH_PX, 3), np.float32)
    for cells, weight in ((6, 90), (40, 40), (300, 18)):
        size = (cells * 4, cells * 3)
        coarse = random.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
        big = Image.fromarray(coarse).resize((WIDTH_PX, HEIGHT_PX), Image.Resampling.BICUBIC)
        layers += (np.asarray(big, np.float32) / 255 - 0.5) * weight
    layers += random.normal(0, 4.5, (HEIGHT_PX, WIDTH_PX, 1)).astype(np.float32)
    picture = Image.fromarray(np.clip(layers + 128, 0, 255).astype(np.uint8))
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Maker", "Camera"
    exif.get_ifd(0x8769)[0x9003] = "2019:05:04 10:11:12"
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=90, subsampling=2, exif=exif)
    return target.getvalue()


def floor(data: bytes) -> None:
    """Decode to luma at 1/8 and nothing else."""
    image = Image.open(io.BytesIO(data))
    image.draft("L", (image.width // 8, image.height // 8))
    image.load()


def cpu_ms(work: Callable[[bytes], object], data: bytes) -> float:
    start = time.process_time()
    work(data)
    return (time.process_time() - start) * 1000


def ratio(photos: list[bytes], rounds: int) -> dict[str, float]:
    """Return median CPU of both, and the median of the ratios taken turn by turn."""
    floors, wholes, ratios = [], [], []
    for turn in range(rounds + 1):
        for data in photos:
            first = cpu_ms(floor, data)
            second = cpu_ms(lambda jpeg: fingerprint(InMemory(jpeg)), data)
            if turn:  # the first round warms up
                floors.append(first)
                wholes.append(second)
                ratios.append(second / first)
    return {
        "floor_ms": round(statistics.median(floors), 1),
        "fingerprint_ms": round(statistics.median(wholes), 1),
        "ratio": round(statistics.median(ratios), 3),
        "best_floor_ms": round(min(floors), 1),
        "best_fingerprint_ms": round(min(wholes), 1),
        "ratio_of_sums": round(sum(wholes) / sum(floors), 3),
    }


def rates(paths: list[Path], rounds: int) -> dict[str, float]:
    """Return photos per second with one worker and with two, best of the rounds, in turns."""
    best = {1: 0.0, 2: 0.0}
    pools = {count: WorkerPool(count) for count in best}
    try:
        for _ in range(rounds + 1):
            for count, pool in pools.items():
                jobs = [
                    (index, FileBytes(os.fsencode(path), path.stat().st_size))
                    for index, path in enumerate(paths)
                ]
                start = time.monotonic()
                done = sum(1 for _ in pool.fingerprints(jobs))
                best[count] = max(best[count], done / (time.monotonic() - start))
    finally:
        for pool in pools.values():
            pool.close()
    return {
        "one_worker_per_s": round(best[1], 1),
        "two_workers_per_s": round(best[2], 1),
        "gain": round(best[2] / best[1], 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=Path, help="JPEGs to use instead of made ones")
    parser.add_argument("--count", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if asked.photos:
            found = sorted(
                path
                for path in asked.photos.rglob("*")
                if path.suffix.casefold() in {".jpg", ".jpeg"}
            )
            paths = [path for path in found if path.stat().st_size > 1 << 20][: asked.count]
        else:
            paths = []
            for seed in range(asked.count):
                path = Path(folder) / f"{seed}.jpg"
                path.write_bytes(synthetic(seed))
                paths.append(path)
        photos = [path.read_bytes() for path in paths]
        result: dict[str, object] = {
            "photos": len(paths),
            "mean_mb": round(sum(map(len, photos)) / len(photos) / 1e6, 2),
            "load": os.getloadavg()[0],
            **ratio(photos, asked.rounds),
        }
        if (os.cpu_count() or 1) > 1:
            result.update(rates(paths * 4, asked.rounds))
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
