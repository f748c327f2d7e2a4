"""Facts and pixels of the catalogue's items, for whoever compares them."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from gphotos_reconcile.core.model import (
    FinePicture,
    FineView,
    MatchAsset,
    PictureSignature,
    Problem,
    Side,
    VideoFrame,
)
from gphotos_reconcile.core.ports import ByteSource
from gphotos_reconcile.matching.loading import Wanted
from gphotos_reconcile.media.worker import WorkerPool
from gphotos_reconcile.store import assets
from gphotos_reconcile.store.engine import Connection
from gphotos_reconcile.workflows.stored import StoredOpener

Asked = Sequence[Wanted]
Fine = Mapping[Wanted, FinePicture]


class FineSource(Protocol):
    """Whoever decodes pictures again, larger."""

    def fine(self, wanted: Asked) -> Fine:
        """Return them by what was asked; those that cannot be read any more are left out."""
        ...


@dataclass(slots=True)
class StoredPictures:
    """Decodes the stored files again; several threads may ask.

    `conn` is for this alone where there are several.
    """

    conn: Connection
    pool: WorkerPool
    _opener: StoredOpener = field(default_factory=StoredOpener)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def fine(self, wanted: Asked) -> Fine:
        """Return the pictures; those that cannot be read any more are left out."""
        with self._turn:
            jobs = self._jobs(wanted)
            return {
                one: picture
                for one, picture in self.pool.fine_lumas(iter(jobs))
                if not isinstance(picture, Problem)
            }

    def _jobs(self, wanted: Asked) -> list[tuple[Wanted, ByteSource, FineView]]:
        ids = sorted({item_id for (_, item_id), _ in wanted})
        stored = assets.stored_bytes(self.conn, ids)
        jobs: list[tuple[Wanted, ByteSource, FineView]] = []
        for one in wanted:
            (_, item_id), view = one
            place = stored.get(item_id)
            if place is None:
                continue
            found = self._opener.bytes_of(
                place.locator,
                form=place.form,
                archive_path=place.archive_path,
                size_bytes=place.stamp.size_bytes,
            )
            if not isinstance(found, Problem):
                jobs.append((one, found, view))
        return jobs


@dataclass(slots=True)
class CatalogLoader:
    """Gives the matching engine facts and pixels by item id."""

    conn: Connection
    pictures: FineSource

    def assets(self, side: Side, ids: Sequence[int]) -> Mapping[int, MatchAsset]:
        """Return the items' facts."""
        del side  # ids are unique over both sides
        return assets.assets(self.conn, ids)

    def signatures(self, side: Side, ids: Sequence[int]) -> Mapping[int, PictureSignature]:
        """Return the items' kept pixels."""
        del side
        return assets.signatures(self.conn, ids)

    def frames(self, side: Side, ids: Sequence[int]) -> Mapping[int, tuple[VideoFrame, ...]]:
        """Return the items' sampled frames."""
        del side
        return assets.frames(self.conn, ids)

    def fine(self, wanted: Asked) -> Fine:
        """Decode these items again, larger; those that cannot be read any more are left out."""
        return self.pictures.fine(wanted)
