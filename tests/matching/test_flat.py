"""Pictures with hardly anything in them: near hashes of such never make two of them one."""

from collections.abc import Callable

import numpy as np
import pytest

from gphotos_reconcile.core.model import Relation, Side
from gphotos_reconcile.matching.engine import match_items
from gphotos_reconcile.matching.groups import find_groups
from gphotos_reconcile.matching.options import MatchOptions, Profile
from tests.matching.scenes import Pixels, World, grain

_SIZE = (480, 640)
_ONE_PICTURE = {
    Relation.IDENTICAL,
    Relation.SAME_CONTENT,
    Relation.THUMBNAIL,
    Relation.RECOMPRESSED,
    Relation.OTHER_FORMAT,
}


def _even(level: float) -> Pixels:
    return np.full(_SIZE, level)


def _black(seed: int) -> Pixels:
    return np.clip(grain(seed, _even(1.0), 0.8), 0, 255)


def _night(seed: int) -> Pixels:
    """Return a nearly black frame with one faint light, elsewhere in each."""
    pixels = _even(3.0)
    row, column = np.random.default_rng(seed).integers(50, 400, 2)
    pixels[row : row + 12, column : column + 12] = 30
    return grain(seed, pixels, 0.8)


def _sky(seed: int) -> Pixels:
    """Return a clear sky: a soft gradient, alike on every fine day."""
    return grain(seed, np.linspace(150 + seed, 210, _SIZE[0])[:, None] + np.zeros(_SIZE), 0.8)


def _fog(seed: int) -> Pixels:
    return grain(seed, _even(185.0 + seed / 2), 1.0)


def _page(seed: int) -> Pixels:
    """Return a white page with lines of other words in each."""
    chance = np.random.default_rng(seed)
    pixels = _even(250.0)
    for row in range(60, 420, 24):
        words = chance.random(40) < 0.6
        pixels[row : row + 8, 80:560] = np.where(np.repeat(words, 12), 60, 250)
    return pixels


def _receipt(seed: int) -> Pixels:
    """Return a nearly white picture with one short line."""
    chance = np.random.default_rng(seed)
    pixels = _even(252.0)
    pixels[230:238, 200:440] = np.where(np.repeat(chance.random(40) < 0.5, 6), 120, 252)
    return pixels


_MAKERS: dict[str, Callable[[int], Pixels]] = {
    "black": _black,
    "night": _night,
    "sky": _sky,
    "fog": _fog,
    "page": _page,
    "receipt": _receipt,
    "white": lambda seed: grain(seed, _even(254.0), 0.4),
}


@pytest.mark.parametrize("profile", [Profile.CAREFUL, Profile.BALANCED])
@pytest.mark.parametrize("make", _MAKERS.values(), ids=_MAKERS.keys())
def test_two_of_a_kind_are_never_claimed_to_be_one(
    make: Callable[[int], Pixels], profile: Profile
) -> None:
    world = World()
    for number in range(3):
        world.add(1 + number, Side.CLOUD, make(number))
        world.add(101 + number, Side.LOCAL, make(number + 10))

    found = match_items(
        world.columns(Side.CLOUD), world.columns(Side.LOCAL), world, MatchOptions(profile=profile)
    )

    assert not any(judgement.verdict.is_claim for judgement in found)


@pytest.mark.parametrize("make", _MAKERS.values(), ids=_MAKERS.keys())
def test_two_of_a_kind_are_never_put_into_one_group_of_copies(
    make: Callable[[int], Pixels],
) -> None:
    world = World()
    for number in range(4):
        world.add(1 + number, Side.LOCAL, make(number))

    groups = find_groups(world.columns(Side.LOCAL), world, MatchOptions())

    assert [m for g in groups for m in g.members if m.relation in _ONE_PICTURE] == []


@pytest.mark.parametrize("name", ["black", "fog", "white"])
def test_hashes_of_even_pictures_bring_none_together(name: str) -> None:
    """Their names and times may; their hashes are noise."""
    world = World()
    world.add(1, Side.CLOUD, _MAKERS[name](1))
    world.add(101, Side.LOCAL, _MAKERS[name](1))

    (found,) = match_items(
        world.columns(Side.CLOUD), world.columns(Side.LOCAL), world, MatchOptions()
    )

    assert found.counterpart_id is None
