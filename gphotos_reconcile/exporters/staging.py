"""Staging plans as files, for the ways that lead through the user's own browser."""

import base64
import csv
import html
import io
import json
import re
from collections.abc import Callable, Iterator
from typing import Final

from gphotos_reconcile.core.names import display_text
from gphotos_reconcile.core.staging import HAND_ITEMS, StagedItem, StagingPlan, Way, chunks
from gphotos_reconcile.core.times import utc_text
from gphotos_reconcile.exporters.copylist import csv_cell

Thumbnail = Callable[[int], bytes | None]
"""item_id -> a small JPEG, None where there is none."""

_LINK: Final = re.compile(r"https://photos\.google\.com/[\w/.~-]+")

_COLUMNS: Final = (
    "group", "item_id", "way", "filename", "taken_at_utc", "size_bytes", "link", "media_key",
    "albums", "reason",
)  # fmt: skip

_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>{title}</title>
<style>
 body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem;
  padding: 0 1rem; color: CanvasText; background: Canvas; color-scheme: light dark }}
 h2 {{ position: sticky; top: 0; background: Canvas; padding: .5rem 0 }}
 li {{ display: flex; gap: .8rem; align-items: center; padding: .3rem 0 }}
 body, li > span:last-child {{ min-width: 0; overflow-wrap: anywhere }}
 ul {{ list-style: none; padding: 0 }}
 img {{ width: 4rem; height: 4rem; object-fit: cover; border-radius: .3rem; flex: none }}
 input {{ width: 1.4rem; height: 1.4rem; flex: none }}
 .none {{ width: 4rem; height: 4rem; background: color-mix(in srgb, CanvasText 10%, Canvas);
  border-radius: .3rem; flex: none }}
 li:has(:checked) {{ opacity: .5 }}
 small {{ display: block; opacity: .75 }}
</style></head><body>
<h1>{title}</h1>
<p>{statement}</p>
<p>Open each link, add the photo to the album, then tick it here. Ticks stay in this browser.
 <strong id="count"></strong></p>
{groups}
<script>
"use strict";
const plan = {plan};
const boxes = [...document.querySelectorAll("input[type=checkbox]")];
const key = box => "gphotos-reconcile:" + plan + ":" + box.value;
const count = () => {{ document.getElementById("count").textContent =
  boxes.filter(box => box.checked).length + " of " + boxes.length + " done"; }};
for (const box of boxes) {{
  box.checked = localStorage.getItem(key(box)) === "1";
  box.addEventListener("change", () => {{
    if (box.checked) localStorage.setItem(key(box), "1"); else localStorage.removeItem(key(box));
    count();
  }});
}}
count();
</script></body></html>
"""


def hand_page(plan: StagingPlan, thumbnail: Thumbnail | None = None) -> str:
    """Return a page of links in groups of 500, with dates, pictures and ticks that are kept.

    It loads nothing from anywhere; names and albums are escaped, and only addresses of Google
    Photos become links.
    """
    groups = "".join(
        f"<h2>Group {number}: {len(group)} photos</h2>\n<ul>\n"
        + "".join(_entry(staged, thumbnail) for staged in group)
        + "</ul>\n"
        for number, group in enumerate(_hand_groups(plan), 1)
    )
    return _PAGE.format(
        title=html.escape(display_text(plan.title)),
        statement=html.escape(plan.statement),
        groups=groups or "<p>Nothing has to be done by hand.</p>",
        plan=json.dumps(plan.plan_id).replace("<", "\\u003c"),
    )


def plan_csv(plan: StagingPlan) -> str:
    """Return every item of the plan with its way; hand items carry the number of their group.

    The first line is the plan's statement as a comment.
    """
    group_of = {
        staged.item.item_id: number
        for number, group in enumerate(_hand_groups(plan), 1)
        for staged in group
    }
    stream = io.StringIO()
    stream.write(f"# {plan.statement}\n")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for staged in plan.items():
        item = staged.item
        cells = (
            group_of.get(item.item_id, ""), item.item_id, staged.way.value,
            display_text(item.filename), utc_text(item.taken_at) or "", item.size_bytes,
            item.product_url or "", item.media_key or "",
            " | ".join(map(display_text, item.albums)), staged.reason,
        )  # fmt: skip
        writer.writerow([csv_cell(cell) for cell in cells])
    return stream.getvalue()


def media_keys(plan: StagingPlan) -> str:
    """Return one media key per line, of every item that the API cannot add."""
    keys = (s.item.media_key for s in plan.items(Way.HAND, Way.TOOLKIT))
    return "".join(f"{key}\n" for key in dict.fromkeys(keys) if key)


def dedup_keys(plan: StagingPlan) -> str:
    """Return one SHA-1 per line, as URL-safe base64 without padding, as the toolkit takes it."""
    digests = dict.fromkeys(s.item.sha1 for s in plan.items(Way.HAND, Way.TOOLKIT))
    encoded = (base64.urlsafe_b64encode(bytes.fromhex(d)).decode() for d in digests if d)
    return "".join(f"{text.rstrip('=')}\n" for text in encoded)


def plan_json(plan: StagingPlan) -> str:
    """Return the whole plan as one JSON document, statement first."""
    document = {
        "statement": plan.statement,
        "plan_id": plan.plan_id,
        "title": plan.title,
        "albums": plan.albums,
        "upload_bytes": plan.upload_bytes,
        "batches": [
            {
                "album": batch.album,
                "way": batch.way.value,
                "items": [
                    {
                        "item_id": staged.item.item_id,
                        "filename": staged.item.filename,
                        "google_id": staged.item.google_id,
                        "media_key": staged.item.media_key,
                        "link": staged.item.product_url,
                        "taken_at_utc": utc_text(staged.item.taken_at),
                        "reason": staged.reason,
                    }
                    for staged in batch.items
                ],
            }
            for batch in plan.batches
        ],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _hand_groups(plan: StagingPlan) -> Iterator[tuple[StagedItem, ...]]:
    return chunks(plan.items(Way.HAND), HAND_ITEMS)


def _entry(staged: StagedItem, thumbnail: Thumbnail | None) -> str:
    item = staged.item
    name = html.escape(display_text(item.filename))
    when = html.escape(
        (utc_text(item.taken_at) or "no date").replace("T", " ").replace("Z", " UTC")
    )
    albums = html.escape(", ".join(map(display_text, item.albums)))
    link = item.product_url or ""
    if _LINK.fullmatch(link):
        name = f'<a href="{html.escape(link)}" target="_blank" rel="noreferrer">{name}</a>'
    picture = thumbnail(item.item_id) if thumbnail is not None else None
    shown = '<span class="none"></span>'
    if picture is not None:
        data = base64.b64encode(picture).decode()
        shown = f'<img alt="" loading="lazy" src="data:image/jpeg;base64,{data}">'
    return (
        f'<li><input type="checkbox" value="{item.item_id}" aria-label="done: '
        f'{html.escape(display_text(item.filename))}">{shown}<span>{name}'
        f"<small>{when}{' · ' + albums if albums else ''}</small></span></li>\n"
    )
