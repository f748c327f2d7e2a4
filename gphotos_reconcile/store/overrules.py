"""What decisions do to verdicts and groups; the machine's judgement stays beside it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    case,
    delete,
    exists,
    func,
    insert,
    literal_column,
    select,
    update,
)

from gphotos_reconcile.core.decisions import (
    PERSON_RULE,
    Decision,
    PersonSaid,
    Scope,
    Word,
    group_keepers,
    overrule,
    standing,
)
from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.core.model import Judgement, Relation, Side, Verdict
from gphotos_reconcile.store.decisions import decisions_about, subjects_decided
from gphotos_reconcile.store.identities import chunks, identities, items_called, places
from gphotos_reconcile.store.schema import (
    duplicate_member,
    evidence,
    item,
    verdict,
)
from gphotos_reconcile.store.verdicts import coverage_gaps

BY_PERSON: Final = verdict.c.rule == literal_column(f"'{PERSON_RULE}'")
"""Tells the verdicts that rest on a person's word; written out, so that an index finds them."""

_JUDGED: Final = ("verdict", "rule", "strength", "reason", "counterpart_id", "relation")


def apply_decisions(conn: Connection) -> int:
    """Make all standing decisions hold; return the number of verdicts that rest on them.

    To be called after verdicts or groups were worked out anew, in the same transaction. It starts
    from the machine's judgement each time, so calling it twice changes nothing.
    """
    _restore_verdicts(conn, BY_PERSON)
    count = apply_to_subjects(conn, subjects_decided(conn, Scope.PAIR))
    _restore_members(conn, duplicate_member.c.machine_is_keeper.is_not(None))
    for side, group_id in groups_of(conn, subjects_decided(conn, Scope.GROUP)):
        try:
            apply_to_group(conn, side, group_id)
        except UsageError:
            # Groups were cut anew and all of this one was put away before: the machine's own
            # choice stands until a person looks at it again.
            _restore_members(conn, _in_group(side, group_id))
    return count


def apply_to_subjects(conn: Connection, subjects: Iterable[str]) -> int:
    """Make what was said of some cloud items hold; return how many verdicts rest on it."""
    count, whole = 0, not coverage_gaps(conn)
    for part in chunks(subjects):
        items = items_called(conn, part, Side.CLOUD)
        words = defaultdict(list)
        for one in decisions_about(conn, part, Scope.PAIR):
            words[one.subject].append(one)
        _restore_verdicts(conn, verdict.c.item_id.in_([i for ids in items.values() for i in ids]))
        standing_words = {name: list(standing(words[name]).values()) for name in items}
        locals_called = items_called(
            conn, (one.object for said in standing_words.values() for one in said), Side.LOCAL
        )
        for name, item_ids in items.items():
            said = list(_said(standing_words[name], locals_called))
            for item_id in item_ids:
                count += _apply_to_item(conn, item_id, said, whole=whole)
    return count


def _said(
    words: Iterable[Decision], locals_called: Mapping[str, Sequence[int]]
) -> Iterator[PersonSaid]:
    for one in words:
        for local_id in locals_called.get(one.object, ()):
            yield PersonSaid(
                local_id=local_id,
                word=one.word,
                decided_at=one.decided_at,
                name=one.object_name or "a local photo",
            )


def _apply_to_item(
    conn: Connection, item_id: int, said: Sequence[PersonSaid], *, whole: bool
) -> bool:
    if not said:
        return False
    row = conn.execute(select(verdict).where(verdict.c.item_id == item_id)).one_or_none()
    machine = _machine(item_id, row)
    person = overrule(machine, said, candidates(conn, item_id), whole=whole)
    if person is None:
        return False
    values = {name: getattr(person, name) for name in _JUDGED}
    values["verdict"] = person.verdict.value
    if row is None:
        conn.execute(insert(verdict).values(item_id=item_id, **values))
        return True
    values |= {f"machine_{name}": getattr(row, name) for name in _JUDGED}
    conn.execute(update(verdict).where(verdict.c.item_id == item_id).values(**values))
    return True


def _machine(item_id: int, row: Row[Any] | None) -> Judgement:
    if row is None:
        return Judgement(
            item_id=item_id, verdict=Verdict.UNKNOWN, rule="not_matched_yet", strength=0, reason=""
        )
    return Judgement(
        item_id=item_id,
        verdict=Verdict(row.verdict),
        rule=row.rule,
        strength=row.strength,
        reason=row.reason,
        counterpart_id=row.counterpart_id,
        relation=Relation(row.relation) if row.relation else None,
    )


def candidates(conn: Connection, cloud_item_id: int) -> dict[int, int]:
    """Return local item id -> strength of its best evidence, the strongest first.

    Only items with some evidence in favour are candidates.
    """
    best = func.max(evidence.c.strength).label("best")
    query = (
        select(evidence.c.local_item_id, best)
        .where(evidence.c.cloud_item_id == cloud_item_id)
        .group_by(evidence.c.local_item_id)
        .having(best > 0)
        .order_by(best.desc(), evidence.c.local_item_id)
    )
    return {row.local_item_id: row.best for row in conn.execute(query)}


def _restore_verdicts(conn: Connection, which: ColumnElement[bool]) -> None:
    """Put the machine's judgement back where a person's word stands.

    A verdict that was worked out anew no longer carries the person's rule and is left as it is.
    """
    persons = BY_PERSON & which
    conn.execute(delete(verdict).where(persons, verdict.c.machine_verdict.is_(None)))
    there = item.alias("there")
    is_there = exists().where(there.c.item_id == verdict.c.machine_counterpart_id)
    values: dict[str, Any] = {name: verdict.c[f"machine_{name}"] for name in _JUDGED}
    values["counterpart_id"] = case((is_there, verdict.c.machine_counterpart_id), else_=None)
    conn.execute(update(verdict).where(persons).values(**values))


def _restore_members(conn: Connection, which: ColumnElement[bool]) -> None:
    member = duplicate_member
    conn.execute(
        update(member)
        .where(which, member.c.machine_is_keeper.is_not(None))
        .values(is_keeper=member.c.machine_is_keeper, machine_is_keeper=None, person_word=None)
    )


def apply_to_group(conn: Connection, side: str, group_id: int) -> None:
    """Make what was said of one group's members hold.

    Raises:
        UsageError: the words that stand put every member away.
    """
    member = duplicate_member
    in_group = _in_group(side, group_id)
    _restore_members(conn, in_group)
    rows = conn.execute(
        select(member.c.item_id, member.c.is_keeper)
        .where(in_group)
        .order_by(member.c.is_keeper.desc(), member.c.item_id)
    )
    machine = {item_id: bool(is_keeper) for item_id, is_keeper in rows}
    words = member_words(conn, machine)
    if not words:
        return
    for item_id, kept in group_keepers(machine, words).items():
        word = words.get(item_id)
        conn.execute(
            update(member)
            .where(in_group, member.c.item_id == item_id)
            .values(
                machine_is_keeper=int(machine[item_id]),
                is_keeper=int(kept),
                person_word=word.value if word else None,
            )
        )


def member_words(conn: Connection, item_ids: Iterable[int]) -> dict[int, Word]:
    """Return what stands about the members of a group, by item id.

    The same bytes at several places are told apart by their place; a word about a place that is
    no more is said of the item only where no other member is the same picture.
    """
    names = identities(conn, item_ids)
    lie_at = places(conn, names)
    by_name: dict[str, list[int]] = defaultdict(list)
    for item_id, name in names.items():
        by_name[name].append(item_id)
    found: dict[int, Word] = {}
    for one in standing(decisions_about(conn, by_name, Scope.GROUP)).values():
        same = by_name[one.subject]
        here = [item_id for item_id in same if lie_at.get(item_id) == one.object]
        for item_id in here or (same if len(same) == 1 else ()):
            if here or item_id not in found:
                found[item_id] = one.word
    return found


def groups_of(conn: Connection, subjects: Iterable[str]) -> list[tuple[str, int]]:
    """Return (side, group id) of every group that has one of the subjects as a member."""
    names = list(subjects)
    found: set[tuple[str, int]] = set()
    for side in Side:
        items = items_called(conn, names, side)
        for part in chunks(item_id for ids in items.values() for item_id in ids):
            query = select(duplicate_member.c.side, duplicate_member.c.group_id).where(
                duplicate_member.c.side == side.value, duplicate_member.c.item_id.in_(part)
            )
            found.update((row.side, row.group_id) for row in conn.execute(query))
    return sorted(found)


def _in_group(side: str, group_id: int) -> ColumnElement[bool]:
    return (duplicate_member.c.side == side) & (duplicate_member.c.group_id == group_id)
