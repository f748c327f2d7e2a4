"""What is said of whole items: claims, edits, neighbours, and that nothing else sways it."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gphotos_reconcile.core.model import Judgement, Kind, MediaFacts, Relation, Side, Verdict
from gphotos_reconcile.matching import engine
from gphotos_reconcile.matching.engine import match_items
from gphotos_reconcile.matching.options import MatchOptions, Profile
from tests.matching.scenes import Pixels, World, coded, grain, scene, taken

_CLOUD, _LOCAL = 1, 100


def _judged(world: World, options: MatchOptions | None = None) -> dict[int, Judgement]:
    found = match_items(
        world.columns(Side.CLOUD), world.columns(Side.LOCAL), world, options or MatchOptions()
    )
    return {judgement.item_id: judgement for judgement in found}


def _pair(cloud: Pixels, local: Pixels, **changes: object) -> Judgement:
    world = World()
    world.add(_CLOUD, Side.CLOUD, cloud, **changes)
    world.add(_LOCAL, Side.LOCAL, local)
    return _judged(world)[_CLOUD]


@pytest.fixture
def exposure() -> Pixels:
    return grain(1, scene(1))


def test_equal_bytes_are_identical_and_decode_nothing(exposure: Pixels) -> None:
    world = World()
    world.add(_CLOUD, Side.CLOUD, exposure, sha256="ab" * 32)
    world.add(_LOCAL, Side.LOCAL, exposure, sha256="ab" * 32)

    judgement = _judged(world)[_CLOUD]

    assert (judgement.verdict, judgement.counterpart_id) == (Verdict.IDENTICAL, _LOCAL)
    assert world.decoded == []


def test_equal_content_with_other_metadata_is_same_content(exposure: Pixels) -> None:
    world = World()
    world.add(_CLOUD, Side.CLOUD, exposure, content_digest="jpeg:x")
    world.add(_LOCAL, Side.LOCAL, exposure, content_digest="jpeg:x")

    assert _judged(world)[_CLOUD].verdict is Verdict.SAME_CONTENT


def test_a_recompressed_copy_is_the_same_picture(exposure: Pixels) -> None:
    judgement = _pair(coded(exposure), exposure)

    assert (judgement.verdict, judgement.counterpart_id) == (Verdict.SAME_PICTURE, _LOCAL)


def test_a_thumbnail_in_the_cloud_is_the_same_picture(exposure: Pixels) -> None:
    small = exposure.reshape(180, 4, 240, 4).mean(axis=(1, 3))

    assert _pair(coded(small), exposure).verdict is Verdict.SAME_PICTURE


def test_a_thumbnail_at_home_is_no_claim(exposure: Pixels) -> None:
    small = exposure.reshape(180, 4, 240, 4).mean(axis=(1, 3))
    judgement = _pair(exposure, coded(small))

    assert (judgement.verdict, judgement.relation) == (Verdict.SMALLER_COPY, Relation.THUMBNAIL)


def test_the_next_frame_from_a_tripod_is_no_claim(exposure: Pixels) -> None:
    assert not _pair(grain(2, scene(1)), exposure).verdict.is_claim


@pytest.mark.parametrize("edge_px", [40, 80, 160])
def test_a_changed_part_is_seen_even_where_all_facts_agree(exposure: Pixels, edge_px: int) -> None:
    changed = exposure.copy()
    changed[500 : 500 + edge_px, 500 : 500 + edge_px] = 128
    world = World()
    facts = MediaFacts(times=taken(0.25, digits=2), camera_model="X")
    world.add(_CLOUD, Side.CLOUD, changed, facts=facts, name="IMG_1.jpg")
    world.add(_LOCAL, Side.LOCAL, exposure, facts=facts, name="IMG_1.jpg")

    judgement = _judged(world)[_CLOUD]

    assert judgement.verdict in {Verdict.VARIANT, Verdict.REVIEW}


def test_edits_are_offered_and_never_claimed(exposure: Pixels) -> None:
    edits = {
        "brighter": np.clip(exposure * 1.2, 0, 255),
        "turned": np.rot90(exposure),
        "mirrored": exposure[:, ::-1],
        "cut": exposure[50:690, 70:930],
    }

    said = {name: _pair(edit, exposure).verdict for name, edit in edits.items()}

    assert set(said.values()) <= {Verdict.VARIANT, Verdict.REVIEW}, said


def test_an_edit_to_grey_is_told_by_its_colour(exposure: Pixels) -> None:
    judgement = _pair(exposure, exposure, chroma=128)

    assert (judgement.verdict, judgement.relation) == (Verdict.VARIANT, Relation.EDITED)


@pytest.mark.parametrize("level", [2, 128, 250])
def test_flat_pictures_never_claim_each_other(level: int) -> None:
    flat = np.full((720, 960), float(level))

    assert not _pair(grain(1, flat, 0.6), grain(2, flat, 0.6)).verdict.is_claim


def test_two_frames_of_one_second_find_their_own_originals() -> None:
    world = World()
    for number in range(2):
        pixels = grain(number, scene(1), 4.0)
        world.add(_CLOUD + number, Side.CLOUD, coded(pixels, 1.5), facts=MediaFacts(times=taken()))
        world.add(_LOCAL + number, Side.LOCAL, pixels, facts=MediaFacts(times=taken()))

    judged = _judged(world)

    assert [judged[_CLOUD + n].counterpart_id for n in range(2)] == [_LOCAL, _LOCAL + 1]
    assert {j.verdict for j in judged.values()} == {Verdict.SAME_PICTURE}


def test_other_subseconds_speak_against_equal_pixels(exposure: Pixels) -> None:
    world = World()
    world.add(_CLOUD, Side.CLOUD, exposure, facts=MediaFacts(times=taken(0.10, digits=2)))
    world.add(_LOCAL, Side.LOCAL, exposure, facts=MediaFacts(times=taken(0.25, digits=2)))

    judgement = _judged(world)[_CLOUD]

    assert (judgement.verdict, judgement.relation) == (Verdict.VARIANT, Relation.BURST)


def test_a_raw_is_a_variant_of_its_jpeg(exposure: Pixels) -> None:
    world = World()
    facts = MediaFacts(times=taken())
    world.add(_CLOUD, Side.CLOUD, exposure, facts=facts, name="DSC_1.JPG")
    world.add(_LOCAL, Side.LOCAL, exposure, facts=facts, name="DSC_1.NEF", kind=Kind.RAW)

    judgement = _judged(world)[_CLOUD]

    assert (judgement.verdict, judgement.relation) == (Verdict.VARIANT, Relation.RAW_JPEG)


def test_a_live_photo_is_safe_only_with_its_moving_part(exposure: Pixels) -> None:
    world = World()
    live = {"sha256": "ab" * 32, "kind": Kind.MOTION, "motion_video_sha256": "cd" * 32}
    world.add(_CLOUD, Side.CLOUD, exposure, **live)
    world.add(_LOCAL, Side.LOCAL, exposure, sha256="ab" * 32)
    assert _judged(world)[_CLOUD].verdict is Verdict.SMALLER_COPY

    world.add(_LOCAL, Side.LOCAL, exposure, **live)
    assert _judged(world)[_CLOUD].verdict is Verdict.IDENTICAL


def test_what_cannot_be_decoded_is_unreadable_unless_its_bytes_are_known(
    exposure: Pixels,
) -> None:
    world = World()
    world.add(_CLOUD, Side.CLOUD, None, name="IMG_1.jpg", facts=MediaFacts(times=taken()))
    world.add(2, Side.CLOUD, None, sha256="ab" * 32)
    world.add(_LOCAL, Side.LOCAL, exposure, name="IMG_1.jpg", facts=MediaFacts(times=taken()))
    world.add(_LOCAL + 1, Side.LOCAL, None, sha256="ab" * 32)

    judged = _judged(world)

    assert judged[_CLOUD].verdict is Verdict.UNREADABLE
    assert judged[2].verdict is Verdict.IDENTICAL


@pytest.mark.parametrize(
    ("complete", "verdict"), [(True, Verdict.MISSING), (False, Verdict.UNKNOWN)]
)
def test_nothing_near_is_missing_only_where_all_was_read(
    exposure: Pixels, *, complete: bool, verdict: Verdict
) -> None:
    world = World()
    world.add(_CLOUD, Side.CLOUD, exposure)
    world.add(_LOCAL, Side.LOCAL, grain(5, scene(77)))

    judged = _judged(world, MatchOptions(coverage_complete=complete))

    assert judged[_CLOUD].verdict is verdict


def test_an_equal_name_from_another_year_is_no_candidate(exposure: Pixels) -> None:
    world = World()
    world.add(_CLOUD, Side.CLOUD, exposure, name="IMG_0001.jpg", facts=MediaFacts(times=taken()))
    other = MediaFacts(times=taken(400 * 86_400.0))
    world.add(_LOCAL, Side.LOCAL, grain(5, scene(77)), name="IMG_0001.jpg", facts=other)

    assert _judged(world)[_CLOUD].verdict is Verdict.MISSING


def test_without_a_second_reading_and_without_facts_it_is_for_a_person(exposure: Pixels) -> None:
    world = World()
    world.add(_CLOUD, Side.CLOUD, coded(exposure))
    world.add(_LOCAL, Side.LOCAL, exposure)
    world.pixels.clear()

    assert _judged(world)[_CLOUD].verdict is Verdict.REVIEW


@pytest.mark.parametrize("profile", list(Profile))
def test_a_stricter_profile_never_claims_more(profile: Profile, exposure: Pixels) -> None:
    world = World()
    for number, share in enumerate((0.0, 1.0, 2.0, 4.0, 8.0)):
        world.add(number + 1, Side.CLOUD, exposure + share * np.sin(exposure / 9))
    world.add(_LOCAL, Side.LOCAL, exposure)

    strict = _judged(world, MatchOptions(sensitivity=0))
    asked = _judged(world, MatchOptions(profile=profile))

    claimed = {item_id for item_id, j in strict.items() if j.verdict.is_claim}
    assert claimed <= {item_id for item_id, j in asked.items() if j.verdict.is_claim}


def _mixed_world() -> World:
    world = World()
    for number in range(4):
        pixels = grain(number, scene(number // 2, 400, 300))
        facts = MediaFacts(times=taken(number // 2))
        world.add(number + 1, Side.CLOUD, coded(pixels), facts=facts)
        world.add(number + 100, Side.LOCAL, pixels, facts=facts)
    world.add(9, Side.CLOUD, np.rot90(world.pixels[1]))
    return world


@settings(deadline=None, max_examples=5)
@given(order=st.permutations(range(9)), batch=st.integers(1, 5))
def test_neither_order_nor_batches_change_what_is_said(order: list[int], batch: int) -> None:
    world = _mixed_world()
    expected = _judged(world)
    items = list(world.found.items())
    world.found = dict(items[place] for place in order)

    kept = engine._BATCH_ITEMS
    engine._BATCH_ITEMS = batch  # type: ignore[misc]  # the batch is an inner matter
    try:
        assert _judged(world) == expected
    finally:
        engine._BATCH_ITEMS = kept  # type: ignore[misc]  # the batch is an inner matter


def test_judgements_come_in_the_order_in_which_the_pictures_were_taken() -> None:
    world = _mixed_world()

    def ids() -> Iterator[int]:
        for judgement in match_items(
            world.columns(Side.CLOUD), world.columns(Side.LOCAL), world, MatchOptions()
        ):
            yield judgement.item_id

    assert list(ids()) == [1, 2, 3, 4, 9]


def test_evidence_is_worded_with_its_figures(exposure: Pixels) -> None:
    judgement = _pair(coded(exposure), exposure)
    rules = {found.rule: found for _, found in judgement.evidence}

    assert "grey levels" in rules["pixels_equal"].detail
    assert dict(rules["pixels_fine"].figures).keys() == {"block", "ratio", "shift_px"}
    assert replace(judgement, evidence=()).counterpart_id == _LOCAL


def test_a_large_still_without_facts_is_claimed_by_its_grain_at_full_size() -> None:
    exposure = grain(1, scene(1, 2400, 1800))

    judgement = _pair(coded(exposure), exposure)

    assert judgement.verdict is Verdict.SAME_PICTURE
    assert "noise" in {evidence.rule for _, evidence in judgement.evidence}


@pytest.mark.parametrize("strength", [0.8, 3.0])
def test_the_next_frame_of_a_tripod_is_never_claimed_though_reducing_hides_its_grain(
    strength: float,
) -> None:
    still = scene(1, 2400, 1800)

    judgement = _pair(coded(grain(2, still, strength), 1.0), grain(1, still, strength))

    assert judgement.verdict in {Verdict.VARIANT, Verdict.REVIEW}
    assert judgement.rule in {"other_grain", "other_noise", "weak_noise"}


def test_facts_of_the_exposure_spare_the_look_at_grain() -> None:
    exposure = grain(1, scene(1, 2400, 1800))
    world = World()
    facts = MediaFacts(camera_model="Still 1", times=taken(0.25, 2))
    world.add(_CLOUD, Side.CLOUD, coded(exposure, 12.0), facts=facts)
    world.add(_LOCAL, Side.LOCAL, exposure, facts=facts)

    assert _judged(world)[_CLOUD].verdict is Verdict.SAME_PICTURE
    assert sorted(set(world.decoded)) in ([], [_CLOUD, _LOCAL])
    assert len(world.decoded) <= 2
