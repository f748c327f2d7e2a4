"""A seeded schedule of everything that goes wrong between here and Google."""

import random
import threading
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Fault(StrEnum):
    """What happens to one call (closed list)."""

    MINUTE = "minute"  # 429, too many a minute
    MINUTE_AS_400 = "minute_as_400"
    DAY = "day"  # 429, the daily quota
    DAY_AS_400 = "day_as_400"
    ERROR_500 = "error_500"
    ERROR_502 = "error_502"
    ERROR_503 = "error_503"  # with Retry-After
    ABORTED = "aborted"  # 409
    RESET = "reset"  # the connection breaks before anything was done
    LOST = "lost"  # done, and then the connection breaks
    TRUNCATED = "truncated"  # done; half of the announced bytes come
    NO_LENGTH = "no_length"  # done; half of the bytes, no length told, connection closed
    GZIP_LIE = "gzip_lie"  # done; says gzip, is not
    HTML = "html"  # not done; an HTML page with status 200
    REDIRECT = "redirect"  # to another host
    SIGN_IN_DEAD = "sign_in_dead"  # the access token is no longer accepted
    REVOKED = "revoked"  # neither is the refresh token
    URL_DEAD = "url_dead"  # byte address expired
    PAGE_DEAD = "page_dead"
    SAME_PAGE = "same_page"  # the next page is this page
    EARLY_END = "early_end"  # a page in the middle says that it is the last
    EMPTY_PAGE = "empty_page"  # no items, and a token
    DOUBLED = "doubled"  # items, or results, come twice
    NULL_ENTRY = "null_entry"
    REORDERED = "reordered"  # results in reverse
    SHORT = "short"  # created, and one result left out
    PARTIAL = "partial"  # every second item fails with code 13
    BYTES_UNKNOWN = "bytes_unknown"  # the upload token of the first item is not known
    SESSION_DEAD = "session_dead"  # the unfinished upload is gone


TRANSPORT: Final = (
    Fault.MINUTE, Fault.MINUTE_AS_400, Fault.ERROR_500, Fault.ERROR_502, Fault.ERROR_503,
    Fault.ABORTED, Fault.RESET, Fault.LOST, Fault.TRUNCATED, Fault.NO_LENGTH, Fault.GZIP_LIE,
    Fault.HTML, Fault.SIGN_IN_DEAD,
)  # fmt: skip
"""Passing trouble that any call can meet."""

FATAL: Final = (Fault.DAY, Fault.DAY_AS_400, Fault.REVOKED, Fault.REDIRECT)
"""Trouble that rightly ends a run."""

OF_ENDPOINT: Final[Mapping[str, tuple[Fault, ...]]] = {
    "list": (
        Fault.PAGE_DEAD, Fault.SAME_PAGE, Fault.EARLY_END, Fault.EMPTY_PAGE, Fault.DOUBLED,
        Fault.NULL_ENTRY,
    ),
    "search": (Fault.EMPTY_PAGE, Fault.DOUBLED, Fault.NULL_ENTRY),
    "batchGet": (Fault.NULL_ENTRY, Fault.REORDERED),
    "batchCreate": (
        Fault.REORDERED, Fault.SHORT, Fault.PARTIAL, Fault.DOUBLED, Fault.BYTES_UNKNOWN,
        Fault.NULL_ENTRY,
    ),
    "upload.part": (Fault.SESSION_DEAD,),
    "bytes": (Fault.URL_DEAD,),
    "picked": (Fault.URL_DEAD,),
    "picker.list": (Fault.EMPTY_PAGE, Fault.DOUBLED, Fault.NULL_ENTRY),
}  # fmt: skip
"""What is particular to an endpoint."""


class FaultSchedule:
    """Says which fault the n-th call of an endpoint meets. Each fault strikes once."""

    def __init__(self, planned: Mapping[tuple[str, int], Fault] | None = None) -> None:
        self._planned = dict(planned or {})
        self._calls: Counter[str] = Counter()
        self._lock = threading.Lock()
        self.struck: list[tuple[str, int, Fault]] = []

    @classmethod
    def seeded(cls, seed: int, endpoints: tuple[str, ...], *, fatal: int = 2) -> "FaultSchedule":
        """Draw 1 to 12 faults over the first calls of `endpoints`, at most `fatal` fatal ones."""
        draw = random.Random(seed)  # noqa: S311  a schedule to be drawn again, not a secret
        planned: dict[tuple[str, int], Fault] = {}
        for _ in range(draw.randint(1, 12)):
            endpoint = draw.choice(endpoints)
            own = OF_ENDPOINT.get(endpoint, ())
            pool = own if own and draw.random() < 0.5 else TRANSPORT
            planned[(endpoint, draw.randint(1, 8))] = draw.choice(pool)
        for _ in range(draw.randint(0, fatal)):
            place = (draw.choice(endpoints), draw.randint(1, 4))
            planned[place] = draw.choice(FATAL)
        return cls(planned)

    def strike(self, endpoint: str) -> Fault | None:
        """Return the fault for this call of `endpoint`."""
        with self._lock:
            self._calls[endpoint] += 1
            fault = self._planned.get((endpoint, self._calls[endpoint]))
            if fault is not None:
                self.struck.append((endpoint, self._calls[endpoint], fault))
            return fault

    def calls(self, endpoint: str | None = None) -> int:
        """Return how often an endpoint was called, or all of them."""
        return self._calls.total() if endpoint is None else self._calls[endpoint]
