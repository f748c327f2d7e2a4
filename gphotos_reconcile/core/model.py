"""The nouns: what a source yields, what a fingerprint holds, what we say of an item.

All values are frozen. Datetimes are aware and UTC; the text columns made of them are named
`..._at_utc`. Sizes of pictures are in pixels after the EXIF orientation has been applied.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

FINGERPRINT_VERSION: Final = 2
"""Raised whenever a fingerprint of the same bytes would come out differently."""

GRID_PX: Final = 64
"""Edge of the square luma grid kept for verification.

On the labelled corpus the largest tile RMSE of true copies at 64 px stays under 8.3 grey levels,
where the closest negative that is not a tripod series starts at 12; 128 px costs four times the
catalogue for a margin that the full-resolution check gives to the few pairs that need it.
"""

CHROMA_PX: Final = 8
"""Edge of the two square chroma grids (Cb, Cr) kept beside the luma grid."""

FRAME_GRID_PX: Final = 16
"""Edge of the luma grid kept for each sampled key frame of a video."""


class Side(StrEnum):
    """Which of the two places an item is in."""

    CLOUD = "cloud"
    LOCAL = "local"


class SourceKind(StrEnum):
    """Where a row of the catalogue came from."""

    TAKEOUT = "takeout"
    LOCAL = "local"
    LIBRARY_API = "library_api"
    PICKER = "picker"
    INVENTORY = "inventory"

    @property
    def side(self) -> Side:
        """Return the side that this kind of source describes."""
        return Side.LOCAL if self is SourceKind.LOCAL else Side.CLOUD


class Kind(StrEnum):
    """What an item is."""

    PHOTO = "photo"
    RAW = "raw"
    VIDEO = "video"
    MOTION = "motion"  # a still with its moving part: Live Photo, motion photo
    OTHER = "other"  # no picture or video that we know by its content


class TimeBasis(StrEnum):
    """How a capture time is known, the most trusted first."""

    EXIF_OFFSET = "exif_offset"  # EXIF date with OffsetTimeOriginal: a true instant
    QUICKTIME = "quicktime"  # com.apple.quicktime.creationdate, or mvhd time (UTC)
    GPS = "gps"  # GPSDateStamp + GPSTimeStamp, UTC, when the fix was taken
    SIDECAR = "sidecar"  # photoTakenTime: an instant, but the user may have edited it
    EXIF_LOCAL = "exif_local"  # EXIF date without a zone, here written as if it were UTC
    NAME = "name"  # read from the file name, local time written as if it were UTC
    MTIME = "mtime"  # last change of the file
    NONE = "none"

    @property
    def is_instant(self) -> bool:
        """Tell whether the time is an instant, and not a local time without a zone."""
        return self in {
            TimeBasis.EXIF_OFFSET,
            TimeBasis.QUICKTIME,
            TimeBasis.GPS,
            TimeBasis.SIDECAR,
            TimeBasis.MTIME,
        }


class Verdict(StrEnum):
    """What we say of one cloud item against the whole local side (closed list)."""

    IDENTICAL = "identical"
    SAME_CONTENT = "same_content"
    SAME_PICTURE = "same_picture"
    CONFIRMED = "confirmed"
    SMALLER_COPY = "smaller_copy"
    VARIANT = "variant"
    REVIEW = "review"
    MISSING = "missing"
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"

    @property
    def is_claim(self) -> bool:
        """Tell whether the verdict says "you have this", which must never be false."""
        return self in SAFE_VERDICTS


SAFE_VERDICTS: Final = frozenset(
    {Verdict.IDENTICAL, Verdict.SAME_CONTENT, Verdict.SAME_PICTURE, Verdict.CONFIRMED}
)


class Relation(StrEnum):
    """How two items of one side, or a variant and its counterpart, are related (closed list)."""

    IDENTICAL = "identical"
    SAME_CONTENT = "same_content"
    THUMBNAIL = "thumbnail"
    RAW_JPEG = "raw_jpeg"
    OTHER_FORMAT = "other_format"
    RECOMPRESSED = "recompressed"
    ROTATED = "rotated"
    EDITED = "edited"
    NEAR = "near"
    BURST = "burst"
    MOTION_PAIR = "motion_pair"
    VIDEO_CLIP = "video_clip"


class FileRole(StrEnum):
    """What a stored file is to its item."""

    PRIMARY = "primary"
    MOTION_VIDEO = "motion_video"  # the moving part of a Live Photo or motion photo
    ALTERNATE = "alternate"  # other bytes of the same item, kept by Google in another folder
    COPY = "copy"  # the same bytes in another placement


@dataclass(frozen=True, slots=True, kw_only=True)
class Locator:
    """Where one entry is stored.

    `source` is the export id of a Takeout (`20260110T090000Z-1`), the absolute path of a local
    root in display form, or the name of an API. `archive` is the file name of the part, or "" when
    the entry lies in a folder. `path` is the entry's name as bytes, because names on Linux need
    not be text: relative to the root inside an export, absolute for a local file. `ordinal` tells
    members of one archive apart that carry the same name.
    """

    source: str
    archive: str
    path: bytes
    ordinal: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStamp:
    """What tells, without reading it, that an entry is the one we read before.

    For a member of an archive `modified_ns` and `inode` are those of the archive file, `checksum`
    is the member's CRC-32 and `offset` the place of its header; both are 0 for a plain file.
    """

    size_bytes: int
    modified_ns: int
    inode: int
    device: int = 0
    checksum: int = 0
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureTime:
    """One reading of when a picture was taken.

    `offset_minutes` is the local zone's offset from UTC where it is known. `subsecond_digits`
    says how many decimals of `taken_at` were recorded (0: whole seconds).
    """

    taken_at: datetime
    basis: TimeBasis
    offset_minutes: int | None = None
    subsecond_digits: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFacts:
    """What the bytes say of themselves; None where they say nothing.

    `width_px` and `height_px` are those of the full picture (of the raw, not of its preview),
    upright. `times` holds every reading of the capture time, the most trusted first.
    """

    width_px: int | None = None
    height_px: int | None = None
    orientation: int = 1
    duration_s: float | None = None
    times: tuple[CaptureTime, ...] = ()
    camera_make: str | None = None
    camera_model: str | None = None
    lens_model: str | None = None
    iso: int | None = None
    exposure_time_s: float | None = None
    f_number: float | None = None
    focal_length_mm: float | None = None
    latitude: float | None = None
    longitude: float | None = None
    rating: int | None = None
    software: str | None = None
    content_identifier: str | None = None  # Apple: the same in the still and in its video
    burst_id: str | None = None  # Apple BurstUUID, Google GCamera:BurstID
    image_unique_id: str | None = None
    camera_serial: str | None = None
    motion_offset: int | None = None  # byte at which an embedded motion video begins
    motion_length: int | None = None
    video_codec: str | None = None
    audio_codec: str | None = None
    frame_rate: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureSignature:
    """What is kept of the pixels, upright, the whole picture squeezed into squares.

    `luma` is GRID_PX x GRID_PX bytes, row by row, 0 black to 255 white. `chroma` is Cb then Cr,
    CHROMA_PX x CHROMA_PX bytes each, 128 neutral. `phash` and `dhash` are 16 hex digits.
    `luma_std` is the standard deviation of `luma`: hashes of flat pictures (under about 8) are
    noise. `source_width_px` and `source_height_px` are the size of the picture that was decoded,
    upright: of the embedded preview for a raw.
    """

    luma: bytes
    chroma: bytes
    phash: str
    dhash: str
    luma_std: float
    source_width_px: int
    source_height_px: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FinePicture:
    """A picture's luma, upright and in its own aspect, for a closer look at a few pairs.

    `luma` is `width_px` x `height_px` bytes, row by row. Never kept in the catalogue. `steps` are
    the 64 steps to which a JPEG rounds its luma, row by row of an upright block, ones where a
    format keeps every pixel, empty where they are not known; the first whole block begins at
    `grid_px` (x, y).
    """

    width_px: int
    height_px: int
    luma: bytes
    steps: tuple[int, ...] = ()
    grid_px: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """Square parts of a picture that is seen at a given size, where its grain is still there.

    The whole upright picture counts as `width_px` x `height_px`; each window is `edge_px` square,
    its left upper corner one of `corners` (left, top). As a `FinePicture` they stand one below
    the other, in order. `is_coded` asks for a JPEG's luma as it is stored: what is shown has lost
    what saturated colours clip.
    """

    width_px: int
    height_px: int
    edge_px: int
    corners: tuple[tuple[int, int], ...]
    is_coded: bool = False


FineView = int | Windows
"""How a picture is looked at closely: the most that its longer edge may have (0: all), or parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoFrame:
    """One sampled key frame: its time, phash (16 hex digits) and FRAME_GRID_PX-square luma."""

    at_s: float
    phash: str
    luma: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that went wrong with one entry, told with cause and next step."""

    stage: str  # "open", "read", "decode", "sidecar", "pair", "archive", ...
    message: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """All that one read of an entry's bytes gives.

    `content_digest` is `scheme:hex` over the encoded picture or streams without metadata, None
    where the format has none or the file is damaged. `motion_digest` is the same of an embedded
    motion video. `problem` says why there is no `picture` or `frames`; the digests of the bytes
    are there all the same.
    """

    size_bytes: int
    sha256: str
    sha1: str
    kind: Kind
    mime_type: str
    content_digest: str | None = None
    motion_digest: str | None = None
    facts: MediaFacts = field(default_factory=MediaFacts)
    picture: PictureSignature | None = None
    frames: tuple[VideoFrame, ...] = ()
    problem: Problem | None = None
    version: int = FINGERPRINT_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """An entry that was read whole, and whose very bytes have their fingerprint already."""

    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A media entry that was read, or one known from before whose stamp is unchanged.

    `fingerprint` is None exactly when nothing was read again.
    """

    locator: Locator
    name: str
    stamp: FileStamp
    fingerprint: Fingerprint | Repeated | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SidecarSeen:
    """A JSON entry of an export that was read; `sidecar` is None when it is of another sort."""

    locator: Locator
    name: str
    stamp: FileStamp
    sidecar: "Sidecar | AlbumFacts | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """A JSON entry known from before whose stamp is unchanged; it was not read again.

    A locator whose `path` is empty stands for a whole part of an export (a tar can't be listed
    without reading it): every entry of it is as it was.
    """

    locator: Locator
    stamp: FileStamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """An entry that was seen and could not be saved, or was left out on purpose."""

    locator: Locator
    problem: Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar:
    """What Google says of one item beside its file.

    `taken_at` is `photoTakenTime`, the date as edited in the app; `uploaded_at` is
    `creationTime`. Places are None where Google wrote 0/0. `origin` is the key found in
    `googlePhotosOrigin` (`mobileUpload`, `fromPartnerSharing`, ...).
    """

    title: str
    description: str = ""
    taken_at: datetime | None = None
    uploaded_at: datetime | None = None
    modified_at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
    altitude_m: float | None = None
    exif_latitude: float | None = None
    exif_longitude: float | None = None
    url: str | None = None
    media_key: str | None = None
    favorited: bool = False
    archived: bool = False
    trashed: bool = False
    locked: bool = False
    origin: str | None = None
    origin_detail: str | None = None
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AlbumFacts:
    """What an album's own JSON says: its real title ("" for an untitled one)."""

    title: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One named reason why two items are, or are not, the same picture.

    `strength` is 1..100 for a reason in favour, -100..-1 against. `detail` is a sentence for a
    person and holds the figures. `figures` are the same numbers for programs.
    """

    rule: str
    strength: int
    detail: str
    figures: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchAsset:
    """One item as the rules see it: its facts, without its pixels.

    `item_id` is the catalogue's; `name_stem` is the upload name without counter, edit suffix and
    extension, casefolded. Pixels are handed to the rules apart.
    """

    item_id: int
    side: Side
    name: str
    kind: Kind
    mime_type: str
    size_bytes: int
    sha256: str
    content_digest: str | None
    motion_digest: str | None
    facts: MediaFacts
    sidecar_taken_at: datetime | None = None
    phash: str | None = None
    dhash: str | None = None
    luma_std: float | None = None
    source_width_px: int | None = None
    source_height_px: int | None = None
    motion_video_sha256: str | None = None  # of the separate moving part, where there is one
    motion_video_digest: str | None = None
    album_folder: str = ""
    name_stem: str = ""

    @property
    def place(self) -> tuple[str, str, int]:
        """Return what orders items that are alike, whichever was imported first."""
        return (self.album_folder, self.name, self.item_id)


class ItemRow(NamedTuple):
    """One item as the catalogue tells it.

    `identity` is the same however the item came into the catalogue. Times are seconds since 1970:
    of an instant where `time_is_instant`, else of the local time read as if it were UTC. Hashes are
    16 hex digits. `name_stem` is that of `core.names`.
    """

    item_id: int
    kind: str
    sha256: str
    content_digest: str | None
    phash: str | None
    dhash: str | None
    luma_std: float | None
    taken_at_s: float | None
    time_is_instant: bool
    sidecar_taken_at_s: float | None
    name_stem: str
    image_unique_id: str | None
    content_identifier: str | None
    duration_s: float | None
    width_px: int | None
    height_px: int | None
    identity: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict of one cloud item, with the evidence that gave it."""

    item_id: int
    verdict: Verdict
    rule: str
    strength: int
    reason: str
    counterpart_id: int | None = None
    relation: Relation | None = None
    evidence: tuple[tuple[int, Evidence], ...] = ()  # (local item_id, evidence), strongest first


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanTotals:
    """The sums of one run over one source: seen = saved + rejected, always."""

    seen: int = 0
    saved: int = 0
    rejected: int = 0
    unchanged: int = 0
    complete: bool = False
