"""Byte sources for the tests: plain files, and ones that misbehave where they are opened."""

import errno
import io
import os
import signal
import socket
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO


@dataclass(frozen=True)
class FileSource:
    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def size_bytes(self) -> int:
        return self.path.stat().st_size

    def open(self) -> BinaryIO:
        return self.path.open("rb")


@dataclass(frozen=True)
class BytesSource:
    data: bytes
    name: str = "bytes.bin"
    announced_bytes: int | None = None

    @property
    def size_bytes(self) -> int:
        return len(self.data) if self.announced_bytes is None else self.announced_bytes

    def open(self) -> BinaryIO:
        return io.BytesIO(self.data)


@dataclass(frozen=True)
class MisbehavingSource(BytesSource):
    """Does harm in the worker on its first opening (`mark` remembers it), or on each."""

    deed: str = "die"
    mark: Path | None = None

    def open(self) -> BinaryIO:
        if self.mark is None or not self.mark.exists():
            if self.mark is not None:
                os.mkfifo(self.mark)  # a worker may write no file, but a name it may make
            _DEEDS[self.deed]()
        return super().open()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def _sleep() -> None:
    time.sleep(60)


def _burn() -> None:
    while True:
        pass


def _allocate() -> None:
    hoard = []
    while True:
        hoard.append(bytearray(64 << 20))


def _fail() -> None:
    raise OSError(5, "Input/output error")


def _exit() -> None:
    os._exit(0)


_DEEDS = {
    "die": _die,
    "exit": _exit,
    "sleep": _sleep,
    "burn": _burn,
    "allocate": _allocate,
    "fail": _fail,
}


@dataclass(frozen=True)
class StubbornSource(BytesSource):
    """Cannot be unpickled in a worker."""

    def __reduce__(self) -> tuple[object, ...]:
        return _refuse, ()


def _refuse() -> None:
    raise ValueError("not here")


@dataclass(frozen=True)
class ProbingSource:
    """Tells in its error what a worker can reach."""

    name: str = "probe"
    size_bytes: int = 1

    def open(self) -> BinaryIO:
        found = {
            "token": os.environ.get("GOOGLE_TOKEN"),
            "input": repr(os.read(0, 10)),
            "network": _attempt(_connect),
            "write": _attempt(_write),
        }
        raise OSError(" ".join(f"{name}={value!s}" for name, value in found.items()))


def _attempt(deed: Callable[[], None]) -> str:
    try:
        deed()
    except OSError as error:
        return "refused" if error.errno != errno.ECONNREFUSED else "reached"
    return "done"


def _connect() -> None:
    """Reach for a port of this machine: outside of an empty network it would say "refused"."""
    with socket.socket() as reach:
        reach.settimeout(1)
        reach.connect(("127.0.0.1", 9))


def _write() -> None:
    with tempfile.TemporaryFile() as target:
        target.write(b"x" * 100)
        target.flush()
