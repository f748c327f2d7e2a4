"""Tells what bytes are by looking at them; the file's name is never asked.

Own tables for ISO media brands and raws, where general tools err; the `filetype` library for
the rest.
"""

import json
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

import filetype

from gphotos_reconcile.core.model import Kind
from gphotos_reconcile.media.isobmff import boxes, payload
from gphotos_reconcile.media.tiff import Tiff, read_tiff
from gphotos_reconcile.media.window import Window

HEAD_BYTES: Final = 4096


class Family(Enum):
    """Which reader understands the bytes."""

    JPEG = auto()
    PNG = auto()
    GIF = auto()
    WEBP = auto()
    BMP = auto()
    PSD = auto()
    JXL = auto()
    HEIF = auto()  # HEIC, HEIF, AVIF
    TIFF = auto()
    RAW_TIFF = auto()  # CR2, NEF, ARW, DNG, ...: raws built on TIFF
    CR3 = auto()
    RAF = auto()
    JP2 = auto()
    VIDEO = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class MediaType:
    """What an entry is by its content."""

    mime_type: str
    family: Family

    @property
    def kind(self) -> Kind:
        """Return what an item of this type is, its moving part aside."""
        if self.family in {Family.RAW_TIFF, Family.CR3, Family.RAF}:
            return Kind.RAW
        if self.family is Family.VIDEO:
            return Kind.VIDEO
        return Kind.OTHER if self.family is Family.OTHER else Kind.PHOTO


_HEIC: Final = frozenset({b"heic", b"heix", b"heim", b"heis"})
_HEIC_SEQUENCE: Final = frozenset({b"hevc", b"hevx", b"hevm", b"hevs"})
_AUDIO: Final = frozenset({b"M4A ", b"M4B ", b"M4P "})
_QUICKTIME_BOXES: Final = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_SIGNATURES: Final = (
    (b"\xff\xd8\xff", MediaType("image/jpeg", Family.JPEG)),
    (_PNG, MediaType("image/png", Family.PNG)),
    (b"GIF87a", MediaType("image/gif", Family.GIF)),
    (b"GIF89a", MediaType("image/gif", Family.GIF)),
    (b"FUJIFILMCCD-RAW", MediaType("image/x-fuji-raf", Family.RAF)),
    (b"\0\0\0\x0cjP  \r\n\x87\n", MediaType("image/jp2", Family.JP2)),
    (b"\xff\x0a", MediaType("image/jxl", Family.JXL)),
    (b"\0\0\0\x0cJXL \r\n\x87\n", MediaType("image/jxl", Family.JXL)),
)

_BY_MIME: Final = {
    "image/bmp": Family.BMP,
    "image/vnd.adobe.photoshop": Family.PSD,
}

_RAW_MIMES: Final = (
    ("canon", "image/x-canon-cr2"),
    ("nikon", "image/x-nikon-nef"),
    ("sony", "image/x-sony-arw"),
    ("pentax", "image/x-pentax-pef"),
    ("ricoh", "image/x-pentax-pef"),
    ("samsung", "image/x-samsung-srw"),
    ("olympus", "image/x-olympus-orf"),
    ("om digital", "image/x-olympus-orf"),
    ("panasonic", "image/x-panasonic-rw2"),
    ("leica", "image/x-panasonic-rw2"),
    ("kodak", "image/x-kodak-dcr"),
)

_RAW_MARKS: Final = (
    (2, b"RO", "image/x-olympus-orf"),
    (2, b"RS", "image/x-olympus-orf"),
    (2, b"OR", "image/x-olympus-orf"),
    (2, b"U\0", "image/x-panasonic-rw2"),
    (8, b"CR", "image/x-canon-cr2"),
)

_CFA, _LINEAR_RAW = 32803, 34892
_RAW_COMPRESSIONS: Final = frozenset({32767, 32769, 32770, 34713, 65000, 65535})
_PHOTOMETRIC, _COMPRESSION, _MAKE, _DNG_VERSION = 0x0106, 0x0103, 0x010F, 0xC612


def sniff(window: Window) -> MediaType:
    """Return the type that the first bytes (and for raws the directories) tell."""
    head = window.at(0, HEAD_BYTES)
    for look in (_by_signature, _by_brand):
        found = look(head, window)
        if found is not None:
            return found
    return _by_tiff(head, window) or _by_library(head) or _stream_or_text(head)


def _by_signature(head: bytes, window: Window) -> MediaType | None:
    del window
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return MediaType("image/webp", Family.WEBP)
    if head[:8] == _PNG and b"acTL" in head[:256]:
        return MediaType("image/apng", Family.PNG)
    return next((media for start, media in _SIGNATURES if head.startswith(start)), None)


def _by_brand(head: bytes, window: Window) -> MediaType | None:
    """Look at the brands of an ISO media file, or at the first box of an old QuickTime."""
    if head[4:8] in _QUICKTIME_BOXES and _is_box_chain(window):
        return MediaType("video/quicktime", Family.VIDEO)
    if head[4:8] != b"ftyp":
        return None
    brands = payload(window, next(boxes(window), None))
    major, others = brands[:4], {brands[i : i + 4] for i in range(8, len(brands) - 3, 4)}
    if major == b"crx ":
        return MediaType("image/x-canon-cr3", Family.CR3)
    if major == b"jxl ":
        return MediaType("image/jxl", Family.JXL)
    still = _still_brand(major, others)
    return MediaType(still, Family.HEIF) if still else _moving_brand(major)


def _still_brand(major: bytes, others: set[bytes]) -> str | None:
    if major in {b"avif", b"avis"}:
        return "image/avif"
    if major in _HEIC:
        return "image/heic"
    if major in _HEIC_SEQUENCE:
        return "image/heic-sequence"
    if major not in {b"mif1", b"mif2", b"msf1"}:
        return None
    if others & {b"avif", b"avis"}:
        return "image/avif"
    return "image/heic" if others & _HEIC else "image/heif"


def _moving_brand(major: bytes) -> MediaType:
    if major in _AUDIO:
        return MediaType("audio/mp4", Family.OTHER)
    if major == b"qt  ":
        return MediaType("video/quicktime", Family.VIDEO)
    if major[:3] in {b"3gp", b"3ge", b"3gg", b"3gr", b"3gs"}:
        return MediaType("video/3gpp", Family.VIDEO)
    if major[:3] == b"3g2":
        return MediaType("video/3gpp2", Family.VIDEO)
    if major[:3] == b"M4V":
        return MediaType("video/x-m4v", Family.VIDEO)
    return MediaType("video/mp4", Family.VIDEO)


def _is_box_chain(window: Window) -> bool:
    kinds = [box.type for box in boxes(window)]
    return b"moov" in kinds or b"mdat" in kinds


def _by_tiff(head: bytes, window: Window) -> MediaType | None:
    tiff = read_tiff(window) if head[:2] in {b"II", b"MM"} else None
    if tiff is None or not tiff.pages:
        return None
    own = next((mime for place, mark, mime in _RAW_MARKS if head[place:].startswith(mark)), None)
    if own is None and any(page.raw(_DNG_VERSION) for page in tiff.pages):
        own = "image/x-adobe-dng"
    if own is None and not _holds_sensor_data(tiff):
        return MediaType("image/tiff", Family.TIFF)
    make = (tiff.pages[0].text(_MAKE) or "").casefold()
    by_make = next((mime for start, mime in _RAW_MIMES if make.startswith(start)), "image/x-raw")
    return MediaType(own or by_make, Family.RAW_TIFF)


def _holds_sensor_data(tiff: Tiff) -> bool:
    """Tell a camera's raw from a TIFF that a raw developer wrote under the camera's name."""
    return any(
        directory.integer(_PHOTOMETRIC) in {_CFA, _LINEAR_RAW}
        or directory.integer(_COMPRESSION) in _RAW_COMPRESSIONS
        for directory in tiff.all
    )


def _by_library(head: bytes) -> MediaType | None:
    guess = filetype.guess(head) if head else None
    if guess is None:
        return None
    mime = str(guess.mime)
    if mime in _BY_MIME:
        return MediaType(mime, _BY_MIME[mime])
    return MediaType(mime, Family.VIDEO if mime.startswith("video/") else Family.OTHER)


def _stream_or_text(head: bytes) -> MediaType:
    if head[:4] == b"\0\0\x01\xba":
        return MediaType("video/mpeg", Family.VIDEO)
    if len(head) > 400 and any(
        all(head[place] == 0x47 for place in (first, first + step, first + 2 * step))
        for first, step in ((0, 188), (4, 192))
    ):
        return MediaType("video/mp2t", Family.VIDEO)
    return MediaType(_text_mime(head), Family.OTHER)


def _text_mime(head: bytes) -> str:
    try:
        text = (
            head[:-3].decode("utf-8-sig") if len(head) == HEAD_BYTES else head.decode("utf-8-sig")
        )
    except UnicodeDecodeError:
        return _mixed_mime(head)
    if not text or "\0" in text:
        return "application/octet-stream"
    start = text.lstrip()[:256].casefold()
    if start.startswith(("<!doctype html", "<html")):
        return "text/html"
    return "application/json" if start.startswith(("{", "[")) else "text/plain"


def _mixed_mime(head: bytes) -> str:
    """Recognise JSON with something behind it, as a broken exporter once wrote."""
    try:
        json.JSONDecoder().raw_decode(head.decode("utf-8", "replace").lstrip("\ufeff \r\n\t"))
    except (ValueError, RecursionError):
        return "application/octet-stream"
    return "application/json"
