"""The sample that `demo` makes: its truths have to be true of the files it wrote."""

import hashlib
import json
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from gphotos_reconcile.core.model import SAFE_VERDICTS, Verdict
from gphotos_reconcile.workflows.sample import Sample, pack_sample, render, sample_contents
from gphotos_reconcile.workflows.sample_names import ROOT, Naming
from gphotos_reconcile.workflows.sample_roles import Content

pytestmark = pytest.mark.slow

MEDIA = {".jpg", ".heic", ".mov", ".mp", ".mp4", ".png", ".dng"}


@pytest.fixture(scope="module")
def rendered() -> dict[Content, bytes]:
    return render(sample_contents())


@pytest.fixture(scope="module")
def sample(rendered: dict[Content, bytes], tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return pack_sample(rendered, tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="module")
def members(sample: Sample) -> dict[str, tuple[str, bytes]]:
    """Return part and bytes of each entry of the export."""
    found = {}
    for part in sample.parts:
        with zipfile.ZipFile(part) as archive:
            found.update({name: (part.name, archive.read(name)) for name in archive.namelist()})
    return found


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_contents_come_out_the_same_in_any_order(rendered: dict[Content, bytes]) -> None:
    some = list(rendered)[::-9]

    assert render(some) == {content: rendered[content] for content in some}


def test_a_second_making_changes_no_byte_and_touches_no_file(
    rendered: dict[Content, bytes], sample: Sample
) -> None:
    folder = sample.library.parent
    before = states(folder)

    assert pack_sample(rendered, folder) == sample
    assert states(folder) == before


def test_a_file_that_was_changed_is_made_anew(
    rendered: dict[Content, bytes], sample: Sample
) -> None:
    before = states(sample.library.parent)
    damaged = sample.library / "2021/IMG_0871.JPG"
    damaged.write_bytes(b"not what it was")

    pack_sample(rendered, sample.library.parent)

    after = states(sample.library.parent)
    (time, _, digest), (time_before, _, digest_before) = after.pop(damaged), before.pop(damaged)
    assert (time, digest) == (time_before, digest_before)
    assert after == before


def states(folder: Path) -> dict[Path, tuple[int, int, str]]:
    return {
        path: (path.stat().st_mtime_ns, path.stat().st_ino, sha256(path.read_bytes()))
        for path in files(folder)
    }


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_it_is_small_enough_to_be_made_anywhere(sample: Sample) -> None:
    assert sum(path.stat().st_size for path in files(sample.library.parent)) < 30 << 20


def test_each_medium_of_the_export_has_one_truth(
    sample: Sample, members: dict[str, tuple[str, bytes]]
) -> None:
    media = [name for name in members if PurePosixPath(name).suffix.lower() in MEDIA]

    assert sorted(media) == [truth.path for truth in sample.truth]


def test_a_truth_says_identical_exactly_where_the_bytes_are_the_same(
    sample: Sample, members: dict[str, tuple[str, bytes]]
) -> None:
    held = {sha256(path.read_bytes()) for path in files(sample.library)}

    items = [truth for truth in sample.truth if truth.verdicts]
    same = {t.path for t in items if sha256(members[t.path][1]) in held}
    lone_still = {t.path for t in items if t.label == "Live Photo, its video only in the cloud"}
    assert same - lone_still == {t.path for t in items if t.verdicts == {Verdict.IDENTICAL}}


def test_whatever_may_be_claimed_has_its_counterpart_in_the_library(sample: Sample) -> None:
    claimed = [truth for truth in sample.truth if truth.verdicts & SAFE_VERDICTS]

    assert claimed
    assert all(truth.counterpart and truth.counterpart.is_file() for truth in claimed)


def test_every_verdict_that_a_machine_gives_on_whole_input_is_played(sample: Sample) -> None:
    played = {verdict for truth in sample.truth for verdict in truth.verdicts}

    assert played == set(Verdict) - {Verdict.CONFIRMED, Verdict.UNKNOWN}


def test_some_sidecars_lie_in_the_other_part_than_their_photo(
    members: dict[str, tuple[str, bytes]],
) -> None:
    name = f"{ROOT}/Photos from 2019/IMG_2041.JPG"

    photo, sidecar = members[name][0], members[f"{name}.supplemental-metadata.json"][0]
    assert photo != sidecar


def test_sidecars_tell_what_google_knows(members: dict[str, tuple[str, bytes]]) -> None:
    said = json.loads(
        members[f"{ROOT}/Photos from 2021/IMG_0871.JPG.supplemental-metadata.json"][1]
    )

    assert said["title"] == "IMG_0871.JPG"
    assert said["photoTakenTime"]["timestamp"] == "1636218344"
    assert (said["favorited"], said["archived"], "trashed" in said) == (True, True, False)
    assert [person["name"] for person in said["people"]] == ["Anna", "Jo"]


def test_names_are_cut_replaced_and_counted_as_google_does_it() -> None:
    naming = Naming()
    titles = (
        "IMG_1159.HEIC", "IMG_1159.HEIC", "PXL_20241231_151646544.MP.jpg", "a:b?.jpg",
        "78268A60-6FF5-48E4-B030-674024878FFF-16960-000016B3055929FF.png",
        "PXL_20230814_201154491.LONG_EXPOSURE-01.COVER.jpg",
    )  # fmt: skip

    names = [(one.media, one.sidecar) for one in (naming.claim("A", title) for title in titles)]
    assert names == [
        ("IMG_1159.HEIC", "IMG_1159.HEIC.supplemental-metadata.json"),
        ("IMG_1159(1).HEIC", "IMG_1159.HEIC.supplemental-metadata(1).json"),
        ("PXL_20241231_151646544.MP.jpg", "PXL_20241231_151646544.MP.jpg.supplemental-met.json"),
        ("a_b_.jpg", "a_b_.jpg.supplemental-metadata.json"),
        (
            "78268A60-6FF5-48E4-B030-674024878FFF-16960-0000.png",
            "78268A60-6FF5-48E4-B030-674024878FFF-16960-000.json",
        ),
        (
            "PXL_20230814_201154491.LONG_EXPOSURE-01.COVER.jpg",
            "PXL_20230814_201154491.LONG_EXPOSURE-01.COVER..json",
        ),
    ]
