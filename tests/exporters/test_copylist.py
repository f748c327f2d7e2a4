"""Copy lists: every file is on them, and the tools they are made for find every file."""

import csv
import io
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.core.layout import LayoutOptions
from gphotos_reconcile.core.model import FileRole, Kind, Verdict
from gphotos_reconcile.core.plan import CopyPlan, LeftOut, PlanItem, plan_copies
from gphotos_reconcile.exporters.copylist import Form, Listing, csv_cell, write_copylist
from gphotos_reconcile.exporters.manifest import manifest_text, read_manifest
from tests.exporters.samples import HEADER, plan_file, plan_item

NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40).filter(
    lambda name: not {"/", "\0"} & set(name)
)


def _sample_items() -> list[PlanItem]:
    video = plan_file("Photos from 2019/IMG_2.MP4", role=FileRole.MOTION_VIDEO)
    first = plan_file("Photos from 2019/a b.jpg")
    zipped = plan_file("Rome/\udcff\n.jpg", root=b"/exports/t-001.zip", archive="t-001.zip")
    return [
        plan_item(1, first, albums=("Rome", "=2+2"), favourite=True),
        plan_item(
            2, plan_file("Photos from 2019/IMG_2.HEIC"), video, kind=Kind.MOTION,
            people=("Ann", "Bo"), latitude=-33.8, longitude=151.2, description="-1 @ night\nline",
        ),
        plan_item(
            3, zipped,
            taken_at=None, taken_at_basis="none", verdict=Verdict.REVIEW, reason="2 candidates",
        ),
    ]  # fmt: skip


def _plan(items: list[PlanItem], *left_out: LeftOut) -> CopyPlan:
    return plan_copies(items, {}, LayoutOptions(), HEADER, left_out)


def _written(plan: CopyPlan, form: Form, copied_to: bytes | None = None) -> tuple[bytes, Listing]:
    stream = io.BytesIO()
    listing = write_copylist(plan, stream, form, copied_to=copied_to, list_path="my list")
    return stream.getvalue(), listing


@pytest.mark.parametrize("form", list(Form))
def test_each_form_is_as_it_was(form: Form, golden: Callable[[str, bytes], None]) -> None:
    left_out = LeftOut(item_id=9, why="verdict identical", detail="same bytes as /p/x.jpg")

    content, listing = _written(_plan(_sample_items(), left_out), form)

    golden(f"copylist/{form}", content)
    golden(f"copylist/{form}.README", listing.readme.encode())


@pytest.mark.parametrize("form", list(Form))
def test_every_file_is_listed_or_said_to_be_not(form: Form) -> None:
    plan = _plan(_sample_items())
    for copied_to in (None, b"/copies"):
        _, listing = _written(plan, form, copied_to)
        assert listing.listed + len(listing.not_listed) == len(plan.actions)


def test_what_an_archive_holds_is_not_given_to_rsync_and_the_way_out_is_told() -> None:
    content, listing = _written(_plan(_sample_items()), Form.RSYNC)

    assert b"t-001.zip" not in content
    assert [entry.action.item_id for entry in listing.not_listed] == [3]
    assert "copy --to DIR" in listing.readme


def test_a_name_with_a_line_break_is_refused_by_the_form_that_cannot_hold_it() -> None:
    plan = _plan([plan_item(1, plan_file("a\nb.jpg")), plan_item(2, plan_file("c.jpg"))])

    raw, listing = _written(plan, Form.RCLONE)
    zero, complete = _written(plan, Form.RCLONE0)

    assert raw == b"c.jpg\n"
    assert "line break" in listing.not_listed[0].why
    assert "line break" in listing.readme
    assert (zero, complete.not_listed) == ("a␊b.jpg\0c.jpg\0".encode(), ())


@given(st.sampled_from("=+-@\t\r\n＝＋－＠"), st.text())
def test_no_cell_of_text_begins_a_formula(start: str, rest: str) -> None:
    row = io.StringIO()
    csv.writer(row).writerow([csv_cell(start + rest)])

    assert row.getvalue().lstrip('"').startswith("'")


def test_the_csv_keeps_numbers_as_numbers_and_has_a_row_for_each_file() -> None:
    content, _ = _written(_plan(_sample_items()), Form.CSV)

    rows = list(csv.DictReader(io.StringIO(content.decode())))

    assert [row["latitude"] for row in rows] == ["", "-33.8", "-33.8", ""]
    assert rows[1]["description"] == "'-1 @ night\\x0aline"
    assert rows[3]["path"] == "/exports/t-001.zip!/Takeout/Rome/\\udcff\\x0a.jpg"


@given(st.lists(st.tuples(NAMES, st.binary(min_size=1, max_size=20)), max_size=8), NAMES)
def test_a_plan_comes_back_from_json_exactly(
    files: list[tuple[str, bytes]], description: str
) -> None:
    items = []
    for number, (name, path) in enumerate(files):
        part = plan_file("x", name.encode("utf-8", "replace"), archive="t.zip", root=path)
        part = replace(part, name=name, locator=replace(part.locator, path=path, ordinal=number))
        items.append(plan_item(number, part, description=description, people=(name,)))
    plan = _plan(items, LeftOut(item_id=77, why="kind video", detail=description))

    text = manifest_text(plan)

    assert read_manifest(text) == plan
    assert not set(text) & set("\u202e\x7f\x9b\ud800\udfff")


def test_ten_thousand_names_come_back_from_json_exactly(
    many_names: Callable[[int], list[str]],
) -> None:
    plan = _plan([plan_item(n, plan_file(f"{n}/{x}")) for n, x in enumerate(many_names(10_000))])

    back = read_manifest(manifest_text(plan).encode().decode())

    assert back == plan
    assert len({action.target for action in back.actions}) == 10_000
    assert len({action.source.locator.path for action in back.actions}) == 10_000


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"schema": "x"}', "null", manifest_text(_plan([]))[:-4], "\x00"]
)
def test_json_that_is_no_list_of_ours_is_refused_in_words(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_manifest(text)
    assert "--format json" in refused.value.hint


def test_json_names_the_target_of_each_file() -> None:
    content, _ = _written(_plan(_sample_items()), Form.JSON)

    items = json.loads(content)["items"]

    assert [part["target"] for item in items for part in item["files"]] == [
        "2019/05/a b.jpg", "2019/05/IMG_2.HEIC", "2019/05/IMG_2.MP4", "undated/__.jpg",
    ]  # fmt: skip


def _tree(root: Path) -> dict[bytes, bytes]:
    """Return every file below a folder with its bytes, by its path as bytes."""
    start = os.fsencode(root)
    found = {}
    for folder, _, names in os.walk(start):
        for name in names:
            path = folder + b"/" + name
            with open(path, "rb") as stream:  # noqa: PTH123 (a path of bytes)
                found[path[len(start) + 1 :]] = stream.read()
    return found


def _export(root: Path, names: list[str]) -> CopyPlan:
    """Lay a folder export on disk and return the plan for all of it."""
    items = []
    for number, name in enumerate(names):
        part = plan_file(f"{number % 7}/{name}", root=os.fsencode(root))
        path = part.disk_path or b""
        Path(os.fsdecode(path)).parent.mkdir(parents=True, exist_ok=True)
        Path(os.fsdecode(path)).write_bytes(part.locator.path)
        items.append(plan_item(number, part))
    return _plan(items)


def _needs(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not installed")
    return path


def _run_line(line: str, folder: Path, destination: Path) -> None:
    """Run the ready command line as a person would, with the destination filled in."""
    line = line.replace("DESTINATION", str(destination))
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    subprocess.run(
        ["bash", "-c", line], cwd=folder, check=True, capture_output=True, env=environment
    )


@pytest.mark.parametrize("form", [Form.RSYNC, pytest.param(Form.RCLONE, marks=pytest.mark.slow)])
def test_every_listed_file_arrives(
    form: Form, tmp_path: Path, many_names: Callable[[int], list[str]]
) -> None:
    _needs(form.value)
    source = tmp_path / "it's $HOME"
    plan = _export(source, [*dict.fromkeys(many_names(300)), "#x", ";y", " z", "‛FF", "␀"])

    content, listing = _written(plan, form)
    (tmp_path / "my list").write_bytes(content)
    _run_line(listing.readme.splitlines()[-1].partition(": ")[2], tmp_path, tmp_path / "there")

    refused = {entry.action.source.locator.path for entry in listing.not_listed}
    sent = {path: data for path, data in _tree(source).items() if path not in refused}
    arrived = _tree(tmp_path / "there")
    assert sorted(arrived.values()) == sorted(sent.values())
    assert all(len(entry.why) > 10 for entry in listing.not_listed)
    if form is Form.RSYNC:
        assert not refused


def test_a_list_of_copies_made_holds_what_came_from_archives_too(tmp_path: Path) -> None:
    _needs("rsync")
    plan = _plan(_sample_items())
    for action in plan.actions:
        copied = tmp_path / "copies" / action.target
        copied.parent.mkdir(parents=True, exist_ok=True)
        copied.write_bytes(action.source.locator.path)

    content, listing = _written(plan, Form.RSYNC, os.fsencode(tmp_path / "copies"))
    (tmp_path / "my list").write_bytes(content)
    _run_line(listing.readme.splitlines()[-1].partition(": ")[2], tmp_path, tmp_path / "there")

    assert len(_tree(tmp_path / "there")) == len(plan.actions) == 4
    assert _tree(tmp_path / "there") == _tree(tmp_path / "copies")


def test_nul_lists_feed_xargs(tmp_path: Path, many_names: Callable[[int], list[str]]) -> None:
    plan = _export(tmp_path / "export", list(dict.fromkeys(many_names(100))))
    content, _ = _written(plan, Form.NUL)

    told = subprocess.run(
        ["xargs", "-0", "sha256sum", "--zero"], input=content, capture_output=True, check=True
    )

    found = [line[:64].decode() for line in told.stdout.split(b"\0") if line]
    assert sorted(found) == sorted(action.source.sha256 for action in plan.actions)


def test_the_root_of_several_exports_is_what_they_share() -> None:
    items = [
        plan_item(1, plan_file("a.jpg", root=b"/mnt/one")),
        plan_item(2, plan_file("b.jpg", root=b"/mnt/two")),
        plan_item(3, plan_file("c.jpg", root=None)),
    ]
    items[2] = replace(
        items[2], files=(replace(items[2].files[0], locator=replace(
            items[2].files[0].locator, path=b"/srv/c.jpg")),)
    )  # fmt: skip

    content, listing = _written(_plan(items), Form.RSYNC)

    assert content == b"/mnt/one/Takeout/a.jpg\0/mnt/two/Takeout/b.jpg\0/srv/c.jpg\0"
    assert "'my list' / DESTINATION/" in listing.readme


def test_targets_are_relative_to_the_folder_copied_into() -> None:
    content, _ = _written(_plan(_sample_items()[:1]), Form.NUL, b"/copies/")

    assert content == b"/copies/" + os.fsencode(PurePosixPath("2019/05/a b.jpg")) + b"\0"
