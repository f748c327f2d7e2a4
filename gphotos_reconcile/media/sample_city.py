"""Towns: facades, skylines, bridges and lights at night."""

import math

import numpy as np

from gphotos_reconcile.media.sample_canvas import Canvas, Colour, Pen, mixed, rgb, smooth
from gphotos_reconcile.media.sample_nature import clouds, mirror, stars


def skyline_night(c: Canvas) -> None:
    """Draw towers with lit windows and their light on the water."""
    c.sky("#0a1030", "#1f2a5a", "#6a4a6e", bottom=0.68)
    stars(c, 150)
    with c.pen() as pen:
        for row, colour in enumerate(("#1a2142", "#10142c", "#080a18")):
            place = -0.02
            while place < 1:
                width = c.between(0.04, 0.1)
                _tower(c, pen, (place, c.between(0.2, 0.5) + 0.07 * row, width), colour)
                place += width + c.between(-0.015, 0.02)
    c.glow(c.between(0.2, 0.8), 0.66, 0.5, "#ff9d5c", 0.12)
    mirror(c, 0.68, "#0a1230", 0.4)


def _tower(c: Canvas, pen: Pen, place: tuple[float, float, float], colour: str) -> None:
    left, top, width = place
    step_u, step_v = 0.0085, 0.0135
    pen.rectangle([c.px(left, top), c.px(left + width, 0.69)], fill=c.ink(colour))
    for u in np.arange(left + step_u * 0.6, left + width - step_u, step_u):
        for v in np.arange(top + 0.012, 0.67, step_v):
            if c.random.random() < 0.36:
                light = c.ink(c.one_of(("#ffd98a", "#fff2cf", "#9fd0ff")), c.between(0.4, 1))
                box = [c.px(u, v), c.px(u + step_u * 0.55, v + step_v * 0.5)]
                pen.rectangle(box, fill=light)
    if c.random.random() < 0.3:
        mast = left + width / 2
        pen.line([c.px(mast, top - 0.06), c.px(mast, top)], fill=c.ink(colour), width=4)
        pen.ellipse(c.box(mast, top - 0.06, 0.004, 0.004), fill=c.ink("#ff3b30"))


def harbour_houses(c: Canvas) -> None:
    """Draw a row of coloured gabled houses along a quay."""
    c.sky("#5c9fd8", "#cfe4f2", bottom=0.6)
    clouds(c, "#ffffff", cover=0.45, bottom=0.5)
    paints = (
        "#d9583b",
        "#e8b23a",
        "#4f86a8",
        "#8fae5a",
        "#c97b9a",
        "#efe3c8",
        "#a3553f",
        "#5fa39a",
    )
    place, last = 0.0, ""
    with c.pen() as pen:
        while place < 1:
            width = c.between(0.09, 0.15)
            paint = c.one_of([one for one in paints if one != last])
            _house(c, pen, (place, c.between(0.18, 0.32), width), paint)
            place, last = place + width, paint
    facade = smooth(0.68, 0.675, c.y) * smooth(0.12, 0.2, c.y)
    c.shade(1 + facade * (c.noise(25, 4) - 0.5) * 0.14)
    with c.pen() as pen:
        pen.rectangle([c.px(0, 0.68), c.px(1, 0.72)], fill=c.ink("#6b6258"))
    mirror(c, 0.72, "#2f5560", 0.35)


def _house(c: Canvas, pen: Pen, place: tuple[float, float, float], paint: str) -> None:
    left, top, width = place
    right, dark = left + width, mixed(paint, "#201510", 0.45)
    storeys = int(c.between(3, 5.99))
    pen.rectangle([c.px(left, top), c.px(right, 0.69)], fill=c.ink(paint))
    gable = [c.px(left, top), c.px((left + right) / 2, top - 0.11), c.px(right, top)]
    pen.polygon(gable, fill=c.ink(mixed("#9a4a32", "#5b3b34", c.between(0, 1))))
    pen.line([c.px(right, top), c.px(right, 0.69)], fill=c.ink(dark), width=5)
    for storey in range(storeys):
        v = top + 0.03 + (0.6 - top) / storeys * storey
        for u in (left + width * share for share in (0.14, 0.42, 0.7)):
            pane = [c.px(u, v), c.px(u + width * 0.17, v + 0.06)]
            pen.rectangle(pane, fill=c.ink("#2a3a48"), outline=c.ink("#f5f1e6"), width=5)
    door = left + width * 0.4
    pen.rectangle([c.px(door, 0.61), c.px(door + width * 0.22, 0.69)], fill=c.ink(dark))


def fireworks(c: Canvas) -> None:
    """Draw bursts of fireworks over dark roofs."""
    c.sky("#04060f", "#0e1430", "#2b2140")
    for _ in range(int(c.between(4, 7))):
        u, v, reach = c.between(0.12, 0.88), c.between(0.12, 0.5), c.between(0.12, 0.27)
        colour = c.one_of(("#ff5a4f", "#ffd257", "#6fe0ff", "#c58bff", "#7dff9a"))
        c.glow(u, v, reach * 1.3, colour, 0.22)
        with c.pen() as pen:
            _burst(c, pen, (u, v, reach), colour)
    line = c.ridge(0.86, 0.02, 14, 0.7)
    c.blend(smooth(0, 0.002, c.y - line), "#030306")
    c.glow(0.5, 0.9, 0.5, "#ff9a50", 0.08)


def _burst(c: Canvas, pen: Pen, place: tuple[float, float, float], colour: str) -> None:
    (x, y), reach = c.px(*place[:2]), place[2] * c.unit_px
    for _ in range(110):
        angle, length = c.between(0, math.tau), reach * c.between(0.55, 1)
        for share in np.linspace(1 / 12, 1, 12).tolist():
            spark_x = x + math.cos(angle) * length * share
            spark_y = y + math.sin(angle) * length * share + 0.2 * reach * share**2
            size = 1 + 2.6 * (1 - share)
            paint = c.ink(mixed("#ffffff", colour, share), 0.25 + 0.7 * share)
            pen.ellipse((spark_x - size, spark_y - size, spark_x + size, spark_y + size), paint)


def suspension_bridge(c: Canvas) -> None:
    """Draw a bridge whose far tower drowns in evening haze."""
    c.sky("#5b6ea8", "#e2a58f", "#ffd9a0", bottom=0.66)
    clouds(c, "#f2b8a0", cover=0.5, bottom=0.55, blobs=(4, 3))
    c.blend(smooth(0, 0.004, c.y - c.ridge(0.6, 0.05, 4, 0.45)), "#93799a")
    paint = c.one_of(("#b2402a", "#7c8590", "#3f5a6b"))
    left, right, deck = c.between(0.16, 0.26), c.between(0.7, 0.8), 0.58
    mirror(c, 0.66, "#4d5f86", 0.4)
    towers, dark = (left, right), mixed(paint, "#000000", 0.3)
    with c.pen() as pen:
        for u in np.arange(-0.3, 1.3, 0.0125).tolist():
            sag, next_sag = (_cable(place, towers, deck) for place in (u, u + 0.0125))
            pen.line([c.px(u, sag), c.px(u, deck)], fill=c.ink(paint, 0.75), width=2)
            pen.line([c.px(u, sag), c.px(u + 0.0125, next_sag)], fill=c.ink(paint), width=7)
        pen.rectangle([c.px(0, deck), c.px(1, deck + 0.022)], fill=c.ink(dark))
        for u in towers:
            for leg in (u - 0.016, u + 0.012):
                pen.rectangle([c.px(leg, 0.18), c.px(leg + 0.009, 0.72)], fill=c.ink(paint))
            for v in (0.2, 0.32, 0.45):
                beam = [c.px(u - 0.016, v), c.px(u + 0.02, v + 0.015)]
                pen.rectangle(beam, fill=c.ink(paint))


def _cable(u: float, towers: tuple[float, float], deck: float) -> float:
    nearest = min(abs(u - tower) for tower in towers)
    return deck - 0.015 - 0.36 * (1 - min(nearest / 0.28, 1)) ** 2


def bokeh_lights(c: Canvas) -> None:
    """Draw a street at night, wholly out of focus."""
    c.sky("#0b0d18", "#1b1622", "#281a18")
    palette = ("#ffb84d", "#ff6a3d", "#ffe6a8", "#ff3f5e", "#52c7ff", "#8dff9e")
    for _ in range(70):
        depth = c.between(0, 1)
        v = 0.52 + (c.between(0, 1) - 0.6) * (0.3 + 0.55 * depth)
        radius = 0.012 + 0.06 * depth
        u, light = c.between(0, 1), c.between(0.1, 0.5)
        part = c.part(u, v, radius * 1.1)
        rim = 0.75 + 0.25 * np.clip(part.distance(u, v) / radius, 0, 1) ** 6
        disc = smooth(radius, radius * 0.95, part.distance(u, v)) * rim * light
        part.pixels += disc[..., None].astype(np.float32) * rgb(c.one_of(palette))


def sail_boats(c: Canvas) -> None:
    """Draw a regatta on a windy bay."""
    c.sky("#3b86c9", "#a9d2ec", "#e6f1f4", bottom=0.45)
    clouds(c, "#ffffff", cover=0.5, bottom=0.42, blobs=(3, 2))
    c.blend(smooth(0, 0.003, c.y - c.ridge(0.42, 0.03, 5, 0.5)), "#6f8aa0")
    water = smooth(0, 0.002, c.y - 0.45)
    c.blend(water, "#1d5f86")
    chop = c.noise(22, 5, stretch=4)
    c.shade(1 + water * (chop - 0.5) * 0.9)
    c.blend(water * smooth(0.7, 0.85, chop), "#cfe6ee")
    with c.pen() as pen:
        for depth in np.sort(c.random.random(9)).tolist():
            place = (c.between(0.04, 0.96), 0.47 + 0.4 * depth, 0.07 + 0.25 * depth)
            _boat(c, pen, place)


def _boat(c: Canvas, pen: Pen, place: tuple[float, float, float]) -> None:
    u, v, size = place
    sail = c.one_of(("#fbfbf6", "#fbfbf6", "#e4483c", "#f4c542", "#2d5fa8"))
    hull = c.one_of(("#f4f4f0", "#7a2d22", "#24384c"))
    mast = (c.between(-0.12, 0.12), -1.0)
    shapes: tuple[tuple[Colour, tuple[tuple[float, float], ...]], ...] = (
        (sail, (mast, (0.28, -0.1), (0, -0.1))),
        (mixed(sail, "#c9d3da", 0.5), (mast, (-0.22, -0.06), (-0.02, -0.1))),
        (hull, ((-0.3, -0.06), (0.34, -0.06), (0.24, 0.03), (-0.2, 0.03))),
    )
    for paint, corners in shapes:
        pen.polygon([c.px(u + x * size, v + y * size) for x, y in corners], fill=c.ink(paint))
