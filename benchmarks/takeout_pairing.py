"""Pair a million members in 2,000 folders, and show that time grows with their number.

`python -m benchmarks.takeout_pairing [MEMBERS] [FOLDERS]`
"""

import random
import statistics
import sys
import time

from gphotos_reconcile.sources.takeout.pairing import MediaName, SidecarName, pair_folder

Folder = tuple[list[MediaName], list[SidecarName]]

SUFFIX = ".supplemental-metadata"


def main() -> None:
    """Measure the whole, then folders of growing size."""
    members = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    folders = int(sys.argv[2]) if len(sys.argv) > 2 else 2_000
    rng = random.Random(1)
    spent_s, paired, files = 0.0, 0, 0
    for _ in range(folders):
        media, sidecars = folder_of(members // folders, rng)
        started = time.process_time()
        found = pair_folder(media, sidecars)
        spent_s += time.process_time() - started
        paired += sum(pairing.sidecar_key is not None for pairing in found.pairings)
        files += len(media)
    print(f"{members:,} members in {folders:,} folders: {spent_s:.1f} s of CPU,"
          f" {paired:,} of {files:,} files paired")  # fmt: skip
    for size in (1_000, 10_000, 100_000, 1_000_000):
        print(f"one folder of {size:>9,} members: {per_member_us(size):6.2f} us a member")


def per_member_us(size: int) -> float:
    """Return the CPU time that one member of a folder of `size` costs, median of three."""
    media, sidecars = folder_of(size, random.Random(2))
    times = []
    for _ in range(3):
        started = time.process_time()
        pair_folder(media, sidecars)
        times.append(time.process_time() - started)
    return statistics.median(times) / size * 1e6


def folder_of(members: int, rng: random.Random) -> Folder:
    """Return a folder as phones fill it: stills, live and edited ones, counters, long names."""
    media: list[MediaName] = []
    sidecars: list[SidecarName] = []
    number = 0
    while len(media) + len(sidecars) < members:
        number += 1
        kind = rng.random()
        if kind < 0.4:
            _item(media, sidecars, f"PXL_20230809_{number:09}", ".jpg", "")
        elif kind < 0.7:
            _item(media, sidecars, f"IMG_{number:04}", ".HEIC", "")
            media.append(MediaName(len(media), f"IMG_{number:04}.MP4", None, is_video=True))
        elif kind < 0.8:
            _item(media, sidecars, f"DSC_{number:04}", ".JPG", "")
            _item(media, sidecars, f"DSC_{number:04}", ".JPG", "(1)")
        elif kind < 0.9:
            _item(media, sidecars, f"{number:09}-6FF5-48E4-B030-674024878FFF-16960", ".png", "")
        else:
            _item(media, sidecars, f"Urlaub in Málaga {number}", ".jpg", "")
            media.append(MediaName(len(media), f"Urlaub in Málaga {number}-bearbeitet.jpg"))
    return media, sidecars


def _item(
    media: list[MediaName], sidecars: list[SidecarName], stem: str, extension: str, counter: str
) -> None:
    title = stem + extension
    media.append(MediaName(len(media), f"{stem}{counter}{extension}"))
    body = (title + SUFFIX)[:46]
    sidecars.append(SidecarName(len(sidecars), f"{body}{counter}.json", title))


if __name__ == "__main__":
    main()
