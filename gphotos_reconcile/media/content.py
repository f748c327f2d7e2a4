"""What each family's readers make of the bytes: facts, content digest, picture, frames."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from gphotos_reconcile.core.model import Kind, MediaFacts, PictureSignature, VideoFrame
from gphotos_reconcile.media import digest, jpeg, jxl, metadata, motion, video
from gphotos_reconcile.media.errors import PictureError
from gphotos_reconcile.media.frames import sample_frames, sample_times
from gphotos_reconcile.media.picture import (
    Opened,
    Reserve,
    open_picture,
    signature,
)
from gphotos_reconcile.media.raw import open_raw
from gphotos_reconcile.media.sniff import Family, MediaType
from gphotos_reconcile.media.window import Span, SubWindow, Window

CUT_JPEG: Final = "the JPEG ends before its end marker: it is cut or damaged"
CUT_VIDEO: Final = "the video's own lengths reach past the end of the file: it is cut"
_POSTER_REACH_S: Final = 8.0  # a dark start is shorter than this
_JXL_BYTES_PER_PIXEL: Final = 24  # floats of three channels, and the eight bits made of them
_MOTION_MIME: Final = "video/mp4"


@dataclass(frozen=True, slots=True)
class Content:
    """What could be learnt of an entry; `error` says in words why no more could."""

    facts: MediaFacts
    content_digest: str | None = None
    motion_digest: str | None = None
    picture: PictureSignature | None = None
    frames: tuple[VideoFrame, ...] = ()
    error: str = ""


def describe(media: MediaType, window: Window, reserve: Reserve) -> Content:
    """Return what the bytes hold, as far as they can be understood."""
    if media.family is Family.OTHER:
        return Content(MediaFacts(), error=_no_media(media))
    return _READERS.get(media.family, _still)(media, window, reserve)


@contextmanager
def poster(media: MediaType, window: Window, reserve: Reserve) -> Iterator[Opened]:
    """Open the picture that stands for an entry: itself, a raw's preview, a video's poster.

    Raises:
        PictureError: it holds no picture that can be shown.
    """
    if media.family is Family.OTHER:
        raise PictureError(_no_media(media))
    if media.family is Family.VIDEO:
        with video.open_video(window, media.mime_type) as container:
            yield sample_frames(container, sample_times(_POSTER_REACH_S), reserve).poster
    elif media.kind is Kind.RAW:
        yield open_raw(window, reserve).preview
    elif media.family is Family.JPEG:
        layout = jpeg.read_layout(window)
        if layout.end is None:
            raise PictureError(CUT_JPEG)
        yield open_picture(window.stream(), metadata.jpeg_facts(window, layout).orientation)
    else:
        if media.family is Family.JXL:
            reserve(jxl.pixel_count(window) * _JXL_BYTES_PER_PIXEL)
        yield open_picture(window.stream(), metadata.still_facts(media.family, window).orientation)


def _no_media(media: MediaType) -> str:
    return f"no picture or video: by its content it is {media.mime_type}"


def _jpeg(media: MediaType, window: Window, reserve: Reserve) -> Content:
    del media
    layout = jpeg.read_layout(window)
    facts = metadata.jpeg_facts(window, layout)
    if layout.end is None:
        return Content(_sized(facts, layout.width_px, layout.height_px), error=CUT_JPEG)
    try:
        jpeg.read_companions(window, layout)
    except PictureError as error:
        return Content(_sized(facts, layout.width_px, layout.height_px), error=str(error))
    content = Content(facts, content_digest=digest.jpeg_digest(layout))
    content = _with_motion(content, window, motion.video_behind(window, layout.end))
    return _with_picture(content, window, reserve)


def _still(media: MediaType, window: Window, reserve: Reserve) -> Content:
    content = _digested(media, window)
    if media.family is Family.HEIF:
        content = _with_motion(content, window, motion.video_inside(window))
    return content if content.error else _with_picture(content, window, reserve)


def _raw(media: MediaType, window: Window, reserve: Reserve) -> Content:
    content = _digested(media, window)
    if content.error:  # a preview would make a cut raw look whole
        return content
    try:
        raw = open_raw(window, reserve)
        facts = replace(content.facts, width_px=raw.width_px, height_px=raw.height_px)
        content = replace(content, facts=facts)
        return replace(content, picture=signature(raw.preview, reserve))
    except PictureError as error:
        return replace(content, error=str(error))


def _digested(media: MediaType, window: Window) -> Content:
    facts = metadata.still_facts(media.family, window)
    try:
        return Content(facts, content_digest=digest.still_digest(media.family, window))
    except PictureError as error:
        return Content(facts, error=str(error))


def _video(media: MediaType, window: Window, reserve: Reserve) -> Content:
    cut = video.cut_short(window, media.mime_type)
    content = Content(MediaFacts(), error=CUT_VIDEO if cut else "")
    try:
        with video.open_video(window, media.mime_type) as container:
            facts = video.video_facts(container)
            content = replace(content, facts=facts)
            if cut:
                return content
            content = replace(content, content_digest=video.streams_digest(container))
            sampled = sample_frames(container, sample_times(facts.duration_s), reserve)
            width, height = sampled.poster.upright_size
            return replace(
                content,
                facts=replace(facts, width_px=width, height_px=height),
                frames=sampled.frames,
                picture=signature(sampled.poster, reserve),
            )
    except PictureError as error:
        return replace(content, error=content.error or str(error))


def _jxl(media: MediaType, window: Window, reserve: Reserve) -> Content:
    try:
        reserve(jxl.pixel_count(window) * _JXL_BYTES_PER_PIXEL)
    except PictureError as error:
        return replace(_digested(media, window), error=str(error))
    return _still(media, window, reserve)


def _with_picture(content: Content, window: Window, reserve: Reserve) -> Content:
    try:
        opened = open_picture(window.stream(), content.facts.orientation)
        width, height = opened.upright_size
        facts = replace(
            content.facts, width_px=width, height_px=height, orientation=opened.orientation
        )
        content = replace(content, facts=facts)
        return replace(content, picture=signature(opened, reserve))
    except PictureError as error:
        return replace(content, error=str(error))


def _with_motion(content: Content, window: Window, span: Span | None) -> Content:
    """Add the embedded video's place and digest; a still whose video is broken has no digest."""
    if span is None:
        return content
    facts = replace(content.facts, motion_offset=span[0], motion_length=span[1])
    try:
        with video.open_video(SubWindow(window, span), _MOTION_MIME) as container:
            return replace(content, facts=facts, motion_digest=video.streams_digest(container))
    except PictureError:
        return replace(content, facts=facts)


def _sized(facts: MediaFacts, width_px: int, height_px: int) -> MediaFacts:
    """Return the facts with the upright size of a picture stored as `width_px` x `height_px`."""
    if not width_px or not height_px:
        return facts
    if facts.orientation >= 5:
        width_px, height_px = height_px, width_px
    return replace(facts, width_px=width_px, height_px=height_px)


_READERS: Final[dict[Family, Callable[[MediaType, Window, Reserve], Content]]] = {
    Family.JPEG: _jpeg,
    Family.JXL: _jxl,
    Family.RAW_TIFF: _raw,
    Family.CR3: _raw,
    Family.RAF: _raw,
    Family.VIDEO: _video,
}
