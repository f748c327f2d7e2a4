"""Take a person's word: check it, keep it, make it hold, all in one short transaction.

None of this needs the lock of long writers: a decision goes in between the batches of an import.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from gphotos_reconcile.core.bulk import BulkPreview, BulkRule, preview_rule
from gphotos_reconcile.core.decision_file import dump_decisions, load_decisions
from gphotos_reconcile.core.decisions import (
    ChangedElsewhereError,
    Decision,
    Scope,
    Word,
    decision_uid,
    standing,
)
from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.store.decisions import (
    all_decisions,
    decisions_about,
    decisions_of_batch,
    known_uids,
    save_decisions,
    undo_decisions,
    version_of,
)
from gphotos_reconcile.store.engine import Catalog
from gphotos_reconcile.store.identities import identities, places
from gphotos_reconcile.store.overrules import (
    apply_to_group,
    apply_to_subjects,
    groups_of,
)
from gphotos_reconcile.store.review import QueueFilter, count_queue, queue_page
from gphotos_reconcile.store.review_groups import one_group
from gphotos_reconcile.store.review_items import item_facts, pair_facts
from gphotos_reconcile.workflows.scanning import now
from gphotos_reconcile.workflows.turns import reading, writing

_MOST_VERSIONS: Final = 100  # more than a page shows of one batch
_EVERYTHING: Final = -1  # SQLite's word for "no limit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How a word came in: `batch` is made by the page, `seen` is the version it showed.

    The same batch asked again (a double click, a lost answer) changes nothing. `seen` of None
    asks for no check.
    """

    batch: str
    seen: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of a word: how many decisions are new, and the version from now on."""

    saved: int
    version: str


def decide_pairs(
    catalog: Catalog, cloud_id: int, words: Mapping[int, Word], asked: Asked
) -> Answer:
    """Keep what was said of a cloud item and some local items.

    Raises:
        ChangedElsewhereError: something else was said since the page was made.
        UsageError: an item is no more, or two items of the same bytes are called different.
    """
    with writing(catalog) as conn:
        names = _names(conn, [cloud_id, *words])
        subject, subject_name = names[cloud_id]
        said = [
            _decision(Scope.PAIR, names[cloud_id], names[local_id], word, asked)
            for local_id, word in words.items()
        ]
        if any(one.object == subject and one.word is Word.DIFFERENT for one in said):
            raise UsageError(
                f"{subject_name} and its counterpart hold the very same picture data.",
                hint="They can't be called different.",
            )
        saved = _keep(conn, said, [subject], asked.seen)
        apply_to_subjects(conn, [subject])
        return Answer(saved=saved, version=version_of(conn, [subject]))


def decide_group(
    catalog: Catalog, side: str, group_id: int, words: Mapping[int, Word], asked: Asked
) -> Answer:
    """Keep what was said of the members of a group.

    Raises:
        ChangedElsewhereError: something else was said since the page was made.
        UsageError: the group or a member is no more, or no copy would be kept.
    """
    with writing(catalog) as conn:
        group = one_group(conn, side, group_id)
        if group is None or not words.keys() <= {one.item_id for one in group.members}:
            raise ChangedElsewhereError
        subjects = group_subjects(conn, [one.item_id for one in group.members])
        names, lie_at = _names(conn, words), places(conn, words)
        said = [
            _decision(
                Scope.GROUP, names[item_id], (lie_at[item_id], names[item_id][1]), word, asked
            )
            for item_id, word in words.items()
        ]
        saved = _keep(conn, said, subjects, asked.seen)
        apply_to_group(conn, side, group_id)
        return Answer(saved=saved, version=version_of(conn, subjects))


def group_subjects(conn: Connection, item_ids: Iterable[int]) -> list[str]:
    """Return what the members of a group are called in decisions."""
    return sorted(set(identities(conn, item_ids).values()))


def preview_bulk(catalog: Catalog, wanted: QueueFilter, rule: BulkRule) -> BulkPreview:
    """Return what a rule would decide among the items that the filter shows; nothing is kept."""
    with reading(catalog, at_once=False) as conn:
        return _preview(conn, wanted, rule)


def accept_bulk(
    catalog: Catalog, wanted: QueueFilter, rule: BulkRule, stamp: str, asked: Asked
) -> int:
    """Keep a rule's word of every pair that its preview showed; return how many there are.

    Raises:
        ChangedElsewhereError: the rule would no longer take exactly those pairs.
    """
    with writing(catalog) as conn:
        known = decisions_of_batch(conn, asked.batch)
        if known:
            return len(known)
        preview = _preview(conn, wanted, rule)
        if preview.stamp != stamp:
            raise ChangedElsewhereError
        names = {one.cloud_id for one in preview.pairs} | {one.local_id for one in preview.pairs}
        called = _names(conn, names)
        note = Asked(batch=asked.batch, note=", ".join(rule.conditions()))
        said = [
            _decision(Scope.PAIR, called[pair.cloud_id], called[pair.local_id], rule.word, note)
            for pair in preview.pairs
        ]
        saved = save_decisions(conn, said)
        apply_to_subjects(conn, sorted({one.subject for one in said}))
        return saved


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """How many decisions stood until now, and the versions of the items they were about."""

    count: int
    versions: Mapping[str, str]


def undo_batch(catalog: Catalog, batch: str) -> Undone:
    """Take back what was said in one go.

    Raises:
        UsageError: there is no such batch, or no copy of a group would be kept.
    """
    with writing(catalog) as conn:
        said = decisions_of_batch(conn, batch)
        if not said:
            raise UsageError("Nothing of that kind was decided.", hint="Reload the page.")
        count = undo_decisions(conn, (one.uid for one in said), now())
        _make_hold(conn, said)
        subjects = sorted({one.subject for one in said})[:_MOST_VERSIONS]
        return Undone(count=count, versions={name: version_of(conn, [name]) for name in subjects})


def export_decisions(catalog: Catalog) -> str:
    """Return the whole history of decisions as a JSON document."""
    with reading(catalog, at_once=False) as conn:
        return dump_decisions(all_decisions(conn))


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedDecisions:
    """What a file of decisions brought: how many it holds, how many are new, how many undone."""

    read: int
    new: int
    undone: int


def import_decisions(catalog: Catalog, text: str) -> ImportedDecisions:
    """Add the decisions of a JSON document to the history, all or none; twice changes nothing.

    Raises:
        UsageError: it is no such document, or no copy of a group would be kept.
    """
    said = load_decisions(text)
    with writing(catalog) as conn:
        new = save_decisions(conn, said)
        undone = 0
        for one in said:
            if one.undone_at is not None:
                undone += undo_decisions(conn, [one.uid], one.undone_at)
        _make_hold(conn, said)
        return ImportedDecisions(read=len(said), new=new, undone=undone)


def _make_hold(conn: Connection, said: Sequence[Decision]) -> None:
    pairs = sorted({one.subject for one in said if one.scope is Scope.PAIR})
    apply_to_subjects(conn, pairs)
    members = sorted({one.subject for one in said if one.scope is Scope.GROUP})
    for side, group_id in groups_of(conn, members):
        apply_to_group(conn, side, group_id)


def _keep(
    conn: Connection, said: Sequence[Decision], subjects: Iterable[str], seen: str | None
) -> int:
    uids = [one.uid for one in said]
    if known_uids(conn, uids) == frozenset(uids):
        return 0
    if seen is not None and version_of(conn, subjects) != seen:
        raise ChangedElsewhereError
    return save_decisions(conn, said)


def _preview(conn: Connection, wanted: QueueFilter, rule: BulkRule) -> BulkPreview:
    cloud_ids = queue_page(conn, wanted, offset=0, limit=_EVERYTHING)
    refused = _refused(conn, cloud_ids)
    pairs = (
        pair for pair in pair_facts(conn, cloud_ids) if (pair.subject, pair.object) not in refused
    )
    return preview_rule(rule, pairs, count_queue(conn, wanted))


def _refused(conn: Connection, cloud_ids: Iterable[int]) -> frozenset[tuple[str, str]]:
    """Return the pairs that a person called different."""
    subjects = set(identities(conn, cloud_ids).values())
    words = standing(decisions_about(conn, subjects, Scope.PAIR))
    return frozenset(key for key, one in words.items() if one.word is Word.DIFFERENT)


def _names(conn: Connection, item_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Return identity and file name of each item.

    Raises:
        ChangedElsewhereError: one of them is no more.
    """
    wanted = list(item_ids)
    facts, names = item_facts(conn, wanted), identities(conn, wanted)
    if not names.keys() >= set(wanted):
        raise ChangedElsewhereError
    return {item_id: (names[item_id], facts[item_id].name) for item_id in wanted}


def _decision(
    scope: Scope, subject: tuple[str, str], object_: tuple[str, str], word: Word, asked: Asked
) -> Decision:
    return Decision(
        uid=decision_uid(asked.batch, scope, subject[0], object_[0]),
        decided_at=now(),
        scope=scope,
        subject=subject[0],
        object=object_[0],
        word=word,
        batch=asked.batch,
        note=asked.note,
        subject_name=subject[1],
        object_name=object_[1],
    )
