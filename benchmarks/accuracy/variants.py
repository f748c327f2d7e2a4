"""Makes copies, edits and look-alikes of a photo, each with its label."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

pillow_heif.register_heif_opener()

SAME: Final = "same"
EDIT: Final = "edit"
OTHER: Final = "other"

_ORIENTATION: Final = 0x0112
_SIXTEEN_MP: Final = 16_000_000
_GREY: Final = 3.0
_SCENE_PX: Final = 1600
_STRENGTHS: Final = (1.5, 3.0, 6.0)  # grey levels at full light: a low, a middle, a high ISO
_TURN_90: Final = Image.Transpose.ROTATE_90


@dataclass(frozen=True, slots=True)
class Made:
    """One made file: its path, what it is to the photo, and how it was made."""

    path: Path
    label: str
    kind: str


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo that variants are made of: the file, its upright pixels, its EXIF."""

    path: Path
    image: Image.Image
    exif: Image.Exif
    chance: random.Random

    @classmethod
    def read(cls, path: Path) -> "Photo":
        """Read a photo; chance is seeded by its name, so that a run can be repeated."""
        with Image.open(path) as stored:
            exif = stored.getexif()
            upright = ImageOps.exif_transpose(stored).convert("RGB")
        exif[_ORIENTATION] = 1
        return cls(path, upright, exif, random.Random(path.name))

    @property
    def is_grey(self) -> bool:
        """Tell whether no part of the picture strays from grey so that it could be seen."""
        blue, red = self.image.resize((16, 16), Image.Resampling.BOX).convert("YCbCr").split()[1:]
        spread = np.abs(np.stack([np.asarray(blue), np.asarray(red)]).astype(np.float64) - 128)
        return float(spread.max()) <= _GREY

    def scaled(self, longest_px: int) -> Image.Image:
        """Return the picture reduced to a longer edge of `longest_px`."""
        share = longest_px / max(self.image.size)
        if share >= 1:
            return self.image
        size = (max(1, round(self.image.width * share)), max(1, round(self.image.height * share)))
        return self.image.resize(size, Image.Resampling.LANCZOS)


def make_variants(photo: Photo, folder: Path) -> Iterator[Made]:
    """Write every variant of a photo into a folder and yield them."""
    number = f"{abs(hash_of(photo.path.name)):08x}"
    for label, kind, suffix, make in _VARIANTS:
        target = folder / f"{number}_{kind}{suffix}"
        make(photo, target)
        # What is grey already is no edit when it is made grey: a copy like any other.
        is_copy = kind == "mono" and photo.is_grey
        yield Made(target, SAME if is_copy else label, kind)


def make_exposures(photo: Photo, folder: Path) -> tuple[Path, list[Made]] | None:
    """Write two exposures of one still scene: the first, its copies, and copies of the second.

    The scene is the photo reduced by half, in which three quarters of its grain are averaged away;
    each exposure draws its own. Nothing else tells them apart: no time, no camera, no movement.

    Returns:
        The first exposure and what was made, None where the photo is too small.
    """
    scene = photo.image.reduce(2)
    if max(scene.size) < _SCENE_PX:
        return None
    number = f"{abs(hash_of(photo.path.name)):08x}"
    strength = photo.chance.choice(_STRENGTHS)
    original, later = (folder / f"{number}_{what}.jpg" for what in ("first", "second"))
    made = []
    for label, path, what in ((SAME, original, "first"), (OTHER, later, "second")):
        _exposed(scene, strength, f"{number}{what}").save(path, "JPEG", quality=94)
        with Image.open(path) as stored:
            frame = stored.convert("RGB")  # copies are made of what a camera stored
        for quality, longest_px in ((90, 0), (80, 0), (75, 2048), (75, 1024)):
            size = f"q{quality}" if not longest_px else str(longest_px)
            target = folder / f"{number}_{what}_{size}.jpg"
            shown = Photo(target, frame, photo.exif, photo.chance).scaled(longest_px or 1 << 20)
            shown.save(target, "JPEG", quality=quality)
            made.append(Made(target, label, f"{what} exposure {size}"))
    return original, made


def _exposed(scene: Image.Image, strength: float, seed: str) -> Image.Image:
    """Return the scene with grain of its own, blurred a little as demosaicing does."""
    cells = np.asarray(scene, dtype=np.float32)
    drawn = np.random.default_rng(hash_of(seed)).normal(0, strength, cells.shape)
    grain = drawn.astype(np.float32) * np.sqrt(0.2 + cells / 255)
    grain[1:] = 0.8 * grain[1:] + 0.4 * grain[:-1]
    grain[:, 1:] = 0.8 * grain[:, 1:] + 0.4 * grain[:, :-1]
    return Image.fromarray(np.clip(cells + grain, 0, 255).round().astype(np.uint8))


def hash_of(text: str) -> int:
    """Return a number for a text that is the same in every run."""
    value = 0
    for letter in text.encode():
        value = (value * 131 + letter) % 0xFFFFFFFF
    return value


def _bytes(photo: Photo, target: Path) -> None:
    target.write_bytes(photo.path.read_bytes())


def _without_metadata(photo: Photo, target: Path) -> None:
    """Drop APPn and comments of a JPEG but keep its picture data; other formats become PNG."""
    data = photo.path.read_bytes()
    if data[:2] != b"\xff\xd8":
        photo.image.save(target, "PNG")
        return
    place, kept = 2, [b"\xff\xd8"]
    while data[place + 1] != 0xDA:
        length = 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        # APP14 says how the colours are stored: it belongs to the picture.
        if not (0xE0 <= data[place + 1] <= 0xEF or data[place + 1] == 0xFE) or (
            data[place + 1] == 0xEE
        ):
            kept.append(data[place : place + length])
        place += length
    target.write_bytes(b"".join([*kept, data[place:]]))


def _jpeg(quality: int, longest_px: int = 0, *, keeps_exif: bool = True) -> "_Make":
    def make(photo: Photo, target: Path) -> None:
        image = photo.scaled(longest_px) if longest_px else photo.image
        exif = photo.exif.tobytes() if keeps_exif else b""
        image.save(target, "JPEG", quality=quality, exif=exif)

    return make


def _sixteen_megapixels(photo: Photo, target: Path) -> None:
    share = (_SIXTEEN_MP / (photo.image.width * photo.image.height)) ** 0.5
    longest = int(max(photo.image.size) * min(1.0, share))
    photo.scaled(longest).save(target, "JPEG", quality=80, exif=photo.exif.tobytes())


def _format(name: str, longest_px: int, quality: int) -> "_Make":
    def make(photo: Photo, target: Path) -> None:
        image = photo.scaled(longest_px)
        image.save(target, name, quality=quality, exif=photo.exif.tobytes())

    return make


def _png(photo: Photo, target: Path) -> None:
    photo.scaled(2048).save(target, "PNG")


def _turned_by_tag(photo: Photo, target: Path) -> None:
    exif = Image.Exif()
    exif[_ORIENTATION] = 6
    photo.image.transpose(_TURN_90).save(target, "JPEG", quality=88, exif=exif.tobytes())


def _brightness(factor: float) -> "_Make":
    def make(photo: Photo, target: Path) -> None:
        changed = ImageEnhance.Brightness(photo.image).enhance(factor)
        changed.save(target, "JPEG", quality=88, exif=photo.exif.tobytes())

    return make


def _crop(share: float) -> "_Make":
    def make(photo: Photo, target: Path) -> None:
        width, height = photo.image.size
        left = int(photo.chance.random() * share * width)
        top = int(photo.chance.random() * share * height)
        box = (left, top, left + int((1 - share) * width), top + int((1 - share) * height))
        photo.image.crop(box).save(target, "JPEG", quality=88, exif=photo.exif.tobytes())

    return make


def _turned_by_user(photo: Photo, target: Path) -> None:
    turned = photo.image.transpose(_TURN_90)
    turned.save(target, "JPEG", quality=88, exif=photo.exif.tobytes())


def _mono(photo: Photo, target: Path) -> None:
    grey = photo.image.convert("L").convert("RGB")
    grey.save(target, "JPEG", quality=88, exif=photo.exif.tobytes())


def _patch(share: float) -> "_Make":
    """Put one part of the picture over another of the same size: an eye closed, a hand moved."""

    def make(photo: Photo, target: Path) -> None:
        cells = np.array(photo.image)
        height, width = cells.shape[:2]
        size = max(4, int((share * width * height) ** 0.5))
        size = min(size, height - 1, width - 1)
        places = [
            (photo.chance.randrange(height - size), photo.chance.randrange(width - size))
            for _ in range(40)
        ]
        first = places[0]
        old = _cut(cells, first, size)
        # The most unlike of some places: a patch that nobody could see is no test.
        other = max(places[1:], key=lambda p: float(np.abs(_cut(cells, p, size) - old).mean()))
        cells[first[0] : first[0] + size, first[1] : first[1] + size] = _cut(cells, other, size)
        picture = Image.fromarray(cells)
        picture.save(target, "JPEG", quality=88, exif=photo.exif.tobytes())

    return make


def _cut(cells: NDArray[np.uint8], place: tuple[int, int], size: int) -> NDArray[np.float64]:
    part = cells[place[0] : place[0] + size, place[1] : place[1] + size]
    return part.astype(np.float64)


def _shake(photo: Photo, target: Path) -> None:
    """Make the next frame from the hand: a few pixels, a third of a degree, fresh noise."""
    turned = _fresh_noise(photo, 3.0).rotate(0.3, Image.Resampling.BICUBIC, translate=(3, -4))
    width, height = turned.size
    framed = turned.crop((8, 8, width - 8, height - 8))
    framed.save(target, "JPEG", quality=90, exif=photo.exif.tobytes())


def _tripod(photo: Photo, target: Path) -> None:
    """Make the next frame from a tripod: nothing moved, the noise is new."""
    _fresh_noise(photo, 4.0).save(target, "JPEG", quality=90)


def _fresh_noise(photo: Photo, strength: float) -> Image.Image:
    """Take the grain away and put another on: stronger where it is brighter, as photons are."""
    calm = np.asarray(photo.image.filter(ImageFilter.GaussianBlur(1.2)), dtype=np.float32)
    noise = np.random.default_rng(hash_of(photo.path.name)).normal(0, strength, calm.shape)
    noisy = calm + noise * np.sqrt(0.2 + calm / 255)
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))


def _bracket(photo: Photo, target: Path) -> None:
    """Make the next frame of an exposure bracket: a third of a stop brighter."""
    light = (np.asarray(photo.image, dtype=np.float32) / 255) ** 2.2 * 2 ** (1 / 3)
    cells = (np.clip(light, 0, 1) ** (1 / 2.2) * 255).astype(np.uint8)
    Image.fromarray(cells).save(target, "JPEG", quality=90, exif=photo.exif.tobytes())


_Make = Callable[[Photo, Path], None]

_VARIANTS: Final[tuple[tuple[str, str, str, _Make], ...]] = (
    (SAME, "bytes", ".jpg", _bytes),
    (SAME, "meta", ".jpg", _without_metadata),
    (SAME, "q80_16mp", ".jpg", _sixteen_megapixels),
    (SAME, "q90", ".jpg", _jpeg(90)),
    (SAME, "r2048", ".jpg", _jpeg(85, 2048)),
    (SAME, "r1024", ".jpg", _jpeg(85, 1024)),
    (SAME, "t512", ".jpg", _jpeg(80, 512, keeps_exif=False)),
    (SAME, "t256", ".jpg", _jpeg(75, 256, keeps_exif=False)),
    (SAME, "png", ".png", _png),
    (SAME, "webp", ".webp", _format("WEBP", 2048, 80)),
    (SAME, "heic", ".heic", _format("HEIF", 2048, 70)),
    (SAME, "exif_rot", ".jpg", _turned_by_tag),
    (SAME, "baked", ".jpg", _jpeg(88)),
    (EDIT, "bright", ".jpg", _brightness(1.2)),
    (EDIT, "dark", ".jpg", _brightness(0.85)),
    (EDIT, "crop2", ".jpg", _crop(0.02)),
    (EDIT, "crop10", ".jpg", _crop(0.1)),
    (EDIT, "turn", ".jpg", _turned_by_user),
    (EDIT, "mono", ".jpg", _mono),
    (OTHER, "patch2.5", ".jpg", _patch(0.025)),
    (OTHER, "patch0.8", ".jpg", _patch(0.008)),
    (OTHER, "patch0.2", ".jpg", _patch(0.002)),
    (OTHER, "shake", ".jpg", _shake),
    (OTHER, "tripod", ".jpg", _tripod),
    (OTHER, "bracket", ".jpg", _bracket),
)
