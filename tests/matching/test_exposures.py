"""Files whose names and facts say nothing: a copy is claimed, the next exposure never is."""

from pathlib import Path

import pytest
from PIL import Image

from benchmarks.accuracy.pipeline import MemoryItems, judge_all
from gphotos_reconcile.core.model import Judgement, Side, Verdict
from gphotos_reconcile.matching.options import MatchOptions, Profile
from tests.matching.test_rounding import exposure


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scene") / "first.jpg"
    exposure(1).save(path, quality=94)
    return path


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scene") / "second.jpg"
    exposure(2).save(path, quality=94)
    return path


def judged(cloud: Path, local: Path, profile: Profile = Profile.CAREFUL) -> Judgement:
    """Judge one file against another, of which nothing is known but their pixels."""
    items = MemoryItems()
    ids = items.add(Side.CLOUD, [cloud]), items.add(Side.LOCAL, [local])
    items.bare([*ids[0], *ids[1]])
    [judgement] = judge_all(items, *ids, MatchOptions(profile=profile))
    return judgement


def copied(source: Path, target: Path, longest_px: int) -> Path:
    with Image.open(source) as image:
        size = (longest_px, longest_px * image.height // image.width)
        resized = image.resize(size, Image.Resampling.BICUBIC)
    resized.save(target, quality=80)
    return target


@pytest.mark.parametrize("longest_px", [1600, 1250, 1000])
@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_a_copy_is_claimed_and_the_next_exposure_is_not(
    first: Path, second: Path, tmp_path: Path, longest_px: int, suffix: str
) -> None:
    own = copied(first, tmp_path / f"own.{suffix}", longest_px)
    other = copied(second, tmp_path / f"other.{suffix}", longest_px)

    for profile in (Profile.CAREFUL, Profile.BALANCED):
        assert judged(own, first, profile).verdict is Verdict.SAME_PICTURE
        found = judged(other, first, profile)
        assert found.verdict in {Verdict.REVIEW, Verdict.VARIANT}, found.reason


def test_the_better_of_the_two_may_be_in_the_cloud(
    first: Path, second: Path, tmp_path: Path
) -> None:
    own = copied(first, tmp_path / "own.jpg", 1250)
    coarse = copied(first, tmp_path / "coarse.jpg", 1600)

    assert judged(first, own).verdict is Verdict.SMALLER_COPY
    assert judged(first, coarse).verdict in {Verdict.SAME_PICTURE, Verdict.SMALLER_COPY}
    for copy in (own, coarse):
        assert judged(second, copy).verdict in {Verdict.REVIEW, Verdict.VARIANT}


def test_a_copy_may_be_coded_more_finely_than_its_original(
    first: Path, second: Path, tmp_path: Path
) -> None:
    coarse, own, other = (tmp_path / f"{name}.jpg" for name in ("coarse", "own", "other"))
    with Image.open(first) as image:
        image.save(coarse, quality=60)
    with Image.open(coarse) as image:
        image.save(own, quality=90)
    with Image.open(second) as image:
        image.save(other, quality=90)

    assert judged(own, coarse).verdict in {Verdict.SAME_PICTURE, Verdict.SMALLER_COPY}
    assert judged(other, coarse).verdict in {Verdict.REVIEW, Verdict.VARIANT}


def test_what_differs_beyond_rounding_is_said_in_grey_levels(
    first: Path, second: Path, tmp_path: Path
) -> None:
    other = copied(second, tmp_path / "other.jpg", 1250)

    judgement = judged(other, first)

    told = {evidence.rule: evidence for _, evidence in judgement.evidence}["beyond_rounding"]
    assert "grey levels" in told.detail
    assert dict(told.figures)["unexplained"] > 1
    assert judgement.rule == "beyond_rounding"
