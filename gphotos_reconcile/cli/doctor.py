"""The command for trouble: what is installed and readable, what to do next, a report of a bug."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gphotos_reconcile.cli.config import find_config
from gphotos_reconcile.cli.google import google_options
from gphotos_reconcile.cli.log import log_path, safe_lines
from gphotos_reconcile.cli.output import note, say, say_json
from gphotos_reconcile.cli.settings import settings_of
from gphotos_reconcile.core.google_ways import GOOGLE_WAYS

if TYPE_CHECKING:
    from gphotos_reconcile.workflows.doctor import Examination

_PROBLEMS_FOUND = 3


def doctor(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Exports or libraries to look at.")
    ] = None,
    redact: Annotated[
        bool,
        typer.Option("--redact", help="Print what a bug report needs, all names hashed, as JSON."),
    ] = False,
) -> None:
    """Tell what is wrong or missing, and what to do next.

    It looks at the installation, the catalogue, and the exports and libraries that are named.

    With --redact it prints versions, counts and problems for a bug report: no name, no place, no
    picture of yours is in it. Read it before you send it.

    Example: gphotos-reconcile doctor takeout-*.zip

    Example: gphotos-reconcile doctor --redact
    """
    settings = settings_of(context)
    if redact:
        from gphotos_reconcile.workflows.bug_report import bug_report

        say_json(bug_report(settings.catalog, safe_lines(log_path())))
        return
    from gphotos_reconcile.workflows.doctor import Places, examine

    secret = google_options(None, keyring=False).client_secret
    places = Places(config=find_config(), log=log_path(), client_secret=secret)
    found = examine(settings.catalog, paths or [], places)
    if settings.json:
        say_json(
            {
                "schema": 1,
                "problems": found.problems,
                "findings": list(found.findings),
                "google_ways": list(GOOGLE_WAYS),
                "next": list(found.next_steps),
            }
        )
    else:
        _say(found, paths or ())
    if found.problems:
        raise typer.Exit(_PROBLEMS_FOUND)


def _say(found: Examination, paths: Sequence[Path]) -> None:
    for finding in found.findings:
        say(f"{finding.level.value:<8} {finding.what}")
        if finding.advice:
            say(f"{'':<8} -> {finding.advice}")
    if not paths:
        _say_ways()
    say("\nNext:")
    for step in found.next_steps:
        say(f"  {step.command}\n    {step.why}")
    if found.problems:
        note(f"{found.problems:,} marked as `problem`; what helps stands below each.")


def _say_ways() -> None:
    say("\nWhat each way to your cloud side can see and prove:")
    for way in GOOGLE_WAYS:
        say(f"  {way.name} ({way.command})")
        say(f"    sees    {way.sees}\n    proves  {way.proves}\n    never   {way.never}")
