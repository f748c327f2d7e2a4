"""Processes that judge: each reads the catalogue by itself, and asks here for decoded pictures.

A task goes to whichever process is free; the answers come back in the order of the tasks. The
decoders stay with the one pool that keeps their memory within limits.
"""

import contextlib
import multiprocessing
import os
import queue
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from gphotos_reconcile.matching.judging import Answer, Judge, Task
from gphotos_reconcile.matching.options import MatchOptions
from gphotos_reconcile.store.engine import open_catalog
from gphotos_reconcile.workflows.loading import Asked, CatalogLoader, Fine, FineSource

_ONE_THREAD: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_WAITING_EACH: Final = 2


@dataclass(frozen=True, slots=True)
class _Ask:
    """A judge's request for pictures."""

    wanted: Asked


class ProcessJudges:
    """Judges tasks in several processes; use as a context manager."""

    def __init__(
        self, path: Path, options: MatchOptions, pictures: FineSource, *, count: int
    ) -> None:
        """Start the processes.

        Args:
            path: the catalogue that they read.
            options: what they judge by.
            pictures: who decodes for them.
            count: how many there are.
        """
        self._pictures = pictures
        self._processes: list[BaseProcess] = []
        self._pipes: list[Pipe] = []
        self._free: queue.SimpleQueue[Pipe] = queue.SimpleQueue()
        self._threads = ThreadPoolExecutor(max_workers=count)
        self._count = count
        context = multiprocessing.get_context("spawn")
        with _single_threaded():
            for _ in range(count):
                pipe, theirs = context.Pipe()
                process = context.Process(
                    target=_judge_tasks, args=(theirs, str(path), options), daemon=True
                )
                process.start()
                theirs.close()
                self._processes.append(process)
                self._pipes.append(pipe)
                self._free.put(pipe)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            for process in self._processes:
                process.kill()
        for pipe in self._pipes:
            pipe.close()
        self._threads.shutdown(cancel_futures=True)
        for process in self._processes:
            process.join()

    def answers(self, tasks: Iterable[Task]) -> Iterator[Answer]:
        """Yield an answer for each task, in order."""
        waiting: deque[Future[Answer]] = deque()
        for task in tasks:
            waiting.append(self._threads.submit(self._answer, task))
            if len(waiting) >= _WAITING_EACH * self._count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def _answer(self, task: Task) -> Answer:
        pipe = self._free.get()
        try:
            pipe.send(task)
            while isinstance(said := pipe.recv(), _Ask):
                pipe.send(self._pictures.fine(said.wanted))
        except (EOFError, OSError) as error:
            raise RuntimeError("a process that judges has ended") from error
        finally:
            self._free.put(pipe)
        if not isinstance(said, Answer):
            raise said
        return said


@contextlib.contextmanager
def _single_threaded() -> Iterator[None]:
    """Let processes that start now do their algebra on one thread each."""
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@dataclass(frozen=True, slots=True)
class _OverPipe:
    """Asks the main process for pictures."""

    pipe: Pipe

    def fine(self, wanted: Asked) -> Fine:
        self.pipe.send(_Ask(wanted))
        found: Fine = self.pipe.recv()
        return found


def _judge_tasks(pipe: Pipe, path: str, options: MatchOptions) -> None:
    """Judge what comes through the pipe until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process ends us
    with (
        contextlib.suppress(EOFError, OSError),
        open_catalog(path, write=False) as catalog,
        catalog.connect() as conn,
    ):
        judge = Judge(CatalogLoader(conn, _OverPipe(pipe)), options)
        while True:
            task = pipe.recv()
            try:
                answer: Answer | Exception = judge.answer(task)
            except Exception as error:  # noqa: BLE001 - it is raised where the task came from
                answer = error
            pipe.send(answer)
