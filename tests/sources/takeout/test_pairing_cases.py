"""Names as exports carry them are paired as documented."""

import random
from collections import Counter

import pytest

from gphotos_reconcile.sources.takeout.pairing import MediaName, SidecarName, pair_folder
from tests.sources.takeout.cases import FOLDERS, NEGATIVES, PAIRS, FolderCase, moment

ROWS = [tuple(cell.strip() for cell in line.split(" | ")) for line in PAIRS.strip().splitlines()]
VIDEOS = (".mp4", ".mov", ".mp", ".m4v", ".avi")


def paired(case: FolderCase, seed: int = 0) -> dict[str, str | None]:
    names = [name for name, _ in case.media]
    taken, identifiers = dict(case.taken), dict(case.identifiers)
    media = [
        MediaName(
            key=key,
            name=name,
            content_identifier=identifiers.get(name),
            is_video=name.lower().endswith(VIDEOS),
            taken_at=moment(taken[name]) if name in taken else None,
        )
        for key, name in enumerate(names)
    ]
    sidecars = [
        SidecarName(key, name, title, moment(seconds))
        for key, (name, title, seconds) in enumerate(case.sidecars)
    ]
    shuffle = random.Random(seed).shuffle
    shuffle(media)
    shuffle(sidecars)
    by_key = {sidecar.key: sidecar.name for sidecar in sidecars}
    found = pair_folder(media, sidecars)
    return {
        names[p.media_key]: None if p.sidecar_key is None else by_key[p.sidecar_key]
        for p in found.pairings
    }


def test_the_table_is_large_enough() -> None:
    assert len(ROWS) + len(FOLDERS) >= 150
    assert len(NEGATIVES) >= 20
    assert all(len(row) == 4 and row[3] for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[row[1] for row in ROWS])
def test_a_documented_name_finds_its_sidecar(row: tuple[str, ...]) -> None:
    media, sidecar, title, seen = row
    case = FolderCase(
        sidecar, seen, ((sidecar, media if title == "=" else title, 1),), ((media, sidecar),)
    )
    assert paired(case) == {media: sidecar}


def test_all_documented_names_together_find_their_own_sidecars() -> None:
    families = Counter(media.rpartition(".")[0].casefold() for media, *_ in ROWS)
    alone = [row for row in ROWS if families[row[0].rpartition(".")[0].casefold()] == 1]
    sidecars = tuple((s, m if t == "=" else t, i) for i, (m, s, t, _) in enumerate(alone))
    single = {media: sidecar for media, sidecar, *_ in alone}
    case = FolderCase("all", "", sidecars, tuple(single.items()))
    wrong = {m: s for m, s in paired(case).items() if s not in {single[m], None}}
    missed = [m for m, s in paired(case).items() if s is None]
    assert wrong == {}
    assert len(missed) <= len(single) // 100


@pytest.mark.parametrize("case", FOLDERS, ids=[case.name for case in FOLDERS])
def test_a_documented_folder_is_paired(case: FolderCase) -> None:
    assert paired(case) == dict(case.media)


@pytest.mark.parametrize("case", NEGATIVES, ids=[case.name for case in NEGATIVES])
def test_a_sidecar_of_something_else_is_never_given(case: FolderCase) -> None:
    assert paired(case) == dict(case.media)


@pytest.mark.parametrize("case", [*FOLDERS, *NEGATIVES], ids=lambda case: case.name)
def test_the_order_of_files_does_not_matter(case: FolderCase) -> None:
    assert [paired(case, seed) for seed in range(1, 6)] == [paired(case)] * 5
