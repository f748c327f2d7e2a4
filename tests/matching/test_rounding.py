"""What a coder's steps explain tells a copy from the next exposure of the same still scene."""

from pathlib import Path
from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from gphotos_reconcile.core.model import FinePicture, FineView
from gphotos_reconcile.matching.options import CAREFUL, LOOSE
from gphotos_reconcile.matching.rounding import Unexplained, coded_views, unexplained
from gphotos_reconcile.media.rendering import fine_luma
from gphotos_reconcile.sources.files import FileBytes
from tests.matching.scenes import Pixels, grain, scene

SIZE: Final = (1600, 1200)
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    8: Image.Transpose.ROTATE_270,
}
"""How an upright picture is stored under an orientation tag."""


def exposure(seed: int) -> Image.Image:
    """Return one exposure of a scene with the soft texture that photos have nearly everywhere."""
    cells = np.random.default_rng(7).integers(0, 256, (SIZE[1] // 6, SIZE[0] // 6)).astype(np.uint8)
    soft = Image.fromarray(cells).resize(SIZE, Image.Resampling.BICUBIC)
    texture = (np.asarray(soft, dtype=np.float64) - 128) / 6
    return picture(grain(seed, scene(7, *SIZE) + texture))


def picture(pixels: Pixels) -> Image.Image:
    return Image.fromarray(np.clip(np.round(pixels), 0, 255).astype(np.uint8)).convert("RGB")


def found(copy: Path, source: Path) -> Unexplained | None:
    """Compare two files as the closer look does."""
    sizes = [upright_px(path) for path in (copy, source)]
    views = coded_views(seen(copy, 2048), *sizes)
    if views is None:
        return None
    both = seen(copy, views.copy), seen(source, views.source)
    return unexplained(views, *both, enough=0.9 * CAREFUL.unexplained)


def seen(path: Path, view: FineView) -> FinePicture:
    return fine_luma(FileBytes(bytes(path), path.stat().st_size), view)


def upright_px(path: Path) -> tuple[int, int]:
    with Image.open(path) as image:
        width, height = image.size
        turned = image.getexif().get(0x0112, 1) >= 5
    return (height, width) if turned else (width, height)


def told(copy: Path, source: Path) -> float:
    measured = found(copy, source)
    assert measured is not None
    return measured.once


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scene") / "original.jpg"
    exposure(1).save(path, quality=95)
    return path


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Image.Image:
    """The next exposure: the same scene, not moved, and its own grain."""
    path = tmp_path_factory.mktemp("scene") / "second.jpg"
    exposure(2).save(path, quality=95)
    with Image.open(path) as image:
        return image.copy()


@pytest.mark.parametrize("quality", [60, 75, 85, 95])
@pytest.mark.parametrize("longest_px", [1600, 1250, 640])
@pytest.mark.parametrize("name", ["LANCZOS", "BICUBIC", "BILINEAR", "BOX", "HAMMING"])
def test_a_copy_keeps_to_the_steps_of_its_coder_by_whatever_filter_it_was_reduced(
    original: Path, tmp_path: Path, quality: int, longest_px: int, name: str
) -> None:
    copy = tmp_path / "copy.jpg"
    with Image.open(original) as image:
        size = (longest_px, longest_px * 3 // 4)
        image.resize(size, Image.Resampling[name]).save(copy, quality=quality)
    assert told(copy, original) < 0.9 * CAREFUL.unexplained


@pytest.mark.parametrize("longest_px", [1600, 1200])
def test_both_may_be_made_of_one_that_is_gone(tmp_path: Path, longest_px: int) -> None:
    source, copy = tmp_path / "source.jpg", tmp_path / "copy.jpg"
    gone = exposure(1)
    gone.save(source, quality=92)
    gone.resize((longest_px, longest_px * 3 // 4), Image.Resampling.LANCZOS).save(copy, quality=80)
    assert told(copy, source) < CAREFUL.unexplained


@pytest.mark.parametrize("quality", [75, 85, 95])
@pytest.mark.parametrize("longest_px", [1600, 1250, 800])
def test_the_next_exposure_does_not(
    original: Path, second: Image.Image, tmp_path: Path, quality: int, longest_px: int
) -> None:
    path = tmp_path / "second.jpg"
    size = (longest_px, longest_px * 3 // 4)
    second.resize(size, Image.Resampling.LANCZOS).save(path, quality=quality)
    assert told(path, original) > 1.2 * CAREFUL.unexplained
    if longest_px == SIZE[0]:
        assert told(path, original) > LOOSE.unexplained


@pytest.mark.parametrize("turn", sorted(_TURNS))
def test_a_turned_copy_is_rounded_along_its_own_blocks(
    original: Path, second: Image.Image, tmp_path: Path, turn: int
) -> None:
    """The size is no multiple of a block, so that the blocks of a turned picture begin within."""
    exif = Image.Exif()
    exif[0x0112] = turn
    copy, other = tmp_path / "copy.jpg", tmp_path / "other.jpg"
    with Image.open(original) as image:
        reduced = image.resize((1003, 753), Image.Resampling.LANCZOS)
    reduced.transpose(_TURNS[turn]).save(copy, quality=80, exif=exif)
    later = second.resize((1003, 753), Image.Resampling.LANCZOS)
    later.transpose(_TURNS[turn]).save(other, quality=80, exif=exif)

    assert told(copy, original) < 0.9 * CAREFUL.unexplained
    assert told(other, original) > 1.2 * CAREFUL.unexplained


def test_a_format_that_keeps_every_pixel_rounds_nothing(
    original: Path, second: Image.Image, tmp_path: Path
) -> None:
    copy, other = tmp_path / "copy.png", tmp_path / "other.png"
    with Image.open(original) as image:
        image.resize((800, 600), Image.Resampling.LANCZOS).save(copy)
    second.resize((800, 600), Image.Resampling.LANCZOS).save(other)

    assert told(copy, original) < 0.9 * CAREFUL.unexplained
    assert told(other, original) > 1.2 * CAREFUL.unexplained


def test_a_copy_coded_twice_is_told_from_the_next_exposure_by_the_steps_of_both(
    original: Path, second: Image.Image, tmp_path: Path
) -> None:
    first, copy, other = (tmp_path / f"{name}.jpg" for name in ("first", "copy", "other"))
    with Image.open(original) as image:
        image.save(first, quality=70)
    with Image.open(first) as image:
        image.save(copy, quality=85)
    second.save(other, quality=85)

    coded, exposed = found(copy, original), found(other, original)

    assert coded is not None and coded.twice is not None  # noqa: PT018
    assert exposed is not None and exposed.twice is not None  # noqa: PT018
    assert coded.once > CAREFUL.unexplained
    assert coded.twice < 1.0
    assert exposed.twice > 1.5
    assert exposed.twice <= exposed.once


def test_saturated_colours_are_compared_as_the_coder_saw_them(tmp_path: Path) -> None:
    source, copy = tmp_path / "source.jpg", tmp_path / "copy.jpg"
    grey = grain(3, scene(5, *SIZE))
    colours = np.stack([np.clip(2 * grey - 120, 0, 255), grey, np.zeros_like(grey)], axis=-1)
    Image.fromarray(colours.astype(np.uint8)).save(source, quality=88)
    with Image.open(source) as image:
        image.save(copy, quality=75)
    assert told(copy, source) < 0.9 * CAREFUL.unexplained


def test_nothing_is_said_where_the_steps_are_not_known_or_nothing_is_large_enough(
    original: Path, tmp_path: Path
) -> None:
    webp, small, rgb = (tmp_path / name for name in ("copy.webp", "small.jpg", "rgb.jpg"))
    with Image.open(original) as image:
        image.save(webp, quality=80)
        image.resize((320, 240)).save(small)
        image.save(rgb, keep_rgb=True)
    assert found(webp, original) is None
    assert found(small, original) is None
    assert found(rgb, original) is None


def test_a_blur_that_takes_all_grain_away_explains_no_copy(tmp_path: Path) -> None:
    """A smooth picture is no copy of a grainy one that shows the same."""
    smooth, grainy = tmp_path / "smooth.jpg", tmp_path / "grainy.jpg"
    still = scene(5, *SIZE)
    picture(still).save(smooth, quality=99)
    picture(grain(6, still, strength=4.0)).save(grainy, quality=90)

    for copy, source in ((smooth, grainy), (grainy, smooth)):
        assert told(copy, source) > LOOSE.unexplained


def test_a_flat_picture_has_too_little_to_tell_by(tmp_path: Path) -> None:
    source, copy = tmp_path / "source.jpg", tmp_path / "copy.jpg"
    picture(grain(4, np.full((1200, 1600), 120.0), strength=0.5)).save(source, quality=95)
    with Image.open(source) as image:
        image.save(copy, quality=60)
    assert found(copy, source) is None


_SIZE = st.tuples(st.integers(200, 700), st.integers(200, 700))


@settings(max_examples=60)
@given(
    _SIZE, st.floats(1.0, 4.0), st.floats(0.98, 1.02), st.sampled_from([1, 7, 40, 255]), st.data()
)
def test_no_pair_of_sizes_or_contents_is_too_odd(
    copy_px: tuple[int, int], scale: float, other: float, step: int, data: st.DataObject
) -> None:
    source_px = (round(copy_px[0] * scale), max(1, round(copy_px[1] * scale * other)))
    kind = data.draw(st.sampled_from(["noise", "black", "half"]))
    grid = data.draw(st.tuples(st.integers(0, 7), st.integers(0, 7)))
    whole = made(kind, copy_px, step, grid)

    views = coded_views(whole, copy_px, source_px)

    if views is None:
        return
    parts = [
        made(kind, (view.edge_px, view.edge_px * len(view.corners)), step, grid)
        for view in (views.copy, views.source)
    ]
    for view, size in ((views.copy, copy_px), (views.source, source_px)):
        for left, top in view.corners:
            assert 0 <= left <= size[0] - view.edge_px
            assert 0 <= top <= size[1] - view.edge_px
    levels = unexplained(views, *parts)
    assert levels is None or 0 <= levels.once <= 8


def made(kind: str, size_px: tuple[int, int], step: int, grid: tuple[int, int]) -> FinePicture:
    width, height = size_px
    chance = np.random.default_rng(width)
    cells = chance.normal(120, 0 if kind == "black" else 30, (height, width))
    cells[: height // 2] *= 0 if kind == "half" else 1
    luma = np.clip(cells, 0, 255).astype(np.uint8).tobytes()
    return FinePicture(
        width_px=width, height_px=height, luma=luma, steps=(step,) * 64, grid_px=grid
    )
