"""The options that choose items, shared by everything that writes plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from gphotos_reconcile.cli.completing import one_of, verdicts
from gphotos_reconcile.core.model import Kind, Verdict
from gphotos_reconcile.core.suggest import check_known

if TYPE_CHECKING:
    from gphotos_reconcile.core.selection import Filter

_GROUPS = ("own", "partner", "shared", "trash", "locked")

Verdicts = Annotated[
    list[str],
    typer.Option(
        "--verdict", help="Only items with this verdict; repeatable.", autocompletion=verdicts
    ),
]
Kinds = Annotated[
    list[str],
    typer.Option("--kind", help="Only photo, raw, video or motion.", autocompletion=one_of(Kind)),
]
Years = Annotated[list[int], typer.Option("--year", help="Only items taken in this year.")]
Albums = Annotated[list[str], typer.Option("--album", help="Only items of this album.")]
MinSize = Annotated[int, typer.Option("--min-size", min=0, help="Only items of at least N bytes.")]
MaxSize = Annotated[
    int | None, typer.Option("--max-size", min=0, help="Only items of at most N bytes.")
]
Include = Annotated[
    list[str],
    typer.Option(
        "--include",
        help="Also partner, shared, trash or locked items.",
        autocompletion=one_of(_GROUPS),
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The options as they were given."""

    verdicts: Sequence[str] = ()
    kinds: Sequence[str] = ()
    years: Sequence[int] = ()
    albums: Sequence[str] = ()
    include: Sequence[str] = ()
    min_size: int = 0
    max_size: int | None = None

    def filter(self) -> Filter:
        """Return the filter that the options ask for.

        Raises:
            UsageError: a verdict, kind or group that there is not.
        """
        from gphotos_reconcile.core.selection import NOT_SAFE, Filter

        for words, known, what in (
            (self.verdicts, Verdict, "verdict"),
            (self.kinds, Kind, "kind"),
            (self.include, _GROUPS, "group"),
        ):
            for word in words:
                check_known(word, known, what)
        return Filter(
            verdicts=frozenset(Verdict(v) for v in self.verdicts) or NOT_SAFE,
            kinds=frozenset(Kind(k) for k in self.kinds) or None,
            years=frozenset(self.years) or None,
            albums=frozenset(self.albums) or None,
            min_size_bytes=self.min_size,
            max_size_bytes=self.max_size,
            belonging=frozenset({"own", *self.include}),
        )
