"""The sentences of a report: the headline, the doubts behind it, and what to do next."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from gphotos_reconcile.core.model import Verdict
from gphotos_reconcile.core.report import Findings, NextStep

STATES: Final = (
    "empty", "no_local", "not_compared", "none_own", "safe", "unproven", "unsafe",
)  # fmt: skip

_UNSAFE_WORDS: Final = (
    (Verdict.MISSING, "{n} is missing", "{n} are missing"),
    (Verdict.UNKNOWN, "{n} cannot be told{because}", "{n} cannot be told{because}"),
    (Verdict.REVIEW, "{n} needs your eye", "{n} need your eye"),
    (Verdict.SMALLER_COPY, "{n} has only a smaller copy", "{n} have only a smaller copy"),
    (Verdict.VARIANT, "{n} has only a relative", "{n} have only a relative"),
    (Verdict.UNREADABLE, "{n} is damaged in the export", "{n} are damaged in the export"),
)
_MOST_PARTS: Final = 4  # a longer sentence is read by nobody: the rest is summed up
_FIRST_STEPS: Final = {
    "empty": ("run takeout-*.zip --library ~/Pictures", "read an export and a library"),
    "no_local": ("index ~/Pictures", "read the library to compare with"),
    "not_compared": ("match", "compare the two sides"),
}
_KEEP: Final = "do not delete anything yet"
_STATE_WORDS: Final = {
    "missing": "absent",
    "cut": "cut short",
    "unreadable": "unreadable",
    "unread": "not read to the end",
}


def state_of(found: Findings) -> str:
    """Return what the headline is about, one of STATES."""
    if not found.cells:
        return "empty"
    if not found.local.items:
        return "no_local"
    if not found.is_matched:
        return "not_compared"
    if not found.own.items:
        return "none_own"
    if found.safe.items < found.own.items:
        return "unsafe"
    return "unproven" if tuple(export_doubts(found)) else "safe"


def headline(found: Findings) -> str:
    """Return the verdict on the whole library in one sentence."""
    items = f"{found.own.items:,} cloud item{'' if found.own.items == 1 else 's'}"
    doubt = next(export_doubts(found), next(local_doubts(found), ""))
    sentences = {
        "empty": "No export has been read yet: there is nothing to compare.",
        "no_local": f"{items}, and no local file to compare with yet: {_KEEP}.",
        "not_compared": f"{items}, and {found.local.items:,} local, not compared yet: {_KEEP}.",
        "none_own": f"None of the cloud items is your own; they are counted apart: {_KEEP}.",
        "safe": f"All {items} are safe on your disks.",
        "unproven": f"All {items} that were read are safe on your disks, but {doubt}: {_KEEP}.",
    }
    return sentences.get(state_of(found)) or _unsafe(found, items, doubt)


def _unsafe(found: Findings, items: str, doubt: str) -> str:
    safe = found.safe.items
    told = joined(_unsafe_parts(found, f" because {doubt}" if doubt else ""))
    return (
        f"{safe:,} of {items} {'is' if safe == 1 else 'are'} safe on your disks; {told}: {_KEEP}."
    )


def _unsafe_parts(found: Findings, because: str) -> list[str]:
    counted = [(found.count(verdict), one, many) for verdict, one, many in _UNSAFE_WORDS]
    present = [line for line in counted if line[0]]
    shown = present if len(present) <= _MOST_PARTS else present[: _MOST_PARTS - 1]
    parts = [
        (one if count == 1 else many).format(n=f"{count:,}", because=because)
        for count, one, many in shown
    ]
    rest = sum(count for count, _, _ in present[len(shown) :])
    return [*parts, f"{rest:,} more are not safe"] if rest else parts


def export_doubts(found: Findings) -> Iterator[str]:
    """Yield why the exports may hold less than the cloud does, each as a clause."""
    by_state: dict[tuple[str, str], list[str]] = defaultdict(list)
    for part in found.broken_parts:
        by_state[part.export, part.state].append(part.name or "the folder")
    for (export, state), names in by_state.items():
        verb = "is" if len(names) == 1 else "are"
        yield f"{joined(names)} of the export {export} {verb} {_STATE_WORDS.get(state, state)}"
    broken = {part.export for part in found.broken_parts}
    for scan in found.scans:
        if scan.kind == "takeout" and scan.source not in broken and scan.state != "complete":
            yield f"the scan of the export {scan.source} was {_scan_word(scan.state)}"
        if scan.kind == "takeout" and scan.rejected:
            entries = "entry" if scan.rejected == 1 else "entries"
            yield f"{scan.rejected:,} {entries} of the export {scan.source} could not be read"
    count = found.unpaired_sidecars
    if count:
        items = "1 item has its" if count == 1 else f"{count:,} items have their"
        yield f"{items} description in the export but no file there"


def local_doubts(found: Findings) -> Iterator[str]:
    """Yield why the local side may hold more than was read, each as a clause."""
    for scan in found.scans:
        if scan.kind == "local" and scan.state != "complete":
            yield f"the scan of {scan.source} was {_scan_word(scan.state)}"


def _scan_word(state: str) -> str:
    return "cut short" if state == "cut short" else "not ended"


def next_steps(found: Findings) -> tuple[NextStep, ...]:
    """Return what to do next, the most useful first."""
    return tuple(_steps(found))


def _steps(found: Findings) -> Iterator[NextStep]:
    state = state_of(found)
    if state in _FIRST_STEPS:
        yield _step(*_FIRST_STEPS[state])
        return
    if found.broken_parts:
        yield _step("doctor", "see which parts of the export to download again; then import them")
    yield from _steps_to_safety(found)
    if found.unpaired_sidecars:
        yield _step("query unpaired", "list what Google names but did not put into the export")
    if found.problems:
        yield _step("query problems_by_stage", "see what could not be read, and what helps")
    if state == "safe":
        yield _step("query proven_safe", "see for each item where it lies and what proves it")
        yield _step("verify", "read the copies that were made again, byte by byte")


def _steps_to_safety(found: Findings) -> Iterator[NextStep]:
    if found.count(Verdict.REVIEW):
        yield _step("review", f"decide the {found.count(Verdict.REVIEW):,} by eye")
    if found.safe.items < found.own.items:
        yield _step("copy --to DIR --dry-run", "see what would be copied, and where")
        yield _step("export copy-list --out copy-list.txt", "take the list to another tool")


def _step(command: str, why: str) -> NextStep:
    return NextStep(command=f"gphotos-reconcile {command}", why=why)


def joined(words: Sequence[str]) -> str:
    """Return `a, b and c`."""
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)
