"""Seeded fault schedules: whatever breaks, at most three runs give the fault-free truth.

One seed makes a small world, lets up to 14 faults strike and up to two runs be ended (by a spent
day, a revoked sign-in, a redirect, or a kill at a journal write), and then compares every claim of
the journals with what the stand-in really holds.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from gphotos_reconcile.core.errors import GoogleUnavailableError, SignInError
from gphotos_reconcile.core.journals import StageState, UploadState
from gphotos_reconcile.core.staging import StageItem, plan_staging
from gphotos_reconcile.exporters.uploads import UploadJob, totals
from gphotos_reconcile.google.fake import person
from gphotos_reconcile.google.fake.clock import ManualClock
from gphotos_reconcile.google.fake.consent import CLIENT_ID
from gphotos_reconcile.google.fake.faults import FaultSchedule
from gphotos_reconcile.google.fake.server import FakeGoogle
from gphotos_reconcile.google.fake.truth import Rules, Truth
from gphotos_reconcile.google.media_bytes import MediaBytes
from gphotos_reconcile.google.quota import QuotaSpentError
from gphotos_reconcile.google.scopes import Scope
from gphotos_reconcile.sources.fetched import FetchedPicture, fetch_pictures
from gphotos_reconcile.sources.library_api import sync_library
from gphotos_reconcile.sources.picker import sync_picker
from tests.google.desk import Desk, Silent, job, png

RUNS = 3
ENDPOINTS = (
    "list", "search", "batchCreate", "batchCreate", "albums.create", "albums.list", "albums.add",
    "upload.start", "upload.part", "picker.create", "picker.get", "picker.list", "picker.delete",
    "picked",
)  # fmt: skip
_PICKS = 5


class Killed(BaseException):
    """The process ends here, without a chance to tidy up."""


@dataclass(frozen=True)
class World:
    """What a seed decides beside the faults."""

    files: int
    dedupe: bool
    older: int

    def rules(self) -> Rules:
        return Rules(dedupe=self.dedupe, chunk_granularity=256)

    def jobs(self) -> list[UploadJob]:
        """Files of which every seventh has the name of another one, but another size."""
        made = []
        for n in range(self.files):
            twin = n % 7 == 3
            name = f"IMG_{n - twin:04}.png"
            # Every fifth is larger than a chunk, and goes up in parts.
            content = png(n, 8 + twin, 40 if n % 5 == 0 else 6)
            made.append(job(content, name))
        return made

    def stock(self, truth: Truth) -> None:
        """What was there before: uploads of another machine, with our names and sizes."""
        for n in range(self.older):
            truth.store(f"IMG_{n:04}.png", "image/png", png(5000 + n, 8, 6), CLIENT_ID)
        for n in range(_PICKS):
            truth.store(f"own{n}.png", "image/png", png(9000 + n))


WORLDS = [
    World(files, dedupe, older)
    for files, dedupe, older in product((3, 20, 60), (True, False), (0, 130))
]


@dataclass(frozen=True)
class Outcome:
    """What a seed came to; `wrong` says which law was broken."""

    seed: int
    runs: int
    requests: int
    struck: int
    killed: int
    wrong: tuple[str, ...]


Journals = Callable[[Path, datetime], dict[str, Any]]
"""Makes the journals of a desk, in a folder."""


def in_memory(_: Path, __: datetime) -> dict[str, Any]:
    """Return no journals: a desk has its own."""
    return {}


def run_seed(seed: int, most_files: int = 60, journals: Journals = in_memory) -> Outcome:
    """Run one seed to its end."""
    draw = random.Random(seed)
    world = draw.choice([world for world in WORLDS if world.files <= most_files])
    kills = draw.randint(0, 1)
    schedule = FaultSchedule.seeded(seed, ENDPOINTS, fatal=2 - kills)
    with _desk(world, schedule, journals) as desk:
        bomb = _Bomb(draw.randint(1, 12) if kills else 0)
        _wire(desk, bomb)
        wrong: list[str] = []
        runs = 0
        done = False
        while not done and runs < RUNS:
            runs += 1
            done = _one_run(desk, world)
            wrong += _false_claims(desk)
        if not done:
            wrong.append(f"not done after {RUNS} runs: {', '.join(desk.endings)}")
            wrong.append(str(schedule.struck))
        else:
            wrong += _differences(desk, world)
        wrong += _manners(desk)
        limit = runs * 1.2 * fault_free_requests(world) + 8 * len(schedule.struck) + 20
        if schedule.calls() > limit:
            wrong.append(f"{schedule.calls()} requests, more than {limit:.0f}")
        return Outcome(
            seed, runs, schedule.calls(), len(schedule.struck), bomb.exploded, tuple(wrong)
        )


@cache
def fault_free_requests(world: World) -> int:
    """Return how many requests the world takes when nothing goes wrong."""
    schedule = FaultSchedule()
    with _desk(world, schedule) as desk:
        assert _one_run(desk, world)
        assert not _differences(desk, world)
    return schedule.calls()


@contextmanager
def _desk(world: World, schedule: FaultSchedule, journals: Journals = in_memory) -> Iterator[Desk]:
    clock = ManualClock()
    truth = Truth(clock, world.rules())
    world.stock(truth)
    with TemporaryDirectory() as folder, FakeGoogle(truth, schedule) as google:
        made = journals(Path(folder), clock.now())
        desk = Desk(google, clock, Path(folder), chunk_bytes=512, **made)
        desk.sign_in()
        yield desk


def _one_run(desk: Desk, world: World) -> bool:
    """Run every command once; return whether all of them came to their end."""
    try:
        with desk.transport() as transport:
            records = desk.uploader(transport).run(world.jobs())
            sync_library(desk.library(transport), desk.sync, Silent())
            plan = plan_staging(_stage_items(desk), title="Staged")
            staged = desk.filling(transport).apply(plan)
            all_seen = _pick(desk, transport)
    except QuotaSpentError as error:
        desk.endings.append("quota")
        desk.clock.sleep((error.resume_at - desk.clock.now()).total_seconds() + 1)
        return False
    except GoogleUnavailableError as error:
        desk.endings.append(repr(error))
        desk.clock.sleep(60)
        return False
    except SignInError as error:
        desk.endings.append(repr(error))
        desk.sign_in()
        return False
    except Killed:
        desk.endings.append("killed")
        return False
    uploaded = all(r.state in {UploadState.CREATED, UploadState.FOUND} for r in records.values())
    desk.endings.append(f"{totals(records.values())} {staged.states} {all_seen=}")
    return uploaded and all_seen and staged.states[StageState.VERIFIED] == world.files


def _stage_items(desk: Desk) -> list[StageItem]:
    done = [r for _, r in sorted(desk.uploads.all.items()) if r.google_id]
    # The plan of a run that ended early names fewer items: its id would be another one.
    return [
        StageItem(item_id=n, filename=r.filename, google_id=r.google_id) for n, r in enumerate(done)
    ]


def _pick(desk: Desk, transport: Any) -> bool:
    """Pick and look at every picture; return whether all of them came."""
    names = [f"own{n}.png" for n in range(_PICKS)]

    def fetch(items: Any, renew: Any) -> None:
        media_bytes = MediaBytes(transport, renew, Scope.PICK)
        for google_id, got in fetch_pictures(items, media_bytes, jobs=2):
            if isinstance(got, FetchedPicture):
                fetched[google_id] = got.content

    fetched: dict[str, bytes] = {}
    sync_picker(
        desk.picker(transport),
        desk.sync,
        show=lambda uri: person.pick(uri, names),
        more=lambda _: False,
        on_page=fetch,
    )
    stored = {f"PKD{i.item_id}": i.content for i in desk.google.truth.items.values()}
    for google_id, content in fetched.items():
        assert content == stored[google_id], "fetched bytes are not what was served"
    return len(fetched) == _PICKS


def _false_claims(desk: Desk) -> list[str]:
    """Return every "uploaded" that is not true at this moment."""
    items = desk.google.truth.items
    return [
        f"{record.filename}: claimed {record.state}, not so"
        for record in desk.uploads.all.values()
        if record.google_id is not None
        and (record.google_id not in items or items[record.google_id].sha256 != record.sha256)
    ]


def _differences(desk: Desk, world: World) -> list[str]:
    """Return what differs from the fault-free truth."""
    truth = desk.google.truth
    ours = [item for item in truth.items.values() if item.creator == CLIENT_ID]
    wanted = {j.sha256 for j in world.jobs()}
    copies = Counter(item.sha256 for item in ours)
    wrong = [f"doubled {n}x" for digest, n in copies.items() if digest in wanted and n > 1]
    wrong += ["lost" for digest in wanted if digest not in copies]
    if len(ours) != world.files + world.older:
        wrong.append(f"{len(ours)} items instead of {world.files + world.older}")
    listed = {i for i in desk.sync.items if not i.startswith("PKD")}
    if not listed >= {item.item_id for item in ours}:
        wrong.append("the listing in the catalogue lacks items")
    picked = [i for i in desk.sync.items if i.startswith("PKD")]
    if len(picked) != _PICKS:
        wrong.append(f"{len(picked)} picked items instead of {_PICKS}")
    expected = {item.item_id for item in ours if item.sha256 in wanted}
    albums = list(truth.albums.values())
    if len(albums) != 1 or albums[0].items.keys() != expected:
        wrong.append(f"albums hold {[len(a.items) for a in albums]}, not once {len(expected)}")
    return wrong


def _manners(desk: Desk) -> list[str]:
    google = desk.google
    wrong = [f"crash: {crash!r}" for crash in google.crashes]
    if google.trapped:
        wrong.append("a request reached another host")
    asked = set(google.requests)
    if any(method == "DELETE" and name != "picker.delete" for method, name in asked):
        wrong.append("something was deleted")
    if any(name == "unknown" for _, name in asked):
        wrong.append("an unknown address was asked for")
    return wrong


class _Bomb:
    """Ends the process at the n-th write to a journal, before or after it is made."""

    def __init__(self, at: int) -> None:
        self._at = at
        self._count = 0
        self.exploded = 0

    def around(self, write: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*args: Any, **kwargs: Any) -> Any:
            self._count += 1
            if self._count == self._at and self._at % 2:
                self.exploded += 1
                raise Killed
            answer = write(*args, **kwargs)
            if self._count == self._at:
                self.exploded += 1
                raise Killed
            return answer

        return guarded


def _wire(desk: Desk, bomb: _Bomb) -> None:
    for journal, names in (
        (desk.uploads, ("save", "save_baseline")),
        (desk.sync, ("save_page", "finish_pass", "restart_pass")),
        (desk.staging, ("save_album", "save_stages")),
    ):
        for name in names:
            setattr(journal, name, bomb.around(getattr(journal, name)))
