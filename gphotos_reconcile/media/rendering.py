"""Pictures at a wanted size: previews for a person, luma for a closer comparison."""

import io
from typing import Final

from gphotos_reconcile.core.model import FinePicture
from gphotos_reconcile.core.ports import ByteSource
from gphotos_reconcile.media.fingerprint import opened_source
from gphotos_reconcile.media.picture import Reserve, scaled, within_budget

_PREVIEW_QUALITY: Final = 82


def preview(source: ByteSource, max_px: int, reserve: Reserve = within_budget) -> bytes:
    """Return the picture (of a video its poster) as an upright JPEG without metadata.

    Raises:
        OSError: the bytes cannot be read.
        PictureError: there is nothing to show.
    """
    with opened_source(source, reserve) as opened:
        image = scaled(opened, max_px, reserve)
    flat = image if image.mode == "L" else image.convert("RGB")
    target = io.BytesIO()
    flat.save(target, "JPEG", quality=_PREVIEW_QUALITY)
    return target.getvalue()


def fine_luma(source: ByteSource, max_px: int, reserve: Reserve = within_budget) -> FinePicture:
    """Return the picture's upright luma, its longer edge at most `max_px` (0: as it is).

    Raises:
        OSError: the bytes cannot be read.
        PictureError: the picture cannot be decoded.
    """
    with opened_source(source, reserve) as opened:
        image = scaled(opened, max_px, reserve)
    luma = image.convert("L")
    return FinePicture(width_px=luma.width, height_px=luma.height, luma=luma.tobytes())
