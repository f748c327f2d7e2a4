import base64
import csv
import io
import json
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gphotos_reconcile.core.staging import (
    ALBUM_ITEMS,
    BATCH_ITEMS,
    StageItem,
    Way,
    plan_staging,
)
from gphotos_reconcile.exporters.staging import (
    dedup_keys,
    hand_page,
    media_keys,
    plan_csv,
    plan_json,
)

URL = "https://photos.google.com/photo/AF1QipABC"
NASTY = "\"><script>alert(1)</script>'&\u202e.jpg"

items = st.builds(
    StageItem,
    item_id=st.integers(0, 500),
    filename=st.text(max_size=20),
    google_id=st.none() | st.text("abc", min_size=1, max_size=3),
    media_key=st.none() | st.text("xyz", min_size=1, max_size=3),
    product_url=st.none() | st.just(URL),
    original_path=st.none() | st.just("/a"),
    original_is_stored=st.booleans(),
    size_bytes=st.integers(0, 100),
)


@given(st.lists(items), st.booleans(), st.booleans())
def test_every_item_is_staged_once_in_batches_that_google_takes(
    wanted: list[StageItem], probe: bool, toolkit: bool
) -> None:
    plan = plan_staging(wanted, title="T", probe=probe, toolkit=toolkit)
    staged = [s.item.item_id for s in plan.items()]
    assert sorted(staged) == sorted({item.item_id for item in wanted})
    for batch in plan.batches:
        assert batch.way in {Way.HAND, Way.TOOLKIT} or len(batch.items) <= BATCH_ITEMS
    assert probe or not list(plan.items(Way.PROBE))
    assert all(s.item.google_id for s in plan.items(Way.API))
    assert all(s.item.original_is_stored for s in plan.items(Way.PROBE))


def test_albums_hold_twenty_thousand_and_then_another_begins() -> None:
    many = [
        StageItem(item_id=n, filename="a.jpg", google_id=f"g{n}") for n in range(ALBUM_ITEMS + 1)
    ]
    plan = plan_staging(many, title="T")
    assert plan.albums == ("T (1)", "T (2)")
    assert sum(len(b.items) for b in plan.batches if b.album == "T (1)") == ALBUM_ITEMS


def test_the_first_line_says_what_google_s_api_cannot_do() -> None:
    plan = plan_staging([StageItem(item_id=1, filename="a.jpg", product_url=URL)], title="T")
    for text in (plan_csv(plan).splitlines()[0], plan_json(plan).splitlines()[1]):
        assert "Google's API cannot put photos it did not receive from this program" in text
    assert plan.statement in plan_csv(plan)


def test_the_same_request_names_the_same_plan() -> None:
    one = StageItem(item_id=1, filename="a.jpg")
    two = StageItem(item_id=2, filename="b.jpg")
    assert (
        plan_staging([one, two], title="T").plan_id == plan_staging([two, one], title="T").plan_id
    )
    assert plan_staging([one], title="T").plan_id != plan_staging([one, two], title="T").plan_id


@pytest.mark.parametrize("title", ["", "  ", "x" * 481])
def test_a_title_that_google_refuses_is_refused_here(title: str) -> None:
    with pytest.raises(ValueError, match="characters"):
        plan_staging([], title=title)


def test_the_hand_page_holds_links_dates_pictures_and_boxes_in_groups_of_500() -> None:
    hand = [
        StageItem(
            item_id=n,
            filename=f"IMG_{n}.jpg",
            product_url=URL,
            taken_at=datetime(2020, 5, 4, 3, 2, 1, tzinfo=UTC),
            albums=("Sea",),
        )
        for n in range(501)
    ]
    page = hand_page(plan_staging(hand, title="T"), lambda _: b"\xff\xd8")
    assert page.count('type="checkbox"') == 501
    assert "Group 1: 500 photos" in page
    assert "Group 2: 1 photos" in page
    assert page.count(f'href="{URL}"') == 501
    assert "2020-05-04 03:02:01 UTC · Sea" in page
    assert "data:image/jpeg;base64,/9g=" in page


def test_nothing_in_a_name_album_title_or_link_comes_alive_on_the_page() -> None:
    nasty = StageItem(
        item_id=1,
        filename=NASTY,
        albums=(NASTY,),
        product_url="javascript:alert(1)",
        media_key=NASTY,
    )
    page = hand_page(plan_staging([nasty], title=NASTY))
    assert page.count("<script") == 1
    assert "<script>alert" not in page
    assert "javascript:" not in page
    assert "\u202e" not in page
    assert re.search(r"<a ", page) is None


def test_the_page_loads_nothing() -> None:
    page = hand_page(plan_staging([], title="T"))
    assert "default-src 'none'" in page
    assert "Nothing has to be done by hand" in page
    assert not re.findall(r"(?:src|href)=\"?http", page)


def test_cells_of_the_csv_start_no_formula() -> None:
    plan = plan_staging([StageItem(item_id=1, filename="=cmd|' /C calc'!A0")], title="T")
    (row,) = csv.DictReader(io.StringIO(plan_csv(plan).partition("\n")[2]))
    assert row["filename"].startswith("'=")
    assert (row["group"], row["way"]) == ("1", "hand")


def test_the_toolkit_gets_media_keys_and_digests_in_its_own_writing() -> None:
    sha1 = bytes(range(20)).hex()
    plan = plan_staging(
        [
            StageItem(item_id=1, filename="a", media_key="AF1", sha1=sha1),
            StageItem(item_id=2, filename="b", media_key="AF2"),
            StageItem(item_id=3, filename="c", media_key="AF3", google_id="g"),
        ],
        title="T",
        toolkit=True,
    )
    assert media_keys(plan) == "AF1\nAF2\n"
    assert base64.urlsafe_b64decode(dedup_keys(plan).strip() + "=") == bytes(range(20))


def test_the_json_plan_holds_every_item_with_its_way() -> None:
    plan = plan_staging([StageItem(item_id=1, filename="a", google_id="g")], title="T")
    document = json.loads(plan_json(plan))
    assert document["batches"][0]["items"][0]["google_id"] == "g"
    assert document["batches"][0]["way"] == "api"
