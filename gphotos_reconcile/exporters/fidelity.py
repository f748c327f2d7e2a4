"""What Google's ways to hand bytes back do to an original, measured on the user's own files."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Final

from gphotos_reconcile.core.journals import FidelityRow
from gphotos_reconcile.core.model import MediaFacts

PATHS: Final = {"library_download": "d", "library_scaled": "w1024-h1024"}
"""Ways for a photo: name of the way, variant of the address."""

VIDEO_PATHS: Final = {"library_video": "dv"}
"""Ways for a video."""

_TOLD: Final = frozenset(
    {
        "width_px", "height_px", "orientation", "times", "motion_offset", "motion_length",
        "video_codec", "audio_codec", "frame_rate", "duration_s",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelFigures:
    """How two pictures differ after the returned one is brought to the original's size."""

    psnr_db: float
    ssim: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the decoders say of one file."""

    width_px: int | None
    height_px: int | None
    facts: MediaFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruments:
    """What is needed to measure: the decoders live elsewhere."""

    read: Callable[[bytes], Measured]
    compare: Callable[[bytes, bytes], PixelFigures | None]


@dataclass(frozen=True, slots=True)
class Original:
    """A file as it was uploaded."""

    filename: str
    content: bytes


def compare_bytes(
    original: Original, returned: bytes, path: str, measured_at: datetime, instruments: Instruments
) -> FidelityRow:
    """Return what the way named `path` kept and lost of one original."""
    before, after = instruments.read(original.content), instruments.read(returned)
    same = original.content == returned
    figures = None if same else instruments.compare(original.content, returned)
    kept, lost = _kept_and_lost(before.facts, after.facts)
    return FidelityRow(
        sha256=hashlib.sha256(original.content).hexdigest(),
        filename=original.filename,
        path=path,
        measured_at=measured_at,
        original_bytes=len(original.content),
        returned_bytes=len(returned),
        same_bytes=same,
        width_px=after.width_px,
        height_px=after.height_px,
        psnr_db=figures.psnr_db if figures else None,
        ssim=figures.ssim if figures else None,
        kept=kept,
        lost=lost,
    )


def _kept_and_lost(
    before: MediaFacts, after: MediaFacts
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of the facts that survived, and of those that did not."""
    pairs = list(_fact_pairs(before, after))
    kept = tuple(name for name, old, new in pairs if old == new)
    return kept, tuple(name for name, old, new in pairs if old != new)


def _fact_pairs(before: MediaFacts, after: MediaFacts) -> Iterator[tuple[str, object, object]]:
    for field in fields(MediaFacts):
        old = getattr(before, field.name)
        if field.name not in _TOLD and old is not None:
            yield field.name, old, getattr(after, field.name)
    if before.times:
        first = before.times[0].taken_at
        yield "taken_at", first, after.times[0].taken_at if after.times else None
