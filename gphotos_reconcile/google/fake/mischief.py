"""What a fault does to a question before it is answered, and to the answer afterwards."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from gphotos_reconcile.google.fake.answers import (
    Answer,
    Asked,
    RefusalError,
    as_json,
    day_quota,
    invalid,
    minute_quota,
    page,
)
from gphotos_reconcile.google.fake.faults import Fault
from gphotos_reconcile.google.fake.truth import Truth

Answerer = Callable[[Asked], Answer]

_REFUSALS: Final[dict[Fault, Callable[[], RefusalError]]] = {
    Fault.MINUTE: minute_quota,
    Fault.MINUTE_AS_400: lambda: invalid(
        "Quota exceeded for quota 'concurrent write request' of service "
        "'photoslibrary.googleapis.com'."
    ),
    Fault.DAY: day_quota,
    Fault.DAY_AS_400: lambda: day_quota(400),
    Fault.ERROR_500: lambda: RefusalError(500, "INTERNAL", "Internal error encountered."),
    Fault.ERROR_502: lambda: RefusalError(502, "", "Bad gateway"),
    Fault.ABORTED: lambda: RefusalError(409, "ABORTED", "The operation was aborted."),
    Fault.SESSION_DEAD: lambda: RefusalError(404, "NOT_FOUND", "The upload is not known."),
}

_PAGES: Final = {
    Fault.HTML: page("Sign in to this network", "<p>Welcome to the hotel."),
    Fault.URL_DEAD: page("403. That's an error.", "<p>Forbidden", 403),
    Fault.ERROR_503: replace(
        RefusalError(503, "UNAVAILABLE", "The service is currently unavailable.").answer,
        headers={"Retry-After": "7"},
    ),
}

_LISTS: Final = ("mediaItems", "newMediaItemResults", "mediaItemResults")


def instead(fault: Fault, asked: Asked, trap: str) -> Answer | None:
    """Return what comes instead of an answer, None when the request is carried out."""
    if fault is Fault.PAGE_DEAD:
        return invalid("Invalid page token.").answer if _token_of(asked) else None
    if fault is Fault.REDIRECT:
        return Answer(307, headers={"Location": f"{trap}/steal"})
    if fault in _PAGES:
        return _PAGES[fault]
    return _REFUSALS[fault]().answer if fault in _REFUSALS else None


def twisted(fault: Fault, asked: Asked, answerer: Answerer, truth: Truth) -> Answer:
    """Carry a request out, with a fault's change to it or to the answer."""
    if fault is Fault.PARTIAL:
        return _without(asked, answerer, lambda at: at % 2 == 1, 13)
    if fault is Fault.BYTES_UNKNOWN:
        return _without(asked, answerer, lambda at: at == 0, 3)
    if fault is Fault.EMPTY_PAGE:
        offset = truth.page_offset(_token_of(asked))
        return as_json({"nextPageToken": truth.page_token(offset or 0)})
    answer = answerer(asked)
    if answer.status != 200 or fault not in _EDITED:
        return answer
    return _edited(answer, lambda document: _edit(document, fault, _token_of(asked)))


_LIST_EDITS: Final[dict[Fault, Callable[[list[Any]], list[Any]]]] = {
    Fault.DOUBLED: lambda entries: [*entries, *entries[:5]],
    Fault.NULL_ENTRY: lambda entries: [*entries[:1], None, *entries[1:]],
    Fault.REORDERED: lambda entries: entries[::-1],
    Fault.SHORT: lambda entries: entries[:-1],
}


_EDITED: Final = frozenset({*_LIST_EDITS, Fault.SAME_PAGE, Fault.EARLY_END})


def _edit(document: dict[str, Any], fault: Fault, own_token: str) -> None:
    if fault is Fault.EARLY_END:
        document.pop("nextPageToken", None)
    elif fault is Fault.SAME_PAGE and own_token:  # the first page has none to repeat
        document["nextPageToken"] = own_token
    for name in _LISTS:
        if fault in _LIST_EDITS and isinstance(document.get(name), list):
            document[name] = _LIST_EDITS[fault](document[name])


def _edited(answer: Answer, edit: Callable[[dict[str, Any]], object]) -> Answer:
    document = json.loads(answer.body)
    edit(document)
    return replace(answer, body=json.dumps(document).encode())


def _without(asked: Asked, answerer: Answerer, fails: Callable[[int], bool], code: int) -> Answer:
    """Create only some of the items, and report the others as failed."""
    document = asked.document()
    new = document["newMediaItems"]
    kept = [item for at, item in enumerate(new) if not fails(at)]
    results: list[Any] = []
    if kept:
        body = json.dumps({**document, "newMediaItems": kept}).encode()
        answer = answerer(replace(asked, body=body))
        if answer.status != 200:
            return answer
        results = json.loads(answer.body)["newMediaItemResults"]
    for at, item in enumerate(new):
        if fails(at):
            token = item["simpleMediaItem"]["uploadToken"]
            status = {"code": code, "message": "Internal error or invalid upload token."}
            results.append({"uploadToken": token, "status": status})
    return as_json({"newMediaItemResults": results})


def _token_of(asked: Asked) -> str:
    if asked.method == "POST":
        return str(asked.document().get("pageToken", ""))
    return asked.first("pageToken")
