"""The JSON files of an export: item sidecars, album facts, and others.

Field names and their quirks: exports of 2017 to 2026, see docs/takeout.md.
"""

import json
import re
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from gphotos_reconcile.core.model import AlbumFacts, Sidecar
from gphotos_reconcile.core.times import from_epoch

MAX_SIDECAR_BYTES: Final = 4 << 20
"""Real sidecars are under 100 KB, also with hundreds of comments."""

_MAX_TITLE: Final = 4096
_MAX_TEXT: Final = 1 << 16
_MAX_PEOPLE: Final = 1000
_NOT_TEXT: Final = re.compile("[\x00\ud800-\udfff]")

# What only an item has; the times alone decide in most exports, 2017 ones may lack them.
_ITEM_KEYS: Final = frozenset(
    {"photoTakenTime", "creationTime", "photoLastModifiedTime", "imageViews", "googlePhotosOrigin"}
    | {"geoDataExif", "geoData", "url"}
)
_ALBUM_KEYS: Final = frozenset(
    {"title", "description", "access", "date", "location", "geoInfo", "enrichments"}
    | {"sharedAlbumComments"}
)

Json = dict[str, Any]  # what json.loads gives; every value is checked where it is used


class SidecarError(ValueError):
    """A JSON file is damaged, or a known key of it holds something of the wrong type."""

    def __init__(self, member: str, why: str) -> None:
        super().__init__(f"{member}: {why}")
        self.member = member
        self.why = why


def parse_sidecar(member: str, data: bytes) -> Sidecar | AlbumFacts | None:
    """Return what a JSON file of the photos' folder says, None when it is of another sort.

    Args:
        member: the file's path, for the message.
        data: all of its bytes.

    Raises:
        SidecarError: it is larger than MAX_SIDECAR_BYTES, no JSON, nested too deeply, or an
            item's sidecar without a title.
    """
    document = _document(member, data)
    if not isinstance(document, dict):
        return None
    if "albumData" in document:
        return _album(document["albumData"])
    if _is_item(document):
        return _item(member, document)
    if isinstance(document.get("title"), str) and document.keys() <= _ALBUM_KEYS:
        return _album(document)
    return None


def _document(member: str, data: bytes) -> object:
    if len(data) > MAX_SIDECAR_BYTES:
        raise SidecarError(member, f"larger than {MAX_SIDECAR_BYTES >> 20} MiB")
    try:
        text = data.decode(json.detect_encoding(data), "replace")
        return json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise SidecarError(member, "nested too deeply") from None
    except ValueError as error:  # JSONDecodeError, or a number of thousands of digits
        raise SidecarError(member, f"no JSON ({error})") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _is_item(document: Json) -> bool:
    if "photoTakenTime" in document or "creationTime" in document:
        return True
    return isinstance(document.get("title"), str) and bool(_ITEM_KEYS & document.keys())


def _album(document: object) -> AlbumFacts | None:
    if not isinstance(document, dict):
        return None
    return AlbumFacts(
        title=_text(document.get("title"), _MAX_TITLE),
        description=_text(document.get("description")),
    )


def _item(member: str, document: Json) -> Sidecar:
    if not isinstance(document.get("title"), str):
        raise SidecarError(member, "an item's sidecar whose title is missing or not text")
    latitude, longitude, altitude_m = _place(document.get("geoData"))
    exif_latitude, exif_longitude, _ = _place(document.get("geoDataExif"))
    url = _text(document.get("url"), _MAX_TITLE) or None
    origin, origin_detail = _origin(document.get("googlePhotosOrigin"))
    return Sidecar(
        title=_text(document["title"], _MAX_TITLE),
        description=_text(document.get("description")),
        taken_at=_moment(document.get("photoTakenTime")),
        uploaded_at=_moment(document.get("creationTime")),
        modified_at=_moment(document.get("photoLastModifiedTime")),
        latitude=latitude,
        longitude=longitude,
        altitude_m=altitude_m,
        exif_latitude=exif_latitude,
        exif_longitude=exif_longitude,
        url=url,
        media_key=media_key(url),
        favorited=document.get("favorited") is True,
        archived=document.get("archived") is True,
        trashed=document.get("trashed") is True,
        locked=document.get("inLockedFolder") is True,
        origin=origin,
        origin_detail=origin_detail,
        people=_people(document.get("people")),
    )


def _text(value: object, limit: int = _MAX_TEXT) -> str:
    """Return a string that any database and any terminal encoding takes; "" for other types."""
    return _NOT_TEXT.sub("\ufffd", value[:limit]) if isinstance(value, str) else ""


def _moment(value: object) -> datetime | None:
    """Return the instant of `{"timestamp": "1546300800"}`; None for 0, which stands for no time."""
    stamp = value.get("timestamp") if isinstance(value, dict) else None
    if isinstance(stamp, bool) or not isinstance(stamp, str | int):
        return None
    text = str(stamp).strip() if isinstance(stamp, str) else None
    if text is not None and not re.fullmatch(r"-?[0-9]{1,15}", text):
        return None
    seconds = stamp if isinstance(stamp, int) else int(stamp)
    return from_epoch(seconds) if seconds else None


def _place(value: object) -> tuple[float | None, float | None, float | None]:
    """Return latitude and longitude in degrees and altitude in m; 0/0 stands for no place."""
    if not isinstance(value, dict):
        return None, None, None
    latitude = _number(value.get("latitude"), 90)
    longitude = _number(value.get("longitude"), 180)
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        return None, None, None
    return latitude, longitude, _number(value.get("altitude"), 100_000)


def _number(value: object, limit: float) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) <= limit else None  # false for NaN and infinity too


def _origin(value: object) -> tuple[str | None, str | None]:
    """Return the key that says how the item came to Google, and what it tells beside."""
    if not isinstance(value, dict) or not value:
        return None, None
    key = min(value)  # one key in every export seen; the least one, should there be more
    detail = value[key] if isinstance(value[key], dict) else {}
    folder = detail.get("deviceFolder")
    words = (
        _text(detail.get("deviceType")),
        _text(folder.get("localFolderName")) if isinstance(folder, dict) else "",
        _text(detail.get("type")),
    )
    return _text(key, _MAX_TITLE), ", ".join(filter(None, words)) or None


def _people(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    names = (_text(one.get("name"), _MAX_TITLE) for one in value if isinstance(one, dict))
    return tuple(name for name in names if name)[:_MAX_PEOPLE]


def media_key(url: str | None) -> str | None:
    """Return the key of an item: the last step of its address at photos.google.com."""
    try:
        parts = urlsplit(url or "")
        is_google = (parts.hostname or "").endswith("photos.google.com")
    except ValueError:
        return None
    return parts.path.rstrip("/").rpartition("/")[2] or None if is_google else None
