"""What candidate search needs of every item of one side, held as columns.

A million items take about 100 MB: text is kept as 64-bit digests, 0 standing for "not known".
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import islice
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gphotos_reconcile.core.model import ItemRow, Kind

KIND_CODES: Final = {kind.value: code for code, kind in enumerate(Kind)}

_BLOCK_ROWS: Final = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemColumns:
    """The items of one side in ascending `item_id`; every array has one element for each.

    `has_hash` tells where `phash` and `dhash` are known. `content`, `stem`, `unique_id` and
    `content_identifier` are 0 where there is none; times and numbers are NaN. `order` settles ties,
    whichever item was imported first.
    """

    item_id: NDArray[np.int64]
    kind: NDArray[np.uint8]
    sha256: NDArray[np.uint64]
    content: NDArray[np.uint64]
    phash: NDArray[np.uint64]
    dhash: NDArray[np.uint64]
    has_hash: NDArray[np.bool_]
    luma_std: NDArray[np.float32]
    taken_at_s: NDArray[np.float64]
    time_is_instant: NDArray[np.bool_]
    sidecar_taken_at_s: NDArray[np.float64]
    stem: NDArray[np.uint64]
    unique_id: NDArray[np.uint64]
    content_identifier: NDArray[np.uint64]
    duration_s: NDArray[np.float32]
    width_px: NDArray[np.float32]
    height_px: NDArray[np.float32]
    order: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.item_id)

    @classmethod
    def from_rows(cls, rows: Iterable[ItemRow]) -> "ItemColumns":
        """Return the rows as columns, sorted by `item_id`; a block of rows is held at a time.

        Raises:
            ValueError: an item_id comes twice.
        """
        source = iter(rows)
        blocks = [_block(())]
        while block := list(islice(source, _BLOCK_ROWS)):
            blocks.append(_block(block))
        whole = {name: np.concatenate([b[name] for b in blocks]) for name in blocks[0]}
        order = np.argsort(whole["item_id"], kind="stable")
        sorted_ids = whole["item_id"][order]
        if np.any(sorted_ids[1:] == sorted_ids[:-1]):
            raise ValueError("an item_id comes twice")
        return cls(**{name: column[order] for name, column in whole.items()})

    @classmethod
    def from_packed(cls, packed: bytes) -> "ItemColumns":
        """Return what `packed` made, joined in ascending order of `item_id`."""
        rows = np.frombuffer(packed, dtype=_PACKED)
        return cls(**{f.name: np.ascontiguousarray(rows[f.name]) for f in fields(cls)})

    def packed(self) -> Iterator[bytes]:
        """Yield each item as some bytes, to be kept."""
        rows = np.empty(len(self), dtype=_PACKED)
        for field in fields(self):
            rows[field.name] = getattr(self, field.name)
        whole, size = rows.tobytes(), _PACKED.itemsize
        return (whole[first : first + size] for first in range(0, len(whole), size))

    def with_changes(
        self, gone: Sequence[int] | NDArray[np.int64], came: "ItemColumns"
    ) -> "ItemColumns":
        """Return the columns without the items `gone` and with those that came."""
        away = np.asarray(gone, dtype=np.int64)
        kept = self.take(np.flatnonzero(~np.isin(self.item_id, away)))
        both = {f.name: (getattr(kept, f.name), getattr(came, f.name)) for f in fields(self)}
        order = np.argsort(np.concatenate(both["item_id"]), kind="stable")
        return ItemColumns(**{name: np.concatenate(two)[order] for name, two in both.items()})

    def take(self, rows: NDArray[np.int64]) -> "ItemColumns":
        """Return the given rows (indices in ascending order) as columns of their own."""
        return ItemColumns(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def only(self, item_ids: Sequence[int]) -> "ItemColumns":
        """Return those of the items that are here, as columns of their own."""
        wanted = np.asarray(item_ids, dtype=np.int64)
        return self.take(np.flatnonzero(np.isin(self.item_id, wanted)))

    def rows_of(self, item_ids: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the row of each item.

        Raises:
            KeyError: an item is not there.
        """
        wanted = np.asarray(item_ids, dtype=np.int64)
        rows = np.searchsorted(self.item_id, wanted)
        inside = rows < len(self)
        if not inside.all() or not np.array_equal(self.item_id[rows], wanted):
            raise KeyError("unknown item_id")
        return rows.astype(np.int64)


_PACKED: Final = np.dtype(
    [
        ("item_id", "<i8"), ("kind", "u1"), ("sha256", "<u8"), ("content", "<u8"),
        ("phash", "<u8"), ("dhash", "<u8"), ("has_hash", "?"), ("luma_std", "<f4"),
        ("taken_at_s", "<f8"), ("time_is_instant", "?"), ("sidecar_taken_at_s", "<f8"),
        ("stem", "<u8"), ("unique_id", "<u8"), ("content_identifier", "<u8"),
        ("duration_s", "<f4"), ("width_px", "<f4"), ("height_px", "<f4"), ("order", "<u8"),
    ]
)  # fmt: skip


def digest64(text: str | None) -> int:
    """Return a 64-bit digest of a text that is never 0, and 0 for None and the empty text.

    Two texts share one by chance once in 2**64; whatever it suggests is checked on the texts.
    """
    if not text:
        return 0
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") or 1


def _block(rows: Sequence[ItemRow]) -> dict[str, NDArray[Any]]:
    names = ItemRow._fields
    values = zip(*rows, strict=True) if rows else [()] * len(names)
    columns: dict[str, Sequence[Any]] = dict(zip(names, values, strict=True))
    both = zip(columns["phash"], columns["dhash"], strict=True)
    hashed = [phash is not None and dhash is not None for phash, dhash in both]
    return {
        "item_id": np.array(columns["item_id"], dtype=np.int64),
        "kind": np.array([KIND_CODES[kind] for kind in columns["kind"]], dtype=np.uint8),
        "sha256": _hexes([digest[:16] for digest in columns["sha256"]]),
        "content": _digests(columns["content_digest"]),
        "phash": _hexes(columns["phash"]),
        "dhash": _hexes(columns["dhash"]),
        "has_hash": np.array(hashed, dtype=np.bool_),
        "luma_std": np.array(columns["luma_std"], dtype=np.float32),
        "taken_at_s": np.array(columns["taken_at_s"], dtype=np.float64),
        "time_is_instant": np.array(columns["time_is_instant"], dtype=np.bool_),
        "sidecar_taken_at_s": np.array(columns["sidecar_taken_at_s"], dtype=np.float64),
        "stem": _digests(columns["name_stem"]),
        "unique_id": _digests(columns["image_unique_id"]),
        "content_identifier": _digests(columns["content_identifier"]),
        "duration_s": np.array(columns["duration_s"], dtype=np.float32),
        "width_px": np.array(columns["width_px"], dtype=np.float32),
        "height_px": np.array(columns["height_px"], dtype=np.float32),
        "order": _digests(columns["identity"]),
    }


def _hexes(texts: Iterable[str | None]) -> NDArray[np.uint64]:
    return np.array([int(text, 16) if text else 0 for text in texts], dtype=np.uint64)


def _digests(texts: Iterable[str | None]) -> NDArray[np.uint64]:
    return np.array([digest64(text) if text else 0 for text in texts], dtype=np.uint64)
