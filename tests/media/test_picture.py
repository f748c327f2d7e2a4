import io
import struct
import zlib

import numpy as np
import pillow_heif
import pytest
import rawpy
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from gphotos_reconcile.core.model import (
    CHROMA_PX,
    GRID_PX,
    Fingerprint,
    Kind,
    PictureSignature,
    Windows,
)
from gphotos_reconcile.media.fingerprint import fingerprint
from gphotos_reconcile.media.jpeg import coarse_scans
from gphotos_reconcile.media.picture import turned
from gphotos_reconcile.media.rendering import fine_luma, preview
from gphotos_reconcile.media.window import MemoryWindow
from tests.media import cameras, raws
from tests.media.pictures import encoded, jpeg, scene
from tests.media.samples import FORMATS, clip, motion_photo, pixels_of, sample
from tests.media.sources import BytesSource

STILLS = [name for name, (mime, _) in FORMATS.items() if mime.startswith("image/")]


def read(data: bytes) -> Fingerprint:
    return fingerprint(BytesSource(data))


def signature(data: bytes) -> PictureSignature:
    found = read(data)
    assert found.picture is not None, found.problem
    return found.picture


def grid(found: PictureSignature) -> NDArray[np.int16]:
    return np.frombuffer(found.luma, np.uint8).astype(np.int16).reshape(GRID_PX, GRID_PX)


def rms(a: PictureSignature, b: PictureSignature) -> float:
    return float(np.sqrt(np.square(grid(a) - grid(b)).mean()))


@pytest.mark.parametrize("name", STILLS)
def test_every_still_has_a_signature_of_the_promised_shape(name: str) -> None:
    found = signature(sample(name))

    assert len(found.luma) == GRID_PX**2
    assert len(found.chroma) == 2 * CHROMA_PX**2
    assert (len(found.phash), len(found.dhash)) == (16, 16)
    assert int(found.phash, 16) >= 0


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "BMP", "HEIF", "AVIF", "JPEG2000"])
@pytest.mark.parametrize("size", [(640, 480), (601, 523)])
def test_one_picture_in_two_formats_has_one_grid(kind: str, size: tuple[int, int]) -> None:
    picture = scene(*size, seed=3)

    ours, theirs = signature(jpeg_of(picture)), signature(encoded(picture, kind))

    assert rms(ours, theirs) < 1.0
    assert (int(ours.phash, 16) ^ int(theirs.phash, 16)).bit_count() <= 2


def jpeg_of(picture: Image.Image) -> bytes:
    return encoded(picture, "JPEG", quality=95, subsampling=0)


@pytest.mark.parametrize("orientation", [1, 2, 3, 5, 6, 8])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_a_turned_picture_that_says_so_has_the_upright_ones_grid(
    kind: str, orientation: int
) -> None:
    upright = scene(400, 300, seed=2)
    stored = turned(upright, {6: 8, 8: 6}.get(orientation, orientation))
    exif = stored.getexif()
    exif[0x0112] = orientation
    # HEIF's writer makes its own turning property of what it finds in `info`.
    where = {} if kind == "HEIF" else {"exif": exif}
    stored.info["exif"] = exif.tobytes()
    data = encoded(stored, kind, **where, **({"quality": 95} if kind != "PNG" else {}))

    found = read(data)

    assert found.picture is not None
    assert (found.facts.width_px, found.facts.height_px) == (400, 300)
    assert rms(found.picture, signature(encoded(upright, "PNG"))) < 2.0


def test_the_grid_does_not_depend_on_the_scale_a_jpeg_is_decoded_at() -> None:
    picture = scene(1100, 1043, seed=8)

    by_eighth = signature(jpeg_of(picture))
    by_hand = picture.convert("L").resize((GRID_PX, GRID_PX), Image.Resampling.LANCZOS)

    assert np.abs(grid(by_eighth) - np.asarray(by_hand, np.int16)).max() <= 4


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "F"])
def test_every_pixel_mode_is_compared_as_eight_bits(mode: str) -> None:
    grey = scene().convert("L")
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(grey, np.uint16) * 257)
    elif mode == "F":
        picture = Image.fromarray(np.asarray(grey, np.float32) / 255)
    else:
        picture = grey.convert(mode)

    found = signature(encoded(picture, "TIFF" if mode == "F" else "PNG"))

    limit = 30.0 if mode == "1" else 1.5
    assert rms(found, signature(encoded(grey, "PNG"))) < limit


def test_transparent_parts_lie_on_white() -> None:
    clear = Image.new("RGBA", (200, 200), (0, 0, 0, 0))

    assert set(signature(encoded(clear, "PNG")).luma) == {255}


def test_colour_is_kept_beside_grey() -> None:
    red = signature(encoded(Image.new("RGB", (200, 200), (200, 40, 40)), "PNG"))
    grey = signature(encoded(Image.new("RGB", (200, 200), (90, 90, 90)), "PNG"))

    assert set(grey.chroma) == {128}
    assert min(red.chroma[CHROMA_PX**2 :]) > 180


@pytest.mark.parametrize(
    "name", ["jpeg", "progressive", "png", "webp", "gif", "heic", "tiff", "dng"]
)
@pytest.mark.parametrize("share", [0.5, 0.9, 0.995])
def test_a_cut_picture_has_a_problem_and_no_signature(name: str, share: float) -> None:
    data = sample(name)

    found = read(data[: int(len(data) * share)])

    assert found.picture is None
    assert found.content_digest is None
    assert found.problem is not None
    assert found.sha256


def test_a_small_file_of_a_gigapixel_is_refused_by_its_size_in_memory() -> None:
    rows = zlib.compressobj(9)
    packed = b"".join(rows.compress(bytes(3126)) for _ in range(2_000)) + rows.flush()
    head = struct.pack(">IIBBBBB", 50_000, 25_000, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", packed), (b"IEND", b""))
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )

    found = read(bomb)

    assert found.problem is not None
    assert "more than" in found.problem.message
    assert (found.facts.width_px, found.facts.height_px) == (50_000, 25_000)


def test_a_heics_own_thumbnail_stands_for_it_where_it_is_large_enough() -> None:
    picture = scene(640, 480, seed=4)
    target = io.BytesIO()
    pillow_heif.from_pillow(picture).save(target, quality=80, thumbnails=[320])

    found = signature(target.getvalue())

    assert rms(found, signature(encoded(picture, "PNG"))) < 3
    assert (found.source_width_px, found.source_height_px) == (640, 480)


def test_a_raws_preview_has_its_own_size_and_the_raw_its_own() -> None:
    found = read(sample("dng"))

    assert found.picture is not None
    assert found.kind is Kind.RAW
    assert (found.picture.source_width_px, found.picture.source_height_px) == (256, 192)
    assert (found.facts.width_px, found.facts.height_px) == (512, 384)


@pytest.mark.parametrize("name", ["dng", "cr2", "cr3", "nef", "arw", "raf"])
def test_libraw_itself_opens_the_raws_of_these_tests(name: str) -> None:
    with rawpy.imread(io.BytesIO(sample(name))) as raw:
        shown = raw.extract_thumb()

    assert isinstance(shown.data, bytes)
    assert pixels_of(shown.data).size == cameras.PREVIEW_PX


@pytest.mark.parametrize(
    "data",
    [raws.cr2(), cameras.cr3(known=False), cameras.raf(known=False), cameras.rw2()],
    ids=["cr2", "cr3", "raf", "rw2"],
)
def test_a_raw_that_libraw_does_not_know_shows_the_preview_that_its_structure_points_to(
    data: bytes,
) -> None:
    with pytest.raises(rawpy.LibRawError):
        rawpy.imread(io.BytesIO(data))

    found = read(data)

    assert found.problem is None
    assert found.kind is Kind.RAW
    assert found.picture is not None
    assert rms(found.picture, signature(encoded(scene(256, 192), "PNG"))) < 2


def test_the_size_of_an_unknown_canon_raw_is_that_of_its_sensor_track() -> None:
    facts = read(cameras.cr3(known=False)).facts

    assert (facts.width_px, facts.height_px) == cameras.SENSOR_PX


def test_a_motion_photo_tells_where_its_video_lies() -> None:
    whole = motion_photo()

    found = read(whole)

    assert found.kind is Kind.MOTION
    start, length = found.facts.motion_offset, found.facts.motion_length
    assert start is not None
    assert length is not None
    assert whole[start : start + length] == clip()


def test_a_motion_photo_with_a_trailer_behind_its_video_is_one_all_the_same() -> None:
    found = read(motion_photo() + b"\0\0\x30\x0aMotionPhoto_Data" + b"SEFT")

    assert (found.kind, found.motion_digest) == (Kind.MOTION, read(clip()).content_digest)


def test_an_empty_file_is_told_as_empty() -> None:
    found = read(b"")

    assert found.kind is Kind.OTHER
    assert found.problem is not None
    assert "empty" in found.problem.message


@example(300, 300, 73, 298)  # 73 * (300 / 73) is more than 300
@given(st.integers(300, 700), st.integers(300, 700), st.integers(64, 300), st.integers(64, 300))
def test_windows_in_the_last_corner_are_cut_in_every_size(
    width: int, height: int, shown_width: int, shown_height: int
) -> None:
    corner = (shown_width - 64, shown_height - 64)
    view = Windows(width_px=shown_width, height_px=shown_height, edge_px=64, corners=(corner,))
    luma = np.add.outer(np.linspace(0, 90, height), np.linspace(0, 90, width))
    stored = encoded(Image.fromarray(luma.astype(np.uint8)), "PNG")

    window = fine_luma(BytesSource(stored), view)

    assert (window.width_px, window.height_px) == (64, 64)
    assert window.luma[-1] >= 170


def test_windows_stand_one_below_the_other_as_they_are_in_the_picture() -> None:
    cells = np.random.default_rng(3).integers(0, 256, (400, 500), dtype=np.uint8)
    stored = encoded(Image.fromarray(cells), "PNG")
    view = Windows(width_px=500, height_px=400, edge_px=64, corners=((0, 0), (436, 300), (7, 31)))

    seen = fine_luma(BytesSource(stored), view)

    parts = [cells[top : top + 64, left : left + 64] for left, top in view.corners]
    assert seen.luma == np.concatenate(parts).tobytes()


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_a_preview_and_a_fine_luma(name: str) -> None:
    source = BytesSource(sample(name))

    shown, fine = pixels_of(preview(source, 96)), fine_luma(source, 64)

    assert max(shown.size) == 96
    assert max(fine.width_px, fine.height_px) == 64
    assert len(fine.luma) == fine.width_px * fine.height_px
    small = shown.convert("L").resize((fine.width_px, fine.height_px))
    difference = np.frombuffer(fine.luma, np.uint8).astype(int) - np.asarray(small).ravel()
    assert np.abs(difference).mean() < 6


@given(st.integers(1, 400), st.integers(1, 400), st.sampled_from(["JPEG", "PNG", "WEBP"]))
def test_no_size_is_too_odd_for_a_signature(width: int, height: int, kind: str) -> None:
    picture = Image.new("RGB", (width, height), (10, 200, 30))

    found = signature(encoded(picture, kind))

    assert (found.source_width_px, found.source_height_px) == (width, height)
    assert max(found.luma) - min(found.luma) <= 3


def test_fingerprints_of_the_same_bytes_are_equal() -> None:
    assert read(jpeg(seed=7)) == read(jpeg(seed=7))


def test_a_small_preview_of_a_large_progressive_jpeg_shows_what_the_whole_file_shows() -> None:
    data = encoded(scene(1200, 900), "JPEG", progressive=True, quality=92)
    coarse = coarse_scans(MemoryWindow(data))

    assert coarse is not None
    assert len(coarse) < len(data) / 3
    baseline = encoded(scene(1200, 900), "JPEG", quality=92)
    shown, expected = (pixels_of(preview(BytesSource(one), 150)) for one in (data, baseline))
    assert shown.size == expected.size == (150, 112)
    assert np.abs(np.asarray(shown, np.int16) - np.asarray(expected, np.int16)).mean() < 2


@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_of_a_progressive_jpeg_that_is_cut_nothing_coarse_is_shown(kept: float) -> None:
    data = encoded(scene(1200, 900), "JPEG", progressive=True)

    assert coarse_scans(MemoryWindow(data[: int(len(data) * kept)])) is None


def test_only_a_progressive_jpeg_has_coarse_scans() -> None:
    assert coarse_scans(MemoryWindow(encoded(scene(1200, 900), "JPEG"))) is None
