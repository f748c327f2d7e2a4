"""A clock that stands still until somebody waits on it."""

import threading
from datetime import UTC, datetime, timedelta


class ManualClock:
    """A clock whose `sleep` moves the time. Safe between threads."""

    def __init__(self, start: datetime = datetime(2026, 3, 14, 18, 0, tzinfo=UTC)) -> None:
        self._start = start
        self._passed_s = 0.0
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Return the present instant."""
        return self._start + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        """Return the seconds waited so far."""
        with self._lock:
            return self._passed_s

    def sleep(self, wait_s: float) -> None:
        """Let `wait_s` seconds pass at once."""
        with self._lock:
            self._passed_s += max(0.0, wait_s)
