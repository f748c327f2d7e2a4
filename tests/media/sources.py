"""Byte sources for the tests: plain files, and ones that misbehave where they are opened."""

import io
import os
import signal
import time
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


_DEEDS = {"die": _die, "sleep": _sleep, "burn": _burn, "allocate": _allocate, "fail": _fail}
