"""Make the README's pictures of the report and the review page, from the sample.

    python -m docs.pictures [--out docs]

Makes the sample in a temporary folder, opens both pages in headless Chromium, light and dark, and
writes `report-light.png`, `report-dark.png`, `review-light.png` and `review-dark.png`.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from gphotos_reconcile.media.worker import WorkerPool
from gphotos_reconcile.store.engine import Catalog, open_catalog
from gphotos_reconcile.web.server import RunningReview, serving
from gphotos_reconcile.workflows.demo import run_demo
from gphotos_reconcile.workflows.media_access import media_access
from gphotos_reconcile.workflows.report import write_report
from tests.web.conftest import ARGUMENTS

MOST_BYTES = 200_000
_FLAT_COLOURS = 48
_PHOTO_COLOURS = 144
_SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def main() -> int:
    """Write the pictures; return 1 where one is too large for a README."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    out: Path = parser.parse_args().out
    sizes = dict(pictures(out))
    for name, size_bytes in sizes.items():
        print(f"{name}: {size_bytes:,} bytes")
    return int(max(sizes.values()) > MOST_BYTES)


def pictures(out: Path) -> Iterator[tuple[str, int]]:
    """Write each picture and yield its name and its size in bytes."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        place = str(folder / "catalog.db")
        with open_catalog(place, write=True) as catalog, WorkerPool(2) as pool:
            run_demo(folder, catalog, pool=pool)
        catalog = stack.enter_context(open_catalog(place, write=True, exclusive=False))
        report = Path(write_report(catalog, "html", folder))
        running = stack.enter_context(_review(catalog))
        browser = stack.enter_context(_chromium())
        review = _after_launch(browser, running)
        for scheme in _SCHEMES:
            page = browser.new_page(color_scheme=scheme, viewport={"width": 1200, "height": 1000})
            page.goto(report.as_uri())
            yield _save(page, out / f"report-{scheme}.png")
        for scheme in _SCHEMES:
            review.set_viewport_size({"width": 1200, "height": 860})
            review.emulate_media(color_scheme=scheme)
            yield _save(review, out / f"review-{scheme}.png")


@contextmanager
def _review(catalog: Catalog) -> Iterator[RunningReview]:
    with media_access(catalog) as media, serving(catalog, media) as running:
        yield running


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


def _after_launch(browser: Browser, running: RunningReview) -> Page:
    """Return a tab with the first undecided item beside its candidate."""
    page = browser.new_page()
    page.goto(running.url)
    page.locator("#cards h3 a").first.click()
    return page


def _save(page: Page, path: Path) -> tuple[str, int]:
    """Save what the tab shows in few colours, which is a quarter of the size."""
    page.wait_for_load_state("networkidle")
    page.evaluate("() => Promise.all([...document.images].map(one => one.decode().catch(() => 0)))")
    shot = Image.open(BytesIO(page.screenshot())).convert("RGB")
    shot.quantize(palette=_palette(shot)).save(path, optimize=True)
    return path.name, path.stat().st_size


def _palette(shot: Image.Image) -> Image.Image:
    """Return colours: those of the page itself unchanged, the rest for its photographs."""
    counted = shot.getcolors(shot.width * shot.height) or []
    common = sorted(counted, key=lambda found: found[0], reverse=True)[:_FLAT_COLOURS]
    flat = [part for _, colour in common for part in (colour if isinstance(colour, tuple) else ())]
    found = shot.quantize(_PHOTO_COLOURS, method=Image.Quantize.MEDIANCUT).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([*flat, *found])
    return palette


if __name__ == "__main__":
    sys.exit(main())
