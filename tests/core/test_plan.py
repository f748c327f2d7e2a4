"""Where copies go, and that nothing is lost or doubled on the way."""

import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.core.layout import LayoutOptions, safe_stem, twin_key
from gphotos_reconcile.core.model import FileRole, Kind, Verdict
from gphotos_reconcile.core.plan import CopyPlan, PlanItem, plan_copies
from gphotos_reconcile.core.selection import Filter, select
from tests.exporters.samples import HEADER, plan_file, plan_item

TORTURE = [
    "IMG_0001.JPG", "img_0001.jpg", "IMG_0001.jpg", "e\u0301.jpg", "\u00e9.jpg", "CON.jpg", "con",
    "nul.tar.gz", "LPT¹", "a\nb.jpg", "-rf.jpg", "..", ".", " ", "", "a.", "a ", "a_", "😀.jpg",
    "\u202egpj.exe", "👩\u200d👧.png", "a/b.jpg", "a\\b.jpg", "x" * 255, "é" * 200 + ".jpeg",
    "\udcff\udc80.jpg", "ß.jpg", "SS.jpg", "ss.jpg", "ı.jpg", "i.jpg", "I.jpg", "İ.jpg", "K.jpg",
    "\u212a.jpg", "ſ.jpg", "#x.jpg", "=cmd.csv", "~$x.jpg", "IMG (2).jpg", "IMG.jpg", "undated",
    "2019", "각" * 90 + ".heic", "\u0390", "\u1fd3",
]  # fmt: skip
# What a name on Linux can be once it is text: any character, and bytes that are no UTF-8.
_SIGNS = st.characters(exclude_categories=["Cs"]) | st.characters(
    min_codepoint=0xDC80, max_codepoint=0xDCFF
)
NAMES = st.one_of(
    st.sampled_from(TORTURE),
    st.text(_SIGNS, max_size=300),
    st.text("aAeE\u0301éÉ. _-(2)~\n", max_size=6),
)
FOLDERS_TOO = LayoutOptions(template="{album}/{year}-{month}")


def _folded(name: str) -> tuple[str, ...]:
    """Return the ways in which Linux, macOS and Windows compare a name."""
    nfc = unicodedata.normalize("NFC", name)
    nfd = unicodedata.normalize("NFD", name)
    return nfc.lower(), nfc.upper(), nfc.casefold(), nfd.casefold(), nfd.upper(), nfd


def _plan(
    items: list[PlanItem],
    layout: LayoutOptions | None = None,
    taken: dict[PurePosixPath, str] | None = None,
) -> CopyPlan:
    return plan_copies(items, taken or {}, layout or LayoutOptions(), HEADER)


@settings(max_examples=200, deadline=None)
@given(st.lists(NAMES, max_size=60), st.sampled_from(["", "{year}/{month}/", "{album}"]))
def test_two_inputs_never_get_one_output(names: list[str], template: str) -> None:
    items = [plan_item(n, plan_file(f"{n}/{name}"), albums=(name,)) for n, name in enumerate(names)]
    items = [item for item in items if "/" not in item.albums[0]] or items

    targets = [
        str(action.target) for action in _plan(items, LayoutOptions(template=template)).actions
    ]

    assert len(targets) == len(items)
    for compared in zip(*map(_folded, targets), strict=True):
        assert len(set(compared)) == len(items)


@settings(max_examples=200, deadline=None)
@given(NAMES)
def test_every_name_given_can_be_written_on_all_systems(name: str) -> None:
    for part in _plan([plan_item(1, plan_file(name))], FOLDERS_TOO).actions[0].target.parts:
        assert 0 < len(part.encode("utf-8")) <= 240
        assert not set(part) & set('<>:"/\\|?*\x7f') | {c for c in part if c < " "}
        assert part[-1] not in ". "
        assert part[0] not in "-. "
        assert part.partition(".")[0].strip().casefold() not in {
            "con",
            "nul",
            "lpt1",
            "lpt¹",
            "aux",
        }
        assert part == unicodedata.normalize("NFC", part)


@given(NAMES)
def test_making_a_name_safe_twice_changes_nothing_more(name: str) -> None:
    assert safe_stem(safe_stem(name)) == safe_stem(name)


@settings(max_examples=100, deadline=None)
@given(st.lists(NAMES, max_size=20), st.frozensets(NAMES, max_size=20))
def test_no_copy_lands_on_a_file_that_lies_there(names: list[str], there: frozenset[str]) -> None:
    taken = {PurePosixPath("2019/05") / safe_stem(name): "" for name in there}
    plan = _plan([plan_item(n, plan_file(f"{n}/{x}")) for n, x in enumerate(names)], taken=taken)

    assert {twin_key(a.target) for a in plan.actions}.isdisjoint(map(twin_key, taken))


def test_a_file_that_lies_there_with_the_same_bytes_keeps_its_place() -> None:
    item = plan_item(1, plan_file("IMG.jpg"))
    target = PurePosixPath("2019/05/IMG.jpg")

    same = _plan([item], taken={target: item.files[0].sha256}).actions[0].target
    other = _plan([item], taken={target: "0" * 64}).actions[0].target

    assert (str(same), str(other)) == ("2019/05/IMG.jpg", "2019/05/IMG (2).jpg")


@given(st.permutations(TORTURE))
def test_the_order_of_the_input_does_not_matter(names: list[str]) -> None:
    items = {n: plan_item(n, plan_file(f"{n}/{name}")) for n, name in enumerate(TORTURE)}
    shuffled = [items[TORTURE.index(name)] for name in names]

    assert _plan(shuffled) == _plan(list(items.values()))


def test_five_hundred_items_of_one_name_get_five_hundred_places() -> None:
    spelled = ["upload.jpg", "UPLOAD.JPG", "uplo\u0061\u0301d.jpg", "uplo\u00e1d.jpg"]
    items = [plan_item(n, plan_file(f"{n}/{spelled[n % 4]}")) for n in range(500)]

    assert len({twin_key(action.target) for action in _plan(items).actions}) == 500


def test_all_parts_of_an_item_keep_one_stem_even_when_one_name_is_taken() -> None:
    video = plan_file("IMG_7(1).MP4", role=FileRole.MOTION_VIDEO)
    item = plan_item(1, plan_file("IMG_7(1).HEIC"), video, title="IMG_7.HEIC", kind=Kind.MOTION)

    plan = _plan([item], taken={PurePosixPath("2019/05/img_7.mp4"): ""})

    assert [str(action.target) for action in plan.actions] == [
        "2019/05/IMG_7 (2).HEIC",
        "2019/05/IMG_7 (2).MP4",
    ]


def test_raw_and_jpeg_told_to_belong_together_share_folder_and_stem() -> None:
    raw = plan_item(1, plan_file("DSC_1.NEF"))
    jpeg = plan_item(2, plan_file("DSC_1(3).JPG"), together_with=1, taken_at=None)
    stranger = plan_item(3, plan_file("DSC_1.nef", b"other"))

    assert [str(action.target) for action in _plan([stranger, jpeg, raw]).actions] == [
        "2019/05/DSC_1.NEF",
        "2019/05/DSC_1.JPG",
        "2019/05/DSC_1 (2).nef",
    ]


def test_other_bytes_of_an_item_are_told_apart_and_equal_ones_are_a_fallback() -> None:
    first = plan_file("a/IMG.jpg", b"x")
    again = plan_file("b/IMG.jpg", b"x", role=FileRole.COPY)
    other = plan_file("c/IMG.jpg", b"y", role=FileRole.ALTERNATE)

    actions = _plan([plan_item(1, again, other, first)]).actions

    assert [(str(a.target), a.source, a.fallbacks) for a in actions] == [
        ("2019/05/IMG.jpg", first, (again,)),
        ("2019/05/IMG~2.jpg", other, ()),
    ]


@pytest.mark.parametrize(
    ("template", "dated", "undated"),
    [
        ("{year}/{month}/", "2019/05/a.jpg", "undated/a.jpg"),
        ("", "a.jpg", "a.jpg"),
        ("{album}", "Trip_ day 1/a.jpg", "Trip_ day 1/a.jpg"),
        ("{kind}/{year}-{month}-{day}", "photo/2019-05-04/a.jpg", "photo/undated/a.jpg"),
    ],
)
def test_a_template_names_the_folders(template: str, dated: str, undated: str) -> None:
    layout = LayoutOptions(template=template)
    for taken_at, expected in ((HEADER.made_at.replace(2019, 5, 4), dated), (None, undated)):
        item = plan_item(1, plan_file("a.jpg"), albums=("Trip: day 1",), taken_at=taken_at)
        assert str(_plan([item], layout).actions[0].target) == expected


def test_beside_puts_a_copy_where_the_day_is_already_kept() -> None:
    layout = LayoutOptions(beside={date(2019, 5, 4): PurePosixPath("Trips/Rome")})

    plan = _plan([plan_item(1, plan_file("a.jpg"))], layout)

    assert str(plan.actions[0].target) == "Trips/Rome/a.jpg"


@pytest.mark.parametrize(
    "template",
    ["/abs/{year}", "../{year}", "{yaer}", "{year", "{year!r}", "{year:>9}", "{}", "a/../b"],
)
def test_a_template_that_cannot_work_is_refused_with_the_fields_there_are(template: str) -> None:
    with pytest.raises(UsageError) as refused:
        LayoutOptions(template=template)
    assert "{month}" in refused.value.hint


def test_every_item_is_in_the_plan_or_left_out_with_its_reason() -> None:
    items = [
        plan_item(1, plan_file("a.jpg")),
        plan_item(
            2, plan_file("b.jpg"), verdict=Verdict.IDENTICAL, reason="same bytes as /p/b.jpg"
        ),
        plan_item(3, plan_file("c.jpg"), belongs_to="partner"),
        plan_item(4),
        plan_item(5, plan_file("d.mp4"), kind=Kind.VIDEO),
    ]
    chosen, left_out = select(items, Filter(kinds=frozenset({Kind.PHOTO})))

    plan = plan_copies(chosen, {}, LayoutOptions(), HEADER, left_out)

    assert [action.item_id for action in plan.actions] == [1]
    assert [(out.item_id, out.why) for out in plan.left_out] == [
        (2, "verdict identical"),
        (3, "counted apart: partner"),
        (4, "no file of it is known"),
        (5, "kind video"),
    ]
    assert dict(plan.header.counts)["left out"] == 4


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (Filter(), [1, 2, 4]),
        (Filter(verdicts=frozenset({Verdict.REVIEW})), [2]),
        (Filter(years=frozenset({2019})), [1, 4]),
        (Filter(albums=frozenset({"Rome", "Oslo"})), [2]),
        (Filter(min_size_bytes=100), [4]),
        (Filter(max_size_bytes=99), [1, 2]),
        (Filter(belonging=frozenset({"own", "shared"})), [1, 2, 3, 4]),
    ],
)
def test_a_filter_takes_what_it_names(wanted: Filter, ids: list[int]) -> None:
    items = [
        plan_item(1, plan_file("a.jpg")),
        plan_item(2, plan_file("b.jpg"), verdict=Verdict.REVIEW, taken_at=None, albums=("Rome",)),
        plan_item(3, plan_file("c.jpg"), belongs_to="shared"),
        plan_item(4, plan_file("d.jpg", b"." * 100), verdict=Verdict.UNKNOWN),
    ]

    chosen, left_out = select(items, wanted)

    assert [item.item_id for item in chosen] == ids
    assert len(left_out) == 4 - len(ids)


def test_ten_thousand_names_get_ten_thousand_places(
    many_names: Callable[[int], list[str]],
) -> None:
    items = [plan_item(n, plan_file(f"{n}/{x}")) for n, x in enumerate(many_names(10_000))]

    for template in ("", "{album}/{year}"):
        plan = _plan(items, LayoutOptions(template=template))
        assert len({twin_key(action.target) for action in plan.actions}) == 10_000
