"""Facts about a still out of its metadata, wherever its format keeps them."""

import struct
import zlib
from collections.abc import Iterator
from typing import Final

from gphotos_reconcile.core.model import MediaFacts
from gphotos_reconcile.media import cr3
from gphotos_reconcile.media.exif import exif_block, facts_from_exif
from gphotos_reconcile.media.isobmff import first_box, read_items
from gphotos_reconcile.media.jpeg import JpegLayout, read_layout, segments
from gphotos_reconcile.media.sniff import Family
from gphotos_reconcile.media.tiff import Tiff, read_tiff
from gphotos_reconcile.media.window import SubWindow, Window
from gphotos_reconcile.media.xmp import with_xmp

_MAX_BLOCK_BYTES: Final = 16 << 20
_XMP_HEAD: Final = b"http://ns.adobe.com/xap/1.0/\0"
_XMP_TAG: Final = 0x02BC
_PSD_EXIF, _PSD_XMP = 1058, 1060

Blocks = tuple[Tiff | None, bytes]
"""The EXIF directories and the XMP packet of a file."""


def jpeg_facts(window: Window, layout: JpegLayout) -> MediaFacts:
    """Return the facts in a JPEG's APP1 segments."""
    return _facts(_jpeg(window, layout))


def still_facts(family: Family, window: Window) -> MediaFacts:
    """Return the facts in the metadata of a still that is no JPEG."""
    reader = {
        Family.PNG: _png,
        Family.WEBP: _webp,
        Family.PSD: _psd,
        Family.HEIF: _heif,
        Family.TIFF: _tiff,
        Family.RAW_TIFF: _tiff,
        Family.CR3: _cr3,
        Family.RAF: _raf,
        Family.JXL: _jxl,
    }.get(family)
    return MediaFacts() if reader is None else _facts(reader(window))


def _facts(blocks: Blocks) -> MediaFacts:
    tiff, packet = blocks
    facts = facts_from_exif(tiff) if tiff is not None else MediaFacts()
    return with_xmp(facts, packet) if packet else facts


def _jpeg(window: Window, layout: JpegLayout) -> Blocks:
    exif = next(segments(window, layout, 0xE1, b"Exif\0"), None)
    packet = next(segments(window, layout, 0xE1, _XMP_HEAD), b"")
    return exif_block(exif[1:]) if exif else None, packet


def _png(window: Window) -> Blocks:
    exif: Tiff | None = None
    packet = b""
    for kind, offset, length in _png_chunks(window):
        if kind == b"eXIf":
            exif = exif_block(window.at(offset, min(length, _MAX_BLOCK_BYTES)))
        elif kind == b"iTXt" and window.at(offset, 17) == b"XML:com.adobe.xmp":
            packet = _text_chunk(window.at(offset, min(length, _MAX_BLOCK_BYTES)))
    return exif, packet


def _png_chunks(window: Window) -> Iterator[tuple[bytes, int, int]]:
    place = 8
    while len(head := window.at(place, 8)) == 8:
        length = int.from_bytes(head[:4], "big")
        yield head[4:], place + 8, length
        place += length + 12


def _text_chunk(data: bytes) -> bytes:
    """Return an iTXt chunk's text, inflated within bounds where it is compressed."""
    name, _, rest = data.partition(b"\0")
    del name
    compressed, text = rest[:1] == b"\1", rest[2:].split(b"\0", 2)[-1]
    if not compressed:
        return text
    try:
        return zlib.decompressobj().decompress(text, _MAX_BLOCK_BYTES)
    except zlib.error:
        return b""


def _webp(window: Window) -> Blocks:
    exif: Tiff | None = None
    packet = b""
    place = 12
    while len(head := window.at(place, 8)) == 8:
        length = int.from_bytes(head[4:], "little")
        if head[:4] == b"EXIF":
            exif = exif_block(window.at(place + 8, min(length, _MAX_BLOCK_BYTES)))
        elif head[:4] == b"XMP ":
            packet = window.at(place + 8, min(length, _MAX_BLOCK_BYTES))
        place += 8 + length + length % 2
    return exif, packet


def _psd(window: Window) -> Blocks:
    """Read the image resources; source: Adobe Photoshop File Formats Specification (2019)."""
    exif: Tiff | None = None
    packet = b""
    start = 30 + int.from_bytes(window.at(26, 4), "big")
    end = start + 4 + int.from_bytes(window.at(start, 4), "big")
    place = start + 4
    while place < end and len(head := window.at(place, 7)) == 7 and head[:4] == b"8BIM":
        kind, name_bytes = struct.unpack(">HB", head[4:])
        place += 6 + (name_bytes + 2) // 2 * 2
        length = int.from_bytes(window.at(place, 4), "big")
        if kind in {_PSD_EXIF, _PSD_XMP}:
            data = window.at(place + 4, min(length, _MAX_BLOCK_BYTES))
            exif = exif_block(data) if kind == _PSD_EXIF else exif
            packet = data if kind == _PSD_XMP else packet
        place += 4 + (length + 1) // 2 * 2
    return exif, packet


def _heif(window: Window) -> Blocks:
    items = read_items(window)
    exif: Tiff | None = None
    packet = b""
    if items is None:
        return exif, packet
    for item, kind in items.types.items():
        spans = items.extents.get(item, ())
        data = b"".join(window.at(start, min(n, _MAX_BLOCK_BYTES)) for start, n in spans[:16])
        if kind == b"Exif" and len(data) > 4:
            skip = int.from_bytes(data[:4], "big")
            exif = exif or exif_block(data[4 + min(skip, len(data)) :]) or exif_block(data[4:])
        elif kind == b"mime" and "rdf+xml" in items.content_types.get(item, ""):
            packet = packet or data
    return exif, packet


def _tiff(window: Window) -> Blocks:
    tiff = read_tiff(window)
    return tiff, tiff.pages[0].raw(_XMP_TAG) if tiff is not None and tiff.pages else b""


def _cr3(window: Window) -> Blocks:
    return cr3.directories(window), cr3.xmp_packet(window, _MAX_BLOCK_BYTES)


def _raf(window: Window) -> Blocks:
    """Read the facts of the JPEG that a Fuji raw embeds; the header tells its place."""
    offset, length = struct.unpack(">II", window.at(84, 8).ljust(8, b"\0"))
    inside = SubWindow(window, (offset, length))
    return _jpeg(inside, read_layout(inside))


def _jxl(window: Window) -> Blocks:
    exif, packet = first_box(window, b"Exif"), first_box(window, b"xml ")
    data = window.at(exif.payload[0] + 4, exif.payload[1] - 4) if exif else b""
    return exif_block(data) if data else None, (
        window.at(*packet.payload) if packet is not None else b""
    )
