"""What is really stored: the oracle that the client's claims are compared with."""

import hashlib
import hmac
import secrets
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from gphotos_reconcile.google.clock import Clock, quota_day
from gphotos_reconcile.google.fake.answers import day_quota
from gphotos_reconcile.google.quota import DAILY, Budget

URL_LIFE: Final = timedelta(minutes=60)
UPLOAD_TOKEN_LIFE: Final = timedelta(hours=24)

Render = Callable[[bytes, str, str], tuple[str, bytes]]
"""(original, its type, variant) -> (type, bytes handed out)."""


@dataclass(slots=True, kw_only=True)
class StoredItem:
    """One item. `creator` is the client that uploaded it, "" for the user's own app or web page."""

    item_id: str
    filename: str
    mime_type: str
    content: bytes
    creator: str
    created_at: datetime
    width_px: int = 0
    height_px: int = 0
    ready: bool = True
    sha256: str = ""


@dataclass(slots=True)
class StoredAlbum:
    """One album made by a client; its items in the order they were added."""

    album_id: str
    title: str
    creator: str
    items: dict[str, None] = field(default_factory=dict)


@dataclass(slots=True)
class PendingUpload:
    """Bytes on their way, or arrived and waiting to become an item."""

    mime_type: str
    size_bytes: int
    started_at: datetime
    content: bytearray = field(default_factory=bytearray)
    token: str = ""
    used_for: str = ""


@dataclass(slots=True)
class PickSession:
    """One picking session: what was offered, and what was ticked."""

    session_id: str
    expires_at: datetime
    max_items: int
    picked: list[str] | None = None


@dataclass(kw_only=True)
class Rules:
    """How strict this Google is, and what nobody knows about the real one."""

    dedupe: bool = True  # identical bytes return the existing item
    probe_adopts: bool = True  # an identical original of the user's own becomes reachable
    api_enabled: bool = True
    limits: dict[Budget, int] = field(default_factory=lambda: dict(DAILY))
    page_token_life: timedelta = timedelta(hours=1)
    access_token_life: timedelta = timedelta(seconds=3599)
    refresh_token_life: timedelta | None = None  # 7 days while the app is in testing
    chunk_granularity: int = 256 << 10
    open_sessions: int = 5


class Truth:
    """The library of one person. All access holds `lock`."""

    def __init__(
        self, clock: Clock, rules: Rules | None = None, render: Render | None = None
    ) -> None:
        self.clock = clock
        self.rules = rules or Rules()
        self.render = render or without_place
        self.lock = threading.RLock()
        self.create_lock = threading.Lock()
        self.items: dict[str, StoredItem] = {}
        self.albums: dict[str, StoredAlbum] = {}
        self.uploads: dict[str, PendingUpload] = {}
        self.sessions: dict[str, PickSession] = {}
        self.served: Counter[str] = Counter()
        self._spent: Counter[tuple[object, Budget]] = Counter()
        self._key = secrets.token_bytes(16)
        self._sequence = 0

    def new_id(self, prefix: str) -> str:
        """Return an id of the length that Google's have."""
        with self.lock:
            self._sequence += 1
            tail = hashlib.sha256(f"{prefix}{self._sequence}".encode()).hexdigest()[:48]
            return f"{prefix}{self._sequence:06d}{tail}"

    def store(self, filename: str, mime_type: str, content: bytes, creator: str = "") -> StoredItem:
        """Put an item into the library, without asking whether it is there."""
        width, height = picture_size(content)
        with self.lock:
            item = StoredItem(
                item_id=self.new_id("AGj1epU"),
                filename=filename,
                mime_type=mime_type,
                content=content,
                creator=creator,
                created_at=datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=self._sequence),
                width_px=width,
                height_px=height,
                sha256=hashlib.sha256(content).hexdigest(),
            )
            self.items[item.item_id] = item
            return item

    def same_bytes(self, content: bytes) -> StoredItem | None:
        """Return an item that holds exactly these bytes."""
        digest = hashlib.sha256(content).hexdigest()
        return next((item for item in self.items.values() if item.sha256 == digest), None)

    def app_items(self, client_id: str) -> Iterator[StoredItem]:
        """Yield what a client created, the oldest first."""
        return (item for item in self.items.values() if item.creator == client_id)

    def spend(self, budget: Budget) -> None:
        """Count a request; refuse it when the day's quota is spent."""
        with self.lock:
            key = (quota_day(self.clock.now()), budget)
            if self._spent[key] >= self.rules.limits.get(budget, 1 << 60):
                raise day_quota()
            self._spent[key] += 1

    def spent(self, budget: Budget) -> int:
        """Return how many requests were counted, on all days."""
        return sum(count for (_, kind), count in self._spent.items() if kind is budget)

    def page_token(self, offset: int) -> str:
        """Return a token for the page from `offset`; no two tokens are the same."""
        with self.lock:
            self._sequence += 1
            issued = self.clock.now().timestamp()
            return self.signed(f"{offset}:{issued:.0f}:{self._sequence}")

    def page_offset(self, token: str) -> int | None:
        """Return what a page token stands for, None when it is forged or too old."""
        if not token:
            return 0
        text = self.unsigned(token)
        if text is None:
            return None
        offset, issued, _ = text.split(":")
        age_s = self.clock.now().timestamp() - float(issued)
        return int(offset) if age_s <= self.rules.page_token_life.total_seconds() else None

    def signed(self, text: str) -> str:
        """Return `text` with a signature, for page tokens and byte addresses."""
        return f"{text}~{hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()[:32]}"

    def unsigned(self, text: str) -> str | None:
        """Return the text of `signed`, None when it is forged."""
        head, _, _ = text.rpartition("~")
        return head if hmac.compare_digest(self.signed(head).encode(), text.encode()) else None


def picture_size(content: bytes) -> tuple[int, int]:
    """Return width and height of a PNG or JPEG by its header, 0 and 0 of anything else."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    for marker, at, _ in _jpeg_segments(content):
        if marker in {0xC0, 0xC1, 0xC2} and at + 9 <= len(content):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
    return 0, 0


def without_place(content: bytes, mime_type: str, _variant: str) -> tuple[str, bytes]:
    """Return a picture as an API hands it out: without its EXIF, so not the original's bytes."""
    kept = bytearray(content)
    for marker, at, length in reversed(list(_jpeg_segments(content))):
        if marker == 0xE1:
            del kept[at : at + 2 + length]
    return mime_type, bytes(kept)


def _jpeg_segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield (marker, position, length) of a JPEG's segments before its picture data."""
    at = 2
    while content.startswith(b"\xff\xd8") and at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        (length,) = struct.unpack(">H", content[at + 2 : at + 4])
        if marker == 0xDA or length < 2:
            return
        yield marker, at, length
        at += 2 + length
