"""The few facts that only XMP carries, read out of its packet without trusting its XML.

A packet is searched for the attributes and elements by name: real ones are cut, padded and
wrapped in ways that a strict parser refuses, and no entity is ever expanded.
"""

import re
from dataclasses import replace
from typing import Final

from gphotos_reconcile.core.model import MediaFacts

_RATING: Final = re.compile(rb"xmp:Rating(?:=[\"']|>)\s*(-?\d)")
_BURST: Final = re.compile(rb"GCamera:BurstID(?:=[\"']|>)\s*([^\"'<]{1,200})")


def with_xmp(facts: MediaFacts, packet: bytes) -> MediaFacts:
    """Return the facts with what the packet adds; what EXIF already told stays."""
    rating = _RATING.search(packet)
    burst = _BURST.search(packet)
    stars = int(rating[1]) if rating else None
    return replace(
        facts,
        rating=facts.rating if facts.rating is not None or stars is None else max(stars, 0),
        burst_id=facts.burst_id or (burst[1].decode("utf-8", "replace").strip() if burst else None),
    )
