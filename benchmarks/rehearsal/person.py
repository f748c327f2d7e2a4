"""Plays the person who looks at what the program could not decide, and knows the truth."""

import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path

from gphotos_reconcile.core.decisions import Word
from gphotos_reconcile.core.model import SAFE_VERDICTS
from gphotos_reconcile.store.engine import open_catalog
from gphotos_reconcile.workflows.decisions import Asked, decide_pairs

_UNDECIDED = """
SELECT r.item_id, r.path, l.item_id, l.path
FROM reconciliation AS r
JOIN evidence_rows AS e ON e.cloud_item_id = r.item_id
JOIN local_items AS l ON l.item_id = e.local_item_id
WHERE r.verdict = 'review'
GROUP BY r.item_id, l.item_id ORDER BY r.item_id, l.item_id
"""


def decide_all(catalog: Path, truth: Iterable[Mapping[str, str]]) -> int:
    """Say of each candidate of each undecided item whether it is the same; return how many."""
    held = {line["path"]: line["counterpart"] for line in truth if _may_claim(line)}
    with sqlite3.connect(f"file:{catalog}?mode=ro", uri=True) as conn:
        pile = conn.execute(_UNDECIDED).fetchall()
    words: dict[int, dict[int, Word]] = {}
    for cloud_id, path, local_id, local_path in pile:
        same = held.get(path) == local_path
        words.setdefault(cloud_id, {})[local_id] = Word.SAME if same else Word.DIFFERENT
    with open_catalog(str(catalog), write=True, exclusive=False) as opened:
        for cloud_id, said in words.items():
            decide_pairs(opened, cloud_id, said, Asked(batch=f"rehearsal-{cloud_id}"))
    return len(words)


def _may_claim(line: Mapping[str, str]) -> bool:
    return any(right in SAFE_VERDICTS for right in line["verdicts"].split(","))
