"""What the pixels of two pictures say, as evidence."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from gphotos_reconcile.core.model import Evidence
from gphotos_reconcile.matching.fine import FineMeasures
from gphotos_reconcile.matching.grain import Grain
from gphotos_reconcile.matching.options import Thresholds
from gphotos_reconcile.matching.rounding import Unexplained
from gphotos_reconcile.matching.verify import PairPixels

_LEAST_SHARE: Final = 0.25
RELATED_CORRELATION: Final = 0.9
"""Grids that correlate so far show one scene, whatever else differs."""

STRUCTURE: Final = 5.0
"""How far the contrast of a picture must outweigh the difference, for likeness to mean much."""

_NOISE_SURE: Final = 0.8
"""Grain that repeats so well is one grain, whatever the coder put on top of it."""

_NO_REPEAT: Final = 0.3
"""What no copy with clear grain goes below: 0.46 measured at quality 80."""

_FAINT_GRAIN: Final = 0.15
_CLEAR_GRAIN: Final = 0.5
"""Variances of grain, in squared grey levels, from which on something is to be said of it."""

_GRAIN_TELLS: Final = 1.0
"""The variance of grain of which two exposures differ by more than twice what copies do."""

_NO_CODER: Final = 1.3
"""Grey levels beyond all rounding that copies coded twice in their own size do not reach: up to 1.2
measured (21 photographs, q75 and then q80); second exposures 0.94 to 3.6, made-up ones 1.37 to 2.6.
"""

_GRAIN_PROVES: Final = 0.9
_GRAIN_EVERYWHERE: Final = 0.5
_TAIL_ENDS: Final = 2.5
_TAIL_MOST: Final = 1.3
_TOGETHER: Final = 0.45
"""How the residual of foliage looks: the grain repeats so well, and nearly everywhere; no block
goes beyond so many times the hundredth largest, and that one not beyond so many times the limit;
less than that share of such blocks lies together."""

_RATIO_ALONE: Final = 3.2
"""A small residual may stand out from its surroundings so many times more than a large one."""


def weigh_pixels(pixels: PairPixels, thresholds: Thresholds) -> list[Evidence]:
    """Return what the grids say and, where they were looked at, what the full pictures say."""
    thresholds = _for_contrast(pixels, thresholds)
    against = _difference(pixels, thresholds)
    if against is not None:
        return [against, *_relatedness(pixels)]
    found = [_alike(pixels), *_flatness(pixels, thresholds)]
    if pixels.fine is not None:
        found += _fine_evidence(pixels.fine, thresholds)
    elif pixels.fine_tried:
        detail = "The files could not be read again for a closer look."
        found.append(Evidence(rule="no_closer_look", strength=-10, detail=detail))
    return found


def grid_allows(pixels: PairPixels, thresholds: Thresholds) -> bool:
    """Tell whether the grids leave it open that the two are the same picture."""
    return _difference(pixels, _for_contrast(pixels, thresholds)) is None


def _for_contrast(pixels: PairPixels, thresholds: Thresholds) -> Thresholds:
    """Return limits that shrink with a flat picture's contrast: its edits are as faint as it is."""
    share = max(pixels.contrast / thresholds.flat_contrast, _LEAST_SHARE)
    if share >= 1:
        return thresholds
    return replace(
        thresholds,
        tile=share * thresholds.tile,
        small_tile=share * thresholds.small_tile,
        tone=share * thresholds.tone,
        fine_block=share * thresholds.fine_block,
    )


def _difference(pixels: PairPixels, thresholds: Thresholds) -> Evidence | None:
    return _changed_whole(pixels, thresholds) or _changed_part(pixels, thresholds)


def _changed_whole(pixels: PairPixels, thresholds: Thresholds) -> Evidence | None:
    """Tell of what a person does to a whole picture: turning, cutting, tone, colour."""
    if pixels.orientation:
        detail = f"They agree once one is turned (rotation or mirroring {pixels.orientation})."
        return Evidence(rule="turned", strength=-60, detail=detail)
    if pixels.crop_share < 1:
        share = pixels.crop_share
        detail = f"One is cut from the other, to about {share:.0%} of its width."
        figures = (("share", share),)
        return Evidence(rule="crop", strength=-60, detail=detail, figures=figures)
    fitted_well = pixels.fitted_tile <= thresholds.tile or pixels.correlation > RELATED_CORRELATION
    if pixels.tone > thresholds.tone and fitted_well:
        detail = f"Brightness or contrast differs by {pixels.tone:.1f} grey levels."
        figures = (("tone", round(pixels.tone, 2)),)
        return Evidence(rule="brightness", strength=-60, detail=detail, figures=figures)
    if pixels.is_recoloured or pixels.chroma > thresholds.chroma:
        if pixels.tile > thresholds.tile:
            return None
        detail = f"The grey values agree, the colours differ by {pixels.chroma:.1f} levels."
        figures = (("chroma", round(pixels.chroma, 2)),)
        return Evidence(rule="recoloured", strength=-60, detail=detail, figures=figures)
    return None


def _changed_part(pixels: PairPixels, thresholds: Thresholds) -> Evidence | None:
    figures = (
        ("tile", round(pixels.tile, 2)),
        ("small_tile", round(pixels.small_tile, 2)),
        ("rmse", round(pixels.rmse, 2)),
    )
    if pixels.tile > thresholds.tile or pixels.small_tile > thresholds.small_tile:
        x, y = pixels.where
        detail = (
            f"The pixels differ: by {pixels.tile:.1f} grey levels in the worst part, "
            f"at {x:.0%} from the left and {y:.0%} from the top "
            f"(copies: up to {thresholds.tile:g})."
        )
        return Evidence(rule="pixels_differ", strength=-90, detail=detail, figures=figures)
    if pixels.shift_cells > thresholds.shift_cells and pixels.contrast > 2:
        share = pixels.shift_cells / 64
        detail = f"The framing differs by {share:.1%} of the picture."
        return Evidence(rule="shifted", strength=-80, detail=detail, figures=figures)
    return None


def _alike(pixels: PairPixels) -> Evidence:
    detail = (
        f"The pictures agree on the grid: {pixels.tile:.1f} grey levels in the worst part, "
        f"{pixels.rmse:.1f} on the whole."
    )
    figures = (("tile", round(pixels.tile, 2)), ("rmse", round(pixels.rmse, 2)))
    return Evidence(rule="pixels_equal", strength=60, detail=detail, figures=figures)


def _flatness(pixels: PairPixels, thresholds: Thresholds) -> Iterator[Evidence]:
    structure = pixels.contrast / max(pixels.rmse, 0.05)
    if pixels.contrast < thresholds.flat_contrast or structure < STRUCTURE:
        detail = (
            f"Hardly any structure (contrast {pixels.contrast:.1f} grey levels): "
            "such pictures agree by chance."
        )
        figures = (("contrast", round(pixels.contrast, 2)),)
        yield Evidence(rule="flat_picture", strength=-40, detail=detail, figures=figures)


def _relatedness(pixels: PairPixels) -> Iterator[Evidence]:
    if pixels.correlation >= RELATED_CORRELATION:
        detail = f"The same scene by its grey values (correlation {pixels.correlation:.2f})."
        figures = (("correlation", round(pixels.correlation, 3)),)
        yield Evidence(rule="alike", strength=20, detail=detail, figures=figures)


def _fine_evidence(fine: FineMeasures, thresholds: Thresholds) -> Iterator[Evidence]:
    figures = (
        ("block", round(fine.block, 2)),
        ("ratio", round(fine.ratio, 2)),
        ("shift_px", round(fine.shift_px, 3)),
    )
    size = f"{fine.width_px} x {fine.height_px}"
    if not fine.same_aspect:
        detail = "The shapes differ by more than rounding."
        yield Evidence(rule="other_shape", strength=-60, detail=detail, figures=figures)
        return
    if fine.shift_px > thresholds.fine_shift_px and fine.rmse > 1:
        detail = f"The framing differs by {fine.shift_px:.2f} pixels at {size}."
        yield Evidence(rule="shifted", strength=-80, detail=detail, figures=figures)
        return
    state = _blocks(fine, thresholds)
    x, y = fine.where
    place = f"at {x:.0%} from the left and {y:.0%} from the top"
    residual = f"{fine.block:.1f} grey levels in the worst block, {fine.ratio:.1f} times the usual"
    if state == "differ":
        detail = f"Seen closely ({size}) they differ {place}: {residual}."
        yield Evidence(rule="pixels_differ", strength=-85, detail=detail, figures=figures)
        return
    if state == "unsure":
        detail = f"Seen closely ({size}) they may differ {place}: {residual}."
        yield Evidence(rule="pixels_unsure", strength=-30, detail=detail, figures=figures)
    else:
        detail = f"Seen closely ({size}) no part differs: {residual}."
        yield Evidence(rule="pixels_fine", strength=80, detail=detail, figures=figures)
    if fine.grain is not None:
        yield from _noise(fine.grain, thresholds)
    if fine.unexplained is not None:
        yield from _rounding(fine.unexplained, fine.grain, thresholds)


def _rounding(
    found: Unexplained, grain: Grain | None, thresholds: Thresholds
) -> Iterator[Evidence]:
    levels = found.once
    figures = (("unexplained", round(levels, 2)),)
    if found.twice is not None and found.twice > _NO_CODER:
        detail = (
            f"They differ by {found.twice:.1f} grey levels more than any coder rounds away"
            f" (coded twice: up to {_NO_CODER:.1f}): another exposure."
        )
        both = (*figures, ("twice", round(found.twice, 2)))
        yield Evidence(rule="other_detail", strength=-70, detail=detail, figures=both)
    elif levels > thresholds.unexplained:
        detail = (
            f"They differ by {levels:.1f} grey levels more than the coder of a copy rounds away"
            f" (copies: up to {thresholds.unexplained:.1f}): another exposure?"
        )
        yield Evidence(rule="beyond_rounding", strength=-45, detail=detail, figures=figures)
    elif grain is not None and max(grain.left, grain.known) >= _GRAIN_TELLS:
        detail = "All that differs is what the coder of a copy rounds away: one exposure."
        yield Evidence(rule="same_rounding", strength=75, detail=detail, figures=figures)


def _blocks(fine: FineMeasures, thresholds: Thresholds) -> str:
    """Return same, unsure or differ.

    A heavy recompression leaves large residuals everywhere (a small ratio), banners and sharp
    lines leave a large ratio of small residuals; what moved leaves both large.
    """
    if _is_texture(fine, thresholds):
        return "same"
    for limit, state in ((1.0, "same"), (1.5, "unsure")):
        outstanding = fine.ratio > limit * thresholds.fine_ratio
        large = fine.block > limit * thresholds.fine_block
        alone = fine.ratio > limit * _RATIO_ALONE * thresholds.fine_ratio
        if not (outstanding and (large or alone)):
            return state
    return "differ"


def _is_texture(fine: FineMeasures, thresholds: Thresholds) -> bool:
    """Tell whether the residual is what a coder takes from foliage: everywhere, of one exposure.

    Where something moved, the outstanding blocks lie together, or stand out from all others.
    """
    grain = fine.grain
    if grain is None or grain.correlation < _GRAIN_PROVES or grain.low < _GRAIN_EVERYWHERE:
        return False
    is_tail = (
        fine.ratio <= _TAIL_ENDS * fine.tail and fine.tail <= _TAIL_MOST * thresholds.fine_ratio
    )
    return is_tail and fine.gathered < _TOGETHER


def _noise(grain: Grain, thresholds: Thresholds) -> Iterator[Evidence]:
    figures = (
        ("correlation", round(grain.correlation, 3)),
        ("low", round(grain.low, 3)),
        ("grain", round(grain.left, 3)),
        ("known", round(grain.known, 3)),
        ("new", round(grain.new, 3)),
    )
    share = f"correlation {grain.correlation:.2f} in {grain.tiles} calm tiles"
    is_clean = grain.new < thresholds.noise_new or grain.correlation >= _NOISE_SURE
    is_clean = is_clean and not _is_grainier(grain)
    if grain.correlation >= thresholds.noise_same and grain.low >= 0.1 and is_clean:
        detail = f"The grain of the one repeats in the other ({share}): one exposure."
        yield Evidence(rule="noise", strength=75, detail=detail, figures=figures)
    elif grain.new >= thresholds.noise_new and grain.correlation < thresholds.noise_same:
        detail = f"The grain differs ({share}): two exposures, or added grain."
        is_clear = grain.is_whole and grain.repeated < _NO_REPEAT
        rule, strength = ("other_grain", -75) if is_clear else ("other_noise", -60)
        yield Evidence(rule=rule, strength=strength, detail=detail, figures=figures)
    elif _hardly_repeats(grain, thresholds):
        detail = f"The grain of the one hardly repeats in the other ({share}): another exposure?"
        yield Evidence(rule="weak_noise", strength=-40, detail=detail, figures=figures)


def _hardly_repeats(grain: Grain, thresholds: Thresholds) -> bool:
    """Tell whether less repeats than a coder leaves; of little grain even less may."""
    if not grain.is_whole:
        return False
    faint, clear = thresholds.noise_repeats / 5, thresholds.noise_repeats
    is_faint = grain.left >= _FAINT_GRAIN and grain.repeated < faint
    is_clear = grain.left >= _CLEAR_GRAIN and grain.repeated < clear
    return is_faint or is_clear or _is_grainier(grain)


def _is_grainier(grain: Grain) -> bool:
    """Tell whether the copy has more grain of its own than the other ever had."""
    return grain.is_whole and grain.new > max(_CLEAR_GRAIN, 2 * grain.known)
