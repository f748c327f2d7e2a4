"""Everything known of one item: its verdict, its counterparts, and all evidence in words."""

from dataclasses import dataclass
from typing import Any

from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.store.engine import Catalog
from gphotos_reconcile.store.explain import (
    ItemFacts,
    find_items,
    item_evidence,
    item_facts,
    items_relying_on,
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """One item with all that speaks for and against each counterpart."""

    item: ItemFacts
    evidence: tuple[dict[str, Any], ...]
    relied_on_by: tuple[ItemFacts, ...]
    would_change: str


_WOULD_CHANGE = {
    "identical": "Nothing short of the local file being changed or deleted: the bytes are equal.",
    "same_content": "Only a change of the encoded picture in one of the two files.",
    "same_picture": "Your own word in `gphotos-reconcile review`, or a better local file.",
    "confirmed": "Taking your decision back in `gphotos-reconcile review`.",
    "smaller_copy": "Copying the better file from the cloud beside the small one, then `index`.",
    "variant": "Your own word in `gphotos-reconcile review`, or the original turning up locally.",
    "review": "Your word: run `gphotos-reconcile review`.",
    "missing": "Indexing another folder that holds it: `gphotos-reconcile index DIR`.",
    "unknown": "Reading what was cut short: see `gphotos-reconcile report` and `doctor`.",
    "unreadable": "A fresh download of the part of the export that holds it.",
}


def explain(catalog: Catalog, path: str) -> tuple[Explanation, ...]:
    """Return every item whose path ends with `path`, on either side.

    Raises:
        UsageError: the catalogue knows no such path.
    """
    with catalog.connect() as conn:
        ids = find_items(conn, path)
        if not ids:
            raise UsageError(
                f"The catalogue knows no item with the path or id {path}.",
                hint="Give the end of a path as the reports show it, or an item_id.",
            )
        found = []
        for item_id in ids:
            item = item_facts(conn, item_id)
            change = _WOULD_CHANGE.get(item.verdict or "", "")
            found.append(
                Explanation(
                    item,
                    tuple(item_evidence(conn, item_id)),
                    tuple(item_facts(conn, other) for other in items_relying_on(conn, item_id)),
                    change,
                )
            )
    return tuple(found)
