"""A signed-in client at the stand-in, wired as the workflows wire it."""

import io
import json
import random
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from gphotos_reconcile.exporters.album_filling import AlbumFilling
from gphotos_reconcile.exporters.uploads import Uploader, UploadJob
from gphotos_reconcile.google.albums import Albums
from gphotos_reconcile.google.auth import Login
from gphotos_reconcile.google.client import ClientSecret
from gphotos_reconcile.google.fake import person
from gphotos_reconcile.google.fake.clock import ManualClock
from gphotos_reconcile.google.fake.server import FakeGoogle
from gphotos_reconcile.google.keeper import TokenKeeper
from gphotos_reconcile.google.library import Library
from gphotos_reconcile.google.picker import Picker
from gphotos_reconcile.google.private_file import PrivateFile
from gphotos_reconcile.google.quota import QuotaGate
from gphotos_reconcile.google.scopes import Scope
from gphotos_reconcile.google.tokens import FileTokenStore
from gphotos_reconcile.google.transport import Transport
from gphotos_reconcile.google.uploads import CHUNK_BYTES, FileUploadSessions, Uploads
from tests.google.memory_journals import MemoryLedger, MemoryStaging, MemorySync, MemoryUploads

ALL = frozenset(Scope)


class Silent:
    """Progress that nobody looks at."""

    def start(self, what: str, total: int | None, unit: str) -> None: ...

    def advance(self, count: int = 1, *, current: str = "") -> None: ...

    def finish(self) -> None: ...


@dataclass
class Desk:
    """Everything of one user that outlasts a run: sign-in, journals, clock."""

    google: FakeGoogle
    clock: ManualClock
    folder: Path
    # In memory, or in a catalogue: the tests ask both for `all` and `items`.
    ledger: Any = field(default_factory=MemoryLedger)
    sync: Any = field(default_factory=MemorySync)
    uploads: Any = field(default_factory=MemoryUploads)
    staging: Any = field(default_factory=MemoryStaging)
    chunk_bytes: int = CHUNK_BYTES
    endings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sync.uploads = self.uploads

    @property
    def client(self) -> ClientSecret:
        path = self.folder / "client_secret.json"
        path.write_text(json.dumps(self.google.client_secret()))
        return ClientSecret.read(path)

    @property
    def store(self) -> FileTokenStore:
        return FileTokenStore(self.folder / "private" / "token.json")

    def sign_in(self, scopes: frozenset[Scope] = ALL) -> None:
        addresses: list[str] = []
        Login(self.client, self.store, self.clock).by_paste(
            scopes, show=addresses.append, read_line=lambda: person.consent(addresses[0])
        )

    @contextmanager
    def transport(self) -> Iterator[Transport]:
        client = self.client
        keeper = TokenKeeper(client, self.store, self.clock)
        gate = QuotaGate(self.ledger, client.project, self.clock)
        hosts = client.endpoints().hosts
        with Transport(hosts, keeper, gate, self.clock, random.Random(1)) as transport:
            yield transport

    def library(self, transport: Transport) -> Library:
        return Library(transport, self.client.endpoints().library_root)

    def picker(self, transport: Transport) -> Picker:
        return Picker(transport, self.client.endpoints().picker_root)

    def uploader(self, transport: Transport) -> Uploader:
        library = self.library(transport)
        return Uploader(self.upload_api(transport, library), library, self.uploads, Silent())

    def upload_api(self, transport: Transport, library: Library) -> Uploads:
        sessions = FileUploadSessions(PrivateFile(self.folder / "private" / "uploads.json"))
        root = self.client.endpoints().library_root
        return Uploads(transport, root, library, sessions, self.chunk_bytes)

    def filling(self, transport: Transport) -> AlbumFilling:
        library = self.library(transport)
        return AlbumFilling(Albums(library), library, self.staging, Silent())


@dataclass(frozen=True)
class Memory:
    """Bytes to be uploaded."""

    name: str
    content: bytes

    @property
    def size_bytes(self) -> int:
        return len(self.content)

    def open(self) -> BinaryIO:
        return io.BytesIO(self.content)


def png(seed: int, width: int = 8, height: int = 6) -> bytes:
    """Return a small PNG whose pixels depend on `seed`."""
    draw = random.Random(seed)
    rows = b"".join(b"\0" + draw.randbytes(width * 3) for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 0)), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def job(content: bytes, name: str = "IMG_0001.png", mime_type: str = "image/png") -> UploadJob:
    width, height = struct.unpack(">II", content[16:24]) if content[:4] == b"\x89PNG" else (0, 0)
    return UploadJob(
        source=Memory(name, content),
        sha256=sha256(content).hexdigest(),
        filename=name,
        mime_type=mime_type,
        width_px=width or None,
        height_px=height or None,
    )
