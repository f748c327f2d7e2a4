"""What a person said: kept, undone, listed. What it does to verdicts is in overrules.py."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from gphotos_reconcile.core.decisions import Decision, Scope, Word
from gphotos_reconcile.core.times import parse_utc, utc_text
from gphotos_reconcile.store.identities import chunks
from gphotos_reconcile.store.schema import decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What was said in one go: how many words, of which sort, and whether they stand."""

    batch: str
    decided_at: datetime
    note: str
    words: Mapping[str, int]
    undone_at: datetime | None
    example: str

    @property
    def count(self) -> int:
        """Return the number of decisions in it."""
        return sum(self.words.values())


def save_decisions(conn: Connection, decisions: Iterable[Decision]) -> int:
    """Keep decisions whose uid is new; return how many that were.

    A known uid is the same question asked again (a double click, a second import of a file) and
    changes nothing.
    """
    rows = {one.uid: _row(one) for one in decisions}
    known = known_uids(conn, rows)
    fresh = [row for uid, row in rows.items() if uid not in known]
    if fresh:
        conn.execute(insert(decision), fresh)
    return len(fresh)


def known_uids(conn: Connection, uids: Iterable[str]) -> frozenset[str]:
    """Return those of the uids that are kept already."""
    found: set[str] = set()
    for part in chunks(uids):
        found.update(conn.scalars(select(decision.c.uid).where(decision.c.uid.in_(part))))
    return frozenset(found)


def undo_decisions(conn: Connection, uids: Iterable[str], undone_at: datetime) -> int:
    """Mark decisions as undone; return how many stood until now. They stay in the history."""
    count = 0
    for part in chunks(uids):
        statement = update(decision).where(
            decision.c.uid.in_(part), decision.c.undone_at_utc.is_(None)
        )
        count += conn.execute(statement.values(undone_at_utc=utc_text(undone_at))).rowcount
    return count


def decisions_of_batch(conn: Connection, batch: str) -> list[Decision]:
    """Return what was said in one go, in the order it was said."""
    query = select(decision).where(decision.c.batch == batch).order_by(decision.c.decision_id)
    return [_decision(row) for row in conn.execute(query)]


def decisions_about(conn: Connection, subjects: Iterable[str], scope: Scope) -> list[Decision]:
    """Return all that was said about the subjects, undone or not, in the order it was said."""
    found: list[tuple[int, Decision]] = []
    for part in chunks(subjects):
        query = select(decision).where(decision.c.subject.in_(part), decision.c.scope == scope)
        found += [(row.decision_id, _decision(row)) for row in conn.execute(query)]
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def all_decisions(conn: Connection) -> list[Decision]:
    """Return the whole history in the order it was said."""
    query = select(decision).order_by(decision.c.decision_id)
    return [_decision(row) for row in conn.execute(query)]


def subjects_decided(conn: Connection, scope: Scope) -> list[str]:
    """Return every subject with a standing decision, in text order."""
    query = select(decision.c.subject).distinct()
    query = query.where(decision.c.scope == scope, decision.c.undone_at_utc.is_(None))
    return list(conn.scalars(query.order_by(decision.c.subject)))


def version_of(conn: Connection, subjects: Iterable[str]) -> str:
    """Return a text that changes whenever something is said or undone about the subjects."""
    newest, undone = 0, 0
    for part in chunks(subjects):
        query = select(func.max(decision.c.decision_id), func.count(decision.c.undone_at_utc))
        last, count = conn.execute(query.where(decision.c.subject.in_(part))).one()
        newest, undone = max(newest, last or 0), undone + count
    return f"{newest}.{undone}"


def batches(conn: Connection, *, limit: int, offset: int = 0) -> list[Batch]:
    """Return what was said, gathered by batch, the newest first."""
    newest = func.max(decision.c.decision_id)
    page = (
        select(decision.c.batch, newest.label("newest"))
        .group_by(decision.c.batch)
        .order_by(newest.desc())
        .limit(limit)
        .offset(offset)
        .subquery()
    )
    query = (
        select(
            page.c.newest,
            decision.c.batch,
            decision.c.word,
            func.count().label("said"),
            func.max(decision.c.decided_at_utc).label("decided_at_utc"),
            func.max(decision.c.note).label("note"),
            func.min(decision.c.subject_name).label("example"),
            func.max(decision.c.undone_at_utc).label("undone_at_utc"),
            func.count(decision.c.undone_at_utc).label("undone"),
        )
        .join(page, page.c.batch == decision.c.batch)
        .group_by(page.c.newest, decision.c.batch, decision.c.word)
        .order_by(page.c.newest.desc(), decision.c.word)
    )
    gathered: dict[str, list[Row[Any]]] = {}
    for row in conn.execute(query):
        gathered.setdefault(row.batch, []).append(row)
    return [_batch(rows) for rows in gathered.values()]


def count_batches(conn: Connection) -> int:
    """Return how many times something was said."""
    return conn.execute(select(func.count(decision.c.batch.distinct()))).scalar_one()


def last_batch(conn: Connection) -> str | None:
    """Return the newest batch that is not undone."""
    query = select(decision.c.batch).where(decision.c.undone_at_utc.is_(None))
    return conn.scalar(query.order_by(decision.c.decision_id.desc()).limit(1))


def _batch(rows: Sequence[Row[Any]]) -> Batch:
    first = rows[0]
    stands = any(row.undone < row.said for row in rows)
    return Batch(
        batch=first.batch,
        decided_at=_moment(max(row.decided_at_utc for row in rows)),
        note=first.note or "",
        words={row.word: row.said for row in rows},
        undone_at=None if stands else _moment(max(row.undone_at_utc for row in rows)),
        example=first.example or "",
    )


def _row(one: Decision) -> dict[str, Any]:
    return {
        "uid": one.uid,
        "decided_at_utc": utc_text(one.decided_at),
        "scope": one.scope.value,
        "subject": one.subject,
        "object": one.object,
        "word": one.word.value,
        "batch": one.batch,
        "note": one.note,
        "subject_name": one.subject_name,
        "object_name": one.object_name,
        "undone_at_utc": utc_text(one.undone_at),
    }


def _decision(row: Row[Any]) -> Decision:
    return Decision(
        uid=row.uid,
        decided_at=_moment(row.decided_at_utc),
        scope=Scope(row.scope),
        subject=row.subject,
        object=row.object,
        word=Word(row.word),
        batch=row.batch,
        note=row.note or "",
        subject_name=row.subject_name or "",
        object_name=row.object_name or "",
        undone_at=parse_utc(row.undone_at_utc),
    )


def _moment(text: str) -> datetime:
    moment = parse_utc(text)
    if moment is None:
        raise ValueError("a decision without its time")
    return moment
