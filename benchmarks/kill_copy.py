"""Kill a copy at every durable system call, or fail every one of them; run again; compare trees.

Usage: python -m benchmarks.kill_copy [--limit N] [--errors]

Each point is one call (the n-th write, fsync, link, ...) of one clean run, found by strace. At each
point the run is killed with SIGKILL at the call, and with --errors the call fails with ENOSPC, EIO,
EROFS or EDQUOT instead. Required each time: no result claims a copy that is not there, no half
file has a final name, the journal tells of nothing that is not there, and the next run ends with
the very tree of a run that nobody disturbed.
"""

import argparse
import collections
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.copy_world import make, plan_of, tree_of
from tests.exporters.journal import LineJournal

DURABLE = (
    "write", "pwrite64", "fsync", "fdatasync", "link", "linkat", "unlink", "unlinkat", "mkdir",
    "mkdirat", "rename", "renameat", "renameat2", "utimensat", "ftruncate", "fadvise64",
)  # fmt: skip
ERRORS = ("ENOSPC", "EIO", "EROFS", "EDQUOT")
REPOSITORY = Path(__file__).parents[1]


def strace(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the copy of a world under strace."""
    command = [
        "strace", "-f", "-qq", "-o", str(root / "strace.log"), *options,
        sys.executable, "-B", "-m", "benchmarks.copy_world", "copy", str(root),
    ]  # fmt: skip
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)


def fresh(parent: Path) -> Path:
    """Return a new world; all worlds of one parent lie at the same path in turn."""
    root = parent / "world"
    shutil.rmtree(root, ignore_errors=True)
    make(root)
    return root


def points(parent: Path) -> Iterator[tuple[str, int]]:
    """Yield every durable call of one clean run as (name, how many-th of its name)."""
    root = fresh(parent)
    strace(root, "-e", f"trace={','.join(DURABLE)}")
    seen: collections.Counter[str] = collections.Counter()
    for line in (root / "strace.log").read_text().splitlines():
        found = re.match(r"\d+ +(\w+)\(", line)
        if found:
            seen[found.group(1)] += 1
            yield found.group(1), seen[found.group(1)]


def lies(root: Path, claims: str) -> list[str]:
    """Return every false claim: of the results printed, of the journal, of a half file."""
    copies = root / "copies"
    wanted = {action.source.sha256 for action in plan_of(root).actions}
    allowed = wanted | {hashlib.sha256(b"somebody else's").hexdigest()}
    found = {
        str(path.relative_to(copies)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in copies.rglob("*")
        if path.is_file() and not path.name.startswith(".gphotos-reconcile-")
    }
    told = [f"half file: {name}" for name, sha256 in found.items() if sha256 not in allowed]
    told += [
        f"journal: {record.target}"
        for record in LineJournal(root / "journal.jsonl").records()
        if found.get(str(record.target)) != record.sha256
    ]
    results = [line.split("\t") for line in claims.splitlines()]
    told += [
        f"result: {target}"
        for status, _, target, _ in results
        if status in {"copied", "present"} and found.get(target) not in wanted
    ]
    return told


def disturbed(parent: Path, inject: str, reference: dict[str, tuple[bytes, int]]) -> list[str]:
    """Disturb one run, run again, and return what is wrong."""
    root = fresh(parent)
    name = inject.partition(":")[0]
    first = strace(root, "-e", f"trace={name}", "-e", f"inject={inject}")
    wrong = lies(root, first.stdout)
    if "Traceback" in first.stderr and not _is_of_the_harness(first.stderr):
        wrong.append("traceback: " + first.stderr.splitlines()[-1])
    second = strace(root, "-e", "trace=none")
    if second.returncode != 0:
        wrong.append(f"the run after ended with {second.returncode}: {second.stderr[-300:]}")
    wrong += lies(root, second.stdout)
    if tree_of(root / "copies") != reference:
        wrong.append("the tree differs")
    return wrong


def _is_of_the_harness(traceback: str) -> bool:
    """Tell whether the call that failed was the journal's own, or the printing of a result.

    Those end the run, as a catalogue that cannot be written does.
    """
    return "journal.py" in traceback or "os.write(1," in traceback


def campaign(limit: int | None, *, errors: bool) -> int:
    """Run all points, or every k-th so that about `limit` are run; return how many went wrong."""
    with tempfile.TemporaryDirectory(prefix="kill_copy-") as folder:
        parent = Path(folder)
        root = fresh(parent)
        strace(root, "-e", "trace=none")
        reference = tree_of(root / "copies")
        every = list(points(parent))
        ways = [f"error={name}" for name in ERRORS] if errors else ["signal=KILL"]
        jobs = [f"{call}:{way}:when={n}" for call, n in every for way in ways]
        step = 1 if limit is None else max(1, len(jobs) // limit)
        chosen = jobs[::step]
        wrong = 0
        for job in chosen:
            for fault in disturbed(parent, job, reference):
                wrong += 1
                print(f"{job}: {fault}")
        counts = collections.Counter(call for call, _ in every)
        print(f"points of one run: {len(every)} {dict(counts)}")
        print(f"runs disturbed: {len(chosen)} of {len(jobs)}; wrong: {wrong}")
    return wrong


def main() -> None:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, help="about how many points to run (default: all)")
    parser.add_argument("--errors", action="store_true", help="fail the calls instead of killing")
    options = parser.parse_args()
    os.environ["TZ"] = "UTC"
    raise SystemExit(1 if campaign(options.limit, errors=options.errors) else 0)


if __name__ == "__main__":
    main()
