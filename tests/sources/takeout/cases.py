"""Names as exports carry them, each with the place where it is documented.

A line of pairs.txt is one media file and its sidecar: media | sidecar | title | where it was seen.
`=` stands for a title that is the media's name. FOLDERS hold what only several files together
show. In a folder `->` leads from a media file to its sidecar, `-` is none.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

PAIRS = Path(__file__).with_name("pairs.txt").read_text("utf-8")


@dataclass(frozen=True)
class FolderCase:
    """A folder: sidecars as (name, title, seconds), media as (name, expected sidecar or None)."""

    name: str
    seen: str
    sidecars: tuple[tuple[str, str, int], ...]
    media: tuple[tuple[str, str | None], ...]
    taken: tuple[tuple[str, int], ...] = ()
    identifiers: tuple[tuple[str, str], ...] = ()


def moment(seconds: int) -> datetime:
    """Return an instant."""
    return datetime.fromtimestamp(seconds, UTC)


P = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"  # 46 units

FOLDERS = (
    FolderCase(
        "titles_with_one_start",
        "immich-go #39: two titles, one body, cut media with the same counters",
        (
            (
                "Backyard_ceremony_wedding_photography_xxxxxxx_.json",
                "Backyard_ceremony_wedding_photography_xxxxxxx_magnoliastudios-371.jpg",
                1,
            ),
            (
                "Backyard_ceremony_wedding_photography_xxxxxxx_(1).json",
                "Backyard_ceremony_wedding_photography_xxxxxxx_magnoliastudios-181.jpg",
                2,
            ),
        ),
        (
            (
                "Backyard_ceremony_wedding_photography_xxxxxxx_m.jpg",
                "Backyard_ceremony_wedding_photography_xxxxxxx_.json",
            ),
            (
                "Backyard_ceremony_wedding_photography_xxxxxxx_m(1).jpg",
                "Backyard_ceremony_wedding_photography_xxxxxxx_(1).json",
            ),
        ),
    ),
    FolderCase(
        "uncut_media_of_cut_sidecars",
        "docs/takeout.md 4: only the titles tell P.json from P(1).json",
        ((f"{P}.json", f"{P}xx first.jpg", 1), (f"{P}(1).json", f"{P}xx second.jpg", 2)),
        ((f"{P}xx first.jpg", f"{P}.json"), (f"{P}xx second.jpg", f"{P}(1).json")),
    ),
    FolderCase(
        "edited_shares_the_original_s_sidecar",
        "osxphotos sample: IMG_3984-edited.jpeg",
        (("IMG_3984.jpeg.json", "IMG_3984.jpeg", 1),),
        (("IMG_3984.jpeg", "IMG_3984.jpeg.json"), ("IMG_3984-edited.jpeg", "IMG_3984.jpeg.json")),
    ),
    FolderCase(
        "edited_without_its_original",
        "osxphotos sample: album Same Name",
        (("IMG_4179.jpeg.json", "IMG_4179.jpeg", 1),),
        (("IMG_4179-edited.jpeg", "IMG_4179.jpeg.json"),),
    ),
    FolderCase(
        "edited_counter",
        "docs/takeout.md 6: ente, 321sync",
        (("X.jpg.json", "X.jpg", 1), ("X.jpg(1).json", "X.jpg", 2)),
        (
            ("X.jpg", "X.jpg.json"),
            ("X(1).jpg", "X.jpg(1).json"),
            ("X-edited.jpg", "X.jpg.json"),
            ("X-edited(1).jpg", "X.jpg(1).json"),
        ),
    ),
    FolderCase(
        "edited_heic_as_jpg",
        "docs/takeout.md 6: another extension",
        (("IMG_1.HEIC.supplemental-metadata.json", "IMG_1.HEIC", 1),),
        (
            ("IMG_1.HEIC", "IMG_1.HEIC.supplemental-metadata.json"),
            ("IMG_1-edited.jpg", "IMG_1.HEIC.supplemental-metadata.json"),
        ),
    ),
    *(
        FolderCase(
            f"edited_in_a_language_{suffix}",
            "docs/takeout.md 6",
            (("IMG_1.jpg.json", "IMG_1.jpg", 1),),
            (("IMG_1.jpg", "IMG_1.jpg.json"), (f"IMG_1-{suffix}.jpg", "IMG_1.jpg.json")),
        )
        for suffix in (
            "bearbeitet",
            "modifié",
            "modificato",
            "ha editado",
            "editat",
            "edytowane",
            "bewerkt",
            "編集済み",
            "编辑",
            "已修改",
            "修改",
            "已編輯",
            "измененный",
            "düzenlendi",
            "muokattu",
        )
    ),
    *(
        FolderCase(
            f"edited_suffix_cut_{tail!r}",
            "GPTH Neo #29",
            (
                (
                    f"{stem}.JPG.json"[:46] + ".json" if len(stem) > 42 else f"{stem}.JPG.json",
                    f"{stem}.JPG",
                    1,
                ),
            ),
            (
                (
                    f"{stem}{tail}.JPG",
                    f"{stem}.JPG.json"[:46] + ".json" if len(stem) > 42 else f"{stem}.JPG.json",
                ),
            ),
        )
        for stem, tail in (
            ("Con Yoli por Málaga en el piso nuevo_001", "-ha edi"),
            ("Con Yoli por Málaga en el piso nuevo de_001", "-edi"),
            ("Con Yoli por Málaga en el piso nuevo de l_001", "-e"),
            ("Con Yoli por Málaga en el piso nuevo de la_001", "-"),
        )
    ),
    FolderCase(
        "native_edited_title_has_its_own",
        "docs/takeout.md 6: own sidecar wins",
        (("IMG_1.jpg.json", "IMG_1.jpg", 1), ("IMG_1-edited.jpg.json", "IMG_1-edited.jpg", 2)),
        (("IMG_1.jpg", "IMG_1.jpg.json"), ("IMG_1-edited.jpg", "IMG_1-edited.jpg.json")),
    ),
    FolderCase(
        "live_photo",
        "immich-go #380 listing: IMG_4573",
        (("IMG_4573.HEIC.json", "IMG_4573.HEIC", 1),),
        (("IMG_4573.HEIC", "IMG_4573.HEIC.json"), ("IMG_4573.MP4", "IMG_4573.HEIC.json")),
    ),
    FolderCase(
        "live_photo_with_its_own_video_sidecar",
        "docs/takeout.md 7: own wins",
        (("IMG_1.HEIC.json", "IMG_1.HEIC", 1), ("IMG_1.MP4.json", "IMG_1.MP4", 2)),
        (("IMG_1.HEIC", "IMG_1.HEIC.json"), ("IMG_1.MP4", "IMG_1.MP4.json")),
    ),
    FolderCase(
        "live_photos_counted_alike",
        "docs/takeout.md 7",
        (("IMG_1.HEIC.json", "IMG_1.HEIC", 1), ("IMG_1.HEIC(1).json", "IMG_1.HEIC", 2)),
        (
            ("IMG_1.HEIC", "IMG_1.HEIC.json"),
            ("IMG_1(1).HEIC", "IMG_1.HEIC(1).json"),
            ("IMG_1.MP4", "IMG_1.HEIC.json"),
            ("IMG_1(1).MP4", "IMG_1.HEIC(1).json"),
        ),
    ),
    FolderCase(
        "live_photo_whose_counters_differ",
        "junjo samples: IMG_9113, by ContentIdentifier",
        (
            ("IMG_9113.HEIC.supplemental-metadata.json", "IMG_9113.HEIC", 1),
            ("IMG_9113.HEIC.supplemental-metadata(1).json", "IMG_9113.HEIC", 2),
        ),
        (
            ("IMG_9113.HEIC", "IMG_9113.HEIC.supplemental-metadata.json"),
            ("IMG_9113(1).HEIC", "IMG_9113.HEIC.supplemental-metadata(1).json"),
            ("IMG_9113.MP4", "IMG_9113.HEIC.supplemental-metadata(1).json"),
        ),
        identifiers=(("IMG_9113(1).HEIC", "B"), ("IMG_9113.MP4", "B"), ("IMG_9113.HEIC", "A")),
    ),
    FolderCase(
        "live_photo_by_the_moment",
        "docs/takeout.md 7: video creation time is photoTakenTime within 2 s",
        (
            ("IMG_9113.HEIC.json", "IMG_9113.HEIC", 1_000_000),
            ("IMG_9113.HEIC(1).json", "IMG_9113.HEIC", 2_000_000),
        ),
        (
            ("IMG_9113.HEIC", "IMG_9113.HEIC.json"),
            ("IMG_9113(1).HEIC", "IMG_9113.HEIC(1).json"),
            ("IMG_9113.MP4", "IMG_9113.HEIC(1).json"),
        ),
        taken=(("IMG_9113.MP4", 2_000_001),),
    ),
    FolderCase(
        "two_live_pairs_of_one_name",
        "junjo samples: IMG_6312, by ContentIdentifier",
        (
            ("IMG_6312.HEIC.supplemental-metadata.json", "IMG_6312.HEIC", 1),
            ("IMG_6312.JPG.supplemental-metadata.json", "IMG_6312.JPG", 2),
        ),
        (
            ("IMG_6312.HEIC", "IMG_6312.HEIC.supplemental-metadata.json"),
            ("IMG_6312.JPG", "IMG_6312.JPG.supplemental-metadata.json"),
            ("IMG_6312.MP4", "IMG_6312.HEIC.supplemental-metadata.json"),
            ("IMG_6312(1).MP4", "IMG_6312.JPG.supplemental-metadata.json"),
        ),
        identifiers=(
            ("IMG_6312.HEIC", "A"),
            ("IMG_6312.MP4", "A"),
            ("IMG_6312.JPG", "B"),
            ("IMG_6312(1).MP4", "B"),
        ),
    ),
    FolderCase(
        "pixel_motion",
        "immich-go #405: .MP and .MP~2",
        (
            ("PXL_20210102_221126856.MP.jpg.json", "PXL_20210102_221126856.MP.jpg", 1),
            ("PXL_20210102_221126856.MP~2.jpg.json", "PXL_20210102_221126856.MP~2.jpg", 2),
        ),
        (
            ("PXL_20210102_221126856.MP.jpg", "PXL_20210102_221126856.MP.jpg.json"),
            ("PXL_20210102_221126856.MP", "PXL_20210102_221126856.MP.jpg.json"),
            ("PXL_20210102_221126856.MP~2.jpg", "PXL_20210102_221126856.MP~2.jpg.json"),
            ("PXL_20210102_221126856.MP~2", "PXL_20210102_221126856.MP~2.jpg.json"),
        ),
    ),
    FolderCase(
        "mvimg_without_extension",
        "docs/takeout.md 7: old motion photos",
        (("MVIMG_20191230_232926.jpg.json", "MVIMG_20191230_232926.jpg", 1),),
        (
            ("MVIMG_20191230_232926.jpg", "MVIMG_20191230_232926.jpg.json"),
            ("MVIMG_20191230_232926", "MVIMG_20191230_232926.jpg.json"),
        ),
    ),
    FolderCase(
        "samsung_live",
        "immich-go #1298",
        (("20250501_103356.heic.supplemental-metadata.json", "20250501_103356.heic", 1),),
        (
            ("20250501_103356.heic", "20250501_103356.heic.supplemental-metadata.json"),
            ("20250501_103356.MP4", "20250501_103356.heic.supplemental-metadata.json"),
        ),
    ),
    FolderCase(
        "raw_and_jpg_with_a_video",
        "docs/takeout.md 7: a raw is no live photo",
        (("IMG_1.dng.json", "IMG_1.dng", 1), ("IMG_1.JPG.json", "IMG_1.JPG", 1)),
        (
            ("IMG_1.dng", "IMG_1.dng.json"),
            ("IMG_1.JPG", "IMG_1.JPG.json"),
            ("IMG_1.MOV", "IMG_1.JPG.json"),
        ),
    ),
    FolderCase(
        "both_schemes_for_one_item",
        "docs/takeout.md 4: the same item in two parts",
        (
            ("IMG_1.jpg.json", "IMG_1.jpg", 5),
            ("IMG_1.jpg.supplemental-metadata.json", "IMG_1.jpg", 5),
        ),
        (("IMG_1.jpg", "IMG_1.jpg.supplemental-metadata.json"),),
    ),
    FolderCase(
        "case_twins",
        "docs/takeout.md 4: the exact name first",
        (("IMG_1.jpg.json", "IMG_1.jpg", 1), ("IMG_1.JPG.json", "IMG_1.JPG", 2)),
        (("IMG_1.jpg", "IMG_1.jpg.json"), ("IMG_1.JPG", "IMG_1.JPG.json")),
    ),
    FolderCase(
        "name_and_its_prefix",
        "docs/takeout.md 4: IMG_1. and IMG_12.",
        (("IMG_1.jpg.json", "IMG_1.jpg", 1), ("IMG_12.jpg.json", "IMG_12.jpg", 2)),
        (("IMG_1.jpg", "IMG_1.jpg.json"), ("IMG_12.jpg", "IMG_12.jpg.json")),
    ),
    FolderCase(
        "date_and_its_prefix",
        "docs/takeout.md 4: 20.06.13 - 9 and - 90",
        (("20.06.13 - 9.json", "20.06.13 - 9", 1), ("20.06.13 - 90.json", "20.06.13 - 90", 2)),
        (("20.06.13 - 9", "20.06.13 - 9.json"), ("20.06.13 - 90", "20.06.13 - 90.json")),
    ),
)

NEGATIVES = (
    FolderCase(
        "another_second",
        "immich-go matcher test",
        (("PXL_20211013_220651983.jpg.json", "PXL_20211013_220651983.jpg", 1),),
        (("PXL_20211013_220651958.jpg", None),),
    ),
    FolderCase(
        "edit_of_another",
        "immich-go matcher test",
        (("PXL_20220405_090123740.PORTRAIT.jpg.json", "PXL_20220405_090123740.PORTRAIT.jpg", 1),),
        (("PXL_20220405_090123741.PORTRAIT-modifié.jpg", None),),
    ),
    FolderCase(
        "another_counter",
        "immich-go matcher test",
        (("DSC_0102.JPG(2).json", "DSC_0102.JPG", 1),),
        (("DSC_0102(1).JPG", None),),
    ),
    FolderCase(
        "counter_in_the_sidecar_alone",
        "immich-go matcher test",
        (("DSC_0103.JPG(1).json", "DSC_0103.JPG", 1),),
        (("DSC_0103.JPG", None),),
    ),
    FolderCase(
        "counter_in_the_media_alone",
        "immich-go matcher test",
        (("DSC_0104.JPG.json", "DSC_0104.JPG", 1),),
        (("DSC_0104(1).JPG", None),),
    ),
    FolderCase(
        "new_scheme_counter_in_the_sidecar_alone",
        "docs/takeout.md 5",
        (("X.jpg.supplemental-metadata(1).json", "X.jpg", 1),),
        (("X.jpg", None),),
    ),
    FolderCase(
        "cut_of_another_counter",
        "immich-go matcher test",
        (
            (
                "Backyard_ceremony_wedding_photography_xxxxxxx_(494).json",
                "Backyard_ceremony_wedding_photography_xxxxxxx_magnolia-1.jpg",
                1,
            ),
        ),
        (("Backyard_ceremony_wedding_photography_xxxxxxx_m(185).jpg", None),),
    ),
    FolderCase(
        "whatsapp_without_sidecar",
        "immich-go missing JSON listing",
        (),
        (("IMG-20161201-WA0035.jpeg", None),),
    ),
    FolderCase(
        "live_video_whose_still_is_missing",
        "junjo samples: IMG_6153",
        (),
        (("IMG_6153.MP4", None),),
    ),
    FolderCase("no_match", "junjo samples: DSC09311", (), (("DSC09311.JPG", None),)),
    FolderCase(
        "title_says_another_photo",
        "docs/takeout.md 11: title against name",
        (("IMG_1.jpg.json", "holiday.jpg", 1),),
        (("IMG_1.jpg", None),),
    ),
    FolderCase(
        "prefix_of_a_name",
        "docs/takeout.md 4",
        (("IMG_12.jpg.json", "IMG_12.jpg", 1),),
        (("IMG_1.jpg", None),),
    ),
    FolderCase(
        "space_before_the_counter",
        "docs/takeout.md 5: it is a part of the title",
        (("skytree.jpg.supplemental-metadata(2).json", "skytree.jpg", 1),),
        (("skytree (2).jpg", None),),
    ),
    FolderCase(
        "zero_is_no_counter",
        "docs/takeout.md 5",
        (("IMG_1.jpg(0).json", "IMG_1.jpg", 1),),
        (("IMG_1.jpg", None), ("IMG_1(0).jpg", None)),
    ),
    FolderCase(
        "leading_zero_is_no_counter",
        "docs/takeout.md 5",
        (("IMG_1.jpg(01).json", "IMG_1.jpg", 1),),
        (("IMG_1(01).jpg", None),),
    ),
    FolderCase(
        "tilde_is_no_counter",
        "docs/takeout.md 5",
        (("IMG_1.jpg.json", "IMG_1.jpg", 1),),
        (("IMG_1~2.jpg", None),),
    ),
    FolderCase(
        "copy_is_no_counter",
        "docs/takeout.md 5",
        (("IMG_1.jpg.json", "IMG_1.jpg", 1),),
        (("IMG_1 - Copy.jpg", None), ("IMG_1_1.jpg", None)),
    ),
    FolderCase(
        "two_counters_of_case_twins",
        "docs/takeout.md 4: case-blind only if one candidate",
        (("img_1.jpg.json", "img_1.jpg", 1),),
        (("IMG_1.JPG", None), ("Img_1.jpg", None)),
    ),
    FolderCase(
        "still_never_takes_a_video_s",
        "docs/takeout.md 7",
        (("IMG_1.MP4.json", "IMG_1.MP4", 1),),
        (("IMG_1.HEIC", None),),
    ),
    FolderCase(
        "two_stills_beside_a_video",
        "docs/takeout.md 7: ambiguous by name",
        (("IMG_1.HEIC.json", "IMG_1.HEIC", 1), ("IMG_1.JPG.json", "IMG_1.JPG", 2)),
        (("IMG_1.HEIC", "IMG_1.HEIC.json"), ("IMG_1.JPG", "IMG_1.JPG.json"), ("IMG_1.MP4", None)),
    ),
    FolderCase(
        "video_of_one_of_two_counted_stills",
        "junjo samples: IMG_9113 without identifiers",
        (("IMG_9113.HEIC.json", "IMG_9113.HEIC", 1), ("IMG_9113.HEIC(1).json", "IMG_9113.HEIC", 2)),
        (
            ("IMG_9113.HEIC", "IMG_9113.HEIC.json"),
            ("IMG_9113(1).HEIC", "IMG_9113.HEIC(1).json"),
            ("IMG_9113.MP4", None),
        ),
    ),
    FolderCase(
        "other_apple_identifier",
        "docs/takeout.md 7",
        (("IMG_1.HEIC.json", "IMG_1.HEIC", 1),),
        (("IMG_1.HEIC", "IMG_1.HEIC.json"), ("IMG_1.MP4", None)),
        identifiers=(("IMG_1.HEIC", "A"), ("IMG_1.MP4", "B")),
    ),
    FolderCase(
        "edited_counter_of_another",
        "docs/takeout.md 11, disputed: not taken",
        (("X.jpg.json", "X.jpg", 1),),
        (("X.jpg", "X.jpg.json"), ("X-edited(1).jpg", None)),
    ),
    FolderCase(
        "forgotten_duplicate",
        "immich-go #68, disputed: not taken",
        (
            (
                "original_1d4caa6f-16c6-4c3d-901b-9387de10e528_.json",
                "original_1d4caa6f-16c6-4c3d-901b-9387de10e528_PXL_20220516_164814158.jpg",
                1,
            ),
        ),
        (
            (
                "original_1d4caa6f-16c6-4c3d-901b-9387de10e528_P.jpg",
                "original_1d4caa6f-16c6-4c3d-901b-9387de10e528_.json",
            ),
            ("original_1d4caa6f-16c6-4c3d-901b-9387de10e528_P(1).jpg", None),
        ),
    ),
    FolderCase(
        "two_times_for_one_name",
        "docs/takeout.md 4: both schemes, two items",
        (
            ("IMG_1.jpg.json", "IMG_1.jpg", 5),
            ("IMG_1.jpg.supplemental-metadata.json", "IMG_1.jpg", 900_000),
        ),
        (("IMG_1.jpg", None),),
    ),
    FolderCase(
        "counters_of_a_group_with_a_gap",
        "docs/takeout.md 4: P.json is missing",
        ((f"{P}(1).json", f"{P}xx first.jpg", 1), (f"{P}(2).json", f"{P}yy second.jpg", 2)),
        ((f"{P}xx first.jpg", None), (f"{P}yy second.jpg", None)),
    ),
    FolderCase(
        "sidecar_alone_of_a_counted_group",
        "docs/takeout.md 4: it may be the second of its title",
        ((f"{P}(1).json", f"{P}xx first.jpg", 1),),
        ((f"{P}xx first.jpg", None),),
    ),
    FolderCase(
        "untitled_twins",
        "docs/takeout.md 4: one title without extension, two files",
        (("20030616.json", "20030616", 1),),
        (("20030616.jpg", None), ("20030616.png", None)),
    ),
)
