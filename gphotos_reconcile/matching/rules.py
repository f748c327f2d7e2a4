"""Named reasons why two items are, or are not, the same picture, with their figures."""

import re
from collections.abc import Callable
from typing import Final

from gphotos_reconcile.core.model import Evidence, MatchAsset
from gphotos_reconcile.matching.options import CAREFUL, Thresholds
from gphotos_reconcile.matching.pixel_rules import weigh_pixels
from gphotos_reconcile.matching.timing import TimeRelation, compare_times
from gphotos_reconcile.matching.verify import PairPixels

Rule = Callable[[MatchAsset, MatchAsset], Evidence | None]

_BURST_INDEX: Final = re.compile(r"burst[-_]?(\d{1,5})", re.IGNORECASE)
_UNIQUE_ID: Final = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)
NEAR_BITS: Final = 10
_SERIES_S: Final = 120.0
_SMALLER_BYTES: Final = 0.5
"""A local file of the same type and size in pixels that is this much smaller was recompressed."""


def weigh(
    cloud: MatchAsset,
    local: MatchAsset,
    pixels: PairPixels | None,
    thresholds: Thresholds = CAREFUL,
) -> tuple[Evidence, ...]:
    """Return every reason that holds for a pair, for and against, the strongest first."""
    found = [evidence for rule in _RULES if (evidence := rule(cloud, local)) is not None]
    if pixels is not None:
        found += weigh_pixels(pixels, thresholds)
    return tuple(sorted(found, key=lambda e: (-abs(e.strength), e.rule)))


def same_bytes(cloud: MatchAsset, local: MatchAsset) -> Evidence | None:
    """Both files hold the same bytes."""
    if cloud.sha256 != local.sha256:
        return None
    detail = f"Both files hold the same {cloud.size_bytes} bytes (SHA-256 {cloud.sha256[:12]}...)."
    return Evidence(rule="same_bytes", strength=100, detail=detail)


def same_content(cloud: MatchAsset, local: MatchAsset) -> Evidence | None:
    """The encoded picture or streams are equal; metadata may differ."""
    if cloud.content_digest is None or cloud.content_digest != local.content_digest:
        return None
    detail = "The encoded picture data are equal bit for bit; only metadata around them differ."
    return Evidence(rule="same_content", strength=98, detail=detail)


def motion_part(cloud: MatchAsset, local: MatchAsset) -> Evidence | None:
    """Compare the moving parts where the cloud item has one."""
    wanted = {cloud.motion_digest, cloud.motion_video_digest, cloud.motion_video_sha256} - {None}
    if not wanted:
        return None
    known = {local.motion_digest, local.motion_video_digest, local.motion_video_sha256} - {None}
    if wanted & known:
        detail = "The moving parts are equal."
        return Evidence(rule="same_motion", strength=95, detail=detail)
    if known:
        detail = "Both have a moving part, and the two are not equal."
        return Evidence(rule="other_motion", strength=-70, detail=detail)
    detail = "The cloud item has a moving part, the local one has none."
    return Evidence(rule="no_motion", strength=-70, detail=detail)


def timing(cloud: MatchAsset, local: MatchAsset) -> Evidence | None:
    """Compare capture times, and what else was recorded of the exposure."""
    compared = compare_times(cloud, local)
    apart_s = compared.apart_s
    figures = (("apart_s", round(apart_s, 3)),)
    is_same_name = bool(cloud.name_stem) and cloud.name_stem == local.name_stem
    rule, strength, detail = {
        TimeRelation.UNKNOWN: ("", 0, ""),
        TimeRelation.SAME_FRACTION: (
            "same_exposure", 70, "Both were taken at the same fraction of a second.",
        ),
        TimeRelation.SAME_SECOND: (
            ("same_name_time", 55, "Same file name, and taken in the same second.")
            if is_same_name
            else ("same_time", 40, "Both were taken in the same second.")
        ),
        TimeRelation.OTHER_FRACTION: (
            "other_subsecond", -80, f"Taken {abs(apart_s):.3f} s apart, within one second.",
        ),
        TimeRelation.ZONE: (
            "zone_offset", 15, f"Taken {_span(apart_s)} apart: a time zone, perhaps.",
        ),
        TimeRelation.OTHER: (
            ("other_time", -75, f"The cameras recorded times {_span(apart_s)} apart.")
            if compared.in_files
            else ("other_date", -35, f"The dates are {_span(apart_s)} apart.")
        ),
    }[compared.relation]  # fmt: skip
    return Evidence(rule=rule, strength=strength, detail=detail, figures=figures) if rule else None


def same_name(cloud: MatchAsset, local: MatchAsset) -> Evidence | None:
    """The names agree but for counters, edit suffixes and the extension."""
    if not cloud.name_stem or cloud.name_stem != local.name_stem:
        return None
    return Evidence(rule="same_name", strength=10, detail=f"Both are called {cloud.name_stem}.")


def same_image_id(cloud: MatchAsset, local: MatchAsset) -> Evidence | None:
    """Both carry the same image id; some cameras write one id into every picture."""
    unique = cloud.facts.image_unique_id
    if unique and unique == local.facts.image_unique_id and _looks_unique(unique):
        detail = f"Both carry the image id {unique}."
        return Evidence(rule="same_image_id", strength=45, detail=detail)
    identifier = cloud.facts.content_identifier
    if identifier and identifier == local.facts.content_identifier:
        detail = f"Both carry the content identifier {identifier}."
        return Evidence(rule="same_image_id", strength=50, detail=detail)
    return None


def hash_near(cloud: MatchAsset, local: MatchAsset) -> Evidence | None:
    """The DCT hashes differ in few bits: a hint, never a proof."""
    if cloud.phash is None or local.phash is None:
        return None
    distance = (int(cloud.phash, 16) ^ int(local.phash, 16)).bit_count()
    if distance > NEAR_BITS:
        return None
    detail = f"The perceptual hashes differ in {distance} of 64 bits."
    figures = (("distance_bits", float(distance)),)
    return Evidence(rule="hash_near", strength=20 - distance, detail=detail, figures=figures)


def other_camera(cloud: MatchAsset, local: MatchAsset) -> Evidence | None:
    """Different cameras took them."""
    first, second = cloud.facts.camera_model, local.facts.camera_model
    if not first or not second or first.strip().casefold() == second.strip().casefold():
        return None
    detail = f"Taken with {first.strip()} and with {second.strip()}."
    return Evidence(rule="other_camera", strength=-70, detail=detail)


def other_exposure(cloud: MatchAsset, local: MatchAsset) -> Evidence | None:
    """Exposure time, aperture or sensitivity differ."""
    pairs = (
        ("exposure time", cloud.facts.exposure_time_s, local.facts.exposure_time_s, "s"),
        ("f-number", cloud.facts.f_number, local.facts.f_number, ""),
        ("ISO", cloud.facts.iso, local.facts.iso, ""),
        ("focal length", cloud.facts.focal_length_mm, local.facts.focal_length_mm, "mm"),
    )
    for what, first, second, unit in pairs:
        if first and second and abs(first - second) > 0.03 * max(first, second):
            detail = f"Taken with {what} {first:g}{unit} and {second:g}{unit}."
            return Evidence(rule="other_exposure", strength=-65, detail=detail)
    return None


def other_burst_frame(cloud: MatchAsset, local: MatchAsset) -> Evidence | None:
    """The names count frames of a burst, and count differently."""
    if "burst" not in cloud.name.lower():
        return None
    first, second = _BURST_INDEX.search(cloud.name), _BURST_INDEX.search(local.name)
    if first is None or second is None or int(first[1]) == int(second[1]):
        return None
    detail = f"Frame {int(first[1])} and frame {int(second[1])} of a burst, by their names."
    return Evidence(rule="other_burst_frame", strength=-70, detail=detail)


def local_worse(cloud: MatchAsset, local: MatchAsset) -> Evidence | None:
    """The local copy has fewer pixels, is shorter, or was recompressed harder."""
    mine, its = _pixel_count(local), _pixel_count(cloud)
    if mine and its and mine < 0.99 * its:
        detail = f"The local one has {mine / 1e6:.2f} megapixels, the cloud one {its / 1e6:.2f}."
        return Evidence(rule="local_smaller", strength=-20, detail=detail)
    shorter = _lacks_duration(cloud, local)
    if shorter is not None:
        return shorter
    same_type = local.mime_type == cloud.mime_type and mine == its
    if same_type and 0 < local.size_bytes < _SMALLER_BYTES * cloud.size_bytes:
        share = local.size_bytes / cloud.size_bytes
        detail = f"The local file has {share:.0%} of the cloud file's bytes: recompressed harder."
        return Evidence(rule="local_recompressed", strength=-15, detail=detail)
    return None


def near_in_time_s(cloud: MatchAsset, local: MatchAsset) -> float | None:
    """Return how far apart two shots of one series were taken; None where it is no series."""
    compared = compare_times(cloud, local)
    if compared.relation in {TimeRelation.UNKNOWN, TimeRelation.ZONE}:
        return None
    return abs(compared.apart_s) if abs(compared.apart_s) <= _SERIES_S else None


def _lacks_duration(cloud: MatchAsset, local: MatchAsset) -> Evidence | None:
    wanted, had = cloud.facts.duration_s, local.facts.duration_s
    if not wanted or not had or had >= wanted - max(0.5, 0.01 * wanted):
        return None
    detail = f"The local one lasts {had:.1f} s, the cloud one {wanted:.1f} s."
    return Evidence(rule="local_shorter", strength=-20, detail=detail)


def _pixel_count(asset: MatchAsset) -> int:
    return (asset.facts.width_px or 0) * (asset.facts.height_px or 0)


def _looks_unique(text: str) -> bool:
    # A camera's serial number padded with noughts, or a sensor's name, is in all its pictures.
    return bool(_UNIQUE_ID.fullmatch(text)) and len(set(text)) >= 8 and "00000000" not in text


def _span(seconds: float) -> str:
    seconds = abs(seconds)
    if seconds < 180:
        return f"{seconds:.1f} s"
    if seconds < 2 * 86_400:
        return f"{seconds / 3600:.2f} hours"
    return f"{seconds / 86_400:.0f} days"


_RULES: Final[tuple[Rule, ...]] = (
    same_bytes,
    same_content,
    motion_part,
    timing,
    same_name,
    same_image_id,
    hash_near,
    other_camera,
    other_exposure,
    other_burst_frame,
    local_worse,
)
