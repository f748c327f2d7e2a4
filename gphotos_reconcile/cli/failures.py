"""What went wrong, in words for a person or as a document, and the exit code that it means."""

import json
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import typer

from gphotos_reconcile.cli import log
from gphotos_reconcile.cli.output import spelled
from gphotos_reconcile.core.errors import ReconcileError, UsageError
from gphotos_reconcile.core.names import display_text
from gphotos_reconcile.core.suggest import did_you_mean

OUR_BUG: Final = 1
WRONG_USAGE: Final = 2
INTERRUPTED: Final = 130

# The parser's own errors; typer gives a name to only one of them, the others are its kin.
PARSER_ERROR: Final = next(
    kin for kin in typer.BadParameter.__mro__ if kin.__name__ == "UsageError"
)
_EXTRA: Final = re.compile(r" (?:Did you mean .*|\(Possible options:.*\)|\(Did you mean .*\))$")
_NO_COMMAND: Final = re.compile(r"No such command '(.*)'")


@dataclass(frozen=True, slots=True)
class Failure:
    """One error as it is told."""

    message: str
    hint: str
    exit_code: int

    def tell(self, *, as_json: bool) -> int:
        """Say it on stderr, and as a document on stdout where that was asked for."""
        message, hint = display_text(self.message), display_text(self.hint)
        if as_json:
            document = {"error": message, "hint": hint, "exit_code": self.exit_code}
            typer.echo(json.dumps(document))
        typer.echo(f"error: {spelled(message)}\nhint:  {spelled(hint)}", err=True)
        log.log_line(f"error {self.exit_code}: {message}")
        return self.exit_code


def failure_of(error: Exception, global_options: Sequence[str]) -> Failure:
    """Return how an error is told: ours, the parser's, or a bug."""
    if isinstance(error, ReconcileError):
        return Failure(str(error), error.hint, error.exit_code)
    if isinstance(error, PARSER_ERROR):
        return _usage(error, global_options)
    return _bug(error)


def no_terminal() -> UsageError:
    """Return the error for a question that nobody can answer."""
    return UsageError(
        "An answer is needed, and there is no terminal to ask at.",
        hint="Give the answers as options; `--help` of the command names them.",
    )


def close_stdout() -> None:
    """Let nothing more be written to a reader that has gone, not even at the end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _usage(error: Any, global_options: Sequence[str]) -> Failure:
    """Return the parser's error in our form, with the nearest word that there is."""
    context: Any = error.ctx
    if context is None:  # an option at the very end, without its value
        hint = "`--help` of the command shows what the option takes."
        return Failure(_message(error), hint, WRONG_USAGE)
    command = context.command_path
    option = getattr(error, "option_name", None)
    if not error.args or type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(context.get_help(), err=True)
        return Failure("A command is missing.", f"`{command} --help` lists them.", WRONG_USAGE)
    message = _message(error)
    hint = f"`{command} --help` shows what there is."
    if type(error).__name__ == "MissingParameter" and (example := _example(context.command)):
        hint = f"For example: {example}"
    if option in global_options:
        hint = f"{option} stands before the command: gphotos-reconcile {option} ..."
    elif option is not None:
        options = [name for param in context.command.params for name in param.opts]
        hint = did_you_mean(option, (name for name in options if name[:1] == "-"))
    elif (command_name := _NO_COMMAND.match(message)) is not None:
        hint = did_you_mean(command_name.group(1), context.command.commands)
    return Failure(message, hint, WRONG_USAGE)


def _message(error: Any) -> str:
    return _EXTRA.sub("", str(error.format_message())).rstrip(".") + "."


def _example(command: Any) -> str:
    """Return the first example of a command's help, "" when there is none."""
    _, _, examples = (command.help or "").partition("Example:")
    return str(examples.strip().split("\n")[0])


def _bug(error: Exception) -> Failure:
    if log.log_crash(error):
        where = f"The log {log.log_path()} has the details"
    else:
        import traceback

        traceback.print_exception(error)
        where = "The lines above have the details"
    return Failure(
        f"This is a bug of ours: {type(error).__name__}: {error}",
        f"{where}; `gphotos-reconcile doctor --redact` prints what a report needs, without names."
        " Your files were not touched, and the same command may be run again.",
        OUR_BUG,
    )
