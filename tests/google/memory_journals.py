"""Journals that outlast a run of the client, as a catalogue would, but not the test."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from gphotos_reconcile.core.journals import (
    ListingPass,
    StageRecord,
    StageState,
    UploadRecord,
    UploadState,
)
from gphotos_reconcile.core.listing import ListedItem, PassTotals
from gphotos_reconcile.core.model import Problem


@dataclass
class Pass:
    source: str
    token: str = ""
    pages: int = 0
    seen: dict[str, None] = field(default_factory=dict)
    repeated: int = 0
    rejected: int = 0
    open: bool = True


class MemorySync:
    def __init__(self, uploads: "MemoryUploads | None" = None) -> None:
        self.uploads = uploads
        self.passes: list[Pass] = []
        self.items: dict[str, ListedItem] = {}
        self.first_seen: dict[str, int] = {}

    def open_pass(self, source: str) -> ListingPass:
        for number, walk in enumerate(self.passes):
            if walk.open and walk.source == source:
                return ListingPass(pass_id=number, page_token=walk.token, pages=walk.pages)
        self.passes.append(Pass(source))
        return ListingPass(pass_id=len(self.passes) - 1)

    def save_page(
        self,
        pass_id: int,
        items: Sequence[ListedItem],
        rejected: Sequence[Problem],
        next_token: str,
    ) -> int:
        walk = self.passes[pass_id]
        before = len(walk.seen)
        for item in items:
            walk.repeated += item.google_id in walk.seen
            walk.seen[item.google_id] = None
            self.items[item.google_id] = item
            self.first_seen.setdefault(item.google_id, pass_id)
        walk.rejected += len(rejected)
        walk.pages += 1
        walk.token = next_token
        return len(walk.seen) - before

    def restart_pass(self, pass_id: int) -> None:
        self.passes[pass_id].token = ""

    def finish_pass(self, pass_id: int) -> PassTotals:
        walk = self.passes[pass_id]
        walk.open = False
        earlier = [p for p in self.passes[:pass_id] if p.source == walk.source and not p.open]
        before = set(earlier[-1].seen) if earlier else set()
        if self.uploads is not None:
            ever = {i for p in earlier for i in p.seen}
            before |= {r.google_id for r in self.uploads.all.values() if r.google_id} - ever
            before |= set() if earlier else self.uploads.baseline
        return PassTotals(
            pages=walk.pages,
            listed=len(walk.seen),
            new=sum(self.first_seen[i] == pass_id for i in walk.seen),
            repeated=walk.repeated,
            rejected=walk.rejected,
            not_listed=len(before - walk.seen.keys()),
            complete=True,
        )


class MemoryUploads:
    def __init__(self) -> None:
        self.all: dict[str, UploadRecord] = {}
        self.baseline: set[str] = set()
        self.taken = False

    def record(self, sha256: str) -> UploadRecord | None:
        return self.all.get(sha256)

    def records(self, state: UploadState) -> Sequence[UploadRecord]:
        return [r for _, r in sorted(self.all.items()) if r.state is state]

    def save(self, records: Iterable[UploadRecord]) -> None:
        self.all.update({r.sha256: r for r in list(records)})

    def known_ids(self) -> frozenset[str]:
        ours = {r.google_id for r in self.all.values() if r.google_id}
        return frozenset(ours | self.baseline)

    def baseline_taken(self) -> bool:
        return self.taken

    def save_baseline(self, google_ids: Iterable[str], *, complete: bool) -> None:
        self.baseline |= set(google_ids)
        self.taken = self.taken or complete


class MemoryLedger:
    def __init__(self) -> None:
        self.sums: Counter[tuple[str, date, str]] = Counter()

    def spent(self, project: str, day: date, budget: str) -> int:
        return self.sums[(project, day, budget)]

    def spend(self, project: str, day: date, budget: str, count: int) -> None:
        self.sums[(project, day, budget)] += count


class MemoryStaging:
    def __init__(self) -> None:
        self._albums: dict[str, dict[str, str]] = {}
        self._stages: dict[str, dict[int, StageRecord]] = {}

    def albums(self, plan: str) -> Mapping[str, str]:
        return dict(self._albums.get(plan, {}))

    def album_ids(self) -> frozenset[str]:
        return frozenset(i for plan in self._albums.values() for i in plan.values() if i)

    def save_album(self, plan: str, title: str, album_id: str) -> None:
        self._albums.setdefault(plan, {})[title] = album_id

    def stages(self, plan: str) -> Mapping[int, StageRecord]:
        return dict(self._stages.get(plan, {}))

    def save_stages(self, records: Iterable[StageRecord]) -> None:
        for record in list(records):
            self._stages.setdefault(record.plan, {})[record.item_id] = record

    def bad_ids(self) -> frozenset[str]:
        return frozenset(
            r.google_id
            for plan in self._stages.values()
            for r in plan.values()
            if r.state is StageState.BAD and r.google_id
        )
