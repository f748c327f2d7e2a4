"""Two tabs and a running import lose no decision and double none.

The long form: GPHOTOS_RECONCILE_DECISIONS=10000 pytest tests/web/test_together.py
"""

import http.client
import json
import multiprocessing
import os
import threading
import time
from collections.abc import Sequence
from multiprocessing.synchronize import Event

import pytest
from sqlalchemy import func, insert, select

from gphotos_reconcile.core.errors import CatalogError
from gphotos_reconcile.store.decisions import all_decisions
from gphotos_reconcile.store.engine import open_catalog
from gphotos_reconcile.store.schema import problem, scan_run, verdict
from tests.web.conftest import Running, Start
from tests.web.library import many_undecided

COUNT = int(os.environ.get("GPHOTOS_RECONCILE_DECISIONS", "100"))
"""How many decisions are made."""


def long_import(location: str, started: Event, stop: Event, pause_s: float = 0.02) -> None:
    """Write batches as an import does: the writer's lock held, one transaction after the other."""
    with open_catalog(location, write=True) as catalog:
        written = 0
        while not stop.is_set():
            with catalog.begin() as conn:
                run_id = conn.execute(
                    insert(scan_run)
                    .values(source="x", kind="local", started_at_utc="2026-01-10T09:00:00Z")
                    .returning(scan_run.c.run_id)
                ).scalar_one()
                rows = {"run_id": run_id, "source": "x", "path": "p", "stage": "s"}
                words = {"message": "m" * 200, "hint": "h" * 200}
                conn.execute(insert(problem), [{**rows, **words}] * 256)
            started.set()
            written += 1
            time.sleep(pause_s)  # reading the next entries takes far longer


class Tab(threading.Thread):
    """One tab: says a word on each of its items, and each request twice, as a nervous hand does."""

    def __init__(self, running: Running, pairs: Sequence[tuple[int, int]], name: str) -> None:
        super().__init__(name=name)
        self._running = running
        self._pairs = pairs
        self.answers: list[int] = []
        self.waits_s: list[float] = []

    def run(self) -> None:
        """Send everything over one connection, as a browser does."""
        connection = http.client.HTTPConnection("127.0.0.1", self._running.session.port)
        for cloud, local in self._pairs:
            document = {
                "item": cloud,
                "words": {str(local): "same" if cloud % 3 else "different"},
                "batch": f"{self.name}-{cloud:010d}",
                "seen": "0.0",
            }
            for _ in range(2):
                began = time.monotonic()
                while True:
                    body = json.dumps(document)
                    connection.request("POST", "/api/say", body, self._running.own)
                    answer = connection.getresponse()
                    answer.read()
                    if answer.status != 503:  # busy: the page asks again
                        break
                self.answers.append(answer.status)
                self.waits_s.append(time.monotonic() - began)
        connection.close()


@pytest.mark.slow
def test_no_decision_of_two_tabs_is_lost_or_doubled_while_an_import_runs(start: Start) -> None:
    running = start(lambda shelf: many_undecided(shelf, COUNT))
    query = "SELECT item_id, counterpart_id FROM verdict ORDER BY item_id"
    with running.catalog.connect() as conn:
        pairs = [(cloud, local) for cloud, local in conn.exec_driver_sql(query)]
    tabs = [Tab(running, pairs[0::2], "first-tab"), Tab(running, pairs[1::2], "other-tab")]
    spawn = multiprocessing.get_context("spawn")
    started, stop = spawn.Event(), spawn.Event()
    place = str(running.catalog.path)
    importing = spawn.Process(target=long_import, args=(place, started, stop))
    importing.start()
    try:
        assert started.wait(60)
        with pytest.raises(CatalogError), open_catalog(place, write=True):
            pass  # the import really holds the lock of long writers
        for tab in tabs:
            tab.start()
        for tab in tabs:
            tab.join()
    finally:
        stop.set()
        importing.join()

    assert importing.exitcode == 0
    assert {answer for tab in tabs for answer in tab.answers} == {200}
    assert sum(len(tab.answers) for tab in tabs) == 2 * COUNT
    with running.catalog.connect() as conn:
        kept = all_decisions(conn)
        confirmed = conn.scalar(
            select(func.count()).where(verdict.c.verdict == "confirmed", verdict.c.rule == "person")
        )
        problems = conn.scalar(select(func.count()).select_from(problem))
        assert conn.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    assert len(kept) == len({one.batch for one in kept}) == COUNT
    assert confirmed == sum(one.word == "same" for one in kept)
    assert problems
    waits = sorted(wait for tab in tabs for wait in tab.waits_s)
    print(  # noqa: T201 - the figures of the long form, shown with -s
        f"{len(kept)} decisions, {problems // 256} import batches;"
        f" wait p50 {waits[len(waits) // 2]:.3f} s, p95 {waits[int(len(waits) * 0.95)]:.3f} s"
    )
