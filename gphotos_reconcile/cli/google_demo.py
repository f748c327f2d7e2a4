"""`demo --google`: the Google commands against the stand-in, or the stand-in on its own."""

from __future__ import annotations

import threading
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gphotos_reconcile.cli.job import working
from gphotos_reconcile.cli.output import name_catalog, say, say_json
from gphotos_reconcile.cli.settings import Settings

if TYPE_CHECKING:
    from gphotos_reconcile.workflows.google_demo import DemoStep

_TRY = """A stand-in for Google Photos listens on {origin}, on this machine only.
It is not Google: nothing leaves this machine, and it forgets everything when it ends.

Try the commands on it in another terminal, with a catalogue of their own:
  gphotos-reconcile auth login --for upload --for "sync picker" --client-secret {secret}
  gphotos-reconcile --catalog {catalog} upload PHOTO... --client-secret {secret}
  gphotos-reconcile --catalog {catalog} sync library --client-secret {secret}
  gphotos-reconcile --catalog {catalog} sync picker --fingerprint --client-secret {secret}

Ctrl-C ends it."""


def try_google(settings: Settings, folder: Path) -> None:
    """Run the trial and say each step as it is done."""
    from gphotos_reconcile.workflows.google_demo import CATALOG, google_demo

    path = folder / CATALOG
    for old in folder.glob(f"{CATALOG}*"):
        old.unlink()  # what an earlier trial noted of a stand-in that is gone
    settings = replace(settings, catalog=str(path))
    steps: list[DemoStep] = []
    with working(settings) as (catalog, pool, progress):
        for step in google_demo(folder, catalog, pool=pool, progress=progress):
            steps.append(step)
            if not settings.json:
                _say_step(len(steps), step)
    if settings.json:
        say_json({"schema": 1, "catalog": str(path), "steps": [asdict(step) for step in steps]})
        return
    name_catalog(str(path))
    say(
        "This was the stand-in. Go on with:\n"
        "  gphotos-reconcile query look_at\n"
        "  gphotos-reconcile demo --google --serve     (try the commands yourself)\n"
        "  README, section Google                      (the way to a client of your own)"
    )


def serve_stand_in(settings: Settings, folder: Path, photos: Path | None, port: int) -> None:
    """Serve until interrupted."""
    from gphotos_reconcile.workflows.google_demo import CATALOG, stand_in

    with stand_in(folder, photos, port=port) as (origin, secret):
        if settings.json:
            say_json({"schema": 1, "origin": origin, "client_secret": str(secret)})
        else:
            say(_TRY.format(origin=origin, secret=secret, catalog=folder / CATALOG))
        threading.Event().wait()


def _say_step(number: int, step: DemoStep) -> None:
    say(f"{number}. gphotos-reconcile {step.command}")
    say(f"   here:           {step.happened}")
    say(f"   a real account: {step.real}\n")
