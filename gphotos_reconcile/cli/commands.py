"""Every command and where it lives."""

import typer

from gphotos_reconcile.cli import (
    ask,
    auth,
    copying,
    doctor,
    export,
    job,
    review,
    staging,
    start,
    sync,
)


def register(app: typer.Typer) -> None:
    """Add all commands to the program, in the order in which `--help` shows them."""
    app.command("demo")(start.demo)
    app.command("init")(start.init)
    app.command("run")(job.run)
    app.command("import")(job.import_exports)
    app.command("index")(job.index)
    app.command("match")(job.match)
    app.command("report")(ask.report)
    app.command("review")(review.review)
    app.command("query")(ask.query)
    app.command("explain")(ask.explain)
    app.add_typer(export.export_app, name="export")
    app.command("copy")(copying.copy)
    app.command("verify")(copying.verify)
    app.command("doctor")(doctor.doctor)
    app.add_typer(auth.auth_app, name="auth")
    app.add_typer(sync.sync_app, name="sync")
    app.command("import-inventory")(sync.import_inventory)
    staging.register(app, export.export_app)
