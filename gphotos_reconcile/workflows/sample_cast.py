"""Who plays in the sample: one line per item, what it is and what is true of it."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from gphotos_reconcile.core.model import Verdict
from gphotos_reconcile.media.sample_files import Form, Print
from gphotos_reconcile.workflows import sample_pictures as seen
from gphotos_reconcile.workflows.sample_roles import (
    CAMERA_FILE,
    CANON,
    GOOGLE_FILE,
    IPHONE,
    PIXEL,
    CastItem,
    Said,
    as_file,
    noted,
    picture_of,
    sent,
)

_SAME: Final = frozenset({Verdict.IDENTICAL})
_CONTENT: Final = frozenset({Verdict.SAME_CONTENT})
_PICTURE: Final = frozenset({Verdict.SAME_PICTURE})
_SMALLER: Final = frozenset({Verdict.SMALLER_COPY})
_REVIEW: Final = frozenset({Verdict.REVIEW})
_RELATED: Final = frozenset({Verdict.VARIANT, Verdict.REVIEW})
_MISSING: Final = frozenset({Verdict.MISSING})
_UNREADABLE: Final = frozenset({Verdict.UNREADABLE})
_NOT_CLAIMED: Final = frozenset({Verdict.MISSING, Verdict.VARIANT, Verdict.REVIEW})


CAST: Final = (
    CastItem(label="identical", title="IMG_2041.JPG", content=seen.ALPS, verdicts=_SAME,
             local="2019/2019-07 Alps/IMG_2041.JPG", album="Best of 2019"),
    CastItem(label="identical", title="PXL_20220521_144002417.jpg", content=seen.QUAY,
             verdicts=_SAME, local="2022/Weekend in Copenhagen/harbour.jpg"),
    CastItem(label="identical, archived favourite", title="IMG_0871.JPG", content=seen.CAKE,
             verdicts=_SAME, local="2021/IMG_0871.JPG",
             said=Said(description="Forty at last", people=("Anna", "Jo"), favorited=True,
                       archived=True)),
    CastItem(label="identical, cut name", verdicts=_SAME, content=seen.AURORA,
             title="PXL_20230814_201154491.LONG_EXPOSURE-01.COVER.jpg",
             local="2023/PXL_20230814_201154491.LONG_EXPOSURE-01.COVER.jpg"),
    CastItem(label="identical, emoji in its name", title="Été à la plage 🏖.jpg",
             content=seen.SUNSET, verdicts=_SAME, local="2019/2019-08 Bretagne/IMG_2388.JPG"),
    CastItem(label="metadata differ", title="IMG_1987.JPG", content=seen.MEADOW, verdicts=_CONTENT,
             local="2019/2019-06/IMG_1987.JPG",
             local_content=noted(seen.MEADOW, caption="Gentians")),
    CastItem(label="metadata differ", title="DSC02210.JPG", content=seen.BALLOONS,
             verdicts=_CONTENT, local="2020/DSC02210.JPG",
             local_content=noted(seen.BALLOONS, place=(45.1, 7.4))),
    CastItem(label="recompressed", title="DSC00617.JPG", content=as_file(seen.DUNES, GOOGLE_FILE),
             verdicts=_PICTURE, local="2018/Morocco/DSC00617.JPG", local_content=seen.DUNES),
    CastItem(label="recompressed", title="IMG_0410.JPG", content=as_file(seen.TREE, GOOGLE_FILE),
             verdicts=_PICTURE, local="2020/IMG_0410.JPG", local_content=seen.TREE),
    CastItem(label="recompressed, title not fit for a file", title="Lunch: lemons?.jpg",
             content=as_file(seen.CITRUS, Print(quality=80)), verdicts=_PICTURE,
             local="2023/PXL_20230129_121138602.jpg", local_content=seen.CITRUS),
    CastItem(label="library holds a preview", title="DSC03011.JPG", content=seen.BEACH,
             verdicts=_SMALLER, local="2021/Previews/DSC03011.JPG",
             local_content=as_file(seen.BEACH, Print(quality=80, long_edge_px=800))),
    CastItem(label="library holds a thumbnail", title="IMG_1203.JPG", content=seen.COFFEE,
             verdicts=_SMALLER | _RELATED, local="2022/thumbs/tn_1203.jpg",
             local_content=replace(as_file(seen.COFFEE, Print(quality=75, long_edge_px=256)),
                                   notes=None)),
    CastItem(label="messenger copy", title="IMG-20190820-WA0003.jpg", verdicts=_PICTURE | _REVIEW,
             content=sent(seen.SUNSET, "2019-08-20T21:05:13+02:00"),
             local="2019/2019-08 Bretagne/IMG_2388.JPG", local_content=seen.SUNSET),
    CastItem(label="messenger copy of another frame", title="IMG-20210612-WA0007.jpg",
             content=sent(seen.BOATS_4, "2021-06-12T13:40:55+02:00"), verdicts=_RELATED),
    CastItem(label="messenger copy, cropped", title="IMG-20220522-WA0001.jpg",
             verdicts=_NOT_CLAIMED,
             content=sent(seen.QUAY, "2022-05-22T08:12:30+02:00", crop=(0.12, 0.0, 0.8, 0.92))),
    CastItem(label="original of an edit", title="IMG_1902.JPG", content=seen.DAISY, verdicts=_SAME,
             local="2019/2019-05/IMG_1902.JPG"),
    CastItem(label="edit", title="IMG_1902-edited.JPG", verdicts=_RELATED, has_sidecar=False,
             content=as_file(seen.DAISY, Print(quality=88, warmth=0.8))),
    CastItem(label="crop", title="DSC02790 crop.JPG", verdicts=_RELATED,
             content=as_file(seen.FRUIT, Print(crop=(0.1, 0.12, 0.86, 0.9)))),
    CastItem(label="original of a crop", title="DSC02790.JPG", content=seen.FRUIT, verdicts=_SAME,
             local="2020/DSC02790.JPG"),
    CastItem(label="burst", title="IMG_20210612_101501_BURST001.jpg", content=seen.BOATS,
             verdicts=_SAME, local="2021/Regatta/IMG_20210612_101501_BURST001.jpg"),
    CastItem(label="burst", title="IMG_20210612_101501_BURST002.jpg", content=seen.BOATS_2,
             verdicts=_SAME, local="2021/Regatta/IMG_20210612_101501_BURST002.jpg"),
    CastItem(label="burst, only in the cloud", title="IMG_20210612_101501_BURST003.jpg",
             content=seen.BOATS_3, verdicts=_RELATED),
    CastItem(label="bracket", title="IMG_1711.JPG", content=seen.BRIDGE, verdicts=_SAME,
             local="2018/IMG_1711.JPG"),
    CastItem(label="bracket, only in the cloud", title="IMG_1712.JPG", content=seen.BRIDGE_DARK,
             verdicts=_RELATED),
    CastItem(label="bracket, only in the cloud", title="IMG_1713.JPG", content=seen.BRIDGE_LIGHT,
             verdicts=_RELATED),
    CastItem(label="HEIC, the library holds a JPEG", title="IMG_4127.HEIC",
             content=as_file(seen.FOREST, Print(form=Form.HEIC, quality=50)), verdicts=_PICTURE,
             local="2023/Black Forest/IMG_4127.jpg",
             local_content=as_file(seen.FOREST, Print(quality=95))),
    CastItem(label="Live Photo", title="IMG_3310.HEIC", content=seen.CABIN, verdicts=_SAME,
             beside=(("IMG_3310.MOV", seen.CABIN_FILM),), local="2022/IMG_3310.HEIC",
             local_beside=(("2022/IMG_3310.MOV", seen.CABIN_FILM),)),
    CastItem(label="Live Photo, its video only in the cloud", title="IMG_3977.HEIC",
             content=seen.PEBBLES, verdicts=_SMALLER | _RELATED,
             beside=(("IMG_3977.MOV", seen.PEBBLES_FILM),), local="2023/IMG_3977.HEIC"),
    CastItem(label="motion photo", title="PXL_20220305_132233123.MP.jpg", content=seen.WAVE,
             verdicts=_SAME, beside=(("PXL_20220305_132233123.MP", seen.WAVE_FILM),),
             local="2022/PXL_20220305_132233123.MP.jpg"),
    CastItem(label="video", title="VID_20210612_102011.mp4", content=seen.REGATTA, verdicts=_SAME,
             local="2021/Regatta/VID_20210612_102011.mp4"),
    CastItem(label="transcoded video", title="MVI_2214.MP4", verdicts=_PICTURE,
             content=replace(seen.BALLOON_FILM, width_px=640, height_px=360, crf=30),
             local="2020/MVI_2214.MP4", local_content=seen.BALLOON_FILM),
    CastItem(label="library holds a smaller video", title="MVI_2050.MP4", content=seen.SKY_FILM,
             verdicts=_SMALLER, local="2019/2019-07 Alps/MVI_2050 small.mp4",
             local_content=replace(seen.SKY_FILM, width_px=480, height_px=270, crf=30)),
    CastItem(label="missing video", title="PXL_20220522_150145.mp4", content=seen.LOST_FILM,
             verdicts=_MISSING),
    CastItem(label="sync client's thumbnail", verdicts=_PICTURE | _RELATED,
             title="8F0C2A17-5B3E-4D69-A1C4-E27D90B6F358.dng",
             content=as_file(seen.NIGHT, Print(form=Form.DNG, long_edge_px=256)),
             local="2020/DSC00933.JPG", local_content=seen.NIGHT),
    CastItem(label="original of the thumbnail", title="DSC00933.JPG", content=seen.NIGHT,
             verdicts=_SAME, local="2020/DSC00933.JPG"),
    CastItem(label="raw, the library holds its JPEG", title="DSC04410.dng", content=seen.RAW,
             verdicts=_RELATED, local="2023/Arizona/DSC04410.JPG",
             local_content=as_file(seen.RAW, CAMERA_FILE)),
    CastItem(label="JPEG of a raw", title="DSC04410.JPG", content=as_file(seen.RAW, CAMERA_FILE),
             verdicts=_SAME, local="2023/Arizona/DSC04410.JPG"),
    CastItem(label="screenshot", title="Screenshot_20221028-093143.png", content=seen.CHAT,
             verdicts=_SAME, local="Screenshots/Screenshot_20221028-093143.png"),
    CastItem(label="screenshot, only in the cloud", title="Screenshot_20221028-095502.png",
             content=seen.CHAT_2, verdicts=_NOT_CLAIMED),
    CastItem(label="missing", title="DSC04498.JPG", content=seen.STARS, verdicts=_MISSING,
             album="Arizona 2023"),
    CastItem(label="missing", title="DSC04471.JPG", content=seen.RED_ROCK, verdicts=_MISSING,
             album="Arizona 2023"),
    CastItem(label="missing, from a partner", title="PXL_20220619_164403260.jpg", content=seen.FACE,
             verdicts=_MISSING, said=Said(from_partner=True)),
    CastItem(label="missing, in the trash", title="PXL_20231231_230652902.jpg",
             content=seen.FIREWORKS, verdicts=_MISSING, folder="Trash", said=Said(trashed=True)),
    CastItem(label="same name, identical", title="IMG_8172.JPG", content=seen.SHELF, verdicts=_SAME,
             local="2018/bookshelf.jpg"),
    CastItem(label="same name, missing", title="IMG_8172.JPG", verdicts=_MISSING,
             content=picture_of("letter", CANON, "2018-04-04T10:11:12+02:00", iso=200)),
    CastItem(label="zero bytes", title="IMG_4471.JPG", content=replace(seen.PAPER, whole=0.0),
             verdicts=_UNREADABLE),
    CastItem(label="cut short", title="IMG_4472.JPG", content=replace(seen.PAPER, whole=0.6),
             verdicts=_UNREADABLE),
    CastItem(label="black frame", title="IMG_0620.JPG", content=seen.BLACK, verdicts=_NOT_CLAIMED),
    CastItem(label="flat sky", title="PXL_20220208_142612018.jpg", content=seen.GREY,
             verdicts=_NOT_CLAIMED),
)  # fmt: skip
"""The items of the export, in no order that matters."""

LIBRARY_ONLY: Final = (
    ("2021/IMG_0955.JPG", seen.LIGHTS),
    ("2022/IMG_1488.JPG", picture_of("daisy", IPHONE, "2022-05-08T11:50:26.431+02:00")),
    ("2019/2019-07 Alps/IMG_2050.JPG", picture_of("alpine_lake", CANON, "2019-07-14T09:40:12+02:00",
                                                scene_seed=77)),
    ("2021/IMG_0631.JPG", picture_of("inside_a_pocket", IPHONE, "2021-02-19T17:40:01+01:00",
                                   grain=0.004)),
    ("2022/PXL_20220209_101500.jpg", picture_of("flat_sky", PIXEL, "2022-02-09T11:15:00+01:00")),
    ("Backup/old disk/IMG_2041.JPG", seen.ALPS),
)  # fmt: skip
"""What only the library holds, and a second copy of what both hold."""

LOST_SIDECARS: Final = (("IMG_5120.JPG", datetime.fromisoformat("2020-04-19T10:00:00+02:00")),)
"""Items that Google knows and the export left out: title and time."""

ALBUMS: Final = ("Arizona 2023", "Best of 2019")

SIDECAR_ONLY_ALBUM: Final = ALBUMS[1]
"""An album that Google wrote without its photos: they are in the folders of their years."""
