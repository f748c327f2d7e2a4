"""Carrying a staging plan out: its albums, its API batches, its probes, and reading them back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.core.journals import StageRecord, StageState, StagingJournal, UploadRecord
from gphotos_reconcile.core.ports import Progress
from gphotos_reconcile.core.staging import StagedItem, StagingPlan, Way
from gphotos_reconcile.google.albums import AddOutcome, Albums
from gphotos_reconcile.google.library import Library
from gphotos_reconcile.google.replies import AnswerLostError

_SETTLED: Final = frozenset({StageState.ADDED, StageState.VERIFIED, StageState.BAD})
_ALBUM_TRIES: Final = 3

UploadInto = Callable[[StagedItem, str], UploadRecord | None]
"""Uploads one item's original with an album's id; None when its file is not as it was."""


@dataclass(frozen=True, slots=True)
class StagingTotals:
    """How a plan stands: its items by state, and where its albums are."""

    states: Mapping[StageState, int]
    albums: Mapping[str, str]


def plan_totals(plan: StagingPlan, journal: StagingJournal) -> StagingTotals:
    """Return how a plan stands by the journal alone."""
    records = journal.stages(plan.plan_id)
    states = dict.fromkeys(StageState, 0)
    for staged in plan.items():
        record = records.get(staged.item.item_id)
        by_hand = staged.way in {Way.HAND, Way.TOOLKIT}
        state = StageState.BY_HAND if by_hand else StageState.PLANNED
        states[record.state if record is not None else state] += 1
    return StagingTotals(states, journal.albums(plan.plan_id))


class AlbumFilling:
    """Fills the albums of one plan, from wherever an earlier run stopped."""

    def __init__(
        self, albums: Albums, library: Library, journal: StagingJournal, progress: Progress
    ) -> None:
        self._albums = albums
        self._library = library
        self._journal = journal
        self._progress = progress

    def apply(
        self, plan: StagingPlan, *, upload_into: UploadInto | None = None, probes: int = 0
    ) -> StagingTotals:
        """Make the albums, add what the API may add, upload at most `probes` originals, verify.

        Args:
            plan: what to do.
            upload_into: carries out a probe.
            probes: how many originals to upload in this run; 1 is the trial that comes first.

        Raises:
            GoogleUnavailableError: it stopped half way; the place is kept.
            UsageError: more probes are asked for before the first one was verified.
        """
        self._check_probes(plan, probes)
        self._progress.start("Filling albums", sum(1 for _ in plan.items(Way.API)), "items")
        for title in plan.albums:
            album_id = self._album(plan.plan_id, title)
            self._add(plan, title, album_id)
            if upload_into is not None and probes > 0:
                probes -= self._probe(plan, title, album_id, upload_into, probes)
            self._verify(plan, title, album_id)
        self._progress.finish()
        return plan_totals(plan, self._journal)

    def _album(self, plan_id: str, title: str) -> str:
        """Return the id of the plan's album, made now if need be, and never made twice."""
        for _ in range(_ALBUM_TRIES):
            known = self._journal.albums(plan_id)
            if known.get(title):
                return known[title]
            if title in known:  # asked for before, and no answer came
                found = self._unclaimed(title)
                if found is not None:
                    self._journal.save_album(plan_id, title, found)
                    return found
            self._journal.save_album(plan_id, title, "")
            try:
                album = self._albums.create(title)
            except AnswerLostError:
                continue
            self._journal.save_album(plan_id, title, album.album_id)
            return album.album_id
        raise AnswerLostError

    def _unclaimed(self, title: str) -> str | None:
        """Return an empty album with this title that no plan has, as a lost answer leaves one."""
        claimed = self._journal.album_ids()
        mine = (a for a in self._albums.mine() if a.title == title and not a.items)
        return next((a.album_id for a in mine if a.album_id not in claimed), None)

    def _add(self, plan: StagingPlan, title: str, album_id: str) -> None:
        records = self._journal.stages(plan.plan_id)
        todo = {
            staged.item.google_id: staged.item.item_id
            for batch in plan.batches
            if batch.way is Way.API and batch.album == title
            for staged in batch.items
            if staged.item.google_id is not None
            and not _is(records.get(staged.item.item_id), _SETTLED)
        }

        def on_done(outcome: AddOutcome) -> None:
            added = [(google_id, StageState.ADDED, "") for google_id in outcome.added]
            bad = [(google_id, StageState.BAD, why) for google_id, why in outcome.refused]
            self._journal.save_stages(
                StageRecord(
                    plan=plan.plan_id,
                    item_id=todo[google_id],
                    state=state,
                    google_id=google_id,
                    album_id=album_id,
                    message=why,
                )
                for google_id, state, why in [*added, *bad]
            )
            self._progress.advance(len(added) + len(bad))

        self._albums.add(album_id, list(todo), on_done)

    def _probe(
        self, plan: StagingPlan, title: str, album_id: str, upload_into: UploadInto, most: int
    ) -> int:
        """Upload originals again, into the album; return how many were tried."""
        records = self._journal.stages(plan.plan_id)
        todo = [
            staged
            for batch in plan.batches
            if batch.way is Way.PROBE and batch.album == title
            for staged in batch.items
            if not _is(records.get(staged.item.item_id), _SETTLED)
        ][:most]
        for staged in todo:
            uploaded = upload_into(staged, album_id)
            google_id = None if uploaded is None else uploaded.google_id
            self._journal.save_stages(
                [
                    StageRecord(
                        plan=plan.plan_id,
                        item_id=staged.item.item_id,
                        state=StageState.PLANNED if google_id is None else StageState.ADDED,
                        google_id=google_id,
                        album_id=album_id,
                        message="" if uploaded is None else uploaded.message,
                    )
                ]
            )
        return len(todo)

    def _verify(self, plan: StagingPlan, title: str, album_id: str) -> None:
        """Read the album back: what is in it is verified, what is not is planned again."""
        titles = {s.item.item_id: b.album for b in plan.batches for s in b.items}
        ours = {
            record.google_id: record
            for record in self._journal.stages(plan.plan_id).values()
            if record.state in {StageState.ADDED, StageState.VERIFIED}
            and titles.get(record.item_id) == title
        }
        if not ours:
            return
        there = {
            item.listed.google_id
            for page in self._library.album_pages(album_id)
            for item in page.items
        }
        self._journal.save_stages(
            StageRecord(
                plan=plan.plan_id,
                item_id=record.item_id,
                state=StageState.VERIFIED if google_id in there else StageState.PLANNED,
                google_id=google_id,
                album_id=album_id,
                message="" if google_id in there else "Google took it, but the album lacks it",
            )
            for google_id, record in ours.items()
        )

    def _check_probes(self, plan: StagingPlan, probes: int) -> None:
        records = self._journal.stages(plan.plan_id)
        proven = any(
            _is(records.get(staged.item.item_id), frozenset({StageState.VERIFIED}))
            for staged in plan.items(Way.PROBE)
        )
        if probes > 1 and not proven:
            raise UsageError(
                "Uploading originals again is tried with one item first.",
                hint="Run the same command with one probe, look in Google Photos that the photo is "
                "there once and in the album, then ask for more.",
            )


def _is(record: StageRecord | None, states: frozenset[StageState]) -> bool:
    return record is not None and record.state in states
