"""Small pictures for a page that is written once and can do without them."""

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final

from gphotos_reconcile.exporters.report_page import Thumbnail
from gphotos_reconcile.store.engine import Catalog
from gphotos_reconcile.workflows.media_access import media_access

_MAKERS: Final = 2


@contextmanager
def thumbnails(catalog: Catalog, ids: Iterable[int], *, seconds: float) -> Iterator[Thumbnail]:
    """Make thumbnails of these items, in this order, while there is time.

    Yields:
        What gives the picture of an item, waiting for it until the time is up.
    """
    end = time.monotonic() + seconds
    with media_access(catalog) as media, ThreadPoolExecutor(_MAKERS) as makers:

        def make(item_id: int) -> bytes | None:
            if time.monotonic() > end:
                return None
            made = media.previews.get(item_id, "small")
            return made if isinstance(made, bytes) else None

        coming = {item_id: makers.submit(make, item_id) for item_id in dict.fromkeys(ids)}

        def thumbnail(item_id: int) -> bytes | None:
            if item_id not in coming:
                return None
            try:
                return coming[item_id].result(max(end - time.monotonic(), 0))
            except TimeoutError:
                return None

        yield thumbnail
