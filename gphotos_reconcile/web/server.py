"""Run the review page: this machine only, a port that nobody knows before, until it is stopped."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uvicorn

from gphotos_reconcile.store.engine import Catalog
from gphotos_reconcile.store.review import QueueFilter
from gphotos_reconcile.web.app import create_app
from gphotos_reconcile.web.files import WrittenPages, write_files
from gphotos_reconcile.web.guard import Session
from gphotos_reconcile.workflows.media_access import MediaAccess, media_access
from gphotos_reconcile.workflows.review import Desk

_HOST: Final = "127.0.0.1"
_WARM_ITEMS: Final = 4
_LATER_ITEMS: Final = 1000  # two small pictures each take some 50 MB, and a minute of a processor


@dataclass(frozen=True, slots=True)
class RunningReview:
    """A server that answers until `stop` is called."""

    session: Session
    server: uvicorn.Server

    @property
    def url(self) -> str:
        """Return the link that opens the pages, once."""
        return self.session.launch_url


def serve(catalog: Catalog, announce: Callable[[str], None]) -> None:
    """Serve the review page until the user stops it (Ctrl-C).

    Args:
        catalog: opened for writing, without the lock of long writers.
        announce: is given the launch link once the server listens.
    """
    with media_access(catalog) as media, _listening() as listener:
        running = _prepare(catalog, media, listener)
        announce(running.url)
        running.server.run(sockets=[listener])


def write(catalog: Catalog, out: Path, *, dry_run: bool = False) -> WrittenPages:
    """Write the pages as files into a folder; see `write_files`."""
    with media_access(catalog) as media:
        return write_files(Desk(catalog), media, out, dry_run=dry_run)


@contextmanager
def serving(catalog: Catalog, media: MediaAccess) -> Iterator[RunningReview]:
    """Serve in a thread of this process while the context lasts."""
    with _listening() as listener:
        running = _prepare(catalog, media, listener)
        thread = threading.Thread(target=running.server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield running
        finally:
            running.server.should_exit = True
            thread.join()


@contextmanager
def _listening() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.bind((_HOST, 0))  # the system picks a free port
        listener.listen()
        yield listener


def _prepare(catalog: Catalog, media: MediaAccess, listener: socket.socket) -> RunningReview:
    desk = Desk(catalog)
    session = Session(port=listener.getsockname()[1])
    # The first pictures are made while the browser still starts, and all workers with them.
    first = list(desk.shown_ids(QueueFilter(), _WARM_ITEMS))
    media.previews.warm(first, "medium")
    media.previews.warm(first, "small", ahead=False)
    media.previews.warm_later(desk.shown_ids(QueueFilter(), _LATER_ITEMS))
    config = uvicorn.Config(
        create_app(desk, media, session),
        lifespan="off",
        ws="none",
        http="h11",
        log_level="critical",  # it tells of requests cut off at the end; errors are logged by us
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=2,
    )
    return RunningReview(session, uvicorn.Server(config))
