"""Which cloud items a change of the local side may concern: those that have to be judged again.

A verdict rests on the candidates of its item alone. So it can change only where a local item that
came, changed or went is one of them, or where it makes or breaks a crowd: a key that too many
local items share leads to none of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gphotos_reconcile.core.model import PictureSignature, Side
from gphotos_reconcile.matching.candidates import hash_is_usable, pairs_within
from gphotos_reconcile.matching.coarse import vectors
from gphotos_reconcile.matching.columns import ItemColumns
from gphotos_reconcile.matching.loading import ItemLoader
from gphotos_reconcile.matching.options import IN_COLUMNS, MatchOptions
from gphotos_reconcile.matching.perceptual import ORIENTATIONS, grids_of
from gphotos_reconcile.matching.threads import THREADS, ZONES, Keys, Thread
from gphotos_reconcile.matching.wider import MAX_LOCAL, correlate, windows_of

Ids = NDArray[np.int64]

MOST_CHANGED: Final = 0.2
"""Above this share of the local side it is cheaper to judge everything again."""

_LOAD: Final = 2048
_FILTER_BITS: Final = 18
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalChange:
    """The local side as it is now, and the items that left it and came to it.

    A changed item has left as it was and has come as it is.
    """

    local: ItemColumns
    left: ItemColumns
    came: ItemColumns

    @classmethod
    def between(
        cls, before: ItemColumns, now: ItemColumns, touched: Sequence[int]
    ) -> "LocalChange":
        """Return the change from one state to the next by the items that were touched."""
        return cls(local=now, left=before.only(touched), came=now.only(touched))

    @property
    def is_none(self) -> bool:
        """Tell whether the local side is as it was."""
        return not len(self.left) and not len(self.came)

    @property
    def is_large(self) -> bool:
        """Tell whether so much has changed that all may as well be judged again."""
        return max(len(self.left), len(self.came)) > MOST_CHANGED * max(len(self.local), 1)

    @property
    def changed(self) -> ItemColumns:
        """Return what left and what came."""
        return self.left.with_changes((), self.came)

    @property
    def size_before(self) -> int:
        """Return how many local items there were."""
        return len(self.local) - len(self.came) + len(self.left)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedWider:
    """The cloud items that were looked for once more, by ascending id.

    `turned` has shape (8, n), with 0 where there is no picture; `correlated` are the local items
    that each resembled.
    """

    item_id: Ids
    turned: NDArray[np.uint64]
    correlated: Sequence[Sequence[int]]

    @classmethod
    def of(cls, rows: Sequence[tuple[int, bytes | None, Sequence[int]]]) -> "LookedWider":
        """Return what was kept of each: its id, its turned hashes, the items it resembled."""
        nothing = bytes(8 * ORIENTATIONS)
        packed = b"".join(turned or nothing for _, turned, _ in rows)
        return cls(
            item_id=np.array([item_id for item_id, _, _ in rows], dtype=np.int64),
            turned=np.frombuffer(packed, dtype="<u8").reshape(-1, ORIENTATIONS).T,
            correlated=[correlated for _, _, correlated in rows],
        )


def affected_items(
    cloud: ItemColumns,
    change: LocalChange,
    wider: LookedWider,
    loader: ItemLoader,
    options: MatchOptions,
) -> Ids:
    """Return the ids of cloud items whose verdict may be another now, in ascending order."""
    if change.is_none:
        return np.empty(0, dtype=np.int64)
    if change.is_large or set(options.hashes) - set(IN_COLUMNS):
        return cloud.item_id
    hit = np.zeros(len(cloud), dtype=np.bool_)
    for thread in THREADS:
        hit |= _reached(thread, cloud, change)
    hit |= _near_by_hash(cloud, change, options)
    rows = np.flatnonzero(np.isin(cloud.item_id, wider.item_id))
    hit[rows] |= _reached(ZONES, cloud.take(rows), change)
    ids = np.union1d(cloud.item_id[hit], wider.item_id[_near_when_turned(change, wider, options)])
    ids = np.union1d(ids, _correlated(change, wider, loader))
    return np.intersect1d(ids, cloud.item_id)


def _reached(thread: Thread, cloud: ItemColumns, change: LocalChange) -> NDArray[np.bool_]:
    """Tell which cloud items a thread leads to, or led to, from what changed."""
    hit = np.zeros(len(cloud), dtype=np.bool_)
    keys = np.unique(np.concatenate(thread.held(change.changed)))
    keys = keys[keys > 0]
    if thread.crowd is not None:
        now = _counts(thread.held(change.local), keys)
        before = (
            now - _counts(thread.held(change.came), keys) + _counts(thread.held(change.left), keys)
        )
        keys = keys[np.minimum(now, before) <= thread.crowd]
    known = _KeySet(keys)
    for asked in thread.asked(cloud):
        hit |= known.holds(asked)
    return hit


def _counts(columns: Sequence[Keys], keys: Keys) -> NDArray[np.int64]:
    """Return how often each of the keys, which are sorted, is held."""
    counts = np.zeros(len(keys), dtype=np.int64)
    known = _KeySet(keys)
    for column in columns:
        found = column[known.holds(column)]
        counts += np.bincount(np.searchsorted(keys, found), minlength=len(keys))
    return counts


class _KeySet:
    """Few sorted keys, asked for very many: most are turned away by a small table of bits."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._may = np.zeros(1 << _FILTER_BITS, dtype=np.bool_)
        self._may[self._places(keys)] = True

    def holds(self, asked: Keys) -> NDArray[np.bool_]:
        found = self._may[self._places(asked)]
        rows = np.flatnonzero(found)
        if len(rows):
            places = np.searchsorted(self._keys, asked[rows])
            places = np.minimum(places, len(self._keys) - 1)
            found[rows] = self._keys[places] == asked[rows]
        return found

    @staticmethod
    def _places(keys: Keys) -> NDArray[np.uint64]:
        places: NDArray[np.uint64] = (keys * _MIX) >> np.uint64(64 - _FILTER_BITS)
        return places


def _near_by_hash(
    cloud: ItemColumns, change: LocalChange, options: MatchOptions
) -> NDArray[np.bool_]:
    hit = np.zeros(len(cloud), dtype=np.bool_)
    changed = change.changed
    changed = changed.take(np.flatnonzero(hash_is_usable(changed, options)))
    usable = np.flatnonzero(hash_is_usable(cloud, options))
    for name in options.hashes:
        hashes = getattr(cloud, name)[usable]
        for _, found, _ in pairs_within(getattr(changed, name), hashes, options.radius_bits):
            hit[usable[found]] = True
    return hit


def _near_when_turned(
    change: LocalChange, wider: LookedWider, options: MatchOptions
) -> NDArray[np.int64]:
    hit = np.zeros(len(wider.item_id), dtype=np.bool_)
    changed = change.changed
    changed = changed.take(np.flatnonzero(hash_is_usable(changed, options)))
    if "phash" in options.hashes:
        for turned in wider.turned:
            hashes = np.ascontiguousarray(turned)
            for _, found, _ in pairs_within(changed.phash, hashes, options.radius_bits):
                hit[found] = True
    return np.flatnonzero(hit)


def _correlated(change: LocalChange, wider: LookedWider, loader: ItemLoader) -> Ids:
    """Return the items that a wider look brought, or would bring now, to what changed."""
    were_few, are_few = change.size_before <= MAX_LOCAL, len(change.local) <= MAX_LOCAL
    if were_few != are_few:
        return wider.item_id
    if not are_few:
        return np.empty(0, dtype=np.int64)
    left = set(change.left.item_id.tolist())
    ids = [
        item_id
        for item_id, others in zip(wider.item_id.tolist(), wider.correlated, strict=True)
        if left.intersection(others)
    ]
    came = loader.signatures(Side.LOCAL, change.came.item_id.tolist())
    if came:
        windows = windows_of(came)
        for some in _pictures(loader, wider.item_id.tolist()):
            seen = np.array(sorted(some), dtype=np.int64)
            units = vectors(grids_of([some[item_id].luma for item_id in seen.tolist()]))
            ids += seen[correlate(units, windows)].tolist()
    return np.unique(np.array(ids, dtype=np.int64))


def _pictures(loader: ItemLoader, ids: Sequence[int]) -> Iterator[Mapping[int, PictureSignature]]:
    for first in range(0, len(ids), _LOAD):
        found = loader.signatures(Side.CLOUD, ids[first : first + _LOAD])
        if found:
            yield found
