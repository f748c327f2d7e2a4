"""What others do with a photo, as far as they are installed, in the same process, turn by turn.

Each contender takes paths and makes its hash of each; none compares. Peers are no dependency:
`pip install imagehash imagededup perception`, `apt install findimagedupes`.
"""

import os
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from PIL import Image

from benchmarks.fingerprint_cost import floor
from benchmarks.takeout_archives import cpu_of
from gphotos_reconcile.media.fingerprint import fingerprint
from gphotos_reconcile.sources.files import FileBytes

Contender = Callable[[Sequence[Path]], None]
FLOOR: Final = "decoding to luma at 1/8 (the floor)"
OURS: Final = "gphotos-reconcile: SHA-1, SHA-256, content digest, metadata, grid, hashes"


def contenders() -> tuple[dict[str, Contender], dict[str, str]]:
    """Return those that can run, and of the others why they can't."""
    found: dict[str, Contender] = {FLOOR: _floor, OURS: _ours}
    absent: dict[str, str] = {}
    for name, make in _PEERS.items():
        try:
            found[name] = make()
        except ImportError as error:
            absent[name] = str(error)
    return found, absent


def cost_per_photo(photos: Sequence[Path], rounds: int) -> tuple[dict[str, float], dict[str, str]]:
    """Return the CPU of one photo in ms by contender, the median of the rounds; and who is absent.

    All take turns in each round, after one that warms up.
    """
    found, absent = contenders()
    spent: dict[str, list[float]] = {name: [] for name in found}
    for turn in range(rounds + 1):
        for name, work in found.items():
            seconds = cpu_of(lambda work=work: work(photos))  # type: ignore[misc]  # bound now
            if turn:
                spent[name].append(seconds * 1000 / len(photos))
    return {name: statistics.median(values) for name, values in spent.items()}, absent


def _floor(photos: Sequence[Path]) -> None:
    for path in photos:
        floor(path.read_bytes())


def _ours(photos: Sequence[Path]) -> None:
    for path in photos:
        fingerprint(FileBytes(os.fsencode(path), path.stat().st_size))


def _imagehash() -> Contender:
    phash = import_module("imagehash").phash

    def work(photos: Sequence[Path]) -> None:
        for path in photos:
            with Image.open(path) as image:
                phash(image)

    return work


def _imagededup() -> Contender:
    return _each(import_module("imagededup.methods").PHash(verbose=False).encode_image)


def _perception() -> Contender:
    return _each(import_module("perception.hashers").PHash().compute)


def _each(hashed: Callable[[str], Any]) -> Contender:
    def work(photos: Sequence[Path]) -> None:
        for path in photos:
            hashed(str(path))

    return work


def _findimagedupes() -> Contender:
    program = shutil.which("findimagedupes")
    if program is None:
        raise ImportError("not on the PATH")

    def work(photos: Sequence[Path]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            options = ["--no-compare", "--quiet", f"--fingerprints={folder}/prints"]
            subprocess.run([program, *options, *photos], check=True, capture_output=True)

    return work


_PEERS: Final[dict[str, Callable[[], Contender]]] = {
    "a loop over imagehash.phash": _imagehash,
    "imagededup PHash": _imagededup,
    "perception PHash": _perception,
    "findimagedupes": _findimagedupes,
}
