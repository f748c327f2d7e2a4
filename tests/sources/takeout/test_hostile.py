"""Archives that lie are refused with words; the good photo beside them is still read."""

import re
import resource
from pathlib import Path

import pytest

from gphotos_reconcile.core.model import Observation, Rejection
from gphotos_reconcile.sources.takeout.exports import find_exports
from gphotos_reconcile.sources.takeout.source import (
    TakeoutSource,
    inspect_part,
    open_part,
)
from tests.sources.conformity import snapshot
from tests.sources.fakes import InProcess, nothing_known
from tests.sources.takeout.hostile import (
    BROKEN_TARS,
    BROKEN_ZIPS,
    TAR_MEMBERS,
    ZIP_MEMBERS,
    bomb,
    overlapping,
    written,
)


def scanned(path: Path) -> tuple[TakeoutSource, list[str], list[Rejection]]:
    (export,) = find_exports([path])
    source = TakeoutSource(export, fingerprinter=InProcess(), known=nothing_known)
    before = snapshot(path.parent)
    values = list(source.scan())
    assert snapshot(path.parent) == before
    names = [value.name for value in values if isinstance(value, Observation)]
    return source, names, [value for value in values if isinstance(value, Rejection)]


@pytest.mark.parametrize("name", sorted(ZIP_MEMBERS))
def test_a_bad_member_of_a_zip_is_rejected_with_its_reason(tmp_path: Path, name: str) -> None:
    build, words = ZIP_MEMBERS[name]
    source, names, rejected = scanned(written(tmp_path, build(), ".zip"))
    assert names in (["good.jpg"], [])
    assert any(re.search(words, rejection.problem.message) for rejection in rejected)
    assert not source.complete


@pytest.mark.parametrize("name", sorted(TAR_MEMBERS))
def test_a_bad_member_of_a_tar_is_rejected_with_its_reason(tmp_path: Path, name: str) -> None:
    build, words = TAR_MEMBERS[name]
    source, names, rejected = scanned(written(tmp_path, build(), ".tar"))
    assert names == ["good.jpg"]
    assert [bool(re.search(words, r.problem.message)) for r in rejected] == [True]
    assert not source.complete


@pytest.mark.parametrize("name", sorted(BROKEN_ZIPS))
def test_a_broken_zip_is_never_whole(tmp_path: Path, name: str) -> None:
    build, conditions, words = BROKEN_ZIPS[name]
    source, _, _ = scanned(written(tmp_path, build(), ".zip"))
    (state,) = source.part_states
    assert re.fullmatch(conditions, state.condition.value)
    assert re.search(words, state.reason)
    assert state.hint
    assert not source.complete


@pytest.mark.parametrize("name", sorted(BROKEN_TARS))
def test_a_broken_tar_is_never_whole(tmp_path: Path, name: str) -> None:
    build, conditions, words = BROKEN_TARS[name]
    data = build()
    path = written(tmp_path, data, ".tgz" if data.startswith(b"\x1f\x8b") else ".tar")
    source, _, _ = scanned(path)
    (state,) = source.part_states
    assert re.fullmatch(conditions, state.condition.value)
    assert re.search(words, state.reason)
    assert inspect_part(state.part).condition is state.condition
    assert not source.complete


def test_members_that_overlap_are_not_read_more_than_once(tmp_path: Path) -> None:
    _, names, rejected = scanned(written(tmp_path, overlapping(), ".zip"))
    assert len(names) <= 1
    assert len(names) + len(rejected) == 200


@pytest.mark.slow
def test_a_bomb_is_refused_with_bounded_memory(tmp_path: Path) -> None:
    path = written(tmp_path, bomb(), ".zip")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (export,) = find_exports([path])
    (part,) = export.parts
    members = [m for m in open_part(part).members() if m.problem is not None]
    assert [m.path.rpartition(b"/")[2] for m in members] == [b"bomb1.bmp", b"bomb2.bmp"]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10
