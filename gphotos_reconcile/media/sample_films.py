"""Sample videos: a camera pans over a scene while a gull flies past."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import av
import numpy as np
from PIL import Image, ImageDraw

from gphotos_reconcile.media.sample_scenes import SIZE_PX, drawing

FRAME_RATE: Final = 15
_SHOWN: Final = 0.72  # the share of the scene's width that is in view


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """One video: what is seen, and how it is written.

    `taken_at` is aware. `live_identifier` makes it the moving half of an Apple Live Photo.
    """

    scene: str
    scene_seed: int
    taken_at: datetime
    duration_s: float = 2.5
    width_px: int = 960
    height_px: int = 540
    crf: int = 24
    live_identifier: str = ""


def film(one: Film) -> bytes:
    """Return an MP4 (a QuickTime file for a Live Photo) in H.264; the same film, the same bytes.

    Raises:
        KeyError: there is no scene of that name.
    """
    return pan(drawing(one.scene, one.scene_seed, SIZE_PX), one)


def pan(scene: Image.Image, one: Film) -> bytes:
    """Return a film whose camera wanders over a picture, whatever scene the film names."""
    target = io.BytesIO()
    form = "mov" if one.live_identifier else "mp4"
    options = {"movflags": "use_metadata_tags", "fflags": "+bitexact"}
    with av.open(target, "w", format=form, options=options) as container:
        container.metadata["creation_time"] = one.taken_at.astimezone(UTC).isoformat()
        if one.live_identifier:
            container.metadata["com.apple.quicktime.content.identifier"] = one.live_identifier
            container.metadata["com.apple.quicktime.make"] = "Apple"
        stream = container.add_stream("libx264", rate=FRAME_RATE)
        stream.width, stream.height, stream.pix_fmt = one.width_px, one.height_px, "yuv420p"
        stream.options = {"crf": str(one.crf), "preset": "superfast"}
        stream.codec_context.thread_count = 1  # more would share the work out by chance
        stream.codec_context.flags |= av.codec.context.Flags.bitexact
        for picture in _pictures(scene, one):
            frame = av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target.getvalue()


def _pictures(drawn: Image.Image, one: Film) -> Iterator[Image.Image]:
    """Yield the frames: a window that wanders over the scene, which is scaled once."""
    wide = round(one.width_px / _SHOWN)
    scene = drawn.resize((wide, round(wide * drawn.height / drawn.width)), reducing_gap=2.0)
    spare = (scene.width - one.width_px, scene.height - one.height_px)
    count = round(one.duration_s * FRAME_RATE)
    for index in range(count):
        share = index / count
        left, top = round(spare[0] * share), round(spare[1] * (0.3 + 0.3 * share))
        view = scene.crop((left, top, left + one.width_px, top + one.height_px))
        _gull(view, share, index)
        yield view


def _gull(view: Image.Image, share: float, index: int) -> None:
    x, y = view.width * (0.1 + 0.8 * share), view.height * (0.3 - 0.15 * share)
    span, beat = view.height * 0.06, view.height * 0.03 * (1 if index // 3 % 2 else -0.4)
    wings = [(x - span, y - beat), (x, y), (x + span, y - beat)]
    ImageDraw.Draw(view).line(wings, fill="#20242c", width=max(2, view.height // 120))
