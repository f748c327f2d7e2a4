"""How Google names the files of an export, and what it writes into their sidecars.

The inverse of what `sources.takeout` reads; the rules and where they were seen: docs/takeout.md.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any, Final

from gphotos_reconcile.workflows.sample_roles import Said

ROOT: Final = "Takeout/Google Photos"

_NOT_IN_NAMES: Final = re.compile(r'[\\/:*?"<>|%&\x00-\x1f]')
_MAX_MEDIA_UNITS: Final = 51
_MAX_SIDECAR_UNITS: Final = 46
_SUFFIX: Final = ".supplemental-metadata"
_UPLOAD_DELAY: Final = timedelta(hours=3, minutes=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names of one item in one folder."""

    media: str
    sidecar: str


class Naming:
    """Gives out names, with a counter where an earlier item of the folder took the name."""

    def __init__(self) -> None:
        self._taken: dict[tuple[str, str], int] = {}

    def claim(self, folder: str, title: str) -> Names:
        """Return the names of the next item of that title in a folder."""
        plain = _NOT_IN_NAMES.sub("_", title)
        suffix = PurePosixPath(plain).suffix
        stem = _cut(plain.removesuffix(suffix), _MAX_MEDIA_UNITS - len(suffix))
        count = self._taken.get((folder, stem + suffix), 0)
        self._taken[folder, stem + suffix] = count + 1
        counter = f"({count})" if count else ""
        body = _cut(plain + _SUFFIX, _MAX_SIDECAR_UNITS)
        return Names(media=f"{stem}{counter}{suffix}", sidecar=f"{body}{counter}.json")


def _cut(text: str, units: int) -> str:
    """Return the first UTF-16 units of a text, no pair of surrogates split."""
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore")


def item_json(title: str, taken_at: datetime, said: Said) -> bytes:
    """Return an item's sidecar in the form of 2025 exports."""
    key = hashlib.sha256(f"{title} {taken_at.isoformat()}".encode()).hexdigest()[:40]
    nowhere = dict.fromkeys(("latitude", "longitude", "altitude"), 0.0)
    document: dict[str, Any] = {
        "title": title,
        "description": said.description,
        "imageViews": "3",
        "creationTime": _moment(taken_at + _UPLOAD_DELAY),
        "photoTakenTime": _moment(taken_at),
        "geoData": {**nowhere, "latitudeSpan": 0.0, "longitudeSpan": 0.0},
        "people": [{"name": name} for name in said.people],
        "url": f"https://photos.google.com/photo/AF1Qip{key}",
        "favorited": said.favorited,
        "archived": said.archived,
        "trashed": said.trashed,
        "googlePhotosOrigin": _origin(said),
    }
    # Google writes neither empty lists nor flags that are false.
    return _json({name: value for name, value in document.items() if value not in ([], False)})


def album_json(title: str) -> bytes:
    """Return the JSON that makes a folder an album."""
    return _json({"title": title, "description": "", "access": "protected"})


def _origin(said: Said) -> dict[str, Any]:
    if said.from_partner:
        return {"fromPartnerSharing": {}}
    return {"mobileUpload": {"deviceType": "ANDROID_PHONE"}}


def _moment(moment: datetime) -> dict[str, str]:
    shown = moment.strftime("%d %b %Y, %H:%M:%S %z")
    return {"timestamp": str(int(moment.timestamp())), "formatted": shown}


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=2).encode()
