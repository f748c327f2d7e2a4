"""Tens of thousands of different pictures out of a few hundred drawn scenes.

Each picture is a window of one scene with another scene showing through a cloud-shaped gap, so
that any two differ over large parts, as photographs do, and none takes long to make.
"""

import random
from typing import Final

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from gphotos_reconcile.media.sample_scenes import SCENIC, drawing

SIZE_PX: Final = (960, 720)
_SCENE_PX: Final = (960, 720)
_GRAIN_LEVELS: Final = 2.0
_GAP_CELLS: Final = (6, 5)


class Pictures:
    """The drawn scenes, and what is made of them."""

    def __init__(self, per_scene: int) -> None:
        self._scenes = [
            drawing(name, 1000 + seed, _SCENE_PX) for seed in range(per_scene) for name in SCENIC
        ]
        random_levels = np.random.default_rng(5).normal(128, _GRAIN_LEVELS, SIZE_PX[::-1])
        self._grain = Image.fromarray(random_levels.round().astype(np.uint8))

    def make(self, picture: int, shot: int = 0) -> Image.Image:
        """Return a picture in RGB; another `shot` has its own grain, and a kite has moved."""
        chance = random.Random(picture)
        first, second = (self._window(chance) for _ in range(2))
        cells = np.random.default_rng(picture).integers(0, 256, _GAP_CELLS[::-1], dtype=np.uint8)
        gap = Image.fromarray(cells).resize(SIZE_PX, Image.Resampling.BICUBIC)
        gap = gap.point([min(max((level - 140) * 5, 0), 255) for level in range(256)])
        image = Image.composite(second, first, gap)
        _kite(image, chance.uniform(0.1, 0.8) + 0.02 * shot, chance.uniform(0.1, 0.6))
        return self._grainy(image, random.Random(picture * 31 + shot))

    def _window(self, chance: random.Random) -> Image.Image:
        scene = self._scenes[chance.randrange(len(self._scenes))]
        share = chance.uniform(0.55, 0.95)
        width, height = scene.width * share, scene.height * share
        left = chance.uniform(0, scene.width - width)
        top = chance.uniform(0, scene.height - height)
        box = (left, top, left + width, top + height)
        window = scene.resize(SIZE_PX, Image.Resampling.BILINEAR, box=box)
        return (
            window.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if chance.random() < 0.5 else window
        )

    def _grainy(self, image: Image.Image, chance: random.Random) -> Image.Image:
        shift = (chance.randrange(SIZE_PX[0]), chance.randrange(SIZE_PX[1]))
        grain = ImageChops.offset(self._grain, *shift)
        return ImageChops.add(image, Image.merge("RGB", (grain,) * 3), offset=-128)


def _kite(image: Image.Image, u: float, v: float) -> None:
    x, y = u * image.width, v * image.height
    corners = [(x, y - 26), (x + 17, y), (x, y + 34), (x - 17, y)]
    ImageDraw.Draw(image).polygon(corners, fill="#d8342c", outline="#40100c", width=3)
