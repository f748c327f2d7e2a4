import pytest
from hypothesis import given
from hypothesis import strategies as st

from gphotos_reconcile.core.model import Kind
from gphotos_reconcile.media.sniff import sniff
from gphotos_reconcile.media.window import MemoryWindow
from tests.media.raws import Tags, exif_tags, tiff
from tests.media.samples import FORMATS, sample


def mime(data: bytes) -> str:
    return sniff(MemoryWindow(data)).mime_type


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_is_known_by_its_content(name: str) -> None:
    assert mime(sample(name)) == FORMATS[name][0]


@pytest.mark.parametrize(
    ("brand", "others", "expected"),
    [
        (b"heic", b"mif1", "image/heic"),
        (b"heix", b"", "image/heic"),
        (b"mif1", b"heic", "image/heic"),
        (b"mif1", b"avif", "image/avif"),
        (b"mif1", b"jpeg", "image/heif"),
        (b"msf1", b"avis", "image/avif"),
        (b"hevc", b"", "image/heic-sequence"),
        (b"avif", b"mif1", "image/avif"),
        (b"crx ", b"isom", "image/x-canon-cr3"),
        (b"qt  ", b"", "video/quicktime"),
        (b"M4V ", b"", "video/x-m4v"),
        (b"3gp5", b"", "video/3gpp"),
        (b"isom", b"avc1", "video/mp4"),
        (b"XAVC", b"", "video/mp4"),
        (b"M4A ", b"", "audio/mp4"),
    ],
)
def test_iso_media_are_told_apart_by_their_brands(
    brand: bytes, others: bytes, expected: str
) -> None:
    body = brand + b"\0\0\0\0" + others
    assert mime((8 + len(body)).to_bytes(4, "big") + b"ftyp" + body + bytes(64)) == expected


@pytest.mark.parametrize(
    ("make", "head", "expected"),
    [
        (b"NIKON CORPORATION", b"II*\0", "image/x-nikon-nef"),
        (b"SONY", b"II*\0", "image/x-sony-arw"),
        (b"PENTAX", b"II*\0", "image/x-pentax-pef"),
        (b"SAMSUNG", b"II*\0", "image/x-samsung-srw"),
        (b"Panasonic", b"IIU\0", "image/x-panasonic-rw2"),
        (b"OLYMPUS", b"IIRO", "image/x-olympus-orf"),
        (b"Unheard of", b"II*\0", "image/x-raw"),
    ],
)
def test_raws_built_on_tiff_are_told_by_sensor_data_and_maker(
    make: bytes, head: bytes, expected: str
) -> None:
    tags: Tags = {**exif_tags(), 0x010F: (2, make + b"\0"), 0x0106: (3, 32803)}
    assert mime(tiff([tags], head=head)) == expected


def test_a_tiff_that_a_raw_developer_wrote_under_the_cameras_name_is_a_tiff() -> None:
    tags: Tags = {**exif_tags(), 0x010F: (2, b"NIKON CORPORATION\0"), 0x0106: (3, 2)}
    assert mime(tiff([tags])) == "image/tiff"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "application/octet-stream"),
        (b'{"title": "a.jpg"}', "application/json"),
        (b'\xef\xbb\xbf  {"title": 1}', "application/json"),
        (b"<!DOCTYPE html><html>", "text/html"),
        (b"just a text in a file named .jpg", "text/plain"),
        (b'{"title": "a"}\xff\xd8\xff\xe0rest of a picture', "application/json"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"II*\0\xff\xff\xff\xff", "application/octet-stream"),
    ],
)
def test_what_is_no_picture_is_called_what_it_is(data: bytes, expected: str) -> None:
    assert mime(data) == expected


def test_an_old_quicktime_without_a_brand_is_a_video() -> None:
    data = b"\0\0\0\x08wide" + b"\0\0\0\x10mdat" + bytes(8)
    assert sniff(MemoryWindow(data)).kind is Kind.VIDEO


@given(st.binary(max_size=300))
def test_any_bytes_have_a_type(data: bytes) -> None:
    assert "/" in mime(data)
