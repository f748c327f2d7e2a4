"""What the pool and its workers say to each other, over two pipes.

Towards a worker go trusted values of ours. Back comes what a process says that has just decoded
a stranger's file, so only the plain values listed here are ever built from it.
"""

import io
import pickle
import struct
from dataclasses import dataclass
from enum import Enum, auto
from typing import BinaryIO, Final

from gphotos_reconcile.core.model import FinePicture, FineView, Fingerprint, Problem, Repeated
from gphotos_reconcile.core.ports import ByteSource

_LENGTH: Final = struct.Struct(">I")
_MODEL: Final = "gphotos_reconcile.core.model"
_PLAIN: Final = frozenset(
    {("datetime", "datetime"), ("datetime", "timezone"), ("datetime", "timedelta")}
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one worker may use.

    Attributes:
        memory_bytes: address space beyond what the worker has after its start.
        cpu_s: processor seconds for one entry; large ones get more, by their size.
        stall_s: seconds without a sign of progress after which a worker counts as hung.
        alone_bytes: a decoder that needs more than this waits until no other such one runs.
        niceness: how far it stands back behind what a person waits for; Unix's scale to 19.
    """

    memory_bytes: int = 768 << 20
    cpu_s: int = 60
    stall_s: float = 120.0
    alone_bytes: int = 96 << 20
    niceness: int = 10


class What(Enum):
    """What a worker is asked to make of an entry."""

    FINGERPRINT = auto()
    HASHES = auto()  # the decoder failed on it before
    PREVIEW = auto()
    LUMA = auto()


@dataclass(frozen=True, slots=True)
class Task:
    """What to make of an entry, and how large."""

    what: What
    view: FineView = 0  # of PREVIEW the longer edge
    problem: Problem | None = None  # of HASHES: why it is not decoded
    known: frozenset[str] = frozenset()  # of FINGERPRINT: SHA-256 of what need not be decoded


@dataclass(frozen=True, slots=True)
class Order:
    """To a worker: one entry, one task."""

    task: Task
    source: ByteSource


@dataclass(frozen=True, slots=True)
class Granted:
    """To a worker: it may take the memory it asked for."""


@dataclass(frozen=True, slots=True)
class Done:
    """From a worker: the entry first in its hand is done."""

    value: Fingerprint | Repeated | Problem | FinePicture | bytes


@dataclass(frozen=True, slots=True)
class Alive:
    """From a worker: bytes still arrive."""


@dataclass(frozen=True, slots=True)
class Reserve:
    """From a worker: it needs much memory, and waits until it may."""


@dataclass(frozen=True, slots=True)
class Retired:
    """From a worker: it has grown too fat and ends after what it has done."""


Report = Done | Alive | Reserve | Retired


def send(stream: BinaryIO, message: object) -> None:
    """Write one message.

    Raises:
        OSError: the other side is gone.
    """
    body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(body)) + body)
    stream.flush()


def receive_order(stream: BinaryIO) -> object:
    """Return the next message of the pool, None at the end."""
    body = _body(stream)
    return None if body is None else pickle.loads(body)  # noqa: S301  # from our own parent process


def receive_report(stream: BinaryIO) -> Report | None:
    """Return the next message of a worker, None at the end or when it makes no sense."""
    body = _body(stream)
    if body is None:
        return None
    try:
        message = _Reports(io.BytesIO(body)).load()
    except Exception:  # noqa: BLE001  # garbled bytes raise anything; the worker is then replaced
        return None
    return message if isinstance(message, Done | Alive | Reserve | Retired) else None


def _body(stream: BinaryIO) -> bytes | None:
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    body = stream.read(length)
    return body if len(body) == length else None


class _Reports(pickle.Unpickler):
    """Builds plain values of the model and nothing else."""

    def find_class(self, module: str, name: str) -> object:
        own = module in {_MODEL, __name__} and "." not in name and not name.startswith("_")
        if own or (module, name) in _PLAIN:
            found = super().find_class(module, name)
            if isinstance(found, type):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no plain value")
