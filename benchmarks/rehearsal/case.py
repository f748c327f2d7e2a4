"""What the rehearsal's items are, in the proportions of a real export of 27,000 files."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from gphotos_reconcile.core.model import Verdict
from gphotos_reconcile.media.sample_files import Camera, Notes

V = Verdict


class Label(StrEnum):
    """What is true of an item."""

    IDENTICAL = "identical"
    IDENTICAL_HEIC = "identical HEIC"
    IDENTICAL_VIDEO = "identical video"
    SAME_STREAM = "same by stream hash"
    RESCALED = "rescaled and recompressed"
    RECOMPRESSED = "recompressed"
    SENT = "sent by a messenger"
    HEIC = "HEIC, held as JPEG"
    TRANSCODED = "transcoded video"
    PREVIEW = "library holds a preview"
    EDIT = "edit"
    CROP = "crop"
    BURST = "next of a burst"
    BURST_SENT = "next of a burst, sent"
    BRACKET = "next of a bracket"
    RAW = "raw, held as JPEG"
    MISSING = "missing"
    MISSING_VIDEO = "missing video"


_REAL: Final = {
    Label.IDENTICAL: 6600, Label.IDENTICAL_HEIC: 250, Label.IDENTICAL_VIDEO: 150,
    Label.SAME_STREAM: 1, Label.RESCALED: 16000, Label.RECOMPRESSED: 1850, Label.SENT: 150,
    Label.HEIC: 200, Label.TRANSCODED: 100, Label.PREVIEW: 549,
    Label.EDIT: 180, Label.CROP: 120, Label.BURST: 110, Label.BURST_SENT: 40,
    Label.BRACKET: 50,
    Label.RAW: 150, Label.MISSING: 450, Label.MISSING_VIDEO: 50,
}  # fmt: skip
"""How many of 27,000 files are what."""

RIGHT: Final = {
    Label.IDENTICAL: {V.IDENTICAL}, Label.IDENTICAL_HEIC: {V.IDENTICAL},
    Label.IDENTICAL_VIDEO: {V.IDENTICAL}, Label.SAME_STREAM: {V.SAME_CONTENT},
    Label.RESCALED: {V.SAME_PICTURE}, Label.RECOMPRESSED: {V.SAME_PICTURE},
    Label.SENT: {V.SAME_PICTURE, V.REVIEW},
    Label.HEIC: {V.SAME_PICTURE}, Label.TRANSCODED: {V.SAME_PICTURE},
    Label.PREVIEW: {V.SMALLER_COPY}, Label.EDIT: {V.VARIANT, V.REVIEW},
    Label.CROP: {V.VARIANT, V.REVIEW}, Label.BURST: {V.VARIANT, V.REVIEW},
    Label.BURST_SENT: {V.VARIANT, V.REVIEW},
    Label.BRACKET: {V.VARIANT, V.REVIEW}, Label.RAW: {V.VARIANT, V.REVIEW},
    Label.MISSING: {V.MISSING}, Label.MISSING_VIDEO: {V.MISSING},
}  # fmt: skip
"""The verdicts that are right for each label."""

_OF_ANOTHER: Final = frozenset(
    {Label.EDIT, Label.CROP, Label.BURST, Label.BURST_SENT, Label.BRACKET, Label.RAW}
)
"""Items made from another item, whose picture the library holds."""

SERIES: Final = frozenset({Label.BURST, Label.BURST_SENT, Label.BRACKET})
"""Items whose neighbour from the same tripod is in the library, and not they themselves."""

SENT: Final = frozenset({Label.SENT, Label.BURST_SENT})
"""Items that a messenger passed on: smaller, and without metadata."""

_VIDEOS: Final = frozenset({Label.IDENTICAL_VIDEO, Label.TRANSCODED, Label.MISSING_VIDEO})

_CAMERAS: Final = (
    Camera(make="Canon", model="Canon EOS 80D", f_number=8.0, focal_length_mm=35.0,
           writes_offset=False),
    Camera(make="SONY", model="ILCE-6400", f_number=5.6, focal_length_mm=18.0),
    Camera(make="Apple", model="iPhone 12", f_number=1.6, focal_length_mm=4.2),
    Camera(make="Google", model="Pixel 6", f_number=1.9, focal_length_mm=6.8),
)  # fmt: skip
_FIRST_DAY: Final = datetime(2009, 3, 1, 9, 0, 0, tzinfo=UTC)
_YEARS: Final = 16
_PER_OUTING: Final = 30
_SENT_AFTER: Final = timedelta(minutes=95)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item of the rehearsal.

    `picture` seeds what is seen on it: two entries with one `picture` show the same scene.
    `of` is the number of the item it was made from, None for one that stands for itself.
    """

    number: int
    label: Label
    picture: int
    notes: Notes
    title: str
    of: int | None = None

    @property
    def google_at(self) -> datetime:
        """Return when Google takes it for taken: a copy without metadata has only its arrival."""
        late = _SENT_AFTER if self.label in SENT else timedelta(0)
        return self.notes.taken_at + late

    @property
    def is_video(self) -> bool:
        """Tell whether it is a video."""
        return self.label in _VIDEOS


def plan_case(count: int, seed: int = 7) -> tuple[Entry, ...]:
    """Return the items of a rehearsal in the order they were taken; the same for the same seed."""
    chance = random.Random(seed)
    labels = [label for label, share in _shares(count).items() for _ in range(share)]
    alone = [label for label in labels if label not in _OF_ANOTHER]
    chance.shuffle(alone)
    moments = _moments(len(alone), chance)
    entries = [
        _entry(n, label, at) for n, (label, at) in enumerate(zip(alone, moments, strict=True))
    ]
    originals = [one for one in entries if one.label is Label.IDENTICAL]
    made = [label for label in labels if label in _OF_ANOTHER]
    chosen = chance.sample(originals, len(made))
    pairs = enumerate(zip(made, chosen, strict=True), start=len(entries))
    return (*entries, *(_derived(number, label, of) for number, (label, of) in pairs))


def _shares(count: int) -> dict[Label, int]:
    """Return how many items get each label; at least one each, the rounding goes to the largest."""
    total = sum(_REAL.values())
    shares = {label: max(1, round(count * real / total)) for label, real in _REAL.items()}
    shares[Label.RESCALED] += count - sum(shares.values())
    if shares[Label.RESCALED] < 1 or shares[Label.IDENTICAL] < len(_OF_ANOTHER):
        raise ValueError(f"{count} items are too few to play every part")
    return shares


def _moments(count: int, chance: random.Random) -> Sequence[datetime]:
    """Return when the pictures were taken: outings over the years, seconds to minutes apart."""
    outings = max(1, count // _PER_OUTING)
    days = sorted(chance.uniform(0, _YEARS * 365) for _ in range(outings))
    moments = []
    for number in range(count):
        step = (number % _PER_OUTING) * chance.uniform(4, 240)
        moments.append(_FIRST_DAY + timedelta(days=days[number * outings // count], seconds=step))
    return sorted(moments)


def _entry(number: int, label: Label, taken_at: datetime) -> Entry:
    camera = _CAMERAS[(number // _PER_OUTING) % len(_CAMERAS)]
    notes = Notes(camera=camera, taken_at=taken_at)
    heic = label in {Label.HEIC, Label.IDENTICAL_HEIC}
    ending = ".MP4" if label in _VIDEOS else ".HEIC" if heic else ".JPG"
    # Cameras count to 9999 and begin again: names say little in a library of this size.
    title = f"IMG_{number % 10_000:04d}{ending}"
    return Entry(number=number, label=label, picture=number, notes=notes, title=title)


def _derived(number: int, label: Label, of: Entry) -> Entry:
    stem, later = of.title.rpartition(".")[0], timedelta(0)
    title = f"{stem}-edited.JPG" if label is Label.EDIT else f"{stem}_{label.name.lower()}.JPG"
    if label is Label.RAW:
        title = f"{stem}.dng"
    if label in SERIES:
        later = timedelta(milliseconds=400)
    notes = Notes(camera=of.notes.camera, taken_at=of.notes.taken_at + later)
    return Entry(
        number=number, label=label, picture=of.picture, notes=notes, title=title, of=of.number
    )
