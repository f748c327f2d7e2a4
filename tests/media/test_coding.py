"""What a file's header says of how its luma was rounded."""

import io

import numpy as np
import pytest
from PIL import Image

from gphotos_reconcile.core.model import Windows
from gphotos_reconcile.media.coding import Coding, coding_of, has_luma
from gphotos_reconcile.media.picture import open_picture
from gphotos_reconcile.media.rendering import fine_luma
from tests.media.sources import BytesSource

_LOSSLESS = Coding((1,) * 64)


def stored(mode: str, kind: str, **settings: object) -> bytes:
    target = io.BytesIO()
    Image.new(mode, (37, 21), 90 if mode == "L" else None).save(target, kind, **settings)
    return target.getvalue()


def coding(data: bytes, orientation: int = 1) -> Coding:
    return coding_of(open_picture(io.BytesIO(data), orientation))


def test_steps_lie_row_by_row_and_turn_with_the_picture() -> None:
    data = stored("RGB", "JPEG", quality=75)

    upright, turned = coding(data), coding(data, 6)

    assert upright.steps[:3] == (8, 6, 5)
    assert upright.steps[8:11] == (6, 6, 7)
    table = np.array(upright.steps).reshape(8, 8)
    assert turned.steps == tuple(table.T.ravel().tolist())


@pytest.mark.parametrize(
    ("orientation", "grid_px"),
    [
        (1, (0, 0)), (2, (5, 0)), (3, (5, 5)), (4, (0, 5)),
        (5, (0, 0)), (6, (5, 0)), (7, (5, 5)), (8, (0, 5)),
    ],
)  # fmt: skip
def test_blocks_begin_where_the_stored_picture_did(
    orientation: int, grid_px: tuple[int, int]
) -> None:
    assert coding(stored("RGB", "JPEG"), orientation).grid_px == grid_px


def test_what_keeps_every_pixel_has_steps_of_one() -> None:
    assert coding(stored("RGB", "PNG")) == _LOSSLESS
    assert coding(stored("L", "BMP")) == _LOSSLESS
    assert coding(stored("P", "PNG")) == Coding()
    assert coding(stored("RGB", "WEBP")) == Coding()


def test_only_luma_at_full_size_counts() -> None:
    assert coding(stored("L", "JPEG")).steps
    assert coding(stored("CMYK", "JPEG")) == Coding()
    assert coding(stored("RGB", "JPEG", keep_rgb=True)) == Coding()
    with Image.open(io.BytesIO(stored("RGB", "JPEG"))) as image:
        assert has_luma(image)
        image.layer = [(1, 1, 1, 0), (2, 2, 2, 1), (3, 1, 1, 1)]  # type: ignore[attr-defined]
        assert not has_luma(image)


def test_coded_luma_is_not_clipped_as_colours_are() -> None:
    cells = np.zeros((64, 64, 3), dtype=np.uint8)
    cells[:, ::2] = (255, 0, 0)
    cells[:, 1::2] = (0, 0, 255)
    target = io.BytesIO()
    Image.fromarray(cells).save(target, "JPEG", quality=40)
    with Image.open(io.BytesIO(target.getvalue())) as image:
        image.draft("YCbCr", image.size)
        expected = image.convert("YCbCr").getchannel(0).tobytes()

    whole = Windows(width_px=64, height_px=64, edge_px=64, corners=((0, 0),))
    coded = Windows(width_px=64, height_px=64, edge_px=64, corners=((0, 0),), is_coded=True)
    source = BytesSource(target.getvalue())

    assert fine_luma(source, coded).luma == expected
    assert fine_luma(source, whole).luma != expected
