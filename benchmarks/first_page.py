"""Opens the review page as a browser would, but for drawing it."""

from http.cookiejar import CookieJar
from urllib.request import HTTPCookieProcessor, build_opener

from gphotos_reconcile.store.engine import Catalog
from gphotos_reconcile.web.server import serving
from gphotos_reconcile.workflows.media_access import media_access


def open_review(catalog: Catalog) -> None:
    """Start the server, sign in by its link, and read the first page."""
    with media_access(catalog) as media, serving(catalog, media) as running:
        browser = build_opener(HTTPCookieProcessor(CookieJar()))
        with browser.open(running.url) as answer:
            assert answer.status == 200
            assert b"<html" in answer.read()
