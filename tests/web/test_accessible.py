"""axe-core finds no serious fault in any page.

axe-core is not part of this repository; the test run gets it (`npm install --no-save axe-core`),
or GPHOTOS_RECONCILE_AXE names its axe.min.js.
"""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from gphotos_reconcile.web.server import write
from gphotos_reconcile.workflows.report import write_report
from tests.web.conftest import Start, launch
from tests.web.library import Shelf

pytestmark = pytest.mark.slow

_PLACES = (
    os.environ.get("GPHOTOS_RECONCILE_AXE", ""),
    str(Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"),
)


@pytest.fixture(scope="module")
def axe() -> str:
    """Give the source of axe-core."""
    for place in _PLACES:
        if place and Path(place).is_file():
            return Path(place).read_text("utf-8")
    pytest.skip("no axe-core here (npm install --no-save axe-core)")


def fill(shelf: Shelf) -> None:
    for number in range(1, 4):
        shelf.undecided(number)
    members = [shelf.item(f"{at}/IMG_0009.jpg", side="local", picture="p") for at in "abc"]
    shelf.group("local", dict.fromkeys(members, "identical"), members[0])


def faults(page: Page, axe: str) -> list[str]:
    """Return the serious and critical faults of the page as it stands."""
    page.evaluate(axe)
    found: Any = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_serious_accessibility_fault(
    start: Start, page: Page, axe: str, scheme: str, tmp_path: Path
) -> None:
    running = start(fill, pictures=12)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    launch(page, running)
    origin = running.session.origin
    found = {}
    for path in (
        "/", "/item/1", "/item/99", "/rules?same_name=1", "/history",
        "/groups/local", "/groups/local/1", "/groups/cloud", "/?show=missing", "/?show=decided",
        "/?year=1901",
    ):  # fmt: skip
        page.goto(f"{origin}{path}")
        page.wait_for_load_state()
        if path == "/":
            page.locator("summary").click()
            page.keyboard.press("ArrowRight")
            page.keyboard.press("1")
        found[path] = faults(page, axe)
    page.goto(f"{origin}/item/4")
    page.wait_for_load_state()
    page.keyboard.press("Enter")
    for view in ("b", "w", "d", " "):
        page.keyboard.press(view)
        found[f"zoom {view}"] = faults(page, axe)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    found["keys"] = faults(page, axe)
    write_report(running.catalog, "html", tmp_path)
    for media in ("screen", "print"):
        page.emulate_media(media="print" if media == "print" else "screen")
        page.goto((tmp_path / "report.html").as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        found[f"report on {media}"] = faults(page, axe)
    page.emulate_media(media="screen")
    write(running.catalog, tmp_path / "files")
    for path in ("index.html", "item-7.html", "groups-local.html"):
        page.goto((tmp_path / "files" / path).as_uri())
        found[path] = faults(page, axe)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{origin}/item/4")
    found["phone"] = faults(page, axe)

    assert {where: what for where, what in found.items() if what} == {}
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert faults(page, axe), "the check itself is blind"
