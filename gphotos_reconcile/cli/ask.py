"""The commands that answer from the catalogue: report, query, explain."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gphotos_reconcile.cli.completing import one_of, recipe_names
from gphotos_reconcile.cli.output import note, say, say_document, say_json, spelled
from gphotos_reconcile.cli.settings import settings_of
from gphotos_reconcile.cli.writing import DryRun, written
from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.core.suggest import check_known

REPORT_FORMS = ("text", "html", "csv", "json")


def explain(
    context: typer.Context,
    path: Annotated[str, typer.Argument(help="A path as reports show it, its end, or an id.")],
) -> None:
    """Tell one item's verdict and all its evidence in words.

    Example: gphotos-reconcile explain "Photos from 2019/IMG_0042.jpg"
    """
    from gphotos_reconcile.cli import render
    from gphotos_reconcile.store.engine import open_catalog
    from gphotos_reconcile.workflows.explain import explain as find

    settings = settings_of(context)
    with open_catalog(settings.catalog, write=False) as catalog:
        found = find(catalog, path)
    if settings.json:
        say_json({"schema": 1, "items": list(found)})
    else:
        say(render.explain_text(found))


def report(
    context: typer.Context,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="text, html, csv or json; by --out's ending.",
            autocompletion=one_of(REPORT_FORMS),
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="A file, or a folder for the page; stdout otherwise.")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Tell the totals, what is missing, and what to do next.

    Example: gphotos-reconcile report --format html --out report
    """
    from gphotos_reconcile.store.engine import open_catalog
    from gphotos_reconcile.workflows.report import write_report

    settings = settings_of(context)
    chosen = _report_form(form, out, as_json=settings.json)
    with open_catalog(settings.catalog, write=False) as catalog:
        told = write_report(catalog, chosen, out, spelled=spelled, dry_run=dry_run)
    if not isinstance(told, str):
        if settings.json:
            say_json({"schema": 1, "written": told, "dry_run": dry_run})
        note(written(told, dry_run=dry_run))
    elif chosen == "json":
        say_document(told)
    else:
        typer.echo(told, nl=False)


def _report_form(form: str | None, out: Path | None, *, as_json: bool) -> str:
    ending = out.suffix.removeprefix(".").lower() if out else ""
    by_ending = {"json": "json", "csv": "csv", "html": "html", "htm": "html"}.get(ending, "text")
    chosen = form or ("json" if as_json else by_ending)
    check_known(chosen, REPORT_FORMS, "report format")
    if chosen == "html" and out is None:
        raise UsageError(
            "A page needs a place.", hint="Add --out DIR: the page is DIR/report.html then."
        )
    return chosen


def query(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(
            help="The recipe; without one, all are listed.", autocompletion=recipe_names
        ),
    ] = None,
    param: Annotated[
        list[str], typer.Option("--param", help="A parameter as name=value; repeatable.")
    ] = [],
    form: Annotated[
        str,
        typer.Option(
            "--format", help="table, csv or json.", autocompletion=one_of(("table", "csv", "json"))
        ),
    ] = "table",
    show: Annotated[bool, typer.Option("--show", help="Print the SQL, run nothing.")] = False,
) -> None:
    """List the recipes, or run one of them.

    Example: gphotos-reconcile query storage_by_year --format csv
    """
    from gphotos_reconcile.cli import render_query
    from gphotos_reconcile.store.engine import open_catalog
    from gphotos_reconcile.store.recipes import find_recipe, list_recipes, run_recipe

    settings = settings_of(context)
    form = "json" if settings.json else form
    check_known(form, render_query.FORMS, "format")
    if name is None:
        render_query.show_recipes(list_recipes(), form)
        return
    recipe = find_recipe(name)  # a misspelt name is told before a missing catalogue
    if show:
        if settings.json:
            say_json({"schema": 1, "name": recipe.name, "sql": recipe.sql})
        else:
            typer.echo(recipe.sql, nl=False)
        return
    with open_catalog(settings.catalog, write=False) as catalog, catalog.connect() as conn:
        result = run_recipe(conn, name, dict(_assignment(text) for text in param))
        render_query.show_rows(result, form)


def _assignment(text: str) -> tuple[str, str]:
    key, sign, value = text.partition("=")
    if not sign:
        raise UsageError(
            f"--param {text} has no value.", hint="Write --param name=value, as in year=2019."
        )
    return key, value
