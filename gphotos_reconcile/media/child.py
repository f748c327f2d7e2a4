"""A worker process: takes entries one after the other, within limits, until its pipe ends.

Started by `media.worker` as `python -m gphotos_reconcile.media.child`.
"""

import contextlib
import ctypes
import io
import os
import platform
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO, Final, NoReturn, cast

from gphotos_reconcile.core.model import FinePicture, Fingerprint, Problem, Repeated
from gphotos_reconcile.core.names import display_text
from gphotos_reconcile.core.ports import ByteSource
from gphotos_reconcile.media.errors import PictureError
from gphotos_reconcile.media.fingerprint import fingerprint_or_repeated, hashes_only
from gphotos_reconcile.media.messages import (
    Alive,
    Done,
    Granted,
    Limits,
    Order,
    Reserve,
    Retired,
    What,
    receive_order,
    send,
)
from gphotos_reconcile.media.picture import within_budget
from gphotos_reconcile.media.rendering import fine_luma, preview

with contextlib.suppress(ImportError):  # Windows has no such limits
    import resource

_HAS_LIMITS: Final = find_spec("resource") is not None

_BEAT_S: Final = 2.0
_HASH_BYTES_PER_CPU_S: Final = 20 << 20
_FAT_BYTES: Final = 320 << 20
_NEW_NET, _NEW_USER = 0x40000000, 0x10000000

READ_HINT: Final = "Check the disk or fetch the file again, then run the same command."
REPORT_HINT: Final = "It is hashed and can be copied; please report the file's type as a bug."


class Worker:
    """One process's side of the conversation with the pool."""

    def __init__(self, orders: BinaryIO, reports: BinaryIO, limits: Limits) -> None:
        self._orders = orders
        self._reports = reports
        self._limits = limits
        self._waiting: queue.SimpleQueue[Order] = queue.SimpleQueue()
        self._granted = threading.Event()
        self._beat_at = 0.0

    def serve(self) -> None:
        """Work until the pool closes the pipe, or memory has grown for good."""
        threading.Thread(target=self._listen, daemon=True).start()
        send(self._reports, Alive())
        while True:
            order = self._waiting.get()
            _limit_cpu(self._limits.cpu_s + order.source.size_bytes // _HASH_BYTES_PER_CPU_S)
            send(self._reports, Done(self._made(order)))
            if _resident_bytes() > _FAT_BYTES:
                _give_memory_back()
                if _resident_bytes() > _FAT_BYTES:
                    send(self._reports, Retired())
                    return

    def _listen(self) -> NoReturn:
        """Take orders while the decoder is busy; end the process when the pool has ended."""
        try:
            while (message := receive_order(self._orders)) is not None:
                if isinstance(message, Granted):
                    self._granted.set()
                elif isinstance(message, Order):
                    self._waiting.put(message)
        finally:  # also when an order cannot be understood: the pool then sees us end
            os._exit(0)

    def _made(self, order: Order) -> Fingerprint | Repeated | Problem | FinePicture | bytes:
        source = _Watched(order.source, self._beat)
        try:
            return self._make(order, source)
        except OSError as error:
            return _unreadable(order.source, error)
        except PictureError as error:
            name = display_text(order.source.name)
            return Problem(stage="decode", message=f"{name}: {error}", hint=READ_HINT)

    def _make(
        self, order: Order, source: "_Watched"
    ) -> Fingerprint | Repeated | Problem | FinePicture | bytes:
        task = order.task
        if task.what is What.HASHES and task.problem is not None:
            return hashes_only(source, task.problem)
        if task.what is What.PREVIEW:
            assert isinstance(task.view, int)  # noqa: S101  # the pool asks for no windows here
            return preview(source, task.view, self._reserve)
        if task.what is What.LUMA:
            return fine_luma(source, task.view, self._reserve)
        try:
            return fingerprint_or_repeated(source, task.known, reserve=self._reserve)
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001  # a bug of ours must cost one file, not the run
            return hashes_only(source, _failed(source, error))

    def _reserve(self, needed_bytes: int) -> None:
        within_budget(needed_bytes)
        if needed_bytes > self._limits.alone_bytes:
            self._granted.clear()
            send(self._reports, Reserve())
            self._granted.wait()

    def _beat(self) -> None:
        now = time.monotonic()
        if now - self._beat_at > _BEAT_S:
            self._beat_at = now
            send(self._reports, Alive())


class _Watched:
    """A source whose streams tell that bytes arrive."""

    def __init__(self, source: ByteSource, beat: Callable[[], None]) -> None:
        self._source = source
        self._beat = beat
        self.name = source.name
        self.size_bytes = source.size_bytes

    def open(self) -> BinaryIO:
        """Open the source."""
        return cast("BinaryIO", _WatchedStream(self._source.open(), self._beat))


class _WatchedStream(io.RawIOBase):
    """Hands reads on, unbuffered, and tells of each."""

    def __init__(self, stream: BinaryIO, beat: Callable[[], None]) -> None:
        self._stream = stream
        self._beat = beat

    def read(self, size: int = -1) -> bytes:
        self._beat()
        return self._stream.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        self._stream.close()
        super().close()


def _unreadable(source: ByteSource, error: OSError) -> Problem:
    reason = display_text(error.strerror or str(error) or type(error).__name__)
    return Problem(stage="read", message=f"{display_text(source.name)}: {reason}", hint=READ_HINT)


def _failed(source: ByteSource, error: Exception) -> Problem:
    words = display_text(f"{type(error).__name__}: {error}"[:200])
    return Problem(
        stage="decode",
        message=f"{display_text(source.name)}: our reader failed on it ({words})",
        hint=REPORT_HINT,
    )


def _resident_bytes() -> int:
    """Return the resident memory, 0 where the system does not tell."""
    return _statm(1)


def _statm(column: int) -> int:
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[column])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _give_memory_back() -> None:
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def confine(limits: Limits) -> None:
    """Take away what decoding needs not: files to write, network, memory without end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(AttributeError, OSError):  # only Unix has it
        os.nice(limits.niceness)
    _cut_network()
    if not _HAS_LIMITS:
        return
    base = _statm(0)
    if base:
        _limit(resource.RLIMIT_AS, base + limits.memory_bytes)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)


def _limit(which: int, value: int) -> None:
    with contextlib.suppress(OSError, ValueError):  # a tighter limit is already in force
        resource.setrlimit(which, (value, value))


def _limit_cpu(allowed_s: int) -> None:
    """Let the system end the process when one entry takes longer than it may."""
    if not _HAS_LIMITS:
        return
    usage = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(usage.ru_utime + usage.ru_stime) + 1 + allowed_s
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _cut_network() -> None:
    """Move into an empty network namespace where the system allows it; else refuse in Python."""
    if platform.system() == "Linux":
        unshare = ctypes.CDLL(None, use_errno=True).unshare
        if unshare(_NEW_NET) == 0 or unshare(_NEW_USER | _NEW_NET) == 0:
            return
    sys.addaudithook(_refuse_sockets)


def _refuse_sockets(event: str, arguments: tuple[object, ...]) -> None:
    del arguments
    if event in {"socket.__new__", "socket.connect", "socket.getaddrinfo"}:
        raise PermissionError("a worker has no network")


def main() -> None:
    """Serve the pool at the other end of standard input and output."""
    orders = os.fdopen(os.dup(0), "rb")
    reports = os.fdopen(os.dup(1), "wb", buffering=0)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    limits = receive_order(orders)
    if isinstance(limits, Limits):
        confine(limits)
        Worker(orders, reports, limits).serve()


if __name__ == "__main__":
    main()
