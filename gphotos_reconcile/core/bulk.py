"""Rules before clicks: what a person accepts in one go, previewed as a value first."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from gphotos_reconcile.core.decisions import Word

SAME_SECOND_S: Final = 1.0
"""Two capture times closer than this are called the same second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairFacts:
    """What a bulk rule can ask of an undecided cloud item and one of its candidates.

    None stands for "one side does not say": such a pair never holds a condition on it.
    `residual` is the largest difference of pixels that the verification measured, in grey levels.
    """

    cloud_id: int
    local_id: int
    subject: str
    object: str
    same_name: bool
    seconds_apart: float | None
    same_camera: bool | None
    same_shape: bool | None
    strength: int
    rules: frozenset[str]
    contradicted: bool
    residual: float | None = None
    candidates: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkRule:
    """Conditions that all have to hold; a person says `word` of every pair that they choose."""

    word: Word = Word.SAME
    same_name: bool = False
    same_second: bool = False
    same_camera: bool = False
    same_shape: bool = False
    only_candidate: bool = False
    nothing_against: bool = True
    min_strength: int = 0
    max_residual: float | None = None
    evidence: str = ""

    def conditions(self) -> tuple[str, ...]:
        """Return the conditions in words."""
        wanted = (
            (self.same_name, "same name"),
            (self.same_second, "same second"),
            (self.same_camera, "same camera"),
            (self.same_shape, "same shape"),
            (self.only_candidate, "only one candidate"),
            (self.nothing_against, "nothing against"),
            (bool(self.evidence), f"evidence {self.evidence}"),
            (self.min_strength > 0, f"strength {self.min_strength} or more"),
            (self.max_residual is not None, f"residual under {self.max_residual or 0:g}"),
        )
        return tuple(words for is_wanted, words in wanted if is_wanted)

    @property
    def is_bare(self) -> bool:
        """Tell whether nothing about the pictures is asked, so that it would take everything."""
        asked = self.same_name or self.same_second or self.min_strength or self.evidence
        return not asked and self.max_residual is None

    def holds(self, pair: PairFacts) -> bool:
        """Tell whether every condition holds for one pair."""
        return all(
            (
                not self.same_name or pair.same_name,
                not self.same_second or _within(pair.seconds_apart, SAME_SECOND_S),
                not self.same_camera or pair.same_camera is True,
                not self.same_shape or pair.same_shape is True,
                not self.only_candidate or pair.candidates == 1,
                not self.nothing_against or not pair.contradicted,
                not self.evidence or self.evidence in pair.rules,
                pair.strength >= self.min_strength,
                self.max_residual is None or _within(pair.residual, self.max_residual),
            )
        )


def _within(value: float | None, limit: float) -> bool:
    return value is not None and abs(value) < limit


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkPreview:
    """What a rule would do: the pairs it takes and how many items are left to look at.

    `stamp` names exactly these pairs; it is asked again when the rule is accepted.
    """

    rule: BulkRule
    pairs: tuple[PairFacts, ...]
    undecided: int
    stamp: str

    @property
    def taken(self) -> int:
        """Return the number of cloud items that the rule decides."""
        return len({pair.cloud_id for pair in self.pairs})

    @property
    def left(self) -> int:
        """Return the number of cloud items that stay undecided."""
        return self.undecided - self.taken


def preview_rule(rule: BulkRule, pairs: Iterable[PairFacts], undecided: int) -> BulkPreview:
    """Return what a rule would do to the undecided items.

    `same` is said of an item only where exactly one of its candidates holds the conditions: two
    that hold them alike are for the eye. `different` is said only where all candidates hold them.

    Args:
        rule: the conditions.
        pairs: every undecided pair, the pairs of one cloud item beside each other.
        undecided: how many cloud items are undecided.
    """
    taken: list[PairFacts] = []
    if not rule.is_bare:
        for _, group in groupby(pairs, key=lambda pair: pair.cloud_id):
            of_item = list(group)
            held = [pair for pair in of_item if rule.holds(pair)]
            wanted = 1 if rule.word is Word.SAME else len(of_item)
            if len(held) == wanted:
                taken += held
    names = "\n".join(f"{pair.subject}\t{pair.object}" for pair in taken)
    stamp = hashlib.sha256(f"{rule.word}\n{names}".encode()).hexdigest()[:32]
    return BulkPreview(rule=rule, pairs=tuple(taken), undecided=undecided, stamp=stamp)
