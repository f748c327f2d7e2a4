"""Frames of a video at fixed times, so that two encodings of one video give the same frames.

The times are multiples of a spacing from the nested row 2, 4, 8, ... seconds; a trimmed or
shorter copy shares them with the whole. Where a key frame lies within a quarter of a second (as
phones write them) it alone is decoded; else decoding goes on from the key frame before.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import VideoFrame as Decoded
from av.video.stream import VideoStream
from PIL import Image

from gphotos_reconcile.core.model import FRAME_GRID_PX, GRID_PX, VideoFrame
from gphotos_reconcile.media.errors import PictureError
from gphotos_reconcile.media.hashes import phash
from gphotos_reconcile.media.picture import (
    Opened,
    Reserve,
    decoding,
    luma_square,
    within_budget,
)

MAX_FRAMES: Final = 24
FIRST_SPACING_S: Final = 2.0
KEY_FRAME_NEAR_S: Final = 0.25

_MAX_DECODED: Final = 1500
"""Frames decoded per video at most; after that, key frames must do."""

# These hold no index: a seek lands between key frames, and the one before must be looked for.
_LEADS_S: Final = {"mpegts": 3.0, "mpeg": 3.0}

_BLACK_STD: Final = 8.0
_FRAME_BUFFERS: Final = 8
_ORIENTATION_OF_ROTATION: Final = {-90: 6, 90: 8, 180: 3, -180: 3}


@dataclass(frozen=True, slots=True)
class Sampled:
    """What is taken from a video's pictures."""

    frames: tuple[VideoFrame, ...]
    poster: Opened


def sample_times(duration_s: float | None) -> tuple[float, ...]:
    """Return the times at which frames are taken, at most MAX_FRAMES of them."""
    length = duration_s or 0.0
    spacing = FIRST_SPACING_S
    while length / spacing > MAX_FRAMES:
        spacing *= 2
    count = max(1, min(MAX_FRAMES, -int(-length // spacing)))
    return tuple(index * spacing for index in range(count))


def sample_frames(
    container: InputContainer,
    times: tuple[float, ...],
    reserve: Reserve = within_budget,
) -> Sampled:
    """Decode the frames nearest to the times.

    Raises:
        PictureError: no frame can be decoded.
    """
    stream = next(iter(container.streams.video), None)
    if stream is None:
        raise PictureError("it holds no pictures")
    context = stream.codec_context
    context.thread_count = 1
    reserve(context.width * context.height * 2 * _FRAME_BUFFERS)
    taken: list[VideoFrame] = []
    poster: Opened | None = None
    is_black = True
    with decoding("video"):
        for at_s, frame in _Sampler(container, stream).frames(times):
            picture = Opened(_image(frame), _orientation(frame))
            grid = luma_square(picture, GRID_PX)
            small = grid.resize((FRAME_GRID_PX, FRAME_GRID_PX), Image.Resampling.LANCZOS)
            taken.append(VideoFrame(at_s=at_s, phash=phash(grid), luma=small.tobytes()))
            if poster is None or is_black:
                poster, is_black = picture, float(np.asarray(grid).std()) < _BLACK_STD
    if poster is None:
        raise PictureError("none of its frames can be decoded")
    return Sampled(tuple(taken), poster)


@dataclass(slots=True)
class _Sampler:
    """Walks a stream from one wanted time to the next."""

    container: InputContainer
    stream: VideoStream
    decoded: int = 0
    start: int | None = None  # of the first frame: what containers say of it differs
    tick_s: float = field(init=False)

    def __post_init__(self) -> None:
        self.tick_s = float(self.stream.time_base or 1)

    def frames(self, times: tuple[float, ...]) -> Iterator[tuple[float, Decoded]]:
        """Yield the frame nearest to each time with its own time; no frame twice."""
        last_s = -1.0
        for wanted_s in times:
            try:
                frame = self._nearest(wanted_s)
            except FFmpegError:  # damaged here; the other times may still be whole
                continue
            if frame is None or frame.pts is None or frame.is_corrupt:
                continue
            self.start = frame.pts if self.start is None else self.start
            at_s = round((frame.pts - self.start) * self.tick_s, 3)
            if at_s > last_s:
                last_s = at_s
                yield at_s, frame

    def _nearest(self, wanted_s: float) -> Decoded | None:
        """Return the key frame near to the time, else decode from the one before up to it."""
        first = self.start if self.start is not None else self.stream.start_time or 0
        wanted = first + int(wanted_s / self.tick_s)
        near = int(KEY_FRAME_NEAR_S / self.tick_s)
        lead_s = _LEADS_S.get(self.container.format.name, 0.0)
        self._seek(wanted + near - int(lead_s / self.tick_s))
        best: Decoded | None = None
        for packet in self._from_key_frame():
            enough = self._is_enough(packet, wanted, near)
            frames = self.stream.codec_context.decode(packet)
            if enough:
                frames += self.stream.codec_context.decode(None)
            for frame in frames:
                if best is None or _distance(frame, wanted) < _distance(best, wanted):
                    best = frame
            if enough:
                break
        return best

    def _is_enough(self, packet: "Packet[VideoStream]", wanted: int, near: int) -> bool:
        self.decoded += 1
        shown = packet.pts if packet.pts is not None else wanted
        sent = packet.dts if packet.dts is not None else shown
        close = packet.is_keyframe and shown >= wanted - near
        return close or sent >= wanted or self.decoded > _MAX_DECODED

    def _seek(self, place: int) -> None:
        try:
            self.container.seek(place, stream=self.stream, backward=True)
        except FFmpegError:  # a container without an index is read from its start
            self.container.seek(0)

    def _from_key_frame(self) -> Iterator["Packet[VideoStream]"]:
        """Yield packets from the next key frame on; the last one, empty, empties the decoder."""
        started = False
        for packet in self.container.demux(self.stream):
            started = started or packet.is_keyframe
            if started:
                yield packet
            if not packet.size:
                return


def _distance(frame: Decoded, wanted: int) -> int:
    return abs((frame.pts or 0) - wanted)


def _image(frame: Decoded) -> Image.Image:
    image: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]  # PyAV gives no types
    return image


def _orientation(frame: Decoded) -> int:
    return _ORIENTATION_OF_ROTATION.get(frame.rotation, 1)
