"""The groups of duplicates that the review page shows."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from gphotos_reconcile.core.model import Side
from gphotos_reconcile.store.schema import duplicate_member


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member of a group of duplicates; `person_word` is empty where nobody spoke."""

    item_id: int
    relation: str
    is_keeper: bool
    reason: str
    person_word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group of duplicates inside one side."""

    side: str
    group_id: int
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFilter:
    """Which groups are shown: of one side, with one relation in them, spoken about or not."""

    side: str = Side.CLOUD.value
    relation: str = ""
    decided: bool = False


def group_ids(conn: Connection, wanted: GroupFilter, *, offset: int, limit: int) -> list[int]:
    """Return the numbers of the groups that the filter shows, in order."""
    query = _group_ids(wanted).order_by(duplicate_member.c.group_id)
    return list(conn.scalars(query.limit(limit).offset(offset)))


def count_groups(conn: Connection, wanted: GroupFilter) -> int:
    """Return how many groups the filter shows."""
    query = _group_ids(wanted).subquery()
    return conn.execute(select(func.count()).select_from(query)).scalar_one()


def neighbour_groups(
    conn: Connection, wanted: GroupFilter, group_id: int
) -> tuple[int | None, int | None]:
    """Return the groups before and after one in the same list."""
    key = duplicate_member.c.group_id
    query = _group_ids(wanted)
    return (
        conn.scalar(query.where(key < group_id).order_by(key.desc()).limit(1)),
        conn.scalar(query.where(key > group_id).order_by(key).limit(1)),
    )


def _group_ids(wanted: GroupFilter) -> Select[Any]:
    member = duplicate_member
    spoken = func.count(member.c.person_word)
    query = select(member.c.group_id).where(member.c.side == wanted.side)
    query = query.group_by(member.c.group_id)
    if wanted.relation:
        query = query.having(func.sum(member.c.relation == wanted.relation) > 0)
    return query.having(spoken > 0 if wanted.decided else spoken == 0)


def group_relations(conn: Connection, side: str) -> list[tuple[str, int]]:
    """Return the relations that the groups of one side have, with their number of groups."""
    member = duplicate_member
    query = select(member.c.relation, func.count(member.c.group_id.distinct()))
    rows = conn.execute(query.where(member.c.side == side).group_by(member.c.relation))
    return sorted((str(relation), number) for relation, number in rows)


def one_group(conn: Connection, side: str, group_id: int) -> Group | None:
    """Return a group with its members, the machine's keeper first."""
    member = duplicate_member
    was_keeper = func.coalesce(member.c.machine_is_keeper, member.c.is_keeper)
    rows = conn.execute(
        select(member)
        .where(member.c.side == side, member.c.group_id == group_id)
        .order_by(was_keeper.desc(), member.c.item_id)
    ).all()
    members = tuple(
        Member(
            item_id=row.item_id,
            relation=row.relation,
            is_keeper=bool(row.is_keeper),
            reason=row.reason,
            person_word=row.person_word or "",
        )
        for row in rows
    )
    return Group(side=side, group_id=group_id, members=members) if members else None
