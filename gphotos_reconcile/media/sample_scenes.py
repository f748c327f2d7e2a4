"""The scenes by name, and the camera: a drawn scene becomes a photograph with a sensor's grain."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

import numpy as np
from PIL import Image

from gphotos_reconcile.media import sample_city as city
from gphotos_reconcile.media import sample_nature as nature
from gphotos_reconcile.media import sample_plain as plain
from gphotos_reconcile.media import sample_things as things
from gphotos_reconcile.media.sample_canvas import Canvas

_DRAWN: Final = (
    nature.alpine_lake, nature.sea_sunset, nature.misty_forest, nature.dunes, nature.milky_way,
    nature.aurora, nature.winter_cabin, nature.meadow, nature.autumn_tree,
    nature.beach_from_above, nature.canyon, city.skyline_night, city.harbour_houses,
    city.fireworks, city.suspension_bridge, city.bokeh_lights, city.sail_boats,
    things.still_life, things.daisy, things.balloons, things.portrait, things.coffee,
    things.pebbles, things.bookshelf, things.birthday_cake, things.citrus, things.letter,
)  # fmt: skip
_PLAIN: Final = (plain.chat_screen, plain.flat_sky, plain.inside_a_pocket)

SCENES: Final[Mapping[str, Callable[[Canvas], None]]] = MappingProxyType(
    {draw.__name__: draw for draw in (*_DRAWN, *_PLAIN)}
)
"""What can be photographed; each seed gives another picture of the kind."""

SCENIC: Final = tuple(draw.__name__ for draw in _DRAWN)
"""The scenes with enough in them to be told apart by their pixels."""

SIZE_PX: Final = (1632, 1224)
# Scenes are drawn this much smaller: no lens is sharper, it smooths what Pillow draws without
# antialiasing, and it takes half as long.
_DRAWN_SHARE: Final = 0.75
_KEPT: Final = 4  # pictures that the next print may be made from


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One release of the shutter.

    Two shots of one `scene` and `scene_seed` are taken from the same tripod; `shot_seed` gives
    each its own grain. `gull_at` is where a gull flies past, from 0 (left) to 1, None for none.
    `exposure_ev` is in stops; `grain` in parts of full white.
    """

    scene: str
    scene_seed: int
    shot_seed: int = 0
    exposure_ev: float = 0.0
    gull_at: float | None = None
    grain: float = 0.007
    size_px: tuple[int, int] = SIZE_PX


@lru_cache(maxsize=_KEPT)
def develop(shot: Shot) -> Image.Image:
    """Return the photograph, in RGB; not to be changed, the next caller gets the same object.

    Raises:
        KeyError: there is no scene of that name.
    """
    canvas = Canvas(shot.scene_seed, *shot.size_px)
    canvas.show(_drawn(shot.scene, shot.scene_seed, shot.size_px))
    if shot.gull_at is not None:
        _gull(canvas, shot.gull_at)
    if shot.exposure_ev:
        linear = canvas.pixels**2.2 * 2.0**shot.exposure_ev
        canvas.pixels = np.clip(linear, 0, 1) ** np.float32(1 / 2.2)
    if shot.grain:
        random = np.random.default_rng((shot.scene_seed, shot.shot_seed, 7))
        grain = random.standard_normal(canvas.pixels.shape[:2], np.float32) * np.float32(shot.grain)
        # Photons come in at random: the lighter a pixel, the more its count varies.
        canvas.pixels += (grain * (0.6 + 0.8 * np.sqrt(canvas.pixels[..., 1])))[..., None]
    return canvas.image()


def drawing(scene: str, seed: int, size_px: tuple[int, int]) -> Image.Image:
    """Return a scene as it is drawn, without grain."""
    return _drawn(scene, seed, size_px).copy()


@lru_cache(maxsize=_KEPT)
def _drawn(scene: str, seed: int, size_px: tuple[int, int]) -> Image.Image:
    canvas = Canvas(seed, *(round(edge * _DRAWN_SHARE) for edge in size_px))
    SCENES[scene](canvas)
    return canvas.image().resize(size_px, Image.Resampling.BICUBIC)


def _gull(canvas: Canvas, place: float) -> None:
    x, y = canvas.px(place, 0.2 + 0.1 * place)
    span = 0.035 * canvas.unit_px
    with canvas.pen() as pen:
        for side in (-1, 1):
            wing = [
                (x, y),
                (x + side * span * 0.5, y - span * 0.45),
                (x + side * span, y - span * 0.1),
            ]
            pen.line(wing, fill=canvas.ink("#20242c"), width=9, joint="curve")
