"""Plans that bring chosen cloud items together in Google Photos, each by the way that works.

Since 2025-03-31 Google's API adds only items that this client uploaded, and only to albums that
this client made. A plan says so first, then says what happens with each item instead.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Final, TypeVar

BATCH_ITEMS: Final = 50
"""Most ids in one batchAddMediaItems or batchCreate call."""

ALBUM_ITEMS: Final = 20_000
"""Most items in one album of Google Photos."""

HAND_ITEMS: Final = 500
"""Most items that the web page of Google Photos lets a person select at a time."""

TITLE_CHARS: Final = 500

STATEMENT: Final = (
    "Google's API cannot put photos it did not receive from this program into an album, and it "
    "can delete nothing: {api} of {total} items are added by the API, {probe} by uploading their "
    "identical original once more, {toolkit} with Google Photos Toolkit in your own browser, "
    "{hand} by hand from a page of links."
)

T = TypeVar("T")


class Way(StrEnum):
    """How an item comes into the album (closed list)."""

    API = "api"  # uploaded by this program: batchAdd works
    PROBE = "probe"  # identical original at hand: uploading it again may add the existing item
    TOOLKIT = "toolkit"  # a media key, for Google Photos Toolkit in the user's browser
    HAND = "hand"  # a person opens the link


@dataclass(frozen=True, slots=True, kw_only=True)
class StageItem:
    """One item to be staged, with everything that decides its way.

    `original_path` names a readable file whose SHA-256 is `sha256`, None when there is none.
    `original_is_stored` says that Google is known to keep exactly these bytes.
    """

    item_id: int
    filename: str
    google_id: str | None = None
    media_key: str | None = None
    product_url: str | None = None
    taken_at: datetime | None = None
    size_bytes: int = 0
    sha256: str = ""
    sha1: str = ""
    original_path: str | None = None
    original_is_stored: bool = False
    albums: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedItem:
    """An item with its way, and why it is this one."""

    item: StageItem
    way: Way
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageBatch:
    """At most 50 items that go into one album by one call."""

    album: str
    way: Way
    items: tuple[StagedItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StagingPlan:
    """What will be done, as a value: it can be printed, tested and refused.

    `plan_id` is made of the title and the items, so the same request names the same plan.
    `upload_bytes` is what the probes send, and at worst what Google counts against the quota.
    """

    plan_id: str
    title: str
    statement: str
    albums: tuple[str, ...]
    batches: tuple[StageBatch, ...]
    upload_bytes: int

    def items(self, *ways: Way) -> Iterator[StagedItem]:
        """Yield the items that go one of `ways` (all when none is given), in plan order."""
        for batch in self.batches:
            if not ways or batch.way in ways:
                yield from batch.items


def plan_staging(
    items: Iterable[StageItem],
    *,
    title: str,
    bad_ids: frozenset[str] = frozenset(),
    probe: bool = False,
    toolkit: bool = False,
) -> StagingPlan:
    """Give each item its way, and cut the ways into albums and batches.

    Args:
        items: what to stage; an item named twice is staged once.
        title: the album's title; several albums get ` (1)`, ` (2)`.
        bad_ids: ids that Google refused before.
        probe: allow uploads of identical originals, which may cost storage.
        toolkit: prefer media keys for Google Photos Toolkit over links for a person.

    Raises:
        ValueError: the title is empty or longer than Google allows.
    """
    if not title.strip() or len(title) > TITLE_CHARS - 20:
        raise ValueError(f"an album title has 1 to {TITLE_CHARS - 20} characters")
    unique = {item.item_id: item for item in items}
    staged = [
        StagedItem(item=item, way=way, reason=reason)
        for item in unique.values()
        for way, reason in [_way(item, bad_ids, probe=probe, toolkit=toolkit)]
    ]
    albums, batches = _cut(staged, title)
    counts = {way.value: sum(s.way is way for s in staged) for way in Way}
    return StagingPlan(
        plan_id=_plan_id(title, unique),
        title=title,
        statement=STATEMENT.format(total=len(staged), **counts),
        albums=albums,
        batches=batches,
        upload_bytes=sum(s.item.size_bytes for s in staged if s.way is Way.PROBE),
    )


def chunks(values: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """Yield tuples of at most `size` values, in order."""
    rest = iter(values)
    while chunk := tuple(islice(rest, size)):
        yield chunk


def _way(
    item: StageItem, bad_ids: frozenset[str], *, probe: bool, toolkit: bool
) -> tuple[Way, str]:
    if item.google_id and item.google_id not in bad_ids:
        return Way.API, "this program uploaded it, so the API may add it"
    if probe and item.original_path and item.original_is_stored:
        return Way.PROBE, "its identical original is at hand; uploading it again may add it"
    if toolkit and item.media_key:
        return Way.TOOLKIT, "Google Photos Toolkit adds it by its media key"
    if item.product_url:
        return Way.HAND, "the API cannot reach it; its link opens it in Google Photos"
    return Way.HAND, "the API cannot reach it and no link is known; look for it by its date"


def _cut(
    staged: Sequence[StagedItem], title: str
) -> tuple[tuple[str, ...], tuple[StageBatch, ...]]:
    by_api = [s for s in staged if s.way in {Way.API, Way.PROBE}]
    groups = list(chunks(by_api, ALBUM_ITEMS))
    albums = tuple(title if len(groups) == 1 else f"{title} ({n})" for n, _ in enumerate(groups, 1))
    batches = [
        StageBatch(album=album, way=way, items=batch)
        for album, group in zip(albums, groups, strict=True)
        for way in (Way.API, Way.PROBE)
        for batch in chunks((s for s in group if s.way is way), BATCH_ITEMS)
    ]
    for way, size in ((Way.TOOLKIT, ALBUM_ITEMS), (Way.HAND, HAND_ITEMS)):
        rest = (s for s in staged if s.way is way)
        batches += [StageBatch(album=title, way=way, items=batch) for batch in chunks(rest, size)]
    return albums, tuple(batches)


def _plan_id(title: str, item_ids: Iterable[int]) -> str:
    text = "\n".join([title, *map(str, sorted(item_ids))])
    return hashlib.sha256(text.encode()).hexdigest()[:12]
