"""Where pages lie: on the server, or as files in a folder. No path of the user's is in any."""

from dataclasses import asdict
from typing import Protocol
from urllib.parse import urlencode

from gphotos_reconcile.store.review import QueueFilter
from gphotos_reconcile.store.review_groups import GroupFilter


class Links(Protocol):
    """The addresses of pages, pictures and styles, relative to the page that names them."""

    is_server: bool

    def asset(self, name: str, version: str) -> str:
        """Return the address of a script or style."""
        ...

    def queue(self, wanted: QueueFilter, page: int = 1) -> str:
        """Return the address of a page of the queue."""
        ...

    def item(self, item_id: int, wanted: QueueFilter) -> str:
        """Return the address of an item's page."""
        ...

    def groups(self, wanted: GroupFilter, page: int = 1) -> str:
        """Return the address of a page of groups."""
        ...

    def group(self, group_id: int, wanted: GroupFilter) -> str:
        """Return the address of a group's page."""
        ...

    def preview(self, item_id: int, size: str) -> str:
        """Return the address of a preview."""
        ...

    def video(self, item_id: int) -> str:
        """Return the address of a video's bytes, "" where they are not to be had."""
        ...


class ServerLinks:
    """Addresses on the local server."""

    is_server = True

    def asset(self, name: str, version: str) -> str:
        """Return the address of a script or style."""
        return f"/static/{name}?v={version}"

    def queue(self, wanted: QueueFilter, page: int = 1) -> str:
        """Return the address of a page of the queue."""
        return _with_query("/", filter_query(wanted) | ({"page": str(page)} if page > 1 else {}))

    def item(self, item_id: int, wanted: QueueFilter) -> str:
        """Return the address of an item's page."""
        return _with_query(f"/item/{item_id}", filter_query(wanted))

    def groups(self, wanted: GroupFilter, page: int = 1) -> str:
        """Return the address of a page of groups."""
        pages = {"page": str(page)} if page > 1 else {}
        return _with_query(f"/groups/{wanted.side}", _group_query(wanted) | pages)

    def group(self, group_id: int, wanted: GroupFilter) -> str:
        """Return the address of a group's page."""
        return _with_query(f"/groups/{wanted.side}/{group_id}", _group_query(wanted))

    def preview(self, item_id: int, size: str) -> str:
        """Return the address of a preview."""
        return f"/preview/{item_id}/{size}"

    def video(self, item_id: int) -> str:
        """Return the address of a video's bytes."""
        return f"/video/{item_id}"


class FileLinks:
    """Names of files in one folder; filters do not work there, so each page has one name."""

    is_server = False

    def asset(self, name: str, version: str) -> str:
        """Return the name of a script or style."""
        del version
        return f"static/{name}"

    def queue(self, wanted: QueueFilter, page: int = 1) -> str:
        """Return the name of a page of the queue."""
        del wanted
        return "index.html" if page == 1 else f"page-{page}.html"

    def item(self, item_id: int, wanted: QueueFilter) -> str:
        """Return the name of an item's page."""
        del wanted
        return f"item-{item_id}.html"

    def groups(self, wanted: GroupFilter, page: int = 1) -> str:
        """Return the name of a page of groups."""
        return f"groups-{wanted.side}{'' if page == 1 else f'-{page}'}.html"

    def group(self, group_id: int, wanted: GroupFilter) -> str:
        """Return the name of a group's page."""
        return f"group-{wanted.side}-{group_id}.html"

    def preview(self, item_id: int, size: str) -> str:
        """Return the name of a preview; there is none for every pixel."""
        return f"previews/{item_id}-{'medium' if size == 'large' else size}.jpg"

    def video(self, item_id: int) -> str:
        """Return that videos are not copied."""
        del item_id
        return ""


def filter_query(wanted: QueueFilter) -> dict[str, str]:
    """Return the parts of a filter that ask for something other than the plain queue does."""
    plain = asdict(QueueFilter())
    return {k: str(v) for k, v in asdict(wanted).items() if v != plain[k] and v is not None}


def _group_query(wanted: GroupFilter) -> dict[str, str]:
    query = {"relation": wanted.relation} if wanted.relation else {}
    return query | ({"decided": "1"} if wanted.decided else {})


def _with_query(path: str, query: dict[str, str]) -> str:
    return f"{path}?{urlencode(query, errors='backslashreplace')}" if query else path
