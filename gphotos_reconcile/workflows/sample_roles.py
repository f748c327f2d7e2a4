"""What the sample is made of: pictures and films with their cameras, and items of the export."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from gphotos_reconcile.core.model import Verdict
from gphotos_reconcile.media.sample_files import Camera, Notes, Print
from gphotos_reconcile.media.sample_films import Film
from gphotos_reconcile.media.sample_scenes import Shot

EXPORTED_AT: Final = datetime(2026, 1, 10, 9, 0, 0, tzinfo=UTC)
"""When Google made the export."""

CAMERA_FILE: Final = Print()
"""The file as the camera wrote it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A still to be made. A `film` makes it a motion photo; `whole` below 1 cuts the file short.

    `saved_at` is when a file without notes came to be: a screenshot, a copy that was sent.
    """

    shot: Shot
    notes: Notes | None
    how: Print = CAMERA_FILE
    film: Film | None = None
    saved_at: datetime = EXPORTED_AT
    whole: float = 1.0


Content = Picture | Film
"""What the bytes of a file are made from; equal contents give equal bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What Google's sidecar says of an item beside its name and time."""

    description: str = ""
    people: tuple[str, ...] = ()
    favorited: bool = False
    archived: bool = False
    trashed: bool = False
    from_partner: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CastItem:
    """One item of the export.

    `title` is the name it was uploaded under. `local` is where the library holds it, "" for
    nowhere, and `local_content` what is there, None for the same bytes. `folder` is "" for the
    folder of its year. `beside` are files that belong to it and have no sidecar. `verdicts` are
    the ones that are right.
    """

    label: str
    title: str
    content: Content
    verdicts: frozenset[Verdict]
    local: str = ""
    local_content: Content | None = None
    album: str = ""
    folder: str = ""
    said: Said = Said()
    beside: tuple[tuple[str, Content], ...] = ()
    has_sidecar: bool = True
    local_beside: tuple[tuple[str, Content], ...] = ()

    @property
    def taken_at(self) -> datetime:
        """Return when it was taken, with the zone it was taken in."""
        return taken_at(self.content)


def taken_at(content: Content) -> datetime:
    """Return when a picture or film was taken, with the zone it was taken in."""
    if isinstance(content, Film):
        return content.taken_at
    return content.notes.taken_at if content.notes else content.saved_at


CANON: Final = Camera(
    make="Canon", model="Canon EOS 80D", f_number=8.0, focal_length_mm=35.0, writes_offset=False
)
SONY: Final = Camera(make="SONY", model="ILCE-6400", f_number=5.6, focal_length_mm=18.0)
IPHONE: Final = Camera(make="Apple", model="iPhone 12", f_number=1.6, focal_length_mm=4.2)
PIXEL: Final = Camera(make="Google", model="Pixel 6", f_number=1.9, focal_length_mm=6.8)

GOOGLE_FILE: Final = Print(quality=80, long_edge_px=1280)  # as "Storage saver" leaves a picture
FINE_FILE: Final = Print(quality=93)


def picture_of(
    scene: str, camera: Camera, moment: str, how: Print = CAMERA_FILE, **more: Any
) -> Picture:
    """Return a picture taken at an ISO time with offset; `more` are fields of Notes and Shot.

    Pictures and films of one scene on one day show the same sight, as if from a tripod.
    """
    shot = Shot(scene=scene, scene_seed=_day_seed(scene, moment))
    notes = Notes(camera=camera, taken_at=datetime.fromisoformat(moment))
    noted = {name: value for name, value in more.items() if hasattr(notes, name)}
    seen = {name: value for name, value in more.items() if name not in noted}
    return Picture(shot=replace(shot, **seen), notes=replace(notes, **noted), how=how)


def as_file(picture: Picture, how: Print) -> Picture:
    """Return the same picture in another file."""
    return replace(picture, how=how)


def sent(picture: Picture, moment: str, **more: Any) -> Picture:
    """Return the picture as a messenger passes it on: smaller, and without metadata."""
    how = Print(quality=60, long_edge_px=1024, **more)
    return replace(picture, notes=None, how=how, saved_at=datetime.fromisoformat(moment))


def noted(picture: Picture, **more: Any) -> Picture:
    """Return the picture with other metadata beside the same pixels."""
    return replace(picture, notes=picture.notes and replace(picture.notes, **more))


def film_of(scene: str, moment: str, **more: Any) -> Film:
    """Return a film taken at an ISO time with offset; `more` are its other fields."""
    seed, taken_at = _day_seed(scene, moment), datetime.fromisoformat(moment)
    return replace(Film(scene=scene, scene_seed=seed, taken_at=taken_at), **more)


def _day_seed(scene: str, moment: str) -> int:
    return sum(map(ord, scene + moment[:10]))
