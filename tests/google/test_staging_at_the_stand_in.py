import pytest

from gphotos_reconcile.core.errors import GoogleUnavailableError, UsageError
from gphotos_reconcile.core.journals import StageState, UploadRecord
from gphotos_reconcile.core.staging import StagedItem, StageItem, StagingPlan, plan_staging
from gphotos_reconcile.exporters.album_filling import StagingTotals
from gphotos_reconcile.google.fake.consent import CLIENT_ID
from gphotos_reconcile.google.fake.faults import Fault
from tests.google.conftest import MakeDesk
from tests.google.desk import Desk, job, png


def stock(desk: Desk, count: int) -> list[StageItem]:
    truth = desk.google.truth
    return [
        StageItem(
            item_id=n,
            filename=f"IMG_{n}.png",
            google_id=truth.store(f"IMG_{n}.png", "image/png", png(n), CLIENT_ID).item_id,
        )
        for n in range(count)
    ]


def foreign(desk: Desk, number: int) -> StageItem:
    """An id that looks like ours and is not."""
    item = desk.google.truth.store("own.png", "image/png", png(1000 + number))
    return StageItem(item_id=1000 + number, filename="own.png", google_id=item.item_id)


def apply(desk: Desk, plan: StagingPlan) -> StagingTotals:
    with desk.transport() as transport:
        return desk.filling(transport).apply(plan)


def album_sizes(desk: Desk) -> dict[str, int]:
    return {a.title: len(a.items) for a in desk.google.truth.albums.values()}


def test_app_created_items_are_added_fifty_a_call_and_read_back(desk: Desk) -> None:
    totals = apply(desk, plan_staging(stock(desk, 120), title="Holiday"))
    assert totals.states[StageState.VERIFIED] == 120
    assert album_sizes(desk) == {"Holiday": 120}
    assert desk.google.schedule.calls("albums.add") == 3


def test_a_second_run_sends_nothing_again(desk: Desk) -> None:
    plan = plan_staging(stock(desk, 60), title="Holiday")
    apply(desk, plan)
    apply(desk, plan)
    assert desk.google.schedule.calls("albums.add") == 2
    assert desk.google.schedule.calls("albums.create") == 1


def test_bad_ids_are_found_by_halving_and_the_rest_gets_in(desk: Desk) -> None:
    good = stock(desk, 48)
    items = [*good[:20], foreign(desk, 1), *good[20:], foreign(desk, 2)]
    totals = apply(desk, plan_staging(items, title="Holiday"))
    assert totals.states[StageState.VERIFIED] == 48
    assert totals.states[StageState.BAD] == 2
    assert desk.google.schedule.calls("albums.add") <= 4 * 6
    assert desk.staging.bad_ids() == {items[20].google_id, items[-1].google_id}


def test_a_known_bad_id_goes_by_hand_in_the_next_plan(desk: Desk) -> None:
    bad = foreign(desk, 1)
    apply(desk, plan_staging([bad], title="Holiday"))
    again = plan_staging([bad], title="Later", bad_ids=desk.staging.bad_ids())
    assert [staged.way.value for staged in again.items()] == ["hand"]


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.RESET, Fault.TRUNCATED, Fault.ERROR_500])
def test_a_lost_answer_never_makes_a_second_album(make_desk: MakeDesk, fault: Fault) -> None:
    desk = make_desk({("albums.create", 1): fault})
    apply(desk, plan_staging(stock(desk, 3), title="Holiday"))
    assert album_sizes(desk) == {"Holiday": 3}


def test_an_album_of_the_same_title_that_is_not_ours_is_left_alone(make_desk: MakeDesk) -> None:
    desk = make_desk({("albums.create", 2): Fault.RESET})
    first = stock(desk, 2)
    apply(desk, plan_staging(first, title="Holiday"))
    apply(desk, plan_staging([*first, *stock(desk, 3)[2:]], title="Holiday"))
    assert sorted(len(a.items) for a in desk.google.truth.albums.values()) == [2, 3]


def test_a_run_that_stops_half_way_goes_on(make_desk: MakeDesk) -> None:
    desk = make_desk({("albums.add", 2): Fault.DAY})
    plan = plan_staging(stock(desk, 120), title="Holiday")
    with pytest.raises(GoogleUnavailableError):
        apply(desk, plan)
    assert apply(desk, plan).states[StageState.VERIFIED] == 120
    assert desk.google.schedule.calls("albums.add") == 4


def test_items_by_hand_ask_google_nothing(desk: Desk) -> None:
    plan = plan_staging([StageItem(item_id=1, filename="a.jpg", media_key="AF1Qip")], title="H")
    totals = apply(desk, plan)
    assert totals.states[StageState.BY_HAND] == 1
    assert desk.google.requests[-1][1] == "token"


def probe_items(desk: Desk, count: int) -> list[StageItem]:
    """Photos of the user's own, whose identical originals are at hand."""
    items = []
    for n in range(count):
        stored = desk.google.truth.store(f"own{n}.png", "image/png", png(n))
        items.append(
            StageItem(
                item_id=n,
                filename=stored.filename,
                sha256=stored.sha256,
                original_path=f"{n}",
                original_is_stored=True,
                size_bytes=len(stored.content),
            )
        )
    return items


def probe(desk: Desk, plan: StagingPlan, probes: int) -> StagingTotals:
    with desk.transport() as transport:
        uploader = desk.uploader(transport)

        def upload_into(staged: StagedItem, album_id: str) -> UploadRecord | None:
            original = job(png(int(staged.item.original_path or 0)), staged.item.filename)
            return uploader.run([original], album_id=album_id).get(original.sha256)

        return desk.filling(transport).apply(plan, upload_into=upload_into, probes=probes)


def test_a_probe_adds_the_existing_item_where_google_knows_the_bytes(desk: Desk) -> None:
    plan = plan_staging(probe_items(desk, 1), title="Holiday", probe=True)
    before = len(desk.google.truth.items)
    assert probe(desk, plan, 1).states[StageState.VERIFIED] == 1
    assert len(desk.google.truth.items) == before
    assert album_sizes(desk) == {"Holiday": 1}


def test_one_probe_comes_first(desk: Desk) -> None:
    plan = plan_staging(probe_items(desk, 3), title="Holiday", probe=True)
    with pytest.raises(UsageError, match="one item first"):
        probe(desk, plan, 3)
    assert probe(desk, plan, 1).states[StageState.VERIFIED] == 1
    assert probe(desk, plan, 10).states[StageState.VERIFIED] == 3
