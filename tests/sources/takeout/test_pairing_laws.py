"""Pairing inverts the naming, whatever the titles, the order and the parts."""

import random
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gphotos_reconcile.sources.takeout.names import (
    cut,
    cut_media,
    file_name_of,
    split_counter,
    split_extension,
    units,
    with_counter,
)
from gphotos_reconcile.sources.takeout.pairing import MediaName, SidecarName, pair_folder
from tests.sources.takeout.google import ENDINGS, Folder, Item, folder_of

STEMS = st.one_of(
    st.from_regex(r"IMG_[0-9]{1,4}", fullmatch=True),
    st.from_regex(r"PXL_2023[0-9]{4}_[0-9]{9}(\.(MP|PORTRAIT|LONG_EXPOSURE-02\.ORIGINAL))?",
                  fullmatch=True),
    st.from_regex(r"[A-F0-9]{8}-[A-F0-9]{4}-[A-F0-9]{4}-[A-F0-9]{12,30}", fullmatch=True),
    st.text(alphabet="aé日🎂 _-.'#+:/&", min_size=1, max_size=70),
    st.sampled_from(["x" * 44, "x" * 46, "x" * 47, "x" * 48, "x" * 60, "skytree (2)"]),
)  # fmt: skip
ITEMS = st.builds(
    Item,
    title=st.builds(str.__add__, STEMS, st.sampled_from(("", *ENDINGS))),
    is_edited=st.booleans(),
    is_live=st.booleans(),
)
FOLDERS = st.lists(ITEMS, min_size=1, max_size=12)


def are_sensible(items: list[Item]) -> bool:
    """Leave out titles that only differ in signs Google does not write, or hold Google's marks."""
    titles = [item.title for item in items]
    if any(t.strip(" .") != t or "-edited" in t or t.endswith(".MP") for t in titles):
        return False
    stems = {split_extension(file_name_of(t))[0].casefold() for t in titles}
    return len(stems) == len(set(titles))


@settings(max_examples=40, deadline=None)
@given(FOLDERS, st.booleans())
def test_no_file_is_ever_given_the_sidecar_of_another(items: list[Item], new: bool) -> None:
    assume(are_sensible(items))
    folder = folder_of(items, is_new_scheme=new)
    found = pair_folder(folder.media, folder.sidecars)
    wrong = [
        (pairing, folder.truth[pairing.media_key])
        for pairing in found.pairings
        if pairing.sidecar_key not in {None, folder.truth[pairing.media_key]}
    ]
    assert wrong == []


@settings(max_examples=40, deadline=None)
@given(FOLDERS, st.booleans())
def test_every_file_with_a_name_of_its_own_is_paired(items: list[Item], new: bool) -> None:
    assume(are_sensible(items))
    folder = folder_of(items, is_new_scheme=new)
    assume(not folder.is_counted_together)
    found = pair_folder(folder.media, folder.sidecars)
    assert {p.media_key: p.sidecar_key for p in found.pairings} == folder.truth
    assert found.unpaired == ()


@settings(max_examples=40, deadline=None)
@given(FOLDERS, st.randoms(use_true_random=False))
def test_the_order_of_parts_and_members_changes_nothing(
    items: list[Item], shuffler: random.Random
) -> None:
    folder = folder_of(items, is_new_scheme=True)
    expected = pair_folder(folder.media, folder.sidecars)
    shuffler.shuffle(folder.media)
    shuffler.shuffle(folder.sidecars)
    assert pair_folder(folder.media, folder.sidecars) == expected


def test_a_title_without_extension_may_own_the_name_that_another_is_cut_to() -> None:
    items = [Item(title="x" * 47), Item(title="x" * 48 + ".jpg")]
    folder = folder_of(items, is_new_scheme=True)
    for pairing in pair_folder(folder.media, folder.sidecars).pairings:
        assert pairing.sidecar_key in {None, folder.truth[pairing.media_key]}


@settings(max_examples=40, deadline=None)
@given(FOLDERS, st.data())
def test_a_missing_part_makes_no_pair_wrong(items: list[Item], data: st.DataObject) -> None:
    assume(are_sensible(items))
    folder = folder_of(items, is_new_scheme=True)
    kept = _without_some(folder, data)
    for pairing in pair_folder(kept.media, kept.sidecars).pairings:
        assert pairing.sidecar_key in {None, folder.truth[pairing.media_key]}


def _without_some(folder: Folder, data: st.DataObject) -> Folder:
    count = len(folder.sidecars)
    lost = data.draw(st.sets(st.integers(0, max(0, count - 1)), max_size=count))
    return replace(folder, sidecars=[s for i, s in enumerate(folder.sidecars) if i not in lost])


@settings(max_examples=40, deadline=None)
@given(FOLDERS)
def test_the_same_member_in_two_parts_is_paired_twice_alike(items: list[Item]) -> None:
    folder = folder_of(items, is_new_scheme=True)
    again = [replace(one, key=one.key + 5000) for one in folder.media]
    found = {p.media_key: p.sidecar_key for p in pair_folder(
        [*folder.media, *again], folder.sidecars
    ).pairings}  # fmt: skip
    assert all(found[one.key] == found[one.key + 5000] for one in folder.media)


NAMES = st.text(
    alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=60
) | st.builds(str.__add__, STEMS, st.sampled_from([".jpg.json", "(1).jpg", ".MP", "-edited.jpg"]))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(NAMES, st.booleans()), max_size=8),
    st.lists(st.tuples(NAMES, NAMES | st.none()), max_size=8),
)
def test_any_names_give_one_pairing_for_each_file(
    media: list[tuple[str, bool]], sidecars: list[tuple[str, str | None]]
) -> None:
    found = pair_folder(
        [MediaName(i, name, None, video) for i, (name, video) in enumerate(media)],
        [SidecarName(i, name, title) for i, (name, title) in enumerate(sidecars)],
    )
    assert [p.media_key for p in found.pairings] == list(range(len(media)))
    used = {p.sidecar_key for p in found.pairings} - {None}
    assert used.isdisjoint(found.unpaired)


@settings(deadline=None)
@given(st.text(max_size=80), st.integers(0, 80))
def test_a_cut_never_splits_a_pair_and_never_exceeds(text: str, limit: int) -> None:
    kept = cut(text, limit)
    assert text.startswith(kept)
    assert units(kept) <= limit
    assert kept == text or units(text[: len(kept) + 1]) > limit


@pytest.mark.parametrize(
    ("name", "expected"),
    [("IMG(1)", ("IMG", "(1)")), ("IMG (1)", ("IMG (1)", "")), ("IMG(0)", ("IMG(0)", "")),
     ("IMG(01)", ("IMG(01)", "")), ("(1)", ("(1)", "")), ("a(1)(2)", ("a(1)", "(2)"))],
)  # fmt: skip
def test_counters_are_told_from_titles(name: str, expected: tuple[str, str]) -> None:
    assert split_counter(name) == expected


def test_the_counter_stands_before_the_last_dot() -> None:
    assert with_counter("21.12.11 - 1", "(1)") == "21.12(1).11 - 1"
    assert with_counter("20030616", "(1)") == "20030616(1)"


def test_a_media_name_is_cut_with_its_extension() -> None:
    assert cut_media("a" * 60 + ".jpg") == "a" * 47 + ".jpg"
    assert cut_media("a" * 60 + ".jpeg") == "a" * 46 + ".jpeg"
