"""How long until a picture is on the screen of the review page, while an import runs.

    python benchmarks/review_latency.py PHOTOS_DIR [--items 200] [--opened 60] [--without-import]

Makes a catalogue of undecided items out of the photos given, opens the review page in headless
Chromium, and measures in the browser: from opening the page of an item at the queue's end, for
which nothing was made ahead, from opening one at its beginning, and from the key to both pictures
of the next item decoded (these are prefetched). All the while
copies of the photos, each with other bytes, are indexed by the program itself, with a worker on
every processor and again from the start when it has ended, and a third process commits batches of
an import's size to the review's catalogue. (One can't do both: the items here are made by hand, and
an index run would find that their files are of no library.)
"""

import argparse
import itertools
import multiprocessing
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing.synchronize import Event
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from gphotos_reconcile.store.engine import Catalog, open_catalog
from gphotos_reconcile.store.review import QueueFilter
from gphotos_reconcile.store.schema import file
from gphotos_reconcile.web.server import serving
from gphotos_reconcile.workflows.media_access import media_access
from gphotos_reconcile.workflows.review import Desk
from tests.web.conftest import ARGUMENTS
from tests.web.library import Shelf
from tests.web.test_together import long_import

_DECODED = """async () => {
  const shown = () => [...document.querySelectorAll('.pane:not([hidden]) img')];
  const isThere = one => one.naturalWidth;
  while (shown().filter(isThere).length < 2) await new Promise(requestAnimationFrame);
  await Promise.all(shown().map(one => one.decode().catch(() => undefined)));
  return performance.now();
}"""

_COPIED_BYTES = 2 << 30
_PAUSE_S = 0.25  # a thousand items a second, many times what any import saves
_STARTING_S = 5.0

# When each picture of the stage is decoded and the next frame with it is drawn.
_WATCH = """(() => {
  const seen = window.seen = { any: [], sharp: [] };
  const drawn = async (made, list) => {
    await made.decode().catch(() => undefined);
    requestAnimationFrame(() => seen[list].push(performance.now()));
  };
  document.addEventListener('load', ({ target }) => {
    if (target.matches?.('.pane:not([hidden]) img')) drawn(target, 'any');
  }, true);
  const place = Element.prototype.replaceWith;
  Element.prototype.replaceWith = function (...nodes) {
    if (this.closest('.pane') && nodes[0] instanceof HTMLImageElement) drawn(nodes[0], 'sharp');
    return place.apply(this, nodes);
  };
})()"""


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--items", type=int, default=200)
    parser.add_argument("--opened", type=int, default=60, help="how many times of each sort")
    parser.add_argument("--without-import", action="store_true")
    given = parser.parse_args()
    photos = sorted(path for path in given.photos.rglob("*") if path.is_file())
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        place = folder / "catalog.db"
        with open_catalog(str(place), write=True) as catalog:
            fill(catalog, photos, folder, given.items)
        if not given.without_import:
            stack.enter_context(importing(place, photos))
        catalog = stack.enter_context(open_catalog(str(place), write=True, exclusive=False))
        media = stack.enter_context(media_access(catalog))
        running = stack.enter_context(serving(catalog, media))
        playwright = stack.enter_context(sync_playwright())
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=ARGUMENTS
        )
        # Polling from outside the page evaluates text, which the pages forbid.
        page = chromium.new_page(viewport={"width": 1440, "height": 900}, bypass_csp=True)
        page.goto(running.url)
        page.add_init_script(_WATCH)
        queue = Desk(catalog).all_ids(QueueFilter())
        for where, ids in (
            ("at the queue's end", queue[: -1 - given.opened : -1]),
            ("at its beginning", queue[: given.opened]),
        ):
            first, sharp = opened(page, running.session.origin, ids)
            tell(f"opening an item {where}, its first preview", first)
            tell(f"opening an item {where}, both pictures sharp", sharp)
        tell(
            "key to both pictures of the next item",
            stepped(page, f"{running.session.origin}/item/{queue[given.opened]}", given.opened),
        )
        chromium.close()
    return 0


def fill(catalog: Catalog, photos: list[Path], folder: Path, items: int) -> None:
    """Make undecided items; every file of theirs is a link to one of the photos."""
    with catalog.begin() as conn:
        shelf = Shelf(conn)
        for number in range(1, items + 1):
            shelf.undecided(number)
        rows = conn.execute(file.select().order_by(file.c.file_id)).all()
        for number, row in enumerate(rows):
            # The cloud's copies lie beside the local ones: what counts is the decoding.
            photo = photos[number % len(photos)]
            link = folder / f"{number}{photo.suffix}"
            link.symlink_to(photo.resolve())
            values = {"path": str(link).encode(), "size_bytes": photo.stat().st_size}
            conn.execute(file.update().where(file.c.file_id == row.file_id).values(**values))


@contextmanager
def importing(place: Path, photos: list[Path]) -> Iterator[None]:
    """Index copies of the photos, and write batches, for as long as the context lasts."""
    spawn = multiprocessing.get_context("spawn")
    started, stop = spawn.Event(), spawn.Event()
    writer = spawn.Process(target=long_import, args=(str(place), started, stop, _PAUSE_S))
    with tempfile.TemporaryDirectory() as folder:
        copy_out(photos, Path(folder) / "library")
        indexing = threading.Thread(target=index_again, args=(Path(folder), stop))
        writer.start()
        indexing.start()
        try:
            started.wait(60)
            time.sleep(_STARTING_S)
            yield
        finally:
            stop.set()
            indexing.join()
            writer.join()


def copy_out(photos: list[Path], folder: Path) -> None:
    """Copy the photos many times, each time with other bytes, so that all of them are decoded."""
    folder.mkdir()
    size = sum(photo.stat().st_size for photo in photos)
    for number in range(max(1, _COPIED_BYTES // size)):
        for place, photo in enumerate(photos):
            tail = f"{number}".encode()
            (folder / f"{number}-{place}{photo.suffix}").write_bytes(photo.read_bytes() + tail)


def index_again(folder: Path, stop: Event) -> None:
    """Index the library into one fresh catalogue after the other."""
    for number in itertools.count():
        command = [sys.executable, "-m", "gphotos_reconcile", "--quiet", "--no-log", "--catalog"]
        command += [f"{folder}/{number}.db", "index", f"{folder}/library"]
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while running.poll() is None:
            if stop.wait(0.2):
                running.send_signal(signal.SIGINT)
                running.wait()
                return


def opened(page: Page, origin: str, item_ids: Iterable[int]) -> tuple[list[float], list[float]]:
    """Return seconds from a navigation's start to the first preview, and to both sharp ones."""
    first, sharp = [], []
    for item_id in item_ids:
        page.goto(f"{origin}/item/{item_id}", wait_until="commit")
        page.wait_for_function("window.seen && window.seen.sharp.length >= 2")
        seen = page.evaluate("window.seen")
        # A sharp picture that was made already comes without a first one before it.
        first.append(min(seen["any"] + seen["sharp"]) / 1000)
        sharp.append(seen["sharp"][1] / 1000)
    return first, sharp


def stepped(page: Page, address: str, count: int) -> list[float]:
    """Return seconds from a key to both pictures of the next item, at one item a second."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    found = []
    for _ in range(count):
        name = page.locator("#main").get_attribute("data-here")
        began = page.evaluate("performance.now()")
        page.keyboard.press("s")
        page.wait_for_selector(f"#main:not([data-here='{name}'])")
        ended = page.evaluate(_DECODED)
        found.append((ended - began) / 1000)
        page.wait_for_timeout(max(0, 1000 - (ended - began)))
    return found


def tell(what: str, found: list[float]) -> None:
    """Print the figures of one measurement."""
    ordered = sorted(found)
    p50, p95 = (ordered[int(len(ordered) * share)] for share in (0.5, 0.95))
    print(f"{what}: n={len(ordered)} p50={p50:.3f} s p95={p95:.3f} s max={ordered[-1]:.3f} s")


if __name__ == "__main__":
    sys.exit(main())
