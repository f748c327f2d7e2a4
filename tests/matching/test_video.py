"""Videos: transcodes, clips, and parts of compilations, by their sampled frames."""

from collections.abc import Sequence

import numpy as np

from gphotos_reconcile.core.model import FRAME_GRID_PX, Kind, MediaFacts, Side, Verdict, VideoFrame
from gphotos_reconcile.matching.engine import match_items
from gphotos_reconcile.matching.options import MatchOptions
from tests.matching.scenes import World


def _frame(at_s: float, seed: int, noise: int = 0) -> VideoFrame:
    chance = np.random.default_rng(seed)
    cells = np.kron(chance.integers(30, 220, (4, 4)), np.ones((FRAME_GRID_PX // 4,) * 2))
    cells = cells + np.random.default_rng(noise).normal(0, 2, cells.shape) * (noise > 0)
    return VideoFrame(at_s=at_s, phash=f"{seed:016x}", luma=cells.astype(np.uint8).tobytes())


def _judged(
    cloud: tuple[Sequence[int], float], local: tuple[Sequence[int], float], options: MatchOptions
) -> tuple[Verdict, str]:
    world = World()
    for item_id, side, (seeds, duration_s) in ((1, Side.CLOUD, cloud), (2, Side.LOCAL, local)):
        facts = MediaFacts(width_px=1920, height_px=1080, duration_s=duration_s)
        world.add(item_id, side, None, kind=Kind.VIDEO, facts=facts, name="VID_1.mp4")
        frames = [_frame(2.0 * n, seed, item_id) for n, seed in enumerate(seeds)]
        world.moving[item_id] = tuple(frames)
    found = list(match_items(world.columns(Side.CLOUD), world.columns(Side.LOCAL), world, options))
    return found[0].verdict, found[0].rule


_SHORT_RUNS = MatchOptions(video_every_s=2.0, video_run=4)


def test_a_transcode_of_equal_length_is_the_same() -> None:
    whole = (list(range(10)), 20.0)

    assert _judged(whole, whole, _SHORT_RUNS) == (Verdict.SAME_PICTURE, "video_equal")


def test_another_video_of_equal_length_is_missing() -> None:
    other = (list(range(50, 60)), 20.0)

    assert _judged((list(range(10)), 20.0), other, _SHORT_RUNS)[0] is Verdict.MISSING


def test_one_differing_stretch_forbids_the_claim() -> None:
    changed = ([0, 1, 2, 77, 78, 5, 6, 7, 8, 9], 20.0)

    verdict, _ = _judged((list(range(10)), 20.0), changed, _SHORT_RUNS)

    assert not verdict.is_claim


def test_a_part_of_a_compilation_is_offered_as_a_clip() -> None:
    compilation = ([90, 91, 92, *range(10), 93, 94], 30.0)

    assert _judged((list(range(10)), 20.0), compilation, _SHORT_RUNS) == (
        Verdict.VARIANT,
        "video_clip",
    )


def test_a_run_shorter_than_asked_is_no_clip() -> None:
    long_runs = MatchOptions(video_every_s=10.0, video_run=6)
    shared = ([90, 91, 1, 2, 3, 92, 93, 94, 95, 96, 97, 98, 99, 80, 81, 82], 32.0)

    assert _judged((list(range(20)), 40.0), shared, long_runs)[0] is Verdict.MISSING


def test_black_frames_alone_are_no_match() -> None:
    world = World()
    black = VideoFrame(at_s=0.0, phash="0" * 16, luma=bytes(FRAME_GRID_PX**2))
    for item_id, side in ((1, Side.CLOUD), (2, Side.LOCAL)):
        facts = MediaFacts(width_px=1920, height_px=1080, duration_s=1.0)
        world.add(item_id, side, None, kind=Kind.VIDEO, facts=facts, name="VID_1.mp4")
        world.moving[item_id] = (black,)

    found = list(
        match_items(world.columns(Side.CLOUD), world.columns(Side.LOCAL), world, MatchOptions())
    )

    assert not found[0].verdict.is_claim
