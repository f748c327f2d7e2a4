"""What the commands that write files of our own have in common: `--dry-run`, and how it is told."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DryRun = Annotated[bool, typer.Option("--dry-run", help="Name the files, write none.")]


def written(path: Path, *, dry_run: bool) -> str:
    """Return the line that names a file."""
    return f"{'Would write' if dry_run else 'Written'}: {path}"
