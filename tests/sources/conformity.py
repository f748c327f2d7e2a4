"""What every source, and every fake of one, has to hold."""

import hashlib
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from gphotos_reconcile.core.model import FileStamp, Locator, Observation, Rejection, SidecarSeen
from gphotos_reconcile.core.ports import Fingerprinter, KnownStamps, Source
from tests.sources.fakes import InProcess, nothing_known

MakeSource = Callable[[Fingerprinter, KnownStamps], Source]


def check(make: MakeSource, root: Path) -> None:
    """Check all promises of a source that reads what lies under `root`."""
    before = snapshot(root)
    reader = InProcess()
    first = list(make(reader, nothing_known).scan())
    _check_one_value_per_entry([value.locator for value in first])
    _check_words([value for value in first if isinstance(value, Rejection)])
    again = [value.locator for value in make(InProcess(), nothing_known).scan()]
    assert sorted(again, key=repr) == sorted((v.locator for v in first), key=repr)
    stamps = {v.locator: v.stamp for v in first if isinstance(v, Observation | SidecarSeen)}
    _check_second_scan(make, stamps)
    assert snapshot(root) == before


def _check_one_value_per_entry(locators: list[Locator]) -> None:
    assert [locator for locator, count in Counter(locators).items() if count > 1] == []


def _check_words(rejections: list[Rejection]) -> None:
    for rejection in rejections:
        assert rejection.problem.stage
        assert rejection.problem.message
        assert rejection.problem.hint


def _check_second_scan(make: MakeSource, stamps: dict[Locator, FileStamp]) -> None:
    reader = InProcess()
    values = list(make(reader, stamps.get).scan())
    read_again = [v.locator for v in values if isinstance(v, SidecarSeen)]
    read_again += [v.locator for v in values if isinstance(v, Observation) and v.fingerprint]
    assert [locator for locator in read_again if locator in stamps] == []
    assert {v.locator for v in values if not isinstance(v, Rejection)} == stamps.keys()


def snapshot(root: Path) -> dict[str, tuple[int, int, str]]:
    """Return mode, time and content of everything under `root`."""
    found = {}
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder, name)
            status = path.lstat()
            readable = path.is_file() and not path.is_symlink() and os.access(path, os.R_OK)
            digest = hashlib.sha256(path.read_bytes()).hexdigest() if readable else ""
            found[str(path)] = (status.st_mode, status.st_mtime_ns, digest)
    return found
