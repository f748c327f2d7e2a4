"""Values of the core as rows of the catalogue, and back."""

import json
import struct
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from gphotos_reconcile.core.model import (
    FRAME_GRID_PX,
    CaptureTime,
    FileStamp,
    Fingerprint,
    MediaFacts,
    PictureSignature,
    Sidecar,
    TimeBasis,
    VideoFrame,
)
from gphotos_reconcile.core.times import parse_utc, utc_text

_DECODE: Final = json.JSONDecoder().raw_decode
_IS_INSTANT: Final = {basis.value: basis.is_instant for basis in TimeBasis}
_FRAME: Final = struct.Struct(f"<d8s{FRAME_GRID_PX * FRAME_GRID_PX}s")

FACT_COLUMNS: Final = {
    "width_px": "width",
    "height_px": "height",
    "orientation": "orientation",
    "duration_s": "duration_s",
    "camera_make": "camera_make",
    "camera_model": "camera_model",
    "lens_model": "lens_model",
    "iso": "iso",
    "exposure_time_s": "exposure_time_s",
    "f_number": "f_number",
    "focal_length_mm": "focal_length_mm",
    "latitude": "latitude",
    "longitude": "longitude",
    "rating": "rating",
    "software": "software",
    "content_identifier": "content_identifier",
    "burst_id": "burst_id",
    "image_unique_id": "image_unique_id",
    "camera_serial": "camera_serial",
    "motion_offset": "motion_offset",
    "motion_length": "motion_length",
    "video_codec": "video_codec",
    "audio_codec": "audio_codec",
    "frame_rate": "frame_rate",
}

STAMP_COLUMNS: Final = (
    "size_bytes",
    "modified_ns",
    "inode",
    "device",
    "checksum",
    "offset",
)


def stamp_row(stamp: FileStamp) -> dict[str, int]:
    """Return a stamp's columns; inode and device as signed 64-bit, as SQLite keeps them."""
    return {name: _signed(getattr(stamp, name)) for name in STAMP_COLUMNS}


def stamp_of(row: tuple[int, ...]) -> FileStamp:
    """Return the stamp from its columns in the order of STAMP_COLUMNS."""
    size, modified, inode, device, checksum, offset = row
    return FileStamp(
        size_bytes=size,
        modified_ns=modified,
        inode=inode & _MASK64,
        device=device & _MASK64,
        checksum=checksum,
        offset=offset,
    )


def content_row(fingerprint: Fingerprint) -> dict[str, Any]:
    """Return the row of table `content`, without its id."""
    facts, picture, problem = fingerprint.facts, fingerprint.picture, fingerprint.problem
    return {
        "sha256": fingerprint.sha256,
        "size_bytes": fingerprint.size_bytes,
        "sha1": fingerprint.sha1,
        "content_digest": fingerprint.content_digest,
        "motion_digest": fingerprint.motion_digest,
        "kind": fingerprint.kind.value,
        "mime_type": fingerprint.mime_type,
        "version": fingerprint.version,
        "times": times_text(facts.times),
        **{column: getattr(facts, name) for name, column in FACT_COLUMNS.items()},
        "phash": picture.phash if picture else None,
        "dhash": picture.dhash if picture else None,
        "luma_std": picture.luma_std if picture else None,
        "picture_width": picture.source_width_px if picture else None,
        "picture_height": picture.source_height_px if picture else None,
        "problem_stage": problem.stage if problem else None,
        "problem_message": problem.message if problem else None,
        "problem_hint": problem.hint if problem else None,
    }


def signature_row(content_id: int, fingerprint: Fingerprint) -> dict[str, Any]:
    """Return the row of table `signature`."""
    picture = fingerprint.picture
    return {
        "content_id": content_id,
        "luma": picture.luma if picture else None,
        "chroma": picture.chroma if picture else None,
        "frames": pack_frames(fingerprint.frames) or None,
    }


def facts_of(values: Sequence[Any], times: str | None) -> MediaFacts:
    """Return the facts from the values of `FACT_COLUMNS`, in their order."""
    facts = dict(zip(FACT_COLUMNS, values, strict=True))
    facts["orientation"] = facts["orientation"] or 1
    return MediaFacts(times=times_of(times), **facts)


def picture_of(row: Mapping[str, Any]) -> PictureSignature | None:
    """Return the picture's signature from a row that has its columns by name."""
    if row["luma"] is None:
        return None
    return PictureSignature(
        luma=row["luma"],
        chroma=row["chroma"],
        phash=row["phash"],
        dhash=row["dhash"],
        luma_std=row["luma_std"],
        source_width_px=row["picture_width"],
        source_height_px=row["picture_height"],
    )


def times_text(times: tuple[CaptureTime, ...]) -> str | None:
    """Return the readings as JSON, None where there is none."""
    if not times:
        return None
    return json.dumps(
        [[utc_text(t.taken_at), t.basis.value, t.offset_minutes, t.subsecond_digits] for t in times]
    )


@lru_cache(maxsize=4096)
def times_of(text: str | None) -> tuple[CaptureTime, ...]:
    """Return the readings that `times_text` wrote; copies of one picture share them."""
    if text is None:
        return ()
    return tuple(
        CaptureTime(
            taken_at=_instant(when),
            basis=TimeBasis(basis),
            offset_minutes=offset,
            subsecond_digits=digits,
        )
        for when, basis, offset, digits in _DECODE(text)[0]
    )


def first_reading(text: str | None) -> tuple[float | None, bool]:
    """Return the most trusted of those readings in seconds, and whether it is an instant."""
    if text is None:
        return None, False
    when, basis, *_ = _DECODE(text)[0][0]
    return _instant(when).timestamp(), _IS_INSTANT[basis]


def pack_frames(frames: tuple[VideoFrame, ...]) -> bytes:
    """Return the frames as one blob of fixed-size records."""
    return b"".join(_FRAME.pack(f.at_s, bytes.fromhex(f.phash), f.luma) for f in frames)


def unpack_frames(blob: bytes | None) -> tuple[VideoFrame, ...]:
    """Return the frames that `pack_frames` packed."""
    return tuple(
        VideoFrame(at_s=at_s, phash=phash.hex(), luma=luma)
        for at_s, phash, luma in _FRAME.iter_unpack(blob or b"")
    )


def sidecar_row(sidecar: Sidecar) -> dict[str, Any]:
    """Return the columns of table `sidecar` that hold what the JSON says."""
    return {
        "title": sidecar.title,
        "description": sidecar.description or None,
        "taken_at_utc": utc_text(sidecar.taken_at),
        "uploaded_at_utc": utc_text(sidecar.uploaded_at),
        "modified_at_utc": utc_text(sidecar.modified_at),
        "latitude": sidecar.latitude,
        "longitude": sidecar.longitude,
        "altitude_m": sidecar.altitude_m,
        "exif_latitude": sidecar.exif_latitude,
        "exif_longitude": sidecar.exif_longitude,
        "url": sidecar.url,
        "media_key": sidecar.media_key,
        "favorited": int(sidecar.favorited),
        "archived": int(sidecar.archived),
        "trashed": int(sidecar.trashed),
        "locked": int(sidecar.locked),
        "origin": sidecar.origin,
        "origin_detail": sidecar.origin_detail,
        "people": json.dumps(sidecar.people, ensure_ascii=False) if sidecar.people else None,
    }


_MASK64: Final = (1 << 64) - 1


def _signed(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value


def _instant(text: str) -> datetime:
    moment = parse_utc(text)
    if moment is None:
        raise ValueError("no time")
    return moment
