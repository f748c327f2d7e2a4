"""Content digests: the encoded picture without its metadata, one reader per format.

Each reader returns the spans of the file that make the picture, None where its structure makes
no sense. Changing a tag with a metadata editor moves bytes about but leaves
those spans' bytes alone; changing one coded bit changes them.
"""

import hashlib
import struct
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from gphotos_reconcile.media.cr3 import picture_tracks
from gphotos_reconcile.media.errors import CutShortError
from gphotos_reconcile.media.isobmff import Items, boxes, read_items
from gphotos_reconcile.media.jpeg import JpegLayout
from gphotos_reconcile.media.sniff import Family
from gphotos_reconcile.media.tiff import Directory, read_tiff
from gphotos_reconcile.media.window import Span, Window

_PNG_PICTURE: Final = frozenset(
    {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"acTL", b"fcTL", b"fdAT", b"IEND"}
)
_WEBP_PICTURE: Final = frozenset({b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"})
_CONFIGURATIONS: Final = frozenset({b"hvcC", b"av1C", b"vvcC", b"avcC", b"j2kH", b"uncC", b"cmpd"})
_LONG_RAF_HEADER_BYTES: Final = 148
_METADATA_ITEMS: Final = frozenset({b"Exif", b"mime", b"uri "})


def jpeg_digest(layout: JpegLayout) -> str | None:
    """Return the digest of a JPEG's coded picture, None when its end is not there."""
    return None if layout.end is None else f"jpeg:{layout.coded.hexdigest()}"


def still_digest(family: Family, window: Window) -> str | None:
    """Return the digest of a still of any other family, None where there is none to be had.

    Raises:
        CutShortError: the file ends before its coded picture does.
    """
    entry = _READERS.get(family)
    if entry is None:
        return None
    scheme, reader = entry
    try:
        spans = reader(window)
    except (struct.error, ValueError, OverflowError):
        return None
    if not spans or any(start < 0 or length < 0 for start, length in spans):
        return None
    if any(start + length > window.size_bytes for start, length in spans):
        raise CutShortError
    return _digest(scheme, window, spans)


def _digest(scheme: str, window: Window, spans: Iterable[Span]) -> str:
    """Return `scheme:hex`, SHA-256 over the spans' bytes in order."""
    running = hashlib.sha256()
    for offset, length in spans:
        for piece in window.chunks(offset, length):
            running.update(piece)
    return f"{scheme}:{running.hexdigest()}"


def _png(window: Window) -> list[Span] | None:
    """Take the chunks that make the picture; source: PNG 3rd edition."""
    spans: list[Span] = []
    place = 8
    while len(head := window.at(place, 8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        if kind in _PNG_PICTURE:
            spans += [(place + 4, 4), (place + 8, length)]
        place += length + 12
        if kind == b"IEND":
            break
    else:
        raise CutShortError
    return spans


def _webp(window: Window) -> list[Span] | None:
    """Take the bitstream and animation chunks; source: WebP container specification."""
    size = 8 + int.from_bytes(window.at(4, 4), "little")
    if size > window.size_bytes:
        raise CutShortError
    spans: list[Span] = []
    place = 12
    while place < size and len(head := window.at(place, 8)) == 8:
        kind, length = struct.unpack("<4sI", head)
        if kind in _WEBP_PICTURE:
            spans.append((place, 8 + length))
        place += 8 + length + length % 2
    return spans or None


def _gif(window: Window) -> list[Span] | None:
    """Take all but comments and application blocks, to the trailer; source: GIF89a."""
    screen = window.at(0, 13)
    if len(screen) < 13:
        return None
    spans: list[Span] = [(6, 7)]
    place = 13 + _colour_table(screen[10])
    spans.append((13, place - 13))
    while mark := window.at(place, 10):
        start = place
        if mark[0] == 0x3B:
            return spans
        if mark[0] == 0x21 and len(mark) > 1:
            place = _after_blocks(window, place + 2)
            skip = mark[1] in {0xFE, 0xFF}
        elif mark[0] == 0x2C and len(mark) == 10:
            place = _after_blocks(window, place + 11 + _colour_table(mark[9]))
            skip = False
        else:
            return None
        if not skip:
            spans.append((start, place - start))
    raise CutShortError


def _colour_table(packed: int) -> int:
    return 3 << (packed & 7) + 1 if packed & 0x80 else 0


def _after_blocks(window: Window, place: int) -> int:
    while size := window.at(place, 1):
        place += 1 + size[0]
        if not size[0]:
            return place
    raise CutShortError


def _bmp(window: Window) -> list[Span] | None:
    """Take everything: a BMP holds no metadata; the header tells how long it is."""
    declared = int.from_bytes(window.at(2, 4), "little")
    if declared > window.size_bytes:
        raise CutShortError
    return [(0, window.size_bytes)]


def _psd(window: Window) -> list[Span] | None:
    """Take header, colour data, layers and picture; leave the image resources out."""
    colours = 30 + int.from_bytes(window.at(26, 4), "big")
    resources = colours + 4 + int.from_bytes(window.at(colours, 4), "big")
    if resources + 4 >= window.size_bytes:
        return None
    return [(0, colours), (resources, window.size_bytes - resources)]


def _heif(window: Window) -> list[Span] | None:
    """Take the coded items of the primary picture and their decoders' parameters."""
    items = read_items(window)
    return None if items is None else coded_spans(items, items.primary)


def coded_spans(items: Items, item: int) -> list[Span] | None:
    """Return the spans of an item's tiles with their codec configuration, None if any is absent."""
    spans: list[Span] = []
    for part in dict.fromkeys((item, *items.coded(item))):
        if items.types.get(part) in _METADATA_ITEMS or part not in items.extents:
            return None
        spans += [span for kind, span in items.properties.get(part, ()) if kind in _CONFIGURATIONS]
        spans += items.extents[part]
    return spans


def _tiff(window: Window) -> list[Span] | None:
    """Take strips and tiles of the full pictures; of the previews only where there is no other."""
    tiff = read_tiff(window)
    if tiff is None:
        return None
    if not all(directory.whole for directory in tiff.all):
        raise CutShortError
    full = [directory for directory in tiff.all if not (directory.integer(0x00FE) or 0) & 1]
    for directories in (full, tiff.all):
        spans = [span for directory in directories for span in _strips(directory)]
        if spans:
            return spans
    return None


_STRIPS, _STRIP_BYTES, _TILES, _TILE_BYTES, _RAW_OFFSET = 0x0111, 0x0117, 0x0144, 0x0145, 0x0118


def _strips(directory: Directory) -> Iterator[Span]:
    panasonic = directory.integer(_RAW_OFFSET)
    if panasonic is not None and directory.window.at(2, 1) == b"U":
        yield panasonic, directory.window.size_bytes - panasonic
        return
    for offsets, lengths in ((_STRIPS, _STRIP_BYTES), (_TILES, _TILE_BYTES)):
        yield from zip(directory.integers(offsets), directory.integers(lengths), strict=True)


def _cr3(window: Window) -> list[Span] | None:
    """Take the samples of the picture tracks: previews and sensor data."""
    return [span for track in picture_tracks(window) for span in track.samples]


def _raf(window: Window) -> list[Span] | None:
    """Take the sensor data, whose places the header tells: of some sensors two pictures."""
    spans = [struct.unpack(">II", window.at(100, 8))]
    if int.from_bytes(window.at(84, 4), "big") >= _LONG_RAF_HEADER_BYTES:
        spans.append(struct.unpack(">II", window.at(128, 8)))
    return [(offset, length) for offset, length in spans if offset and length]


def _jxl(window: Window) -> list[Span] | None:
    """Take the code stream: the whole file, or the boxes that hold it."""
    if window.at(0, 2) == b"\xff\x0a":
        return [(0, window.size_bytes)]
    found = [box for box in boxes(window) if box.type in {b"jxlc", b"jxlp"}]
    return [box.payload for box in found] if all(box.complete for box in found) else None


def _jp2(window: Window) -> list[Span] | None:
    """Take the code stream of a JPEG 2000; source: ISO/IEC 15444-1 annex I."""
    found = [box for box in boxes(window) if box.type == b"jp2c"]
    return [box.payload for box in found] if all(box.complete for box in found) else None


_READERS: Final[dict[Family, tuple[str, Callable[[Window], list[Span] | None]]]] = {
    Family.PNG: ("png", _png),
    Family.WEBP: ("webp", _webp),
    Family.GIF: ("gif", _gif),
    Family.BMP: ("bmp", _bmp),
    Family.PSD: ("psd", _psd),
    Family.HEIF: ("heif", _heif),
    Family.TIFF: ("tiff", _tiff),
    Family.RAW_TIFF: ("tiff", _tiff),
    Family.CR3: ("cr3", _cr3),
    Family.RAF: ("raf", _raf),
    Family.JXL: ("jxl", _jxl),
    Family.JP2: ("jp2", _jp2),
}
