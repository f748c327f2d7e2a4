"""A person's word in the catalogue: kept, undone, and stronger than the machine's."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, event, select, update

from gphotos_reconcile.core.bulk import BulkRule
from gphotos_reconcile.core.decisions import ChangedElsewhereError, Word
from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.store.engine import Catalog, open_catalog
from gphotos_reconcile.store.identities import identities, items_called
from gphotos_reconcile.store.overrules import apply_decisions
from gphotos_reconcile.store.review import QueueFilter
from gphotos_reconcile.store.schema import duplicate_member, evidence, verdict
from gphotos_reconcile.workflows.decisions import (
    Asked,
    decide_group,
    decide_pairs,
    export_decisions,
    import_decisions,
    preview_bulk,
    undo_batch,
)
from tests.web.library import Shelf, location, many_undecided


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with open_catalog(location(tmp_path), write=True) as opened:
        yield opened


def verdict_of(catalog: Catalog, item_id: int) -> tuple[str, str, int | None]:
    with catalog.connect() as conn:
        row = conn.execute(select(verdict).where(verdict.c.item_id == item_id)).one()
    return row.verdict, row.rule, row.counterpart_id


def undecided(catalog: Catalog, *, complete: bool = True) -> tuple[int, int, int]:
    with catalog.begin() as conn:
        return Shelf(conn, complete=complete).undecided(1)


def test_same_makes_the_verdict_confirmed(catalog: Catalog) -> None:
    cloud, _, other = undecided(catalog)

    decide_pairs(catalog, cloud, {other: Word.SAME}, Asked(batch="b1"))

    assert verdict_of(catalog, cloud) == ("confirmed", "person", other)


def test_undo_brings_the_machines_judgement_back(catalog: Catalog) -> None:
    cloud, first, other = undecided(catalog)
    with catalog.connect() as conn:
        before = conn.execute(select(verdict)).all()

    decide_pairs(catalog, cloud, {other: Word.SAME}, Asked(batch="b1"))
    decide_pairs(catalog, cloud, {first: Word.DIFFERENT}, Asked(batch="b2"))
    undo_batch(catalog, "b1")
    undo_batch(catalog, "b2")

    with catalog.connect() as conn:
        assert conn.execute(select(verdict)).all() == before


def test_an_excluded_counterpart_leaves_the_other_candidates_to_look_at(catalog: Catalog) -> None:
    cloud, first, other = undecided(catalog)

    decide_pairs(catalog, cloud, {first: Word.DIFFERENT}, Asked(batch="b1"))

    assert verdict_of(catalog, cloud) == ("review", "person", other)


@pytest.mark.parametrize(("complete", "expected"), [(True, "missing"), (False, "unknown")])
def test_without_candidates_an_item_is_missing_only_if_all_was_read(
    catalog: Catalog, complete: bool, expected: str
) -> None:
    cloud, first, other = undecided(catalog, complete=complete)

    words = {first: Word.DIFFERENT, other: Word.DIFFERENT}
    decide_pairs(catalog, cloud, words, Asked(batch="b1"))

    assert verdict_of(catalog, cloud) == (expected, "person", None)


def test_a_word_about_a_local_photo_that_is_gone_claims_nothing(catalog: Catalog) -> None:
    cloud, first, _ = undecided(catalog)
    decide_pairs(catalog, cloud, {first: Word.SAME}, Asked(batch="b1"))

    with catalog.begin() as conn:  # what an import does to items whose file is no more
        conn.execute(delete(evidence))
        conn.execute(update(verdict).values(verdict="missing", rule="none", counterpart_id=None))
        conn.exec_driver_sql("UPDATE file SET item_id = NULL WHERE item_id = ?", (first,))
        conn.exec_driver_sql("DELETE FROM item WHERE item_id = ?", (first,))
        apply_decisions(conn)

    assert verdict_of(catalog, cloud) == ("missing", "none", None)


def test_the_same_question_asked_twice_is_one_decision(catalog: Catalog) -> None:
    cloud, first, _ = undecided(catalog)
    asked = Asked(batch="b1", seen="0.0")

    answers = [decide_pairs(catalog, cloud, {first: Word.SAME}, asked) for _ in range(3)]

    assert [answer.saved for answer in answers] == [1, 0, 0]


def test_a_page_that_shows_an_older_state_is_told_so(catalog: Catalog) -> None:
    cloud, first, other = undecided(catalog)
    decide_pairs(catalog, cloud, {first: Word.SAME}, Asked(batch="b1", seen="0.0"))

    with pytest.raises(ChangedElsewhereError):
        decide_pairs(catalog, cloud, {other: Word.SAME}, Asked(batch="b2", seen="0.0"))
    assert verdict_of(catalog, cloud) == ("confirmed", "person", first)


def test_decisions_hold_after_a_rematch_and_applying_twice_changes_nothing(
    catalog: Catalog,
) -> None:
    cloud, first, _ = undecided(catalog)
    decide_pairs(catalog, cloud, {first: Word.SAME}, Asked(batch="b1"))

    with catalog.begin() as conn:
        conn.execute(delete(verdict))
        Shelf(conn).judge(cloud, "variant", counterpart_id=first, relation="edited")
        counts = [apply_decisions(conn), apply_decisions(conn)]

    assert counts == [1, 1]
    assert verdict_of(catalog, cloud) == ("confirmed", "person", first)
    undo_batch(catalog, "b1")
    assert verdict_of(catalog, cloud) == ("variant", "perceptual", first)


def test_decisions_hold_in_a_rebuilt_catalogue_with_moved_folders(
    catalog: Catalog, tmp_path: Path
) -> None:
    cloud, first, _ = undecided(catalog)
    decide_pairs(catalog, cloud, {first: Word.SAME}, Asked(batch="b1"))
    text = export_decisions(catalog)

    with open_catalog(str(tmp_path / "rebuilt.db"), write=True) as rebuilt:
        with rebuilt.begin() as conn:
            shelf = Shelf(conn)
            shelf.item("elsewhere.jpg", side="local", root="/mnt/new")
            moved = shelf.item(
                "IMG.jpg", side="local", root="/mnt/new", picture="/photos/2019/IMG_0001.jpg"
            )
            again = shelf.item(
                "Takeout/Fotos/IMG.jpg",
                side="cloud",
                picture="Takeout/Google Photos/Photos from 2019/IMG_0001.jpg",
            )
            shelf.judge(again, "missing")
        report = import_decisions(rebuilt, text)
        repeat = import_decisions(rebuilt, text)

        assert (report.read, report.new, repeat.new) == (1, 1, 0)
        assert verdict_of(rebuilt, again) == ("confirmed", "person", moved)
        assert export_decisions(rebuilt) == text


def group_of_three(catalog: Catalog) -> tuple[int, list[int]]:
    with catalog.begin() as conn:
        shelf = Shelf(conn)
        members = [
            shelf.item(f"{name}/IMG.jpg", side="local", picture="one picture") for name in "abc"
        ]
        return shelf.group("local", dict.fromkeys(members, "identical"), members[0]), members


def keepers(catalog: Catalog) -> list[int]:
    with catalog.connect() as conn:
        query = select(duplicate_member.c.item_id).where(duplicate_member.c.is_keeper == 1)
        return list(conn.scalars(query.order_by(duplicate_member.c.item_id)))


def test_copies_of_the_same_bytes_are_told_apart_by_their_place(catalog: Catalog) -> None:
    group_id, (a, b, c) = group_of_three(catalog)

    words = {a: Word.NOT_NEEDED, b: Word.KEEP, c: Word.NOT_NEEDED}
    decide_group(catalog, "local", group_id, words, Asked(batch="b1"))

    assert keepers(catalog) == [b]
    undo_batch(catalog, "b1")
    assert keepers(catalog) == [a]


def test_one_copy_of_a_group_is_always_kept(catalog: Catalog) -> None:
    group_id, (a, b, c) = group_of_three(catalog)
    decide_group(catalog, "local", group_id, {a: Word.NOT_NEEDED}, Asked(batch="b1"))
    assert keepers(catalog) == [b]

    words = {b: Word.NOT_NEEDED, c: Word.NOT_NEEDED}
    with pytest.raises(UsageError, match="Every copy"):
        decide_group(catalog, "local", group_id, words, Asked(batch="b2"))
    assert keepers(catalog) == [b]


def test_a_file_of_decisions_that_puts_all_copies_away_is_refused_whole(catalog: Catalog) -> None:
    group_id, (a, b, c) = group_of_three(catalog)
    decide_group(catalog, "local", group_id, {a: Word.NOT_NEEDED}, Asked(batch="b1"))
    decide_group(catalog, "local", group_id, {b: Word.NOT_NEEDED}, Asked(batch="b2"))
    decide_group(catalog, "local", group_id, {c: Word.KEEP}, Asked(batch="b3"))
    text = export_decisions(catalog).replace('"keep"', '"not_needed"').replace("b3", "b4")
    bad = text.replace('"uid": "', '"uid": "x')
    before = export_decisions(catalog)

    with pytest.raises(UsageError, match="Every copy"):
        import_decisions(catalog, bad)
    assert export_decisions(catalog) == before


@pytest.mark.parametrize(("limit", "taken"), [(6.2, 50), (6.1, 0)])
def test_a_rule_asks_for_the_residual_that_was_measured(
    catalog: Catalog, limit: float, taken: int
) -> None:
    with catalog.begin() as conn:
        many_undecided(Shelf(conn), 51)

    rule = BulkRule(max_residual=limit, only_candidate=True)
    preview = preview_bulk(catalog, QueueFilter(), rule)

    assert (preview.taken, preview.left) == (taken, 51 - taken)


def test_a_rule_takes_no_pair_that_a_person_called_different(catalog: Catalog) -> None:
    cloud, first, _ = undecided(catalog)
    decide_pairs(catalog, cloud, {first: Word.DIFFERENT}, Asked(batch="b1"))

    preview = preview_bulk(catalog, QueueFilter(), BulkRule(same_name=True))

    assert preview.taken == 0


def test_items_are_looked_up_by_their_digests_also_before_there_are_statistics(
    catalog: Catalog,
) -> None:
    asked: list[tuple[str, tuple[object, ...]]] = []
    with catalog.begin() as conn:
        many_undecided(Shelf(conn), 3)
        event.listen(conn, "before_cursor_execute", lambda *a: asked.append((a[2], a[3])))
        names = identities(conn, [1]).values()
        found = items_called(conn, names, "cloud")
        plans = [
            row.detail
            for statement, values in tuple(asked)
            for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]

    assert list(found.values()) == [[1]]
    assert any("ix_content_content_digest" in plan for plan in plans)
    assert not any("side=" in plan or plan.startswith("SCAN") for plan in plans)
