"""Sample photographs as files: JPEG, HEIC, PNG, motion photos, with what a camera writes beside."""

import io
import struct
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Final

import pillow_heif
from PIL import ExifTags, Image, ImageEnhance

from gphotos_reconcile.media.sample_raw import dng
from gphotos_reconcile.media.sample_scenes import Shot, develop

_FAST: Final = {"preset": "ultrafast"}
_APPLE_NOTE_HEAD: Final = b"Apple iOS\0\0\x01MM"


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """What a camera says of itself in each of its pictures."""

    make: str
    model: str
    f_number: float
    focal_length_mm: float
    writes_offset: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """What is written into one file beside its picture; `taken_at` is in the camera's zone."""

    camera: Camera
    taken_at: datetime
    iso: int = 100
    exposure: Fraction = Fraction(1, 250)
    place: tuple[float, float] | None = None
    caption: str = ""
    live_identifier: str = ""


class Form(StrEnum):
    """The formats that the sample has stills in."""

    JPEG = "jpeg"
    HEIC = "heic"
    PNG = "png"
    DNG = "dng"


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """How a shot becomes a file.

    `long_edge_px` of 0 keeps the size. `crop` is left, top, right, bottom in parts of the whole.
    `warmth` above 0 is an editor's filter.
    """

    form: Form = Form.JPEG
    quality: int = 90
    long_edge_px: int = 0
    crop: tuple[float, float, float, float] | None = None
    warmth: float = 0.0


def still(shot: Shot, how: Print, notes: Notes | None) -> bytes:
    """Return a picture file; the same arguments give the same bytes.

    Raises:
        KeyError: there is no scene of that name.
    """
    return printed(develop(shot), how, notes)


def printed(picture: Image.Image, how: Print, notes: Notes | None) -> bytes:
    """Return a picture in RGB as a file; the same arguments give the same bytes."""
    image = _finished(picture, how)
    if how.form is Form.DNG:
        return dng(image, exif(notes) if notes else Image.Exif())
    block = exif(notes).tobytes() if notes else b""
    target = io.BytesIO()
    if how.form is Form.HEIC:
        heif = pillow_heif.from_pillow(image)
        heif.save(target, quality=how.quality, exif=block or None, enc_params=_FAST)
    elif how.form is Form.PNG:
        image.quantize(64).save(target, "PNG", optimize=False, compress_level=6)
    else:
        image.save(target, "JPEG", quality=how.quality, exif=block)
    return target.getvalue()


def motion_photo(shot: Shot, how: Print, notes: Notes, video: bytes) -> bytes:
    """Return a JPEG with a video behind it, as phones of Google write them.

    Source: Motion Photo format 1.0, developer.android.com/media/platform/motion-photo-format.
    """
    xmp = _MOTION_XMP.format(length=len(video)).encode()
    target = io.BytesIO()
    image = _finished(develop(shot), how)
    image.save(target, "JPEG", quality=how.quality, exif=exif(notes).tobytes(), xmp=xmp)
    return target.getvalue() + video


def exif(notes: Notes) -> Image.Exif:
    """Return what a camera writes into its pictures."""
    block, base, camera = Image.Exif(), ExifTags.Base, notes.camera
    clock = notes.taken_at.strftime("%Y:%m:%d %H:%M:%S")
    block[base.Make], block[base.Model] = camera.make, camera.model
    block[base.DateTime] = clock
    block[base.Orientation] = 1
    if notes.caption:
        block[base.ImageDescription] = notes.caption
    inner = block.get_ifd(ExifTags.IFD.Exif)
    inner[base.DateTimeOriginal] = inner[base.DateTimeDigitized] = clock
    inner[base.ExposureTime] = float(notes.exposure)
    inner[base.FNumber], inner[base.FocalLength] = camera.f_number, camera.focal_length_mm
    inner[base.ISOSpeedRatings] = notes.iso
    if camera.writes_offset:
        zone = notes.taken_at.strftime("%z")
        inner[base.OffsetTimeOriginal] = f"{zone[:3]}:{zone[3:]}"
        inner[base.SubsecTimeOriginal] = f"{notes.taken_at.microsecond // 1000:03d}"
    if notes.live_identifier:
        inner[base.MakerNote] = _apple_note(notes.live_identifier)
    if notes.place is not None:
        _write_place(block, notes.place)
    return block


def _finished(image: Image.Image, how: Print) -> Image.Image:
    width, height = image.size
    if how.crop is not None:
        left, top, right, bottom = how.crop
        box = (left * width, top * height, right * width, bottom * height)
        image = image.crop(tuple(round(edge) for edge in box))  # type: ignore[arg-type]  # four ints, mypy sees any number
    if how.warmth:
        red, green, blue = image.split()
        red = red.point(lambda value: value * (1 + 0.25 * how.warmth))
        blue = blue.point(lambda value: value * (1 - 0.3 * how.warmth))
        image = ImageEnhance.Contrast(Image.merge("RGB", (red, green, blue))).enhance(1.35)
    if how.long_edge_px:
        image = image.copy()
        image.thumbnail((how.long_edge_px, how.long_edge_px), Image.Resampling.LANCZOS)
    return image


def _write_place(block: Image.Exif, place: tuple[float, float]) -> None:
    tags, gps = ExifTags.GPS, block.get_ifd(ExifTags.IFD.GPSInfo)
    latitude, longitude = place
    gps[tags.GPSLatitudeRef] = "N" if latitude >= 0 else "S"
    gps[tags.GPSLatitude] = _sexagesimal(abs(latitude))
    gps[tags.GPSLongitudeRef] = "E" if longitude >= 0 else "W"
    gps[tags.GPSLongitude] = _sexagesimal(abs(longitude))


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    minutes = degrees % 1 * 60
    return float(int(degrees)), float(int(minutes)), round(minutes % 1 * 60, 2)


def _apple_note(identifier: str) -> bytes:
    """Return a maker note with the one entry that joins a Live Photo's halves (tag 0x0011)."""
    text = identifier.encode() + b"\0"
    place = len(_APPLE_NOTE_HEAD) + 2 + 12 + 4
    entry = struct.pack(">HHHII", 1, 0x0011, 2, len(text), place)
    return _APPLE_NOTE_HEAD + entry + bytes(4) + text


_MOTION_XMP: Final = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:GCamera="http://ns.google.com/photos/1.0/camera/"
 xmlns:Container="http://ns.google.com/photos/1.0/container/"
 xmlns:Item="http://ns.google.com/photos/1.0/container/item/"
 GCamera:MotionPhoto="1" GCamera:MotionPhotoVersion="1"
 GCamera:MotionPhotoPresentationTimestampUs="500000"><Container:Directory><rdf:Seq>
 <rdf:li rdf:parseType="Resource"><Container:Item Item:Mime="image/jpeg" Item:Semantic="Primary"
 Item:Length="0" Item:Padding="0"/></rdf:li>
 <rdf:li rdf:parseType="Resource"><Container:Item Item:Mime="video/mp4"
 Item:Semantic="MotionPhoto" Item:Length="{length}" Item:Padding="0"/></rdf:li>
 </rdf:Seq></Container:Directory></rdf:Description></rdf:RDF></x:xmpmeta>"""
