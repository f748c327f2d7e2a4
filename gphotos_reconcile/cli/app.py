"""The command line: parse, call one workflow, turn errors into words and exit codes."""

import json
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from gphotos_reconcile import __version__
from gphotos_reconcile.cli import commands
from gphotos_reconcile.cli.config import load_defaults
from gphotos_reconcile.cli.settings import Settings, default_catalog
from gphotos_reconcile.core.errors import ReconcileError
from gphotos_reconcile.core.names import display_text

INTERRUPTED = 130

app = typer.Typer(
    name="gphotos-reconcile",
    help="Tell which Google Photos items are safe on your own disks, and what exactly to copy.",
    epilog=(
        "Try it: `gphotos-reconcile demo`. Your own files:"
        " `gphotos-reconcile run takeout-*.zip --library ~/Pictures`."
    ),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "auto_envvar_prefix": "GPHOTOS_RECONCILE",
    },
)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"gphotos-reconcile {__version__}")
        raise typer.Exit


@app.callback()
def _program(
    context: typer.Context,
    catalog: Annotated[
        str, typer.Option(help="The catalogue: a path or an sqlite:/// URL.", show_default=False)
    ] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document instead of text.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Tell more on stderr.")] = False,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Worker processes; all cores by default.")
    ] = None,
    version: Annotated[  # noqa: ARG001 - acts through its callback
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print it.")
    ] = False,
) -> None:
    context.obj = Settings(
        catalog=catalog or default_catalog(),
        json=as_json,
        quiet=quiet,
        verbose=verbose,
        jobs=jobs,
    )


commands.register(app)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code. The only place where errors become words."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        app(words, prog_name="gphotos-reconcile", default_map=load_defaults())
    except SystemExit as done:
        code = done.code if isinstance(done.code, int) else int(bool(done.code))
        if code == INTERRUPTED:
            typer.echo("interrupted: the place is kept; the same command goes on", err=True)
        return code
    except ReconcileError as error:
        _tell(error, as_json="--json" in words)
        return error.exit_code
    return 0


def _tell(error: ReconcileError, *, as_json: bool) -> None:
    message, hint = display_text(str(error)), display_text(error.hint)
    if as_json:
        document = {"error": message, "hint": hint, "exit_code": error.exit_code}
        typer.echo(json.dumps(document, ensure_ascii=False))
    typer.echo(f"error: {message}\nhint:  {hint}", err=True)
