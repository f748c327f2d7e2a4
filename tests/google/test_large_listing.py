import tracemalloc
from collections.abc import Sequence

import pytest

from gphotos_reconcile.core.listing import ListedItem
from gphotos_reconcile.core.model import Problem
from gphotos_reconcile.google.fake.consent import CLIENT_ID
from gphotos_reconcile.google.fake.faults import Fault
from gphotos_reconcile.sources.library_api import sync_library
from tests.google.conftest import MakeDesk
from tests.google.desk import Desk, Silent
from tests.google.memory_journals import MemorySync


class Killed(BaseException):
    """The process ends."""


class Counting(MemorySync):
    """Keeps ids only, and ends the process at one page."""

    def __init__(self, kill_at: int = 0) -> None:
        super().__init__()
        self._kill_at = kill_at
        self._saved = 0

    def save_page(
        self,
        pass_id: int,
        items: Sequence[ListedItem],
        rejected: Sequence[Problem],
        next_token: str,
    ) -> int:
        self._saved += 1
        if self._saved == self._kill_at:
            raise Killed
        return super().save_page(pass_id, items, rejected, next_token)


def stock(desk: Desk, count: int) -> None:
    for n in range(count):
        desk.google.truth.store(f"IMG_{n:06}.jpg", "image/jpeg", b"", CLIENT_ID)


def sync(desk: Desk) -> None:
    with desk.transport() as transport:
        sync_library(desk.library(transport), desk.sync, Silent())


@pytest.mark.slow
def test_a_hundred_thousand_items_take_a_thousand_calls_and_one_percent(
    make_desk: MakeDesk,
) -> None:
    desk = make_desk({("list", 500): Fault.ERROR_503, ("list", 700): Fault.TRUNCATED})
    stock(desk, 100_000)
    sync(desk)
    assert desk.google.schedule.calls("list") <= 1_010
    assert desk.sync.items.keys() == desk.google.truth.items.keys()


@pytest.mark.slow
def test_memory_does_not_grow_with_the_listing(make_desk: MakeDesk) -> None:
    class Forgetful(MemorySync):
        def save_page(
            self,
            pass_id: int,
            items: Sequence[ListedItem],
            rejected: Sequence[Problem],
            next_token: str,
        ) -> int:
            peaks.append(tracemalloc.get_traced_memory()[0])
            return len(items)

    peaks: list[int] = []
    desk = make_desk()
    stock(desk, 10_000)
    desk.sync = Forgetful()
    tracemalloc.start()
    try:
        sync(desk)
    finally:
        tracemalloc.stop()
    assert len(peaks) == 100
    assert max(peaks[50:]) - max(peaks[:50]) < 1 << 20


@pytest.mark.parametrize("page", range(1, 8))
def test_killed_at_any_page_and_run_again_gives_the_same(make_desk: MakeDesk, page: int) -> None:
    desk = make_desk()
    stock(desk, 650)
    desk.sync = Counting(kill_at=page)
    with pytest.raises(Killed):
        sync(desk)
    sync(desk)
    assert desk.sync.items.keys() == desk.google.truth.items.keys()
    assert desk.google.schedule.calls("list") <= 9
