"""Read what a request asks for; what is not as it has to be is refused in words."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request

from gphotos_reconcile.core.bulk import BulkRule
from gphotos_reconcile.core.decisions import Word
from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.core.model import Relation, Side, Verdict
from gphotos_reconcile.store.review import DECIDED, QueueFilter
from gphotos_reconcile.store.review_groups import GroupFilter
from gphotos_reconcile.workflows.decisions import Asked

_BODY_BYTES: Final = 64 << 20  # a file of decisions about 100,000 items
_BATCH: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")
_LARGEST_ID: Final = 2**63 - 1
_TEXT_FILTERS: Final = ("folder", "album", "year", "camera", "rule", "belongs")


def _refused(what: str) -> UsageError:
    return UsageError(f"The request cannot be used: {what}.", hint="Reload the page.")


def queue_filter(query: Mapping[str, str]) -> QueueFilter:
    """Return the filter that a query string asks for; what it does not know is the default."""
    show = query.get("show", Verdict.REVIEW.value)
    if show != DECIDED and show not in set(Verdict):
        show = Verdict.REVIEW.value
    texts = {name: query.get(name, "") for name in _TEXT_FILTERS}
    return QueueFilter(
        show=show,
        min_strength=_number(query.get("min_strength", "")),
        max_strength=_number(query.get("max_strength", "")),
        **texts,
    )


def group_filter(side: str, query: Mapping[str, str]) -> GroupFilter:
    """Return which groups a path and a query string ask for."""
    relation = query.get("relation", "")
    return GroupFilter(
        side=Side.LOCAL.value if side == Side.LOCAL else Side.CLOUD.value,
        relation=relation if relation in set(Relation) else "",
        decided=query.get("decided") == "1",
    )


def bulk_rule(query: Mapping[str, str]) -> BulkRule:
    """Return the rule that a form or a request asks for."""
    residual = query.get("max_residual", "")
    try:
        max_residual = float(residual) if residual else None
    except ValueError:
        max_residual = None
    return BulkRule(
        word=Word.DIFFERENT if query.get("word") == Word.DIFFERENT else Word.SAME,
        same_name=bool(query.get("same_name")),
        same_second=bool(query.get("same_second")),
        same_camera=bool(query.get("same_camera")),
        same_shape=bool(query.get("same_shape")),
        only_candidate=bool(query.get("only_candidate")),
        nothing_against=query.get("nothing_against", "1") != "0",
        min_strength=_number(query.get("rule_strength", "")) or 0,
        max_residual=max_residual,
        evidence=query.get("evidence", ""),
    )


def page_number(query: Mapping[str, str]) -> int:
    """Return the page that is asked for, counted from 1."""
    return max(1, _number(query.get("page", "")) or 1)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


async def body_of(request: Request) -> dict[str, Any]:
    """Return the JSON object that a request carries.

    Raises:
        UsageError: it carries something else, or too much.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _BODY_BYTES:
            raise _refused("it is too large")
    try:
        document = json.loads(bytes(body))
    except (ValueError, RecursionError):
        raise _refused("it is not JSON") from None
    if not isinstance(document, dict):
        raise _refused("it is not an object")
    return document


def item_id(value: object) -> int:
    """Return an id as the catalogue can hold it.

    Raises:
        UsageError: it is none.
    """
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= _LARGEST_ID:
        raise _refused("an id is not as we gave it")
    return value


def words_of(value: object) -> dict[int, Word]:
    """Return what is said of which item.

    Raises:
        UsageError: nothing is said, or a word is not ours.
    """
    if not isinstance(value, dict) or not 0 < len(value) <= 500:
        raise _refused("nothing is said in it")
    try:
        return {item_id(int(str(key))): Word(word) for key, word in value.items()}
    except (ValueError, TypeError):
        raise _refused("a word is not one of ours") from None


def asked_of(document: Mapping[str, Any]) -> Asked:
    """Return the batch and the version that a request names.

    Raises:
        UsageError: one of them is missing or malformed.
    """
    seen = document.get("seen")
    if not isinstance(seen, str) or len(seen) > 64:
        raise _refused("it does not say which version was seen")
    return Asked(batch=batch_of(document), seen=seen)


def batch_of(document: Mapping[str, Any]) -> str:
    """Return the batch that a request names.

    Raises:
        UsageError: it names none.
    """
    batch = document.get("batch")
    if not isinstance(batch, str) or not _BATCH.fullmatch(batch):
        raise _refused("it carries no batch")
    return batch


def texts_of(value: object) -> dict[str, str]:
    """Return an object of texts, as a query string would be.

    Raises:
        UsageError: it is something else.
    """
    if not isinstance(value, dict):
        raise _refused("the filter is no object")
    return {str(key): str(text) for key, text in value.items()}
