"""Pages from templates: all text is escaped, and shown so that it can't act."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from gphotos_reconcile.core.names import display_text
from gphotos_reconcile.store.review_items import ItemFacts
from gphotos_reconcile.web.facts import fact_rows, size_text, taken_text
from gphotos_reconcile.web.links import Links
from gphotos_reconcile.workflows.review import ReviewGroup, ReviewItem

ASSETS: Final = {
    "icon.svg": "image/svg+xml",
    "review.css": "text/css",
    "core.js": "text/javascript",
    "pictures.js": "text/javascript",
    "zoom.js": "text/javascript",
    "queue.js": "text/javascript",
    "item.js": "text/javascript",
    "groups.js": "text/javascript",
    "rules.js": "text/javascript",
}
"""The only files that are served as they are, with their types."""

VERDICT_WORDS: Final = {
    "review": "To decide",
    "smaller_copy": "Smaller copies",
    "variant": "Variants",
    "missing": "Missing",
    "unknown": "Not known yet",
    "same_picture": "Same picture",
    "same_content": "Same content",
    "identical": "Identical",
    "confirmed": "Confirmed by you",
    "unreadable": "Unreadable",
    "decided": "Decided by you",
}

RELATION_WORDS: Final = {
    "identical": "identical",
    "same_content": "same content",
    "thumbnail": "thumbnail",
    "raw_jpeg": "raw + JPEG",
    "other_format": "other format",
    "recompressed": "recompressed",
    "rotated": "rotated",
    "edited": "edited",
    "near": "nearly the same",
    "burst": "burst",
    "motion_pair": "Live Photo pair",
    "video_clip": "clip of a video",
}

_MEMBERS_OF: Final = {
    "copies": "copies of",
    "frames": "frames of a series, from",
    "files": "files that belong together, like",
}


@cache
def asset_bytes(name: str) -> bytes:
    """Return a script or style; only those in ASSETS are ever asked for."""
    return (resources.files("gphotos_reconcile.web") / "static" / name).read_bytes()


@cache
def asset_version(name: str) -> str:
    """Return what changes when a script or style does, so that browsers can keep it."""
    return hashlib.sha256(asset_bytes(name)).hexdigest()[:12]


def render(template: str, links: Links, values: Mapping[str, Any]) -> str:
    """Return a page."""
    return _environment().get_template(template).render(links=links, **values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("gphotos_reconcile.web"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_plain,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"size": size_text, "taken": taken_text, "zoom": _zoom_text}
    environment.globals |= {
        "asset_version": asset_version,
        "fact_rows": fact_rows,
        "verdict_words": VERDICT_WORDS,
        "relation_words": RELATION_WORDS,
        "members_noun": _members_noun,
        "members_of": _MEMBERS_OF,
        "zoom_of_item": _zoom_of_item,
        "zoom_of_group": _zoom_of_group,
    }
    return environment


def _plain(value: object) -> object:
    """Write controls and bidi marks of outside text as escapes; our own markup has none."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return display_text(value)
    return value


def _members_noun(group: ReviewGroup) -> str:
    """Return what its members are: frames of a series, a raw and its JPEG are no copies."""
    relations = {one.member.relation for one in group.members}
    if relations == {"burst"}:
        return "frames"
    return "files" if relations & {"raw_jpeg", "near", "burst"} else "copies"


def _zoom_text(pictures: list[dict[str, Any]]) -> str:
    return json.dumps(pictures)


def _zoom_of_item(one: ReviewItem, links: Links) -> list[dict[str, Any]]:
    """Return what the zoom needs to know of an item's pictures, the cloud's first."""
    several = len(one.candidates) > 1
    return [
        _zoom_picture(one.facts, "In Google Photos", links),
        *(
            _zoom_picture(
                candidate.facts, f"On your disk, {number}" if several else "On your disk", links
            )
            for number, candidate in enumerate(one.candidates, start=1)
        ),
    ]


def _zoom_of_group(group: ReviewGroup, links: Links) -> list[dict[str, Any]]:
    return [
        _zoom_picture(one.facts, f"Copy {number}", links)
        for number, one in enumerate(group.members, start=1)
    ]


def _zoom_picture(facts: ItemFacts, label: str, links: Links) -> dict[str, Any]:
    return {
        "label": label,
        "name": display_text(facts.name),
        "width": facts.width_px or 0,
        "height": facts.height_px or 0,
        "medium": links.preview(facts.item_id, "medium"),
        "large": links.preview(facts.item_id, "large"),
    }
