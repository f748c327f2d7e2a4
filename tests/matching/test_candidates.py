"""The net: what brings two items together, and what never does."""

import numpy as np
import pytest

from gphotos_reconcile.core.model import MediaFacts, Side, Verdict
from gphotos_reconcile.matching.candidates import CandidateFinder, candidate_pairs
from gphotos_reconcile.matching.engine import match_items
from gphotos_reconcile.matching.options import HASH_NAMES, MatchOptions
from gphotos_reconcile.matching.perceptual import HASHES
from gphotos_reconcile.matching.threads import CROWD
from tests.matching.scenes import World, coded, grain, scene, taken


def _pairs(world: World, options: MatchOptions | None = None) -> set[tuple[int, int]]:
    cloud, local = world.columns(Side.CLOUD), world.columns(Side.LOCAL)
    return {
        (int(cloud.item_id[row]), int(local.item_id[other]))
        for block in candidate_pairs(cloud, local, options or MatchOptions())
        for row, other in zip(block.cloud_rows, block.local_rows, strict=True)
    }


def test_unlike_pictures_without_facts_never_meet() -> None:
    world = World()
    world.add(1, Side.CLOUD, grain(1, scene(1, 320, 240)))
    world.add(2, Side.LOCAL, grain(2, scene(8, 320, 240)))

    assert _pairs(world) == set()


def test_flat_pictures_never_meet_by_their_hashes() -> None:
    world = World()
    for item_id, side in ((1, Side.CLOUD), (2, Side.LOCAL)):
        world.add(item_id, side, grain(1, np.full((240, 320), 7.0), 0.5))

    assert world.found[1].phash == world.found[2].phash
    assert _pairs(world) == set()


@pytest.mark.parametrize("apart_s", [0.0, 0.9])
def test_the_same_second_brings_unlike_pictures_together(apart_s: float) -> None:
    world = World()
    world.add(1, Side.CLOUD, grain(1, scene(1, 320, 240)), facts=MediaFacts(times=taken()))
    facts = MediaFacts(times=taken(apart_s, digits=1))
    world.add(2, Side.LOCAL, grain(2, scene(8, 320, 240)), facts=facts)

    assert _pairs(world) == {(1, 2)}


def test_a_name_that_a_crowd_shares_needs_the_day_too() -> None:
    world = World()
    facts = MediaFacts(times=taken())
    world.add(1, Side.CLOUD, grain(1, scene(1, 160, 120)), name="IMG_0001.jpg", facts=facts)
    for number in range(40):
        facts = MediaFacts(times=taken(86_400.0 * 30 * number + 600))
        world.add(
            100 + number, Side.LOCAL, grain(2, scene(8, 160, 120)), name="IMG_0001.jpg", facts=facts
        )

    assert _pairs(world) == {(1, 100)}


def test_an_overfull_item_keeps_the_strongest_and_is_told_of() -> None:
    world = World()
    pixels = grain(1, scene(1, 160, 120))
    world.add(1, Side.CLOUD, pixels, sha256="ab" * 32)
    for number in range(60):
        sha256 = ("ab" if number == 59 else "cd") * 32
        world.add(100 + number, Side.LOCAL, pixels, sha256=sha256)
    options = MatchOptions(candidates_per_item=5)

    (block,) = candidate_pairs(world.columns(Side.CLOUD), world.columns(Side.LOCAL), options)

    assert block.overfull.tolist() == [0]
    assert len(block.cloud_rows) == 5
    assert block.local_rows[0] == 59


def test_equal_files_by_the_hundred_on_both_sides_are_not_all_held_against_each_other() -> None:
    world = World()
    pixels = grain(1, scene(1, 160, 120))
    for number in range(400):
        side = (Side.CLOUD, Side.LOCAL)[number % 2]
        world.add(number, side, pixels, sha256="ab" * 32, content_digest="jpeg:x")

    finder = CandidateFinder(
        world.columns(Side.CLOUD), world.columns(Side.LOCAL), MatchOptions(candidates_per_item=200)
    )
    (block,) = finder.blocks()

    assert len(block.cloud_rows) == 200 * CROWD


def test_a_copy_in_a_crowd_of_equal_ones_is_still_found_by_its_name() -> None:
    world = World()
    pixels = grain(1, scene(1, 160, 120))
    same = {"sha256": "ab" * 32, "content_digest": "jpeg:x"}
    world.add(1, Side.CLOUD, pixels, name="mine.jpg", **same)
    for number in range(100, 300):
        world.add(number, Side.LOCAL, pixels, name=f"other {number}.jpg", **same)
    world.add(300, Side.LOCAL, pixels, name="mine.jpg", **same)

    (judgement,) = match_items(
        world.columns(Side.CLOUD), world.columns(Side.LOCAL), world, MatchOptions()
    )

    assert (1, 300) in _pairs(world)
    assert judgement.verdict is Verdict.IDENTICAL


@pytest.mark.parametrize("name", HASH_NAMES)
def test_each_hash_finds_a_copy_by_itself(name: str) -> None:
    world = World()
    original = grain(1, scene(1, 320, 240))
    world.add(1, Side.CLOUD, coded(original))
    world.add(2, Side.LOCAL, original)
    cloud, local = world.columns(Side.CLOUD), world.columns(Side.LOCAL)

    (found,) = match_items(cloud, local, world, MatchOptions(hashes=(name,)))

    assert found.counterpart_id == 2


def test_the_names_of_hashes_are_those_that_can_be_made() -> None:
    assert set(HASH_NAMES) == set(HASHES)
    with pytest.raises(ValueError, match="sift"):
        MatchOptions(hashes=("sift",))


@pytest.mark.parametrize("wrong", [{"sensitivity": 101}, {"radius_bits": 17}])
def test_numbers_out_of_range_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="within"):
        MatchOptions(**wrong)  # type: ignore[arg-type]  # whole numbers by name
