"""The rehearsal's own arithmetic: a judge that could not find a fault would prove nothing."""

import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.rehearsal.case import RIGHT, SERIES, Label, plan_case
from benchmarks.rehearsal.judge import judge
from benchmarks.rehearsal.pictures import Pictures

SAFE_LINE = {"path": "a", "label": "x", "verdicts": "same_picture", "counterpart": "/lib/a"}
OTHER_LINE = {"path": "b", "label": "y", "verdicts": "review,variant", "counterpart": "/lib/b"}


def catalog(folder: Path, *rows: tuple[str, str, str | None]) -> Path:
    path = folder / "catalog.db"
    with sqlite3.connect(path) as conn:
        conn.execute("CREATE TABLE reconciliation (path, verdict, counterpart_path, reason)")
        conn.execute("CREATE TABLE scan_runs (source, seen, saved, rejected, complete)")
        conn.executemany("INSERT INTO reconciliation VALUES (?, ?, ?, 'why')", rows)
        conn.execute("INSERT INTO scan_runs VALUES ('s', 2, 2, 0, 1)")
    return path


@pytest.mark.parametrize("count", [200, 999, 27_000])
def test_the_case_has_every_part_and_the_wanted_number_of_items(count: int) -> None:
    entries = plan_case(count)

    assert len(entries) == count == len({one.number for one in entries})
    assert {one.label for one in entries} == set(Label) == set(RIGHT)
    assert entries == plan_case(count)


def test_the_case_has_the_proportions_of_the_real_one() -> None:
    labels = Counter(one.label for one in plan_case(27_000))

    identical = (Label.IDENTICAL, Label.IDENTICAL_HEIC, Label.IDENTICAL_VIDEO)
    again = (Label.RESCALED, Label.RECOMPRESSED, Label.SENT)
    eye = (Label.EDIT, Label.CROP, *SERIES)
    sums = [sum(labels[one] for one in group) for group in (identical, again, eye)]
    assert sums == [7000, 18_000, 500]
    assert labels[Label.SAME_STREAM] == 1
    assert labels[Label.MISSING] + labels[Label.MISSING_VIDEO] == 500


def test_an_item_made_from_another_shows_what_the_library_holds() -> None:
    entries = {one.number: one for one in plan_case(999)}

    made = [one for one in entries.values() if one.of is not None]
    assert made
    for one in made:
        assert one.of is not None
        assert entries[one.of].label is Label.IDENTICAL
        assert entries[one.of].picture == one.picture


def test_pictures_are_the_same_each_time_and_differ_from_one_another() -> None:
    pictures = Pictures(per_scene=1)

    assert pictures.make(1).tobytes() == pictures.make(1).tobytes()
    assert len({pictures.make(number).tobytes() for number in range(8)}) == 8
    assert pictures.make(1, shot=1).tobytes() != pictures.make(1).tobytes()


def test_a_right_claim_counts_as_right(tmp_path: Path) -> None:
    score = judge(catalog(tmp_path, ("a", "same_picture", "/lib/a")), [SAFE_LINE])

    assert (score.false_claims, score.wrong, score.faults) == (0, (), ())
    assert (score.tallies["x"].right, score.tallies["x"].missed_claims) == (1, 0)


def test_a_claim_on_another_file_is_false(tmp_path: Path) -> None:
    assert judge(catalog(tmp_path, ("a", "identical", "/lib/z")), [SAFE_LINE]).false_claims == 1


def test_a_claim_on_what_the_library_does_not_hold_is_false(tmp_path: Path) -> None:
    assert judge(catalog(tmp_path, ("b", "same_picture", "/lib/b")), [OTHER_LINE]).false_claims == 1


def test_a_copy_that_is_not_found_is_missed(tmp_path: Path) -> None:
    score = judge(catalog(tmp_path, ("a", "missing", None)), [SAFE_LINE])

    assert (score.false_claims, score.tallies["x"].missed_claims) == (0, 1)
    assert [line[2] for line in score.wrong] == ["missing"]


def test_an_item_told_twice_never_or_from_nowhere_breaks_the_sums(tmp_path: Path) -> None:
    rows = (("a", "same_picture", "/lib/a"), ("a", "missing", None), ("c", "missing", None))
    score = judge(catalog(tmp_path, *rows), [SAFE_LINE, OTHER_LINE])

    assert len(score.faults) == 2
    assert score.tallies["y"].verdicts == {"(not told)": 1}


def test_a_scan_whose_sums_do_not_close_is_a_fault(tmp_path: Path) -> None:
    path = catalog(tmp_path, ("a", "same_picture", "/lib/a"))
    with sqlite3.connect(path) as conn:
        conn.execute("INSERT INTO scan_runs VALUES ('t', 3, 1, 1, 0)")

    assert len(judge(path, [SAFE_LINE]).faults) == 2
