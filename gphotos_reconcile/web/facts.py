"""The facts of items in words and rows, with the cells that differ marked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta, timezone
from typing import Final

from gphotos_reconcile.core.model import TimeBasis
from gphotos_reconcile.core.times import parse_utc
from gphotos_reconcile.store.review_items import ItemFacts

_BASIS_WORDS: Final = {
    TimeBasis.EXIF_OFFSET: "EXIF, zone known",
    TimeBasis.QUICKTIME: "from the video",
    TimeBasis.GPS: "UTC, GPS clock",
    TimeBasis.SIDECAR: "UTC, from Google",
    TimeBasis.EXIF_LOCAL: "EXIF, zone not known",
    TimeBasis.NAME: "from the name, zone not known",
    TimeBasis.MTIME: "UTC, file last changed",
    TimeBasis.NONE: "",
}

_ZONE_KNOWN: Final = frozenset({TimeBasis.EXIF_OFFSET, TimeBasis.QUICKTIME})

_OF_THE_PLACE: Final = frozenset({"Folder", "Albums", "Archive"})
"""What is never the same on two sides, so that marking it would only hide the rest."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One fact of one item; `differs` compares it with the first item of the row."""

    text: str
    differs: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact of all items that are shown beside each other."""

    label: str
    cells: tuple[Cell, ...]


def fact_rows(items: Sequence[ItemFacts]) -> list[FactRow]:
    """Return the facts that at least one of the items has, the first item being the measure."""
    rows = []
    for label, tell in _FACTS:
        texts = [tell(one) for one in items]
        if any(texts):
            cells = tuple(
                Cell(
                    text,
                    text != texts[0] and _differs(label, items[0], one),
                    _time_note(label, items[0], one),
                )
                for text, one in zip(texts, items, strict=True)
            )
            rows.append(FactRow(label, cells))
    return rows


def _differs(label: str, first: ItemFacts, other: ItemFacts) -> bool:
    """Tell whether two texts that differ stand for facts that do."""
    if label == "Taken" and first.taken_at_utc is not None:
        return first.taken_at_utc != other.taken_at_utc
    return label not in _OF_THE_PLACE


def _time_note(label: str, first: ItemFacts, other: ItemFacts) -> str:
    """Return "zone?" where two times are a whole number of hours apart: likely one instant."""
    mine, theirs = parse_utc(first.taken_at_utc), parse_utc(other.taken_at_utc)
    if label != "Taken" or mine is None or theirs is None or mine == theirs:
        return ""
    apart = abs(mine - theirs)
    whole = apart.total_seconds() % 3600 == 0 and apart <= timedelta(hours=14)
    return f"{apart.total_seconds() / 3600:.0f} h apart: zone?" if whole else ""


def size_text(size_bytes: int | None) -> str:
    """Return a size as people read it, with the exact number."""
    if size_bytes is None:
        return ""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size_bytes >= factor:
            return f"{size_bytes / factor:.1f} {unit} ({size_bytes:,} bytes)"
    return f"{size_bytes} bytes"


def taken_text(one: ItemFacts) -> str:
    """Return the capture time in its own zone, and how it is known."""
    moment = parse_utc(one.taken_at_utc)
    if moment is None:
        return ""
    zone, how = "", TimeBasis(one.taken_at_basis or "none")
    if one.offset_minutes is not None and how in _ZONE_KNOWN:
        moment = moment.astimezone(timezone(timedelta(minutes=one.offset_minutes)))
        zone = f" {moment:%z}"[:4] + ":" + f"{moment:%z}"[3:5]
    basis = _BASIS_WORDS.get(how, "")
    text = f"{moment:%Y-%m-%d %H:%M:%S}{zone}"
    return f"{text} ({basis})" if basis else text


def _pixels(one: ItemFacts) -> str:
    if not one.width_px or not one.height_px:
        return ""
    megapixels = one.width_px * one.height_px / 1e6
    return f"{one.width_px} × {one.height_px} ({megapixels:.1f} MP)"


def _exposure(one: ItemFacts) -> str:
    seconds = one.exposure_time_s
    parts = (
        f"ISO {one.iso}" if one.iso else "",
        _seconds(seconds) if seconds else "",
        f"f/{one.f_number:g}" if one.f_number else "",
        f"{one.focal_length_mm:g} mm" if one.focal_length_mm else "",
    )
    return ", ".join(part for part in parts if part)


def _seconds(seconds: float) -> str:
    return f"{seconds:g} s" if seconds >= 0.3 else f"1/{1 / seconds:.0f} s"


def _duration(one: ItemFacts) -> str:
    if one.duration_s is None:
        return ""
    minutes, seconds = divmod(one.duration_s, 60)
    return f"{minutes:.0f} min {seconds:04.1f} s" if minutes else f"{seconds:.1f} s"


def _place(one: ItemFacts) -> str:
    if one.latitude is None or one.longitude is None:
        return ""
    return f"{one.latitude:.5f}, {one.longitude:.5f}"


def _camera(one: ItemFacts) -> str:
    make, model = one.camera_make or "", one.camera_model or ""
    return model if model.startswith(make) else f"{make} {model}".strip()


_FACTS: Final[tuple[tuple[str, Callable[[ItemFacts], str]], ...]] = (
    ("Name", lambda one: one.name),
    ("Taken", taken_text),
    ("Pixels", _pixels),
    ("Size", lambda one: size_text(one.size_bytes)),
    ("Duration", _duration),
    ("Folder", lambda one: one.folder),
    ("Albums", lambda one: ", ".join(one.albums)),
    ("Type", lambda one: one.mime_type or ""),
    ("Camera", _camera),
    ("Lens", lambda one: one.lens_model or ""),
    ("Exposure", _exposure),
    ("Place", _place),
    ("Software", lambda one: one.software or ""),
    ("Description", lambda one: one.description or ""),
    ("People", lambda one: one.people or ""),
    ("Favourite", lambda one: "yes" if one.favorited else ""),
    ("Archive", lambda one: one.archive),
    ("Problem", lambda one: one.problem or ""),
    ("SHA-256", lambda one: (one.sha256 or "")[:16]),
)
