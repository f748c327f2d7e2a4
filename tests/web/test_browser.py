"""The review page in a real browser: every key, every view, two tabs, five thousand items."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from gphotos_reconcile.core.decision_file import load_decisions
from gphotos_reconcile.core.decisions import Decision
from gphotos_reconcile.store.decisions import all_decisions
from gphotos_reconcile.store.review import verdict_counts
from gphotos_reconcile.web.server import write
from gphotos_reconcile.workflows.decisions import import_decisions
from tests.web.conftest import Running, Start, launch
from tests.web.library import Shelf, many_undecided

pytestmark = pytest.mark.slow


def several(count: int) -> Any:
    def fill(shelf: Shelf) -> None:
        for number in range(1, count + 1):
            shelf.undecided(
                number, taken_at_utc=f"2019-05-04T10:{number // 60:02d}:{number % 60:02d}Z"
            )

    return fill


def standing(running: Running) -> list[Decision]:
    with running.catalog.connect() as conn:
        return [one for one in all_decisions(conn) if one.undone_at is None]


def said(running: Running) -> list[tuple[str, str]]:
    """Return names and words of what stands."""
    return [(one.subject_name, one.word.value) for one in standing(running)]


def counts(running: Running) -> dict[str, int]:
    with running.catalog.connect() as conn:
        return verdict_counts(conn)


def wait_saved(page: Page) -> None:
    expect(page.locator("#saving")).to_have_text("Saved")


def name_of(page: Page) -> str:
    return page.locator("#main h1").inner_text()


def test_in_the_grid_arrows_move_and_keys_decide(start: Start, page: Page) -> None:
    running = start(several(9), pictures=27)
    launch(page, running)
    focus = page.locator(".card:focus")

    page.keyboard.press("ArrowRight")
    expect(focus).to_have_attribute("data-name", "IMG_0001.jpg")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("l")
    expect(focus).to_have_attribute("data-name", "IMG_0003.jpg")
    page.keyboard.press("h")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    expect(focus).to_have_attribute("data-name", "IMG_0004.jpg")  # three columns at this width
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("ArrowUp")
    expect(focus).to_have_attribute("data-name", "IMG_0001.jpg")
    page.keyboard.press("1")
    page.keyboard.press("2")
    page.keyboard.press("s")
    page.keyboard.press("n")
    wait_saved(page)

    assert said(running) == [
        ("IMG_0001.jpg", "same"),
        ("IMG_0002.jpg", "same"),
        ("IMG_0004.jpg", "different"),
        ("IMG_0004.jpg", "different"),
    ]
    assert standing(running)[1].object_name == "IMG_0002_1.jpg"
    expect(page.locator(".card[data-done]")).to_have_count(3)
    page.keyboard.press("u")
    expect(page.locator(".card[data-done]")).to_have_count(2)
    expect(focus).to_have_attribute("data-name", "IMG_0004.jpg")
    page.keyboard.press("1")  # decided anew after the undo, with the version that the undo gave
    wait_saved(page)
    assert said(running)[-1] == ("IMG_0004.jpg", "same")


def test_an_item_is_decided_with_one_key_and_the_next_one_is_there(
    start: Start, page: Page
) -> None:
    running = start(several(5), pictures=15)
    launch(page, running)
    page.goto(f"{running.session.origin}/item/1")
    expect(page.locator(".pane:not([hidden]) img")).to_have_count(2)

    for key, name in (("1", "IMG_0002.jpg"), ("n", "IMG_0003.jpg"), ("s", "IMG_0004.jpg")):
        page.keyboard.press(key)
        expect(page.locator("#main h1")).to_have_text(name)
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#main h1")).to_have_text("IMG_0003.jpg")
    page.keyboard.press("l")
    expect(page.locator("#main h1")).to_have_text("IMG_0004.jpg")
    page.keyboard.press("]")
    expect(page.locator(".pane.local:not([hidden]) .pane-name")).to_have_text("IMG_0004_1.jpg")
    expect(page.locator("td:visible", has_text="IMG_0004_1.jpg")).to_have_count(1)
    page.keyboard.press("[")
    expect(page.locator(".pane.local:not([hidden]) .pane-name")).to_have_text("IMG_0004.jpg")
    page.keyboard.press("2")
    expect(page.locator("#main h1")).to_have_text("IMG_0005.jpg")
    wait_saved(page)
    words = [(one.subject_name, one.object_name, one.word.value) for one in standing(running)]
    assert words == [
        ("IMG_0001.jpg", "IMG_0001.jpg", "same"),
        ("IMG_0002.jpg", "IMG_0002.jpg", "different"),
        ("IMG_0002.jpg", "IMG_0002_1.jpg", "different"),
        ("IMG_0004.jpg", "IMG_0004_1.jpg", "same"),
    ]

    page.keyboard.press("u")
    expect(page.locator("#main h1")).to_have_text("IMG_0004.jpg")
    page.keyboard.press("u")
    expect(page.locator("#main h1")).to_have_text("IMG_0002.jpg")
    assert said(running) == [("IMG_0001.jpg", "same")]


def test_after_the_last_item_the_list_is_shown(start: Start, page: Page) -> None:
    running = start(several(1), pictures=3)
    launch(page, running)
    page.goto(f"{running.session.origin}/item/1")
    page.keyboard.press("1")
    page.wait_for_url(f"{running.session.origin}/")
    expect(page.locator(".empty")).to_be_visible()
    assert counts(running)["confirmed"] == 1


def test_in_the_zoom_arrows_change_the_picture_and_never_the_item(start: Start, page: Page) -> None:
    running = start(several(3), pictures=9)
    launch(page, running)
    page.goto(f"{running.session.origin}/item/1")
    page.keyboard.press("Enter")
    zoom = page.locator("#zoom")
    pressed = page.locator(".zoom-pictures [aria-pressed=true]")
    expect(zoom).to_be_visible()
    expect(page.locator(".zoom-pane")).to_have_count(2)
    expect(pressed).to_have_text(["In Google Photos", "On your disk, 1"])

    page.keyboard.press("ArrowRight")
    expect(pressed).to_have_text(["In Google Photos", "On your disk, 2"])
    page.keyboard.press("ArrowLeft")
    expect(pressed).to_have_text(["In Google Photos", "On your disk, 1"])
    for key in ("ArrowUp", "ArrowDown", "j", "k"):
        page.keyboard.press(key)
    page.keyboard.press("Space")
    expect(page.locator(".zoom-pane")).to_have_count(1)
    expect(pressed).to_have_text(["In Google Photos"])
    page.keyboard.press("Space")
    expect(pressed).to_have_text(["On your disk, 1"])
    page.keyboard.press("ArrowRight")
    expect(pressed).to_have_text(["On your disk, 2"])
    assert visible_pictures(page) == 1

    page.keyboard.press("w")
    expect(page.locator(".zoom-slider")).to_be_visible()
    page.keyboard.press("b")
    expect(page.locator(".zoom-pane")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(zoom).to_be_hidden()
    assert name_of(page) == "IMG_0001.jpg"
    assert page.url.endswith("/item/1")
    assert said(running) == []


def visible_pictures(page: Page) -> int:
    script = "all => all.filter(one => getComputedStyle(one).visibility === 'visible').length"
    found: int = page.locator(".zoom-pane img").evaluate_all(script)
    return found


def brightness(page: Page) -> tuple[float, float]:
    """Return mean and largest brightness of the difference picture."""
    expect(page.locator(".zoom-pane canvas[data-ready]")).to_have_count(1)
    script = """canvas => {
        const all = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        let sum = 0, most = 0;
        for (let at = 0; at < all.length; at += 4) {
            sum += all[at];
            most = Math.max(most, all[at]);
        }
        return [sum / (all.length / 4), most];
    }"""
    mean, most = page.locator(".zoom-pane canvas").evaluate(script)
    return mean, most


def test_the_difference_shows_what_moved_and_is_amplified(start: Start, page: Page) -> None:
    running = start(several(1), pictures=3)
    launch(page, running)
    page.goto(f"{running.session.origin}/item/1")
    page.keyboard.press("Enter")
    page.keyboard.press("d")
    same, _ = brightness(page)
    page.keyboard.press("ArrowRight")
    moved, most = brightness(page)
    assert same < moved
    assert most == 255
    for _ in range(2):
        page.keyboard.press("-")
    page.wait_for_timeout(100)
    assert brightness(page)[0] < moved


def test_one_to_one_is_the_same_place_in_both_pictures(start: Start, page: Page) -> None:
    running = start(several(1), pictures=3)
    launch(page, running)
    page.goto(f"{running.session.origin}/item/1")
    page.keyboard.press("Enter")
    expect(page.locator(".zoom-pane img[src]")).to_have_count(2)
    page.keyboard.press("z")
    places = "all => all.map(one => [one.style.left, one.style.top, one.style.width])"
    first, second = page.locator(".zoom-pane img").evaluate_all(places)
    assert first == second
    assert first[2] == "4000px"  # the larger of the two, pixel by pixel

    page.mouse.move(300, 400)
    page.mouse.down()
    page.mouse.move(200, 350, steps=4)
    page.mouse.up()
    page.keyboard.press("Shift+ArrowRight")
    moved, other = page.locator(".zoom-pane img").evaluate_all(places)
    assert moved == other != first
    page.keyboard.press("z")
    assert page.locator(".zoom-pane img").evaluate_all(places)[0][2] != "4000px"


def test_the_wheel_goes_to_the_pixels_under_the_pointer_and_back(start: Start, page: Page) -> None:
    running = start(several(1), pictures=3)
    launch(page, running)
    page.goto(f"{running.session.origin}/item/1")
    page.keyboard.press("Enter")
    first = page.locator(".zoom-pane").first
    box = first.bounding_box()
    assert box is not None
    expect(page.locator("#zoom [data-scale]")).to_have_attribute("aria-pressed", "false")

    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, -100)
    expect(page.locator("#zoom [data-scale]")).to_have_attribute("aria-pressed", "true")
    places = page.evaluate(
        "[...document.querySelectorAll('.zoom-pane img')].map(one => parseFloat(one.style.left))"
    )
    assert places[0] == places[1] < -box["width"] * 0.1  # the right edge, in both pictures

    page.mouse.wheel(0, 100)
    expect(page.locator("#zoom [data-scale]")).to_have_attribute("aria-pressed", "false")


def test_the_zoom_decides_too_and_moves_on(start: Start, page: Page) -> None:
    running = start(several(2), pictures=6)
    launch(page, running)
    page.goto(f"{running.session.origin}/item/1")
    page.keyboard.press("Enter")
    page.keyboard.press("1")
    expect(page.locator("#main h1")).to_have_text("IMG_0002.jpg")
    expect(page.locator("#zoom")).to_be_hidden()
    wait_saved(page)
    assert said(running) == [("IMG_0001.jpg", "same")]


def test_keys_pressed_faster_than_pages_come_hit_the_right_items(start: Start, page: Page) -> None:
    running = start(several(12))
    launch(page, running)
    page.goto(f"{running.session.origin}/item/1")
    for key in "11n1s2111":
        page.keyboard.press(key)
    expect(page.locator("#main h1")).to_have_text("IMG_0010.jpg")
    wait_saved(page)

    words = {one.subject_name[4:8]: one.word.value for one in standing(running)}
    assert words == {
        f"{n:04d}": "different" if n == 3 else "same" for n in (1, 2, 3, 4, 6, 7, 8, 9)
    }
    expect(page.locator(".toast.bad")).to_have_count(0)


def test_the_keys_are_shown_and_hidden(start: Start, page: Page) -> None:
    running = start(several(2))
    launch(page, running)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("1")  # no key acts behind it
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    assert said(running) == []


def test_a_rule_is_previewed_accepted_listed_and_undone_in_one_go(start: Start, page: Page) -> None:
    def fill(shelf: Shelf) -> None:
        several(40)(shelf)
        odd = shelf.item("Takeout/Google Photos/odd.jpg", side="cloud", taken_at_utc=None)
        other = shelf.item("other.jpg", side="local")
        shelf.reason(odd, other, "perceptual", 60)
        shelf.judge(odd, "review", counterpart_id=other)

    running = start(fill)
    launch(page, running)
    page.get_by_role("link", name="Decide many at once with a rule").click()
    page.get_by_label("have the same name").check()
    page.get_by_label("were taken in the same second").check()
    page.get_by_role("button", name="Show what it does").click()
    expect(page.locator(".outcome h2")).to_have_text(
        "same name, same second, nothing against: 40 items; 1 left for you."
    )
    assert said(running) == []

    page.locator("#accept").click()
    expect(page.locator(".batches tbody tr")).to_have_count(1)
    assert counts(running) == {"confirmed": 40, "review": 1, "decided": 40}
    expect(page.locator(".batches")).to_contain_text("same name, same second, nothing against")
    page.locator("[data-undo]").click()
    expect(page.locator(".batches .undone")).to_have_count(1)
    assert counts(running) == {"review": 41, "decided": 0}


def test_a_rule_previewed_before_something_changed_is_not_accepted(
    start: Start, context: BrowserContext, page: Page
) -> None:
    running = start(several(5))
    launch(page, running)
    page.goto(f"{running.session.origin}/rules?same_name=1")
    other = context.new_page()
    other.goto(f"{running.session.origin}/item/1")
    other.keyboard.press("n")
    wait_saved(other)

    page.locator("#accept").click()
    expect(page.locator(".toast.bad")).to_contain_text("changed elsewhere")
    assert {word for _, word in said(running)} == {"different"}


def test_two_tabs_do_not_overrule_each_other_unseen(
    start: Start, context: BrowserContext, page: Page
) -> None:
    running = start(several(3))
    launch(page, running)
    other = context.new_page()
    for tab in (page, other):
        tab.goto(f"{running.session.origin}/item/1")

    page.keyboard.press("1")
    wait_saved(page)
    other.keyboard.press("2")

    expect(other.locator(".toast.bad")).to_contain_text("changed elsewhere")
    assert said(running) == [("IMG_0001.jpg", "same")]
    with other.expect_navigation():
        other.locator(".toast a").click()
    expect(other.locator(".word-same").first).to_be_visible()
    other.keyboard.press("2")
    wait_saved(other)
    assert [one.object_name for one in standing(running)][-1] == "IMG_0001_1.jpg"


def test_five_thousand_undecided_items_are_paged(start: Start, page: Page) -> None:
    running = start(lambda shelf: many_undecided(shelf, 5000))
    launch(page, running)
    expect(page.locator("h1")).to_have_text("To decide 5,000")
    expect(page.locator(".card")).to_have_count(60)
    expect(page.locator(".pager")).to_contain_text("Page 1 of 84")
    page.goto(f"{running.session.origin}/?page=84")
    expect(page.locator(".card")).to_have_count(20)
    page.goto(f"{running.session.origin}/?page=42")
    page.locator(".card h3 a").first.click()
    expect(page.locator(".place")).to_have_text("2,461 of 5,000")
    page.wait_for_load_state()
    page.keyboard.press("1")
    expect(page.locator("#main h1")).to_have_text("IMG_2462.jpg")
    expect(page.locator(".place")).to_have_text(re.compile("2,46. of 4,999|2,462 of 5,000"))
    wait_saved(page)
    assert counts(running) == {"confirmed": 1, "review": 4999, "decided": 1}


def test_filters_narrow_the_queue_and_stay_while_deciding(start: Start, page: Page) -> None:
    running = start(several(9))
    launch(page, running)
    page.locator("summary").click()
    page.get_by_label("Album").select_option("Holiday")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator(".card")).to_have_count(3)
    page.locator(".card h3 a").first.click()
    page.wait_for_url("**/item/**")
    page.wait_for_load_state()
    page.keyboard.press("1")
    expect(page.locator("#main h1")).to_have_text("IMG_0006.jpg")
    assert "album=Holiday" in page.url


def groups(shelf: Shelf) -> None:
    for number in (1, 2):
        members = [
            shelf.item(f"{where}/IMG_000{number}.jpg", side="local", picture=f"p{number}")
            for where in "abc"
        ]
        shelf.group("local", dict.fromkeys(members, "identical"), members[0])


@pytest.mark.parametrize(
    ("relations", "heading", "chip"),
    [
        (("identical", "identical"), "2 copies of IMG_0001.jpg", "2 copies"),
        (("burst", "burst"), "2 frames of a series, from IMG_0001.jpg", "2 frames"),
        (("raw_jpeg", "raw_jpeg"), "2 files that belong together, like IMG_0001.jpg", "2 files"),
    ],
)
def test_a_group_is_called_what_it_is(
    start: Start, page: Page, relations: tuple[str, str], heading: str, chip: str
) -> None:
    def fill(shelf: Shelf) -> None:
        members = [shelf.item(f"{at}/IMG_0001.jpg", side="local", picture="p") for at in "ab"]
        shelf.group("local", dict(zip(members, relations, strict=True)), members[0])

    running = start(fill, pictures=3)
    launch(page, running)
    page.goto(f"{running.session.origin}/groups/local")
    expect(page.locator(".card .meta")).to_contain_text(chip)
    page.locator(".card h3 a").first.click()
    expect(page.locator("h1")).to_have_text(heading)


def words_of(page: Page) -> list[str]:
    found: list[str] = page.locator(".copy").evaluate_all("all => all.map(one => one.dataset.word)")
    return found


def test_copies_of_a_group_are_kept_put_away_and_undone_by_keys(start: Start, page: Page) -> None:
    running = start(groups, pictures=6)
    launch(page, running)
    page.goto(f"{running.session.origin}/groups/local")
    expect(page.locator(".card")).to_have_count(2)
    page.locator(".card h3 a").first.click()
    page.wait_for_url("**/groups/local/1")
    assert words_of(page) == ["keep", "", ""]

    page.keyboard.press("Enter")
    expect(page.locator("#zoom")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**/groups/local/2")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**/groups/local/1")
    expect(page.locator("h1")).to_contain_text("IMG_0001.jpg")

    page.keyboard.press("2")
    assert words_of(page) == ["not_needed", "keep", "not_needed"]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("x")
    wait_saved(page)
    page.reload()
    assert words_of(page) == ["keep", "keep", "not_needed"]
    page.keyboard.press("a")
    assert words_of(page) == ["keep", "keep", "keep"]
    wait_saved(page)
    page.keyboard.press("u")
    expect(page.locator(".copy[data-word=not_needed]")).to_have_count(1)


def test_the_last_copy_cannot_be_put_away(start: Start, page: Page) -> None:
    running = start(groups)
    launch(page, running)
    page.goto(f"{running.session.origin}/groups/local/1")
    for copy in page.locator(".copy").all():
        copy.get_by_role("button", name="Not needed").click()
    expect(page.locator(".toast.bad")).to_contain_text("At least one copy is always kept")
    wait_saved(page)
    assert words_of(page) == ["not_needed", "not_needed", "keep"] or words_of(page)[2] == ""
    body = {"side": "local", "group": 1, "batch": "z" * 32, "words": {"3": "not_needed"}}
    with running.catalog.connect() as conn:
        version = f"{len(all_decisions(conn))}.0"
    status, told = running.post("/api/say-group", body | {"seen": version})
    assert (status, told["error"]) == (
        400,
        "Every copy of this group would be marked as not needed.",
    )


def test_decisions_go_out_and_come_in_as_a_file(start: Start, page: Page, tmp_path: Path) -> None:
    running = start(several(2))
    launch(page, running)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("1")
    wait_saved(page)
    page.goto(f"{running.session.origin}/history")
    with page.expect_download() as coming:
        page.get_by_role("link", name="Save as file").click()
    path = tmp_path / "decisions.json"
    coming.value.save_as(path)
    (decision,) = load_decisions(path.read_text("utf-8"))
    assert decision.subject_name == "IMG_0001.jpg"

    path.write_text(path.read_text("utf-8").replace(decision.uid, "another uid"), "utf-8")
    page.locator("#import").set_input_files(path)
    expect(page.locator(".toast")).to_contain_text("Read 1 decisions, 1 of them new")
    assert len(standing(running)) == 2


def test_the_pages_as_files_bring_decisions_back(start: Start, page: Page, tmp_path: Path) -> None:
    def fill(shelf: Shelf) -> None:
        several(3)(shelf)
        groups(shelf)

    running = start(fill, pictures=9)
    out = tmp_path / "pages"
    write(running.catalog, out)
    page.goto((out / "index.html").as_uri())
    expect(page.locator(".card")).to_have_count(3)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("1")
    page.locator(".card h3 a").nth(1).click()
    expect(page.locator("#main h1")).to_have_text("IMG_0002.jpg")
    expect(page.locator(".pane:not([hidden]) img")).to_have_count(2)
    page.keyboard.press("Enter")
    page.keyboard.press("d")
    expect(page.locator("canvas[data-ready]")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.locator("#main h1")).to_have_text("IMG_0003.jpg")
    page.keyboard.press("2")
    page.wait_for_url("**/index.html")
    page.keyboard.press("u")
    expect(page.locator(".card[data-done]")).to_have_count(2)
    page.goto((out / "group-local-1.html").as_uri())
    page.keyboard.press("2")
    page.reload()
    assert words_of(page) == ["not_needed", "keep", "not_needed"]
    with page.expect_download() as coming:
        page.locator("#download").click()

    text = Path(coming.value.path()).read_text("utf-8")
    report = import_decisions(running.catalog, text)
    assert (report.read, report.new) == (6, 6)
    assert import_decisions(running.catalog, text).new == 0
    assert said(running) == [
        ("IMG_0001.jpg", "same"),
        ("IMG_0002.jpg", "different"),
        ("IMG_0002.jpg", "different"),
        ("IMG_0001.jpg", "not_needed"),
        ("IMG_0001.jpg", "keep"),
        ("IMG_0001.jpg", "not_needed"),
    ]
    assert counts(running)["confirmed"] == 1
    leaked = [
        path.name
        for path in out.rglob("*")
        if path.is_file() and str(tmp_path) in path.read_text("latin-1")
    ]
    assert [name for name in leaked if not re.fullmatch(r".*\.html", name)] == []


@pytest.mark.parametrize("width_px", [390, 700, 1000, 1200, 1440])
def test_no_field_sticks_out_of_its_box(start: Start, page: Page, width_px: int) -> None:
    running = start(several(3))
    page.set_viewport_size({"width": width_px, "height": 860})
    launch(page, running)
    page.goto(f"{running.session.origin}/rules?same_name=1")
    outside = page.evaluate(
        "[...document.querySelectorAll('fieldset input, fieldset select, fieldset button')]"
        ".filter(one => one.getBoundingClientRect().right >"
        " one.closest('fieldset').getBoundingClientRect().right).map(one => one.name)"
    )
    assert outside == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_colour_schemes_are_readable_and_nothing_is_wider_than_a_phone(
    start: Start, page: Page, scheme: str
) -> None:
    def fill(shelf: Shelf) -> None:
        several(3)(shelf)
        groups(shelf)

    running = start(fill, pictures=15)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": 390, "height": 844})
    launch(page, running)
    for path in (
        "/",
        "/item/1",
        "/rules?same_name=1",
        "/groups/local",
        "/groups/local/1",
        "/history",
    ):
        page.goto(f"{running.session.origin}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        ground, ink = page.evaluate(
            "[document.documentElement, document.body].map((one, at) => "
            "getComputedStyle(one)[at ? 'color' : 'backgroundColor'])"
        )
        dark, light = (ground, ink) if scheme == "dark" else (ink, ground)
        assert channel(dark) < 60
        assert channel(light) > 200


def channel(colour: str) -> int:
    found = re.findall(r"\d+", colour)
    return int(found[0])


def test_pictures_are_large_and_nothing_jumps_when_the_next_item_comes(
    start: Start, page: Page
) -> None:
    running = start(several(4), pictures=12)
    launch(page, running)
    page.goto(f"{running.session.origin}/item/1")
    boxes = """all => all.map(one => {
        const box = one.getBoundingClientRect();
        return [box.x, box.y, box.width, box.height];
    })"""
    visible = ".pane:not([hidden]) .frame, .actions"
    before = page.locator(visible).evaluate_all(boxes)
    assert sum(width * height for _, _, width, height in before[:2]) > 0.55 * 1280 * 860
    for name in ("IMG_0002.jpg", "IMG_0003.jpg"):
        page.keyboard.press("1")
        expect(page.locator("#main h1")).to_have_text(name)
        assert page.locator(visible).evaluate_all(boxes) == before


def test_the_next_items_pictures_are_there_before_they_are_asked_for(
    start: Start, page: Page
) -> None:
    running = start(several(4), pictures=12)
    launch(page, running)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_response(re.compile("/preview/7/medium\\?ahead")):
        page.goto(f"{running.session.origin}/item/1")
    page.wait_for_load_state("networkidle")
    asked.clear()
    page.keyboard.press("s")
    expect(page.locator("#main h1")).to_have_text("IMG_0002.jpg")
    picture = page.locator(".pane.cloud img")
    assert str(picture.get_attribute("src")).startswith("blob:")
    assert not [url for url in asked if "/preview/4/" in url]


def test_items_that_are_not_the_users_own_are_told_apart_from_missing_ones(
    start: Start, page: Page
) -> None:
    def fill(shelf: Shelf) -> None:
        for name, belongs in (("a", "own"), ("b", "own"), ("c", "partner"), ("d", "trash")):
            shelf.judge(shelf.item(f"Takeout/{name}.jpg", side="cloud", belongs=belongs), "missing")

    running = start(fill)
    launch(page, running)
    page.goto(f"{running.session.origin}/?show=missing")

    expect(page.locator(".lead")).to_contain_text(
        "2 of these are not your own (partner 1, trash 1)"
    )
    expect(page.locator(".card")).to_have_count(4)
    page.get_by_role("link", name="Only your own").click()
    expect(page.locator(".card")).to_have_count(2)
    expect(page.locator(".lead")).to_have_count(0)


def test_a_very_long_name_without_a_preview_breaks_no_page(start: Start, page: Page) -> None:
    name = "IMG_" + "long_" * 45 + ".jpg"

    def fill(shelf: Shelf) -> None:
        cloud = shelf.item(f"Takeout/{name}", side="cloud")
        local = shelf.item(name, side="local")
        shelf.reason(cloud, local, "perceptual", 60)
        shelf.judge(cloud, "review", counterpart_id=local)

    running = start(fill)
    launch(page, running)

    expect(page.locator(".card .nothing")).to_have_count(2)
    card = page.locator(".card").bounding_box()
    assert card is not None
    assert card["height"] < 400
    page.locator(".card h3 a").click()
    expect(page.locator(".pane .nothing")).to_have_count(2)
    inner, outer = page.locator(".pane.local .nothing").evaluate(
        "one => [one.scrollWidth, one.closest('.frame').clientWidth]"
    )
    assert inner <= outer


def test_no_preview_is_said_in_words(start: Start, page: Page) -> None:
    running = start(several(1))
    launch(page, running)
    page.goto(f"{running.session.origin}/item/1")
    expect(page.locator(".pane.cloud .nothing")).to_contain_text(re.compile(r"[a-z]{3,}"))
    expect(page.locator("img.picture:visible")).to_have_count(0)


def test_json_in_the_page_is_what_was_put_there(start: Start, page: Page) -> None:
    running = start(several(1))
    launch(page, running)
    pictures = json.loads(str(page.locator(".card").get_attribute("data-zoom")))
    assert [one["label"] for one in pictures] == [
        "In Google Photos",
        "On your disk, 1",
        "On your disk, 2",
    ]
