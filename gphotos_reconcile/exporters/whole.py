"""A file of our own making (a list, a page, a plan), written whole or not at all."""

import os
from contextlib import suppress
from pathlib import Path

from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.core.names import display_path
from gphotos_reconcile.exporters.durable import TEMP_PREFIX
from gphotos_reconcile.exporters.trouble import target_problem


def write_whole(path: Path, data: bytes, *, dry_run: bool = False) -> Path:
    """Write `data` to `path`, in place of an earlier one; return the path.

    In a dry run nothing is touched: what would be written was made all the same.

    Raises:
        UsageError: the place cannot be written to.
    """
    if dry_run:
        return path
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)  # /dev/stdout and pipes are written to, never replaced
        else:
            _replace(path.resolve(), data)
    except OSError as error:
        problem = target_problem(error, f"Writing {display_path(os.fsencode(path))}")
        raise UsageError(problem.message, hint=problem.hint) from error
    return path


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{TEMP_PREFIX}{os.getpid()}.part")
    try:
        draft.write_bytes(data)
        draft.replace(path)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
