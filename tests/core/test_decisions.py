"""The rules of a person's word, as values."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gphotos_reconcile.core.bulk import BulkRule, PairFacts, preview_rule
from gphotos_reconcile.core.decision_file import dump_decisions, load_decisions
from gphotos_reconcile.core.decisions import (
    WORDS,
    Decision,
    PersonSaid,
    Scope,
    Word,
    decision_uid,
    group_keepers,
    item_identity,
    member_place,
    overrule,
    standing,
)
from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.core.model import Judgement, Verdict

NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)

texts = st.text(min_size=1, max_size=20).map(lambda text: text.encode("utf-8", "replace").decode())
moments = st.datetimes(timezones=st.just(UTC), min_value=datetime(1970, 1, 1))  # noqa: DTZ001 - hypothesis wants it naive


@st.composite
def decisions(draw: st.DrawFn) -> Decision:
    scope = draw(st.sampled_from(Scope))
    return Decision(
        uid=draw(texts),
        decided_at=draw(moments),
        scope=scope,
        subject=draw(texts),
        object=draw(texts),
        word=draw(st.sampled_from(sorted(WORDS[scope]))),
        batch=draw(texts),
        note=draw(texts),
        subject_name=draw(texts),
        object_name=draw(texts),
        undone_at=draw(st.none() | moments),
    )


@given(st.lists(decisions()))
def test_a_file_of_decisions_brings_back_what_was_written(said: list[Decision]) -> None:
    assert load_decisions(dump_decisions(said)) == tuple(said)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_a_file_of_something_else_is_refused_in_words(document: object) -> None:
    with pytest.raises(UsageError, match="cannot be used"):
        load_decisions(json.dumps(document))


@pytest.mark.parametrize(
    "change",
    [
        {"word": "keep"},
        {"word": "maybe"},
        {"scope": "all"},
        {"uid": ""},
        {"subject": 7},
        {"decided_at": "yesterday"},
        {"decided_at": "2026-01-10T12:00:00"},
        {"object": "x" * 5000},
    ],
)
def test_a_row_that_is_no_decision_is_refused_with_its_number(change: dict[str, object]) -> None:
    document = json.loads(dump_decisions([said("a", "b")]))
    document["decisions"][0] |= change
    with pytest.raises(UsageError, match="decision 1"):
        load_decisions(json.dumps(document))


def said(subject: str, object_: str, word: Word = Word.SAME, hours: int = 0) -> Decision:
    return Decision(
        uid=decision_uid(str(hours), Scope.PAIR, subject, object_),
        decided_at=NOON + timedelta(hours=hours),
        scope=Scope.PAIR,
        subject=subject,
        object=object_,
        word=word,
        batch=str(hours),
    )


def test_the_latest_word_that_is_not_undone_stands() -> None:
    first, second = said("a", "b"), said("a", "b", Word.DIFFERENT, hours=1)

    assert standing([second, first]) == {("a", "b"): second}
    assert standing([first, replace(second, undone_at=NOON)]) == {("a", "b"): first}


def test_bytes_name_an_item_before_its_media_key_does() -> None:
    names = [
        item_identity(content_digest="jpeg:1", sha256="s", media_key="k"),
        item_identity(content_digest=None, sha256="s", media_key="k"),
        item_identity(content_digest=None, sha256=None, media_key="k"),
        item_identity(content_digest=None, sha256=None, fallback="f"),
        item_identity(content_digest="jpeg:1", sha256="s", motion="m"),
    ]
    assert names == ["content:jpeg:1", "sha256:s", "media_key:k", "item:f", "content:jpeg:1+m"]


def test_a_place_is_told_without_the_root() -> None:
    assert member_place("local", "/mnt/a/2019/x.jpg", "/mnt/a") == "local:2019/x.jpg"
    assert member_place("local", "C:\\p\\2019\\x.jpg", "C:\\p") == "local:2019\\x.jpg"


machines = st.builds(
    Judgement,
    item_id=st.just(1),
    verdict=st.sampled_from(Verdict),
    rule=st.just("rule"),
    strength=st.integers(0, 100),
    reason=st.just(""),
    counterpart_id=st.none() | st.integers(2, 5),
)
people = st.lists(
    st.builds(
        PersonSaid,
        local_id=st.integers(2, 5),
        word=st.sampled_from([Word.SAME, Word.DIFFERENT]),
        decided_at=moments,
        name=st.just("x"),
    ),
    unique_by=lambda one: one.local_id,
)


@given(machines, people, st.dictionaries(st.integers(2, 5), st.integers(1, 99)), st.booleans())
def test_a_person_alone_confirms_and_never_makes_another_claim(
    machine: Judgement, words: list[PersonSaid], candidates: dict[int, int], whole: bool
) -> None:
    verdict = overrule(machine, words, candidates, whole=whole)

    same = {one.local_id for one in words if one.word is Word.SAME}
    different = {one.local_id for one in words if one.word is Word.DIFFERENT}
    if verdict is None:
        assert not same
        assert machine.counterpart_id not in different
        return
    assert verdict.rule == "person"
    assert verdict.verdict.is_claim == bool(same)
    assert verdict.counterpart_id not in different
    if same:
        assert verdict.counterpart_id in same
    if verdict.verdict is Verdict.MISSING:
        assert whole
        assert candidates.keys() <= different


@given(
    st.dictionaries(st.integers(), st.booleans(), min_size=1),
    st.dictionaries(st.integers(), st.sampled_from([Word.KEEP, Word.NOT_NEEDED])),
)
def test_at_least_one_copy_is_always_kept(members: dict[int, bool], words: dict[int, Word]) -> None:
    try:
        kept = group_keepers(members, words)
    except UsageError:
        assert all(words.get(key) is Word.NOT_NEEDED for key in members)
        return
    assert kept.keys() == members.keys()
    assert any(kept.values())
    assert not any(kept[key] for key in members if words.get(key) is Word.NOT_NEEDED)


def pair(cloud: int, local: int, **changes: object) -> PairFacts:
    facts = PairFacts(
        cloud_id=cloud,
        local_id=local,
        subject=f"c{cloud}",
        object=f"l{local}",
        same_name=True,
        seconds_apart=0.0,
        same_camera=True,
        same_shape=True,
        strength=80,
        rules=frozenset({"pixels"}),
        contradicted=False,
        residual=3.0,
    )
    return replace(facts, **changes)  # type: ignore[arg-type]  # a test's shorthand


RULE = BulkRule(same_name=True, same_second=True, max_residual=6.0)


@pytest.mark.parametrize(
    "change",
    [
        {"same_name": False},
        {"seconds_apart": 1.0},
        {"seconds_apart": 3600.0},
        {"seconds_apart": None},
        {"residual": 6.0},
        {"residual": None},
        {"contradicted": True},
    ],
)
def test_a_rule_takes_no_pair_that_fails_or_lacks_a_condition(change: dict[str, object]) -> None:
    preview = preview_rule(RULE, [pair(1, 2), pair(3, 4, **change)], undecided=2)

    assert [one.cloud_id for one in preview.pairs] == [1]
    assert (preview.taken, preview.left) == (1, 1)


def test_two_candidates_that_hold_a_rule_alike_are_left_to_the_eye() -> None:
    preview = preview_rule(RULE, [pair(1, 2), pair(1, 3), pair(4, 5)], undecided=2)

    assert [one.cloud_id for one in preview.pairs] == [4]


def test_different_is_said_only_where_every_candidate_holds_the_rule() -> None:
    rule = replace(RULE, word=Word.DIFFERENT)
    pairs = [pair(1, 2), pair(1, 3), pair(4, 5), pair(4, 6, same_name=False)]

    assert {one.cloud_id for one in preview_rule(rule, pairs, undecided=2).pairs} == {1}


def test_a_rule_that_asks_for_nothing_takes_nothing() -> None:
    assert preview_rule(BulkRule(), [pair(1, 2)], undecided=1).taken == 0


def test_a_rule_says_its_conditions_in_words() -> None:
    rule = replace(RULE, min_strength=70, evidence="pixels", only_candidate=True, same_camera=True)
    assert ", ".join(rule.conditions()) == (
        "same name, same second, same camera, only one candidate, nothing against,"
        " evidence pixels, strength 70 or more, residual under 6"
    )
