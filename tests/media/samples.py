"""One small real file of each format, made by the codecs."""

import io
import struct
from collections.abc import Callable
from functools import cache

import pillow_heif
import pillow_jxl  # noqa: F401  # registers itself
from PIL import Image

from tests.media import cameras
from tests.media.pictures import encoded, scene
from tests.media.raws import dng, psd
from tests.media.videos import video

pillow_heif.register_heif_opener()

_GAIN_MAP = (
    b'<x:xmpmeta xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0">'
    b'<Container:Directory><Container:Item Item:Semantic="Primary" Item:Mime="image/jpeg"/>'
    b'<Container:Item Item:Semantic="GainMap" Item:Mime="image/jpeg"/></Container:Directory>'
    b"</x:xmpmeta>"
)


def _frames(kind: str, **options: object) -> bytes:
    first, *others = (scene(160, 120, seed) for seed in range(3))
    return encoded(first, kind, save_all=True, append_images=others, duration=100, **options)


def _mpo() -> bytes:
    return encoded(scene(), "MPO", save_all=True, append_images=[scene(160, 120, 1)], quality=85)


def _ultra_hdr() -> bytes:
    """Return a JPEG that names its gain map in XMP, the map behind its end, as Android writes."""
    gain = scene(160, 120, 1).convert("L")
    plain = encoded(scene(), "MPO", save_all=True, append_images=[gain], quality=85)
    packet = b"http://ns.adobe.com/xap/1.0/\0" + _GAIN_MAP
    return plain[:2] + struct.pack(">HH", 0xFFE1, len(packet) + 2) + packet + plain[2:]


def _heif() -> bytes:
    """Return a HEIC whose first brand says only that it is some HEIF."""
    data = encoded(scene(), "HEIF", quality=80)
    return data.replace(b"ftypheic", b"ftypmif1", 1)


def _m4v() -> bytes:
    return video().replace(b"ftypisom", b"ftypM4V ", 1)


def motion_photo(**options: object) -> bytes:
    """Return a JPEG with a short MP4 behind its end, as Google's camera writes."""
    return encoded(scene(), "JPEG", quality=88, **options) + clip()


def _motion_heic() -> bytes:
    """Return a HEIC with a short MP4 in a box of its own, as Samsung and Google write."""
    still = encoded(scene(), "HEIF", quality=80)
    return still + struct.pack(">I4s", 8 + len(clip()), b"mpvd") + clip()


@cache
def clip() -> bytes:
    """Return a short MP4."""
    return video(seconds=1)


def _cmyk() -> bytes:
    return encoded(scene().convert("CMYK"), "JPEG", quality=90)


FORMATS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "jpeg": ("image/jpeg", lambda: encoded(scene(), "JPEG", quality=88)),
    "progressive": ("image/jpeg", lambda: encoded(scene(), "JPEG", progressive=True)),
    "cmyk": ("image/jpeg", _cmyk),
    "mpo": ("image/jpeg", _mpo),
    "ultra_hdr": ("image/jpeg", _ultra_hdr),
    "motion": ("image/jpeg", motion_photo),
    "motion_heic": ("image/heic", _motion_heic),
    "png": ("image/png", lambda: encoded(scene(), "PNG")),
    "apng": ("image/apng", lambda: _frames("PNG")),
    "webp": ("image/webp", lambda: encoded(scene(), "WEBP", quality=80)),
    "webp_lossless": ("image/webp", lambda: encoded(scene(), "WEBP", lossless=True)),
    "webp_animated": ("image/webp", lambda: _frames("WEBP")),
    "gif": ("image/gif", lambda: encoded(scene(), "GIF")),
    "gif_animated": ("image/gif", lambda: _frames("GIF")),
    "tiff": ("image/tiff", lambda: encoded(scene(), "TIFF")),
    "tiff_lzw": ("image/tiff", lambda: encoded(scene(), "TIFF", compression="tiff_lzw")),
    "bmp": ("image/bmp", lambda: encoded(scene(), "BMP")),
    "jp2": ("image/jp2", lambda: encoded(scene(), "JPEG2000")),
    "heic": ("image/heic", lambda: encoded(scene(), "HEIF", quality=80)),
    "heif": ("image/heic", _heif),
    "avif": ("image/avif", lambda: encoded(scene(), "AVIF", quality=70)),
    "psd": ("image/vnd.adobe.photoshop", psd),
    "dng": ("image/x-adobe-dng", dng),
    "cr2": ("image/x-canon-cr2", cameras.cr2),
    "cr3": ("image/x-canon-cr3", cameras.cr3),
    "nef": ("image/x-nikon-nef", cameras.nef),
    "arw": ("image/x-sony-arw", cameras.arw),
    "raf": ("image/x-fuji-raf", cameras.raf),
    "rw2": ("image/x-panasonic-rw2", cameras.rw2),
    "jxl": ("image/jxl", lambda: encoded(scene(), "JXL", quality=90)),
    "mp4": ("video/mp4", video),
    "m4v": ("video/x-m4v", _m4v),
    "mov": ("video/quicktime", lambda: video("mov")),
    "3gp": ("video/3gpp", lambda: video("3gp")),
    "avi": ("video/x-msvideo", lambda: video("avi", codec="mpeg4", sound="mp2")),
    "mkv": ("video/x-matroska", lambda: video("matroska")),
    "webm": ("video/webm", lambda: video("webm", codec="libvpx", sound="libopus")),
    "mts": ("video/mp2t", lambda: video("mpegts")),
    "mpeg": ("video/mpeg", lambda: video("mpeg", codec="mpeg2video", sound="mp2")),
}


@cache
def sample(name: str) -> bytes:
    """Return the format's file; the same bytes each time."""
    return FORMATS[name][1]()


def pixels_of(data: bytes) -> Image.Image:
    """Return a still's pixels, decoded in full by Pillow."""
    return Image.open(io.BytesIO(data)).convert("RGB")
