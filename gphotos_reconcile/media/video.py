"""Videos: streams, facts, packet digest, and frames at fixed times.

Everything goes through PyAV with a demuxer chosen by content from a short list, so that no
playlist or network format is ever opened.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import av
from av.container import InputContainer

from gphotos_reconcile.core.model import CaptureTime, MediaFacts, TimeBasis
from gphotos_reconcile.media.errors import PictureError
from gphotos_reconcile.media.isobmff import boxes
from gphotos_reconcile.media.picture import decoding
from gphotos_reconcile.media.window import Window

_DEMUXERS: Final = {
    "video/mp4": "mov",
    "video/quicktime": "mov",
    "video/x-m4v": "mov",
    "video/3gpp": "mov",
    "video/3gpp2": "mov",
    "video/x-matroska": "matroska",
    "video/webm": "matroska",
    "video/x-msvideo": "avi",
    "video/mp2t": "mpegts",
    "video/mpeg": "mpeg",
    "video/x-flv": "flv",
    "video/x-ms-wmv": "asf",
    "video/x-ms-asf": "asf",
}
# Their headers tell the streams; without this FFmpeg decodes frames to find out (80 times slower).
_TELLING_HEADERS: Final = frozenset({"mov", "matroska"})
_LOAD_BEARING: Final = frozenset({b"moov", b"mdat", b"moof"})
_ISO6709: Final = re.compile(r"([+-]\d+(?:\.\d+)?)([+-]\d+(?:\.\d+)?)")
_ZONE: Final = re.compile(r"[+-]\d\d:?\d\d$|Z$")
_MAX_PACKETS: Final = 20_000_000


@contextmanager
def open_video(window: Window, mime_type: str) -> Iterator[InputContainer]:
    """Open a video's container for reading.

    Raises:
        PictureError: it is no video that can be opened, or broken where it is read.
    """
    demuxer = _DEMUXERS.get(mime_type)
    if demuxer is None:
        raise PictureError(f"videos of the type {mime_type} are not decoded")
    options = {"probesize": "32"} if demuxer in _TELLING_HEADERS else {}
    with (
        decoding("video"),
        av.open(window.stream(), "r", format=demuxer, options=options) as container,
    ):
        yield container


def cut_short(window: Window, mime_type: str) -> bool:
    """Tell whether the container's own lengths reach past the end of the file."""
    demuxer = _DEMUXERS.get(mime_type)
    if demuxer == "mov":
        return any(not box.complete and box.type in _LOAD_BEARING for box in boxes(window))
    if demuxer == "avi":
        return int.from_bytes(window.at(4, 4), "little") + 8 > window.size_bytes
    return demuxer == "matroska" and _matroska_end(window) > window.size_bytes


def streams_digest(container: InputContainer) -> str | None:
    """Return the digest of the encoded video and audio, whatever container they lie in.

    What `ffmpeg -c copy -f md5` would tell apart, per stream: packets in order, and the decoder's
    parameters. None when there is no packet.
    """
    chosen = [stream for stream in container.streams if _is_played(stream)]
    hashes = {stream.index: hashlib.sha256() for stream in chosen}
    packets = 0
    with decoding("video"):
        for packet in container.demux(*chosen):
            if packet.size:
                hashes[packet.stream_index].update(memoryview(packet))
                packets += 1
            if packets > _MAX_PACKETS:
                raise PictureError("it holds more packets than any real video")
    lines = sorted(
        f"{stream.type} {stream.codec_context.name} "
        f"{hashlib.sha256(stream.codec_context.extradata or b'').hexdigest()} "
        f"{hashes[stream.index].hexdigest()}"
        for stream in chosen
    )
    return (
        f"streams:{hashlib.sha256(chr(10).join(lines).encode()).hexdigest()}" if packets else None
    )


def video_facts(container: InputContainer) -> MediaFacts:
    """Return what the container and its streams tell; the size is not turned yet."""
    tags = {**_stream_tags(container), **_lower(container.metadata)}
    video: Any = next((stream for stream in container.streams.video if _is_played(stream)), None)
    audio: Any = next((stream for stream in container.streams.audio if _is_played(stream)), None)
    latitude, longitude = _place(tags)
    return MediaFacts(
        width_px=video.codec_context.width or None if video else None,
        height_px=video.codec_context.height or None if video else None,
        duration_s=_duration(container),
        times=_times(tags),
        camera_make=_first(tags, "com.apple.quicktime.make", "make", "com.android.manufacturer"),
        camera_model=_first(tags, "com.apple.quicktime.model", "model", "com.android.model"),
        software=_first(tags, "com.apple.quicktime.software", "encoder"),
        latitude=latitude,
        longitude=longitude,
        content_identifier=_first(tags, "com.apple.quicktime.content.identifier"),
        video_codec=video.codec_context.name if video else None,
        audio_codec=audio.codec_context.name if audio else None,
        frame_rate=_rate(video),
    )


def _is_played(stream: Any) -> bool:
    """Tell a video or audio stream from covers, subtitles and timed metadata."""
    still = bool(stream.disposition & av.stream.Disposition.attached_pic)
    wanted = stream.type in {"video", "audio"} and stream.codec_context is not None
    return wanted and not still


def _matroska_end(window: Window) -> int:
    """Return where the segment ends by its own length, 0 where it was written live without one.

    Source: RFC 8794 (EBML), RFC 9559 (Matroska).
    """
    head = window.at(0, 4096)
    _, header_length, place = _ebml_element(head, 0)
    place += header_length
    kind, length, place = _ebml_element(head, place)
    return place + length if kind == 0x18538067 and length else 0


def _ebml_element(data: bytes, place: int) -> tuple[int, int, int]:
    """Return an element's id, its length (0: unknown) and where its payload begins."""
    kind, place = _ebml_number(data, place, keep_mark=True)
    length, place = _ebml_number(data, place, keep_mark=False)
    return kind, length, place


def _ebml_number(data: bytes, place: int, *, keep_mark: bool) -> tuple[int, int]:
    first = data[place] if place < len(data) else 0
    if not first:
        return 0, place + 1
    width = 9 - first.bit_length()
    value = int.from_bytes(data[place : place + width], "big")
    bits = (1 << 7 * width) - 1
    if keep_mark:
        return value, place + width
    value &= bits
    return 0 if value == bits else value, place + width


def _lower(tags: dict[str, str]) -> dict[str, str]:
    return {name.casefold(): value for name, value in tags.items()}


def _stream_tags(container: InputContainer) -> dict[str, str]:
    found: dict[str, str] = {}
    for stream in container.streams:
        found.update(_lower(stream.metadata))
    found.pop("encoder", None)
    return found


def _first(tags: dict[str, str], *names: str) -> str | None:
    return next((tags[name].strip() for name in names if tags.get(name, "").strip()), None)


def _duration(container: InputContainer) -> float | None:
    lengths = [
        float(stream.duration * stream.time_base)
        for stream in container.streams
        if stream.duration and stream.time_base and _is_played(stream)
    ]
    if container.duration and container.duration > 0:
        lengths.insert(0, container.duration / av.time_base)
    return round(lengths[0], 3) if lengths and lengths[0] > 0 else None


def _rate(video: Any | None) -> float | None:
    rate = (video.average_rate or video.guessed_rate) if video is not None else None
    return round(float(rate), 3) if rate else None


def _times(tags: dict[str, str]) -> tuple[CaptureTime, ...]:
    """Return the readings, Apple's local one with its offset before the container's UTC."""
    names = ("com.apple.quicktime.creationdate", "creation_time", "date")
    found = [_time(tags[name]) for name in names if name in tags]
    return tuple(reading for reading in found if reading is not None)


def _time(text: str) -> CaptureTime | None:
    """Return an ISO time that carries its zone; clocks of 1904 and 1970 were never set."""
    if not _ZONE.search(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
        offset = moment.utcoffset() or timedelta()
        instant = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    if instant.year <= 1970:
        return None
    minutes = None if text.endswith("Z") else int(offset.total_seconds()) // 60
    return CaptureTime(taken_at=instant, basis=TimeBasis.QUICKTIME, offset_minutes=minutes)


def _place(tags: dict[str, str]) -> tuple[float | None, float | None]:
    text = _first(tags, "com.apple.quicktime.location.iso6709", "location") or ""
    found = _ISO6709.match(text)
    if found is None:
        return None, None
    latitude, longitude = float(found[1]), float(found[2])
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else (None, None)
