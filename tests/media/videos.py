"""Small videos made with PyAV's encoders: slowly changing scenes and a tone."""

import io
import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from tests.media.pictures import scene

FRAMES_PER_S = 30
_TONE_HZ = 48_000
_HOLD = 40


def video(
    kind: str = "mp4",
    *,
    codec: str = "libx264",
    sound: str | None = "aac",
    seconds: float = 3,
    tags: dict[str, str] | None = None,
    **encoder: Any,
) -> bytes:
    """Return a video; `encoder` takes size, gop, crf, first (frame to begin with)."""
    target = io.BytesIO()
    options = {"movflags": "use_metadata_tags"} if tags else {}
    with av.open(target, "w", format=kind, options=options) as container:
        container.metadata.update(tags or {})
        picture: Any = container.add_stream(codec, rate=FRAMES_PER_S)
        picture.width, picture.height = encoder.get("size", (160, 120))
        picture.pix_fmt = "yuv420p"
        picture.codec_context.gop_size = encoder.get("gop", 30)
        if codec == "libx264":
            picture.options = {"crf": str(encoder.get("crf", 23)), "preset": "ultrafast"}
        elif codec == "libvpx":
            picture.options = {"deadline": "realtime", "cpu-used": "8"}
        tone: Any = container.add_stream(sound, rate=_TONE_HZ, layout="mono") if sound else None
        first = encoder.get("first", 0)
        for index in range(int(seconds * FRAMES_PER_S)):
            frame = _frame(first + index, picture.width, picture.height)
            frame.pts = index
            container.mux(picture.encode(frame))
        container.mux(picture.encode(None))
        if tone is not None:
            _add_tone(container, tone, seconds)
    return target.getvalue()


def rewrapped(data: bytes, kind: str, folder: Path, **options: str) -> bytes:
    """Return the same packets in another container."""
    path = folder / f"rewrapped.{kind}"
    with (
        av.open(io.BytesIO(data), "r") as whole,
        av.open(path, "w", format=kind, options=options) as target,
    ):
        streams: dict[int, Any] = {
            stream.index: target.add_stream_from_template(stream) for stream in whole.streams
        }
        for packet in whole.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                target.mux(packet)
    return path.read_bytes()


def turned_by_quarter(data: bytes) -> bytes:
    """Return an MP4 whose first track says that it has to be turned clockwise, as phones write."""
    place = data.index(b"tkhd") + 4 + 40
    unit = 1 << 16
    matrix = struct.pack(">9i", 0, unit, 0, -unit, 0, 0, 0, 0, 1 << 30)
    return data[:place] + matrix + data[place + 36 :]


def _frame(index: int, width_px: int, height_px: int) -> av.VideoFrame:
    number, share = divmod(index, _HOLD)
    before, after = (scene(width_px, height_px, seed) for seed in (number, number + 1))
    still = np.asarray(Image.blend(before, after, share / _HOLD))
    return av.VideoFrame.from_ndarray(still, format="rgb24")


def _add_tone(container: Any, stream: Any, seconds: float) -> None:
    wave = (np.sin(np.arange(int(_TONE_HZ * seconds)) / 20) * 9000).astype(np.int16)
    for start in range(0, len(wave) - 1024, 1024):
        piece = wave[None, start : start + 1024]
        frame = av.AudioFrame.from_ndarray(piece, format="s16", layout="mono")
        frame.sample_rate = _TONE_HZ
        frame.pts = start
        frame.time_base = Fraction(1, _TONE_HZ)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))
