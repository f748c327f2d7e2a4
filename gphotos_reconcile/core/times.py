"""Times as text and back, and the capture times that file names carry."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

# 20190504_101112, 2019-05-04 10.11.12, PXL_20190504_101112345, IMG-20190504-WA0001 has no time.
_IN_NAME: Final = re.compile(
    r"(?<!\d)((?:19|20)\d\d)([-_.]?)(\d\d)\2(\d\d)[-_ T]?(?:at )?"
    r"(\d\d)([-_.:h]?)(\d\d)\6(\d\d)(\d{3})?(?!\d)"
)


def utc_text(moment: datetime | None) -> str | None:
    """Return `2019-05-04T10:11:12.345Z`, decimals only where there are any; None for None.

    Raises:
        ValueError: the datetime is naive.
    """
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError("naive datetime")
    moment = moment.astimezone(UTC)
    text = moment.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
    fraction = f".{moment.microsecond:06d}".rstrip("0") if moment.microsecond else ""
    return f"{text}{fraction}Z"


def parse_utc(text: str | None) -> datetime | None:
    """Return the datetime that `utc_text` wrote; None for None."""
    return None if text is None else datetime.fromisoformat(text)


def from_epoch(seconds: float) -> datetime | None:
    """Return the instant, None when it is outside of what a datetime can hold."""
    try:
        return EPOCH + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        return None


def time_in_name(name: str) -> datetime | None:
    """Return the local time that a camera wrote into a file name, as if it were UTC."""
    found = _IN_NAME.search(name)
    if found is None:
        return None
    year, _, month, day, hour, _, minute, second, millis = found.groups()
    try:
        return datetime(
            int(year), int(month), int(day), int(hour), int(minute), int(second),
            int(millis or 0) * 1000, tzinfo=UTC,
        )  # fmt: skip
    except ValueError:
        return None
