"""A canvas for drawing pictures that look like photographs, with nothing but seeded noise."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw, ImageFilter

Plane = NDArray[np.float32]
"""Shape (height, width); a mask from 0 to 1, or a plain field of numbers."""

Field = NDArray[np.floating[Any]]
"""As `Plane`, in any precision and of any shape that can be spread over the picture."""

Rgb = NDArray[np.float32]
"""Shape (height, width, 3), from 0 (black) to 1 (white), display-referred."""

Colour = str | tuple[float, float, float]
"""`#rrggbb`, or red, green and blue from 0 to 1."""

Pen = ImageDraw.ImageDraw
"""Pillow's tools for shapes; it speaks pixels."""

_FINEST_CELL_PX: Final = 2
_COARSE: Final = 4  # broad noise is made this much smaller first: it costs a sixteenth


@lru_cache(maxsize=256)
def parts(colour: Colour) -> tuple[float, float, float]:
    """Return a colour as red, green and blue from 0 to 1."""
    if not isinstance(colour, str):
        return colour
    red, green, blue = ImageColor.getrgb(colour)[:3]
    return red / 255, green / 255, blue / 255


def rgb(colour: Colour) -> NDArray[np.float32]:
    """Return a colour as an array of shape (3,), from 0 to 1."""
    return np.array(parts(colour), np.float32)


def mixed(first: Colour, second: Colour, share: float) -> tuple[float, float, float]:
    """Return the colour that lies `share` of the way from the first to the second."""
    pairs = zip(parts(first), parts(second), strict=True)
    red, green, blue = (a + (b - a) * share for a, b in pairs)
    return red, green, blue


def smooth(edge0: float, edge1: float, field: Field) -> Plane:
    """Return 0 below the first edge, 1 above the second, and a soft step between."""
    share = np.clip((field - edge0) / (edge1 - edge0), 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)


def _stretched(field: Plane, size: tuple[int, int]) -> Plane:
    image = Image.fromarray(np.asarray(field, np.float32))
    return np.asarray(image.resize(size, Image.Resampling.BICUBIC), np.float32)


class Canvas:
    """A picture in the making.

    Places are fractions of width and height from the top left; lengths are fractions of the
    shorter edge. The same seed and size give the same picture.
    """

    def __init__(self, seed: int, width_px: int, height_px: int) -> None:
        self.random = np.random.default_rng(seed)
        self.width_px = width_px
        self.height_px = height_px
        self.unit_px = min(width_px, height_px)
        self.x = np.linspace(0, 1, width_px, dtype=np.float32)[None, :]
        self.y = np.linspace(0, 1, height_px, dtype=np.float32)[:, None]
        self.pixels: Rgb = np.zeros((height_px, width_px, 3), np.float32)

    def between(self, low: float, high: float) -> float:
        """Return a random number."""
        return float(self.random.uniform(low, high))

    def one_of(self, choices: Sequence[str]) -> str:
        """Return a random one of the choices."""
        return choices[int(self.random.integers(len(choices)))]

    def noise(self, cells: float, octaves: int = 5, stretch: float = 1.0) -> Plane:
        """Return fractal noise from 0 to 1, mean near 0.5.

        Args:
            cells: how many of the largest blobs fit into the height.
            octaves: how many times the detail is halved.
            stretch: how much wider than high the blobs are.
        """
        coarse_size = (self.width_px // _COARSE + 1, self.height_px // _COARSE + 1)
        coarse = np.zeros(coarse_size[::-1], np.float32)
        fine = np.zeros((self.height_px, self.width_px), np.float32)
        for octave in range(octaves):
            rows = int(cells * 2**octave) + 2
            columns = int(cells * 2**octave / stretch * self.width_px / self.height_px) + 2
            if max(rows / self.height_px, columns / self.width_px) * _FINEST_CELL_PX > 1:
                break
            grid = self.random.standard_normal((rows, columns), np.float32) * 0.5**octave
            if rows < coarse.shape[0] / 2 and columns < coarse.shape[1] / 2:
                coarse += _stretched(grid, coarse_size)
            else:
                fine += _stretched(grid, (self.width_px, self.height_px))
        total = fine + _stretched(coarse, (self.width_px, self.height_px))
        return np.asarray(np.clip(total * np.float32(0.28) + np.float32(0.5), 0, 1))

    def ridge(self, level: float, swing: float, bumps: float, roughness: float = 0.5) -> Plane:
        """Return the height of a horizon for each column, shape (1, width)."""
        line = np.zeros(self.width_px, np.float32)
        places = np.arange(self.width_px) / self.width_px
        count, weight = bumps, 1.0
        while count < self.width_px / 3:
            knots = self.random.uniform(-1, 1, int(count) + 2)
            line += weight * np.interp(places * count, np.arange(len(knots)), knots)
            count, weight = count * 2, weight * roughness
        return (level + swing * line).astype(np.float32)[None, :]

    def distance(self, u: float, v: float) -> Plane:
        """Return how far each pixel is from a place, in shorter edges."""
        dx = (self.x - u) * (self.width_px / self.unit_px)
        dy = (self.y - v) * (self.height_px / self.unit_px)
        return np.asarray(np.sqrt(dx * dx + dy * dy), np.float32)

    def sky(self, *colours: Colour, top: float = 0.0, bottom: float = 1.0) -> None:
        """Fill the canvas with colours from top to bottom."""
        stops = np.linspace(top, bottom, len(colours))
        table = np.stack([rgb(colour) for colour in colours])
        rows = np.stack([np.interp(self.y[:, 0], stops, table[:, i]) for i in range(3)], axis=1)
        self.pixels[:] = rows[:, None, :].astype(np.float32)

    def blend(self, mask: Plane, colour: Colour | Rgb) -> None:
        """Lay a colour, or another picture, over the canvas where the mask says so."""
        touched = np.flatnonzero(mask.max(axis=1))
        if not touched.size:
            return
        rows = slice(touched[0], touched[-1] + 1)
        paint = colour if isinstance(colour, np.ndarray) else rgb(colour)
        difference = np.broadcast_to(paint, self.pixels.shape)[rows] - self.pixels[rows]
        difference *= mask[rows, :, None]
        self.pixels[rows] += difference

    def glow(self, u: float, v: float, radius: float, colour: Colour, strength: float) -> None:
        """Add light that falls off from a place."""
        part = self.part(u, v, 2.4 * radius)
        light = np.exp(-((part.distance(u, v) / radius) ** 2)) * np.float32(strength)
        part.pixels += light[..., None] * rgb(colour)

    def part(self, u: float, v: float, reach: float) -> "Canvas":
        """Return a view of the square around a place; what is painted there is painted here.

        Only fields and colours can be laid on it (`x`, `y`, `distance`, `blend`, `shade`).
        """
        left, top, right, bottom = self.box(u, v, reach, reach)
        rows = slice(max(int(top), 0), max(int(bottom) + 1, 0))
        columns = slice(max(int(left), 0), max(int(right) + 1, 0))
        part = copy(self)
        part.x, part.y = self.x[:, columns], self.y[rows]
        part.pixels = self.pixels[rows, columns]
        return part

    def shade(self, factor: Field) -> None:
        """Multiply the canvas by a field of brightness."""
        self.pixels *= factor.astype(np.float32)[..., None]

    def mask(self, draw: Callable[[Pen], None], blur: float = 0.0) -> Plane:
        """Return what `draw` paints in white on black, its edges blurred by shorter edges."""
        image = Image.new("L", (self.width_px, self.height_px))
        draw(ImageDraw.Draw(image))
        if blur:
            image = image.filter(ImageFilter.GaussianBlur(blur * self.unit_px))
        return np.asarray(image, np.float32) * np.float32(1 / 255)

    @contextmanager
    def pen(self) -> Iterator[Pen]:
        """Draw on the canvas itself with Pillow's tools, in pixels."""
        image = self.image()
        yield ImageDraw.Draw(image, "RGBA")
        self.show(image)

    def show(self, image: Image.Image) -> None:
        """Put an 8-bit picture of the canvas's size on it."""
        self.pixels = np.asarray(image, np.float32) * np.float32(1 / 255)

    def image(self) -> Image.Image:
        """Return the canvas as an 8-bit picture."""
        levels = self.pixels * np.float32(255)
        levels += np.float32(0.5)
        return Image.fromarray(np.clip(levels, 0, 255, out=levels).astype(np.uint8))

    def blur(self, radius: float) -> None:
        """Throw the whole canvas out of focus."""
        self.show(self.image().filter(ImageFilter.GaussianBlur(radius * self.unit_px)))

    def px(self, u: float, v: float) -> tuple[float, float]:
        """Return a place in pixels."""
        return u * self.width_px, v * self.height_px

    def box(self, u: float, v: float, rx: float, ry: float) -> tuple[float, float, float, float]:
        """Return the box around a place in pixels; the radii are shorter edges."""
        x, y = self.px(u, v)
        return (
            x - rx * self.unit_px,
            y - ry * self.unit_px,
            x + rx * self.unit_px,
            y + ry * self.unit_px,
        )

    def ink(self, colour: Colour, alpha: float = 1.0) -> tuple[int, int, int, int]:
        """Return a colour for the pen."""
        red, green, blue = (int(255 * min(max(part, 0), 1) + 0.5) for part in parts(colour))
        return red, green, blue, int(255 * alpha + 0.5)
