"""Fuzz what reads outside data: `python -m tests.sources.takeout.fuzz TARGET COUNT [SEED]`.

Targets: sidecar, zip, tar, pairing. Valid inputs are damaged at random; the readers may refuse
them in their own words and must hold their promises otherwise. The same seed gives the same run.
"""

import gzip
import io
import json
import random
import sys
import tarfile
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from gphotos_reconcile.core.model import AlbumFacts, Sidecar
from gphotos_reconcile.sources.files import stamp_of
from gphotos_reconcile.sources.takeout.archives import Part, PartForm
from gphotos_reconcile.sources.takeout.pairing import MediaName, SidecarName, pair_folder
from gphotos_reconcile.sources.takeout.sidecars import SidecarError, parse_sidecar
from gphotos_reconcile.sources.takeout.source import open_part

Step = Callable[[random.Random], None]

_INTERESTING = (b"\0", b"\xff", b"\xff" * 4, b"\0" * 4, b"\x01\0", b"\x7f", b"PK\x01\x02")
_WORDS = (
    "IMG_1", "PXL_2", "x" * 44, "x" * 50, "é", "e\u0301", "🎂", "(1)", "(2)", " (3)", "-edited",
    "-ha edi", ".jpg", ".JPG", ".HEIC", ".MP4", ".MP", "~2", ".json", ".supplemental-metadata",
    ".supplemental-me", ".", "/", "_", "", "\n",
)  # fmt: skip
_TOKENS = (
    b"{", b"}", b"[", b"]", b'"', b":", b",", b"null", b"true", b"-1", b"1e999", b"NaN",
    b'"title"', b'"photoTakenTime"', b'"timestamp"', b'"geoData"', b'"latitude"', b'"url"',
    b"\\ud800", b"\\u0000", b"\xff\xfe", b"9" * 400, b'"people"', b'"albumData"',
)  # fmt: skip


def damaged(data: bytes, rng: random.Random, tokens: tuple[bytes, ...]) -> bytes:
    """Return `data` with a few random changes."""
    result = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(result) + 1)
        match rng.randrange(5):
            case 0:
                result[at : at + 1] = bytes([rng.randrange(256)])
            case 1:
                result[at : at + rng.randint(1, 4)] = rng.choice(tokens)
            case 2:
                del result[at : at + rng.randint(1, 30)]
            case 3:
                result[at:at] = rng.choice(tokens)
            case _:
                del result[at:]
    return bytes(result)


def sidecar_step() -> Step:
    """Return a step that parses a damaged sidecar."""
    seed = json.dumps(
        {
            "title": "IMG.jpg",
            "photoTakenTime": {"timestamp": "1546300800"},
            "geoData": {"latitude": 1.5, "longitude": 2.5, "altitude": 3},
            "people": [{"name": "A"}],
            "url": "https://photos.google.com/photo/AF1",
            "googlePhotosOrigin": {"mobileUpload": {"deviceFolder": {"localFolderName": "C"}}},
        }
    ).encode()
    seeds = (
        seed,
        b'{"title": "Trip"}',
        b'{"albumData": {"title": "x"}}',
        seed.decode().encode("utf-16"),
    )

    def step(rng: random.Random) -> None:
        data = damaged(rng.choice(seeds), rng, _TOKENS)
        try:
            found = parse_sidecar("x.json", data)
        except SidecarError:
            return
        assert found is None or isinstance(found, Sidecar | AlbumFacts)
        if found is not None:
            found.title.encode()

    return step


def small_zips() -> tuple[bytes, ...]:
    """Return small zips of several kinds."""
    found = []
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", method) as archive:
            archive.writestr("Takeout/Google Photos/A/a.jpg", b"abc" * 20)
            with archive.open("Takeout/Google Photos/A/b.jpg", "w", force_zip64=True) as stream:
                stream.write(b"xyz" * 20)
            archive.comment = b"PK\x05\x06 comment"
        found.append(buffer.getvalue())
    return tuple(found)


def small_tars() -> tuple[bytes, ...]:
    """Return small tars of several kinds, and one that is gzipped."""
    found = []
    for form in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT):
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
            for name in ("Takeout/Google Photos/A/a.jpg", "Takeout/é" + "long" * 40 + ".jpg"):
                info = tarfile.TarInfo(name)
                info.size = 60
                archive.addfile(info, io.BytesIO(b"abc" * 20))
        found.append(buffer.getvalue()[:4096] + bytes(1024))
    return (*found, gzip.compress(found[0]))


def archive_step(seeds: tuple[bytes, ...], folder: Path) -> Step:
    """Return a step that lists a damaged archive and reads all it lists."""
    path = folder / "part"

    def step(rng: random.Random) -> None:
        seed = rng.choice(seeds)
        data = damaged(seed, rng, _INTERESTING)
        path.write_bytes(data)
        form = PartForm.ZIP if seed.startswith(b"PK") else PartForm.TAR
        form = PartForm.TGZ if seed.startswith(b"\x1f\x8b") else form
        part = Part(name="part", path=path, form=form, stamp=stamp_of(path.stat()))
        reader = open_part(part, held_bytes=rng.choice((0, 1 << 20)))
        members = list(reader.members())
        assert reader.state.is_whole or (reader.state.reason and reader.state.hint)
        assert reader.state.member_count == len(members)
        for member in members:
            assert (member.content is None) == (member.stamp is None)
            if member.content is not None:
                _read(member.content.open, member.content.size_bytes, form, member.stamp)

    return step


def _read(
    opened: Callable[[], io.BufferedIOBase | io.RawIOBase | object],
    size_bytes: int,
    form: PartForm,
    stamp: object,
) -> None:
    try:
        with opened() as stream:  # type: ignore[attr-defined]  # BinaryIO of a ByteSource
            data = stream.read()
    except OSError:
        return
    assert len(data) == size_bytes
    if form is PartForm.ZIP:
        assert zlib.crc32(data) == getattr(stamp, "checksum", None)


def pairing_step() -> Step:
    """Return a step that pairs files of random names."""

    def word(rng: random.Random) -> str:
        return "".join(rng.choices(_WORDS, k=rng.randint(1, 4)))

    def step(rng: random.Random) -> None:
        names = [word(rng) for _ in range(rng.randint(1, 3))]
        media = [
            MediaName(i, rng.choice(names) + rng.choice(_WORDS), None, rng.random() < 0.3)
            for i in range(rng.randint(1, 5))
        ]
        sidecars = [
            SidecarName(
                i, rng.choice(names) + rng.choice(_WORDS) + ".json", rng.choice((*names, None))
            )
            for i in range(rng.randint(0, 4))
        ]
        found = pair_folder(media, sidecars)
        assert [pairing.media_key for pairing in found.pairings] == list(range(len(media)))
        used = {pairing.sidecar_key for pairing in found.pairings} - {None}
        assert used.isdisjoint(found.unpaired)
        assert len(used | set(found.unpaired) | set(found.twins)) == len(sidecars)

    return step


def fuzz(target: str, count: int, seed: int = 0) -> None:
    """Run one target `count` times.

    Raises:
        Exception: whatever escaped, with the number of the step that shows it.
    """
    with tempfile.TemporaryDirectory(dir=_fast_folder()) as folder:
        makers: dict[str, Callable[[], Step]] = {
            "sidecar": sidecar_step,
            "zip": lambda: archive_step(small_zips(), Path(folder)),
            "tar": lambda: archive_step(small_tars(), Path(folder)),
            "pairing": pairing_step,
        }
        step = makers[target]()
        for number in range(count):
            try:
                step(random.Random(f"{seed}.{number}"))
            except BaseException as error:
                error.add_note(f"{target}: seed {seed}, step {number}")
                raise


def _fast_folder() -> str | None:
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() else None


if __name__ == "__main__":
    started = time.monotonic()
    wanted, runs = sys.argv[1], int(sys.argv[2])
    fuzz(wanted, runs, int(sys.argv[3]) if len(sys.argv) > 3 else 0)
    elapsed_s = time.monotonic() - started
    sys.stdout.write(f"{wanted}: {runs} executions in {elapsed_s:.0f} s, nothing escaped\n")
