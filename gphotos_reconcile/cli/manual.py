"""The manual page, written from the commands themselves: `man gphotos-reconcile`.

The build puts it into the wheel; `python -m gphotos_reconcile.cli.manual` prints it.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any, Final

import typer

from gphotos_reconcile import __version__
from gphotos_reconcile.cli.app import app
from gphotos_reconcile.cli.config import CONFIG_NAME
from gphotos_reconcile.core import errors

NAME: Final = "gphotos-reconcile"
_EXAMPLE: Final = re.compile(r"^Example: (.+)$", re.MULTILINE)
_CODES: Final = (
    (0, "Done."),
    (1, "A bug of ours; the log has the details."),
    (130, "Interrupted; the place is kept, and the same command goes on."),
)


def manual_page() -> str:
    """Return the manual page in roff, section 1."""
    program = typer.main.get_command(app)
    context = program.make_context(NAME, ["query"])
    return "\n".join(
        [
            f'.TH {NAME.upper()} 1 "" "{NAME} {__version__}" "User Commands"',
            ".SH NAME",
            f"{_text(NAME)} \\- {_text(app.info.help)}",
            ".SH SYNOPSIS",
            f".B {_text(NAME)}",
            "[OPTIONS] COMMAND [ARGUMENTS]",
            ".SH OPTIONS",
            *_options(program, context),
            ".SH COMMANDS",
            *(line for name, one in _leaves(program) for line in _command(name, one, context)),
            ".SH EXIT STATUS",
            *_exit_codes(),
            ".SH FILES",
            *_entry(CONFIG_NAME, "Defaults for options; in this folder, else the config folder."),
            *_entry("catalog.db", "The catalogue, in the user's data folder."),
            ".SH ENVIRONMENT",
            _text("Each option can be set: GPHOTOS_RECONCILE_CATALOG, GPHOTOS_RECONCILE_JOBS ..."),
            "",
        ]
    )


def _leaves(command: Any, *names: str) -> Iterator[tuple[str, Any]]:
    """Yield every command that does something, with the words that call it."""
    nested = getattr(command, "commands", None)
    if nested is None:
        yield " ".join(names), command
        return
    for name, one in nested.items():
        yield from _leaves(one, *names, name)


def _command(name: str, command: Any, parent: Any) -> Iterator[str]:
    context = command.make_context(name, [], parent=parent, resilient_parsing=True)
    usage = " ".join(part.strip("{}.") for part in command.collect_usage_pieces(context))
    yield f".SS {_text(name)} {_text(usage)}"
    examples = _EXAMPLE.findall(command.help or "")
    told = _EXAMPLE.sub("", command.help or "").strip()
    for paragraph in told.split("\n\n"):
        yield from (".PP", _text(" ".join(paragraph.split())))
    yield from _options(command, context)
    for example in examples:
        yield from (".PP", "Example:", ".PP", ".RS 4", f".B {_text(example)}", ".RE")


def _options(command: Any, context: Any) -> Iterator[str]:
    for param in command.get_params(context):
        record = param.get_help_record(context)
        if record is not None and (context.parent is None or param.name != "help"):
            names, told = record
            yield from _entry(names, re.sub(r" *\[env var: [^\]]*\]", "", told))


def _exit_codes() -> Iterable[str]:
    ours = [
        (one.exit_code, (one.__doc__ or "").strip())
        for one in vars(errors).values()
        if isinstance(one, type) and one is not errors.ReconcileError and hasattr(one, "exit_code")
    ]
    for code, meaning in sorted((*_CODES, *ours)):
        yield from _entry(str(code), meaning)


def _entry(term: str, told: str) -> tuple[str, ...]:
    return (".TP", f".B {_text(term)}", _text(told))


def _text(text: object) -> str:
    """Return text as roff takes it: dashes that can be copied, nothing taken for a request."""
    escaped = str(text).replace("\\", "\\e").replace("-", "\\-").replace("~", "\\(ti")
    return f"\\&{escaped}" if escaped[:1] in {".", "'"} else escaped


if __name__ == "__main__":
    sys.stdout.write(manual_page())
