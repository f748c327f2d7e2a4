"""A look at the pixels of candidate pairs: the grids of all, the full pictures of few.

The full pictures are decoded again only where the grids agree and the facts of the exposure do not
settle it, and where two local pictures that are not copies of each other both agree.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np

from gphotos_reconcile.core.model import Evidence, FinePicture, Kind, MatchAsset, PictureSignature
from gphotos_reconcile.matching.coarse import Hints
from gphotos_reconcile.matching.cropping import CropSearch
from gphotos_reconcile.matching.fine import FineMeasures, compare_fine, compare_windows
from gphotos_reconcile.matching.grain import calm_windows
from gphotos_reconcile.matching.loading import FINE_PX, FineStore, Key, fine_size_px
from gphotos_reconcile.matching.options import MatchOptions, Profile
from gphotos_reconcile.matching.perceptual import grids_of
from gphotos_reconcile.matching.pixel_rules import grid_allows
from gphotos_reconcile.matching.rounding import Unexplained, coded_views, unexplained
from gphotos_reconcile.matching.rules import weigh
from gphotos_reconcile.matching.timing import TimeRelation, compare_times
from gphotos_reconcile.matching.verdicts import (
    STRONG_CORROBORATION,
    Appraisal,
    appraise,
    is_match,
)
from gphotos_reconcile.matching.verify import (
    PairPixels,
    best_orientation,
    compare_signatures,
)

_Two = tuple[PictureSignature, PictureSignature]
Looked = tuple[MatchAsset, tuple[Evidence, ...]]

_STILL: Final = frozenset({Kind.PHOTO, Kind.MOTION, Kind.RAW})
_CLOSE_LOOKS: Final = 4
"""So many candidates of one item, the most alike, are decoded again."""

_PAIRS_AT_ONCE: Final = 8
_FITTING: Final = ("same_bytes", "same_content", "pixels_equal")
_TURNED_RMSE: Final = 8.0
_CLEARLY: Final = 2.0
"""A neighbour whose residual is so many times that of the best is not the same picture."""


_WORTH: Final = {
    "same_bytes": 9,
    "same_content": 9,
    "noise": 3,
    "same_rounding": 3,
    "same_exposure": 2,
    "same_name_time": 2,
    "same_time": 1,
    "same_image_id": 1,
}


_DOUBTED_GRAIN: Final = frozenset({"other_noise", "weak_noise"})
"""Doubts that are dispelled where a coder's rounding explains all that differs."""

_TWO_EXPOSURES: Final = frozenset(
    {"other_grain", "other_noise", "pixels_differ", "shifted", "other_exposure"}
)


class Pair(NamedTuple):
    """A cloud item and one of its candidates."""

    cloud: MatchAsset
    local: MatchAsset
    cloud_pixels: PictureSignature | None
    local_pixels: PictureSignature | None


class _Seen(NamedTuple):
    """One of a pair as it was seen whole, and its own width and height."""

    key: Key
    size_px: tuple[int, int]
    seen: FinePicture | None

    @property
    def order(self) -> tuple[int, int]:
        """Return the place of the copy first: the smaller, of one size the more rounded one."""
        rounded = 0 if self.seen is None else sum(self.seen.steps)
        return self.size_px[0] * self.size_px[1], -rounded


@dataclass(slots=True)
class _Weighed:
    pair: Pair
    pixels: PairPixels | None
    evidence: tuple[Evidence, ...] = ()


class CloserLook:
    """Weighs pairs, looking at pixels as closely as each of them needs."""

    def __init__(self, fine: FineStore, options: MatchOptions) -> None:
        self._fine = fine
        self._crops = CropSearch()
        self._options = options
        self._thresholds = options.thresholds

    def look(self, pairs: Sequence[Pair]) -> dict[int, list[Looked]]:
        """Return the weighed candidates of every cloud item that has some."""
        weighed = [_Weighed(pair, pixels) for pair, pixels in zip(pairs, self._grids(pairs),
                                                                  strict=True)]  # fmt: skip
        for one in weighed:
            self._weigh(one)
        by_item: dict[int, list[_Weighed]] = {}
        for one in weighed:
            by_item.setdefault(one.pair.cloud.item_id, []).append(one)
        self._look_closely([one for group in by_item.values() for one in self._undecided(group)])
        for group in by_item.values():
            self._settle_rivals(group)
        return {
            item_id: [(one.pair.local, one.evidence) for one in group]
            for item_id, group in by_item.items()
        }

    def _grids(self, pairs: Sequence[Pair]) -> list[PairPixels | None]:
        places = [place for place, pair in enumerate(pairs) if _comparable(pair)]
        both = [_signatures(pairs[place]) for place in places]
        found = self._explained(both, compare_signatures(both))
        measured = dict(zip(places, found, strict=True))
        return [measured.get(place) for place in range(len(pairs))]

    def _explained(self, both: Sequence[_Two], found: list[PairPixels]) -> list[PairPixels]:
        """Where grids differ, see whether turning or cutting explains it."""
        limits = self._thresholds
        odd = [
            place
            for place, one in enumerate(found)
            if not grid_allows(one, limits) and one.fitted_tile > limits.tile
        ]
        if not odd:
            return found
        for place, is_turned, is_cut in _hints(odd, both):
            if is_turned:
                found[place] = _turned(both[place], found[place])
            if is_cut and not found[place].orientation:
                share = self._crops.share(*both[place], found[place].correlation)
                found[place] = replace(found[place], crop_share=share)
        return found

    def _weigh(self, one: _Weighed) -> None:
        one.evidence = weigh(one.pair.cloud, one.pair.local, one.pixels, self._thresholds)

    def _undecided(self, group: Sequence[_Weighed]) -> list[_Weighed]:
        """Return those of one item's candidates that ask for a closer look."""
        alike = [one for one in group if self._is_open(one)]
        alike.sort(key=lambda one: (_residual(one), one.pair.local.place))
        if len(alike) == 1 and self._is_sure(alike[0]):
            return []
        return alike[:_CLOSE_LOOKS]

    def _is_open(self, one: _Weighed) -> bool:
        rules = {evidence.rule for evidence in one.evidence}
        return "pixels_equal" in rules and not {"same_bytes", "same_content"} & rules

    def _is_sure(self, one: _Weighed) -> bool:
        """Tell whether the facts of the exposure and nearly equal grids spare the decoding."""
        assert one.pixels is not None  # noqa: S101  # only compared pairs are asked about
        rules = {evidence.rule for evidence in one.evidence}
        facts = {"same_exposure"}
        if self._options.profile is not Profile.CAREFUL:
            facts |= {"same_name_time"}
        limits = self._thresholds
        return (
            bool(facts & rules)
            and not {"flat_picture", "no_motion", "other_motion"} & rules
            and one.pixels.tile <= limits.sure_tile
            and one.pixels.small_tile <= limits.sure_small_tile
        )

    def _look_closely(self, wanted: Sequence[_Weighed]) -> None:
        for first in range(0, len(wanted), _PAIRS_AT_ONCE):
            group = wanted[first : first + _PAIRS_AT_ONCE]
            self._fine.prepare(key for one in group for key in _fine_keys(one.pair))
            for one in group:
                assert one.pixels is not None  # noqa: S101  # only compared pairs are asked about
                fine = self._measured(
                    _fine_keys(one.pair), is_whole=_longest_px(one.pair) <= FINE_PX
                )
                one.pixels = replace(one.pixels, fine=fine, fine_tried=True)
                self._weigh(one)
                if fine is not None:
                    self._look_at_detail(one)
            self._fine.trim()

    def _measured(self, keys: Sequence[tuple[Key, int]], *, is_whole: bool) -> FineMeasures | None:
        first, second = (self._fine.get(key, size) for key, size in keys)
        if first is None or second is None:
            return None
        return compare_fine(first, second, is_whole=is_whole)

    def _look_at_detail(self, one: _Weighed) -> None:
        """See at full size, in some windows, what tells a copy from the next exposure.

        Only where likeness alone would make a claim: no fact speaks for one exposure.
        """
        if {evidence.rule for evidence in one.evidence} & set(STRONG_CORROBORATION):
            return
        if _longest_px(one.pair) > FINE_PX and is_match(self._appraised(one)):
            self._look_at_grain(one)
        said = self._appraised(one)
        if is_match(said) or said.rule in _DOUBTED_GRAIN:
            self._look_at_rounding(one)

    def _look_at_grain(self, one: _Weighed) -> None:
        """Compare the grain in windows of the smaller picture's size; keep what is found."""
        assert one.pixels is not None and one.pixels.fine is not None  # noqa: S101, PT018  # only such are asked about
        copy, other = self._copy_and_source(one.pair)
        windows = None if copy.seen is None else calm_windows(copy.seen, copy.size_px)
        if windows is None:
            return
        parts = self._fine.both((copy.key, windows), (other.key, windows))
        if parts is None:
            return
        fine = compare_windows(one.pixels.fine, *parts)
        one.pixels = replace(one.pixels, fine=fine)
        self._weigh(one)

    def _look_at_rounding(self, one: _Weighed) -> None:
        """See whether the two differ by more than the copy's coder rounds; keep what is found.

        Of two pictures of one size either may be the copy, the more coarsely coded one first.
        """
        assert one.pixels is not None and one.pixels.fine is not None  # noqa: S101, PT018  # only such are asked about
        copy, source = self._copy_and_source(one.pair)
        found = self._unexplained(copy, source)
        if found is not None and copy.size_px == source.size_px:
            enough = self._thresholds.unexplained
            other = None if found.once <= enough else self._unexplained(source, copy)
            found = found if other is None else found.lesser(other)
        one.pixels = replace(one.pixels, fine=replace(one.pixels.fine, unexplained=found))
        self._weigh(one)

    def _unexplained(self, copy: _Seen, source: _Seen) -> Unexplained | None:
        if copy.seen is None or source.seen is None:
            return None
        if copy.size_px == source.size_px and not source.seen.steps:
            return None  # that may be the copy, rounded in a way that is not known
        views = coded_views(copy.seen, copy.size_px, source.size_px)
        if views is None:
            return None
        parts = self._fine.both((copy.key, views.copy), (source.key, views.source))
        if parts is None:
            return None
        return unexplained(views, *parts, enough=self._thresholds.unexplained)

    def _copy_and_source(self, pair: Pair) -> tuple[_Seen, _Seen]:
        """Return the smaller of two pictures first; of one size, the more coarsely coded one."""
        first, second = (
            _Seen(key, (pixels.source_width_px, pixels.source_height_px), self._fine.get(key, size))
            for (key, size), pixels in zip(_fine_keys(pair), _signatures(pair), strict=True)
        )
        return (first, second) if first.order <= second.order else (second, first)

    def _settle_rivals(self, group: Sequence[_Weighed]) -> None:
        """Where two different local pictures agree with the item, keep the better or neither."""
        may_fit = [one for one in group if _may_fit(one)]
        if len(may_fit) < 2:
            return
        fits = [one for one in may_fit if is_match(self._appraised(one))]
        if len(fits) < 2:
            return
        fits.sort(key=lambda one: (-_support(one), _residual(one), one.pair.local.place))
        best, others = fits[0], fits[1:]
        for other in others:
            if not self._are_two_exposures(best, other):
                continue
            if _support(best) > _support(other) or _residual(other) > _CLEARLY * _residual(best):
                _add(other, _better_neighbour(best))
            else:
                _add(other, _rival(best))
                _add(best, _rival(other))

    def _appraised(self, one: _Weighed) -> Appraisal:
        return appraise(one.pair.cloud, one.pair.local, one.evidence)

    def _are_two_exposures(self, first: _Weighed, second: _Weighed) -> bool:
        """Tell whether two local pictures are proven to be no copies of each other."""
        left, right = first.pair.local, second.pair.local
        if left.content_digest is not None and left.content_digest == right.content_digest:
            return False
        compared = compare_times(left, right)
        if compared.relation is TimeRelation.OTHER_FRACTION:
            return True
        if compared.relation is TimeRelation.OTHER and compared.in_files:
            return True
        two = (first.pair.local_pixels, second.pair.local_pixels)
        if two[0] is None or two[1] is None:
            return False
        pixels = compare_signatures([(two[0], two[1])])[0]
        if not grid_allows(pixels, self._thresholds):
            return True
        size = fine_size_px(left, right)
        keys = [((asset.side, asset.item_id), size) for asset in (left, right)]
        fine = self._measured(keys, is_whole=False)
        found = weigh(left, right, replace(pixels, fine=fine, fine_tried=True), self._thresholds)
        rules = {evidence.rule for evidence in found}
        return bool(rules & _TWO_EXPOSURES)


def _turned(two: _Two, found: PairPixels) -> PairPixels:
    turn, error = best_orientation(*two)
    if turn and error < min(_TURNED_RMSE, 0.7 * found.rmse):
        return replace(found, orientation=turn)
    return found


def _hints(odd: Sequence[int], both: Sequence[_Two]) -> Iterator[tuple[int, bool, bool]]:
    """Yield for each of the pairs at `odd` whether it may be turned, and whether it may be cut."""
    pictures = {id(picture): picture for place in odd for picture in both[place]}
    places = {key: number for number, key in enumerate(pictures)}
    hints = Hints(grids_of([picture.luma for picture in pictures.values()]))
    rows = [np.array([places[id(both[place][side])] for place in odd]) for side in (0, 1)]
    turned, cut = hints.may_be_turned(*rows), hints.may_be_cut(*rows)
    yield from zip(odd, turned.tolist(), cut.tolist(), strict=True)


def _comparable(pair: Pair) -> bool:
    stills = pair.cloud.kind in _STILL and pair.local.kind in _STILL
    return stills and pair.cloud_pixels is not None and pair.local_pixels is not None


def _signatures(pair: Pair) -> tuple[PictureSignature, PictureSignature]:
    assert pair.cloud_pixels is not None and pair.local_pixels is not None  # noqa: S101, PT018  # told by _comparable
    return pair.cloud_pixels, pair.local_pixels


def _keys(pair: Pair) -> list[Key]:
    return [(asset.side, asset.item_id) for asset in (pair.cloud, pair.local)]


def _fine_keys(pair: Pair) -> list[tuple[Key, int]]:
    size = fine_size_px(pair.cloud, pair.local)
    return [(key, size) for key in _keys(pair)]


def _longest_px(pair: Pair) -> int:
    """Return the longer edge of the smaller picture."""
    both = _signatures(pair)
    return min(max(seen.source_width_px, seen.source_height_px) for seen in both)


def _may_fit(one: _Weighed) -> bool:
    """Tell whether there is any evidence of one picture, which spares appraising all the rest."""
    return any(evidence.rule in _FITTING for evidence in one.evidence)


def _residual(one: _Weighed) -> float:
    return 255.0 if one.pixels is None else max(one.pixels.tile, 0.5)


def _support(one: _Weighed) -> int:
    """Return how much besides like grids speaks for a pair."""
    return sum(_WORTH.get(evidence.rule, 0) for evidence in one.evidence)


def _add(one: _Weighed, evidence: Evidence) -> None:
    kept: Iterable[Evidence] = (*one.evidence, evidence)
    one.evidence = tuple(sorted(kept, key=lambda e: (-abs(e.strength), e.rule)))


def _better_neighbour(best: _Weighed) -> Evidence:
    detail = f"{best.pair.local.name} fits better, and is another exposure."
    return Evidence(rule="better_neighbour", strength=-55, detail=detail)


def _rival(other: _Weighed) -> Evidence:
    detail = f"{other.pair.local.name} fits as well, and is another exposure."
    return Evidence(rule="rival", strength=-50, detail=detail)
