"""What a JPEG's steps explain tells a copy from the next exposure of the same still scene."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gphotos_reconcile.core.model import FinePicture
from gphotos_reconcile.matching.fine import compare_fine
from gphotos_reconcile.matching.options import CAREFUL
from gphotos_reconcile.media.rendering import fine_luma
from gphotos_reconcile.sources.files import FileBytes
from tests.matching.scenes import Pixels, grain, scene

SIZE = (1280, 960)


def picture(pixels: Pixels) -> Image.Image:
    return Image.fromarray(np.clip(np.round(pixels), 0, 255).astype(np.uint8)).convert("RGB")


def decoded(path: Path) -> FinePicture:
    return fine_luma(FileBytes(bytes(path), path.stat().st_size), 2048)


def strays_of(copy: Path, source: Path) -> float | None:
    return compare_fine(decoded(copy), decoded(source)).strays


@pytest.fixture
def original(tmp_path: Path) -> Path:
    path = tmp_path / "original.jpg"
    picture(grain(1, scene(7, *SIZE))).save(path, quality=95)
    return path


def told(path: Path, source: Path) -> float:
    found = strays_of(path, source)
    assert found is not None
    return found


@pytest.mark.parametrize("quality", [60, 75, 85, 95])
@pytest.mark.parametrize("longest_px", [1280, 1000, 640])
@pytest.mark.parametrize("samples", [Image.Resampling.LANCZOS, Image.Resampling.BILINEAR])
def test_a_copy_keeps_to_the_steps_of_its_coder(
    original: Path, tmp_path: Path, quality: int, longest_px: int, samples: Image.Resampling
) -> None:
    copy = tmp_path / "copy.jpg"
    with Image.open(original) as image:
        size = (longest_px, longest_px * 3 // 4)
        image.resize(size, samples).save(copy, quality=quality)
    assert told(copy, original) < 0.6 * CAREFUL.strays


@pytest.mark.parametrize("quality", [75, 85, 95])
def test_the_next_exposure_does_not(original: Path, tmp_path: Path, quality: int) -> None:
    second = tmp_path / "second.jpg"
    picture(grain(2, scene(7, *SIZE))).save(second, quality=quality)
    assert told(second, original) > 1.5 * CAREFUL.strays


def test_either_side_may_be_the_copy(original: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.jpg"
    with Image.open(original) as image:
        image.save(copy, quality=70)
    assert told(original, copy) < 0.6 * CAREFUL.strays


def test_nothing_is_said_where_the_steps_are_not_those_of_the_pixels(
    original: Path, tmp_path: Path
) -> None:
    png, turned, large = (tmp_path / name for name in ("copy.png", "turned.jpg", "large.jpg"))
    with Image.open(original) as image:
        image.save(png)
        exif = Image.Exif()
        exif[0x0112] = 6
        image.transpose(Image.Transpose.ROTATE_90).save(turned, exif=exif)
        image.resize((3000, 2250)).save(large)
    assert strays_of(png, original) is None
    assert strays_of(turned, original) is None
    assert decoded(large).scale == pytest.approx(2048 / 3000)
    assert compare_fine(decoded(large), decoded(large)).strays is None
