"""The table "Formats" of the README, line for line what a real file of each format gives."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from gphotos_reconcile.core.model import Fingerprint, Kind, MediaFacts
from gphotos_reconcile.media.worker import WorkerPool
from tests.media.exiftool import needs_exiftool, retagged
from tests.media.samples import FORMATS, sample
from tests.media.sources import BytesSource
from tests.media.test_digest import WRITABLE
from tests.media.test_metadata import TAGS
from tests.media.videos import video

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
HEAD = "| format | hashed | content digest | facts | perceptual | preview |"

# What one line of the table stands for; the files behind a line must all give the same.
ROWS = {
    "JPEG (baseline, progressive, CMYK, MPO, Ultra HDR)": (
        "jpeg", "progressive", "cmyk", "mpo", "ultra_hdr",
    ),
    "motion photo (video inside the JPEG or HEIC)": ("motion", "motion_heic"),
    "HEIC, HEIF, AVIF": ("heic", "heif", "avif"),
    "PNG, APNG": ("png", "apng"),
    "WebP (lossy, lossless, animated)": ("webp", "webp_lossless", "webp_animated"),
    "TIFF": ("tiff", "tiff_lzw"),
    "JPEG XL (extra `jxl`)": ("jxl",),
    "GIF": ("gif", "gif_animated"),
    "BMP": ("bmp",),
    "JPEG 2000": ("jp2",),
    "PSD": ("psd",),
    "raw: DNG, CR2, CR3, NEF, ARW, RAF, RW2": ("dng", "cr2", "cr3", "nef", "arw", "raf", "rw2"),
    "MP4, M4V, MOV": ("mp4", "m4v", "mov"),
    "3GP": ("3gp",),
    "MKV, WebM": ("mkv", "webm"),
    "AVI": ("avi",),
    "MTS, MPEG": ("mts", "mpeg"),
    "anything else": (),
}  # fmt: skip

_VIDEO_TAGS = {
    "com.apple.quicktime.creationdate": "2021-04-10T10:44:00+0100",
    "com.apple.quicktime.model": "Phone 1",
    "com.apple.quicktime.location.ISO6709": "+47.5000-008.2500+400/",
    "creation_time": "2021-04-10T09:44:01Z",
    "model": "Phone 1",
    "location": "+47.5000-008.2500/",
}
_NO_PICTURE = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    with WorkerPool(2) as workers:
        yield workers


def test_every_format_is_in_the_table() -> None:
    assert sorted(FORMATS) == sorted(name for names in ROWS.values() for name in names)


@needs_exiftool
@pytest.mark.parametrize("line", ROWS)
def test_the_readme_says_of_each_format_what_a_real_file_gives(
    pool: WorkerPool, tmp_path: Path, line: str
) -> None:
    files = [_tagged(name, tmp_path) for name in ROWS[line]] or [_NO_PICTURE]

    found = {_cells(pool, data) for data in files}

    table = README[README.index(HEAD) :]
    told = next(row for row in table.splitlines() if row.startswith(f"| {line} |"))
    assert found == {told.removeprefix(f"| {line} ")}


def _tagged(name: str, folder: Path) -> bytes:
    """Return a file of the format that carries all that its format can carry."""
    kind = FORMATS[name][0]
    if name in WRITABLE and not kind.startswith("video/"):
        return retagged(sample(name), WRITABLE[name], folder, *TAGS)
    make = {
        "mp4": lambda: video(seconds=1, tags=_VIDEO_TAGS),
        "m4v": lambda: video(seconds=1, tags=_VIDEO_TAGS).replace(b"ftypisom", b"ftypM4V ", 1),
        "mov": lambda: video("mov", seconds=1, tags=_VIDEO_TAGS),
        "3gp": lambda: video("3gp", seconds=1, tags=_VIDEO_TAGS),
        "mkv": lambda: video("matroska", seconds=1, tags=_VIDEO_TAGS),
        "webm": lambda: video("webm", codec="libvpx", sound="libopus", seconds=1, tags=_VIDEO_TAGS),
    }.get(name)
    return make() if make is not None else sample(name)


def _cells(pool: WorkerPool, data: bytes) -> str:
    source = BytesSource(data)
    found = dict(pool.fingerprints([(0, source)]))[0]
    shown = dict(pool.previews([(0, source)], 64))[0]
    assert isinstance(found, Fingerprint)
    hashed = (found.sha256, found.sha1) == (
        hashlib.sha256(data).hexdigest(),
        hashlib.sha1(data).hexdigest(),  # noqa: S324  # what Google's own listings go by
    )
    cells = (
        _yes(hashed),
        _digest(found),
        _facts(found.facts),
        _perceptual(found),
        _yes(isinstance(shown, bytes)),
    )
    return "| " + " | ".join(cells) + " |"


def _yes(value: object) -> str:
    return "yes" if value else "no"


def _digest(found: Fingerprint) -> str:
    return "still, video" if found.motion_digest else _yes(found.content_digest)


def _facts(facts: MediaFacts) -> str:
    told = {
        "size": facts.width_px,
        "duration": facts.duration_s,
        "time": facts.times,
        "camera": facts.camera_model,
        "exposure": facts.exposure_time_s,
        "place": facts.latitude,
        "rating": facts.rating,
    }
    words = [word for word, value in told.items() if value]
    return ", ".join(words) or "no"


def _perceptual(found: Fingerprint) -> str:
    if found.picture is None:
        assert found.problem is not None
        return "no"
    if found.kind is Kind.RAW:
        return "embedded preview"
    return "frames, poster" if found.frames else "yes"
