"""Raws as cameras of several makers write them, with sensor data that LibRaw opens.

Sources: TIFF/EP (ISO 12234-2) for NEF, ARW and ORF; the RAF header as ExifTool documents it; CR3
after L. Clevy's description of the format (ISO/IEC 14496-12 boxes, Canon's own in `uuid`).
"""

import struct

import numpy as np

from tests.media.pictures import encoded, scene
from tests.media.raws import SIZES, Tags, exif_tags, packed, stored, tiff

SENSOR_PX = (512, 384)
PREVIEW_PX = (256, 192)

_FUJI_START = 148
_CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
_CANON_PREVIEW = bytes.fromhex("eaf42b5e1c984b88b9fbb7dc406e4d16")
_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")


def preview(seed: int = 0, **options: object) -> bytes:
    """Return the JPEG that a camera puts into its raw."""
    return encoded(scene(*PREVIEW_PX, seed), "JPEG", quality=85, **options)


def sensor(seed: int = 0) -> bytes:
    """Return sensor values of 12 bits, not compressed."""
    grey = np.asarray(scene(*SENSOR_PX, seed).convert("L"), np.uint16)
    return (grey * 16).astype("<u2").tobytes()


def nef(seed: int = 0) -> bytes:
    """Return a Nikon raw: a bare thumbnail first, preview and sensor data below it."""
    return _on_tiff(b"NIKON CORPORATION\0", b"NIKON D90\0", seed)


def arw(seed: int = 0) -> bytes:
    """Return a Sony raw."""
    return _on_tiff(b"SONY\0", b"DSLR-A700\0", seed)


def cr2(seed: int = 0) -> bytes:
    """Return a Canon raw of the TIFF kind: preview, then sensor data as lossless JPEG."""
    coded = _lossless_jpeg(seed)
    first: Tags = {
        **_maker(b"Canon\0", b"Canon EOS 40D\0"),
        0x0100: (3, PREVIEW_PX[0]),
        0x0101: (3, PREVIEW_PX[1]),
        0x0103: (3, 6),
        0x0111: stored(preview(seed)),
        0x0117: (4, len(preview(seed))),
    }
    raw: Tags = {
        0x0103: (3, 6),
        0x0111: stored(coded),
        0x0117: (4, len(coded)),
        0xC5E0: (4, 1),
        0xC640: (3, [0, 0, SENSOR_PX[0]]),
    }
    return tiff([first, raw], head=b"II*\0CR\x02\0\0\0\0\0")


def rw2(seed: int = 0) -> bytes:
    """Return a Panasonic raw: the preview in a tag, sensor data from an offset to the end."""
    width, height = SENSOR_PX
    first: Tags = {
        **_maker(b"Panasonic\0", b"DMC-LX3\0"),
        0x0002: (3, width),
        0x0003: (3, height),
        0x0004: (3, 0),
        0x0005: (3, 0),
        0x0006: (3, height),
        0x0007: (3, width),
        0x000A: (3, 12),
        0x000B: (3, 34316),
        0x002E: (7, preview(seed)),
        0x0118: stored(sensor(seed)),
        0x4746: (3, 4),
    }
    exif: Tags = {
        0x829A: (5, [(1, 250)]),
        0x8827: (3, 400),
        0x9003: (2, b"2019:05:04 10:11:12\0"),
    }
    gps: Tags = {
        1: (2, b"S\0"),
        2: (5, [(47, 1), (30, 1), (0, 1)]),
        3: (2, b"E\0"),
        4: (5, [(8, 1), (15, 1), (0, 1)]),
    }
    return tiff([first], head=b"IIU\0", links={0x8769: exif, 0x8825: gps})


def raf(seed: int = 0, *, known: bool = True) -> bytes:
    """Return a Fuji raw: a header of offsets, the preview with its EXIF, sensor data.

    Without the sensor's size, LibRaw does not know what to make of it.
    """
    block = tiff([_maker(b"FUJIFILM\0", b"FinePix X100\0")])
    shown = preview(seed, exif=b"Exif\0\0" + block)
    place = shown.index(b"\xff\xe1")  # a camera puts EXIF where Pillow puts JFIF
    shown = shown[:2] + shown[place:]
    width, height = SENSOR_PX
    size = struct.pack(">HH", height, width)
    facts = [
        (0x0100, size),
        (0x0110, bytes(4)),
        (0x0111, size),
        (0x0121, size),
        (0x0130, b"\0\x08\0\0"),
    ]
    facts = facts if known else []
    table = struct.pack(">I", len(facts))
    table += b"".join(struct.pack(">HH", tag, len(data)) + data for tag, data in facts)
    parts = [shown, table, sensor(seed)]
    body, places = b"", []
    for part in parts:
        body += bytes(-len(body) % 4)
        places += [_FUJI_START + len(body), len(part)]
        body += part
    head = b"FUJIFILMCCD-RAW 0201FF383501" + b"FinePix X100".ljust(32, b"\0") + b"0100" + bytes(20)
    return (head + struct.pack(">6I", *places)).ljust(_FUJI_START, b"\0") + body


def cr3(seed: int = 0, *, known: bool = True) -> bytes:
    """Return a Canon raw of the newer kind.

    Its sensor track holds coded-looking bytes, no decodable ones: nothing in a raw but its header
    and its previews is ever decoded.

    Args:
        seed: of the scene.
        known: whether the sensor track's header is of a version that LibRaw knows.
    """
    coded = bytes(np.random.default_rng(seed).integers(0, 256, 20_000, dtype=np.uint8))
    full, middle = preview(seed), encoded(scene(160, 120, seed), "JPEG", quality=80)
    small = encoded(scene(80, 60, seed), "JPEG", quality=70)
    size = len(_cr3_front(known, (middle, small), ((0, len(full)), (0, len(coded)))))
    start = size + 16
    front = _cr3_front(
        known, (middle, small), ((start, len(full)), (start + len(full), len(coded)))
    )
    body = full + coded
    return front + struct.pack(">I4sQ", 1, b"mdat", 16 + len(body)) + body


def _maker(make: bytes, model: bytes) -> Tags:
    return {**exif_tags(model), 0x010F: (2, make)}


def _on_tiff(make: bytes, model: bytes, seed: int) -> bytes:
    width, height = SENSOR_PX
    shown, values = preview(seed), sensor(seed)
    first: Tags = {
        **_maker(make, model),
        0x00FE: (4, 1),
        0x0100: (4, 64),
        0x0101: (4, 48),
        0x0102: (3, [8, 8, 8]),
        0x0103: (3, 1),
        0x0106: (3, 2),
        0x0111: stored(scene(64, 48, seed).tobytes()),
        0x0115: (3, 3),
        0x0116: (4, 48),
        0x0117: (4, 64 * 48 * 3),
    }
    show: Tags = {
        0x00FE: (4, 1), 0x0103: (3, 6), 0x0201: stored(shown), 0x0202: (4, len(shown)),
    }  # fmt: skip
    raw: Tags = {
        0x00FE: (4, 0),
        0x0100: (4, width),
        0x0101: (4, height),
        0x0102: (3, 16),
        0x0103: (3, 1),
        0x0106: (3, 32803),
        0x0111: stored(values),
        0x0115: (3, 1),
        0x0116: (4, height),
        0x0117: (4, len(values)),
        0x828D: (3, [2, 2]),
        0x828E: (1, bytes([0, 1, 1, 2])),
    }
    return tiff([first], subs=[show, raw])


def _lossless_jpeg(seed: int) -> bytes:
    """Return a header of lossless JPEG (T.81 annex H) and coded-looking bytes behind it."""
    width, height = SENSOR_PX
    table = bytes([0, 0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, *range(12)])
    frame = struct.pack(">BHHB", 14, height, width // 2, 2) + bytes([1, 0x11, 0, 2, 0x11, 0])
    scan = bytes([2, 1, 0, 2, 0, 1, 0, 0])
    coded = np.random.default_rng(seed).integers(0, 255, 20_000, dtype=np.uint8).tobytes()
    segments = ((0xC4, table), (0xC3, frame), (0xDA, scan))
    head = b"".join(struct.pack(">BBH", 0xFF, mark, len(d) + 2) + d for mark, d in segments)
    return b"\xff\xd8" + head + coded + b"\xff\xd9"


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def _cr3_front(
    known: bool, shown: tuple[bytes, bytes], tracks: tuple[tuple[int, int], tuple[int, int]]
) -> bytes:
    """Return everything before `mdat`; its length does not depend on the tracks' offsets."""
    middle, small = shown
    width, height = SENSOR_PX
    header = struct.pack(
        ">HHHHIIIIBBBBI", 0xFFFF, 0x30, 0x100 if known else 0x900, 0, width, height, width, height,
        14, 0x40, 0, 0, 0x48,
    )  # fmt: skip
    picture = _cr3_track(tracks[0], PREVIEW_PX, _box(b"JPEG", bytes(4)))
    sensor_track = _cr3_track(tracks[1], SENSOR_PX, _box(b"CMP1", header.ljust(52, b"\0")))
    exif: Tags = {0x9003: (2, b"2020:02:03 04:05:06\0"), 0x8827: (3, 800)}
    own = _box(
        b"uuid",
        _CANON,
        _box(b"CNCV", b"CanonCR3_001/00.09.00/00.00.00"),
        _box(b"CMT1", _cmt(_maker(b"Canon\0", b"Canon EOS R\0"))),
        _box(b"CMT2", _cmt(exif)),
        _box(b"CMT4", _cmt({0: (1, bytes([2, 3, 0, 0]))})),
        _box(b"THMB", struct.pack(">IHHIHH", 0, 80, 60, len(small), 1, 0), small),
    )
    packet = _box(b"uuid", _XMP, b'<x:xmpmeta xmp:Rating="2"/>'.ljust(400))
    view = _box(b"PRVW", struct.pack(">IHHHHI", 0, 1, 160, 120, 1, len(middle)), middle)
    return b"".join((
        _box(b"ftyp", b"crx \0\0\0\1crx isom"),
        _box(b"moov", own, _box(b"mvhd", bytes(100)), picture, sensor_track),
        packet,
        _box(b"uuid", _CANON_PREVIEW, struct.pack(">II", 0, 1), view),
    ))  # fmt: skip


def _cr3_track(sample: tuple[int, int], size_px: tuple[int, int], codec: bytes) -> bytes:
    entry = bytes(6) + struct.pack(">H16xHH", 1, *size_px) + bytes(54)
    table = _box(
        b"stbl",
        _box(b"stsd", struct.pack(">II", 0, 1), _box(b"CRAW", entry, codec)),
        _box(b"stts", struct.pack(">IIII", 0, 1, 1, 1)),
        _box(b"stsc", struct.pack(">IIIII", 0, 1, 1, 1, 1)),
        _box(b"stsz", struct.pack(">III", 0, sample[1], 1)),
        _box(b"co64", struct.pack(">IIQ", 0, 1, sample[0])),
    )
    inside = _box(b"dinf", _box(b"dref", struct.pack(">II", 0, 1), _box(b"url ", b"\0\0\0\1")))
    handler = _box(b"hdlr", struct.pack(">II4s", 0, 0, b"vide") + bytes(13))
    media = _box(b"mdia", _box(b"mdhd", bytes(24)), handler, _box(b"minf", inside, table))
    return _box(b"trak", _box(b"tkhd", bytes(84)), media)


def _cmt(tags: Tags) -> bytes:
    """Return one directory as Canon writes it: right behind the header, its values behind it."""
    table, values = [], b""
    behind = 8 + 2 + 12 * len(tags) + 4
    for tag, (kind, value) in sorted(tags.items()):
        data = value if isinstance(value, bytes) else packed(kind, value)
        cell = data.ljust(4, b"\0")
        if len(data) > 4:
            cell = struct.pack("<I", behind + len(values))
            values += data + bytes(len(data) % 2)
        table.append(struct.pack("<HHI", tag, kind, len(data) // SIZES[kind]) + cell)
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + b"".join(table) + bytes(4) + values
