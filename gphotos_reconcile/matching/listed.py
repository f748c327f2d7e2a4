"""What may be said of an item of which only an API's reduced picture was seen."""

from dataclasses import replace

from gphotos_reconcile.core.model import Judgement, Verdict

_NOT_PROVEN = (
    "But only Google's reduced copy of it was looked at: frames of a burst and small edits can "
    "look the same at that size. An export, or your own eye, decides."
)
_NOTHING_NEAR = (
    "Nothing that was indexed looks like Google's reduced copy of it. No export here holds its "
    "file, so nothing more is said."
)


def of_listed(judgement: Judgement) -> Judgement:
    """Return a judgement without a claim, and without saying that anything is missing.

    The evidence stays: it is what a person decides by.
    """
    if judgement.verdict.is_claim:
        return replace(
            judgement,
            verdict=Verdict.REVIEW,
            rule="reduced_picture",
            strength=min(judgement.strength, 60),
            reason=f"{judgement.reason} {_NOT_PROVEN}",
        )
    if judgement.verdict in {Verdict.MISSING, Verdict.UNKNOWN}:
        return replace(judgement, verdict=Verdict.UNKNOWN, rule="only_listed", reason=_NOTHING_NEAR)
    return judgement
