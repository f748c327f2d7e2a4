"""The commands that answer from the catalogue: report, query, explain."""

from __future__ import annotations

from typing import Annotated

import typer

from gphotos_reconcile.cli.output import say, say_json
from gphotos_reconcile.cli.settings import settings_of


def explain(
    context: typer.Context,
    path: Annotated[str, typer.Argument(help="A path as reports show it, its end, or an id.")],
) -> None:
    """Tell one item's verdict, its counterparts, and every piece of evidence in words.

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
