"""Which decoders are at work, and whether one of them has a known hole.

Kept in one table, so that a new advisory is one line. Versions are those of the libraries
inside the wheels, not of the Python packages around them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module, metadata
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class CodecInfo:
    """One decoder: its name, its version ("" when it is absent), and what is wrong with it.

    `advisory` is None for a version without a known hole, else a sentence for a person.
    """

    name: str
    version: str
    advisory: str | None = None


@dataclass(frozen=True, slots=True)
class _Codec:
    name: str
    version: Callable[[], str]
    fixed_in: str = ""
    hole: str = ""
    needed: bool = True


def codec_report() -> tuple[CodecInfo, ...]:
    """Return every decoder we use, in a fixed order."""
    return tuple(_info(codec) for codec in _CODECS)


def _info(codec: _Codec) -> CodecInfo:
    try:
        version = codec.version()
    except (ImportError, AttributeError, KeyError, OSError, metadata.PackageNotFoundError):
        version = ""
    advisory = None
    if not version and codec.needed:
        advisory = f"{codec.name} is not installed: its formats are hashed and not compared."
    elif version and codec.fixed_in and _numbers(version) < _numbers(codec.fixed_in):
        advisory = f"{codec.name} {version} has {codec.hole}; update to {codec.fixed_in} or later."
    return CodecInfo(codec.name, version, advisory)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:4])


def _heif(part: str) -> Callable[[], str]:
    """Return a reader of libheif's own version, or of a decoder that it is built with."""

    def read() -> str:
        info = import_module("pillow_heif").libheif_info()
        if part == "libheif":
            return str(info["libheif"])
        plugins = {**info.get("decoders", {}), **info.get("encoders", {})}
        words = " ".join(f"{name} {text}" for name, text in plugins.items())
        found = re.search(rf"{part}\D*?(\d+(?:\.\d+)+)", words, re.IGNORECASE)
        return found[1] if found else ""

    return read


def _pillow(feature: str) -> Callable[[], str]:
    return lambda: import_module("PIL.features").version(feature) or ""


def _ffmpeg() -> str:
    return str(import_module("av").ffmpeg_version_info)


def _libjxl() -> str:
    """Return what the plugin was built with: it has no call for it, but its build paths name it."""
    module = import_module("pillow_jxl.pillow_jxl")
    found = re.search(rb"libjxl-(\d+\.\d+\.\d+)", Path(str(module.__file__)).read_bytes())
    return found[1].decode() if found else ""


def _libraw() -> str:
    return ".".join(str(part) for part in import_module("rawpy").libraw_version)


_CODECS: Final = (
    _Codec("Pillow", lambda: metadata.version("Pillow"), "12.2.0", "a FITS bomb (CVE-2026-40192)"),
    _Codec("libjpeg-turbo", _pillow("libjpeg_turbo")),
    _Codec("libwebp", _pillow("webp"), "1.3.2", "a heap overflow (CVE-2023-4863)"),
    _Codec("libavif", _pillow("avif"), "1.3.0", "integer overflows (CVE-2025-48174)"),
    _Codec("pillow-heif", lambda: metadata.version("pillow-heif")),
    _Codec("libheif", _heif("libheif"), "1.22.0", "a heap overflow (CVE-2026-32741)"),
    _Codec("libde265", _heif("libde265"), "1.1.1", "a heap overflow (CVE-2026-33165)"),
    _Codec("PyAV", lambda: metadata.version("av")),
    _Codec("FFmpeg", _ffmpeg, "8.1", "an out-of-bounds write in its MP4 reader (CVE-2026-40962)"),
    _Codec("rawpy", lambda: metadata.version("rawpy")),
    _Codec("LibRaw", _libraw, "0.21.4", "out-of-bounds reads (CVE-2025-43961)"),
    _Codec("pillow-jxl-plugin", lambda: metadata.version("pillow-jxl-plugin"), needed=False),
    _Codec("libjxl", _libjxl, "0.11.2", "memory faults (CVE-2025-12474)", needed=False),
)
