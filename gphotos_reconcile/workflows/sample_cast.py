"""Who plays in the sample: one line per item, what it is and what is true of it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, Final

from gphotos_reconcile.core.model import Verdict
from gphotos_reconcile.media.sample_files import Camera, Form, Notes, Print
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

_GOOGLE: Final = Print(quality=80, long_edge_px=1280)  # as "Storage saver" leaves a picture
_FINE: Final = Print(quality=93)

_SAME: Final = frozenset({Verdict.IDENTICAL})
_CONTENT: Final = frozenset({Verdict.SAME_CONTENT})
_PICTURE: Final = frozenset({Verdict.SAME_PICTURE})
_SMALLER: Final = frozenset({Verdict.SMALLER_COPY})
_REVIEW: Final = frozenset({Verdict.REVIEW})
_RELATED: Final = frozenset({Verdict.VARIANT, Verdict.REVIEW})
_MISSING: Final = frozenset({Verdict.MISSING})
_UNREADABLE: Final = frozenset({Verdict.UNREADABLE})
_NOT_CLAIMED: Final = frozenset({Verdict.MISSING, Verdict.VARIANT, Verdict.REVIEW})


def _picture(
    scene: str, camera: Camera, moment: str, how: Print = CAMERA_FILE, **more: Any
) -> Picture:
    """Return a picture taken at an ISO time with offset; `more` are fields of Notes and Shot."""
    shot = Shot(scene=scene, scene_seed=sum(map(ord, scene + moment[:10])))
    notes = Notes(camera=camera, taken_at=datetime.fromisoformat(moment))
    noted = {name: value for name, value in more.items() if hasattr(notes, name)}
    seen = {name: value for name, value in more.items() if name not in noted}
    return Picture(shot=replace(shot, **seen), notes=replace(notes, **noted), how=how)


def _as(picture: Picture, how: Print) -> Picture:
    return replace(picture, how=how)


def _sent(picture: Picture, moment: str, **more: Any) -> Picture:
    """Return the picture as a messenger passes it on: smaller, and without metadata."""
    how = Print(quality=60, long_edge_px=1024, **more)
    return replace(picture, notes=None, how=how, saved_at=datetime.fromisoformat(moment))


def _noted(picture: Picture, **more: Any) -> Picture:
    """Return the picture with other metadata beside the same pixels."""
    return replace(picture, notes=picture.notes and replace(picture.notes, **more))


def _film(scene: str, moment: str, **more: Any) -> Film:
    film = Film(scene=scene, scene_seed=len(scene) * 7, taken_at=datetime.fromisoformat(moment))
    return replace(film, **more)


_ALPS = _picture("alpine_lake", CANON, "2019-07-14T09:12:31+02:00", exposure=Fraction(1, 320))
_QUAY = _picture("harbour_houses", PIXEL, "2022-05-21T16:40:02.417+02:00", place=(55.68, 12.59))
_CAKE = _picture("birthday_cake", IPHONE, "2021-11-06T18:05:44.120+01:00", iso=800)
_MEADOW = _picture("meadow", CANON, "2019-06-02T11:25:10+02:00", place=(47.42, 10.98))
_BALLOONS = _picture("balloons", SONY, "2020-09-12T07:31:55.230+02:00", iso=160)
_DUNES = _picture("dunes", SONY, "2018-02-23T17:48:09.050+00:00", _FINE, place=(31.15, -3.97))
_TREE = _picture("autumn_tree", IPHONE, "2020-10-18T14:02:27.881+02:00", _FINE)
_CITRUS = _picture("citrus", PIXEL, "2023-01-29T13:11:38.602+01:00", _FINE)
_BEACH = _picture("beach_from_above", SONY, "2021-08-09T12:55:16.300+02:00", place=(39.54, 2.72))
_COFFEE = _picture("coffee", IPHONE, "2022-03-13T10:20:05.744+01:00", iso=64)
_DAISY = _picture("daisy", CANON, "2019-05-18T15:33:20+02:00", exposure=Fraction(1, 640))
_FRUIT = _picture("still_life", SONY, "2020-12-20T15:09:51.470+01:00", iso=400)
_BOATS = _picture("sail_boats", PIXEL, "2021-06-12T10:15:01.100+02:00", gull_at=0.2)
_BOATS_2 = _picture("sail_boats", PIXEL, "2021-06-12T10:15:01.400+02:00", gull_at=0.26, shot_seed=1)
_BOATS_3 = _picture("sail_boats", PIXEL, "2021-06-12T10:15:01.700+02:00", gull_at=0.32, shot_seed=2)
_BOATS_4 = replace(_BOATS_3, shot=replace(_BOATS_3.shot, shot_seed=3, gull_at=0.6))
_BRIDGE = _picture("suspension_bridge", CANON, "2018-09-30T19:22:14+02:00")
_BRIDGE_DARK = _picture(
    "suspension_bridge", CANON, "2018-09-30T19:22:15+02:00", exposure_ev=-1.7, shot_seed=1
)
_BRIDGE_LIGHT = _picture(
    "suspension_bridge", CANON, "2018-09-30T19:22:16+02:00", exposure_ev=1.3, shot_seed=2
)
_FOREST = _picture("misty_forest", IPHONE, "2023-10-07T08:14:49.015+02:00", place=(48.51, 8.21))
_HEIC = Print(form=Form.HEIC, quality=50)
_LIVE_ID = "6B1F8C52-0D1E-4B57-9F0A-3C55A9E7D210"
_CABIN = _picture(
    "winter_cabin", IPHONE, "2022-12-28T16:31:07.209+01:00", _HEIC, live_identifier=_LIVE_ID
)
_CABIN_FILM = _film(
    "winter_cabin", "2022-12-28T16:31:06+01:00", live_identifier=_LIVE_ID,
    width_px=640, height_px=480, duration_s=1.5,
)  # fmt: skip
_LIVE_ID_2 = "C9D02E7B-41A6-4F33-8E57-70B1D9A4562F"
_PEBBLES = _picture(
    "pebbles", IPHONE, "2023-07-16T17:02:55.930+02:00", _HEIC, live_identifier=_LIVE_ID_2
)
_PEBBLES_FILM = replace(
    _film("pebbles", "2023-07-16T17:02:54+02:00", live_identifier=_LIVE_ID_2, duration_s=1.5),
    width_px=640,
    height_px=480,
)
_WAVE_FILM = _film(
    "beach_from_above", "2022-03-05T14:22:33+01:00", width_px=640, height_px=480, duration_s=1.5
)
_WAVE = replace(_picture("sea_sunset", PIXEL, "2022-03-05T14:22:33.123+01:00"), film=_WAVE_FILM)
_REGATTA = _film("sail_boats", "2021-06-12T10:20:11+02:00", duration_s=3.0)
_BALLOON_FILM = _film("balloons", "2020-09-12T07:40:30+02:00", duration_s=5.0)
_SKY_FILM = _film("alpine_lake", "2019-07-14T09:30:02+02:00", duration_s=3.0)
_LOST_FILM = _film("harbour_houses", "2022-05-21T17:01:45+02:00", duration_s=3.0)
_RAW = _picture(
    "canyon", SONY, "2023-04-11T11:47:23.640-07:00", Print(form=Form.DNG, long_edge_px=1024)
)
_NIGHT = _picture("skyline_night", SONY, "2020-01-17T20:45:12.080+01:00", iso=1600)
_PAPER = _picture("letter", PIXEL, "2020-08-03T09:58:31.555+02:00")
_STARS = _picture("milky_way", SONY, "2023-04-12T22:18:40.310-07:00", iso=6400, grain=0.016)
_RED_ROCK = _picture("canyon", SONY, "2023-04-12T10:05:37.820-07:00", place=(36.1, -112.11))
_FACE = _picture("portrait", PIXEL, "2022-06-19T18:44:03.260+02:00", size_px=(1224, 1632))
_FIREWORKS = _picture("fireworks", PIXEL, "2024-01-01T00:06:52.902+01:00", iso=640)
_AURORA = _picture("aurora", PIXEL, "2023-08-14T20:11:54.491+00:00", iso=3200, grain=0.012)
_SHELF = _picture("bookshelf", CANON, "2018-11-25T12:30:00+01:00", iso=1600)
_SUNSET = _picture("sea_sunset", CANON, "2019-08-20T20:31:48+02:00", place=(48.63, -4.56))
_LIGHTS = _picture("bokeh_lights", IPHONE, "2021-12-18T19:14:09.377+01:00", iso=1250)
_CHAT_SHOT = Shot(scene="chat_screen", scene_seed=5, size_px=(828, 1792), grain=0.0)
_CHAT = Picture(
    shot=_CHAT_SHOT,
    notes=None,
    how=Print(form=Form.PNG),
    saved_at=datetime.fromisoformat("2022-10-28T09:31:43+00:00"),
)
_CHAT_2 = replace(_CHAT, shot=replace(_CHAT_SHOT, scene_seed=8))
_BLACK = _picture("inside_a_pocket", IPHONE, "2021-02-11T08:03:19.664+01:00", grain=0.004)
_GREY = _picture("flat_sky", PIXEL, "2022-02-08T15:26:12.018+01:00")

CAST: Final = (
    CastItem(label="identical", title="IMG_2041.JPG", content=_ALPS, verdicts=_SAME,
             local="2019/2019-07 Alps/IMG_2041.JPG", album="Best of 2019"),
    CastItem(label="identical", title="PXL_20220521_144002417.jpg", content=_QUAY,
             verdicts=_SAME, local="2022/Weekend in Copenhagen/harbour.jpg"),
    CastItem(label="identical, archived favourite", title="IMG_0871.JPG", content=_CAKE,
             verdicts=_SAME, local="2021/IMG_0871.JPG",
             said=Said(description="Forty at last", people=("Anna", "Jo"), favorited=True,
                       archived=True)),
    CastItem(label="identical, cut name", verdicts=_SAME, content=_AURORA,
             title="PXL_20230814_201154491.LONG_EXPOSURE-01.COVER.jpg",
             local="2023/PXL_20230814_201154491.LONG_EXPOSURE-01.COVER.jpg"),
    CastItem(label="identical, emoji in its name", title="Été à la plage 🏖.jpg", content=_SUNSET,
             verdicts=_SAME, local="2019/2019-08 Bretagne/IMG_2388.JPG"),
    CastItem(label="metadata differ", title="IMG_1987.JPG", content=_MEADOW, verdicts=_CONTENT,
             local="2019/2019-06/IMG_1987.JPG",
             local_content=_noted(_MEADOW, caption="Gentians")),
    CastItem(label="metadata differ", title="DSC02210.JPG", content=_BALLOONS, verdicts=_CONTENT,
             local="2020/DSC02210.JPG",
             local_content=_noted(_BALLOONS, place=(45.1, 7.4))),
    CastItem(label="recompressed", title="DSC00617.JPG", content=_as(_DUNES, _GOOGLE),
             verdicts=_PICTURE, local="2018/Morocco/DSC00617.JPG", local_content=_DUNES),
    CastItem(label="recompressed", title="IMG_0410.JPG", content=_as(_TREE, _GOOGLE),
             verdicts=_PICTURE, local="2020/IMG_0410.JPG", local_content=_TREE),
    CastItem(label="recompressed, title not fit for a file", title="Lunch: lemons?.jpg",
             content=_as(_CITRUS, Print(quality=80)), verdicts=_PICTURE,
             local="2023/PXL_20230129_121138602.jpg", local_content=_CITRUS),
    CastItem(label="library holds a preview", title="DSC03011.JPG", content=_BEACH,
             verdicts=_SMALLER, local="2021/Previews/DSC03011.JPG",
             local_content=_as(_BEACH, Print(quality=80, long_edge_px=800))),
    CastItem(label="library holds a thumbnail", title="IMG_1203.JPG", content=_COFFEE,
             verdicts=_SMALLER | _RELATED, local="2022/thumbs/tn_1203.jpg",
             local_content=replace(_COFFEE, notes=None, how=Print(quality=75, long_edge_px=256))),
    CastItem(label="messenger copy", title="IMG-20190820-WA0003.jpg", verdicts=_PICTURE | _REVIEW,
             content=_sent(_SUNSET, "2019-08-20T21:05:13+02:00"),
             local="2019/2019-08 Bretagne/IMG_2388.JPG", local_content=_SUNSET),
    CastItem(label="messenger copy of another frame", title="IMG-20210612-WA0007.jpg",
             content=_sent(_BOATS_4, "2021-06-12T13:40:55+02:00"), verdicts=_RELATED),
    CastItem(label="messenger copy, cropped", title="IMG-20220522-WA0001.jpg",
             verdicts=_NOT_CLAIMED,
             content=_sent(_QUAY, "2022-05-22T08:12:30+02:00", crop=(0.12, 0.0, 0.8, 0.92))),
    CastItem(label="original of an edit", title="IMG_1902.JPG", content=_DAISY, verdicts=_SAME,
             local="2019/2019-05/IMG_1902.JPG"),
    CastItem(label="edit", title="IMG_1902-edited.JPG", verdicts=_RELATED, has_sidecar=False,
             content=_as(_DAISY, Print(quality=88, warmth=0.8))),
    CastItem(label="crop", title="DSC02790 crop.JPG", verdicts=_RELATED,
             content=_as(_FRUIT, Print(crop=(0.1, 0.12, 0.86, 0.9)))),
    CastItem(label="original of a crop", title="DSC02790.JPG", content=_FRUIT, verdicts=_SAME,
             local="2020/DSC02790.JPG"),
    CastItem(label="burst", title="IMG_20210612_101501_BURST001.jpg", content=_BOATS,
             verdicts=_SAME, local="2021/Regatta/IMG_20210612_101501_BURST001.jpg"),
    CastItem(label="burst", title="IMG_20210612_101501_BURST002.jpg", content=_BOATS_2,
             verdicts=_SAME, local="2021/Regatta/IMG_20210612_101501_BURST002.jpg"),
    CastItem(label="burst, only in the cloud", title="IMG_20210612_101501_BURST003.jpg",
             content=_BOATS_3, verdicts=_RELATED),
    CastItem(label="bracket", title="IMG_1711.JPG", content=_BRIDGE, verdicts=_SAME,
             local="2018/IMG_1711.JPG"),
    CastItem(label="bracket, only in the cloud", title="IMG_1712.JPG", content=_BRIDGE_DARK,
             verdicts=_RELATED),
    CastItem(label="bracket, only in the cloud", title="IMG_1713.JPG", content=_BRIDGE_LIGHT,
             verdicts=_RELATED),
    CastItem(label="HEIC, the library holds a JPEG", title="IMG_4127.HEIC",
             content=_as(_FOREST, _HEIC), verdicts=_PICTURE, local="2023/Black Forest/IMG_4127.jpg",
             local_content=_as(_FOREST, Print(quality=95))),
    CastItem(label="Live Photo", title="IMG_3310.HEIC", content=_CABIN, verdicts=_SAME,
             beside=(("IMG_3310.MOV", _CABIN_FILM),), local="2022/IMG_3310.HEIC",
             local_beside=(("2022/IMG_3310.MOV", _CABIN_FILM),)),
    CastItem(label="Live Photo, its video only in the cloud", title="IMG_3977.HEIC",
             content=_PEBBLES, verdicts=_SMALLER | _RELATED,
             beside=(("IMG_3977.MOV", _PEBBLES_FILM),), local="2023/IMG_3977.HEIC"),
    CastItem(label="motion photo", title="PXL_20220305_132233123.MP.jpg", content=_WAVE,
             verdicts=_SAME, beside=(("PXL_20220305_132233123.MP", _WAVE_FILM),),
             local="2022/PXL_20220305_132233123.MP.jpg"),
    CastItem(label="video", title="VID_20210612_102011.mp4", content=_REGATTA, verdicts=_SAME,
             local="2021/Regatta/VID_20210612_102011.mp4"),
    CastItem(label="transcoded video", title="MVI_2214.MP4", verdicts=_PICTURE,
             content=replace(_BALLOON_FILM, width_px=640, height_px=360, crf=30),
             local="2020/MVI_2214.MP4", local_content=_BALLOON_FILM),
    CastItem(label="library holds a smaller video", title="MVI_2050.MP4", content=_SKY_FILM,
             verdicts=_SMALLER, local="2019/2019-07 Alps/MVI_2050 small.mp4",
             local_content=replace(_SKY_FILM, width_px=480, height_px=270, crf=30)),
    CastItem(label="missing video", title="PXL_20220521_150145.mp4", content=_LOST_FILM,
             verdicts=_MISSING),
    CastItem(label="sync client's thumbnail", verdicts=_PICTURE | _RELATED,
             title="8F0C2A17-5B3E-4D69-A1C4-E27D90B6F358.dng",
             content=_as(_NIGHT, Print(form=Form.DNG, long_edge_px=256)),
             local="2020/DSC00933.JPG", local_content=_NIGHT),
    CastItem(label="original of the thumbnail", title="DSC00933.JPG", content=_NIGHT,
             verdicts=_SAME, local="2020/DSC00933.JPG"),
    CastItem(label="raw, the library holds its JPEG", title="DSC04410.dng", content=_RAW,
             verdicts=_RELATED, local="2023/Arizona/DSC04410.JPG",
             local_content=_as(_RAW, CAMERA_FILE)),
    CastItem(label="JPEG of a raw", title="DSC04410.JPG", content=_as(_RAW, CAMERA_FILE),
             verdicts=_SAME, local="2023/Arizona/DSC04410.JPG"),
    CastItem(label="screenshot", title="Screenshot_20221028-093143.png", content=_CHAT,
             verdicts=_SAME, local="Screenshots/Screenshot_20221028-093143.png"),
    CastItem(label="screenshot, only in the cloud", title="Screenshot_20221028-095502.png",
             content=_CHAT_2, verdicts=_NOT_CLAIMED),
    CastItem(label="missing", title="DSC04498.JPG", content=_STARS, verdicts=_MISSING,
             album="Arizona 2023"),
    CastItem(label="missing", title="DSC04471.JPG", content=_RED_ROCK, verdicts=_MISSING,
             album="Arizona 2023"),
    CastItem(label="missing, from a partner", title="PXL_20220619_164403260.jpg", content=_FACE,
             verdicts=_MISSING, said=Said(from_partner=True)),
    CastItem(label="missing, in the trash", title="PXL_20231231_230652902.jpg",
             content=_FIREWORKS, verdicts=_MISSING, folder="Trash", said=Said(trashed=True)),
    CastItem(label="same name, identical", title="IMG_8172.JPG", content=_SHELF, verdicts=_SAME,
             local="2018/bookshelf.jpg"),
    CastItem(label="same name, missing", title="IMG_8172.JPG", verdicts=_MISSING,
             content=_picture("letter", CANON, "2018-04-04T10:11:12+02:00", iso=200)),
    CastItem(label="zero bytes", title="IMG_4471.JPG", content=replace(_PAPER, whole=0.0),
             verdicts=_UNREADABLE),
    CastItem(label="cut short", title="IMG_4472.JPG", content=replace(_PAPER, whole=0.6),
             verdicts=_UNREADABLE),
    CastItem(label="black frame", title="IMG_0620.JPG", content=_BLACK, verdicts=_NOT_CLAIMED),
    CastItem(label="flat sky", title="PXL_20220208_142612018.jpg", content=_GREY,
             verdicts=_NOT_CLAIMED),
)  # fmt: skip
"""The items of the export, in no order that matters."""

LIBRARY_ONLY: Final = (
    ("2021/IMG_0955.JPG", _LIGHTS),
    ("2022/IMG_1488.JPG", _picture("daisy", IPHONE, "2022-05-08T11:50:26.431+02:00")),
    ("2019/2019-07 Alps/IMG_2050.JPG", _picture("alpine_lake", CANON, "2019-07-14T09:40:12+02:00", scene_seed=77)),
    ("2021/IMG_0631.JPG", _picture("inside_a_pocket", IPHONE, "2021-02-19T17:40:01+01:00",
                                   grain=0.004)),
    ("2022/PXL_20220209_101500.jpg", _picture("flat_sky", PIXEL, "2022-02-09T11:15:00+01:00")),
    ("Backup/old disk/IMG_2041.JPG", _ALPS),
)  # fmt: skip
"""What only the library holds, and a second copy of what both hold."""

LOST_SIDECARS: Final = (("IMG_5120.JPG", datetime.fromisoformat("2020-04-19T10:00:00+02:00")),)
"""Items that Google knows and the export left out: title and time."""

ALBUMS: Final = ("Arizona 2023", "Best of 2019")

SIDECAR_ONLY_ALBUM: Final = ALBUMS[1]
"""An album that Google wrote without its photos: they are in the folders of their years."""
