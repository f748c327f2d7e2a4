"""Archives that lie: small builders for the evil set."""

import gzip
import io
import os
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from tests.sources.fakes import JPEG, YEAR

GOOD = f"{YEAR}/good.jpg"
BAD = f"{YEAR}/bad.jpg"

NOISE = bytes(n * n % 251 for n in range(5000))

Build = Callable[[], bytes]


def zipped(
    *members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_STORED
) -> bytes:
    """Return a zip of these members and a good one."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr(GOOD, JPEG)
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


def patched(data: bytes, name: str, offset: int, value: bytes, *, local: bool = False) -> bytes:
    """Return a zip with bytes of one member's central (or local) header replaced."""
    magic, head = (b"PK\x03\x04", 30) if local else (b"PK\x01\x02", 46)
    at = data.find(magic)
    while data[at + head : at + head + len(name.encode())] != name.encode():
        at = data.index(magic, at + 4)
    return data[: at + offset] + value + data[at + offset + len(value) :]


def linked(mode: int) -> zipfile.ZipInfo:
    """Return a zip entry of an odd kind."""
    info = zipfile.ZipInfo(BAD)
    info.create_system = 3
    info.external_attr = (mode | 0o644) << 16
    return info


def overlapping(count: int = 200) -> bytes:
    """Return a zip whose directory lists one stored member many times under other names."""
    body = os.urandom(50_000)
    crc = zlib.crc32(body)
    local = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 0, 0, 0, crc, 50_000, 50_000, 5, 0)
    data = local + b"a.jpg" + body
    directory = b"".join(
        struct.pack(
            "<4sHHHHHHIIIHHHHHII",
            b"PK\1\2", 20, 20, 0, 0, 0, 0, crc, 50_000, 50_000, len(name), 0, 0, 0, 0, 0, 0,
        )
        + name
        for name in (f"{YEAR}/{n}.jpg".encode() for n in range(count))
    )  # fmt: skip
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, len(directory), len(data), 0)
    return data + directory + end


def many_claimed() -> bytes:
    """Return a zip that claims ten million members in its zip64 record."""
    wide = struct.pack(
        "<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, 10_000_000, 10_000_000, 460_000_000, 4
    )
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, 4, 1)
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 2**32 - 1, 2**32 - 1, 0)
    return b"PK\3\4" + wide + locator + end


def bomb(members: int = 3, size: int = 130 << 20) -> bytes:
    """Return a zip of zeros that grows a thousand times."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr(GOOD, JPEG)
        for number in range(members):
            with archive.open(f"{YEAR}/bomb{number}.bmp", "w") as stream:
                for _ in range(size >> 20):
                    stream.write(bytes(1 << 20))
    return buffer.getvalue()


def tarred(*members: tuple[tarfile.TarInfo, bytes], mode: str = "w") -> bytes:
    """Return a tar of a good member and these."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]  # typeshed lists every mode as a literal
        for info, data in ((entry(GOOD), JPEG), *members):
            info.size = info.size or len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def entry(name: str, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    """Return a tar header."""
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = "/etc/passwd" if kind in {tarfile.SYMTYPE, tarfile.LNKTYPE} else ""
    return info


def negative_size() -> bytes:
    """Return a tar with a member of size -1 (CVE-2025-8194)."""
    data = bytearray(tarred((entry(BAD), b"x")))
    at = data.index(b"bad.jpg") - len(YEAR) - 1
    data[at + 124 : at + 136] = b"\xff" * 12
    data[at + 148 : at + 156] = b" " * 8
    total = sum(data[at : at + 512])
    data[at + 148 : at + 156] = b"%06o\0 " % total
    return bytes(data)


def huge_extended_header() -> bytes:
    """Return a tar whose pax header claims 8 GiB."""
    info = tarfile.TarInfo("pax")
    info.type, info.size = tarfile.XHDTYPE, 7 << 30
    return tarred()[:1024] + info.tobuf(tarfile.USTAR_FORMAT) + bytes(1024)


def sparse() -> bytes:
    """Return a tar with a sparse member in pax form."""
    info = entry(BAD)
    info.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.realsize": "999999999999"}
    return tarred((info, b"x" * 600))


def zero_bomb() -> bytes:
    """Return a tgz of zeros that grows a thousand times."""
    info = entry(f"{YEAR}/zeros.mp4")
    info.size = 100 << 20
    head = tarred()[:1024] + info.tobuf()
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    pieces = [packer.compress(head)]
    pieces += [packer.compress(bytes(1 << 20)) for _ in range(100)]
    return b"".join([*pieces, packer.compress(bytes(1024)), packer.flush()])


# What a member of a zip may be, and which words its rejection has to hold.
ZIP_MEMBERS: dict[str, tuple[Build, str]] = {
    "parent": (lambda: zipped(("../evil.jpg", JPEG)), "climbs"),
    "parent_inside": (lambda: zipped((f"{YEAR}/../../../evil.jpg", JPEG)), "climbs"),
    "parent_backslash": (lambda: zipped((f"{YEAR}/..\\evil.jpg", JPEG)), "climbs"),
    "absolute": (lambda: zipped(("/etc/passwd", JPEG)), "absolute"),
    "drive": (lambda: zipped(("C:/evil.jpg", JPEG)), "absolute"),
    "symlink": (lambda: zipped((linked(stat.S_IFLNK), b"/etc/passwd")), "link"),
    "device": (lambda: zipped((linked(stat.S_IFCHR), b"")), "device"),
    "pipe": (lambda: zipped((linked(stat.S_IFIFO), b"")), "pipe"),
    "encrypted": (lambda: patched(zipped((BAD, JPEG)), BAD, 8, b"\x01\x00"), "encrypted"),
    "masked": (lambda: patched(zipped((BAD, JPEG)), BAD, 8, b"\x00\x20"), "encrypted"),
    "method_99": (lambda: patched(zipped((BAD, JPEG)), BAD, 10, b"\x63\x00"), "method"),
    "bzip2": (lambda: zipped((BAD, JPEG), method=zipfile.ZIP_BZIP2), "method"),
    "other_volume": (lambda: patched(zipped((BAD, JPEG)), BAD, 34, b"\x01\x00"), "volume"),
    "sizes_differ": (lambda: patched(zipped((BAD, JPEG)), BAD, 24, b"\xff\0\0\0"), "sizes"),
    "offset_behind_the_end": (
        lambda: patched(zipped((BAD, JPEG)), BAD, 42, b"\xff\xff\xff\x7f"),
        "overlaps",
    ),
    "wrong_crc": (lambda: zipped((BAD, JPEG)).replace(JPEG, JPEG[:-1] + b"x"), "disagree|CRC"),
    "crc_flipped_in_data": (
        lambda: JPEG.join(zipped((BAD, JPEG)).split(JPEG)[:2])
        + JPEG[:-3]
        + b"zzz"
        + zipped((BAD, JPEG)).split(JPEG)[2],
        "CRC",
    ),
    "claims_less": (
        lambda: patched(
            patched(zipped((BAD, b"A" * 5000), method=8), BAD, 24, b"\x10\0\0\0"),
            BAD, 22, b"\x10\0\0\0", local=True,
        ),
        "more than",
    ),
    "claims_more": (
        lambda: patched(
            patched(zipped((BAD, b"A" * 5000), method=8), BAD, 24, b"\xff\x20\0\0"),
            BAD, 22, b"\xff\x20\0\0", local=True,
        ),
        "early",
    ),
    "local_name_differs": (
        lambda: patched(zipped((BAD, JPEG)), BAD, 35, b"XX", local=True),
        "disagree",
    ),
    "local_size_differs": (
        lambda: patched(zipped((BAD, JPEG)), BAD, 22, b"\x01\0\0\0", local=True),
        "disagree",
    ),
    "local_method_differs": (
        lambda: patched(zipped((BAD, JPEG)), BAD, 8, b"\x08\0", local=True),
        "disagree",
    ),
    "local_header_missing": (
        lambda: patched(zipped((BAD, JPEG)), BAD, 0, b"XXXX", local=True),
        "no member",
    ),
    "damaged_deflate": (
        lambda: patched(
            zipped((BAD, NOISE), method=8), BAD, 30 + len(BAD) + 20, b"\xff" * 40, local=True
        ),
        "inflated|early|CRC|more",
    ),
}  # fmt: skip

# What a whole zip may be: condition and words of its state.
BROKEN_ZIPS: dict[str, tuple[Build, str, str]] = {
    "cut_in_half": (lambda: (z := zipped((BAD, JPEG * 9)))[: len(z) // 2], "cut", "missing"),
    "cut_by_one": (lambda: zipped()[:-1], "cut", "missing"),
    "cut_before_the_end_record": (lambda: zipped()[:-22], "cut", "missing"),
    "rubbish_behind": (lambda: zipped() + b"rubbish", "cut", "missing"),
    "bytes_before": (lambda: b"PK\3\4" + bytes(100) + zipped(), "unreadable", "put before"),
    "hole_in_it": (
        lambda: (z := zipped((BAD, JPEG * 50)))[:200] + z[400:],
        "unreadable",
        "cut out",
    ),
    "ten_million": (many_claimed, "unreadable", "cut out"),
    "split": (lambda: zipped()[:-18] + b"\1\0" + zipped()[-16:], "unreadable", "volume"),
    "count_differs": (lambda: zipped()[:-14] + b"\2\0\2\0" + zipped()[-10:], "unreadable", ""),
    "count_less": (
        lambda: (z := zipped((BAD, JPEG)))[:-14] + b"\1\0\1\0" + z[-10:],
        "unreadable",
        "longer",
    ),
    "no_directory": (
        lambda: b"PK\3\4".ljust(100, b"\0")
        + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 2, 2, 100, 0, 0),
        "unreadable",
        "damaged",
    ),
    "zip64_disagrees": (
        lambda: many_claimed()[:-10] + struct.pack("<IIH", 7, 7, 0),
        "unreadable",
        "disagree",
    ),
}  # fmt: skip

BROKEN_TARS: dict[str, tuple[Build, str, str]] = {
    "cut_at_a_boundary": (lambda: tarred((entry(BAD), JPEG))[:1024], "cut", "missing"),
    "cut_in_a_header": (lambda: tarred((entry(BAD), JPEG))[:1300], "cut", "missing"),
    "cut_in_a_member": (lambda: tarred((entry(BAD), JPEG * 99))[:2000], "cut", "missing"),
    "one_closing_block": (lambda: tarred()[: 1024 + 512], "cut", "missing"),
    "rubbish_behind": (lambda: tarred() + b"x", "unreadable", "behind"),
    "negative_size": (negative_size, "unreadable", "negative|damaged"),
    "checksum": (lambda: tarred().replace(b"good.jpg", b"gxod.jpg"), "unreadable", "header"),
    "huge_extended_header": (huge_extended_header, "unreadable", "long"),
    "gzip_cut_by_four": (lambda: gzip.compress(tarred())[:-4], "cut", "missing"),
    "gzip_cut_in_half": (
        lambda: (g := gzip.compress(tarred((entry(BAD), os.urandom(9000)))))[: len(g) // 2],
        "cut",
        "missing",
    ),
    "gzip_wrong_crc": (
        lambda: (g := gzip.compress(tarred()))[:-8] + b"\0\0\0\0" + g[-4:],
        "unreadable",
        "checksum",
    ),
    "gzip_wrong_length": (
        lambda: gzip.compress(tarred())[:-4] + b"\1\1\1\1",
        "unreadable",
        "checksum",
    ),
    "gzip_rubbish_behind": (lambda: gzip.compress(tarred()) + b"rubbish", "unreadable", "behind"),
    "gzip_bit": (
        lambda: (
            (g := gzip.compress(tarred((entry(BAD), os.urandom(9000)))))[:5000]
            + bytes([g[5000] ^ 255])
            + g[5001:]
        ),
        "unreadable|cut",
        "",
    ),
    "gzip_of_zeros": (zero_bomb, "unreadable", "grows"),
}

TAR_MEMBERS: dict[str, tuple[Build, str]] = {
    "parent": (lambda: tarred((entry("../evil.jpg"), JPEG)), "climbs"),
    "absolute": (lambda: tarred((entry("/etc/passwd"), JPEG)), "absolute"),
    "symlink": (lambda: tarred((entry(BAD, tarfile.SYMTYPE), b"")), "link"),
    "hardlink": (lambda: tarred((entry(BAD, tarfile.LNKTYPE), b"")), "link"),
    "device": (lambda: tarred((entry(BAD, tarfile.CHRTYPE), b"")), "device"),
    "pipe": (lambda: tarred((entry(BAD, tarfile.FIFOTYPE), b"")), "device"),
    "sparse": (sparse, "sparse"),
}


def written(folder: Path, data: bytes, ending: str) -> Path:
    """Write an archive under a part's name."""
    path = folder / f"takeout-20260110T090000Z-1-001{ending}"
    path.write_bytes(data)
    return path
