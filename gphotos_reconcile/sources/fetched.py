"""Pictures from an API, in memory for as long as it takes to fingerprint them."""

import io
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import BinaryIO, Final

from gphotos_reconcile.core.model import Kind, Problem
from gphotos_reconcile.google.items import RemoteItem
from gphotos_reconcile.google.media_bytes import BytesNotThereError, MediaBytes

VARIANT: Final = "w1024-h1024"
"""Large enough for every hash and grid, and a tenth of the bytes of a download."""

_JOBS: Final = 4


@dataclass(frozen=True, slots=True)
class FetchedPicture:
    """The bytes of one picture, as a byte source for the fingerprinters.

    Its digests are those of a recompressed copy: only the pixels may be believed.
    """

    name: str
    content: bytes

    @property
    def size_bytes(self) -> int:
        """Return the number of bytes."""
        return len(self.content)

    def open(self) -> BinaryIO:
        """Open the bytes for reading."""
        return io.BytesIO(self.content)


def fetch_pictures(
    items: Iterable[RemoteItem], media_bytes: MediaBytes, jobs: int = _JOBS
) -> Iterator[tuple[str, FetchedPicture | Problem]]:
    """Yield (id, picture or why there is none) for each photo, in order; videos are left out.

    At most `jobs` downloads run and at most twice as many pictures are held at a time.

    Raises:
        GoogleUnavailableError: Google cannot be reached or a quota is spent.
    """
    photos = (item for item in items if item.listed.kind is not Kind.VIDEO)
    waiting: deque[tuple[str, Future[FetchedPicture | Problem]]] = deque()
    with ThreadPoolExecutor(jobs) as pool:
        try:
            for item in photos:
                future = pool.submit(_fetch, item, media_bytes)
                waiting.append((item.listed.google_id, future))
                if len(waiting) >= jobs * 2:
                    google_id, oldest = waiting.popleft()
                    yield google_id, oldest.result()
            while waiting:
                google_id, oldest = waiting.popleft()
                yield google_id, oldest.result()
        finally:
            for _, future in waiting:
                future.cancel()


def _fetch(item: RemoteItem, media_bytes: MediaBytes) -> FetchedPicture | Problem:
    sink = io.BytesIO()
    try:
        media_bytes.fetch(item, VARIANT, sink)
    except BytesNotThereError as error:
        return Problem(
            stage="fetch",
            message=f"The picture {item.listed.filename!r} was not fetched: {error}.",
            hint="Its facts are in the catalogue; run the sync again to fetch the picture.",
        )
    return FetchedPicture(item.listed.filename, sink.getvalue())
