"""The headline never promises what is not proven, and names what is in the way."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gphotos_reconcile.core.model import Verdict
from gphotos_reconcile.core.report import SAFE, BrokenPart, Cell, Findings, SourceScan, Tally
from gphotos_reconcile.core.report_words import headline, joined, next_steps, state_of

EXPORT = "E1"
KEEP = "do not delete anything yet"


def _cell(verdict: str, items: int, belongs: str = "own") -> Cell:
    return Cell(
        belongs=belongs, verdict=verdict, kind="photo", year="2019", items=items, size_bytes=items
    )


def _scan(kind: str = "takeout", state: str = "complete", rejected: int = 0) -> SourceScan:
    return SourceScan(
        source=EXPORT if kind == "takeout" else "/photos",
        kind=kind,
        state=state,
        ended_at_utc="2026-01-11T09:30:00Z",
        seen=10,
        saved=10 - rejected,
        rejected=rejected,
        unaccounted=0,
        problems=rejected,
    )


def _part(name: str, state: str) -> BrokenPart:
    return BrokenPart(export=EXPORT, name=name, state=state, reason="")


def _findings(*cells: Cell, **more: Any) -> Findings:
    return Findings(**{"cells": cells, "local": Tally(items=5), "is_matched": True, **more})


def _one_of_each(*verdicts: str) -> Findings:
    return _findings(*(_cell(verdict, 1) for verdict in verdicts))


SAFE_CELL = _cell("identical", 27_000)


PART_3 = _part("part 3", "missing")


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (
            _findings(SAFE_CELL, local=Tally()),
            "27,000 cloud items, and no local file to compare with yet",
        ),
        (
            _findings(SAFE_CELL, is_matched=False),
            "27,000 cloud items, and 5 local, not compared yet",
        ),
        (
            _findings(_cell("missing", 3, "partner")),
            "None of the cloud items is your own; they are counted apart",
        ),
        (
            _findings(_cell("identical", 12_345), _cell("missing", 512), _cell("review", 498)),
            (
                "12,345 of 13,355 cloud items are safe on your disks;"
                " 512 are missing and 498 need your eye"
            ),
        ),
        (
            _one_of_each("confirmed", "unreadable"),
            "1 of 2 cloud items is safe on your disks; 1 is damaged in the export",
        ),
        (
            _findings(SAFE_CELL, broken_parts=(PART_3, _part("part 4", "missing"))),
            (
                "All 27,000 cloud items that were read are safe on your disks,"
                " but part 3 and part 4 of the export E1 are absent"
            ),
        ),
        (
            _findings(_cell("unknown", 7), broken_parts=(PART_3,)),
            (
                "0 of 7 cloud items are safe on your disks;"
                " 7 cannot be told because part 3 of the export E1 is absent"
            ),
        ),
        (
            _findings(_cell("unknown", 2), scans=(_scan("local", "cut short"),)),
            (
                "0 of 2 cloud items are safe on your disks;"
                " 2 cannot be told because the scan of /photos was cut short"
            ),
        ),
        (
            _one_of_each("missing", "review", "smaller_copy", "variant", "unreadable"),
            (
                "0 of 5 cloud items are safe on your disks; 1 is missing, 1 needs your eye,"
                " 1 has only a smaller copy and 2 more are not safe"
            ),
        ),
    ],
)
def test_the_headline_says_what_is_known(found: Findings, sentence: str) -> None:
    assert headline(found) == f"{sentence}: {KEEP}."


def test_a_library_that_is_safe_is_said_to_be() -> None:
    assert headline(_findings(SAFE_CELL)) == "All 27,000 cloud items are safe on your disks."


def test_without_an_export_there_is_nothing_to_say() -> None:
    assert headline(Findings()) == "No export has been read yet: there is nothing to compare."


@pytest.mark.parametrize(
    "found",
    [
        _findings(SAFE_CELL, broken_parts=(_part("takeout-002.zip", "cut"),)),
        _findings(SAFE_CELL, scans=(_scan(rejected=1),)),
        _findings(SAFE_CELL, scans=(_scan(state="cut short"),)),
        _findings(SAFE_CELL, unpaired_sidecars=1),
    ],
)
def test_a_library_is_not_called_safe_while_the_export_may_hold_more(found: Findings) -> None:
    assert state_of(found) == "unproven"
    assert headline(found).endswith(f"{KEEP}.")


def test_a_local_scan_that_was_cut_short_takes_nothing_from_what_is_proven() -> None:
    assert state_of(_findings(SAFE_CELL, scans=(_scan("local", "cut short"),))) == "safe"


@given(
    st.lists(st.tuples(st.sampled_from(list(Verdict)), st.integers(1, 9)), min_size=1),
    st.booleans(),
)
def test_only_a_library_that_is_safe_to_the_last_item_goes_without_the_warning(
    counts: list[tuple[Verdict, int]],
    matched: bool,
) -> None:
    found = _findings(
        *(_cell(verdict.value, items) for verdict, items in counts), is_matched=matched
    )
    is_safe = matched and all(verdict.value in SAFE for verdict, _ in counts)
    assert (KEEP not in headline(found)) is is_safe


@pytest.mark.parametrize(
    ("found", "commands"),
    [
        (Findings(), ["run takeout-*.zip --library ~/Pictures"]),
        (_findings(SAFE_CELL, local=Tally()), ["index ~/Pictures"]),
        (_findings(SAFE_CELL, is_matched=False), ["match"]),
        (_findings(SAFE_CELL), ["query proven_safe", "verify"]),
        (
            _findings(_cell("review", 2)),
            ["review", "copy --to DIR --dry-run", "export copy-list --out copy-list.txt"],
        ),
        (
            _findings(SAFE_CELL, broken_parts=(_part("part 3", "missing"),), unpaired_sidecars=2),
            ["doctor", "query unpaired"],
        ),
    ],
)
def test_the_next_steps_fit_the_state(found: Findings, commands: list[str]) -> None:
    steps = [step.command for step in next_steps(found)]
    assert steps == [f"gphotos-reconcile {command}" for command in commands]


@pytest.mark.parametrize(
    ("words", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_words_are_joined_as_people_do(words: list[str], text: str) -> None:
    assert joined(words) == text
