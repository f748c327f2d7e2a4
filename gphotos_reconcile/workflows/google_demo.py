"""The Google commands tried against the stand-in, without an account."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from gphotos_reconcile.core.errors import GoogleUnavailableError
from gphotos_reconcile.core.journals import StageState, UploadState
from gphotos_reconcile.core.model import Problem
from gphotos_reconcile.core.ports import Progress
from gphotos_reconcile.core.times import parse_utc
from gphotos_reconcile.google.clock import SystemClock
from gphotos_reconcile.google.fake import person
from gphotos_reconcile.google.fake.server import FakeGoogle
from gphotos_reconcile.google.fake.stocking import fill, write_client_secret
from gphotos_reconcile.google.fake.truth import Truth
from gphotos_reconcile.google.quota import Budget
from gphotos_reconcile.matching.options import MatchOptions
from gphotos_reconcile.media.worker import WorkerPool
from gphotos_reconcile.store.engine import Catalog
from gphotos_reconcile.store.google_demo import exported_photos, listed_ids, picked_verdicts
from gphotos_reconcile.workflows import auth, stage, sync, upload
from gphotos_reconcile.workflows.demo import run_demo
from gphotos_reconcile.workflows.google_access import GoogleOptions
from gphotos_reconcile.workflows.match import match_catalog
from gphotos_reconcile.workflows.media_access import BytesFinder

CATALOG: Final = "google-demo.db"
ALBUM: Final = "Tried with the stand-in"

_UPLOADS: Final = 12
_PICKS: Final = 4
_LEFT_OF_THE_DAY: Final = 7  # requests: enough to begin the upload, and not to end it


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoStep:
    """One step of the trial: the command, what happened, what a real account would do."""

    command: str
    happened: str
    real: str


@contextmanager
def stand_in(folder: Path, photos: Path | None, *, port: int = 0) -> Iterator[tuple[str, Path]]:
    """Start the stand-in; yield its address and the client secret that leads to it.

    Args:
        folder: the client secret is written under it.
        photos: what the account holds; nothing when None.
        port: 0 for a free one.
    """
    truth = Truth(SystemClock())
    if photos is not None:
        fill(truth, photos)
    with FakeGoogle(truth, port=port) as google:
        secret = folder / "google" / "client_secret.json"
        write_client_secret(google, secret)
        yield google.origin, secret


def google_demo(
    folder: Path, catalog: Catalog, *, pool: WorkerPool, progress: Progress
) -> Iterator[DemoStep]:
    """Yield the steps of the trial as they are done.

    Args:
        folder: for the sample and the stand-in's client secret.
        catalog: a new one: what was uploaded to an earlier stand-in is gone with it.
        pool: looks at pictures.
        progress: told of the long parts.
    """
    run_demo(folder, catalog, pool=pool, progress=progress)
    with FakeGoogle(Truth(SystemClock())) as google:
        secret = folder / "google" / "client_secret.json"
        write_client_secret(google, secret)
        options = GoogleOptions(client_secret=secret, state_folder=folder / "google" / "private")
        trial = _Trial(google, catalog, options, pool, progress)
        photos = sorted((folder / "library").rglob("*.jpg"))
        picked = trial.stock(photos[-1])
        yield trial.start(len(picked))
        yield trial.sign_in()
        yield trial.empty_listing()
        files = photos[:_UPLOADS]
        yield trial.upload_until_the_quota_ends(files)
        yield trial.upload_the_rest(files)
        yield trial.listing()
        yield trial.stage()
        yield trial.pick(picked)
        yield trial.match()
        yield trial.sign_out()


@dataclass(frozen=True, slots=True)
class _Trial:
    """One user at the stand-in; each method is a step."""

    google: FakeGoogle
    catalog: Catalog
    options: GoogleOptions
    pool: WorkerPool
    progress: Progress

    def stock(self, local: Path) -> list[str]:
        """Put photos into the account: some of the export, and one that only the library has.

        Returns their names.
        """
        find = BytesFinder(self.catalog)
        names: list[str] = []
        with self.catalog.connect() as conn:
            found = exported_photos(conn, _PICKS)
        for item_id, name, taken in found:
            source = find(item_id)
            taken_at = parse_utc(taken)
            if not isinstance(source, Problem) and taken_at is not None:
                with source.open() as stream:
                    self._store(name, stream.read(), taken_at)
                names.append(name)
        self._store(local.name, local.read_bytes(), self.google.truth.clock.now())
        return [*names, local.name]

    def _store(self, name: str, content: bytes, taken_at: datetime) -> None:
        self.google.truth.store(name, "image/jpeg", content).created_at = taken_at

    def start(self, count: int) -> DemoStep:
        return DemoStep(
            command="demo --google --serve",
            happened=f"A stand-in for Google Photos listens on {self.google.origin}, on this "
            f"machine only; {count} photos of the sample are in its account.",
            real="You make a client of your own in Google's console, once (README, Google). The "
            "program speaks to Google's hosts alone, or to the stand-in alone, never to both.",
        )

    def sign_in(self) -> DemoStep:
        shown: list[str] = []
        scopes = auth.scopes_for(("upload", "sync picker"))
        outcome = auth.login_by_paste(
            self.options,
            scopes,
            show=shown.append,
            read_line=lambda: person.consent(shown[0]),
        )
        words = "; ".join(sorted(scope.in_words for scope in scopes))
        missing = f" Not granted: {len(outcome.missing)}." if outcome.missing else ""
        return DemoStep(
            command='auth login --no-browser --for upload --for "sync picker"',
            happened=f"Signed in; the program may {words}.{missing}",
            real="Your browser opens on Google's page, you choose the account and tick what you "
            "allow. Each command asks for its own few permissions only.",
        )

    def empty_listing(self) -> DemoStep:
        totals = sync.sync_uploaded(self.options, self.catalog, self.progress).totals
        return DemoStep(
            command="sync library",
            happened=f"{totals.listed} items listed, although the account holds photos.",
            real="The same: since 2025-03-31 Google shows a program only what it uploaded itself. "
            "The whole library comes from a Takeout export.",
        )

    def upload_until_the_quota_ends(self, files: Sequence[Path]) -> DemoStep:
        truth = self.google.truth
        full = truth.rules.limits[Budget.REQUESTS]
        truth.rules.limits[Budget.REQUESTS] = truth.spent(Budget.REQUESTS) + _LEFT_OF_THE_DAY
        try:
            self._upload(files)
            told = "It was not needed."
        except GoogleUnavailableError as error:
            told = f"{error} {error.hint} (Exit code {error.exit_code}.)"
        finally:
            truth.rules.limits[Budget.REQUESTS] = full
        return DemoStep(
            command="upload library/*.jpg",
            happened=f"The day's quota was made to end in the middle. {told}",
            real="10,000 requests a day and project. The place is kept in the catalogue; the same "
            "command goes on, tomorrow or after any other break.",
        )

    def upload_the_rest(self, files: Sequence[Path]) -> DemoStep:
        report = self._upload(files)
        there = sum(report.states.get(s, 0) for s in (UploadState.CREATED, UploadState.FOUND))
        stored = [item for item in self.google.truth.items.values() if item.creator]
        return DemoStep(
            command=f'upload library/*.jpg --album "{ALBUM}"',
            happened=f"The next day: {there} of {len(files)} files acknowledged, {len(stored)}"
            f" stored, each once; {len(report.trouble)} is no photo and was not sent.",
            real="The files count as storage in your account, and no API can delete them again.",
        )

    def _upload(self, files: Sequence[Path]) -> upload.UploadReport:
        return upload.upload_files(
            files, album=ALBUM, options=self.options, catalog=self.catalog, progress=self.progress
        )

    def listing(self) -> DemoStep:
        totals = sync.sync_uploaded(self.options, self.catalog, self.progress).totals
        return DemoStep(
            command="sync library",
            happened=f"{totals.listed} items listed, {totals.new} of them new.",
            real="The same list. What is missing from it later is told, and never called deleted.",
        )

    def stage(self) -> DemoStep:
        with self.catalog.connect() as conn:
            ids = listed_ids(conn)
        chosen = self.options.client_secret.with_name("item-ids.txt")
        chosen.write_text("".join(f"{item_id}\n" for item_id in ids), encoding="utf-8")
        request = stage.StageRequest(chosen=str(chosen), title=f"{ALBUM}: staged")
        plan = stage.make_plan(self.catalog, request)
        totals = stage.apply_plan(
            self.catalog, plan, options=self.options, probes=0, progress=self.progress
        )
        return DemoStep(
            command=f'stage plan {chosen.name} --title "{request.title}", then stage apply',
            happened=f"{totals.states[StageState.VERIFIED]} of {len(ids)} items read back from"
            " the album.",
            real="Only albums and items of this program can be filled by the API. For all others "
            "`export album-staging` writes a page of links for your own hand.",
        )

    def pick(self, wanted: Sequence[str]) -> DemoStep:
        report = sync.sync_picked(
            self.options,
            self.catalog,
            show=lambda address: person.pick(address, wanted),
            more=lambda _: False,
            fingerprinter=self.pool,
        )
        return DemoStep(
            command="sync picker --fingerprint",
            happened=f"{report.totals.listed} photos picked, {report.pictures} looked at; nothing "
            "of their bytes was kept.",
            real="Google's own page opens (or scan the QR code with your phone); you tick up to "
            "2,000 photos a round. What it hands out is recompressed, so pixels alone count.",
        )

    def match(self) -> DemoStep:
        match_catalog(self.catalog, MatchOptions(), pool=self.pool, progress=self.progress)
        with self.catalog.connect() as conn:
            joined, apart = picked_verdicts(conn)
        words = ", ".join(f"{count} {verdict}" for verdict, count in apart) or "none"
        return DemoStep(
            command="match",
            happened=f"{joined} picks are in the export as well and told as one with it; by"
            f" themselves: {words}.",
            real="The same. Of a pick that no export holds nothing is ever claimed: it can be for "
            "your eye, a smaller copy, a variant, or unknown.",
        )

    def sign_out(self) -> DemoStep:
        revoked = auth.logout(self.options)
        return DemoStep(
            command="auth logout",
            happened="The access was taken back." if revoked else "The sign-in was forgotten.",
            real="The same, and https://myaccount.google.com/connections shows it.",
        )
