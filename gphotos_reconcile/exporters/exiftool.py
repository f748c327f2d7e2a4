"""Argument files and CSV for ExifTool: for those who want Google's facts inside the files.

We never write into a picture ourselves. ExifTool keeps the file it changes as `NAME_original`.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import BinaryIO, Final

from gphotos_reconcile.core.model import Kind
from gphotos_reconcile.core.plan import PlanItem
from gphotos_reconcile.exporters.xmp import capture_date_text

COLUMNS: Final = (
    "SourceFile", "XMP-exif:DateTimeOriginal", "EXIF:DateTimeOriginal", "EXIF:OffsetTimeOriginal",
    "XMP-exif:GPSLatitude", "XMP-exif:GPSLongitude", "EXIF:GPSLatitude", "EXIF:GPSLatitudeRef",
    "EXIF:GPSLongitude", "EXIF:GPSLongitudeRef", "XMP-dc:Description", "XMP-xmp:Rating",
    "XMP-dc:Subject", "XMP-iptcExt:PersonInImage",
)  # fmt: skip
SEPARATORS: Final = ("|", "||", ";;", "##", "\x1f")

# Values are written with HTML entities (option -E): a line of the file holds no line break and
# loses white space at its ends, and ExifTool's C strings (#[CSTR]) spoil `$` and `@`.
_ENTITIES: Final = str.maketrans(
    {"&": "&amp;", "\0": "&#65533;"} | {sign: f"&#{ord(sign)};" for sign in "\n\r\t\x0b\x0c "}
)
_INNER_SPACE: Final = re.compile(r"(?<=[^;])&#32;(?=[^&])")
_CSTR: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


class ExifToolTarget(StrEnum):
    """Where ExifTool shall write."""

    IN_FILES = "in_files"
    SIDECARS = "sidecars"  # NAME.EXT.xmp beside each; one that exists is left alone


def exif_tags(
    item: PlanItem, favourite_rating: int | None = None
) -> dict[str, str | tuple[str, ...]]:
    """Return ExifTool's tags with the item's facts; EXIF ones only where a format has EXIF."""
    tags: dict[str, str | tuple[str, ...]] = {}
    moment = capture_date_text(item)
    if moment:
        tags["XMP-exif:DateTimeOriginal"] = moment
    if item.latitude is not None and item.longitude is not None:
        tags["XMP-exif:GPSLatitude"] = f"{item.latitude:.8f}"
        tags["XMP-exif:GPSLongitude"] = f"{item.longitude:.8f}"
    if item.kind in {Kind.PHOTO, Kind.MOTION}:
        tags |= _exif_only(item, moment)
    if item.description:
        tags["XMP-dc:Description"] = item.description
    if item.favourite and favourite_rating is not None:
        tags["XMP-xmp:Rating"] = str(favourite_rating)
    if item.albums or item.people:
        tags["XMP-dc:Subject"] = tuple(dict.fromkeys((*item.albums, *item.people)))
    if item.people:
        tags["XMP-iptcExt:PersonInImage"] = tuple(dict.fromkeys(item.people))
    return tags


def _exif_only(item: PlanItem, moment: str) -> dict[str, str]:
    tags: dict[str, str] = {}
    if moment:
        tags["EXIF:DateTimeOriginal"] = moment[:19].replace("-", ":").replace("T", " ")
        offset = moment[19:].lstrip(".0123456789")
        if offset:
            tags["EXIF:OffsetTimeOriginal"] = "+00:00" if offset == "Z" else offset
    if item.latitude is not None and item.longitude is not None:
        tags["EXIF:GPSLatitude"] = f"{abs(item.latitude):.8f}"
        tags["EXIF:GPSLatitudeRef"] = "S" if item.latitude < 0 else "N"
        tags["EXIF:GPSLongitude"] = f"{abs(item.longitude):.8f}"
        tags["EXIF:GPSLongitudeRef"] = "W" if item.longitude < 0 else "E"
    return tags


def write_argfile(
    copies: Iterable[tuple[PlanItem, bytes]],
    stream: BinaryIO,
    target: ExifToolTarget = ExifToolTarget.IN_FILES,
    *,
    favourite_rating: int | None = None,
) -> int:
    """Write one job for each file that has something to be told; return how many.

    Run it with `exiftool -@ FILE`. Lists are added to, without doubling what is there. A path
    that holds both a line break and `$` or `@` gets no job: ExifTool 12 cannot be told of it.
    """
    jobs = 0
    for item, path in copies:
        tags = exif_tags(item, favourite_rating)
        if target is ExifToolTarget.SIDECARS:
            tags = {name: value for name, value in tags.items() if name.startswith("XMP")}
        path_argument = _path_argument(path)
        if not tags or path_argument is None:
            continue
        where = ["-o", "%d%f.%e.xmp"] if target is ExifToolTarget.SIDECARS else []
        lines = "\n".join(["-E", *where, *_assignments(tags)]).encode("utf-8", "replace")
        stream.write(lines + b"\n" + path_argument + b"\n-execute\n")
        jobs += 1
    return jobs


def write_exiftool_csv(
    copies: Iterable[tuple[PlanItem, bytes]],
    stream: BinaryIO,
    folder: bytes,
    *,
    favourite_rating: int | None = None,
) -> str:
    """Write a CSV for `exiftool -csv=`, and return the separator for its `-sep`.

    `SourceFile` is the path as ExifTool prints it when it is given `folder`. Cells are the values
    themselves, without the guard against formulas: what ExifTool reads it writes. Names that are
    no UTF-8 cannot stand in a CSV and are left out; an argument file holds them.
    """
    rows = []
    for item, path in copies:
        tags = exif_tags(item, favourite_rating)
        full = path if path.startswith(b"/") else folder.rstrip(b"/") + b"/" + path
        try:
            rows.append((full.decode("utf-8"), tags))
        except UnicodeDecodeError:
            continue
    values = [part for _, tags in rows for value in tags.values() for part in value]
    separator = next(sign for sign in SEPARATORS if not any(sign in text for text in values))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for name, tags in rows:
        writer.writerow([name, *(_cell(tags, column, separator) for column in COLUMNS[1:])])
    stream.write(text.getvalue().encode("utf-8", "replace"))
    return separator


def _cell(tags: Mapping[str, str | tuple[str, ...]], name: str, separator: str) -> str:
    value = tags.get(name, "")
    return value if isinstance(value, str) else separator.join(value)


def _assignments(tags: Mapping[str, str | tuple[str, ...]]) -> list[str]:
    lines: list[str] = []
    for name, value in tags.items():
        if isinstance(value, str):
            lines.append(f"-{name}={_escaped(value)}")
        else:
            # Taking a value out and putting it in again leaves it there once.
            lines += [f"-{name}{sign}={_escaped(part)}" for part in value for sign in "-+"]
    return lines


def _escaped(value: str) -> str:
    return _INNER_SPACE.sub(" ", value.translate(_ENTITIES))


def _path_argument(path: bytes) -> bytes | None:
    """Return a path that is taken for no option and no comment; None when there is no way."""
    plain = path if path.startswith(b"/") else b"./" + path
    if not {b"\n"[0], b"\r"[0]} & {*plain} and plain == plain.strip():
        return plain
    if b"$" in plain or b"@" in plain:
        return None
    return b"#[CSTR]" + plain.decode("utf-8", "surrogateescape").translate(_CSTR).encode(
        "utf-8", "surrogateescape"
    )
