"""The command line: parse, call one workflow, turn errors into words and exit codes."""

import io
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from gphotos_reconcile import __version__
from gphotos_reconcile.cli import commands
from gphotos_reconcile.cli.config import load_defaults
from gphotos_reconcile.cli.failures import INTERRUPTED, close_stdout, failure_of, no_terminal
from gphotos_reconcile.cli.log import end_log, start_log
from gphotos_reconcile.cli.output import name_catalog, note, spell_commands
from gphotos_reconcile.cli.settings import Settings, default_catalog
from gphotos_reconcile.core.errors import ConditionMetError, UsageError

_GLOBAL_OPTIONS = (
    "--catalog", "--json", "--quiet", "--verbose", "--jobs", "--no-log", "--version",
)  # fmt: skip

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
        bool,
        typer.Option(
            "--json",
            envvar="GPHOTOS_RECONCILE_JSON",
            help="Print one JSON document instead of text.",
        ),
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Also show on stderr what the log is told.")
    ] = False,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Worker processes; all cores by default.")
    ] = None,
    no_log: Annotated[bool, typer.Option("--no-log", help="Write no log file.")] = False,
    version: Annotated[  # noqa: ARG001 - acts through its callback
        bool,
        typer.Option(
            "--version",
            callback=_show_version,
            is_eager=True,
            show_envvar=False,
            help="Print the version.",
        ),
    ] = False,
) -> None:
    if quiet and verbose:
        raise UsageError("--quiet and --verbose exclude each other.", hint="Take one of them.")
    if not {"-h", "--help"} & set(sys.argv):
        command = context.invoked_subcommand or ""
        start_log(command, verbose=verbose, to_file=not no_log)
    given = context.get_parameter_source("catalog")
    named = given is not None and given.name == "COMMANDLINE"
    spell_commands(getattr(context.command, "commands", {}))
    name_catalog(catalog if named else None)
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
    _escape_what_the_terminal_cannot_show()
    try:
        code = _run(words)
    except KeyboardInterrupt:
        code = INTERRUPTED
    if code == INTERRUPTED:
        note("interrupted: the place is kept; the same command goes on")
    end_log(code)
    return _flushed(code)


def _run(words: Sequence[str]) -> int:
    try:
        code = app(
            words,
            prog_name="gphotos-reconcile",
            default_map=load_defaults(),
            standalone_mode=False,
        )
    except SystemExit as done:
        if isinstance(done.__context__, BrokenPipeError):  # the parser's answer to `| head`
            close_stdout()
            return 0
        return done.code if isinstance(done.code, int) else int(bool(done.code))
    except typer.Abort as abort:  # at a question: Ctrl-C, or nobody there to answer
        if isinstance(abort.__context__, EOFError):
            return _told(no_terminal(), words)
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last place that can put it into words
        return _told(error, words)
    return code or 0


def _told(error: Exception, words: Sequence[str]) -> int:
    as_json = "--json" in words or os.environ.get("GPHOTOS_RECONCILE_JSON", "") not in {"", "0"}
    if isinstance(error, ConditionMetError):
        as_json = False  # the document of the command itself is out already
    return failure_of(error, _GLOBAL_OPTIONS).tell(as_json=as_json)


def _flushed(code: int) -> int:
    """Write out what is buffered; a reader that has gone is no error of the command's."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        close_stdout()
    return code


def _escape_what_the_terminal_cannot_show() -> None:
    """Let no character that stdout has no code for stop a command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
