import pytest
from PIL import Image

from gphotos_reconcile.media.errors import PictureError
from gphotos_reconcile.media.fingerprint import fingerprint
from gphotos_reconcile.media.jxl import pixel_count
from gphotos_reconcile.media.window import MemoryWindow
from tests.media.pictures import encoded, scene
from tests.media.samples import sample
from tests.media.sources import BytesSource


@pytest.mark.parametrize(
    "size",
    [
        (8, 8),
        (256, 256),
        (320, 240),
        (160, 90),
        (601, 523),
        (1, 300),
        (2000, 7),
        (300, 200),
        (3000, 17),
    ],
)
def test_the_size_is_read_without_the_decoder(size: tuple[int, int]) -> None:
    assert sample("jxl")  # registers the plugin
    data = encoded(Image.new("RGB", size, (9, 99, 199)), "JXL")

    assert pixel_count(MemoryWindow(data)) == size[0] * size[1]


def test_memory_is_asked_for_before_the_plugin_decodes() -> None:
    def refuse(needed_bytes: int) -> None:
        raise PictureError(f"no {needed_bytes}")

    found = fingerprint(BytesSource(encoded(scene(320, 240), "JXL")), reserve=refuse)

    assert found.picture is None
    assert found.content_digest is not None
    assert found.problem is not None
    assert f"no {320 * 240 * 24}" in found.problem.message
