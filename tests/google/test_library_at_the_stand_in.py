import pytest

from gphotos_reconcile.core.errors import GoogleUnavailableError, SignInError
from gphotos_reconcile.google.fake.consent import CLIENT_ID
from gphotos_reconcile.google.fake.faults import Fault
from gphotos_reconcile.google.fake.truth import Rules
from gphotos_reconcile.google.quota import Budget, QuotaSpentError
from gphotos_reconcile.google.scopes import Scope
from gphotos_reconcile.sources.library_api import sync_library
from tests.google.conftest import MakeDesk
from tests.google.desk import Desk, Silent, job, png


def stock(desk: Desk, count: int) -> set[str]:
    truth = desk.google.truth
    return {
        truth.store(f"IMG_{n:04}.png", "image/png", png(n), CLIENT_ID).item_id for n in range(count)
    }


def sync(desk: Desk) -> set[str]:
    with desk.transport() as transport:
        totals = sync_library(desk.library(transport), desk.sync, Silent())
    assert totals.complete
    return set(desk.sync.items)


def test_only_what_this_client_uploaded_is_listed(desk: Desk) -> None:
    desk.google.truth.store("own.jpg", "image/jpeg", b"\xff\xd8\xff\xd9")
    ours = stock(desk, 3)
    assert sync(desk) == ours


def test_a_new_user_has_an_empty_listing_and_no_error(desk: Desk) -> None:
    assert sync(desk) == set()


def test_facts_come_as_google_tells_them(desk: Desk) -> None:
    (google_id,) = stock(desk, 1)
    sync(desk)
    item = desk.sync.items[google_id]
    assert (item.filename, item.facts.width_px, item.facts.height_px) == ("IMG_0000.png", 8, 6)
    assert (item.facts.camera_make, item.facts.iso, item.app_created) == ("Stand-in", 100, True)


@pytest.mark.parametrize(
    "fault",
    [
        Fault.EMPTY_PAGE, Fault.DOUBLED, Fault.NULL_ENTRY, Fault.PAGE_DEAD, Fault.SAME_PAGE,
        Fault.MINUTE, Fault.MINUTE_AS_400, Fault.ERROR_500, Fault.ERROR_503, Fault.RESET,
        Fault.TRUNCATED, Fault.NO_LENGTH, Fault.GZIP_LIE, Fault.HTML, Fault.SIGN_IN_DEAD,
    ],
)  # fmt: skip
def test_passing_trouble_loses_and_doubles_nothing(make_desk: MakeDesk, fault: Fault) -> None:
    desk = make_desk({("list", 2): fault})
    ours = stock(desk, 250)
    assert sync(desk) == ours
    assert desk.google.schedule.struck == [("list", 2, fault)]


def test_too_many_requests_a_minute_waits_half_a_minute(make_desk: MakeDesk) -> None:
    desk = make_desk({("list", 1): Fault.MINUTE})
    sync(desk)
    assert desk.clock.monotonic() >= 30


@pytest.mark.parametrize("fault", [Fault.DAY, Fault.DAY_AS_400])
def test_a_spent_day_stops_at_once_and_says_when_to_go_on(
    make_desk: MakeDesk, fault: Fault
) -> None:
    desk = make_desk({("list", 2): fault})
    ours = stock(desk, 250)
    with pytest.raises(QuotaSpentError) as caught:
        sync(desk)
    # 18:00 UTC is 11:00 in California; the next day begins at 07:00 UTC.
    assert caught.value.resume_at.isoformat() == "2026-03-15T07:00:00+00:00"
    assert desk.google.schedule.calls("list") == 2
    assert sync(desk) == ours
    assert desk.google.schedule.calls("list") == 5  # the page that failed, the last, the first


def test_our_own_budget_stops_before_google_does(make_desk: MakeDesk) -> None:
    desk = make_desk(rules=Rules(limits={Budget.REQUESTS: 10_000}))
    desk.ledger.spend("123456789012", desk.clock.now().date(), "requests", 10_000)
    with pytest.raises(QuotaSpentError):
        sync(desk)
    assert desk.google.schedule.calls("list") == 0


def test_trouble_that_stays_ends_the_run_with_the_place_kept(make_desk: MakeDesk) -> None:
    desk = make_desk({("list", n): Fault.ERROR_500 for n in range(2, 20)})
    stock(desk, 250)
    with pytest.raises(GoogleUnavailableError):
        sync(desk)
    assert len(desk.sync.items) == 100
    assert desk.google.schedule.calls("list") <= 8
    assert desk.clock.monotonic() <= 700


def test_a_redirect_to_another_host_is_not_followed(make_desk: MakeDesk) -> None:
    desk = make_desk({("list", 1): Fault.REDIRECT})
    with pytest.raises(GoogleUnavailableError, match="not one of its hosts"):
        sync(desk)
    assert desk.google.trapped == []


def test_a_missing_scope_is_named(make_desk: MakeDesk) -> None:
    desk = make_desk(signed_in=False)
    desk.sign_in(frozenset({Scope.UPLOAD}))
    with pytest.raises(SignInError, match=r"readonly\.appcreateddata"):
        sync(desk)


def test_an_api_that_is_off_is_told_with_the_page_to_switch_it_on(make_desk: MakeDesk) -> None:
    desk = make_desk(rules=Rules(api_enabled=False))
    with pytest.raises(SignInError) as caught:
        sync(desk)
    assert "photoslibrary.googleapis.com?project=123456789012" in caught.value.hint


def test_a_revoked_sign_in_is_said_once_and_not_retried(make_desk: MakeDesk) -> None:
    desk = make_desk({("list", 1): Fault.REVOKED})
    with pytest.raises(SignInError, match="no longer valid"):
        sync(desk)
    assert desk.google.schedule.calls("list") == 1


def test_a_clock_days_off_costs_one_renewal(make_desk: MakeDesk) -> None:
    desk = make_desk()
    ours = stock(desk, 1)
    desk.clock.sleep(2 * 86400)
    assert sync(desk) == ours


def test_an_upload_is_listed_and_a_second_sync_finds_only_what_is_new(desk: Desk) -> None:
    stock(desk, 2)
    sync(desk)
    with desk.transport() as transport:
        desk.uploader(transport).run([job(png(99))])
        totals = sync_library(desk.library(transport), desk.sync, Silent())
    assert (totals.listed, totals.new, totals.not_listed) == (3, 1, 0)


def test_what_leaves_the_listing_is_counted_and_stays(desk: Desk) -> None:
    ours = stock(desk, 3)
    sync(desk)
    desk.google.truth.items.popitem()
    with desk.transport() as transport:
        totals = sync_library(desk.library(transport), desk.sync, Silent())
    assert (totals.listed, totals.not_listed) == (2, 1)
    assert set(desk.sync.items) == ours


def test_a_listing_that_ends_early_is_read_again_before_anything_is_said(
    make_desk: MakeDesk,
) -> None:
    desk = make_desk({("list", 4): Fault.EARLY_END})
    ours = stock(desk, 250)
    assert sync(desk) == ours
    with desk.transport() as transport:
        totals = sync_library(desk.library(transport), desk.sync, Silent())
    assert (totals.listed, totals.not_listed) == (250, 0)
