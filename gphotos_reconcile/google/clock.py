"""The time, as something that is handed in, so that a wait of a day can be tested."""

import time
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Final, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class Clock(Protocol):
    """A clock that can also wait."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that only ever grow."""
        ...

    def sleep(self, wait_s: float) -> None:
        """Wait."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that only ever grow."""
        return time.monotonic()

    def sleep(self, wait_s: float) -> None:
        """Wait."""
        time.sleep(wait_s)


def _pacific() -> tzinfo:
    try:
        return ZoneInfo("America/Los_Angeles")
    except ZoneInfoNotFoundError:  # a system without a zone database: at most an hour off
        return timezone(timedelta(hours=-8))


QUOTA_ZONE: Final = _pacific()
"""Google counts a quota's day from midnight to midnight, Pacific time."""


def quota_day(moment: datetime) -> date:
    """Return the day that Google books a request of this instant on."""
    return moment.astimezone(QUOTA_ZONE).date()


def next_quota_day(moment: datetime) -> datetime:
    """Return the instant, in UTC, at which Google's next day begins."""
    tomorrow = quota_day(moment) + timedelta(days=1)
    midnight = datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=QUOTA_ZONE)
    return midnight.astimezone(UTC)
