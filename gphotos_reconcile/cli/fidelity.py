"""`verify --fidelity`: what Google's ways to hand bytes back keep and lose of an original."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import typer

from gphotos_reconcile.cli.job import SOME_UNREADABLE, working
from gphotos_reconcile.cli.output import note, say, say_json
from gphotos_reconcile.cli.settings import Settings
from gphotos_reconcile.core.sizes import size_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from gphotos_reconcile.core.journals import FidelityRow
    from gphotos_reconcile.workflows.fidelity import FidelityPlan, FidelityReport

_COST = (
    "{count} originals, {size} to upload, about {requests} of the day's 10,000 requests and"
    " {byte_requests} of its 75,000 byte requests.\n"
    "A copy of each original stays in your Google account, in the album {album!r}; it counts as\n"
    "storage, and no API can delete it. Delete it in Google Photos when you have the figures."
)


def measure_fidelity(
    settings: Settings,
    items: Sequence[str],
    *,
    dry_run: bool,
    client_secret: Path | None,
    keyring: bool,
) -> None:
    """Measure originals, or with none named show what was measured before."""
    from gphotos_reconcile.cli.google import google_options
    from gphotos_reconcile.workflows import fidelity as work

    with working(settings) as (catalog, pool, progress):
        if not items:
            report = work.measured_before(catalog)
        else:
            plan = work.plan_fidelity(catalog, items)
            if dry_run or not plan.jobs:
                _say_plan(settings, plan)
                _end(plan.problems)
                return
            note(_cost(plan))
            report = work.measure(
                catalog,
                plan,
                options=google_options(client_secret, keyring=keyring),
                pool=pool,
                progress=progress,
            )
    _say_report(settings, report)
    _end(report.problems)


def _end(problems: Sequence[object]) -> None:
    if problems:
        raise typer.Exit(SOME_UNREADABLE)


def _cost(plan: FidelityPlan) -> str:
    from gphotos_reconcile.workflows.fidelity import ALBUM

    return _COST.format(
        count=len(plan.jobs),
        size=size_text(plan.to_send_bytes),
        requests=plan.requests,
        byte_requests=plan.byte_requests,
        album=ALBUM,
    )


def _say_plan(settings: Settings, plan: FidelityPlan) -> None:
    if settings.json:
        say_json(
            {
                "schema": 1,
                "dry_run": True,
                "originals": [job.filename for job in plan.jobs],
                "to_send_bytes": plan.to_send_bytes,
                "requests": plan.requests,
                "byte_requests": plan.byte_requests,
                "stays_in_account": True,
                "problems": list(plan.problems),
            }
        )
        return
    _say_problems(plan)
    if plan.jobs:
        say(_cost(plan))
        say("\nNothing was sent. Next: the same command without --dry-run")


def _say_report(settings: Settings, report: FidelityReport) -> None:
    if settings.json:
        say_json({"schema": 1, "measured": list(report.rows), "problems": list(report.problems)})
        return
    _say_problems(report)
    rows = sorted(report.rows, key=lambda row: (row.path, row.filename, row.sha256))
    for path, group in groupby(rows, key=lambda row: row.path):
        say(_table(path, list(group)))
    if not rows:
        say("Nothing has been measured yet.\n")
        say("Next: gphotos-reconcile verify --fidelity PHOTO... --dry-run")


def _say_problems(found: FidelityPlan | FidelityReport) -> None:
    for problem in found.problems:
        note(f"{problem.message} {problem.hint}")


def _table(path: str, rows: Sequence[FidelityRow]) -> str:
    """Return what one way did to each original, with a line of sums."""
    same = sum(row.same_bytes for row in rows)
    heads = ("bytes", "back", "size", "PSNR dB", "SSIM")
    lines = [
        f"{path}: {same:,} of {len(rows):,} came back with the bytes of the original",
        "  {:<28} {:>8} {:>8} {:>11} {:>8} {:>7}  lost".format("original", *heads),
    ]
    for row in rows:
        size = f"{row.width_px} x {row.height_px}" if row.width_px else "?"
        lines.append(
            f"  {row.filename[:28]:<28} {size_text(row.original_bytes):>8}"
            f" {size_text(row.returned_bytes):>8} {size:>11}"
            f" {_figure(row, row.psnr_db, 1):>8} {_figure(row, row.ssim, 4):>7}"
            f"  {_words(row.lost)}"
        )
    lost = sorted({name for row in rows for name in row.lost})
    kept = sorted({name for row in rows for name in row.kept} - set(lost))
    lines.append(f"  always kept: {_words(kept)}; lost at least once: {_words(lost)}\n")
    return "\n".join(lines)


def _figure(row: FidelityRow, value: float | None, digits: int) -> str:
    if row.same_bytes:
        return "same"
    return "-" if value is None else f"{value:.{digits}f}"


def _words(names: Iterable[str]) -> str:
    return ", ".join(name.removesuffix("_px").replace("_", " ") for name in names) or "nothing"
