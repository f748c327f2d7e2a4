"""Items as the two APIs tell them, checked once at the door."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gphotos_reconcile.core.listing import ListedItem
from gphotos_reconcile.core.model import Kind, MediaFacts, Problem
from gphotos_reconcile.core.names import display_text
from gphotos_reconcile.google.secrets import Secret


@dataclass(frozen=True, slots=True)
class RemoteItem:
    """An item, and for an hour the address of its bytes, which is never kept."""

    listed: ListedItem
    base_url: Secret | None


def library_item(document: object) -> RemoteItem | Problem:
    """Return a Library API `MediaItem`, or why it cannot be used."""
    match document:
        case {"id": str(google_id), "filename": str(filename), **rest} if google_id:
            metadata = _mapping(rest.get("mediaMetadata"))
        case _:
            return _unusable(document)
    video = _mapping(metadata.get("video"))
    return _remote(
        ListedItem(
            google_id=google_id,
            filename=filename,
            mime_type=_text(rest.get("mimeType")),
            kind=_kind(rest.get("mimeType")),
            created_at=_instant(metadata.get("creationTime")),
            product_url=_text(rest.get("productUrl")) or None,
            description=_text(rest.get("description")),
            facts=_facts(metadata, metadata, _mapping(metadata.get("photo")), video),
            ready=video.get("status", "READY") == "READY",
            app_created=True,
        ),
        rest.get("baseUrl"),
    )


def picked_item(document: object) -> RemoteItem | Problem:
    """Return a Picker API `PickedMediaItem`, or why it cannot be used."""
    match document:
        case {"id": str(google_id), "mediaFile": {"filename": str(filename), **file}, **rest}:
            metadata = _mapping(file.get("mediaFileMetadata"))
        case _:
            return _unusable(document)
    video = _mapping(metadata.get("videoMetadata"))
    return _remote(
        ListedItem(
            google_id=google_id,
            filename=filename,
            mime_type=_text(file.get("mimeType")),
            kind=Kind.VIDEO if rest.get("type") == "VIDEO" else _kind(file.get("mimeType")),
            created_at=_instant(rest.get("createTime")),
            facts=_facts(metadata, metadata, _mapping(metadata.get("photoMetadata")), video),
            ready=video.get("processingStatus", "READY") == "READY",
        ),
        file.get("baseUrl"),
    )


def _remote(listed: ListedItem, base_url: object) -> RemoteItem:
    # Not registered for the log filter: there may be a hundred thousand of them.
    secret = Secret(base_url, registered=False) if isinstance(base_url, str) and base_url else None
    return RemoteItem(listed, secret)


def _facts(
    size: dict[str, Any], camera: dict[str, Any], photo: dict[str, Any], video: dict[str, Any]
) -> MediaFacts:
    # The Library API names the camera inside of photo or video, the Picker beside them.
    makes = [d.get("cameraMake") for d in (photo, video, camera)]
    models = [d.get("cameraModel") for d in (photo, video, camera)]
    return MediaFacts(
        width_px=_count(size.get("width")),
        height_px=_count(size.get("height")),
        camera_make=next((m for m in makes if isinstance(m, str) and m), None),
        camera_model=next((m for m in models if isinstance(m, str) and m), None),
        iso=_count(photo.get("isoEquivalent")),
        exposure_time_s=_seconds(photo.get("exposureTime")),
        f_number=_number(photo.get("apertureFNumber")),
        focal_length_mm=_number(photo.get("focalLength")),
        frame_rate=_number(video.get("fps")),
    )


def duration_s(text: object) -> float | None:
    """Return the seconds of a duration like `3.5s`, None when it is none."""
    return _seconds(text)


def _seconds(text: object) -> float | None:
    if not isinstance(text, str) or not text.endswith("s"):
        return None
    return _number(text[:-1])


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if 0 < number < 1e9 else None


def _count(value: object) -> int | None:
    """Return a whole number; int64 comes as text from one API and as a number from the other."""
    number = _number(value)
    return None if number is None or number != int(number) else int(number)


def _instant(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def _kind(mime_type: object) -> Kind:
    text = _text(mime_type)
    if text.startswith("video/"):
        return Kind.VIDEO
    return Kind.PHOTO if text.startswith("image/") else Kind.OTHER


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _unusable(document: object) -> Problem:
    keys = ", ".join(sorted(map(str, document))) if isinstance(document, dict) else "no object"
    return Problem(
        stage="listing",
        message=f"Google listed an item without id or file name (it has: {display_text(keys)}).",
        hint="The rest of the page was read. Run the sync again to see whether it stays so.",
    )
