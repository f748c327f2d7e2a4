from collections.abc import Sequence

import pytest

from gphotos_reconcile.core.errors import SignInError
from gphotos_reconcile.core.listing import PassTotals
from gphotos_reconcile.core.model import Kind, Problem
from gphotos_reconcile.google.fake import person
from gphotos_reconcile.google.fake.faults import Fault
from gphotos_reconcile.google.hosts import ForeignHostError
from gphotos_reconcile.google.items import RemoteItem, duration_s
from gphotos_reconcile.google.media_bytes import MediaBytes
from gphotos_reconcile.google.picker import PickingEndedError
from gphotos_reconcile.google.replies import RefusedError
from gphotos_reconcile.google.scopes import Scope
from gphotos_reconcile.sources.fetched import FetchedPicture, fetch_pictures
from gphotos_reconcile.sources.picker import Renew, sync_picker
from tests.google.conftest import MakeDesk
from tests.google.desk import Desk, png


def stock(desk: Desk, count: int) -> None:
    for n in range(count):
        desk.google.truth.store(f"own{n}.png", "image/png", png(n))


def pick(desk: Desk, rounds: Sequence[Sequence[str] | None]) -> PassTotals:
    left = list(rounds)
    with desk.transport() as transport:
        return sync_picker(
            desk.picker(transport),
            desk.sync,
            show=lambda uri: person.pick(uri, left.pop(0)),
            more=lambda _: bool(left),
        )


def test_every_page_of_what_was_picked_is_listed_and_the_session_given_back(desk: Desk) -> None:
    stock(desk, 250)
    totals = pick(desk, [None])
    assert (totals.listed, totals.rejected) == (250, 0)
    assert desk.google.truth.sessions == {}


def test_more_than_two_thousand_come_in_rounds(desk: Desk) -> None:
    stock(desk, 2100)
    totals = pick(desk, [None, [f"own{n}.png" for n in range(2000, 2100)]])
    assert totals.listed == 2100


def test_a_picked_item_has_facts_and_no_address(desk: Desk) -> None:
    stock(desk, 1)
    pick(desk, [None])
    (item,) = desk.sync.items.values()
    assert (item.filename, item.kind, item.product_url) == ("own0.png", Kind.PHOTO, None)
    assert (item.facts.width_px, item.facts.exposure_time_s) == (8, 0.01)
    assert "http" not in repr(item)


def test_polling_keeps_google_s_pace(desk: Desk) -> None:
    stock(desk, 1)
    pick(desk, [None])
    assert 3.5 <= desk.clock.monotonic() < 3.6


def test_an_unanswered_session_ends_when_google_says_so_and_is_given_back(desk: Desk) -> None:
    with desk.transport() as transport, pytest.raises(PickingEndedError, match="Nothing was"):
        sync_picker(desk.picker(transport), desk.sync, show=lambda _: None, more=lambda _: False)
    assert desk.clock.monotonic() <= 1800
    assert desk.google.truth.sessions == {}


def test_an_expired_session_is_told_and_earlier_rounds_stay(desk: Desk) -> None:
    stock(desk, 3)
    pick(desk, [None])
    with desk.transport() as transport, pytest.raises(PickingEndedError, match="expired"):
        sync_picker(
            desk.picker(transport),
            desk.sync,
            show=lambda _: desk.google.truth.sessions.clear(),
            more=lambda _: False,
        )
    assert len(desk.sync.items) == 3


def test_too_many_open_sessions_are_told_in_google_s_words(desk: Desk) -> None:
    with desk.transport() as transport:
        picker = desk.picker(transport)
        for _ in range(5):
            picker.open()
        with pytest.raises(RefusedError, match="Too many open"):
            picker.open()


def test_the_picker_s_scope_is_its_own(make_desk: MakeDesk) -> None:
    desk = make_desk(signed_in=False)
    desk.sign_in(frozenset({Scope.LIST}))
    with pytest.raises(SignInError, match=r"photospicker\.mediaitems\.readonly"):
        pick(desk, [None])


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("3.5s", 3.5), ("5s", 5.0), ("0.000000001s", 1e-9), ("1800.5s", 1800.5), ("0s", None),
     ("5", None), ("-1s", None), (5, None), ("s", None), ("nans", None)],
)  # fmt: skip
def test_durations_may_have_decimals(text: object, seconds: float | None) -> None:
    assert duration_s(text) == seconds


def fetch(desk: Desk, wait_s: float = 0) -> dict[str, FetchedPicture | Problem]:
    got: dict[str, FetchedPicture | Problem] = {}

    def on_page(items: Sequence[RemoteItem], renew: Renew) -> None:
        desk.clock.sleep(wait_s)
        got.update(fetch_pictures(items, MediaBytes(transport, renew, Scope.PICK)))

    with desk.transport() as transport:
        sync_picker(
            desk.picker(transport),
            desk.sync,
            show=person.pick,
            more=lambda _: False,
            on_page=on_page,
        )
    return got


@pytest.mark.parametrize(
    "fault",
    [None, Fault.URL_DEAD, Fault.TRUNCATED, Fault.NO_LENGTH, Fault.GZIP_LIE, Fault.HTML,
     Fault.RESET, Fault.SIGN_IN_DEAD, Fault.ERROR_503],
)  # fmt: skip
def test_pictures_come_whole_or_not_at_all(make_desk: MakeDesk, fault: Fault | None) -> None:
    desk = make_desk({("picked", 2): fault} if fault else None)
    stock(desk, 12)
    got = fetch(desk)
    stored = sorted(item.content for item in desk.google.truth.items.values())
    assert sorted(p.content for p in got.values() if isinstance(p, FetchedPicture)) == stored


def test_an_address_that_expired_is_renewed(make_desk: MakeDesk) -> None:
    desk = make_desk()
    stock(desk, 2)
    assert all(isinstance(p, FetchedPicture) for p in fetch(desk, 3700).values())


def test_bytes_that_stay_damaged_are_a_problem_of_that_photo_alone(make_desk: MakeDesk) -> None:
    desk = make_desk({("picked", n): Fault.TRUNCATED for n in range(1, 5)})
    stock(desk, 1)
    (problem,) = fetch(desk).values()
    assert isinstance(problem, Problem)
    assert "did not come whole" in problem.message


def test_a_byte_address_that_leads_elsewhere_gets_no_token(make_desk: MakeDesk) -> None:
    desk = make_desk({("picked", 1): Fault.REDIRECT})
    stock(desk, 1)
    with pytest.raises(ForeignHostError):
        fetch(desk)
    assert desk.google.trapped == []
