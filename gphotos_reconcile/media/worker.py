"""The pool of worker processes that decode: a broken file costs that file, never the run.

Each worker has one entry in hand and the next one waiting. Entries are drawn only when a worker
has room. When a worker dies or hangs, the entry it had in hand is hashed by a fresh worker with
decoding off, and what else it held is handed out again: no key is lost, none comes twice.
"""

import contextlib
import os
import queue
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, Self, cast

from gphotos_reconcile.core.model import FinePicture, FineView, Fingerprint, Problem, Repeated
from gphotos_reconcile.core.names import display_text
from gphotos_reconcile.core.ports import ByteSource, Key, KnownBytes
from gphotos_reconcile.media.messages import (
    Alive,
    Done,
    Granted,
    Limits,
    Order,
    Report,
    Reserve,
    Task,
    What,
    receive_report,
    send,
)

_IN_HAND: Final = 2
_LOOK_ROUND_S: Final = 1.0
_START_S: Final = 120.0  # importing the decoders on a busy machine is no hang
_KEPT_NAMES: Final = frozenset(
    {"PATH", "HOME", "LANG", "LANGUAGE", "TZ", "TZDIR", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT",
     "WINDIR", "USERPROFILE", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONHOME", "VIRTUAL_ENV"}
)  # fmt: skip
_SIGXCPU: Final = 24
_NOTHING: Final[frozenset[str]] = frozenset()

CRASH_HINT: Final = "It is hashed and can be copied; `doctor` names codecs with known faults."


@dataclass(frozen=True, slots=True)
class _Job:
    key: object
    source: ByteSource
    task: Task


@dataclass(slots=True, eq=False)
class _Hand:
    """A worker process as the pool sees it."""

    process: subprocess.Popen[bytes]
    jobs: deque[_Job] = field(default_factory=deque)
    sign_at: float = 0.0
    started: bool = False
    asks_for_memory: bool = False
    holds_memory: bool = False
    hung: bool = False

    def tell(self, message: object) -> None:
        """Send a message; that a worker is gone is noticed when its pipe ends."""
        with contextlib.suppress(OSError):
            send(cast("BinaryIO", self.process.stdin), message)

    def stop(self) -> None:
        """End the process and wait until it is gone."""
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()
        self.process.wait()


class WorkerPool:
    """Persistent worker processes; use as a context manager.

    One call is served at a time: a second thread waits for its turn.
    """

    def __init__(self, jobs: int | None = None, *, limits: Limits | None = None) -> None:
        """Prepare a pool; processes start when the first entry comes.

        Args:
            jobs: how many workers; None for one on each processor.
            limits: what each of them may use.
        """
        self._count = max(1, _processors() if jobs is None else jobs)
        self._limits = limits or Limits()
        self._hands: list[_Hand] = []
        self._reports: queue.SimpleQueue[tuple[_Hand, Report | None]] = queue.SimpleQueue()
        self._again: deque[_Job] = deque()
        self._turn = threading.Lock()

    @property
    def jobs(self) -> int:
        """Return how many workers there are at most."""
        return self._count

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def rest(self) -> None:
        """Let the workers end where they have nothing to do: their memory is wanted elsewhere.

        They are started again with the next job.
        """
        with self._turn:
            self.close()

    def close(self) -> None:
        """End all workers; what they had in hand is dropped."""
        for hand in self._hands:
            hand.stop()
        self._hands.clear()

    def fingerprints(
        self, jobs: Iterable[tuple[Key, ByteSource]], known: KnownBytes | None = None
    ) -> Iterator[tuple[Key, Fingerprint | Repeated | Problem]]:
        """Yield one pair for each job, in the order they are done; see `core.ports`."""

        def told(source: ByteSource) -> Task:
            sizes = known(source.size_bytes) if known else _NOTHING
            return Task(What.FINGERPRINT, known=sizes)

        for key, value in self._serve((key, source, told(source)) for key, source in jobs):
            yield key, cast("Fingerprint | Repeated | Problem", value)

    def previews(
        self, jobs: Iterable[tuple[Key, ByteSource]], max_px: int
    ) -> Iterator[tuple[Key, bytes | Problem]]:
        """Yield an upright JPEG without metadata, at most `max_px` on its longer edge, per job."""
        task = Task(What.PREVIEW, max_px)
        for key, value in self._serve((key, source, task) for key, source in jobs):
            yield key, cast("bytes | Problem", value)

    def fine_lumas(
        self, jobs: Iterable[tuple[Key, ByteSource, FineView]]
    ) -> Iterator[tuple[Key, FinePicture | Problem]]:
        """Yield the upright luma in its own aspect, or windows of it, per job."""
        wanted = ((key, source, Task(What.LUMA, view)) for key, source, view in jobs)
        for key, value in self._serve(wanted):
            yield key, cast("FinePicture | Problem", value)

    def _serve(
        self,
        jobs: Iterable[tuple[Key, ByteSource, Task]],
    ) -> Generator[tuple[Key, object], None, None]:
        with self._turn:
            coming = (_Job(*job) for job in jobs)
            try:
                while self._hand_out(coming):
                    for key, value in self._next_done():
                        yield cast("Key", key), value
            finally:
                self._drop_unfinished()

    def _hand_out(self, coming: Iterator[_Job]) -> bool:
        """Fill the workers' hands; tell whether anything is left to wait for."""
        for depth in range(1, _IN_HAND + 1):
            while (hand := self._free_hand(depth)) is not None:
                job = self._again.popleft() if self._again else next(coming, None)
                if job is None:
                    return any(hand.jobs for hand in self._hands)
                hand.jobs.append(job)
                if len(hand.jobs) == 1:
                    hand.sign_at = time.monotonic()
                hand.tell(Order(job.task, job.source))
        return True

    def _free_hand(self, depth: int) -> _Hand | None:
        """Return a worker with fewer than `depth` jobs, started for it if need be."""
        free = next((hand for hand in self._hands if len(hand.jobs) < depth), None)
        if free is None and len(self._hands) < self._count:
            free = self._start()
        return free

    def _start(self) -> _Hand:
        process = subprocess.Popen(
            [sys.executable, "-m", "gphotos_reconcile.media.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_clean_environment(),
        )
        hand = _Hand(process)
        self._hands.append(hand)
        threading.Thread(target=self._listen, args=(hand,), daemon=True).start()
        hand.tell(self._limits)
        return hand

    def _listen(self, hand: _Hand) -> None:
        """Pass a worker's reports on until its pipe ends."""
        report: Report | None = Alive()
        while report is not None:
            try:
                report = receive_report(cast("BinaryIO", hand.process.stdout))
            except (OSError, ValueError):  # the pool closed the pipe
                report = None
            self._reports.put((hand, report))

    def _next_done(self) -> Iterator[tuple[object, object]]:
        """Wait for one report and yield what it settles, if it settles anything."""
        try:
            hand, report = self._reports.get(timeout=_LOOK_ROUND_S)
        except queue.Empty:
            self._end_the_hung()
            return
        if hand not in self._hands:
            return
        hand.sign_at, hand.started = time.monotonic(), True
        match report:
            case Done(value) if hand.jobs:
                hand.holds_memory = False
                yield hand.jobs.popleft().key, value
            case Reserve():
                hand.asks_for_memory = True
            case Alive():
                pass
            case _:
                yield from self._bury(hand, blame=report is None)
        self._grant()

    def _grant(self) -> None:
        """Let one worker at a time decode something large."""
        asking = next((hand for hand in self._hands if hand.asks_for_memory), None)
        if asking is None or any(hand.holds_memory for hand in self._hands):
            return
        asking.asks_for_memory, asking.holds_memory = False, True
        asking.sign_at = time.monotonic()
        asking.tell(Granted())

    def _end_the_hung(self) -> None:
        now = time.monotonic()
        for hand in self._hands:
            silent = hand.jobs and not hand.asks_for_memory
            allowed_s = (
                self._limits.stall_s if hand.started else max(self._limits.stall_s, _START_S)
            )
            if silent and now - hand.sign_at > allowed_s:
                hand.hung = True
                hand.process.kill()

    def _bury(self, hand: _Hand, *, blame: bool) -> Iterator[tuple[object, Problem]]:
        """Take leave of a worker that ended; yield the problem of an entry given up."""
        self._hands.remove(hand)
        hand.stop()
        if blame and hand.jobs:
            victim = hand.jobs.popleft()
            problem = _crash_problem(victim.source, hand, self._limits)
            if victim.task.what is What.FINGERPRINT:
                self._again.append(replace(victim, task=Task(What.HASHES, problem=problem)))
            else:
                yield victim.key, problem
        self._again.extendleft(reversed(hand.jobs))

    def _drop_unfinished(self) -> None:
        """End the workers that still hold jobs of a call whose caller has left."""
        self._again.clear()
        for hand in [hand for hand in self._hands if hand.jobs]:
            self._hands.remove(hand)
            hand.stop()


def _crash_problem(source: ByteSource, hand: _Hand, limits: Limits) -> Problem:
    if hand.hung:
        how = f"gave no sign for {limits.stall_s:g} seconds and was stopped"
    elif hand.process.returncode == -_SIGXCPU:
        how = "took more processor time than one file may"
    else:
        how = f"crashed (status {hand.process.returncode})"
    return Problem(
        stage="decode",
        message=f"{display_text(source.name)}: the decoder {how} on this file",
        hint=CRASH_HINT,
    )


def _processors() -> int:
    """Return how many processors this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)  # only Linux has it
    return len(allowed(0)) if allowed is not None else os.cpu_count() or 1


def _clean_environment() -> dict[str, str]:
    """Return what a worker needs of the environment: no token, key or proxy reaches it."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.upper() in _KEPT_NAMES or name.startswith("LC_")
    }
    paths = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    return {**kept, **single, "PYTHONPATH": paths}
