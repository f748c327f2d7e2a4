import io
from dataclasses import replace
from datetime import datetime
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import ExifTags, Image

from gphotos_reconcile.core.model import Kind
from gphotos_reconcile.media.fingerprint import fingerprint
from gphotos_reconcile.media.sample_files import Camera, Form, Notes, Print, motion_photo, still
from gphotos_reconcile.media.sample_films import Film, film
from gphotos_reconcile.media.sample_scenes import SCENES, SCENIC, Shot, develop, drawing
from tests.media.sources import BytesSource

SMALL_PX = (320, 240)
SHOT = Shot(scene="sail_boats", scene_seed=3, size_px=SMALL_PX)
NOTES = Notes(
    camera=Camera(make="Apple", model="iPhone 12", f_number=1.6, focal_length_mm=4.2),
    taken_at=datetime.fromisoformat("2022-12-28T16:31:07.209+01:00"),
    place=(-33.86, 151.21),
    live_identifier="6B1F8C52-0D1E-4B57-9F0A-3C55A9E7D210",
)
FILM = Film(
    scene="dunes", scene_seed=1, taken_at=NOTES.taken_at, duration_s=0.5, width_px=160, height_px=96
)


def luma(image: Image.Image) -> NDArray[np.float64]:
    return np.asarray(image.convert("L").resize((32, 32)), np.float64)


@pytest.mark.parametrize("scene", SCENES)
def test_a_scene_is_the_same_each_time_and_another_for_each_seed(scene: str) -> None:
    first, again, other = (
        develop.__wrapped__(replace(SHOT, scene=scene, scene_seed=s)) for s in (1, 1, 2)
    )

    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()


def test_no_two_scenes_look_alike() -> None:
    small = {scene: luma(drawing(scene, 1, SMALL_PX)) for scene in SCENIC}

    closest = min(np.sqrt(((small[a] - small[b]) ** 2).mean()) for a, b in combinations(SCENIC, 2))
    assert closest > 20  # grey levels; true copies stay under 8
    assert min(float(one.std()) for one in small.values()) > 15


def test_two_shots_of_one_scene_differ_by_their_grain_and_by_what_moved() -> None:
    first = develop(replace(SHOT, gull_at=0.3))
    second = develop(replace(SHOT, gull_at=0.5, shot_seed=1))

    change = np.abs(luma(first) - luma(second))
    assert first.tobytes() != second.tobytes()
    assert change.max() > 2
    assert np.median(change) < 2


def test_more_light_makes_a_lighter_picture() -> None:
    dark, plain, light = (develop(replace(SHOT, exposure_ev=ev)) for ev in (-1.5, 0.0, 1.5))

    assert luma(dark).mean() < luma(plain).mean() - 20 < luma(light).mean() - 40


def test_a_picture_carries_what_its_camera_noted() -> None:
    block = Image.open(io.BytesIO(still(SHOT, Print(), NOTES))).getexif()

    inner = block.get_ifd(ExifTags.IFD.Exif)
    assert block[ExifTags.Base.Model] == "iPhone 12"
    assert inner[ExifTags.Base.DateTimeOriginal] == "2022:12:28 16:31:07"
    assert inner[ExifTags.Base.OffsetTimeOriginal] == "+01:00"
    assert inner[ExifTags.Base.SubsecTimeOriginal] == "209"


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        (Form.JPEG, Kind.PHOTO),
        (Form.HEIC, Kind.PHOTO),
        (Form.PNG, Kind.PHOTO),
        (Form.DNG, Kind.RAW),
    ],
)
def test_each_form_is_read_as_what_it_is(form: Form, kind: Kind) -> None:
    data = still(SHOT, Print(form=form), NOTES)

    read = fingerprint(BytesSource(data))
    assert (read.kind, read.problem) == (kind, None)
    assert (read.facts.width_px, read.facts.height_px) == SMALL_PX
    assert data == still(SHOT, Print(form=form), NOTES)


def test_prints_are_scaled_cropped_and_tinted() -> None:
    how = Print(long_edge_px=100, crop=(0.25, 0.0, 0.75, 1.0), warmth=1.0)

    image = Image.open(io.BytesIO(still(SHOT, how, None)))
    red, _, blue = np.asarray(image, np.float64).mean(axis=(0, 1))
    plain_red, _, plain_blue = np.asarray(develop(SHOT), np.float64).mean(axis=(0, 1))
    assert image.size == (67, 100)
    assert red - blue > plain_red - plain_blue + 20


def test_the_halves_of_a_live_photo_name_each_other() -> None:
    picture = fingerprint(BytesSource(still(SHOT, Print(form=Form.HEIC), NOTES)))
    moving = fingerprint(BytesSource(film(replace(FILM, live_identifier=NOTES.live_identifier))))

    assert picture.facts.content_identifier == moving.facts.content_identifier
    assert picture.facts.content_identifier == NOTES.live_identifier


def test_a_motion_photo_holds_its_film() -> None:
    moving = film(FILM)

    read = fingerprint(BytesSource(motion_photo(SHOT, Print(), NOTES, moving)))
    assert read.kind is Kind.MOTION
    assert read.motion_digest == fingerprint(BytesSource(moving)).content_digest


def test_a_film_has_its_length_and_time_and_is_the_same_each_time() -> None:
    read = fingerprint(BytesSource(film(FILM)))

    assert film(FILM) == film(FILM)
    assert read.facts.duration_s == pytest.approx(FILM.duration_s, abs=0.05)
    assert read.facts.times[0].taken_at.replace(microsecond=0) == NOTES.taken_at.replace(
        microsecond=0
    )
