import io
from pathlib import Path

import av
import pytest

from gphotos_reconcile.core.model import Fingerprint
from gphotos_reconcile.media.fingerprint import fingerprint
from tests.media.exiftool import needs_exiftool, retagged
from tests.media.pictures import encoded, scene
from tests.media.samples import FORMATS, clip, motion_photo, sample
from tests.media.sources import BytesSource
from tests.media.videos import rewrapped, video

# What exiftool can write; a name it knows the type by.
WRITABLE = {
    "jpeg": "a.jpg", "progressive": "a.jpg", "cmyk": "a.jpg", "mpo": "a.jpg", "motion": "a.jpg",
    "png": "a.png", "apng": "a.png", "webp": "a.webp", "webp_lossless": "a.webp",
    "webp_animated": "a.webp", "gif": "a.gif", "gif_animated": "a.gif", "tiff": "a.tif",
    "tiff_lzw": "a.tif", "heic": "a.heic", "avif": "a.avif", "psd": "a.psd", "dng": "a.dng",
    "cr2": "a.cr2", "cr3": "a.cr3", "nef": "a.nef", "arw": "a.arw", "raf": "a.raf",
    "ultra_hdr": "a.jpg", "heif": "a.heic", "motion_heic": "a.heic", "jxl": "a.jxl", "m4v": "a.m4v",
    "mp4": "a.mp4", "mov": "a.mov", "3gp": "a.3gp",
}  # fmt: skip


def read(data: bytes) -> Fingerprint:
    return fingerprint(BytesSource(data))


@needs_exiftool
@pytest.mark.parametrize("name", WRITABLE)
def test_changing_tags_leaves_the_content_digest_alone(name: str, tmp_path: Path) -> None:
    before = read(sample(name))

    after = read(retagged(sample(name), WRITABLE[name], tmp_path))

    assert before.content_digest is not None
    assert after.content_digest == before.content_digest
    assert after.motion_digest == before.motion_digest
    assert after.sha256 != before.sha256


@needs_exiftool
def test_taking_all_metadata_away_leaves_the_content_digest_alone(tmp_path: Path) -> None:
    tagged = retagged(sample("jpeg"), "a.jpg", tmp_path)

    bare = retagged(tagged, "a.jpg", tmp_path, "-all=")

    assert read(bare).content_digest == read(sample("jpeg")).content_digest


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("share", [0.35, 0.5, 0.65])
def test_changing_one_coded_bit_changes_the_content_digest(name: str, share: float) -> None:
    data = bytearray(sample(name))
    data[_coded_place(name, bytes(data), share)] ^= 1 << 3

    changed, before = read(bytes(data)), read(sample(name))

    assert (changed.content_digest, changed.motion_digest) != (
        before.content_digest,
        before.motion_digest,
    )


def _coded_place(name: str, data: bytes, share: float) -> int:
    """Return the offset of a byte of coded data; in a video's file there is much between."""
    if not FORMATS[name][0].startswith("video/"):
        return int(len(data) * share)
    with av.open(io.BytesIO(data), "r") as container:
        packets = [bytes(packet) for packet in container.demux(video=0) if packet.size > 200]
    middle = packets[int(len(packets) * share)]
    places = (data.find(middle[start : start + 24]) for start in range(60, 200, 20))
    return next(place for place in places if place > 0) + 12


@pytest.mark.parametrize("kind", ["mov", "matroska", "mp4"])
def test_a_video_in_another_container_has_the_same_digest(kind: str, tmp_path: Path) -> None:
    options = {"movflags": "frag_keyframe+empty_moov"} if kind == "mp4" else {}

    assert (
        read(rewrapped(sample("mp4"), kind, tmp_path, **options)).content_digest
        == read(sample("mp4")).content_digest
    )


def test_a_video_without_its_sound_has_another_digest() -> None:
    assert read(video(sound=None)).content_digest != read(video()).content_digest


def test_a_motion_photos_still_and_video_have_their_own_digests() -> None:
    whole, still = read(motion_photo()), read(encoded(scene(), "JPEG", quality=88))

    assert whole.content_digest == still.content_digest
    assert whole.motion_digest == read(clip()).content_digest
    assert still.motion_digest is None


def test_a_picture_that_has_lost_its_gain_map_is_not_the_same_content() -> None:
    whole = sample("ultra_hdr")
    gain_map = whole.index(b"\xff\xd8\xff", 1000)
    damaged = bytearray(whole)
    damaged[(gain_map + len(whole)) // 2] ^= 4

    digests = [read(data).content_digest for data in (whole, whole[:gain_map], bytes(damaged))]

    assert None not in digests
    assert len(set(digests)) == 3


def test_a_cut_gain_map_is_told_as_damage() -> None:
    found = read(sample("ultra_hdr")[:-300])

    assert found.content_digest is None
    assert found.problem is not None
    assert "cut" in found.problem.message


def test_png_pixels_in_other_chunks_have_the_same_digest() -> None:
    data = sample("png")
    place = data.index(b"IDAT")
    text = b"\0\0\0\5tEXtA\0abc\x34\x1d\x5a\x8e"

    assert (
        read(data[: place - 4] + text + data[place - 4 :]).content_digest
        == read(data).content_digest
    )
