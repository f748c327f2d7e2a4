"""The routes of the review page. GET never changes anything; POST is JSON with a CSRF token."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from gphotos_reconcile.core.decisions import ChangedElsewhereError
from gphotos_reconcile.core.errors import ReconcileError, UsageError
from gphotos_reconcile.core.model import Problem
from gphotos_reconcile.core.names import display_text
from gphotos_reconcile.web.asked import (
    asked_of,
    batch_of,
    body_of,
    bulk_rule,
    group_filter,
    item_id,
    page_number,
    queue_filter,
    texts_of,
    words_of,
)
from gphotos_reconcile.web.guard import Guard, Session
from gphotos_reconcile.web.links import ServerLinks, filter_query
from gphotos_reconcile.web.pages import ASSETS, asset_bytes, render
from gphotos_reconcile.web.ranges import ranged
from gphotos_reconcile.workflows.decisions import (
    accept_bulk,
    decide_group,
    decide_pairs,
    export_decisions,
    import_decisions,
    preview_bulk,
    undo_batch,
)
from gphotos_reconcile.workflows.media_access import MediaAccess
from gphotos_reconcile.workflows.previews import SIZES_PX
from gphotos_reconcile.workflows.review import Desk
from gphotos_reconcile.workflows.turns import CatalogBusyError

_SAMPLE: Final = 24
_LINKS: Final = ServerLinks()
_KEPT: Final = {"Cache-Control": "private, max-age=86400, immutable"}

# 503 makes the page ask again with the same batch, which counts once.
_STATUS: Final = ((ChangedElsewhereError, 409), (CatalogBusyError, 503))


def create_app(desk: Desk, media: MediaAccess, session: Session) -> Starlette:
    """Return the application for one session."""
    site = _Site(desk, media, session)
    pages: tuple[tuple[str, Callable[[Request], Response]], ...] = (
        ("/", site.queue),
        ("/item/{item_id}", site.item),
        ("/groups/{side}", site.groups),
        ("/groups/{side}/{group_id}", site.group),
        ("/rules", site.rules),
        ("/history", site.history),
        ("/decisions.json", site.export),
        ("/preview/{item_id}/{size}", site.preview),
        ("/video/{item_id}", site.video),
        ("/static/{name}", site.asset),
    )
    changes: tuple[tuple[str, Callable[[dict[str, Any]], dict[str, Any]]], ...] = (
        ("/api/say", site.say),
        ("/api/say-group", site.say_group),
        ("/api/accept", site.accept),
        ("/api/undo", site.undo),
        ("/api/import", site.take_file),
    )
    routes = [Route(path, show, methods=["GET"]) for path, show in pages]
    routes += [Route(path, _changing(act), methods=["POST"]) for path, act in changes]
    return Starlette(
        routes=routes,
        middleware=[Middleware(Guard, session=session)],
        exception_handlers={ReconcileError: _told, Exception: _bug},
    )


def _bug(request: Request, error: Exception) -> Response:
    """Log what is a bug of ours, and say that there is one."""
    logging.getLogger(__name__).error("%s %s", request.method, request.url.path, exc_info=error)
    told = {"error": "This failed: a bug of gphotos-reconcile.", "hint": "The log has the details."}
    if request.method == "POST":
        return JSONResponse(told, status_code=500)
    page = render("trouble.html", _LINKS, {"message": told["error"], "hint": told["hint"]})
    return HTMLResponse(page, status_code=500)


def _told(request: Request, error: Exception) -> Response:
    """Answer an error that is meant for a person."""
    assert isinstance(error, ReconcileError)  # noqa: S101 - the handler is registered for it
    status = next((code for kind, code in _STATUS if isinstance(error, kind)), 400)
    if request.method == "POST":
        told = {"error": display_text(str(error)), "hint": display_text(error.hint)}
        return JSONResponse(told, status_code=status)
    page = render("trouble.html", _LINKS, {"message": str(error), "hint": error.hint})
    return HTMLResponse(page, status_code=404 if status == 400 else status)


def _id(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 19):
        raise UsageError("There is no such page.", hint="Go back to the list.")
    return item_id(int(text))


def _changing(
    act: Callable[[dict[str, Any]], dict[str, Any]],
) -> Callable[[Request], Awaitable[Response]]:
    """Return the route of something that changes the catalogue."""

    async def route(request: Request) -> Response:
        document = await body_of(request)
        return JSONResponse(await run_in_threadpool(act, document))

    return route


class _Site:
    """One method for each route; blocking ones run in threads."""

    def __init__(self, desk: Desk, media: MediaAccess, session: Session) -> None:
        self._desk = desk
        self._media = media
        self._session = session

    def _page(self, template: str, **values: Any) -> HTMLResponse:
        common = {"csrf": self._session.csrf, "counts": self._desk.counts(), "store": ""}
        return HTMLResponse(render(template, _LINKS, common | values))

    def queue(self, request: Request) -> Response:
        """Show a page of the queue."""
        wanted = queue_filter(request.query_params)
        found = self._desk.queue(wanted, page_number(request.query_params))
        is_filtered = bool(filter_query(wanted).keys() - {"show"})
        return self._page("queue.html", queue=found, wanted=wanted, is_filtered=is_filtered)

    def item(self, request: Request) -> Response:
        """Show an item beside its candidates; `part` asks for the middle of the page alone."""
        wanted, cloud_id = queue_filter(request.query_params), _id(request.path_params["item_id"])
        # The page is shown now, or soon where only its part is asked for: begin at once.
        part = bool(request.query_params.get("part"))
        self._media.previews.warm([cloud_id], "small", ahead=part)
        found, place = self._desk.item(cloud_id, wanted)
        values = {"one": found, "place": place, "wanted": wanted}
        shown = [found.facts.item_id, *(one.facts.item_id for one in found.candidates[:1])]
        for size in ("medium", "small"):
            self._media.previews.warm(shown, size, ahead=part)
        if part:
            return HTMLResponse(render("item_part.html", _LINKS, values))
        return self._page("item.html", **values)

    def groups(self, request: Request) -> Response:
        """Show a page of groups of duplicates."""
        wanted = group_filter(request.path_params["side"], request.query_params)
        found = self._desk.groups(wanted, page_number(request.query_params))
        return self._page("groups.html", found=found, wanted=wanted)

    def group(self, request: Request) -> Response:
        """Show one group of duplicates."""
        wanted = group_filter(request.path_params["side"], request.query_params)
        found, before, after = self._desk.group(wanted, _id(request.path_params["group_id"]))
        return self._page("group.html", group=found, before=before, after=after, wanted=wanted)

    def rules(self, request: Request) -> Response:
        """Show what a rule would decide, with some of the pairs."""
        query = request.query_params
        wanted, rule = queue_filter(query), bulk_rule(query)
        preview = preview_bulk(self._desk.catalog, wanted, rule)
        sample = self._desk.cards([pair.cloud_id for pair in preview.pairs[:_SAMPLE]])
        return self._page(
            "rules.html",
            rule=rule,
            preview=preview,
            sample=sample,
            wanted=wanted,
            asked=dict(query),
            filter_query=filter_query(wanted),
            rule_query={k: v for k, v in asdict(rule).items() if v not in {None, ""}},
            past=[one for one in self._desk.history().batches if one.note],
        )

    def history(self, request: Request) -> Response:
        """Show what was decided."""
        return self._page(
            "history.html", history=self._desk.history(page_number(request.query_params))
        )

    def export(self, request: Request) -> Response:
        """Give all decisions as a file."""
        del request
        return Response(
            export_decisions(self._desk.catalog),
            media_type="application/json",
            headers={"Content-Disposition": 'attachment; filename="decisions.json"'},
        )

    def preview(self, request: Request) -> Response:
        """Give a preview, re-encoded by us; never the bytes of the user's file."""
        size = request.path_params["size"]
        if size not in SIZES_PX:
            return PlainTextResponse("No such size.\n", status_code=404)
        ahead = "ahead" in request.query_params
        found = self._media.previews.get(_id(request.path_params["item_id"]), size, ahead=ahead)
        if isinstance(found, Problem):
            return PlainTextResponse(display_text(found.message) + "\n", status_code=404)
        return Response(found, media_type="image/jpeg")

    def video(self, request: Request) -> Response:
        """Give a video's own bytes; what is not a video by its content is refused."""
        found = self._media.video(_id(request.path_params["item_id"]))
        if isinstance(found, Problem):
            return PlainTextResponse(display_text(found.message) + "\n", status_code=404)
        return ranged(found.source, found.mime_type, request.headers.get("range", ""))

    def asset(self, request: Request) -> Response:
        """Give a script or style of ours."""
        name = request.path_params["name"]
        if name not in ASSETS:
            return PlainTextResponse("No such file.\n", status_code=404)
        return Response(asset_bytes(name), media_type=ASSETS[name], headers=_KEPT)

    def say(self, document: dict[str, Any]) -> dict[str, Any]:
        """Keep what was said of a cloud item and its candidates."""
        answer = decide_pairs(
            self._desk.catalog,
            item_id(document.get("item")),
            words_of(document.get("words")),
            asked_of(document),
        )
        return asdict(answer)

    def say_group(self, document: dict[str, Any]) -> dict[str, Any]:
        """Keep what was said of the members of a group."""
        wanted = group_filter(str(document.get("side")), {})
        answer = decide_group(
            self._desk.catalog,
            wanted.side,
            item_id(document.get("group")),
            words_of(document.get("words")),
            asked_of(document),
        )
        return asdict(answer)

    def accept(self, document: dict[str, Any]) -> dict[str, Any]:
        """Keep a rule's word of all the pairs in its preview."""
        asked = asked_of(document)
        query = texts_of(document.get("filter")) | texts_of(document.get("rule"))
        saved = accept_bulk(
            self._desk.catalog, queue_filter(query), bulk_rule(query), asked.seen or "", asked
        )
        return {"saved": saved, "batch": asked.batch}

    def undo(self, document: dict[str, Any]) -> dict[str, Any]:
        """Take back a batch, the newest one where none is named."""
        batch = batch_of(document) if document.get("batch") else self._desk.newest_batch()
        if batch is None:
            raise UsageError("Nothing is left to undo.", hint="All decisions are undone.")
        found = undo_batch(self._desk.catalog, batch)
        return {"undone": found.count, "versions": dict(found.versions), "batch": batch}

    def take_file(self, document: dict[str, Any]) -> dict[str, Any]:
        """Take in a file of decisions."""
        return asdict(import_decisions(self._desk.catalog, str(document.get("text"))))
