"""Cut the power under a copy, mount again, and check every copy that was told of.

Usage (root): python -m benchmarks.powercut [--cuts 200] [--mutant fsync|folder] [--seed 1]

The target is ext4 on a loop image. While a copy runs, the file system is shut down with the ioctl
FS_IOC_SHUTDOWN and the flag NOLOGFLUSH (2): what was not synced is lost, as in a power cut. After
the image is mounted again every result `copied` or `present` that was printed, and every row of the
journal, must be there byte for byte. With --mutant the copy goes without some syncs: the test must
then find false claims, or it could not tell good from bad.

The journal stands for the catalogue and lies on another disk: it is never cut.
"""

import argparse
import fcntl
import hashlib
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.copy_world import make, plan_of
from tests.exporters.journal import LineJournal

REPOSITORY = Path(__file__).parents[1]
IMAGE_BYTES = 64 << 20
ITEMS = 120
LONGEST_WAIT_S = 0.15
FS_IOC_SHUTDOWN = 0x8004587D  # _IOR('X', 125, __u32)
NO_LOG_FLUSH = struct.pack("I", 2)
MUTANTS = {
    "": "",
    "fsync": "import os; os.fsync = lambda fd: None; ",
    "folder": "import os, stat; real = os.fsync; os.fsync = lambda fd: "
    "None if stat.S_ISDIR(os.fstat(fd).st_mode) else real(fd); ",
}


def available() -> str | None:
    """Return why power cuts cannot be played here, None when they can."""
    if os.geteuid() != 0:
        return "needs root for a loop mount"
    missing = [tool for tool in ("mkfs.ext4", "mount", "umount") if shutil.which(tool) is None]
    if missing:
        return f"needs {', '.join(missing)}"
    with tempfile.TemporaryDirectory(prefix="powercut-") as folder:
        try:
            with mounted(_image(Path(folder)), Path(folder) / "disk"):
                return None
        except subprocess.CalledProcessError:
            return "cannot mount a loop image here"


@contextmanager
def mounted(image: Path, place: Path) -> Iterator[Path]:
    """Mount the image, and unmount it at the end."""
    place.mkdir(exist_ok=True)
    subprocess.run(
        ["mount", "-o", "loop,commit=1", str(image), str(place)], check=True, capture_output=True
    )
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True, capture_output=True)


def _image(folder: Path) -> Path:
    image = folder / "disk.img"
    with image.open("wb") as stream:
        stream.truncate(IMAGE_BYTES)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True, capture_output=True)
    return image


def _copy_command(root: Path, disk: Path, *, mutant: str) -> list[str]:
    code = "from pathlib import Path; from benchmarks.copy_world import copy; "
    code += f"copy(Path({str(root)!r}), Path({str(disk / 'copies')!r}))"
    return [sys.executable, "-B", "-c", MUTANTS[mutant] + code]


def _run_and_cut(command: list[str], disk: Path, wait_s: float) -> str:
    """Start the copy, cut the power after its first result and a while, return what it printed."""
    handle = os.open(disk, os.O_RDONLY)
    with subprocess.Popen(
        command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        if process.stdout is None:
            raise AssertionError("stdout is a pipe")
        first = process.stdout.readline()
        time.sleep(wait_s)
        try:
            fcntl.ioctl(handle, FS_IOC_SHUTDOWN, NO_LOG_FLUSH)
        finally:
            os.close(handle)
        process.send_signal(signal.SIGKILL)
        return first + process.stdout.read()


def _false_claims(root: Path, disk: Path, printed: str) -> tuple[int, list[str]]:
    """Return how many claims were made, and those that the disk does not bear out."""
    wanted = {action.source.sha256 for action in plan_of(root).actions}
    claims: dict[str, set[str]] = {}
    for record in LineJournal(root / "journal.jsonl").records():
        claims.setdefault(str(record.target), set()).add(record.sha256)
    for line in printed.splitlines():
        parts = line.split("\t")
        if len(parts) == 4 and parts[0] in {"copied", "present"}:
            claims.setdefault(parts[2], set())
    false = []
    for target, sha256s in claims.items():
        path = disk / "copies" / target
        found = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "nothing"
        if found not in (sha256s or wanted):
            false.append(target)
    return len(claims), false


def _half_files(root: Path, disk: Path) -> list[str]:
    """Return the files under a final name whose bytes are nobody's."""
    wanted = {action.source.sha256 for action in plan_of(root).actions}
    return [
        path.name
        for path in (disk / "copies").rglob("[!.]*.*")
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() not in wanted
    ]


def one_cut(parent: Path, wait_s: float, *, mutant: str) -> tuple[int, list[str]]:
    """Cut the power once; return how many claims were checked and what was wrong."""
    root = parent / "world"
    shutil.rmtree(root, ignore_errors=True)
    make(root, ITEMS)
    image = _image(parent)
    with mounted(image, parent / "disk") as disk:
        command = _copy_command(root, disk, mutant=mutant)
        printed = _run_and_cut(command, disk, wait_s)
    with mounted(image, parent / "disk") as disk:
        claims, wrong = _false_claims(root, disk, printed)
        wrong += _half_files(root, disk)
        if not mutant:
            again = subprocess.run(
                _copy_command(root, disk, mutant=""), cwd=REPOSITORY, text=True,
                check=False, capture_output=True,
            )  # fmt: skip
            more, after = _false_claims(root, disk, again.stdout)
            wrong += [] if more == len(plan_of(root).actions) else ["the run after"]
            wrong += after + _half_files(root, disk)
    return claims, wrong


def campaign(cuts: int, *, mutant: str, seed: int) -> tuple[int, int]:
    """Cut the power `cuts` times; return (claims checked, things that were wrong)."""
    chance = random.Random(seed)
    checked = faults = 0
    with tempfile.TemporaryDirectory(prefix="powercut-") as folder:
        for number in range(cuts):
            claims, wrong = one_cut(Path(folder), chance.random() * LONGEST_WAIT_S, mutant=mutant)
            checked += claims
            faults += len(wrong)
            if wrong and not mutant:
                print(f"cut {number}: {wrong}")
    return checked, faults


def main() -> None:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cuts", type=int, default=200)
    parser.add_argument(
        "--mutant", choices=MUTANTS, default="", help="copy without fsync of files, or of folders"
    )
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    reason = available()
    if reason is not None:
        raise SystemExit(f"power cuts cannot be played: {reason}")
    checked, faults = campaign(options.cuts, mutant=options.mutant, seed=options.seed)
    print(f"cuts: {options.cuts}; claims checked: {checked}; wrong: {faults}")
    raise SystemExit(0 if bool(faults) == bool(options.mutant) else 1)


if __name__ == "__main__":
    main()
