"""Decisions as a JSON file, for another machine, a rebuilt catalogue or a static review page."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from gphotos_reconcile.core.decisions import WORDS, Decision, Scope, Word
from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.core.times import parse_utc, utc_text

FILE_FORMAT: Final = "gphotos-reconcile decisions"
FILE_VERSION: Final = 1


def dump_decisions(decisions: Iterable[Decision]) -> str:
    """Return the decisions as a JSON document, the same text for the same decisions."""
    rows = [_row(decision) for decision in decisions]
    document = {"format": FILE_FORMAT, "version": FILE_VERSION, "decisions": rows}
    return json.dumps(document, ensure_ascii=True, indent=1) + "\n"


def _row(decision: Decision) -> dict[str, str | None]:
    return {
        "uid": decision.uid,
        "decided_at": utc_text(decision.decided_at),
        "scope": decision.scope,
        "subject": decision.subject,
        "object": decision.object,
        "word": decision.word,
        "batch": decision.batch,
        "note": decision.note,
        "subject_name": decision.subject_name,
        "object_name": decision.object_name,
        "undone_at": utc_text(decision.undone_at),
    }


def load_decisions(text: str) -> tuple[Decision, ...]:
    """Return the decisions of a JSON document that `dump_decisions` or a review page made.

    Raises:
        UsageError: it is no such document, or one of its rows is not a decision.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _not_ours(f"it is not JSON ({error})") from None
    match document:
        case {"format": str(name), "version": int(version), "decisions": list(rows)} if (
            name == FILE_FORMAT and version <= FILE_VERSION
        ):
            return tuple(_read_row(number, row) for number, row in enumerate(rows, start=1))
        case _:
            raise _not_ours("format, version or decisions are missing or of another program")


def _read_row(number: int, row: Any) -> Decision:
    if not isinstance(row, dict):
        raise _not_ours(f"decision {number} is not an object")
    try:
        decision = Decision(
            uid=_text(row, "uid", 1, 64),
            decided_at=_moment(row, "decided_at"),
            scope=Scope(row["scope"]),
            subject=_text(row, "subject", 1, 600),
            object=_text(row, "object", 1, 4000),
            word=Word(row["word"]),
            batch=_text(row, "batch", 1, 64),
            note=_text(row, "note", 0, 4000),
            subject_name=_text(row, "subject_name", 0, 4000),
            object_name=_text(row, "object_name", 0, 4000),
            undone_at=None if row.get("undone_at") is None else _moment(row, "undone_at"),
        )
    except (KeyError, ValueError) as error:
        raise _not_ours(f"decision {number}: {error}") from None
    if decision.word not in WORDS[decision.scope]:
        raise _not_ours(f"decision {number}: {decision.word} is no word about a {decision.scope}")
    return decision


def _text(row: Mapping[str, Any], key: str, least: int, most: int) -> str:
    value = row.get(key, "")
    if not isinstance(value, str) or not least <= len(value) <= most:
        raise ValueError(f"{key} is missing, too long or not text")
    # A lone surrogate is valid JSON and no text that the catalogue could hold.
    return value.encode("utf-8", "backslashreplace").decode("utf-8")


def _moment(row: Mapping[str, Any], key: str) -> datetime:
    value = parse_utc(_text(row, key, 1, 40))
    if value is None or value.tzinfo is None:
        raise ValueError(f"{key} is no time with a zone")
    return value


def _not_ours(why: str) -> UsageError:
    return UsageError(
        f"The file of decisions cannot be used: {why}.",
        hint="Give the decisions.json that the review page or `review --export` wrote.",
    )
