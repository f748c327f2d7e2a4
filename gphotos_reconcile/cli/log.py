"""The log file: what each run did, for the day when something went wrong.

It lies in the user's log directory, is kept small by rotation, can be read by its owner alone, and
holds no secret: what Google's sign-in needs is taken out of every record. Lines that begin with
`begin`, `crash` or `end` hold no name of the user's either; `doctor --redact` shows only those.
"""

import logging
import os
import platform
import re
import sys
import traceback
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final
from uuid import uuid4

from gphotos_reconcile import __version__
from gphotos_reconcile.core.names import display_text
from gphotos_reconcile.core.times import from_epoch, utc_text

_SAFE: Final = re.compile(r"\S+ [0-9a-f]{8} (?:begin|crash|end) ")
_SHOWN: Final = 30
_FILE_BYTES: Final = 1 << 20
_OLDER_FILES: Final = 3
_PACKAGE: Final = "gphotos_reconcile"
_LOGGER: Final = logging.getLogger(_PACKAGE)


def log_path() -> Path:
    """Return where the log is, or would be."""
    from platformdirs import user_log_path

    return Path(user_log_path("gphotos-reconcile")) / "gphotos-reconcile.log"


def start_log(command: str, *, verbose: bool, to_file: bool) -> None:
    """Send the program's log to the file, and with `verbose` to stderr.

    A log that cannot be written is done without: it must never stop the work.
    """
    from gphotos_reconcile.google.secrets import guard_logs

    guard_logs()
    _LOGGER.setLevel(logging.DEBUG if verbose else logging.INFO)
    _LOGGER.propagate = False
    lines = _RunLines(uuid4().hex[:8])
    handlers: list[logging.Handler] = [logging.StreamHandler()] if verbose else []
    if to_file and (file := _file_handler()) is not None:
        handlers.append(file)
    for old in _LOGGER.handlers:
        old.close()
    _LOGGER.handlers[:] = handlers or [logging.NullHandler()]
    for handler in handlers:
        handler.setFormatter(lines)
    python = sys.version.split()[0]
    _LOGGER.info(
        "begin %s: version %s, Python %s, %s %s",
        command,
        __version__,
        python,
        platform.system(),
        platform.machine(),
    )


def safe_lines(path: Path) -> list[str]:
    """Return the last lines that hold no name of the user's."""
    try:
        text = path.read_text("utf-8", "replace")
    except OSError:
        return []
    return [line for line in text.splitlines() if _SAFE.match(line)][-_SHOWN:]


def log_line(text: str) -> None:
    """Write a line of its own."""
    _LOGGER.info("%s", text)


def log_crash(error: BaseException) -> bool:
    """Write where an error of ours came from; tell whether a file holds it now."""
    _LOGGER.error("crash %s", crash_chain(error))
    _LOGGER.error("traceback", exc_info=error)
    return any(isinstance(handler, _PrivateFile) for handler in _LOGGER.handlers)


def end_log(exit_code: int) -> None:
    """Write the last line of the run."""
    _LOGGER.info("end with code %d", exit_code)


def crash_chain(error: BaseException) -> str:
    """Return an error's class and the places in the code that led to it, without its words."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{type(error).__name__} at " + " > ".join(
        f"{_module(frame.filename)}:{frame.lineno}" for frame in frames
    )


def _module(filename: str) -> str:
    """Return a file's path from its package on; nothing of where that is installed."""
    parts = Path(filename).parts
    for root in (_PACKAGE, "site-packages"):
        if root in parts:
            at = len(parts) - 1 - parts[::-1].index(root)
            return "/".join(parts[at + (root == "site-packages") :])
    return parts[-1]


def _file_handler() -> logging.Handler | None:
    path = log_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _PrivateFile(path, maxBytes=_FILE_BYTES, backupCount=_OLDER_FILES, encoding="utf-8")
    except OSError:
        return None


class _PrivateFile(RotatingFileHandler):
    """A rotating file of mode 0600; trouble with it is nobody's trouble."""

    def _open(self) -> TextIOWrapper:
        return open(
            self.baseFilename, "a", encoding="utf-8", errors="backslashreplace", opener=_private
        )

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging calls it so
        """Go on without this line: the disk may be full, another run may be rotating."""


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class _RunLines(logging.Formatter):
    """Puts time and run before every line, also before those of a traceback."""

    default_msec_format = None

    def __init__(self, run_id: str) -> None:
        super().__init__("%(message)s")
        self._run_id = run_id

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as lines of the log."""
        when = utc_text(from_epoch(int(record.created)))
        text = super().format(record)
        return "\n".join(f"{when} {self._run_id} {display_text(t)}" for t in text.split("\n"))
