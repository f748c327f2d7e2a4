"""A person's word: what it is, what it is tied to, and how it beats the machine's judgement.

A decision names items by what they are (content digests, media keys), not by where they lie or by
their row in the catalogue, so it holds after a new import, a moved folder or a rebuilt catalogue.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.core.model import Judgement, Verdict

PERSON_RULE: Final = "person"
"""The rule named in a verdict that rests on a person's word."""


class ChangedElsewhereError(UsageError):
    """What a decision was made about is no longer what was on the screen."""

    def __init__(self) -> None:
        super().__init__(
            "This was changed elsewhere in the meantime.",
            hint="Look at what is there now, and decide again.",
        )


class Scope(StrEnum):
    """What a decision is about."""

    PAIR = "pair"  # a cloud item and a local item
    GROUP = "group"  # one member of a group of duplicates


class Word(StrEnum):
    """What a person can say (closed list)."""

    SAME = "same"
    DIFFERENT = "different"
    KEEP = "keep"
    NOT_NEEDED = "not_needed"


WORDS: Final = {
    Scope.PAIR: frozenset({Word.SAME, Word.DIFFERENT}),
    Scope.GROUP: frozenset({Word.KEEP, Word.NOT_NEEDED}),
}
"""Which words can be said in which scope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One word of a person.

    `subject` is the identity of the cloud item, or of the group's member; `object` the identity of
    the local item, or the place of the member (copies of a group may be the same bytes). `batch`
    gathers what was said in one go and is undone in one go. The names are for people only.
    """

    uid: str
    decided_at: datetime
    scope: Scope
    subject: str
    object: str
    word: Word
    batch: str
    note: str = ""
    subject_name: str = ""
    object_name: str = ""
    undone_at: datetime | None = None


def item_identity(
    *,
    content_digest: str | None,
    sha256: str | None,
    motion: str | None = None,
    media_key: str | None = None,
    fallback: str = "",
) -> str:
    """Return what an item is called in decisions: the strongest thing that outlasts its place.

    Bytes come before the media key: after an edit in the cloud the key is the same and the picture
    is not, and a word about the old picture must not pass for one about the new.

    Args:
        content_digest: of the encoded picture or streams.
        sha256: of the whole file, used where the format has no content digest.
        motion: digest of the moving part, so that a still is not taken for its Live Photo.
        media_key: Google's key, used where no bytes are known.
        fallback: the catalogue's own identity of the item, the last resort.
    """
    if content_digest:
        name = f"content:{content_digest}"
    elif sha256:
        name = f"sha256:{sha256}"
    else:
        return f"media_key:{media_key}" if media_key else f"item:{fallback}"
    return f"{name}+{motion}" if motion else name


def member_place(side: str, path: str, root: str) -> str:
    """Return where a group's member lies, independent of where its library is mounted."""
    below = path[len(root) :].lstrip("/\\") if root and path.startswith(root) else path
    return f"{side}:{below}"


def decision_uid(batch: str, scope: Scope, subject: str, object_: str) -> str:
    """Return the uid of one decision of a batch: the same question asked twice gets one row."""
    text = "\0".join((batch, scope, subject, object_))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def standing(decisions: Iterable[Decision]) -> dict[tuple[str, str], Decision]:
    """Return the word that stands for each (subject, object): the latest one not undone."""
    latest: dict[tuple[str, str], Decision] = {}
    for decision in decisions:
        if decision.undone_at is not None:
            continue
        key = (decision.subject, decision.object)
        known = latest.get(key)
        if known is None or known.decided_at <= decision.decided_at:
            latest[key] = decision
    return latest


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSaid:
    """What stands between one cloud item and one local item that is there."""

    local_id: int
    word: Word
    decided_at: datetime
    name: str


_NO_COUNTERPART: Final = frozenset({Verdict.UNREADABLE, Verdict.MISSING, Verdict.UNKNOWN})


def overrule(
    machine: Judgement, said: Sequence[PersonSaid], candidates: Mapping[int, int], *, whole: bool
) -> Judgement | None:
    """Return the verdict that a person's words give, None where they change nothing.

    Args:
        machine: what the rules said.
        said: the words that stand, about local items that are still there.
        candidates: local item id -> strength of its best evidence.
        whole: every folder and every part of the export was read whole.
    """
    same = [one for one in said if one.word is Word.SAME]
    if same:
        return _confirmed(machine, max(same, key=lambda one: (one.decided_at, one.local_id)))
    excluded = {one.local_id: one for one in said if one.word is Word.DIFFERENT}
    left = {key: strength for key, strength in candidates.items() if key not in excluded}
    keeps_its_own = machine.counterpart_id is not None and machine.counterpart_id not in excluded
    if not excluded or keeps_its_own:
        return None
    if left:
        return _left_to_look_at(machine, excluded, left)
    if machine.counterpart_id is None and machine.verdict in _NO_COUNTERPART:
        return None
    if machine.verdict is Verdict.UNREADABLE:
        return replace(machine, rule=PERSON_RULE, counterpart_id=None, relation=None)
    return _without_candidates(machine, excluded, whole=whole)


def _confirmed(machine: Judgement, word: PersonSaid) -> Judgement:
    day = f"{word.decided_at:%Y-%m-%d}"
    return replace(
        machine,
        verdict=Verdict.CONFIRMED,
        rule=PERSON_RULE,
        strength=100,
        reason=f"You said on {day} that it is the same picture as {word.name}.",
        counterpart_id=word.local_id,
        relation=None,
    )


def _left_to_look_at(
    machine: Judgement, excluded: Mapping[int, PersonSaid], left: Mapping[int, int]
) -> Judgement:
    best = max(left, key=lambda key: (left[key], -key))
    other = "one other candidate is" if len(left) == 1 else f"{len(left)} other candidates are"
    return replace(
        machine,
        verdict=Verdict.REVIEW,
        rule=PERSON_RULE,
        strength=max(0, min(100, left[best])),
        reason=f"You said that {_names(excluded)}; {other} left to look at.",
        counterpart_id=best,
        relation=None,
    )


def _without_candidates(
    machine: Judgement, excluded: Mapping[int, PersonSaid], *, whole: bool
) -> Judgement:
    reason = f"You said that {_names(excluded)}, and nothing else comes near"
    return replace(
        machine,
        verdict=Verdict.MISSING if whole else Verdict.UNKNOWN,
        rule=PERSON_RULE,
        strength=0,
        reason=f"{reason}." if whole else f"{reason}; but not everything could be read.",
        counterpart_id=None,
        relation=None,
    )


def _names(excluded: Mapping[int, PersonSaid]) -> str:
    if len(excluded) == 1:
        (one,) = excluded.values()
        return f"{one.name} is another picture"
    return f"{len(excluded)} candidates are other pictures"


def group_keepers(members: Mapping[int, bool], words: Mapping[int, Word]) -> dict[int, bool]:
    """Return who is kept once a person has spoken; at least one member always is.

    Args:
        members: member -> whether the machine would keep it, in the group's order.
        words: member -> what the person said of it.

    Raises:
        UsageError: the words put every member away.
    """
    if members and all(words.get(key) is Word.NOT_NEEDED for key in members):
        raise UsageError(
            "Every copy of this group would be marked as not needed.",
            hint="Keep at least one of them.",
        )
    kept = {
        key: machine if key not in words else words[key] is Word.KEEP
        for key, machine in members.items()
    }
    if kept and not any(kept.values()):
        kept[next(key for key in members if key not in words)] = True
    return kept
