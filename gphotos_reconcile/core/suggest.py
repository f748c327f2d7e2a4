"""What to say of a word that is not among those that are known."""

import difflib
from collections.abc import Iterable
from typing import Final

from gphotos_reconcile.core.errors import UsageError

_ALIKE: Final = 0.5  # of 1: "profil" and "profile" are 0.92 alike


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint: the known words that are spelled like this one, or else all of them."""
    words = tuple(known)
    close = difflib.get_close_matches(word, words, n=3, cutoff=_ALIKE)
    if close:
        return f"Did you mean {' or '.join(close)}?"
    return f"There are: {', '.join(words)}."


def check_known(word: str, known: Iterable[str], what: str) -> None:
    """Refuse a word that is not among those that are known.

    Args:
        word: what was given.
        known: the words that may be given.
        what: what such a word names, for the message: "recipe", "verdict".

    Raises:
        UsageError: it is not known; the hint names those that are spelled alike.
    """
    words = tuple(known)
    if word not in words:
        raise UsageError(f"There is no {what} {word!r}.", hint=did_you_mean(word, words))
