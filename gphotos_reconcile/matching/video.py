"""Two videos compared by their sampled frames: transcodes, trimmed clips, parts of compilations."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gphotos_reconcile.core.model import FRAME_GRID_PX, Evidence, MatchAsset, VideoFrame
from gphotos_reconcile.matching.options import MatchOptions

Frames = Sequence[VideoFrame]

FRAME_TILE: Final = 10.0
"""Largest RMSE over 4 x 4 cells of the 16 x 16 frame grid up to which frames are the same."""

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
    first, second = frames
    if _same_length(cloud, local):
        same, flat, compared = _in_step(first, second, 0.0)
        if compared and same == compared and flat < same:
            detail = f"All {same} sampled frames agree, and both are equally long."
            return (Evidence(rule="video_equal", strength=80, detail=detail),)
        if compared and same < _LEAST_SHARE * compared:
            detail = f"Only {same} of {compared} sampled frames agree."
            return (Evidence(rule="video_differs", strength=-80, detail=detail),)
    run_s = _longest_run(first, second, options)
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


def _in_step(first: Frames, second: Frames, offset_s: float) -> tuple[int, int, int]:
    """Count (frames that agree, flat ones among them, frames compared) at one offset."""
    times = [frame.at_s for frame in second]
    same = flat = compared = 0
    for frame in first:
        other = _nearest(second, times, frame.at_s + offset_s)
        if other is None:
            continue
        compared += 1
        if frames_agree(frame, other):
            same += 1
            flat += _is_flat(frame)
    return same, flat, compared


def frames_agree(first: VideoFrame, second: VideoFrame) -> bool:
    """Tell whether two frames show the same picture."""
    error = (_grid(first) - _grid(second)) ** 2
    tiles = error.reshape(4, FRAME_GRID_PX // 4, 4, FRAME_GRID_PX // 4).mean(axis=(1, 3))
    return bool(np.sqrt(tiles.max()) <= FRAME_TILE)


def _longest_run(first: Frames, second: Frames, options: MatchOptions) -> float:
    """Return the length in seconds of the longest run of frames that agree at one offset."""
    best_s = 0.0
    offsets = {
        round(other.at_s - frame.at_s, 1)
        for frame in first
        for other in second
        if not _is_flat(frame) and frames_agree(frame, other)
    }
    for offset_s in sorted(offsets):
        best_s = max(best_s, _run_at(first, second, offset_s, options))
    return best_s


def _run_at(first: Frames, second: Frames, offset_s: float, options: MatchOptions) -> float:
    times = [frame.at_s for frame in second]
    start_s: float | None = None
    last_s = best_s = 0.0
    for frame in first:
        other = _nearest(second, times, frame.at_s + offset_s)
        if other is None or not frames_agree(frame, other):
            start_s = None
            continue
        if start_s is None or frame.at_s - last_s > 2 * options.video_every_s:
            start_s = frame.at_s
        last_s = frame.at_s
        best_s = max(best_s, last_s - start_s)
    return best_s


def _nearest(frames: Frames, times: Sequence[float], at_s: float) -> VideoFrame | None:
    place = bisect_left(times, at_s)
    near = [
        k for k in (place - 1, place) if 0 <= k < len(times) and abs(times[k] - at_s) <= _NEAR_S
    ]
    return frames[min(near, key=lambda k: abs(times[k] - at_s))] if near else None


def _grid(frame: VideoFrame) -> NDArray[np.float64]:
    cells = np.frombuffer(frame.luma, dtype=np.uint8)
    return cells.reshape(FRAME_GRID_PX, FRAME_GRID_PX).astype(np.float64)


def _is_flat(frame: VideoFrame) -> bool:
    return float(_grid(frame).std()) < _FLAT_STD
