"""Two videos compared by their sampled frames: transcodes, trimmed clips, parts of compilations."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gphotos_reconcile.core.model import FRAME_GRID_PX, Evidence, MatchAsset, VideoFrame
from gphotos_reconcile.matching.options import MatchOptions

Frames = Sequence[VideoFrame]
Cells = NDArray[np.float32]

FRAME_TILE: Final = 10.0
"""Largest RMSE over 4 x 4 cells of the 16 x 16 frame grid up to which frames are the same."""

_TILE: Final = 4
_SAME_LENGTH_S: Final = 0.5
_NEAR_S: Final = 0.6
_FLAT_STD: Final = 6.0
_LEAST_SHARE: Final = 0.8


def weigh_videos(
    cloud: MatchAsset, local: MatchAsset, frames: tuple[Frames, Frames], options: MatchOptions
) -> tuple[Evidence, ...]:
    """Return what the sampled frames of two videos say.

    Args:
        cloud: the cloud video.
        local: the local one.
        frames: of the cloud one and of the local one.
        options: how long a run of frames has to be, and how far apart they are.
    """
    held = _Compared(*frames)
    if _same_length(cloud, local):
        same, flat, compared = held.in_step(0.0)
        if compared and same == compared and flat < same:
            detail = f"All {same} sampled frames agree, and both are equally long."
            return (Evidence(rule="video_equal", strength=80, detail=detail),)
        if compared and same < _LEAST_SHARE * compared:
            detail = f"Only {same} of {compared} sampled frames agree."
            return (Evidence(rule="video_differs", strength=-80, detail=detail),)
    run_s = held.longest_run(options)
    needed_s = options.video_every_s * max(options.video_run - 1, 1)
    shorter_s = min(cloud.facts.duration_s or 0.0, local.facts.duration_s or 0.0)
    if run_s > 0 and run_s >= min(needed_s, _LEAST_SHARE * shorter_s):
        detail = f"They share a run of {run_s:.0f} s: one is cut from the other."
        figures = (("run_s", round(run_s, 1)),)
        return (Evidence(rule="video_clip", strength=55, detail=detail, figures=figures),)
    return ()


def _same_length(cloud: MatchAsset, local: MatchAsset) -> bool:
    first, second = cloud.facts.duration_s, local.facts.duration_s
    if not first or not second:
        return False
    return abs(first - second) <= max(_SAME_LENGTH_S, 0.01 * first)


class _Compared:
    """Two videos held against each other, every frame against every frame."""

    def __init__(self, first: Frames, second: Frames) -> None:
        self.first_s = [frame.at_s for frame in first]
        self.second_s = [frame.at_s for frame in second]
        cells, others = _cells(first), _cells(second)
        self.is_flat = cells.std(axis=(0, 2), dtype=np.float64) < _FLAT_STD
        self.agrees = _agreeing(cells, others)

    def in_step(self, offset_s: float) -> tuple[int, int, int]:
        """Count (frames that agree, flat ones among them, frames compared) at one offset."""
        same = flat = compared = 0
        for place, at_s in enumerate(self.first_s):
            other = _nearest(self.second_s, at_s + offset_s)
            if other is None:
                continue
            compared += 1
            if self.agrees[place, other]:
                same += 1
                flat += bool(self.is_flat[place])
        return same, flat, compared

    def longest_run(self, options: MatchOptions) -> float:
        """Return the length in seconds of the longest run of frames that agree at one offset."""
        places, others = np.nonzero(self.agrees & ~self.is_flat[:, None])
        offsets = {
            round(self.second_s[other] - self.first_s[place], 1)
            for place, other in zip(places.tolist(), others.tolist(), strict=True)
        }
        return max((self._run_at(offset_s, options) for offset_s in sorted(offsets)), default=0.0)

    def _run_at(self, offset_s: float, options: MatchOptions) -> float:
        start_s: float | None = None
        last_s = best_s = 0.0
        for place, at_s in enumerate(self.first_s):
            other = _nearest(self.second_s, at_s + offset_s)
            if other is None or not self.agrees[place, other]:
                start_s = None
                continue
            if start_s is None or at_s - last_s > 2 * options.video_every_s:
                start_s = at_s
            last_s = at_s
            best_s = max(best_s, last_s - start_s)
        return best_s


def _agreeing(cells: Cells, others: Cells) -> NDArray[np.bool_]:
    """Tell which frames show the same picture: no tile differs by more than `FRAME_TILE`.

    Everything is a whole number that a float32 holds exactly.
    """
    sizes, other_sizes = (np.square(side).sum(axis=2) for side in (cells, others))
    agrees = np.ones((cells.shape[1], others.shape[1]), dtype=np.bool_)
    for tile, other, size, other_size in zip(cells, others, sizes, other_sizes, strict=True):
        error = size[:, None] + other_size - 2 * (tile @ other.T)
        agrees &= error <= FRAME_TILE**2 * _TILE**2
    return agrees


def _nearest(times: Sequence[float], at_s: float) -> int | None:
    place = bisect_left(times, at_s)
    near = [
        k for k in (place - 1, place) if 0 <= k < len(times) and abs(times[k] - at_s) <= _NEAR_S
    ]
    return min(near, key=lambda k: abs(times[k] - at_s)) if near else None


def _cells(frames: Frames) -> Cells:
    """Return the cells of frames by tile, shape (tiles, frames, cells of a tile)."""
    joined = np.frombuffer(b"".join(frame.luma for frame in frames), dtype=np.uint8)
    edge = FRAME_GRID_PX // _TILE
    tiles = joined.reshape(len(frames), edge, _TILE, edge, _TILE).transpose(1, 3, 0, 2, 4)
    return tiles.reshape(edge**2, len(frames), _TILE**2).astype(np.float32)
