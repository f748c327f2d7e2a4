"""Folders of links to look duplicates through; nothing is lost, nothing is changed."""

import errno
import io
import os
from pathlib import Path

import pytest

from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.exporters.links import (
    DuplicateGroup,
    GroupFile,
    carry_out_links,
    plan_links,
    united,
    write_away_list,
)
from tests.exporters.samples import plan_file, plan_item


def _group(root: Path, group_id: int, *names: str, keepers: int = 1) -> DuplicateGroup:
    files = []
    for number, name in enumerate(names):
        path = root / "library" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode("utf-8", "surrogateescape"))
        files.append(
            GroupFile(
                item_id=number, path=os.fsencode(path), is_keeper=number < keepers, size_bytes=1
            )
        )
    return DuplicateGroup(group_id=group_id, files=tuple(files))


def test_keeper_and_others_lie_side_by_side_as_links(tmp_path: Path) -> None:
    group = _group(tmp_path, 7, "b/IMG.jpg", "a/IMG.jpg", "c\n\udcff.jpg")

    results = list(carry_out_links(plan_links([group]), tmp_path / "look"))

    assert {result.status.value for result in results} == {"linked"}
    folder = tmp_path / "look/0/group_7"
    assert sorted(path.name for path in folder.iterdir()) == [
        "away_2_IMG.jpg", "away_3_c__.jpg", "keep_1_IMG.jpg",
    ]  # fmt: skip
    assert (folder / "keep_1_IMG.jpg").samefile(tmp_path / "library/b/IMG.jpg")


def test_a_second_time_and_a_dry_run_make_nothing(tmp_path: Path) -> None:
    actions = plan_links([_group(tmp_path, 1, "a.jpg", "b.jpg")])

    tried = list(carry_out_links(actions, tmp_path / "look", dry_run=True))
    assert not (tmp_path / "look").exists()
    list(carry_out_links(actions, tmp_path / "look"))
    again = list(carry_out_links(actions, tmp_path / "look"))

    assert [result.status.value for result in tried] == ["linked"] * 2
    assert [result.status.value for result in again] == ["present"] * 2


def test_on_another_file_system_the_links_are_symbolic(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    actions = plan_links([_group(tmp_path, 1, "a.jpg", "b.jpg")])

    results = list(carry_out_links(actions, tmp_path / "look"))

    assert {result.status.value for result in results} == {"symlinked"}
    assert (tmp_path / "look/0/group_1/keep_1_a.jpg").read_bytes() == b"a.jpg"


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    group = _group(tmp_path, 1, "a.jpg", "b.jpg")
    (tmp_path / "library/b.jpg").unlink()

    results = list(carry_out_links(plan_links([group]), tmp_path / "look"))

    assert [result.status.value for result in results] == ["linked", "failed"]
    assert results[1].problem is not None


def test_a_group_that_would_go_whole_is_refused(tmp_path: Path) -> None:
    good, lost = _group(tmp_path, 1, "a", "b"), _group(tmp_path, 2, "c", "d", keepers=0)
    for act in (plan_links, lambda groups: write_away_list(groups, io.BytesIO())):
        with pytest.raises(UsageError, match="group 2"):
            act([good, lost])


def test_a_file_kept_here_and_put_away_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="group 2"):
        plan_links([_group(tmp_path, 1, "a", "b"), _group(tmp_path, 2, "c", "a")])


def test_the_list_names_what_goes_and_never_a_keeper(tmp_path: Path) -> None:
    stream = io.BytesIO()

    assert write_away_list([_group(tmp_path, 1, "a", "b\n", "c")], stream) == 2

    library = os.fsencode(tmp_path / "library")
    assert stream.getvalue() == library + b"/b\n\0" + library + b"/c\0"


def test_what_only_the_others_have_goes_over_to_the_keeper() -> None:
    keeper = plan_item(1, plan_file("a.jpg"), albums=("A",), description="mine")
    other = plan_item(
        2, plan_file("b.jpg"), albums=("B", "A"), people=("Ann",), favourite=True,
        description="theirs", latitude=1.0, longitude=2.0,
    )  # fmt: skip

    both = united(keeper, [other])

    assert (both.albums, both.people, both.favourite) == (("A", "B"), ("Ann",), True)
    assert (both.description, both.latitude, both.longitude) == ("mine\ntheirs", 1.0, 2.0)
    assert (both.item_id, both.files) == (1, keeper.files)
