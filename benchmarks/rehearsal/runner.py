"""Runs the program as a user would, and watches what it takes."""

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_LOOK_EVERY_S: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """One command that was run.

    `peak_mib` is the largest memory of all its processes together, pages that they share counted
    once (PSS); 0 where the system does not tell.
    """

    words: tuple[str, ...]
    exit_code: int
    took_s: float
    peak_mib: int
    output: str


def run_program(words: Sequence[str], catalog: Path, log: Path) -> Ran:
    """Run the program on a catalogue of its own; what it says goes to `log` and is returned."""
    command = [sys.executable, "-m", "gphotos_reconcile", "--catalog", str(catalog), *words]
    began, peak_kib = time.monotonic(), 0
    with log.open("wb") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT)
        while process.poll() is None:
            peak_kib = max(peak_kib, _tree_kib(process.pid))
            time.sleep(_LOOK_EVERY_S)
    return Ran(
        words=tuple(words),
        exit_code=process.returncode,
        took_s=time.monotonic() - began,
        peak_mib=peak_kib >> 10,
        output=log.read_text(encoding="utf-8", errors="replace"),
    )


def _tree_kib(root: int) -> int:
    """Return the memory of a process and all its descendants."""
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = status.read_text()
        except OSError:
            continue  # it has ended meanwhile
        parent = int(text.rpartition(")")[2].split()[1])
        children.setdefault(parent, []).append(int(status.parent.name))
    total, waiting = 0, [root]
    while waiting:
        process = waiting.pop()
        total += _kib(process)
        waiting += children.get(process, [])
    return total


def _kib(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
