"""What is said of two pictures seen closely: a coder's traces, what moved, and another grain."""

from dataclasses import replace

import pytest

from gphotos_reconcile.matching.fine import FineMeasures
from gphotos_reconcile.matching.grain import Grain
from gphotos_reconcile.matching.options import CAREFUL
from gphotos_reconcile.matching.pixel_rules import weigh_pixels
from gphotos_reconcile.matching.rounding import Unexplained
from gphotos_reconcile.matching.verify import PairPixels

_OWN = Grain(
    tiles=192, left=2.0, known=2.4, correlation=0.95, low=0.8, new=0.2, is_whole=True
)  # fmt: skip
_FOLIAGE = FineMeasures(
    width_px=2048,
    height_px=1532,
    same_aspect=True,
    shift_px=0.01,
    rmse=3.0,
    block=27.0,
    ratio=5.1,
    where=(0.5, 0.5),
    tail=2.8,
    gathered=0.3,
    grain=_OWN,
)
"""As measured on dense foliage in a copy of quality 80."""


def _rules(fine: FineMeasures) -> set[str]:
    pixels = PairPixels(
        rmse=1.0,
        tile=2.4,
        small_tile=3.0,
        where=(0.5, 0.5),
        shift_cells=0.0,
        tone=0.1,
        fitted_tile=2.3,
        chroma=0.2,
        is_recoloured=False,
        contrast=40.0,
        correlation=0.999,
        fine=fine,
        fine_tried=True,
    )
    return {evidence.rule for evidence in weigh_pixels(pixels, CAREFUL)}


def test_what_a_coder_takes_from_foliage_everywhere_is_no_difference() -> None:
    assert {"pixels_fine", "noise"} <= _rules(_FOLIAGE)


@pytest.mark.parametrize(
    "moved",
    [
        replace(_FOLIAGE, gathered=0.75),
        replace(_FOLIAGE, tail=1.9),
        replace(_FOLIAGE, ratio=64.0, tail=38.0),
        replace(_FOLIAGE, grain=None),
        replace(_FOLIAGE, grain=replace(_OWN, correlation=0.3)),
        replace(_FOLIAGE, grain=replace(_OWN, low=0.2)),
    ],
    ids=["gathered", "one stands out", "much of it", "no grain", "other grain", "grain in parts"],
)
def test_what_lies_together_or_has_another_grain_differs(moved: FineMeasures) -> None:
    assert "pixels_differ" in _rules(moved)


@pytest.mark.parametrize(
    ("grain", "said"),
    [
        (_OWN, "noise"),
        (replace(_OWN, correlation=0.03, low=-0.05, new=2.0), "other_grain"),
        (replace(_OWN, correlation=0.32, low=0.2, new=1.8), "other_noise"),
        (replace(_OWN, left=0.2, known=0.2, correlation=0.01, low=-0.1, new=0.2), "weak_noise"),
        (replace(_OWN, left=0.8, known=0.1, correlation=0.6, low=0.4, new=0.7), "weak_noise"),
        (replace(_OWN, left=0.64, known=3.3, correlation=0.26, low=0.2, new=0.6), None),
        (replace(_OWN, left=0.07, known=0.08, correlation=0.02, low=-0.1, new=0.07), None),
    ],
    ids=[
        "one exposure", "fresh grain", "half fresh grain", "faint and fresh",
        "more than the other had",
        "mostly taken by the coder", "rounding alone",
    ],
)  # fmt: skip
def test_grain_says_what_it_can(grain: Grain, said: str | None) -> None:
    fine = replace(_FOLIAGE, ratio=1.0, tail=0.9, grain=grain)
    expected = set() if said is None else {said}

    assert _rules(fine) & {"noise", "other_grain", "other_noise", "weak_noise"} == expected


def test_grain_that_was_reduced_raises_no_weak_doubt() -> None:
    faint = replace(_OWN, left=0.2, known=0.2, correlation=0.01, low=-0.1, new=0.2, is_whole=False)

    assert "weak_noise" not in _rules(replace(_FOLIAGE, grain=faint))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (Unexplained(0.4), "same_rounding"),
        (Unexplained(0.9), "beyond_rounding"),
        (Unexplained(2.4, 0.7), "beyond_rounding"),
        (Unexplained(2.4, 1.9), "other_detail"),
    ],
)
def test_what_no_coder_rounds_away_is_told_from_what_one_or_two_do(
    found: Unexplained, expected: str
) -> None:
    rules = _rules(replace(_FOLIAGE, unexplained=found))

    assert rules & {"same_rounding", "beyond_rounding", "other_detail"} == {expected}


def test_pictures_without_grain_prove_nothing_by_their_rounding() -> None:
    smooth = replace(_FOLIAGE, grain=replace(_OWN, left=0.1, known=0.2))

    assert "same_rounding" not in _rules(replace(smooth, unexplained=Unexplained(0.2)))
