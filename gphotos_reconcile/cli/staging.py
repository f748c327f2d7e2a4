"""The commands that write to Google Photos, and their plans as files: upload, stage, export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gphotos_reconcile.cli.google import ClientSecretFile, Keyring, google_options
from gphotos_reconcile.cli.job import SOME_UNREADABLE
from gphotos_reconcile.cli.output import note, say, say_json
from gphotos_reconcile.cli.settings import Settings, settings_of
from gphotos_reconcile.cli.writing import DryRun, written
from gphotos_reconcile.core.sizes import size_text

if TYPE_CHECKING:
    from gphotos_reconcile.core.staging import StagingPlan
    from gphotos_reconcile.exporters.album_filling import StagingTotals
    from gphotos_reconcile.workflows.upload import UploadReport

_SHOWN = 20

stage_app = typer.Typer(
    help="Bring cloud items together in albums.", no_args_is_help=True, rich_markup_mode=None
)

PlanId = Annotated[str, typer.Argument(help="How the plan's id begins; the newest by default.")]


def register(app: typer.Typer, export_app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command("upload")(upload)
    app.add_typer(stage_app, name="stage")
    export_app.command("album-staging")(album_staging)
    export_app.command("media-keys")(media_keys)


def upload(
    context: typer.Context,
    paths: Annotated[list[Path] | None, typer.Argument(help="Files, or folders whole.")] = None,
    from_list: Annotated[
        list[Path] | None,
        typer.Option("--from-list", help="A file with one path a line, or NUL between them."),
    ] = None,
    album: Annotated[str, typer.Option(help="Also put them into a new album of this title.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count, send nothing.")] = False,
    client_secret: ClientSecretFile = None,
    keyring: Keyring = False,
) -> None:
    """Upload photos and videos, each once, whatever breaks.

    Example: gphotos-reconcile upload ~/Pictures/2019 --album "Summer 2019" --dry-run
    """
    from gphotos_reconcile.cli.progress import make_progress
    from gphotos_reconcile.store.engine import open_catalog
    from gphotos_reconcile.workflows import upload as work

    settings = settings_of(context)
    files = work.files_of(paths or [], from_list or [])
    with (
        open_catalog(settings.catalog, write=True) as catalog,
        make_progress(quiet=settings.quiet) as progress,
    ):
        if dry_run:
            report = work.dry_run(files, catalog)
        else:
            options = google_options(client_secret, keyring=keyring)
            report = work.upload_files(
                files, album=album, options=options, catalog=catalog, progress=progress
            )
    _say_upload(settings, report)
    if report.trouble or report.unreadable:
        raise typer.Exit(SOME_UNREADABLE)


@stage_app.command("plan")
def stage_plan(
    context: typer.Context,
    chosen: Annotated[str, typer.Argument(help="A recipe's name, or a file of item ids.")],
    title: Annotated[str, typer.Option("--title", help="The album's title.")],
    probe: Annotated[
        bool, typer.Option("--probe", help="Allow uploading identical originals again.")
    ] = False,
    toolkit: Annotated[
        bool, typer.Option("--toolkit", help="Prefer Google Photos Toolkit over links.")
    ] = False,
) -> None:
    """Decide how each item comes into the album; sends nothing.

    Example: gphotos-reconcile stage plan cloud_only --title "To copy"
    """
    from gphotos_reconcile.store.engine import open_catalog
    from gphotos_reconcile.workflows import stage

    settings = settings_of(context)
    request = stage.StageRequest(chosen=chosen, title=title, probe=probe, toolkit=toolkit)
    with open_catalog(settings.catalog, write=True) as catalog:
        plan = stage.make_plan(catalog, request)
        totals = stage.plan_status(catalog, plan)
    _say_plan(settings, plan, totals)
    if not settings.json:
        say(f"\nNext: gphotos-reconcile export album-staging {plan.plan_id} --out DIR")
        say(f"      gphotos-reconcile stage apply {plan.plan_id} --dry-run")


@stage_app.command("apply")
def stage_apply(
    context: typer.Context,
    plan_id: PlanId = "",
    probes: Annotated[
        int, typer.Option("--probes", min=0, help="Originals to upload again; 1 comes first.")
    ] = 0,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan, send nothing.")
    ] = False,
    client_secret: ClientSecretFile = None,
    keyring: Keyring = False,
) -> None:
    """Make the plan's albums, fill them, and read them back.

    The API fills them with what this program uploaded; the rest is told.

    Example: gphotos-reconcile stage apply
    """
    from gphotos_reconcile.cli.progress import make_progress
    from gphotos_reconcile.store.engine import open_catalog
    from gphotos_reconcile.workflows import stage

    settings = settings_of(context)
    with (
        open_catalog(settings.catalog, write=True) as catalog,
        make_progress(quiet=settings.quiet) as progress,
    ):
        plan = stage.find_plan(catalog, plan_id)
        if dry_run:
            totals = stage.plan_status(catalog, plan)
        else:
            options = google_options(client_secret, keyring=keyring)
            totals = stage.apply_plan(
                catalog, plan, options=options, probes=probes, progress=progress
            )
    _say_plan(settings, plan, totals)


@stage_app.command("status")
def stage_status(context: typer.Context, plan_id: PlanId = "") -> None:
    """Say how far a plan is, by the catalogue alone.

    Example: gphotos-reconcile stage status
    """
    from gphotos_reconcile.store.engine import open_catalog
    from gphotos_reconcile.workflows import stage

    settings = settings_of(context)
    with open_catalog(settings.catalog, write=False) as catalog:
        plan = stage.find_plan(catalog, plan_id)
        totals = stage.plan_status(catalog, plan)
    _say_plan(settings, plan, totals)


def album_staging(
    context: typer.Context,
    plan_id: PlanId = "",
    out: Annotated[Path, typer.Option("--out", help="The folder for the files.")] = Path("staging"),
    dry_run: DryRun = False,
) -> None:
    """Write a staging plan as files.

    They are JSON, CSV, a page of links, media keys and digests.

    Example: gphotos-reconcile export album-staging --out staging
    """
    from gphotos_reconcile.store.engine import open_catalog
    from gphotos_reconcile.workflows import stage

    settings = settings_of(context)
    with open_catalog(settings.catalog, write=False) as catalog:
        plan = stage.find_plan(catalog, plan_id)
        files = stage.write_files(catalog, plan, out, dry_run=dry_run)
    if settings.json:
        say_json({"schema": 1, "files": files, "dry_run": dry_run})
        return
    for path in files:
        say(written(path, dry_run=dry_run))
    if dry_run:
        return
    say(f"\nNext: open {out / 'by-hand.html'} in the browser that is signed in to Google Photos.")


def media_keys(
    context: typer.Context,
    chosen: Annotated[str, typer.Argument(help="A recipe's name, or a file of item ids.")],
    out: Annotated[Path | None, typer.Option(help="The file; stdout otherwise.")] = None,
    dry_run: DryRun = False,
) -> None:
    """List media keys as Google Photos Toolkit takes them.

    Example: gphotos-reconcile export media-keys cloud_only --out keys.txt
    """
    from gphotos_reconcile.store.engine import open_catalog
    from gphotos_reconcile.workflows import stage

    settings = settings_of(context)
    with open_catalog(settings.catalog, write=False) as catalog:
        keys = stage.list_media_keys(catalog, chosen, out, dry_run=dry_run)
    if out is not None:
        note(f"{written(out, dry_run=dry_run)} ({len(keys):,} media keys)")
    if settings.json:
        told = None if out else list(keys)
        say_json({"schema": 1, "written": out, "media_keys": told, "dry_run": dry_run})
    elif out is None:
        typer.echo("\n".join(keys))


def _say_upload(settings: Settings, report: UploadReport) -> None:
    if settings.json:
        say_json(
            {
                "schema": 1,
                "states": {state.value: count for state, count in report.states.items()},
                "trouble": [
                    {"filename": r.filename, "state": r.state.value, "message": r.message}
                    for r in report.trouble
                ],
                "unreadable": [problem.message for problem in report.unreadable],
                "to_send_bytes": report.to_send_bytes,
            }
        )
        return
    for state, count in sorted(report.states.items()):
        say(f"{count:>9,}  {state.in_words}")
    if report.to_send_bytes:
        say(f"{size_text(report.to_send_bytes)} would be sent; Google counts them as storage.")
    for record in report.trouble[:_SHOWN]:
        say(f"  {record.filename}: {record.message or record.state.in_words}")
    for problem in report.unreadable[:_SHOWN]:
        say(f"  {problem.message} {problem.hint}")


def _say_plan(settings: Settings, plan: StagingPlan, totals: StagingTotals) -> None:
    from gphotos_reconcile.core.staging import Way

    ways = {way.value: sum(1 for _ in plan.items(way)) for way in Way}
    states = {state.value: count for state, count in totals.states.items() if count}
    if settings.json:
        say_json(
            {
                "statement": plan.statement,
                "schema": 1,
                "plan_id": plan.plan_id,
                "title": plan.title,
                "ways": ways,
                "states": states,
                "albums": list(plan.albums),
                "upload_bytes": plan.upload_bytes,
            }
        )
        return
    say(plan.statement)
    say(f"Plan {plan.plan_id}: {plan.title}")
    for name, count in states.items():
        say(f"{count:>9,}  {name.replace('_', ' ')}")
    if plan.upload_bytes:
        say(f"Probes would send {size_text(plan.upload_bytes)}, at worst counted as storage.")
