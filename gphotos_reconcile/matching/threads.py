"""The threads that bring two items together besides their hashes: bytes, times, names, ids.

Each is a key. What is looked up may stand a little beside what is held: a clock that rounds, a
camera set to another zone.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntFlag
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gphotos_reconcile.matching.columns import ItemColumns

Rows = NDArray[np.int64]
Keys = NDArray[np.uint64]

_MIX: Final = np.uint64(0x9E3779B97F4A7C15)  # odd: multiplying by it is a bijection
_DAY_S: Final = 86_400
CROWD: Final = 32
"""A key that more items share than this says little: it then counts only with a second one."""


class Reach(IntFlag):
    """Which threads of the net hold a pair; one bit each."""

    BYTES = 1
    CONTENT = 2
    HASH = 4
    UNIQUE_ID = 8
    TIME = 16
    NAME = 32
    ZONE = 64
    LOOK = 128  # found by a wider look: turned, cropped


class Lookup:
    """Rows by a 64-bit key; 0 is no key. Several columns of keys may lead to the same row."""

    def __init__(self, *columns: Keys) -> None:
        keys = np.concatenate(columns)
        rows = np.tile(np.arange(len(columns[0]), dtype=np.int64), len(columns))
        known = np.flatnonzero(keys)
        order = known[np.argsort(keys[known], kind="stable")]
        self._keys, self._rows = keys[order], rows[order]

    def pairs(self, asked: Keys, crowd: int | None) -> tuple[Rows, Rows]:
        """Return (place in `asked`, row) for equal keys, without keys shared by a crowd."""
        first = np.searchsorted(self._keys, asked, side="left")
        counts = np.searchsorted(self._keys, asked, side="right") - first
        counts[asked == 0] = 0
        if crowd is not None:
            counts[counts > crowd] = 0
        place = np.repeat(np.arange(len(asked), dtype=np.int64), counts)
        before = np.repeat(np.cumsum(counts) - counts, counts)
        return place, self._rows[np.repeat(first, counts) + np.arange(len(place)) - before]


@dataclass(frozen=True, slots=True)
class Thread:
    """A key that two items may share: which keys a local item holds, which a cloud item asks for.

    A key that a crowd of local items holds leads nowhere, unless it `always_leads` on.
    """

    reach: Reach
    held: Callable[[ItemColumns], Sequence[Keys]]
    asked: Callable[[ItemColumns], Iterator[Keys]]
    always_leads: bool = False

    @property
    def crowd(self) -> int | None:
        """Return how many local items may hold a key that leads on; None for any number."""
        return None if self.always_leads else CROWD


def _alike(reach: Reach, name: str, *, always_leads: bool = False) -> Thread:
    """Return the thread of a column that has to be equal."""
    return Thread(
        reach,
        lambda items: (getattr(items, name),),
        lambda items: iter((getattr(items, name),)),
        always_leads,
    )


def _near(keys: Sequence[Keys], steps: Sequence[int]) -> Iterator[Keys]:
    for column in keys:
        for step in steps:
            yield _moved(column, step)


def seconds(items: ItemColumns) -> tuple[Keys, Keys]:
    """Return the whole seconds of both times of each item as keys."""
    return _whole(items.taken_at_s), _whole(items.sidecar_taken_at_s)


def _days(items: ItemColumns) -> tuple[Keys, Keys]:
    return _whole(items.taken_at_s / _DAY_S), _whole(items.sidecar_taken_at_s / _DAY_S)


def _whole(numbers: NDArray[np.float64]) -> Keys:
    known = np.isfinite(numbers)
    floors = np.floor(np.where(known, numbers, 0)).astype(np.int64)
    return np.where(known, floors + (1 << 40), 0).astype(np.uint64)


def _moved(keys: Keys, by: int) -> Keys:
    return np.where(keys > 0, (keys.astype(np.int64) + by).astype(np.uint64), np.uint64(0))


def _mixed(stem: Keys, other: Keys) -> Keys:
    """Return one key of two, 0 where either is unknown."""
    return np.where((stem > 0) & (other > 0), stem ^ (other * _MIX), np.uint64(0))


_AROUND: Final = (-1, 0, 1)  # one clock cuts fractions of a second off, another rounds them
_QUARTERS_S: Final = [quarter * 900 for quarter in (*range(-56, 0), *range(1, 57))]

THREADS: Final = (
    _alike(Reach.BYTES, "sha256", always_leads=True),
    _alike(Reach.CONTENT, "content", always_leads=True),
    _alike(Reach.UNIQUE_ID, "unique_id"),
    _alike(Reach.UNIQUE_ID, "content_identifier"),
    _alike(Reach.NAME, "stem"),
    Thread(
        Reach.NAME,
        lambda items: [_mixed(items.stem, day) for day in _days(items)],
        lambda items: (_mixed(items.stem, day) for day in _near(_days(items), _AROUND)),
    ),
    Thread(Reach.TIME, seconds, lambda items: _near(seconds(items), _AROUND)),
    Thread(
        Reach.TIME,
        lambda items: [_mixed(items.stem, second) for second in seconds(items)],
        lambda items: (_mixed(items.stem, second) for second in _near(seconds(items), _AROUND)),
    ),
)
"""What brings two items together besides their hashes."""

ZONES: Final = Thread(Reach.ZONE, seconds, lambda items: _near(seconds(items), _QUARTERS_S))
"""Times apart by whole quarter hours; asked only where nothing else is near."""
