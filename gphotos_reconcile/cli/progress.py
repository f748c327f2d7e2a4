"""Progress on stderr: a bar with the time left on a terminal, plain lines elsewhere."""

import sys
import time
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from gphotos_reconcile.cli.log import log_line
from gphotos_reconcile.core.names import display_text

_LINE_EVERY_S: Final = 30.0
_NAME_CHARS: Final = 40


class TerminalProgress:
    """Shows one stage at a time on a terminal."""

    def __init__(self) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left:"),
            TimeRemainingColumn(),
            TextColumn("[dim]{task.fields[current]}", markup=True),
            console=Console(stderr=True),
            transient=True,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        """Begin to draw."""
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bar away again."""
        self._bar.stop()

    def start(self, what: str, total: int | None, unit: str) -> None:
        """Begin a stage."""
        self.finish()
        log_line(what)
        self._task = self._bar.add_task(f"{what} ({unit})", total=total, current="")

    def advance(self, count: int = 1, *, current: str = "") -> None:
        """Move on."""
        if self._task is not None:
            name = display_text(current.rpartition("/")[2])[:_NAME_CHARS].replace("[", "\\[")
            self._bar.update(self._task, advance=count, current=name)

    def finish(self) -> None:
        """End the stage."""
        if self._task is not None:
            self._bar.remove_task(self._task)
            self._task = None


class LineProgress:
    """Writes a line when a stage begins and ends, and a sign of life in between."""

    def __init__(self) -> None:
        self._what, self._unit = "", ""
        self._total: int | None = None
        self._done = 0
        self._begun = self._told = 0.0

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End."""

    def start(self, what: str, total: int | None, unit: str) -> None:
        """Begin a stage."""
        self._what, self._unit, self._total, self._done = what, unit, total, 0
        self._begun = self._told = time.monotonic()
        log_line(what)
        self._say(f"{what} ...")

    def advance(self, count: int = 1, *, current: str = "") -> None:
        """Move on; speaks at most twice a minute."""
        self._done += count
        moment = time.monotonic()
        if moment - self._told >= _LINE_EVERY_S:
            self._told = moment
            self._say(f"{self._what}: {self._so_far(moment)} {display_text(current)}".rstrip())

    def finish(self) -> None:
        """End the stage."""
        if self._what:
            self._say(f"{self._what}: {self._done:,} {self._unit} done")
            self._what = ""

    def _so_far(self, moment: float) -> str:
        if self._total is None or not self._done:
            return f"{self._done:,} {self._unit}"
        left_s = (moment - self._begun) / self._done * (self._total - self._done)
        return f"{self._done:,} of {self._total:,} {self._unit}, about {left_s / 60:.0f} min left"

    @staticmethod
    def _say(text: str) -> None:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


class NoProgress(LineProgress):
    """Says nothing, for --quiet."""

    @staticmethod
    def _say(text: str) -> None:
        del text


def make_progress(*, quiet: bool) -> TerminalProgress | LineProgress:
    """Return the progress that fits where stderr goes."""
    if quiet:
        return NoProgress()
    return TerminalProgress() if sys.stderr.isatty() else LineProgress()
