"""PSNR and SSIM of what came back, against values that can be worked out by hand."""

import math
import random

import pytest

from gphotos_reconcile.core.model import FinePicture
from gphotos_reconcile.media.agreement import EQUAL_DB, agreement


def noise(width: int, height: int, seed: int = 1) -> FinePicture:
    draw = random.Random(seed)
    luma = bytes(draw.randrange(40, 200) for _ in range(width * height))
    return FinePicture(width_px=width, height_px=height, luma=luma)


def test_equal_pictures_agree_wholly() -> None:
    found = agreement(noise(40, 30), noise(40, 30))
    assert found is not None
    assert found == pytest.approx((EQUAL_DB, 1.0))


def test_a_constant_step_has_the_psnr_of_its_square() -> None:
    first = noise(40, 30)
    second = FinePicture(width_px=40, height_px=30, luma=bytes(v + 5 for v in first.luma))
    found = agreement(first, second)
    assert found is not None
    assert found.psnr_db == pytest.approx(10 * math.log10(255**2 / 25))
    assert 0.99 < found.ssim < 1  # a brighter picture has the same structure


def test_flat_pictures_have_the_ssim_of_their_means() -> None:
    first = FinePicture(width_px=20, height_px=20, luma=bytes([100]) * 400)
    second = FinePicture(width_px=20, height_px=20, luma=bytes([110]) * 400)
    found = agreement(first, second)
    c1 = (0.01 * 255) ** 2
    assert found is not None
    assert found.ssim == pytest.approx((2 * 100 * 110 + c1) / (100**2 + 110**2 + c1))


def test_two_noises_have_no_structure_in_common() -> None:
    found = agreement(noise(60, 60), noise(60, 60, seed=2))
    assert found is not None
    assert found.ssim < 0.1


def test_a_smaller_picture_is_brought_to_the_size_of_the_original() -> None:
    flat = FinePicture(width_px=40, height_px=30, luma=bytes([90]) * 1200)
    half = FinePicture(width_px=20, height_px=15, luma=bytes([90]) * 300)
    found = agreement(flat, half)
    assert found is not None
    assert found == pytest.approx((EQUAL_DB, 1.0))


def test_another_shape_has_no_figures() -> None:
    assert agreement(noise(40, 30), noise(30, 40)) is None


def test_an_original_smaller_than_the_window_has_no_figures() -> None:
    assert agreement(noise(8, 6), noise(8, 6)) is None
