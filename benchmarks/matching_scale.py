"""Time and memory of matching many items: python -m benchmarks.matching_scale 10000 100000 1000000.

The search alone and the matching without a catalogue, on fingerprints that `benchmarks.made` makes
up; `benchmarks.million` measures the whole command on a catalogue of them.
"""

import argparse
import resource
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from benchmarks.made import FLAT_STD, How, Made, make_cloud, make_local
from gphotos_reconcile.core.model import (
    CHROMA_PX,
    CaptureTime,
    FinePicture,
    ItemRow,
    Kind,
    MatchAsset,
    MediaFacts,
    PictureSignature,
    Side,
    TimeBasis,
    VideoFrame,
)
from gphotos_reconcile.matching.candidates import candidate_pairs, pairs_within
from gphotos_reconcile.matching.columns import ItemColumns
from gphotos_reconcile.matching.engine import match_items
from gphotos_reconcile.matching.loading import Wanted
from gphotos_reconcile.matching.options import MatchOptions

_EPOCH: Final = datetime(2005, 1, 1, tzinfo=UTC)
_NEW_ITEMS: Final = 1000


@dataclass(slots=True)
class MadeItems:
    """Both sides, answering what the engine asks; nothing is kept of what it answers."""

    sides: Mapping[Side, Made]

    def columns(self, side: Side) -> ItemColumns:
        """Return one side as columns."""
        made = self.sides[side]
        return ItemColumns.from_rows(self._row(side, n) for n in range(len(made.phash)))

    def assets(self, side: Side, ids: Sequence[int]) -> Mapping[int, MatchAsset]:
        """Return made facts."""
        return {item_id: self._asset(side, item_id) for item_id in ids}

    def signatures(self, side: Side, ids: Sequence[int]) -> Mapping[int, PictureSignature]:
        """Return grids made of the number of the picture that an item shows."""
        return {item_id: self._signature(side, item_id) for item_id in ids}

    def frames(self, side: Side, ids: Sequence[int]) -> Mapping[int, tuple[VideoFrame, ...]]:
        """Return nothing: there are no videos."""
        del side, ids
        return {}

    def fine(self, wanted: Sequence[Wanted]) -> Mapping[Wanted, FinePicture]:
        """Return nothing: decoding is measured elsewhere."""
        del wanted
        return {}

    def _row(self, side: Side, number: int) -> ItemRow:
        made = self.sides[side]
        return ItemRow(
            item_id=number,
            kind=Kind.PHOTO.value,
            sha256=self._sha256(side, number),
            content_digest=None,
            phash=f"{int(made.phash[number]):016x}",
            dhash=f"{int(made.dhash[number]):016x}",
            luma_std=float(made.std[number]),
            taken_at_s=1.1e9 + float(made.second[number]),
            time_is_instant=False,
            sidecar_taken_at_s=None,
            name_stem=f"img_{int(made.origin[number]) % 10_000:04d}",
            image_unique_id=None,
            content_identifier=None,
            duration_s=None,
            width_px=4000,
            height_px=3000,
        )

    def _sha256(self, side: Side, number: int) -> str:
        made = self.sides[side]
        is_own = int(side is Side.CLOUD and made.how[number] != How.BYTES)
        value = (int(made.origin[number]) * 2 + is_own + 1) * 0x9E3779B97F4A7C15
        return f"{value % 2**64:016x}" + "0" * 48

    def _asset(self, side: Side, number: int) -> MatchAsset:
        row = self._row(side, number)
        moment = _EPOCH + timedelta(seconds=int(self.sides[side].second[number]))
        time_taken = CaptureTime(
            taken_at=moment + timedelta(milliseconds=int(self.sides[side].second[number]) % 997),
            basis=TimeBasis.EXIF_LOCAL,
            subsecond_digits=3,
        )
        facts = MediaFacts(width_px=4000, height_px=3000, times=(time_taken,), camera_model="X")
        return MatchAsset(
            item_id=number,
            side=side,
            name=f"{row.name_stem}.jpg",
            name_stem=row.name_stem,
            kind=Kind.PHOTO,
            mime_type="image/jpeg",
            size_bytes=3_000_000,
            sha256=row.sha256,
            content_digest=None,
            motion_digest=None,
            facts=facts,
            phash=row.phash,
            dhash=row.dhash,
            luma_std=row.luma_std,
        )

    def _signature(self, side: Side, number: int) -> PictureSignature:
        made = self.sides[side]
        grid = made.grids(slice(number, number + 1))[0]
        return PictureSignature(
            luma=grid.tobytes(),
            chroma=bytes([140]) * (2 * CHROMA_PX**2),
            phash=f"{int(made.phash[number]):016x}",
            dhash=f"{int(made.dhash[number]):016x}",
            luma_std=float(made.std[number]),
            source_width_px=4000,
            source_height_px=3000,
        )


def measure(count: int) -> None:
    """Print times for one size, and the greatest memory the process has taken so far."""
    local = make_local(count, seed=count)
    cloud = make_cloud(local, count, seed=count + 1)
    started = time.perf_counter()
    _tell(count, f"hashes within 8 bits: {near_pairs(cloud, local)} pairs", started)
    items = MadeItems({Side.CLOUD: cloud, Side.LOCAL: local})
    started = time.perf_counter()
    sides = (items.columns(Side.CLOUD), items.columns(Side.LOCAL))
    _tell(count, "columns of both sides", started)
    started = time.perf_counter()
    kept = sum(len(block.cloud_rows) for block in candidate_pairs(*sides, MatchOptions()))
    _tell(count, f"candidates, all threads of the net: {kept} pairs", started)
    started = time.perf_counter()
    judged = sum(1 for _ in match_items(*sides, items, MatchOptions()))
    _tell(count, f"whole match: {judged} judgements", started)
    started = time.perf_counter()
    new = sides[0].take(np.arange(min(count, _NEW_ITEMS), dtype=np.int64))
    judged = sum(1 for _ in match_items(new, sides[1], items, MatchOptions()))
    _tell(count, f"{judged} new items against all", started)


def near_pairs(cloud: Made, local: Made) -> int:
    """Return how many pairs of pictures that are not flat have hashes within 8 bits."""
    asked, known = (made.phash[made.std > FLAT_STD] for made in (cloud, local))
    return sum(len(found) for found, _, _ in pairs_within(asked, known, 8))


def _tell(count: int, what: str, started: float) -> None:
    took = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{count:9} {took:8.1f} s  {peak:6.0f} MiB peak  {what}", flush=True)


def main() -> None:
    """Measure the sizes given."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.matching_scale")
    parser.add_argument("counts", type=int, nargs="+", help="items on each side")
    for count in parser.parse_args().counts:
        measure(count)


if __name__ == "__main__":
    main()
