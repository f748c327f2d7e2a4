from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from gphotos_reconcile.google.fake.clock import ManualClock
from gphotos_reconcile.google.fake.faults import Fault, FaultSchedule
from gphotos_reconcile.google.fake.server import FakeGoogle
from gphotos_reconcile.google.fake.truth import Rules, Truth
from tests.google.desk import Desk

MakeDesk = Callable[..., Desk]


@pytest.fixture
def make_desk(tmp_path: Path) -> Iterator[MakeDesk]:
    """Start stand-ins with given faults and rules; signed in unless told otherwise."""
    with ExitStack() as stack:
        desks: list[Desk] = []

        def make(
            faults: dict[tuple[str, int], Fault] | None = None,
            rules: Rules | None = None,
            *,
            signed_in: bool = True,
        ) -> Desk:
            clock = ManualClock()
            google = FakeGoogle(Truth(clock, rules), FaultSchedule(faults))
            folder = tmp_path / f"desk{len(desks)}"
            folder.mkdir()
            desk = Desk(stack.enter_context(google), clock, folder)
            desks.append(desk)
            if signed_in:
                desk.sign_in()
            return desk

        yield make
        for desk in desks:
            assert desk.google.crashes == []
            assert desk.google.trapped == []


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    return make_desk()
