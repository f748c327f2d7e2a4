"""One small real file of each format, made by the codecs."""

import io
from collections.abc import Callable
from functools import cache

import pillow_heif
from PIL import Image

from tests.media.pictures import encoded, scene
from tests.media.raws import cr2, dng, psd
from tests.media.videos import video

pillow_heif.register_heif_opener()


def _frames(kind: str, **options: object) -> bytes:
    first, *others = (scene(160, 120, seed) for seed in range(3))
    return encoded(first, kind, save_all=True, append_images=others, duration=100, **options)


def _mpo() -> bytes:
    return encoded(scene(), "MPO", save_all=True, append_images=[scene(160, 120, 1)], quality=85)


def motion_photo(**options: object) -> bytes:
    """Return a JPEG with a short MP4 behind its end, as Google's camera writes."""
    return encoded(scene(), "JPEG", quality=88, **options) + clip()


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
    "motion": ("image/jpeg", motion_photo),
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
    "heic": ("image/heic", lambda: encoded(scene(), "HEIF", quality=80)),
    "avif": ("image/avif", lambda: encoded(scene(), "AVIF", quality=70)),
    "psd": ("image/vnd.adobe.photoshop", psd),
    "dng": ("image/x-adobe-dng", dng),
    "cr2": ("image/x-canon-cr2", cr2),
    "mp4": ("video/mp4", video),
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
