"""Pictures at a wanted size: previews for a person, luma for a closer comparison."""

import io
from typing import Final

from PIL import Image

from gphotos_reconcile.core.model import FinePicture, FineView, Windows
from gphotos_reconcile.core.ports import ByteSource
from gphotos_reconcile.media.coding import coding_of, has_luma
from gphotos_reconcile.media.fingerprint import opened_source
from gphotos_reconcile.media.jpeg import coarse_scans
from gphotos_reconcile.media.picture import (
    SAMPLES,
    Opened,
    Reserve,
    coded_luma,
    open_picture,
    scaled,
    within_budget,
)
from gphotos_reconcile.media.window import StreamWindow

_PREVIEW_QUALITY: Final = 82
_COARSE_FACTOR: Final = 8  # JPEG's blocks have so many pixels on an edge


def preview(source: ByteSource, max_px: int, reserve: Reserve = within_budget) -> bytes:
    """Return the picture (of a video its poster) as an upright JPEG without metadata.

    Raises:
        OSError: the bytes cannot be read.
        PictureError: there is nothing to show.
    """
    with opened_source(source, reserve) as opened:
        image = scaled(_coarse(opened, max_px), max_px, reserve)
    flat = image if image.mode == "L" else image.convert("RGB")
    target = io.BytesIO()
    flat.save(target, "JPEG", quality=_PREVIEW_QUALITY)
    return target.getvalue()


def fine_luma(source: ByteSource, view: FineView, reserve: Reserve = within_budget) -> FinePicture:
    """Return the picture's upright luma: all of it up to a size, or windows of it.

    Raises:
        OSError: the bytes cannot be read.
        PictureError: the picture cannot be decoded.
    """
    with opened_source(source, reserve) as opened:
        coding = coding_of(opened)
        if isinstance(view, int):
            luma = scaled(opened, view, reserve).convert("L")
        else:
            luma = _cut(_whole(opened, reserve, is_coded=view.is_coded), view)
    return FinePicture(
        width_px=luma.width,
        height_px=luma.height,
        luma=luma.tobytes(),
        steps=coding.steps,
        grid_px=coding.grid_px,
    )


def _whole(opened: Opened, reserve: Reserve, *, is_coded: bool) -> Image.Image:
    if is_coded and has_luma(opened.image):
        return coded_luma(opened, reserve)
    return scaled(opened, 0, reserve).convert("L")


def _cut(luma: Image.Image, view: Windows) -> Image.Image:
    """Return the windows one below the other, scaled as if the whole picture were."""
    across, down = luma.width / view.width_px, luma.height / view.height_px
    edge = view.edge_px
    stacked = Image.new("L", (edge, edge * len(view.corners)))
    for place, (left, top) in enumerate(view.corners):
        # Rounding must not take the last window beyond the picture.
        right = min((left + edge) * across, luma.width)
        bottom = min((top + edge) * down, luma.height)
        box = (left * across, top * down, right, bottom)
        stacked.paste(luma.resize((edge, edge), SAMPLES, box=box), (0, place * edge))
    return stacked


def _coarse(opened: Opened, max_px: int) -> Opened:
    """Return a stand-in for a large progressive JPEG that shows the same at an eighth."""
    image, stream = opened.image, getattr(opened.image, "fp", None)
    is_large = max(image.size) >= _COARSE_FACTOR * max_px > 0
    if not is_large or image.format != "JPEG" or not image.info.get("progressive") or not stream:
        return opened
    data = coarse_scans(StreamWindow(stream, stream.seek(0, io.SEEK_END)))
    stream.seek(0)
    return opened if data is None else open_picture(io.BytesIO(data), opened.orientation)
