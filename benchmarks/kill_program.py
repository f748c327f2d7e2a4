"""Kill `gphotos-reconcile copy` at every durable system call, its catalogue's included.

Usage: python -m benchmarks.kill_program [--limit N]

A small export and library are imported, indexed and matched once. Each point is one durable call
of `copy --to`, found by strace; there the program is killed. Then `verify` must find every copy
good that the catalogue remembers, the next `copy` must end well, and the tree must be that of a
run that nobody disturbed.
"""

import argparse
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from benchmarks.copy_world import tree_of
from benchmarks.kill_copy import DURABLE, REPOSITORY

PHOTOS = 6


def prepare(root: Path) -> None:
    """Write an export and a library, and bring the catalogue to the point of copying."""
    library = root / "library"
    library.mkdir(parents=True)
    with zipfile.ZipFile(root / "takeout-20260110T090000Z-1-001.zip", "w") as archive:
        for number in range(PHOTOS):
            name = f"Takeout/Google Photos/Photos from 201{number % 2}/IMG_{number}.jpg"
            photo = library / f"IMG_{number}.jpg"
            Image.effect_mandelbrot((160, 120), (-2 + number / 5, -1, 1, 1), 60).save(photo)
            archive.write(photo, name)
            taken = {"timestamp": str(1_300_000_000 + number * 40_000_000)}
            facts = {"title": photo.name, "photoTakenTime": taken}
            archive.writestr(f"{name}.supplemental-metadata.json", json.dumps(facts))
            if number:
                photo.unlink()
    for command in (["import", str(next(root.glob("*.zip")))], ["index", str(library)], ["match"]):
        done = program(root, command)
        assert done.returncode == 0, done.stderr


def program(root: Path, command: list[str], *strace: str) -> subprocess.CompletedProcess[str]:
    """Run the program on a world, under strace when there are options for it."""
    tracer = ["strace", "-f", "-qq", "-o", str(root / "strace.log"), *strace] if strace else []
    line = [
        *tracer, sys.executable, "-B", "-m", "gphotos_reconcile",
        "--catalog", str(root / "catalog.db"), "--quiet", "--jobs", "1", *command,
    ]  # fmt: skip
    environment = os.environ | {"TZ": "UTC", "HOME": str(root)}
    return subprocess.run(
        line, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )


def fresh(parent: Path) -> Path:
    """Return a prepared world, at the same path each time."""
    root = parent / "world"
    if not (parent / "prepared").exists():
        shutil.rmtree(root, ignore_errors=True)
        prepare(root)
        shutil.copytree(root, parent / "prepared")
    shutil.rmtree(root)
    shutil.copytree(parent / "prepared", root)
    return root


def points(parent: Path) -> Iterator[tuple[str, int]]:
    """Yield every durable call of one clean run as (name, how many-th of its name)."""
    root = fresh(parent)
    program(root, ["copy", "--to", str(root / "copies")], "-e", f"trace={','.join(DURABLE)}")
    seen: collections.Counter[str] = collections.Counter()
    for line in (root / "strace.log").read_text().splitlines():
        found = re.match(r"\d+ +(\w+)\(", line)
        if found:
            seen[found.group(1)] += 1
            yield found.group(1), seen[found.group(1)]


def killed(parent: Path, call: str, nth: int, reference: dict[str, tuple[bytes, int]]) -> list[str]:
    """Kill one run, check, run again, and return what is wrong."""
    root = fresh(parent)
    copy = ["copy", "--to", str(root / "copies")]
    program(root, copy, "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={nth}")
    wrong = []
    verified = program(root, ["verify"])
    if verified.returncode != 0:
        wrong.append(f"verify: {verified.returncode} {verified.stdout}{verified.stderr[-300:]}")
    again = program(root, copy)
    if again.returncode != 0:
        wrong.append(f"the run after: {again.returncode} {again.stderr[-300:]}")
    if tree_of(root / "copies") != reference:
        wrong.append("the tree differs")
    return wrong


def campaign(limit: int | None) -> int:
    """Run all points, or about `limit` of them; return how many things went wrong."""
    with tempfile.TemporaryDirectory(prefix="kill_program-") as folder:
        parent = Path(folder)
        root = fresh(parent)
        clean = program(root, ["copy", "--to", str(root / "copies")])
        assert clean.returncode == 0, clean.stderr
        reference = tree_of(root / "copies")
        every = list(points(parent))
        chosen = every[:: 1 if limit is None else max(1, len(every) // limit)]
        wrong = 0
        for call, nth in chosen:
            for fault in killed(parent, call, nth, reference):
                wrong += 1
                print(f"{call} {nth}: {fault}", flush=True)
        print(f"files copied: {sum(1 for _, (data, _) in reference.items() if data)}")
        print(f"points of one run: {len(every)} {dict(collections.Counter(c for c, _ in every))}")
        print(f"runs killed: {len(chosen)} of {len(every)}; wrong: {wrong}")
    return wrong


def main() -> None:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, help="about how many points to run (default: all)")
    raise SystemExit(1 if campaign(parser.parse_args().limit) else 0)


if __name__ == "__main__":
    main()
