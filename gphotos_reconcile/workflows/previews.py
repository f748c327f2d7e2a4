"""Previews for the review page: made once, what is looked at before what may be looked at next."""

import heapq
import itertools
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from types import TracebackType
from typing import Final, Self

from gphotos_reconcile.core.errors import ReconcileError
from gphotos_reconcile.core.model import Problem
from gphotos_reconcile.core.ports import ByteSource
from gphotos_reconcile.media.messages import Limits
from gphotos_reconcile.media.worker import WorkerPool

SIZES_PX: Final = {"small": 400, "medium": 1600, "large": 8000}
"""Longer edge of each kind of preview: in the grid, side by side, and pixel by pixel."""

_CAPACITY_BYTES: Final = 256 << 20
_WAIT_S: Final = 60.0
_LEISURE_BYTES: Final = 64 << 20
_LIMITS: Final = Limits(niceness=0)  # somebody looks at the screen
_LEISURE_LIMITS: Final = Limits()  # nobody does yet: it stands back, as an import's workers do

# The smallest number goes first. A small picture is there at once and is shown meanwhile.
_LOOKED_AT_SMALL: Final = 0
_LOOKED_AT: Final = 1
_AHEAD: Final = 2

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
            makers: how many previews are made at a time. The first of several makes only what
                is looked at, so that this never waits for one that is made ahead.
        """
        self._find = find
        self._kept: OrderedDict[_Key, Preview] = OrderedDict()
        self._kept_bytes = 0
        self._coming: dict[_Key, Future[Preview]] = {}
        self._in_hand: set[_Key] = set()
        self._order = itertools.count()
        self._jobs: list[tuple[int, int, _Key]] = []
        self._changed = threading.Condition()
        self._ended = False
        self._makers = [
            threading.Thread(
                target=self._make_all,
                args=(_LOOKED_AT if number == 0 and makers > 1 else _AHEAD,),
                name=f"preview-{number}",
                daemon=True,
            )
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
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        for maker in self._makers:
            maker.join()
        for future in self._coming.values():
            future.set_result(_FAILED)  # nobody has to wait for what nobody makes

    def get(self, item_id: int, size: str, *, ahead: bool = False) -> Preview:
        """Return an upright JPEG without metadata, or why there is none.

        `ahead` tells that nobody looks at it yet: what is looked at goes first.
        """
        future = self._ask((item_id, size), ahead=ahead)
        try:
            return future.result(timeout=_WAIT_S)
        except TimeoutError:
            return _TOO_LONG

    def warm(self, item_ids: Iterable[int], size: str, *, ahead: bool = True) -> None:
        """Have previews made without waiting for them; not `ahead`: they are about to be shown."""
        for item_id in item_ids:
            self._ask((item_id, size), ahead=ahead)

    def warm_later(self, item_ids: Iterable[int]) -> None:
        """Have small previews made one by one, in this order, by a worker that stands back.

        To be called once. What comes out of the iterable is asked for in a thread of ours.
        """
        maker = threading.Thread(
            target=self._make_later, args=(item_ids,), name="preview-later", daemon=True
        )
        self._makers.append(maker)
        maker.start()

    def _ask(self, key: _Key, *, ahead: bool) -> Future[Preview]:
        looked_at = _LOOKED_AT_SMALL if key[1] == "small" else _LOOKED_AT
        with self._changed:
            if key in self._kept:
                self._kept.move_to_end(key)
                done: Future[Preview] = Future()
                done.set_result(self._kept[key])
                return done
            future = self._coming.setdefault(key, Future())
            # The newest first: what was asked for before may be of a page that was left since.
            # Asked again more urgently, the earlier place finds nothing left to do.
            order = -next(self._order)
            heapq.heappush(self._jobs, (_AHEAD if ahead else looked_at, order, key))
            self._changed.notify_all()
        return future

    def _make_all(self, least_urgent: int) -> None:
        with WorkerPool(1, limits=_LIMITS) as pool:
            while (key := self._next_key(least_urgent)) is not None:
                self._finish(key, self._make(pool, key))

    def _make_later(self, item_ids: Iterable[int]) -> None:
        try:
            with WorkerPool(1, limits=_LEISURE_LIMITS) as pool:
                for item_id in item_ids:
                    key = (item_id, "small")
                    with self._changed:
                        if self._ended or self._kept_bytes > _LEISURE_BYTES:
                            return
                        known = key in self._kept or key in self._coming
                    if not known:
                        self._finish(key, self._make(pool, key))
        except ReconcileError as error:  # the catalogue stays busy: they are made when asked for
            logging.getLogger(__name__).info("previews are not made ahead: %s", error)

    def _next_key(self, least_urgent: int) -> _Key | None:
        """Wait for a preview to be made and take it in hand; None when the end has come."""
        with self._changed:
            while not self._ended:
                if not self._jobs or self._jobs[0][0] > least_urgent:
                    self._changed.wait()
                    continue
                _, _, key = heapq.heappop(self._jobs)
                if key in self._coming and key not in self._in_hand:
                    self._in_hand.add(key)
                    return key
        return None

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
        with self._changed:
            self._in_hand.discard(key)
            if key not in self._kept:  # asked for while it was made at leisure, it is made twice
                self._kept[key] = preview
                self._kept_bytes += _size(preview)
            while self._kept_bytes > _CAPACITY_BYTES and len(self._kept) > 1:
                _, oldest = self._kept.popitem(last=False)
                self._kept_bytes -= _size(oldest)
            future = self._coming.pop(key, None)
        if future is not None:
            future.set_result(preview)


def _size(preview: Preview) -> int:
    return len(preview) if isinstance(preview, bytes) else 0
