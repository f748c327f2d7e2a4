"""Sums that coreutils checks."""

import io
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gphotos_reconcile.core.layout import LayoutOptions
from gphotos_reconcile.core.plan import plan_copies
from gphotos_reconcile.exporters.sums import Algorithm, copy_sums, write_sums
from tests.exporters.samples import HEADER, plan_file, plan_item


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_coreutils_finds_every_file_good_and_every_change_bad(
    algorithm: Algorithm, tmp_path: Path, many_names: Callable[[int], list[str]]
) -> None:
    parts = [plan_file(name, root=os.fsencode(tmp_path)) for name in dict.fromkeys(many_names(200))]
    (tmp_path / "Takeout").mkdir()
    for part in parts:
        Path(os.fsdecode(part.disk_path or b"")).write_bytes(part.locator.path)
    digests = [(part.disk_path or b"", getattr(part, algorithm)) for part in parts]
    stream = io.BytesIO()

    assert write_sums(digests, stream) == len(parts)

    check = [f"{algorithm}sum", "--check", "--strict", "--quiet"]
    subprocess.run(check, input=stream.getvalue(), check=True, capture_output=True)
    Path(os.fsdecode(parts[7].disk_path or b"")).write_bytes(b"rot")
    told = subprocess.run(check, input=stream.getvalue(), check=False, capture_output=True)
    assert told.returncode == 1
    assert told.stdout.count(b": FAILED\n") == 1


def test_sums_of_copies_are_relative_to_the_target_and_include_members() -> None:
    item = plan_item(1, plan_file("a.jpg", b"x", root=b"/t.zip", archive="t.zip"))
    plan = plan_copies([item], {}, LayoutOptions(), HEADER)

    assert list(copy_sums(plan, "sha1")) == [(b"2019/05/a.jpg", item.files[0].sha1)]


def test_a_path_with_backslash_and_line_break_is_escaped_as_coreutils_does() -> None:
    stream = io.BytesIO()

    write_sums([(b"a\\b\nc", "00")], stream)

    assert stream.getvalue() == b"\\00  a\\\\b\\nc\n"
