"""Google's daily budgets, counted here so that we stop before Google says no."""

import threading
from collections import Counter
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from gphotos_reconcile.core.errors import GoogleUnavailableError
from gphotos_reconcile.core.journals import QuotaLedger
from gphotos_reconcile.core.times import utc_text
from gphotos_reconcile.google.clock import Clock, next_quota_day, quota_day


class Budget(StrEnum):
    """What a request is counted as."""

    REQUESTS = "requests"  # everything of the Library API but bytes
    BYTES = "bytes"  # byte URLs of the Library API
    PICKER = "picker"  # 100,000 a minute: counted for the record, never the limit


DAILY: Final = {Budget.REQUESTS: 10_000, Budget.BYTES: 75_000}
"""Per project and day (developers.google.com/photos/overview/api-limits-quotas)."""

_FLUSH_EVERY: Final = 50  # at most this many requests go uncounted when the process is killed


class QuotaSpentError(GoogleUnavailableError):
    """A daily quota is spent; `resume_at` is when Google counts anew."""

    def __init__(self, what: str, resume_at: datetime) -> None:
        super().__init__(
            f"{what} The place is kept.",
            hint=f"Run the same command again after {utc_text(resume_at)}; it goes on from there.",
        )
        self.resume_at = resume_at


class QuotaGate:
    """Counts requests against the daily budgets. Safe between threads."""

    def __init__(
        self,
        ledger: QuotaLedger,
        project: str,
        clock: Clock,
        limits: dict[Budget, int] | None = None,
    ) -> None:
        self._ledger = ledger
        self._project = project
        self._clock = clock
        self._limits = DAILY if limits is None else limits
        self._lock = threading.Lock()
        self._day = quota_day(clock.now())
        self._before: dict[Budget, int] = {}
        self._fresh: Counter[Budget] = Counter()
        self.made: Counter[Budget] = Counter()

    def take(self, budget: Budget) -> None:
        """Book one request.

        Raises:
            QuotaSpentError: the day's budget is spent; nothing was booked.
        """
        with self._lock:
            today = quota_day(self._clock.now())
            if today != self._day:
                self._flush()
                self._day, self._before = today, {}
            limit = self._limits.get(budget)
            if limit is not None and self._spent(budget, today) >= limit:
                raise QuotaSpentError(
                    f"Today's budget of {limit:,} {budget.value} at Google is spent.",
                    next_quota_day(self._clock.now()),
                )
            self._fresh[budget] += 1
            self.made[budget] += 1
            if self._fresh.total() >= _FLUSH_EVERY:
                self._flush()

    def flush(self) -> None:
        """Write what was booked to the ledger."""
        with self._lock:
            self._flush()

    def _spent(self, budget: Budget, day: date) -> int:
        if budget not in self._before:
            self._before[budget] = self._ledger.spent(self._project, day, budget.value)
        return self._before[budget] + self._fresh[budget]

    def _flush(self) -> None:
        for budget, count in self._fresh.items():
            self._ledger.spend(self._project, self._day, budget.value, count)
            if budget in self._before:
                self._before[budget] += count
        self._fresh.clear()
