"""From evidence to what we say: the weight of everything for and against, never the first hit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from gphotos_reconcile.core.model import (
    Evidence,
    Judgement,
    Kind,
    MatchAsset,
    Relation,
    Verdict,
)
from gphotos_reconcile.matching.rules import near_in_time_s

Weighed = Sequence[tuple[MatchAsset, tuple[Evidence, ...]]]

_EVIDENCE_KEPT: Final = 40
_NO_PART: Final = frozenset({"no_motion", "other_motion"})
_SPLIT: Final = frozenset({"pixels_differ", "shifted", "other_shape"})
_PIXELS_SEEN: Final = _SPLIT | {"pixels_equal"}
_EDITS: Final = ("brightness", "crop", "recoloured")
_LOOKS: Final = ("turned", "alike", "hash_near", *_EDITS)
_ELSEWHEN: Final = (
    "other_subsecond",
    "other_time",
    "other_burst_frame",
    "other_camera",
    "other_exposure",
)
_CORROBORATION: Final = ("same_exposure", "same_name_time", "same_image_id", "same_time")
_PROVEN_OTHER: Final = ("other_grain", "other_detail")
ONE_GRAIN: Final = frozenset({"noise", "same_rounding"})
STRONG_CORROBORATION: Final = ("same_exposure", "same_name_time")
_WORSE: Final = ("local_smaller", "local_shorter", "local_recompressed")
_ORDER: Final = (
    Verdict.IDENTICAL,
    Verdict.SAME_CONTENT,
    Verdict.SAME_PICTURE,
    Verdict.SMALLER_COPY,
    Verdict.REVIEW,
    Verdict.VARIANT,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeContext:
    """What is known beside the pairs.

    `coverage_complete`: every folder and every part of the export was read whole. `is_readable`:
    the cloud item's own bytes could be decoded. `is_overfull`: it had more candidates than were
    looked at.
    """

    coverage_complete: bool = True
    is_readable: bool = True
    is_overfull: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Appraisal:
    """What one local item is to the cloud item; `verdict` None: nothing."""

    verdict: Verdict | None
    rule: str = ""
    strength: int = 0
    reason: str = ""
    relation: Relation | None = None


_NOTHING: Final = Appraisal(verdict=None)


def judge(cloud: MatchAsset, weighed: Weighed, context: JudgeContext) -> Judgement:
    """Return the verdict of a cloud item, given the evidence of each of its candidates."""
    appraised = [(appraise(cloud, local, found), local, found) for local, found in weighed]
    related = [entry for entry in appraised if entry[0].verdict is not None]
    related.sort(key=lambda entry: _preference(cloud, entry[0], entry[1]))
    evidence = tuple((local.item_id, found) for _, local, of_pair in related for found in of_pair)[
        :_EVIDENCE_KEPT
    ]
    exact = related and related[0][0].verdict in _ORDER[:2]
    if not related or not (context.is_readable or exact):
        return replace(_alone(cloud, context), evidence=evidence)
    best, local, _ = related[0]
    if context.is_overfull and best.verdict is Verdict.VARIANT:
        return _overfull(cloud, local, evidence)
    assert best.verdict is not None  # noqa: S101  # filtered above
    return Judgement(
        item_id=cloud.item_id,
        verdict=best.verdict,
        rule=best.rule,
        strength=best.strength,
        reason=best.reason,
        counterpart_id=local.item_id,
        relation=best.relation,
        evidence=evidence,
    )


def appraise(cloud: MatchAsset, local: MatchAsset, evidence: tuple[Evidence, ...]) -> Appraisal:
    """Return what a local item is to a cloud item by the evidence of the pair."""
    found = {one.rule: one for one in reversed(evidence)}
    if "same_bytes" in found or "same_content" in found:
        return _of_equal_data(found)
    if (cloud.kind is Kind.RAW) != (local.kind is Kind.RAW):
        return _of_raw(found)
    if "video_equal" in found or "video_clip" in found:
        return _of_videos(found)
    if "pixels_equal" in found and not _SPLIT & found.keys():
        return _of_equal_pixels(cloud, local, found)
    return _of_other_pixels(cloud, local, found)


def is_match(appraisal: Appraisal) -> bool:
    """Tell whether the pair is one picture, whichever of the two is the better one."""
    return appraisal.verdict in _ORDER[:4]


def _preference(
    cloud: MatchAsset, appraisal: Appraisal, local: MatchAsset
) -> tuple[int, int, bool, int, tuple[str, str, int]]:
    assert appraisal.verdict is not None  # noqa: S101  # only such are sorted
    pixels = (local.facts.width_px or 0) * (local.facts.height_px or 0)
    other_name = not cloud.name_stem or cloud.name_stem != local.name_stem
    rank = _ORDER.index(appraisal.verdict)
    return (rank, -appraisal.strength, other_name, -pixels, local.place)


def _of_equal_data(found: Mapping[str, Evidence]) -> Appraisal:
    missing = next((found[rule] for rule in sorted(_NO_PART & found.keys())), None)
    is_bytes = "same_bytes" in found
    data = found["same_bytes" if is_bytes else "same_content"]
    if missing is not None:
        reason = f"The still is the same, but not the moving part: {missing.detail}"
        return _said(Verdict.SMALLER_COPY, missing.rule, 80, reason, Relation.MOTION_PAIR)
    verdict = Verdict.IDENTICAL if is_bytes else Verdict.SAME_CONTENT
    relation = Relation.IDENTICAL if is_bytes else Relation.SAME_CONTENT
    return _said(verdict, data.rule, data.strength, data.detail, relation)


def _of_raw(found: Mapping[str, Evidence]) -> Appraisal:
    hints = [*_CORROBORATION, "pixels_equal", "alike"]
    hint = next((found[rule] for rule in hints if rule in found), None)
    if hint is None or _first(found, _ELSEWHEN) is not None:
        return _NOTHING
    reason = f"One is the raw of the other: {hint.detail}"
    return _said(Verdict.VARIANT, hint.rule, 60, reason, Relation.RAW_JPEG)


def _of_videos(found: Mapping[str, Evidence]) -> Appraisal:
    if "video_clip" in found:
        clip = found["video_clip"]
        return _said(Verdict.VARIANT, clip.rule, 60, clip.detail, Relation.VIDEO_CLIP)
    equal = found["video_equal"]
    contradiction = _first(found, _ELSEWHEN)
    if contradiction is not None:
        reason = f"{equal.detail} But: {contradiction.detail}"
        return _said(Verdict.REVIEW, contradiction.rule, 50, reason)
    return _directed(found, equal, 85)


def _of_equal_pixels(
    cloud: MatchAsset, local: MatchAsset, found: Mapping[str, Evidence]
) -> Appraisal:
    """Weigh a pair whose pixels agree: what speaks against it may still win."""
    equal = found.get("pixels_fine", found["pixels_equal"])
    for rule in ("better_neighbour", *_ELSEWHEN):
        if rule in found:
            return _contradicted(cloud, local, found, found[rule])
    doubt = _doubt(found)
    is_told = _first(found, STRONG_CORROBORATION) is not None
    if doubt is not None and doubt.rule in _PROVEN_OTHER and not is_told:
        # Where the facts say one exposure, the grain was put on: that is for a person to judge.
        reason = f"Much alike, and not the same: {doubt.detail}"
        return _said(Verdict.VARIANT, doubt.rule, 45, reason, Relation.NEAR)
    if doubt is not None:
        return _said(Verdict.REVIEW, doubt.rule, 50, f"{equal.detail} But: {doubt.detail}")
    strength = 70 + 10 * ("pixels_fine" in found) + 10 * bool(ONE_GRAIN & found.keys())
    strength += 9 * (_first(found, _CORROBORATION) is not None)
    return _directed(found, equal, strength)


def _contradicted(
    cloud: MatchAsset,
    local: MatchAsset,
    found: Mapping[str, Evidence],
    contradiction: Evidence,
) -> Appraisal:
    is_series = near_in_time_s(cloud, local) is not None
    settled = contradiction.rule in {"better_neighbour", "other_burst_frame", "other_subsecond"}
    if settled or (is_series and not ONE_GRAIN & found.keys()):
        reason = f"Another frame of the same series: {contradiction.detail}"
        return _said(Verdict.VARIANT, contradiction.rule, 55, reason, Relation.BURST)
    reason = f"The pictures agree. But: {contradiction.detail}"
    return _said(Verdict.REVIEW, contradiction.rule, 50, reason)


def _doubt(found: Mapping[str, Evidence]) -> Evidence | None:
    """Return what forbids a claim although nothing proves two exposures."""
    always = _first(found, ("rival", "pixels_unsure"))
    is_told = _first(found, STRONG_CORROBORATION) is not None
    if always is None and not is_told:
        # Texture repeats as well as grain does: what a coder cannot have changed weighs more.
        always = _first(found, (*_PROVEN_OTHER, "beyond_rounding"))
    if always is not None or ONE_GRAIN & found.keys():
        return always
    doubts = ["other_grain", "other_noise", "other_date"]
    if _first(found, _CORROBORATION) is None:
        doubts.append("flat_picture")
    if not is_told:
        doubts += ["weak_noise", "no_closer_look"]
    return _first(found, doubts)


def _directed(found: Mapping[str, Evidence], equal: Evidence, strength: int) -> Appraisal:
    """Say which of two equal pictures is the better one."""
    worse = _first(found, (*_WORSE, *sorted(_NO_PART)))
    if worse is None:
        relation = Relation.RECOMPRESSED
        return _said(Verdict.SAME_PICTURE, equal.rule, strength, equal.detail, relation)
    relation = {
        "local_smaller": Relation.THUMBNAIL,
        "local_shorter": Relation.VIDEO_CLIP,
        "local_recompressed": Relation.RECOMPRESSED,
    }.get(worse.rule, Relation.MOTION_PAIR)
    reason = f"The same picture, but the local copy is the worse one: {worse.detail}"
    return _said(Verdict.SMALLER_COPY, worse.rule, strength, reason, relation)


def _of_other_pixels(
    cloud: MatchAsset, local: MatchAsset, found: Mapping[str, Evidence]
) -> Appraisal:
    """Name the relation of two pictures that are not the same, if there is one."""
    looks = _first(found, _LOOKS)
    elsewhen = None if looks is None else _first(found, _ELSEWHEN)
    if elsewhen is not None and near_in_time_s(cloud, local) is not None:
        reason = f"Another frame of the same series: {elsewhen.detail}"
        return _said(Verdict.VARIANT, elsewhen.rule, 50, reason, Relation.BURST)
    return _edited(found) or _of_one_exposure(found) or _near(found, looks)


def _edited(found: Mapping[str, Evidence]) -> Appraisal | None:
    if "turned" in found:
        turned = found["turned"]
        return _said(Verdict.VARIANT, turned.rule, 55, turned.detail, Relation.ROTATED)
    edit = _first(found, _EDITS)
    if edit is None:
        return None
    return _said(Verdict.VARIANT, edit.rule, 55, f"An edit: {edit.detail}", Relation.EDITED)


def _of_one_exposure(found: Mapping[str, Evidence]) -> Appraisal | None:
    origin = _first(found, STRONG_CORROBORATION)
    if origin is None:
        return None
    if not _PIXELS_SEEN & found.keys():
        reason = f"{origin.detail} But the pixels could not be compared."
        return _said(Verdict.REVIEW, origin.rule, 50, reason)
    change = _first(found, sorted(_SPLIT)) or origin
    reason = f"Of one exposure by its facts, and changed: {origin.detail} {change.detail}"
    return _said(Verdict.VARIANT, origin.rule, 50, reason, Relation.EDITED)


def _near(found: Mapping[str, Evidence], looks: Evidence | None) -> Appraisal:
    if looks is not None:
        difference = _first(found, sorted(_SPLIT)) or looks
        reason = f"Much alike, and not the same: {difference.detail}"
        return _said(Verdict.VARIANT, looks.rule, 35, reason, Relation.NEAR)
    link = _first(found, ("same_motion", "same_image_id"))
    if link is None:
        return _NOTHING
    return _said(Verdict.VARIANT, link.rule, 45, link.detail, Relation.MOTION_PAIR)


def _alone(cloud: MatchAsset, context: JudgeContext) -> Judgement:
    if not context.is_readable:
        return _verdict_alone(
            cloud.item_id, Verdict.UNREADABLE, "not_decoded", "Its own bytes cannot be decoded."
        )
    if context.is_overfull:
        reason = "It has more candidates than were looked at, and none of those fits."
        return _verdict_alone(cloud.item_id, Verdict.REVIEW, "overfull", reason)
    return unfound(cloud.item_id, coverage_complete=context.coverage_complete)


def unfound(item_id: int, *, coverage_complete: bool) -> Judgement:
    """Return what is said of an item that nothing comes near."""
    if not coverage_complete:
        reason = "Nothing comes near it in what was read, but not everything was read."
        return _verdict_alone(item_id, Verdict.UNKNOWN, "not_all_read", reason)
    reason = "Every local folder was read whole, and nothing comes near it."
    return _verdict_alone(item_id, Verdict.MISSING, "nothing_near", reason)


def _verdict_alone(item_id: int, verdict: Verdict, rule: str, reason: str) -> Judgement:
    return Judgement(item_id=item_id, verdict=verdict, rule=rule, strength=0, reason=reason)


def _overfull(
    cloud: MatchAsset, local: MatchAsset, evidence: tuple[tuple[int, Evidence], ...]
) -> Judgement:
    return Judgement(
        item_id=cloud.item_id,
        verdict=Verdict.REVIEW,
        rule="overfull",
        strength=30,
        reason="It has more candidates than were looked at, and none of those is the same.",
        counterpart_id=local.item_id,
        evidence=evidence,
    )


def _first(found: Mapping[str, Evidence], rules: Iterable[str]) -> Evidence | None:
    for rule in rules:
        if rule in found:
            return found[rule]
    return None


def _said(
    verdict: Verdict, rule: str, strength: int, reason: str, relation: Relation | None = None
) -> Appraisal:
    return Appraisal(
        verdict=verdict,
        rule=rule,
        strength=max(1, min(100, strength)),
        reason=reason,
        relation=relation,
    )
