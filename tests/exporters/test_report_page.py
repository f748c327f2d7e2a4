"""The report page: whole, small, without script, and deaf to what names try to say."""

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gphotos_reconcile.core.report import (
    Findings,
    Tally,
)
from gphotos_reconcile.core.report_words import STATES
from gphotos_reconcile.exporters.report_page import render_page
from gphotos_reconcile.exporters.report_page.charts import BAR_WIDTH, heat_maps, stacked
from gphotos_reconcile.exporters.report_page.page import MOST_THUMBNAIL_BYTES

from .reports import month_source, sample_report

HOSTILE = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</style><script>x</script>",
    "javascript:alert(1)", "{{ 7*7 }}", "{% raw %}", "&lt;b&gt;", "\u202egpj.exe", "\x1b[31mred",
    "a\x00b", "\udcff.jpg", "]]>", "<!-- x", "' onmouseover='alert(1)",
)  # fmt: skip


class _Page(HTMLParser):
    """Collects what a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def _no_picture(_item_id: int) -> None:
    return None


TAME = _Page(render_page(sample_report(), _no_picture))
TAME_TAGS = [tag for tag, _ in TAME.tags]
TAME_ATTRIBUTES = [sorted(given) for _, given in TAME.tags]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_text(name: str) -> None:
    page = _Page(render_page(sample_report(name), _no_picture))
    assert [tag for tag, _ in page.tags] == TAME_TAGS
    assert [sorted(given) for _, given in page.tags] == TAME_ATTRIBUTES


@settings(deadline=None, max_examples=25)
@given(name=st.text(max_size=40))
def test_no_name_adds_an_element_or_an_attribute(name: str) -> None:
    page = _Page(render_page(sample_report(name), _no_picture))
    assert page.of("script") == []
    assert [tag for tag, _ in page.tags] == TAME_TAGS


def test_names_that_turn_the_text_around_are_written_out() -> None:
    text = render_page(sample_report("\u202egpj.exe"), _no_picture)
    assert "\u202e" not in text
    assert r"\u202egpj.exe" in text


def test_the_page_is_closed_to_everything_but_its_own_style_and_pictures() -> None:
    text = render_page(sample_report(), lambda _id: b"\xff\xd8jpeg")
    page = _Page(text)
    policy = next(str(meta["content"]) for meta in page.of("meta") if "http-equiv" in meta)
    style = text.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.split("; ") == [
        "default-src 'none'", "img-src data:", f"style-src 'sha256-{digest}'", "base-uri 'none'",
        "form-action 'none'",
    ]  # fmt: skip
    handlers = [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert handlers == []
    assert not any("style" in attributes for _, attributes in page.tags)
    sources = [str(attributes["src"]) for attributes in page.of("img")]
    assert len(sources) == 3
    assert all(source.startswith("data:image/jpeg;base64,") for source in sources)
    assert not re.search(r"(?:href|src|url)\s*[=(]\s*[\"']?(?:https?:)?//", text)


def test_every_figure_is_there_as_a_table_too() -> None:
    page = TAME
    figures = [svg for svg in page.of("svg") if svg.get("aria-hidden") != "true"]
    assert all(svg.get("role") == "img" and svg.get("aria-label") for svg in figures)
    assert page.text.count("As a table") == len(page.of("details")) == 3


def test_the_sum_and_the_sentence_are_on_the_page() -> None:
    text = " ".join(TAME.text.split())
    assert "1 of 4 cloud items is safe (a.jpg)." in text
    assert "1 safe + 3 not safe = 4 of your own" in text


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_its_page(state: str) -> None:
    empty = replace(sample_report(), state=state, findings=Findings(), own=Tally(), next_steps=())
    assert _Page(render_page(empty, _no_picture)).of("h1")


def test_thumbnails_end_where_the_page_would_grow_too_large() -> None:
    asked = []

    def large(item_id: int) -> bytes:
        asked.append(item_id)
        return b"x" * (MOST_THUMBNAIL_BYTES // 2)

    text = render_page(sample_report(), large)
    assert (asked, text.count("data:image/jpeg")) == ([1, 2], 2)
    assert len(text.encode()) < 5_000_000


def test_an_item_without_a_picture_says_so() -> None:
    assert TAME.text.count("no preview") == 3


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=12))
def test_a_bar_shows_every_value_and_stays_inside(values: list[int]) -> None:
    segments = stacked([(str(n), value, "") for n, value in enumerate(values)], sum(values))
    assert [segment.css for segment in segments] == [str(n) for n, v in enumerate(values) if v]
    assert all(segment.width > 0 for segment in segments)
    assert sum(segment.width for segment in segments) <= BAR_WIDTH + 0.1
    ends = [round(segment.x + segment.width, 1) for segment in segments]
    assert all(abs(end - segment.x) < 0.2 for end, segment in zip(ends, segments[1:], strict=False))


def test_a_heat_map_has_a_square_for_each_month_of_each_year() -> None:
    maps = heat_maps(
        [month_source("2019-02", "cloud", "takeout", 8), month_source("2021-12", "local", "/a", 1)]
    )
    assert [(one.name, len(one.cells)) for one in maps] == [
        ("cloud: the share that is safe", 24),
        ("cloud: takeout", 24),
        ("local: /a", 24),
    ]
    assert [cell.title for cell in maps[0].cells if cell.css != "none"] == [
        "2019-02: 4 of 8 safe (50 %)"
    ]
    assert [cell.title for cell in maps[2].cells if cell.css != "none"] == ["2021-12: 1"]


def test_many_sources_are_summed_up_and_none_is_lost() -> None:
    coverage = [
        month_source("2019-01", "local", f"/disk{number:02d}", number + 1) for number in range(40)
    ]
    maps = heat_maps(coverage)
    shown = sum(
        int(cell.title.split(": ")[1]) for one in maps for cell in one.cells if cell.css != "none"
    )
    assert maps[-1].name == "local: 34 more sources"
    assert shown == sum(cell.items for cell in coverage)


def test_a_wild_range_of_years_keeps_the_newest() -> None:
    coverage = [month_source(f"{year}-01", "local", "/a", 1) for year in range(1900, 2030)]
    (only,) = heat_maps(coverage)
    assert (only.years[0][0], only.years[-1][0], len(only.years)) == ("1970", "2029", 60)


def test_commands_are_written_as_they_have_to_be_typed() -> None:
    text = render_page(
        sample_report(),
        _no_picture,
        lambda told: told.replace("gphotos-reconcile ", "gphotos-reconcile --catalog '<b>.db' "),
    )

    commands = re.findall(r"<code>(gphotos-reconcile.*?)</code>", text)
    assert len(commands) > 4
    assert all(told.startswith("gphotos-reconcile --catalog &#39;&lt;b&gt;") for told in commands)
