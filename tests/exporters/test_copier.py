"""Copies: complete and equal to their source, or not there; nothing is ever replaced."""

import errno
import io
import os
import resource
import subprocess
import threading
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gphotos_reconcile.core.copies import CopyRecord
from gphotos_reconcile.core.errors import ReconcileError, SourceError, UsageError
from gphotos_reconcile.core.layout import LayoutOptions
from gphotos_reconcile.core.model import FileRole, Kind
from gphotos_reconcile.core.plan import CopyPlan, PlanFile, PlanItem, plan_copies
from gphotos_reconcile.core.ports import ByteSource
from gphotos_reconcile.exporters import copier, drafts
from gphotos_reconcile.exporters.copier import CopyResult, CopyStatus, carry_out
from gphotos_reconcile.exporters.durable import TEMP_PREFIX, TargetTree
from gphotos_reconcile.exporters.proof import VerifyStatus, verify_copies
from tests.exporters.journal import LineJournal
from tests.exporters.samples import HEADER, open_source, plan_file, plan_item


@dataclass
class World:
    """A folder export, a target, a journal."""

    root: Path
    opener: Callable[[PlanFile], ByteSource] = open_source

    @property
    def target(self) -> Path:
        return self.root / "copies"

    @property
    def journal(self) -> LineJournal:
        return LineJournal(self.root / "journal.jsonl")

    def file(self, name: str, content: bytes, role: FileRole = FileRole.PRIMARY) -> PlanFile:
        """Lay a file into the export."""
        part = plan_file(name, content, root=os.fsencode(self.root / "export"), role=role)
        path = self.root / "export" / "Takeout" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return part

    def plan(self, *items: PlanItem, template: str = "{year}/{month}/") -> CopyPlan:
        return plan_copies(items, {}, LayoutOptions(template=template), HEADER)

    def copy(self, plan: CopyPlan, *, dry_run: bool = False) -> list[CopyResult]:
        return list(
            carry_out(plan, self.target, opener=self.opener, journal=self.journal, dry_run=dry_run)
        )

    def tree(self) -> dict[str, bytes]:
        """Return all files of the target with their bytes."""
        return {
            str(path.relative_to(self.target)): path.read_bytes()
            for path in sorted(self.target.rglob("*"))
            if path.is_file()
        }


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def _statuses(results: Sequence[CopyResult]) -> list[str]:
    return [result.status.value for result in results]


def test_copies_arrive_with_their_bytes_and_capture_time(world: World) -> None:
    plan = world.plan(plan_item(1, world.file("a.jpg", b"one")))

    results = world.copy(plan)

    assert _statuses(results) == ["copied"]
    assert world.tree() == {"2019/05/a.jpg": b"one"}
    modified = datetime.fromtimestamp((world.target / "2019/05/a.jpg").stat().st_mtime, UTC)
    assert modified == datetime(2019, 5, 4, 10, 11, 12, tzinfo=UTC)
    assert [record.target for record in world.journal.records()] == [PurePosixPath("2019/05/a.jpg")]


def test_a_member_of_a_zip_is_copied_straight_out_of_it(world: World) -> None:
    archive = world.root / "takeout-001.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as writer:
        writer.writestr("Takeout/a.jpg", b"pixels" * 1000)
    part = plan_file(
        "a.jpg", b"pixels" * 1000, root=os.fsencode(archive), archive="takeout-001.zip"
    )

    results = world.copy(world.plan(plan_item(1, part)))

    assert _statuses(results) == ["copied"]
    assert world.tree() == {"2019/05/a.jpg": b"pixels" * 1000}


def test_a_dry_run_tells_the_same_and_writes_nothing(world: World) -> None:
    items = [plan_item(n, world.file(f"{n}.jpg", b"%d" % n)) for n in range(20)]
    gone = world.file("gone.jpg", b"gone")
    (world.root / "export/Takeout/gone.jpg").unlink()
    plan = world.plan(*items, plan_item(77, gone))

    tried = world.copy(plan, dry_run=True)

    assert not world.target.exists()
    assert not world.journal.path.exists()
    done = world.copy(plan)
    key = {(r.action.item_id, r.status, r.target) for r in tried}
    assert key == {(r.action.item_id, r.status, r.target) for r in done}
    assert sorted(_statuses(done)) == ["copied"] * 20 + ["failed"]


def test_a_second_run_copies_nothing_and_changes_nothing(world: World) -> None:
    plan = world.plan(*(plan_item(n, world.file(f"{n}/a.jpg", b"%d" % n)) for n in range(40)))
    world.copy(plan)
    before = {path: path.stat().st_mtime_ns for path in world.target.rglob("*")}

    results = world.copy(plan)

    assert set(_statuses(results)) == {"present"}
    assert {path: path.stat().st_mtime_ns for path in world.target.rglob("*")} == before


def test_two_items_with_the_same_bytes_are_both_copied_once(world: World) -> None:
    items = [plan_item(n, world.file(f"{n}/a.jpg", b"same")) for n in range(40)]
    for _ in range(2):
        world.copy(world.plan(*items))
        assert len(world.tree()) == 40


def test_without_a_journal_the_same_bytes_are_found_and_recorded(world: World) -> None:
    plan = world.plan(plan_item(1, world.file("a.jpg", b"one")))
    world.copy(plan)
    world.journal.path.unlink()

    results = world.copy(plan)

    assert _statuses(results) == ["present"]
    assert len(world.tree()) == len(world.journal.records()) == 1


def test_a_file_that_lies_there_is_never_replaced(world: World) -> None:
    video = world.file("IMG.MP4", b"moving", FileRole.MOTION_VIDEO)
    plan = world.plan(plan_item(1, world.file("IMG.HEIC", b"still"), video, kind=Kind.MOTION))
    (world.target / "2019/05").mkdir(parents=True)
    (world.target / "2019/05/IMG.MP4").write_bytes(b"theirs")

    for expected in ("copied", "present"):
        results = world.copy(plan)
        assert _statuses(results) == [expected, expected]
        assert world.tree() == {
            "2019/05/IMG.MP4": b"theirs",
            "2019/05/IMG (2).HEIC": b"still",
            "2019/05/IMG (2).MP4": b"moving",
        }


def test_a_number_given_in_the_plan_is_left_to_the_one_it_was_given_to(world: World) -> None:
    items = [plan_item(n, world.file(f"{n}/a.jpg", b"%d" % n)) for n in (1, 2)]
    (world.target / "2019/05").mkdir(parents=True)
    (world.target / "2019/05/a.jpg").write_bytes(b"theirs")

    world.copy(world.plan(*items))

    assert world.tree() == {
        "2019/05/a.jpg": b"theirs", "2019/05/a (3).jpg": b"1", "2019/05/a (2).jpg": b"2",
    }  # fmt: skip


def test_the_rest_of_a_group_follows_the_part_that_was_copied_before(world: World) -> None:
    still, video = world.file("I.HEIC", b"s"), world.file("I.MP4", b"m", FileRole.MOTION_VIDEO)
    world.copy(world.plan(plan_item(1, still), template="old"))

    world.copy(world.plan(plan_item(1, still, video), template="new"))

    assert world.tree() == {"old/I.HEIC": b"s", "old/I.MP4": b"m"}


def test_a_name_taken_in_the_last_moment_is_left_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = world.plan(plan_item(1, world.file("a.jpg", b"ours")))
    link = os.link

    def race(*args: object, **kwargs: object) -> None:
        (world.target / "2019/05/a.jpg").write_bytes(b"theirs")
        link(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(os, "link", race)
    results = world.copy(plan)

    assert _statuses(results) == ["failed"]
    assert world.tree() == {"2019/05/a.jpg": b"theirs"}


@pytest.mark.parametrize("has_rename", [True, False])
def test_a_file_system_without_links_still_replaces_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, has_rename: bool
) -> None:
    def refuse(code: int) -> Callable[..., None]:
        def call(*_: object, **__: object) -> None:
            raise OSError(code, os.strerror(code))

        return call

    monkeypatch.setattr(os, "link", refuse(errno.EPERM))
    if not has_rename:
        monkeypatch.setattr(drafts, "_rename_without_replacing", refuse(errno.EINVAL))
    results = world.copy(world.plan(plan_item(1, world.file("a.jpg", b"ours"))))
    assert _statuses(results) == ["copied"]
    assert world.tree() == {"2019/05/a.jpg": b"ours"}

    with TargetTree(world.target, "me", writable=True) as tree:
        draft = tree.draft(PurePosixPath("2019/05"))
        draft.write(b"other")
        draft.sync()
        with pytest.raises(FileExistsError):
            draft.publish("a.jpg")
        draft.discard()
    assert world.tree() == {"2019/05/a.jpg": b"ours"}


def test_of_two_that_publish_one_name_at_once_one_wins_and_both_files_are_whole(
    world: World,
) -> None:
    lost: list[str] = []

    def publish(owner: str, start: threading.Barrier) -> None:
        with TargetTree(world.target, owner, writable=True) as tree:
            for number in range(60):
                draft = tree.draft(PurePosixPath("a"))
                draft.write(owner.encode())
                draft.sync()
                start.wait()
                try:
                    draft.publish(f"{number}.jpg")
                except FileExistsError:
                    lost.append(owner)
                finally:
                    draft.discard()

    start = threading.Barrier(2)
    racers = [threading.Thread(target=publish, args=(owner, start)) for owner in ("one", "two")]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()

    tree = world.tree()
    assert len(tree) == len(lost) == 60
    assert set(tree.values()) <= {b"one", b"two"}


def test_hostile_names_all_arrive(world: World, many_names: Callable[[int], list[str]]) -> None:
    names = list(dict.fromkeys(many_names(150)))
    items = [plan_item(n, world.file(f"{n}/{x}", b"%d" % n)) for n, x in enumerate(names)]

    world.copy(world.plan(*items))

    assert sorted(world.tree().values()) == sorted(b"%d" % n for n in range(len(names)))


def test_a_source_that_changed_since_the_scan_is_not_copied(world: World) -> None:
    plan = world.plan(
        plan_item(1, world.file("a.jpg", b"scanned")), plan_item(2, world.file("b.jpg", b"b"))
    )
    for content in (b"changed", b"scanned and grown", b"short", b""):
        (world.root / "export/Takeout/a.jpg").write_bytes(content)
        results = {result.action.item_id: result for result in world.copy(plan)}

        assert results[1].status is CopyStatus.FAILED
        assert results[1].problem is not None
        assert "not those that were scanned" in results[1].problem.message
        assert world.tree() == {"2019/05/b.jpg": b"b"}


def test_another_placement_of_the_same_bytes_helps_out(world: World) -> None:
    first = world.file("a.jpg", b"one")
    item = plan_item(1, first, world.file("album/a.jpg", b"one", FileRole.COPY))
    (world.root / "export/Takeout/a.jpg").write_bytes(b"rot")

    assert _statuses(world.copy(world.plan(item))) == ["copied"]
    assert world.tree() == {"2019/05/a.jpg": b"one"}


class _BreakingStream(io.BytesIO):
    """Gives some bytes, then an error."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            raise OSError(errno.EIO, "CRC is wrong")
        return super().read(1)


@dataclass(frozen=True)
class _Breaking:
    name: str = "x"
    size_bytes: int = 5

    def open(self) -> BinaryIO:
        return _BreakingStream(b"12345")


def test_a_source_that_cannot_be_read_is_told_and_the_rest_goes_on(world: World) -> None:
    parts = [world.file(f"{n}.jpg", b"%d" % n) for n in range(4)]

    def opener(part: PlanFile) -> ByteSource:
        if part.name == "0.jpg":
            return _Breaking()
        if part.name == "1.jpg":
            raise SourceError("The part is gone.", hint="Plug it in.")
        return open_source(part)

    (world.root / "export/Takeout/2.jpg").unlink()
    world.opener = opener
    results = world.copy(world.plan(*(plan_item(n, part) for n, part in enumerate(parts))))

    told = {r.action.item_id: r.problem.message for r in results if r.problem is not None}
    assert told == {
        0: "It cannot be read: CRC is wrong.",
        1: "The part is gone.",
        2: "It cannot be read: No such file or directory.",
    }
    assert world.tree() == {"2019/05/3.jpg": b"3"}


@pytest.mark.parametrize(
    ("code", "rest"), [(errno.ENOSPC, "copied"), (errno.EIO, "copied"), (errno.EROFS, "not_tried")]
)
def test_trouble_at_the_target_is_told_and_the_run_goes_on_or_stops(
    world: World, monkeypatch: pytest.MonkeyPatch, code: int, rest: str
) -> None:
    plan = world.plan(*(plan_item(n, world.file(f"{n}.jpg", b"%d" % n)) for n in range(3)))
    write = drafts.Draft.write

    def failing(draft: drafts.Draft, data: bytes) -> None:
        if data == b"1":
            raise OSError(code, os.strerror(code))
        write(draft, data)

    with monkeypatch.context() as patch:
        patch.setattr(drafts.Draft, "write", failing)
        results = {r.action.item_id: r for r in world.copy(plan)}

    assert [results[n].status.value for n in range(3)] == ["copied", "failed", rest]
    assert results[1].problem is not None
    assert os.strerror(code) in results[1].problem.message
    world.copy(plan)
    assert world.tree() == {f"2019/05/{n}.jpg": b"%d" % n for n in range(3)}


def test_a_disk_that_is_too_small_is_told_before_anything_is_written(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TargetTree, "free_bytes", lambda _: 10)
    first = world.file("a.jpg", b"12345678")
    for dry_run in (True, False):
        with pytest.raises(UsageError, match="16 bytes"):
            world.copy(
                world.plan(plan_item(1, first), plan_item(2, world.file("b.jpg", b"abcdefgh"))),
                dry_run=dry_run,
            )
    assert not world.target.exists()
    world.copy(world.plan(plan_item(1, first)))
    world.copy(world.plan(plan_item(1, first), plan_item(2, world.file("b.jpg", b"abcdefgh"))))
    assert len(world.tree()) == 2


def test_a_disk_that_fills_up_keeps_what_is_whole_and_is_gone_on_with(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.target.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=200k", "none", str(world.target)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("needs root for a small disk")
    try:
        contents = {n: bytes([n]) * 60_000 for n in range(6)}
        plan = world.plan(*(plan_item(n, world.file(f"{n}", contents[n])) for n in contents))
        with monkeypatch.context() as patch:
            patch.setattr(TargetTree, "free_bytes", lambda _: 1 << 30)
            results = world.copy(plan)
        assert set(_statuses(results)) == {"copied", "failed"}
        copied = world.tree()
        assert set(copied.values()) <= set(contents.values())
        assert len(copied) == _statuses(results).count("copied") == len(world.journal.records())
        assert all("Make room" in r.problem.hint for r in results if r.problem is not None)

        remount = ["mount", "-o", "remount,size=2m", str(world.target)]
        subprocess.run(remount, check=True, capture_output=True)
        world.copy(plan)
        assert sorted(world.tree().values()) == sorted(contents.values())
    finally:
        subprocess.run(["umount", str(world.target)], check=True, capture_output=True)


def test_copies_into_many_folders_need_few_open_files(world: World) -> None:
    items = [
        plan_item(n, world.file(f"{n}.jpg", b"%d" % n), albums=(f"album {n}",)) for n in range(70)
    ]
    plan = world.plan(*items, template="{album}/{year}")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))
    try:
        for expected in ("copied", "present"):
            assert set(_statuses(world.copy(plan))) == {expected}
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_system_without_folder_handles_is_told_so_before_anything_is_done(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "supports_dir_fd", set())

    with pytest.raises(UsageError, match="Linux or macOS"):
        world.copy(world.plan(plan_item(1, world.file("a.jpg", b"1"))))

    assert not world.target.exists()


def test_our_leftovers_are_reclaimed_and_those_of_others_left_alone(world: World) -> None:
    plan = world.plan(plan_item(1, world.file("a.jpg", b"one")))
    folder = world.target / "2019/05"
    folder.mkdir(parents=True)
    ours = f"{TEMP_PREFIX}{copier._owner(plan)}-77-1.part"
    for name in (ours, f"{TEMP_PREFIX}other-77-1.part", ".hidden.part"):
        (folder / name).write_bytes(b"half")

    world.copy(plan, dry_run=True)
    assert (folder / ours).exists()
    world.copy(plan)

    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["a.jpg", f"{TEMP_PREFIX}other-77-1.part", ".hidden.part"]
    )


def test_a_run_that_is_stopped_between_results_leaves_no_drafts(world: World) -> None:
    plan = world.plan(*(plan_item(n, world.file(f"{n}.jpg", b"%d" % n)) for n in range(40)))
    results = carry_out(plan, world.target, opener=open_source, journal=world.journal)

    next(results)
    results.close()

    assert set(world.tree()) <= {f"2019/05/{n}.jpg" for n in range(40)}
    assert len(world.journal.records()) == len(world.tree()) == 16


@pytest.mark.parametrize(
    ("target", "link_to"),
    [
        ("export", None),
        ("export/Takeout", None),
        ("export/new/deep", None),
        (".", None),
        ("x/../export", None),
        ("link", "export"),
        ("link", "export/Takeout"),
        ("link/new", "export"),
        ("link", "."),
    ],
)
def test_target_and_source_may_not_lie_inside_each_other(
    world: World, target: str, link_to: str | None
) -> None:
    (world.root / "x").mkdir()
    plan = world.plan(plan_item(1, world.file("a.jpg", b"one")))
    if link_to is not None:
        (world.root / "link").symlink_to(world.root / link_to)
    before = sorted(world.root.rglob("*"))

    with pytest.raises(UsageError, match="copied from"):
        list(carry_out(plan, world.root / target, opener=open_source, journal=world.journal))

    assert sorted(world.root.rglob("*")) == before


@pytest.mark.parametrize("path", ["../out.jpg", "/etc/out.jpg", "a/../../out.jpg", "", "a\0b"])
def test_a_plan_that_leads_out_of_the_target_is_refused(world: World, path: str) -> None:
    plan = world.plan(plan_item(1, world.file("a.jpg", b"one")))
    plan = replace(plan, actions=(replace(plan.actions[0], target=PurePosixPath(path)),))

    with pytest.raises(ReconcileError, match="outside"):
        world.copy(plan)


def test_a_linked_folder_of_the_target_is_not_followed(world: World) -> None:
    plan = world.plan(plan_item(1, world.file("a.jpg", b"one")))
    outside = world.root / "outside"
    outside.mkdir()
    world.target.mkdir()
    (world.target / "2019").symlink_to(outside)

    results = world.copy(plan)

    assert _statuses(results) == ["failed"]
    assert results[0].problem is not None
    assert "link" in results[0].problem.hint
    assert not list(outside.iterdir())


def test_no_byte_leaves_the_target_while_a_folder_turns_into_a_link(world: World) -> None:
    outside, folder = world.root / "outside", world.target / "2019"
    outside.mkdir()
    stop = threading.Event()

    def flip() -> None:
        kept = world.root / "kept"
        while not stop.is_set():
            try:
                folder.rename(kept)
                folder.symlink_to(outside)
                folder.unlink()
                kept.rename(folder)
            except OSError:
                continue

    flipper = threading.Thread(target=flip)
    flipper.start()
    try:
        for n in range(60):
            world.copy(world.plan(plan_item(n, world.file(f"{n}.jpg", b"%d" % n))))
    finally:
        stop.set()
        flipper.join()

    assert not list(outside.rglob("*"))


def test_a_capture_time_without_zone_shows_the_cameras_clock(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Pacific/Apia")
    time.tzset()
    try:
        item = plan_item(1, world.file("a.jpg", b"1"), taken_at_basis="exif_local")
        world.copy(world.plan(item))
        seconds = (world.target / "2019/05/a.jpg").stat().st_mtime
        assert time.localtime(seconds)[:6] == (2019, 5, 4, 10, 11, 12)
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize("years", [-2018, -80, +300, +7000])
def test_a_strange_capture_time_does_not_stop_a_copy(world: World, years: int) -> None:
    taken_at = datetime(2019 + years, 1, 1, tzinfo=UTC) + timedelta(microseconds=1)
    for number, basis in enumerate(("sidecar", "exif_local")):
        item = plan_item(number, world.file(f"{basis}.jpg", basis.encode()), taken_at=taken_at)
        plan = world.plan(replace(item, taken_at_basis=basis))
        assert _statuses(world.copy(plan)) == ["copied"]


def test_verify_reports_every_flipped_bit_and_every_missing_file(world: World) -> None:
    content = bytes(range(256))
    plan = world.plan(plan_item(1, world.file("a.jpg", content)))
    world.copy(plan)
    copied = world.target / "2019/05/a.jpg"
    records = [
        replace(world.journal.records()[0], target=PurePosixPath(f"{n}.jpg")) for n in range(1000)
    ]
    for record in records:
        (world.target / record.target).hardlink_to(copied)
    assert {r.status for r in verify_copies(records, world.target)} == {VerifyStatus.INTACT}

    for number, record in enumerate(records):
        path = world.target / record.target
        path.unlink()
        if number == 0:
            continue
        flipped = bytearray(content)
        flipped[number % 256] ^= 1 << (number % 8)
        path.write_bytes(flipped)

    statuses = [result.status for result in verify_copies(records, world.target)]
    assert statuses == [VerifyStatus.MISSING, *[VerifyStatus.CHANGED] * 999]


def test_verify_names_what_cannot_be_read(world: World) -> None:
    world.copy(world.plan(plan_item(1, world.file("a.jpg", b"1"))))
    path = world.target / "2019/05/a.jpg"
    path.unlink()
    path.mkdir()

    results = list(verify_copies(world.journal.records(), world.target))

    assert [result.status for result in results] == [VerifyStatus.UNREADABLE]
    assert results[0].problem is not None


NAMES = st.sampled_from(["a.jpg", "A.JPG", "a (2).jpg", "b.mp4", "e\u0301.jpg", "\u00e9.jpg", "b"])


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(NAMES, st.sampled_from([b"x", b"y", b"zz", b""])), max_size=8),
    st.lists(st.tuples(NAMES, st.sampled_from([b"x", b"y", b"theirs"])), max_size=4),
    st.integers(0, 8),
)
def test_whatever_lies_there_every_copy_arrives_and_nothing_is_lost(
    tmp_path_factory: pytest.TempPathFactory,
    files: list[tuple[str, bytes]],
    there: list[tuple[str, bytes]],
    done_before: int,
) -> None:
    world = World(tmp_path_factory.mktemp("world"))
    items = [plan_item(n, world.file(f"{n}/{x}", data)) for n, (x, data) in enumerate(files)]
    world.target.mkdir()
    theirs = dict(there)
    for name, data in theirs.items():
        (world.target / name).write_bytes(data)
    world.copy(world.plan(*items[:done_before], template=""))

    results = world.copy(world.plan(*items, template=""))

    assert {r.action.item_id for r in results} == set(range(len(items)))
    assert len({r.target for r in results}) == len(items)
    tree = world.tree()
    assert all(tree[str(r.target)] == files[r.action.item_id][1] for r in results)
    assert theirs.items() <= tree.items()
    records: dict[PurePosixPath, CopyRecord] = {r.target: r for r in world.journal.records()}
    assert set(records) == {r.target for r in results}
    assert set(_statuses(world.copy(world.plan(*items, template="")))) <= {"present"}
