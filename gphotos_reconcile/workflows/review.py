"""What the review page shows, gathered from the catalogue; nothing is changed here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from gphotos_reconcile.core.decisions import Decision, Scope, Word, standing
from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.core.model import Evidence
from gphotos_reconcile.store.decisions import (
    Batch,
    batches,
    count_batches,
    decisions_about,
    last_batch,
    version_of,
)
from gphotos_reconcile.store.engine import Catalog
from gphotos_reconcile.store.identities import identities, places
from gphotos_reconcile.store.review import (
    Place,
    QueueFilter,
    count_queue,
    facets,
    place_of,
    queue_page,
    verdict_counts,
)
from gphotos_reconcile.store.review_groups import (
    GroupFilter,
    Member,
    count_groups,
    group_ids,
    group_relations,
    neighbour_groups,
    one_group,
)
from gphotos_reconcile.store.review_items import (
    ItemFacts,
    VerdictFacts,
    evidence_of,
    item_facts,
    verdict_facts,
)
from gphotos_reconcile.workflows.turns import reading

PAGE_ITEMS: Final = 60
GROUP_PAGE_ITEMS: Final = 24
HISTORY_PAGE_ITEMS: Final = 50
_AHEAD: Final = 4
_MOST_CANDIDATES: Final = 9  # one for each digit key


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A local item that may be the same picture; `word` is what a person said of it."""

    facts: ItemFacts
    identity: str
    reasons: tuple[Evidence, ...]
    word: Word | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewItem:
    """A cloud item beside its candidates, the likeliest first."""

    facts: ItemFacts
    identity: str
    verdict: VerdictFacts | None
    candidates: tuple[Candidate, ...]
    version: str
    said: tuple[Decision, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which page of a list: `number` of `pages`, counted from 1; `total` counts what is listed."""

    number: int
    pages: int
    total: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """One page of the queue."""

    at: Page
    items: tuple[ReviewItem, ...]
    wanted: QueueFilter
    facets: Mapping[str, Sequence[tuple[str, int]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMember:
    """One member of a group, with its facts and the names that decisions know it by."""

    facts: ItemFacts
    member: Member
    identity: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewGroup:
    """A group of duplicates as it is shown."""

    side: str
    group_id: int
    members: tuple[GroupMember, ...]
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupPage:
    """One page of groups."""

    at: Page
    groups: tuple[ReviewGroup, ...]
    wanted: GroupFilter
    relations: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage:
    """What was decided, the newest first."""

    at: Page
    batches: tuple[Batch, ...]


class Desk:
    """Answers what the pages ask; every call is one short look into the catalogue."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def counts(self) -> dict[str, int]:
        """Return the number of cloud items by verdict, of decided ones, and of groups by side."""
        with reading(self.catalog) as conn:
            sides = {
                f"groups_{side}": count_groups(conn, GroupFilter(side=side))
                for side in ("cloud", "local")
            }
            return verdict_counts(conn) | sides

    def queue(self, wanted: QueueFilter, page: int = 1) -> QueuePage:
        """Return one page of the queue; a page behind the last one is the last one."""
        with reading(self.catalog) as conn:
            at = _page(count_queue(conn, wanted), PAGE_ITEMS, page)
            ids = queue_page(conn, wanted, offset=at.offset, limit=PAGE_ITEMS)
            return QueuePage(
                items=tuple(_items(conn, ids)),
                wanted=wanted,
                at=at,
                facets=facets(conn, wanted),
            )

    def item(self, item_id: int, wanted: QueueFilter) -> tuple[ReviewItem, Place]:
        """Return a cloud item beside its candidates, and its place in the queue.

        Raises:
            UsageError: the cloud side has no such item.
        """
        with reading(self.catalog) as conn:
            found = _items(conn, [item_id])
            if not found or found[0].facts.side != "cloud":
                raise _gone("item")
            return found[0], place_of(conn, wanted, item_id, ahead=_AHEAD)

    def all_ids(self, wanted: QueueFilter) -> list[int]:
        """Return all items of the queue, in its order."""
        with reading(self.catalog) as conn:
            return queue_page(conn, wanted, offset=0, limit=-1)

    def shown_ids(self, wanted: QueueFilter, count: int) -> Iterator[int]:
        """Yield the items that begin the queue, each with its likeliest candidate."""
        for offset in range(0, count, PAGE_ITEMS):
            limit = min(PAGE_ITEMS, count - offset)
            with reading(self.catalog) as conn:
                found = _items(conn, queue_page(conn, wanted, offset=offset, limit=limit))
            for one in found:
                yield one.facts.item_id
                yield from (candidate.facts.item_id for candidate in one.candidates[:1])

    def groups(self, wanted: GroupFilter, page: int = 1) -> GroupPage:
        """Return one page of groups; a page behind the last one is the last one."""
        with reading(self.catalog) as conn:
            at = _page(count_groups(conn, wanted), GROUP_PAGE_ITEMS, page)
            ids = group_ids(conn, wanted, offset=at.offset, limit=GROUP_PAGE_ITEMS)
            found = (_group(conn, wanted.side, group_id) for group_id in ids)
            return GroupPage(
                groups=tuple(group for group in found if group is not None),
                wanted=wanted,
                at=at,
                relations=group_relations(conn, wanted.side),
            )

    def group(
        self, wanted: GroupFilter, group_id: int
    ) -> tuple[ReviewGroup, int | None, int | None]:
        """Return one group, and the numbers of the ones before and after it.

        Raises:
            UsageError: there is no such group.
        """
        with reading(self.catalog) as conn:
            group = _group(conn, wanted.side, group_id)
            if group is None:
                raise _gone("group")
            return group, *neighbour_groups(conn, wanted, group_id)

    def history(self, page: int = 1) -> HistoryPage:
        """Return what was decided, the newest first."""
        with reading(self.catalog) as conn:
            at = _page(count_batches(conn), HISTORY_PAGE_ITEMS, page)
            found = batches(conn, limit=HISTORY_PAGE_ITEMS, offset=at.offset)
            return HistoryPage(at=at, batches=tuple(found))

    def newest_batch(self) -> str | None:
        """Return what was said last and not undone."""
        with reading(self.catalog) as conn:
            return last_batch(conn)

    def cards(self, item_ids: Sequence[int]) -> list[ReviewItem]:
        """Return these cloud items beside their candidates."""
        with reading(self.catalog) as conn:
            return _items(conn, item_ids)


def _page(total: int, size: int, wanted: int) -> Page:
    """Return the wanted page of so many items; one behind the last page is the last one."""
    pages = max(1, -(-total // size))
    number = min(max(1, wanted), pages)
    return Page(number=number, pages=pages, total=total, offset=(number - 1) * size)


def _gone(what: str) -> UsageError:
    return UsageError(
        f"There is no such {what} any more.",
        hint="The catalogue was worked out anew in the meantime: go back to the list.",
    )


def _items(conn: Connection, cloud_ids: Sequence[int]) -> list[ReviewItem]:
    # The versions first: what is said while we read makes them old, and the page is told so.
    subjects = identities(conn, cloud_ids)
    versions = {name: version_of(conn, [name]) for name in set(subjects.values())}
    verdicts, reasons = verdict_facts(conn, cloud_ids), evidence_of(conn, cloud_ids)
    shown = {
        cloud_id: _candidate_ids(verdicts.get(cloud_id), reasons.get(cloud_id, {}))
        for cloud_id in cloud_ids
    }
    involved = {*cloud_ids, *(local_id for ids in shown.values() for local_id in ids)}
    facts, names = item_facts(conn, involved), identities(conn, involved)
    words = standing(decisions_about(conn, versions, Scope.PAIR))
    found = []
    for cloud_id in cloud_ids:
        if cloud_id not in facts or cloud_id not in subjects:
            continue
        subject = subjects[cloud_id]
        candidates = tuple(
            Candidate(
                facts=facts[local_id],
                identity=names[local_id],
                reasons=reasons.get(cloud_id, {}).get(local_id, ()),
                word=one.word if (one := words.get((subject, names[local_id]))) else None,
            )
            for local_id in shown[cloud_id]
            if local_id in facts
        )
        found.append(
            ReviewItem(
                facts=facts[cloud_id],
                identity=subject,
                verdict=verdicts.get(cloud_id),
                candidates=candidates,
                version=versions[subject],
                said=tuple(one for key, one in words.items() if key[0] == subject),
            )
        )
    return found


def _candidate_ids(
    verdict: VerdictFacts | None, reasons: Mapping[int, tuple[Evidence, ...]]
) -> list[int]:
    """Return the candidates in an order that decisions do not change, so that keys stay."""
    in_favour = [local_id for local_id, found in reasons.items() if found[0].strength > 0]
    counterpart = verdict.machine_counterpart_id if verdict else None
    ordered = [counterpart] if counterpart is not None else []
    ordered += [local_id for local_id in in_favour if local_id != counterpart]
    return ordered[:_MOST_CANDIDATES]


def _group(conn: Connection, side: str, group_id: int) -> ReviewGroup | None:
    group = one_group(conn, side, group_id)
    if group is None:
        return None
    ids = [member.item_id for member in group.members]
    facts, names, lie_at = item_facts(conn, ids), identities(conn, ids), places(conn, ids)
    version = version_of(conn, sorted(set(names.values())))
    # Read again behind the version: what is said from here on makes it old.
    group = one_group(conn, side, group_id) or group
    return ReviewGroup(
        side=group.side,
        group_id=group.group_id,
        members=tuple(
            GroupMember(
                facts=facts[member.item_id],
                member=member,
                identity=names[member.item_id],
                place=lie_at.get(member.item_id, ""),
            )
            for member in group.members
            if member.item_id in facts
        ),
        version=version,
    )
