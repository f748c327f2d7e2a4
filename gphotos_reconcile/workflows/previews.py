"""Previews for the review page: made once, what is looked at before what may be looked at next."""

import itertools
import logging
import queue
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from types import TracebackType
from typing import Final, Self

from gphotos_reconcile.core.model import Problem
from gphotos_reconcile.core.ports import ByteSource
from gphotos_reconcile.media.worker import WorkerPool

SIZES_PX: Final = {"small": 400, "medium": 1600, "large": 8000}
"""Longer edge of each kind of preview: in the grid, side by side, and pixel by pixel."""

_CAPACITY_BYTES: Final = 256 << 20
_WAIT_S: Final = 60.0
_STOP: Final = 9  # behind every job

_Key = tuple[int, str]
Preview = bytes | Problem

_TOO_LONG: Final = Problem(
    stage="preview",
    message="Making the preview took too long.",
    hint="Try again; the file itself is not touched.",
)
_FAILED: Final = Problem(
    stage="preview",
    message="No preview could be made.",
    hint="Open the file itself; it is not touched.",
)


class Previews:
    """Makes previews in confined workers and keeps the newest ones; use as a context manager."""

    def __init__(self, find: Callable[[int], ByteSource | Problem], *, makers: int = 2) -> None:
        """Prepare; workers start when the first preview is asked for.

        Args:
            find: gives an item's bytes, or why they are not to be had; called in our threads.
            makers: how many previews are made at a time.
        """
        self._find = find
        self._kept: OrderedDict[_Key, Preview] = OrderedDict()
        self._kept_bytes = 0
        self._coming: dict[_Key, Future[Preview]] = {}
        self._in_hand: set[_Key] = set()
        self._lock = threading.Lock()
        self._order = itertools.count()
        self._jobs: queue.PriorityQueue[tuple[int, int, _Key]] = queue.PriorityQueue()
        self._makers = [
            threading.Thread(target=self._make_all, name=f"preview-{number}", daemon=True)
            for number in range(makers)
        ]

    def __enter__(self) -> Self:
        for maker in self._makers:
            maker.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for _ in self._makers:
            self._jobs.put((_STOP, next(self._order), (0, "")))
        for maker in self._makers:
            maker.join()

    def get(self, item_id: int, size: str, *, ahead: bool = False) -> Preview:
        """Return an upright JPEG without metadata, or why there is none.

        `ahead` tells that nobody looks at it yet: what is looked at goes first.
        """
        future = self._ask((item_id, size), priority=2 if ahead else 1)
        try:
            return future.result(timeout=_WAIT_S)
        except TimeoutError:
            return _TOO_LONG

    def warm(self, item_ids: Iterable[int], size: str, *, ahead: bool = True) -> None:
        """Have previews made without waiting for them; not `ahead`: they are about to be shown."""
        for item_id in item_ids:
            self._ask((item_id, size), priority=3 if ahead else 1)

    def _ask(self, key: _Key, *, priority: int) -> Future[Preview]:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                done: Future[Preview] = Future()
                done.set_result(self._kept[key])
                return done
            future = self._coming.setdefault(key, Future())
        # Asked again more urgently: the earlier place in the queue finds nothing left to do.
        self._jobs.put((priority, next(self._order), key))
        return future

    def _make_all(self) -> None:
        with WorkerPool(1) as pool:
            while True:
                priority, _, key = self._jobs.get()
                if priority == _STOP:
                    return
                with self._lock:
                    if key not in self._coming or key in self._in_hand:
                        continue  # it was asked for again, and is done or in another's hand
                    self._in_hand.add(key)
                self._finish(key, self._make(pool, key))

    def _make(self, pool: WorkerPool, key: _Key) -> Preview:
        item_id, size = key
        try:
            source = self._find(item_id)
            if isinstance(source, Problem):
                return source
            ((_, preview),) = pool.previews([(key, source)], SIZES_PX[size])
        except Exception:
            logging.getLogger(__name__).exception("preview of item %d", item_id)
            return _FAILED
        return preview

    def _finish(self, key: _Key, preview: Preview) -> None:
        with self._lock:
            self._kept[key] = preview
            self._kept_bytes += _size(preview)
            while self._kept_bytes > _CAPACITY_BYTES and len(self._kept) > 1:
                _, oldest = self._kept.popitem(last=False)
                self._kept_bytes -= _size(oldest)
            future = self._coming.pop(key)
            self._in_hand.discard(key)
        future.set_result(preview)


def _size(preview: Preview) -> int:
    return len(preview) if isinstance(preview, bytes) else 0
