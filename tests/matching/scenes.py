"""Made pictures, and items of them, for the rules to be tried on."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from gphotos_reconcile.core.model import (
    CHROMA_PX,
    GRID_PX,
    CaptureTime,
    FinePicture,
    FineView,
    ItemRow,
    Kind,
    MatchAsset,
    MediaFacts,
    PictureSignature,
    Side,
    TimeBasis,
    VideoFrame,
    Windows,
)
from gphotos_reconcile.core.names import name_stem
from gphotos_reconcile.matching.columns import ItemColumns
from gphotos_reconcile.matching.loading import Wanted
from gphotos_reconcile.matching.perceptual import dhash64, phash64

Pixels = NDArray[np.float64]

NOON = datetime(2021, 6, 5, 12, 0, 0, tzinfo=UTC)


def scene(seed: int, width: int = 960, height: int = 720) -> Pixels:
    """Return a smooth made-up scene with edges and a calm sky, without grain."""
    chance = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width] / max(width, height)
    cells = np.full((height, width), 90.0)
    for _ in range(12):
        cx, cy, size = chance.random(3) * (1.0, 0.75, 0.2) + (0, 0, 0.03)
        cells += chance.normal(0, 50) * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / size**2)
    for _ in range(25):
        left, top = chance.integers(0, width - 60), chance.integers(height // 3, height - 60)
        wide, high = chance.integers(20, 240), chance.integers(20, 200)
        cells[top : top + high, left : left + wide] += chance.normal(0, 30)
    clipped: Pixels = np.clip(cells, 20, 235)
    return clipped


def grain(seed: int, pixels: Pixels, strength: float = 3.0) -> Pixels:
    """Return one exposure of a scene: the same seed is the same exposure."""
    return pixels + np.random.default_rng(seed).normal(0, strength, pixels.shape)


def coded(pixels: Pixels, step: float = 2.0) -> Pixels:
    """Return the pixels as a lossy coder leaves them: rounded in steps."""
    rounded: Pixels = np.round(pixels / step) * step
    return rounded


def signature(pixels: Pixels, chroma: int = 140) -> PictureSignature:
    """Return what is kept of a picture."""
    height, width = pixels.shape
    means = _averaging(height) @ pixels @ _averaging(width).T
    grid = np.clip(np.round(means), 0, 255).astype(np.uint8)
    return PictureSignature(
        luma=grid.tobytes(),
        chroma=bytes([chroma] * CHROMA_PX**2 + [256 - chroma] * CHROMA_PX**2),
        phash=f"{int(phash64(grid[None])[0]):016x}",
        dhash=f"{int(dhash64(grid[None])[0]):016x}",
        luma_std=float(grid.std()),
        source_width_px=width,
        source_height_px=height,
    )


def _averaging(size: int) -> Pixels:
    """Return the weights that reduce `size` pixels to the grid, pixels taken in part."""
    edges = np.linspace(0, size, GRID_PX + 1)
    places = np.arange(size)
    low = np.maximum(edges[:-1, None], places)
    weights = np.clip(np.minimum(edges[1:, None], places + 1) - low, 0, None)
    shares: Pixels = weights / weights.sum(axis=1, keepdims=True)
    return shares


def fine(pixels: Pixels) -> FinePicture:
    """Return the whole picture's luma."""
    cells = np.clip(np.round(pixels), 0, 255).astype(np.uint8)
    return FinePicture(width_px=cells.shape[1], height_px=cells.shape[0], luma=cells.tobytes())


def seen(pixels: Pixels, view: FineView) -> FinePicture:
    """Return the luma of a picture as a decoder would: reduced to a longer edge, or windows."""
    if isinstance(view, Windows):
        assert pixels.shape == (view.height_px, view.width_px), "scenes are not scaled for windows"
        edge = view.edge_px
        return fine(
            np.concatenate(
                [pixels[top : top + edge, left : left + edge] for left, top in view.corners]
            )
        )
    step = max(1, math.ceil(max(pixels.shape) / view)) if view else 1
    rows, columns = (size // step * step for size in pixels.shape)
    cells = pixels[:rows, :columns].reshape(rows // step, step, columns // step, step)
    return fine(cells.mean(axis=(1, 3)))


def taken(offset_s: float = 0.0, digits: int = 0) -> tuple[CaptureTime, ...]:
    """Return a capture time some seconds after noon."""
    moment = NOON + timedelta(seconds=offset_s)
    return (CaptureTime(taken_at=moment, basis=TimeBasis.EXIF_LOCAL, subsecond_digits=digits),)


@dataclass(slots=True)
class World:
    """Two sides in memory; also the loader of both. Ids are unique over both sides."""

    found: dict[int, MatchAsset] = field(default_factory=dict)
    pixels: dict[int, Pixels] = field(default_factory=dict)
    kept: dict[int, PictureSignature] = field(default_factory=dict)
    moving: dict[int, tuple[VideoFrame, ...]] = field(default_factory=dict)
    decoded: list[int] = field(default_factory=list)

    def add(self, item_id: int, side: Side, pixels: Pixels | None, **changes: object) -> MatchAsset:
        """Add a photo; `changes` are fields of its asset, `chroma` and `facts` among them."""
        chroma = changes.pop("chroma", 140)
        assert isinstance(chroma, int)
        facts = changes.pop("facts", MediaFacts())
        assert isinstance(facts, MediaFacts)
        if pixels is not None:
            self.pixels[item_id] = pixels
            self.kept[item_id] = signature(pixels, chroma)
            facts = replace(facts, width_px=pixels.shape[1], height_px=pixels.shape[0])
        kept = self.kept.get(item_id)
        asset = MatchAsset(
            item_id=item_id,
            side=side,
            name=f"{item_id}.jpg",
            kind=Kind.PHOTO,
            mime_type="image/jpeg",
            size_bytes=1000,
            sha256=f"{item_id:016x}" + "0" * 48,
            content_digest=f"jpeg:{item_id}",
            motion_digest=None,
            facts=facts,
            phash=kept.phash if kept else None,
            dhash=kept.dhash if kept else None,
            luma_std=kept.luma_std if kept else None,
        )
        asset = replace(asset, **changes)  # type: ignore[arg-type]  # the fields a test names
        if "name" in changes:
            asset = replace(asset, name_stem=name_stem(asset.name))
        self.found[item_id] = asset
        return asset

    def columns(self, side: Side) -> ItemColumns:
        """Return one side as columns."""
        return ItemColumns.from_rows(
            row_of(asset) for asset in self.found.values() if asset.side is side
        )

    def assets(self, side: Side, ids: Sequence[int]) -> Mapping[int, MatchAsset]:
        return {item_id: self.found[item_id] for item_id in ids}

    def signatures(self, side: Side, ids: Sequence[int]) -> Mapping[int, PictureSignature]:
        return {item_id: self.kept[item_id] for item_id in ids if item_id in self.kept}

    def frames(self, side: Side, ids: Sequence[int]) -> Mapping[int, tuple[VideoFrame, ...]]:
        return {item_id: self.moving[item_id] for item_id in ids if item_id in self.moving}

    def fine(self, wanted: Iterable[Wanted]) -> Mapping[Wanted, FinePicture]:
        known = [one for one in wanted if one[0][1] in self.pixels]
        self.decoded += [item_id for (_, item_id), _ in known]
        return {one: seen(self.pixels[one[0][1]], one[1]) for one in known}


def row_of(asset: MatchAsset) -> ItemRow:
    """Return an asset as the catalogue's row of it."""
    time = asset.facts.times[0] if asset.facts.times else None
    sidecar = asset.sidecar_taken_at
    return ItemRow(
        item_id=asset.item_id,
        kind=asset.kind.value,
        sha256=asset.sha256,
        content_digest=asset.content_digest,
        phash=asset.phash,
        dhash=asset.dhash,
        luma_std=asset.luma_std,
        taken_at_s=time.taken_at.timestamp() if time else None,
        time_is_instant=time.basis.is_instant if time else False,
        sidecar_taken_at_s=sidecar.timestamp() if sidecar else None,
        name_stem=asset.name_stem,
        image_unique_id=asset.facts.image_unique_id,
        content_identifier=asset.facts.content_identifier,
        duration_s=asset.facts.duration_s,
        width_px=asset.facts.width_px,
        height_px=asset.facts.height_px,
    )
