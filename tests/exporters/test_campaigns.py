"""A few points of the fault campaigns; benchmarks/kill_copy.py and powercut.py run them all."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import copy_world, kill_copy, powercut

needs_strace = pytest.mark.skipif(
    shutil.which("strace") is None, reason="strace is not installed: no call can be disturbed"
)


@needs_strace
@pytest.mark.slow
@pytest.mark.parametrize("errors", [False, True])
def test_a_disturbed_copy_claims_nothing_false_and_the_next_run_ends_the_same(
    errors: bool,
) -> None:
    assert kill_copy.campaign(6, errors=errors) == 0


@pytest.mark.slow
def test_after_a_power_cut_every_copy_told_of_is_there() -> None:
    reason = powercut.available()
    if reason is not None:
        pytest.skip(reason)
    checked, faults = powercut.campaign(3, mutant="", seed=2)
    assert (checked > 0, faults) == (True, 0)


@pytest.mark.slow
@pytest.mark.parametrize("mutant", ["fsync", "folder"])
def test_the_power_cut_test_catches_a_copy_that_does_not_sync(mutant: str) -> None:
    reason = powercut.available()
    if reason is not None:
        pytest.skip(reason)
    assert powercut.campaign(4, mutant=mutant, seed=2)[1] > 0


@needs_strace
def test_a_copy_makes_no_call_that_could_change_a_source(tmp_path: Path) -> None:
    world, log = tmp_path / "world", tmp_path / "strace.log"
    copy_world.make(world)
    source = world / "takeout-001.zip"
    before = (source.read_bytes(), source.stat().st_mtime_ns)

    subprocess.run(
        ["strace", "-f", "-y", "-qq", "-o", str(log), "-e", "trace=%file,%desc",
         sys.executable, "-B", "-m", "benchmarks.copy_world", "copy", str(world)],
        cwd=kill_copy.REPOSITORY, check=True, capture_output=True,
    )  # fmt: skip

    calls = [line for line in log.read_text().splitlines() if str(source) in line]
    opened = [line for line in calls if " openat(" in line]
    reading = re.compile(
        r"^\d+ +(openat\(.*O_RDONLY|read\(|pread64\(|lseek\(|f?stat|newfstatat\(|statx\(|close\("
        r"|ioctl\(\d+<[^>]*>, TC|readlink|mmap\(|dup|fcntl\()"
    )
    assert opened
    assert [line for line in calls if not reading.match(line)] == []
    assert (source.read_bytes(), source.stat().st_mtime_ns) == before
