"""The options that choose items, shared by everything that writes plans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.core.model import Kind, Verdict

if TYPE_CHECKING:
    from gphotos_reconcile.core.selection import Filter

Verdicts = Annotated[
    list[str], typer.Option("--verdict", help="Only items with this verdict; repeatable.")
]
Kinds = Annotated[list[str], typer.Option("--kind", help="Only photo, raw, video or motion.")]
Years = Annotated[list[int], typer.Option("--year", help="Only items taken in this year.")]
Albums = Annotated[list[str], typer.Option("--album", help="Only items of this album.")]
Include = Annotated[
    list[str], typer.Option("--include", help="Also partner, shared, trash or locked items.")
]


def item_filter(
    verdicts: Sequence[str],
    kinds: Sequence[str],
    others: tuple[Sequence[int], Sequence[str], Sequence[str]],
) -> Filter:
    """Return the filter that the options ask for.

    Raises:
        UsageError: a verdict, kind or group that there is not.
    """
    from gphotos_reconcile.core.selection import NOT_SAFE, Filter

    years, albums, include = others
    groups = {"own", "partner", "shared", "trash", "locked"}
    _check(verdicts, {v.value for v in Verdict}, "verdict")
    _check(kinds, {k.value for k in Kind}, "kind")
    _check(include, groups, "group")
    return Filter(
        verdicts=frozenset(Verdict(v) for v in verdicts) or NOT_SAFE,
        kinds=frozenset(Kind(k) for k in kinds) or None,
        years=frozenset(years) or None,
        albums=frozenset(albums) or None,
        belonging=frozenset({"own", *include}),
    )


def _check(words: Sequence[str], known: set[str], what: str) -> None:
    for word in words:
        if word not in known:
            raise UsageError(
                f"There is no {what} {word!r}.",
                hint="Take one of " + ", ".join(sorted(known)) + ".",
            )
