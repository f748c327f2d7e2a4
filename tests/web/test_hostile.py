"""Names, albums, EXIF and error texts may hold anything; in the page they stay text."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

from gphotos_reconcile.web.server import write
from tests.web.conftest import Start, launch
from tests.web.library import Shelf

pytestmark = pytest.mark.slow

COUNT = int(os.environ.get("GPHOTOS_RECONCILE_PAYLOADS", "200"))
"""How many payloads are tried."""

_CORES = (
    "<script>alert({n})</script>",
    "<img src=x onerror=alert({n})>",
    "<svg onload=alert({n})>",
    "'><svg/onload=alert({n})>",
    '"><img src=x onerror=alert({n})>',
    '" autofocus onfocus=alert({n}) x="',
    "' onmouseover=alert({n}) x='",
    "</script><script>alert({n})</script>",
    "</title><script>alert({n})</script>",
    "</textarea><script>alert({n})</script>",
    "--><script>alert({n})</script>",
    "]]><script>alert({n})</script>",
    "javascript:alert({n})",
    "data:text/html,<script>alert({n})</script>",
    "{{{{7*7}}}}{{% for x in ().__class__ %}}{n}",
    "${{alert({n})}}`${{alert({n})}}`",
    "<iframe srcdoc='<script>alert({n})</script>'>",
    "<object data=javascript:alert({n})>",
    "<a href=javascript:alert({n})>x</a>",
    "<meta http-equiv=refresh content='0;url=javascript:alert({n})'>",
    "<base href=//evil.example/>{n}",
    "<link rel=stylesheet href=//evil.example/{n}>",
    "<style>*{{background:url(//evil.example/{n})}}</style>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert({n})>",
    "<template><script>alert({n})</script></template>",
    "\\u003cscript\\u003ealert({n})\\u003c/script\\u003e",
    "&lt;script&gt;alert({n})&lt;/script&gt;",
    '{{"label":"</script><script>alert({n})</script>"}}',
    "<details open ontoggle=alert({n})>",
    "<video><source onerror=alert({n})></video>",
    "\x1b]0;{n}\x07\x1b[2J",
    "\u202egpj.{n}\u2066<script>alert({n})</script>",
    "a\r\nSet-Cookie: x={n}\r\n\r\n<script>alert({n})</script>",
    "=cmd|' /C calc'!A{n}",
    "\ufeff<script>alert({n})</script>",
    "<scr\x00ipt>alert({n})</scr\x00ipt>",
    "\udcff<script>alert({n})</script>",
    "%3Cscript%3Ealert({n})%3C/script%3E",
    "<form action=//evil.example><button>{n}</button></form>",
    "<noscript><p title='</noscript><img src=x onerror=alert({n})>'>",
)


def payloads() -> list[str]:
    made = [core.format(n=number) for number in range(10) for core in _CORES]
    return made[:COUNT]


def as_text(payload: str) -> str:
    """Return what the catalogue can hold: no NUL in names, no lone surrogate in text columns."""
    return payload.replace("\x00", "").encode("utf-8", "backslashreplace").decode()


def hostile(shelf: Shelf) -> None:
    for number, payload in enumerate(payloads(), start=1):
        evil = as_text(payload).replace("/", "∕")
        facts = {
            name: as_text(payload)
            for name in ("camera_make", "camera_model", "lens_model", "software", "mime_type")
        }
        facts |= {"problem_stage": "decode", "problem_message": as_text(payload)}
        cloud = shelf.item(
            f"Takeout/{evil}/{evil}{number}.jpg",
            side="cloud",
            albums=(as_text(payload), f"{as_text(payload)}{number}"),
            facts=facts,
            description=as_text(payload),
            product_url=as_text(payload),
            belongs=as_text(payload),
            taken_at_utc=f"2019-05-04T10:{number // 60:02d}:{number % 60:02d}Z",
        )
        local = shelf.item(f"{evil}/{evil}{number}.jpg", side="local", facts=facts)
        shelf.reason(cloud, local, as_text(payload), 50, as_text(payload))
        shelf.judge(cloud, "review", reason=as_text(payload), counterpart_id=local)
        if number % 20 == 0:
            shelf.group("local", {local: as_text(payload), local - 2: "near"}, local)


def watch(context: BrowserContext) -> list[str]:
    """Return a list that grows when anything of a payload acts."""
    acted: list[str] = []
    context.add_init_script(
        "window.alert = window.confirm = window.prompt = (x) => { (window.acted ??= []).push(x); };"
    )

    def outside(request: Request) -> None:
        if "evil.example" in request.url:
            acted.append(request.url)

    context.on("request", outside)
    context.on("dialog", lambda one: acted.append(one.message))
    return acted


def look(page: Page, acted: list[str]) -> None:
    """Fail if a script ran, or markup came to life that is not ours."""
    assert page.evaluate("window.acted ?? []") == []
    assert acted == []
    alive = page.evaluate(
        "[...document.querySelectorAll('*')].filter(one => [...one.attributes].some("
        "at => at.name.startsWith('on')) || ['IFRAME', 'OBJECT', 'BASE', 'STYLE', 'SVG']"
        ".includes(one.tagName.toUpperCase()) || (one.tagName === 'SCRIPT' && one.textContent)"
        " || (one.href ?? '').toString().startsWith('javascript:')).map(one => one.outerHTML)"
    )
    assert alive == []


def test_nothing_in_any_text_comes_to_life(
    start: Start, context: BrowserContext, page: Page
) -> None:
    running = start(hostile)
    acted = watch(context)
    launch(page, running)
    origin = running.session.origin
    total = len(payloads())
    for number in range(-(-total // 60)):
        page.goto(f"{origin}/?page={number + 1}")
        look(page, acted)
    page.locator("summary").click()
    with running.catalog.connect() as conn:
        query = "SELECT item_id FROM item WHERE side = 'cloud' ORDER BY item_id"
        ids = list(conn.exec_driver_sql(query).scalars())
    page.goto(f"{origin}/item/{ids[0]}")
    for _ in ids[1:]:
        look(page, acted)
        here = page.locator("#main").get_attribute("data-here")
        page.keyboard.press("ArrowRight")
        expect(page.locator("#main")).not_to_have_attribute("data-here", str(here))
    page.keyboard.press("Enter")
    page.wait_for_selector("#zoom[open]")
    look(page, acted)
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    page.wait_for_timeout(300)
    for path in ("/history", "/rules?rule_strength=1", "/groups/local", "/groups/local/1"):
        page.goto(f"{origin}{path}")
        look(page, acted)


def test_nothing_comes_to_life_in_the_pages_as_files(
    start: Start, context: BrowserContext, page: Page, tmp_path: Path
) -> None:
    def fill(shelf: Shelf) -> None:
        hostile(shelf)

    running = start(fill)
    write(running.catalog, tmp_path / "pages")
    acted = watch(context)
    files = sorted((tmp_path / "pages").glob("*.html"))
    for path in files if COUNT > 200 else files[:: max(1, len(files) // 40)]:
        page.goto(path.as_uri())
        look(page, acted)


def test_nothing_in_the_address_comes_to_life(
    start: Start, context: BrowserContext, page: Page
) -> None:
    running = start(lambda shelf: shelf.undecided(1))
    acted = watch(context)
    launch(page, running)
    names = ("album", "folder", "camera", "rule", "year", "show", "belongs", "evidence")
    for payload in payloads()[:: COUNT // 4]:
        quoted = "".join(f"%{byte:02x}" for byte in as_text(payload).encode())
        query = "&".join(f"{name}={quoted}" for name in names)
        for path in ("/", "/item/1", "/rules", "/groups/local"):
            page.goto(f"{running.session.origin}{path}?{query}")
            look(page, acted)
