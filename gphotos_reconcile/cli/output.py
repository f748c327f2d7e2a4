"""Words on stdout: text or one JSON document, never with anything a terminal would act upon."""

import dataclasses
import json
import sys
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from pathlib import PurePath
from typing import Any

import typer

from gphotos_reconcile.cli.log import log_line
from gphotos_reconcile.core.names import display_text
from gphotos_reconcile.core.times import utc_text


def say(text: str = "") -> None:
    """Print one or more lines of a result."""
    typer.echo("\n".join(display_text(line) for line in text.split("\n")))


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
    typer.echo(display_text(text), err=True)
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
