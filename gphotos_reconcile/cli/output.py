"""Words on stdout: text or one JSON document, never with anything a terminal would act upon."""

import dataclasses
import json
import re
import shlex
import shutil
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from pathlib import Path, PurePath
from typing import Any, Final

import typer

from gphotos_reconcile.cli.log import log_line
from gphotos_reconcile.core.names import display_text
from gphotos_reconcile.core.times import utc_text

_NAME: Final = "gphotos-reconcile"
_NEEDS_NO_CATALOG: Final = frozenset({"demo", "auth"})


@dataclasses.dataclass(slots=True)
class _Spelling:
    """How this program's commands are to be typed by who reads them, in this run."""

    program: str = _NAME
    catalog: str = ""
    pattern: re.Pattern[str] | None = None


_SPELLING: Final = _Spelling()


def spell_commands(names: Iterable[str]) -> None:
    """Let commands of these names, wherever they are told, be told so that they work."""
    _SPELLING.program = _program()
    _SPELLING.pattern = re.compile(rf"(?<![\w./-]){_NAME} ({'|'.join(names)})\b")


def name_catalog(catalog: str | None) -> None:
    """Name a catalogue in the commands that are told, None for the one they take by themselves."""
    _SPELLING.catalog = f" --catalog {shlex.quote(catalog)}" if catalog else ""


def spelled(text: str) -> str:
    """Return the text with the program's commands as they are to be typed here."""
    if _SPELLING.pattern is None or (_SPELLING.program, _SPELLING.catalog) == (_NAME, ""):
        return text
    return _SPELLING.pattern.sub(_as_typed, text)


def _as_typed(found: re.Match[str]) -> str:
    catalog = "" if found[1] in _NEEDS_NO_CATALOG else _SPELLING.catalog
    return f"{_SPELLING.program}{catalog} {found[1]}"


def _program() -> str:
    """Return how the program is called: by its path when its name alone would not find it."""
    called = Path(sys.argv[0])
    if called.name != _NAME:
        return _NAME
    by_name = shutil.which(_NAME)
    if by_name is not None and Path(by_name).resolve() == called.resolve():
        return _NAME
    return shlex.quote(sys.argv[0])


def say(text: str = "") -> None:
    """Print one or more lines of a result."""
    typer.echo("\n".join(display_text(line) for line in spelled(text).split("\n")))


def say_json(document: Mapping[str, Any]) -> None:
    """Print one JSON document."""
    say_document(json.dumps(document, ensure_ascii=False, indent=2, default=_plain))


def say_document(text: str) -> None:
    """Print a JSON document that is text already, in a form that stdout has codes for."""
    if not sys.stdout.encoding.lower().startswith("utf"):
        text = json.dumps(json.loads(text), indent=2)
    typer.echo(text.rstrip("\n"))


def note(text: str) -> None:
    """Print a line that is no result, to stderr."""
    typer.echo(display_text(spelled(text)), err=True)
    log_line(text)


def _plain(value: object) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, PurePath):
        return display_text(str(value))
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    raise TypeError(f"no JSON form for {type(value).__name__}")
