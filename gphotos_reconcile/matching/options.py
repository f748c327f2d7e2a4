"""What a run of the matcher may be told, and the thresholds that each profile stands for."""

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final


class Profile(StrEnum):
    """How much a claim asks for; `careful` is the default."""

    CAREFUL = "careful"
    BALANCED = "balanced"
    EAGER = "eager"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """The limits up to which two pictures count as the same, in grey levels unless said otherwise.

    `tile` and `small_tile` are the largest RMSE over 8 x 8 and 4 x 4 cells of the 64 x 64 grid,
    `shift_cells` the largest misplacement in cells, `tone` the RMSE of a change of brightness or
    contrast, `chroma` the RMSE between the colour cells. `fine_*` are measured at the smaller
    picture's own resolution on blocks of 16 pixels; `fine_ratio` is the worst block beside what
    its texture lets expect. `noise_same` is the least correlation of one grain, `noise_new` the
    least variance of a grain that is another, `noise_repeats` the least that one grain repeats of
    what the coder left of it, `unexplained` the most, in grey levels, that two pictures may differ
    by beyond what the coder rounded.
    Under `flat_contrast` likeness proves nothing.
    `sure_tile` and `sure_small_tile` spare the closer look where the exposure facts agree too.
    """

    tile: float
    small_tile: float
    shift_cells: float
    tone: float
    chroma: float
    fine_ratio: float
    fine_block: float
    fine_shift_px: float
    noise_same: float
    noise_new: float
    noise_repeats: float
    unexplained: float
    flat_contrast: float
    sure_tile: float
    sure_small_tile: float


# Measured with benchmarks.accuracy and on the labelled corpus (66 public photographs, 380 copies
# and 220 edits and look-alikes with noise, patches and shifts, 2026-11-21), largest of copies /
# smallest of real neighbours in series: tile 6.1 / 9.8, small_tile 9.9 / 13, shift_cells 0.06 /
# 0.18 (shaken frames), fine_shift_px 0.14 / 0.33, fine ratio 7.9 where the block is at most 15
# and 2.5 where it is larger / parts moved on 0.8 % of the area: 8.5 and 10. Of 298 copies with
# grain none has noise_new >= 1.0 below a correlation of 0.35; fresh noise on a calm scene has.
# In windows at full size (2026-11-28; copies of q70 to q90, of 2048 px and HEIC of 20 photographs,
# 31 neighbours in series): grain of 0.5 and more repeats by 0.54 and more in copies and by 0.03
# and less in the next frame, but by 0.45 to 0.83 where the coder of a camera trap makes it;
# fainter grain by 0.11 and more in copies, by 0.13 and less in neighbours.
# unexplained (2026-11-30; 21 photographs, and two exposures of 11 still scenes with three strengths
# of grain), grey levels before what the source's own coder rounded is taken off: copies of q60 to
# q90, at their own size and at 1024 to 2048 px by six filters, 0 to 0.5 (one by PIL's box 0.67, by
# nearest pixels up to 1.5); sharpened when reduced up to 0.8, coded twice 0.4 to 1.4 / second
# exposures at their own size 1.0 and more, at 2048 px 0.88 and more, at 1024 px 0.53 and more,
# where the faintest grain is averaged away.
STRICT: Final = Thresholds(
    tile=4.0,
    small_tile=6.0,
    shift_cells=0.05,
    tone=0.6,
    chroma=1.5,
    fine_ratio=2.0,
    fine_block=10.0,
    fine_shift_px=0.15,
    noise_same=0.5,
    noise_new=0.5,
    noise_repeats=0.55,
    unexplained=0.55,
    flat_contrast=8.0,
    sure_tile=1.0,
    sure_small_tile=1.5,
)
CAREFUL: Final = Thresholds(
    tile=8.0,
    small_tile=12.0,
    shift_cells=0.15,
    tone=1.2,
    chroma=2.5,
    fine_ratio=2.8,
    fine_block=16.0,
    fine_shift_px=0.25,
    noise_same=0.35,
    noise_new=1.0,
    noise_repeats=0.5,
    unexplained=0.57,
    flat_contrast=6.0,
    sure_tile=2.0,
    sure_small_tile=3.0,
)
LOOSE: Final = Thresholds(
    tile=11.0,
    small_tile=16.0,
    shift_cells=0.3,
    tone=2.5,
    chroma=4.0,
    fine_ratio=4.0,
    fine_block=24.0,
    fine_shift_px=0.5,
    noise_same=0.2,
    noise_new=3.0,
    noise_repeats=0.25,
    unexplained=1.0,
    flat_contrast=3.0,
    sure_tile=5.0,
    sure_small_tile=7.0,
)
_OF_PROFILE: Final = {Profile.CAREFUL: 50, Profile.BALANCED: 60, Profile.EAGER: 90}


IN_COLUMNS: Final = ("phash", "dhash")
"""The hashes that the catalogue keeps; others are made of the grids when they are asked for."""

HASH_NAMES: Final = (*IN_COLUMNS, "average", "wavelet", "blockmean", "haar")
"""What `MatchOptions.hashes` may name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchOptions:
    """The settings of one run.

    `sensitivity` (0 strict .. 100 loose) overrides the profile's thresholds; 50 is `careful`.
    `hashes` names those of `perceptual.HASHES` that search candidates, `radius_bits` how far;
    hashes of pictures whose luma strays less than `flat_std` are noise and are not searched.

    Raises:
        ValueError: a hash is not known, or a number is out of its range.
    """

    profile: Profile = Profile.CAREFUL
    sensitivity: int | None = None
    hashes: tuple[str, ...] = ("phash", "dhash")
    radius_bits: int = 8
    candidates_per_item: int = 24
    flat_std: float = 6.0
    coverage_complete: bool = True
    video_every_s: float = 10.0
    video_run: int = 6

    def __post_init__(self) -> None:
        unknown = set(self.hashes) - set(HASH_NAMES)
        if unknown:
            raise ValueError(f"unknown hashes: {sorted(unknown)}; known: {', '.join(HASH_NAMES)}")
        if self.sensitivity is not None and not 0 <= self.sensitivity <= 100:
            raise ValueError(f"sensitivity {self.sensitivity} is not within 0..100")
        if not 0 <= self.radius_bits <= 16:
            raise ValueError(f"radius of {self.radius_bits} bits is not within 0..16")

    @property
    def thresholds(self) -> Thresholds:
        """Return the limits that profile and sensitivity ask for."""
        level = _OF_PROFILE[self.profile] if self.sensitivity is None else self.sensitivity
        if level <= 50:
            return _between(STRICT, CAREFUL, level / 50)
        return _between(CAREFUL, LOOSE, (level - 50) / 50)


def _between(low: Thresholds, high: Thresholds, share: float) -> Thresholds:
    share = min(1.0, max(0.0, share))
    return Thresholds(
        **{
            field.name: (1 - share) * getattr(low, field.name) + share * getattr(high, field.name)
            for field in fields(Thresholds)
        }
    )
