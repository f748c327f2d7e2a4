"""Things near by: fruit, flowers, people, cups, books, paper."""

import math
from functools import partial

import numpy as np
from PIL import Image

from gphotos_reconcile.media.sample_canvas import Canvas, Colour, Pen, Plane, mixed, rgb, smooth
from gphotos_reconcile.media.sample_nature import clouds


def still_life(c: Canvas) -> None:
    """Draw shaded fruit on a wooden table."""
    c.sky("#54606b", "#8c8274", bottom=0.6)
    wood(c, 0.55)
    fruit = ("#c8281e", "#e07b1a", "#d9b92c", "#6f9a2b", "#7a2745")
    places = sorted((c.between(0.5, 0.8), c.between(0.1, 0.9)) for _ in range(9))
    for v, u in places:
        ball(c, u, v, c.between(0.09, 0.14), c.one_of(fruit))


def ball(c: Canvas, u: float, v: float, radius: float, colour: Colour) -> None:
    """Draw one sphere lit from the upper left, with its shadow on the table."""
    part = c.part(u, v, radius * 2)
    drop = np.hypot((part.x - u - 0.05) * 1.25, (part.y - v - radius * 0.85) * 2.6) / radius
    part.blend(smooth(1.35, 0.55, drop) * 0.65, "#1c120c")
    dx = (part.x - u) * (c.width_px / c.unit_px / radius)
    dy = (part.y - v) * (c.height_px / c.unit_px / radius)
    flat = dx * dx + dy * dy
    light = np.clip(-0.5 * dx - 0.6 * dy + 0.62 * np.sqrt(np.clip(1 - flat, 0, 1)), 0, 1)
    skin = rgb(colour) * (0.14 + 0.95 * light)[..., None] + (light**28 * 0.7)[..., None]
    part.blend(smooth(1.0, 0.975, flat), skin.astype(np.float32))


def wood(c: Canvas, top: float) -> None:
    """Lay a table of boards over everything under `top`."""
    table = smooth(0, 0.003, c.y - top)
    grain = np.sin(c.y * 240 + c.noise(4, 4, stretch=9) * 60)
    c.blend(table, "#8a5a34")
    c.shade(1 + table * grain.astype(np.float32) * 0.1)
    boards = (((c.y - top) * 7) % 1.0) < 0.03
    c.shade(1 - table * boards * np.float32(0.5))


def daisy(c: Canvas) -> None:
    """Draw one flower close up before a soft background."""
    c.sky(*(c.one_of(("#3e6b2a", "#6f9a3c", "#28472b", "#91a85a")) for _ in range(3)))
    for _ in range(14):
        tint = c.one_of(("#d8e08a", "#5f9a48", "#e6b8d0"))
        c.glow(c.between(0, 1), c.between(0, 1), c.between(0.08, 0.2), tint, 0.35)
    u, v = c.between(0.42, 0.58), c.between(0.42, 0.58)
    far = c.distance(u, v)
    angle = np.arctan2((c.y - v) * c.height_px, (c.x - u) * c.width_px)
    paint = c.one_of(("#ffffff", "#f7c6dc", "#ffd84f", "#c9a8f2"))
    for layer, petals in enumerate((17, 13)):
        turn = angle * petals / 2 + layer
        edge = 0.4 - 0.05 * layer - 0.09 * np.abs(np.sin(turn)) ** 3
        ray = np.abs(np.cos(turn))
        petal = smooth(0.0, -0.006, far - edge) * smooth(0.12, 0.3, ray)
        shade = (0.62 + 0.38 * ray) * (0.72 + 0.28 * np.clip(far / 0.3, 0, 1))
        c.blend(petal, (rgb(paint) * shade[..., None]).astype(np.float32))
    seeds = c.noise(90, 2)
    heart = smooth(0.1, 0.094, far)
    c.blend(heart, (rgb("#f0a818") * (0.5 + seeds - far * 3)[..., None]).astype(np.float32))


def balloons(c: Canvas) -> None:
    """Draw hot-air balloons over morning hills."""
    c.sky("#5d8fce", "#bcd3ea", "#fbe3c4", bottom=0.8)
    clouds(c, "#ffffff", cover=0.4, bottom=0.6, blobs=(3, 2))
    for row, colour in enumerate(("#a3aec4", "#7b8a86", "#4c5f44")):
        c.blend(smooth(0, 0.006, c.y - c.ridge(0.74 + 0.08 * row, 0.04, 3, 0.4)), colour)
    for size in np.sort(c.random.uniform(0.04, 0.17, 7)).tolist():
        _balloon(c, c.between(0.08, 0.92), c.between(0.14, 0.62), size)


def _balloon(c: Canvas, u: float, v: float, size: float) -> None:
    cloths = ("#d8342c", "#f2b92b", "#2f6fb5", "#f4efe4", "#3f9a62", "#8a3f8f")
    first, second = rgb(c.one_of(cloths)), rgb(c.one_of(cloths))
    part = c.part(u, v, size * 1.7)
    dx = (part.x - u) * (c.width_px / c.unit_px / size)
    dy = (part.y - v) * (c.height_px / c.unit_px / size)
    narrow = dx * np.where(dy > 0, 1 + 0.5 * dy, 1.0)
    flat = narrow**2 + dy * dy * np.where(dy > 0, 0.62, 1.0)
    seam = np.clip(narrow / np.sqrt(np.clip(1 - dy * dy * 0.6, 0.05, 1)), -1, 1)
    stripe = (np.floor(np.arcsin(seam) * 2.6 + 9) % 2)[..., None]
    light = np.clip(0.9 - 0.45 * dx - 0.25 * dy, 0.25, 1.25)[..., None]
    cloth = (first * stripe + second * (1 - stripe)) * light
    part.blend(smooth(1.0, 0.97, flat.astype(np.float32)), cloth.astype(np.float32))
    x, y, reach = *c.px(u, v), size * c.unit_px
    with c.pen() as pen:
        for sign in (-0.12, 0.12):
            rope = [(x + 2.4 * sign * reach, y + 1.1 * reach), (x + sign * reach, y + 1.45 * reach)]
            pen.line(rope, fill=c.ink("#4a3a2a"), width=2)
        basket = (x - 0.12 * reach, y + 1.45 * reach, x + 0.12 * reach, y + 1.64 * reach)
        pen.rectangle(basket, fill=c.ink("#5b3a22"))


def portrait(c: Canvas) -> None:
    """Draw a person in a park, softly lit."""
    c.sky("#7fa36a", "#a9bf7d", "#6c8f55")
    for _ in range(40):
        tint = c.one_of(("#e9f2b0", "#4f7a3e", "#b9d68a", "#f3e3a0"))
        c.glow(c.between(0, 1), c.between(0, 1), c.between(0.04, 0.14), tint, c.between(0.1, 0.5))
    u, skin = c.between(0.44, 0.56), c.one_of(("#e8b796", "#c58a62", "#8a5a3c", "#f0c8ab"))
    hair = c.one_of(("#2a1c14", "#6b4426", "#b98a4a", "#171717"))
    shirt = c.one_of(("#2f5f8f", "#b23a48", "#3f7d5a", "#d9a441"))
    parts: tuple[tuple[Colour, tuple[float, float, float]], ...] = (
        (shirt, (1.04, 0.42, 0.36)),
        (mixed(skin, "#5a2f1c", 0.35), (0.68, 0.075, 0.12)),
        (hair, (0.42, 0.215, 0.25)),
        (skin, (0.46, 0.165, 0.215)),
    )
    for colour, ellipse in parts:
        box = c.box(u, *ellipse)
        body = c.mask(partial(Pen.ellipse, xy=box, fill=255), blur=0.003)
        light = np.clip(1.12 - (c.x - u + 0.1) * 1.3, 0.45, 1.25)[..., None]
        c.blend(body, (rgb(colour) * light).astype(np.float32))
    fringe = c.mask(lambda d: d.pieslice(c.box(u, 0.4, 0.19, 0.2), 185, 345, fill=255), blur=0.004)
    c.blend(fringe * smooth(0.37, 0.35, c.y), hair)
    _face(c, u, skin)
    knit = np.sin(c.y * 700) * np.sin(c.x * 700)
    c.shade(1 + smooth(0.72, 0.76, c.y) * knit.astype(np.float32) * 0.06)


def _face(c: Canvas, u: float, skin: Colour) -> None:
    dark, lips = c.ink(mixed(skin, "#2a120a", 0.85)), c.ink(mixed(skin, "#a8323a", 0.6))
    for cheek in (-0.062, 0.062):
        c.glow(u + cheek, 0.52, 0.05, "#ff5a50", 0.08)
    with c.pen() as pen:
        for eye in (-0.05, 0.05):
            pen.ellipse(c.box(u + eye, 0.445, 0.026, 0.014), fill=c.ink("#f6f3ee"))
            pen.ellipse(c.box(u + eye, 0.445, 0.012, 0.013), fill=c.ink("#3b2a1c"))
            pen.ellipse(c.box(u + eye + 0.003, 0.441, 0.003, 0.003), fill=c.ink("#ffffff"))
            pen.arc(c.box(u + eye, 0.425, 0.036, 0.024), 200, 340, fill=dark, width=7)
        pen.arc(
            c.box(u, 0.49, 0.016, 0.028), 20, 160, fill=c.ink(mixed(skin, "#5a2a1a", 0.5)), width=4
        )
        pen.chord(c.box(u, 0.555, 0.05, 0.034), 10, 170, fill=lips)


def coffee(c: Canvas) -> None:
    """Draw a cup of coffee with a leaf in its foam, seen from above."""
    wood(c, -0.01)
    u, v = c.between(0.4, 0.6), c.between(0.42, 0.58)
    far = c.distance(u, v)
    shadow = c.mask(lambda d: d.ellipse(c.box(u + 0.03, v + 0.05, 0.41, 0.41), fill=190), blur=0.02)
    c.blend(shadow, "#160d08")
    c.blend(smooth(0.4, 0.397, far), c.one_of(("#f4f1ea", "#7fa6b8", "#c65a44")))
    c.shade(1 - np.exp(-(((far - 0.31) / 0.012) ** 2)) * np.float32(0.25))
    c.blend(smooth(0.262, 0.259, far), "#fbfaf6")
    c.blend(smooth(0.236, 0.233, far), "#6b3f1f")
    angle = np.arctan2(c.x - u, v - c.y)
    leaf = np.abs(np.sin(far * 62 + np.abs(angle) * 3.2)) * smooth(1.25, 0.9, np.abs(angle))
    c.blend(smooth(0.2, 0.19, far) * smooth(0.35, 0.75, leaf), "#f0dcba")
    c.glow(u - 0.09, v - 0.12, 0.12, "#ffffff", 0.12)


def bookshelf(c: Canvas) -> None:
    """Draw shelves of books with coloured spines."""
    c.sky("#2a1c12", "#20150d")
    with c.pen() as pen:
        for shelf in range(4):
            bottom, place = 0.235 + 0.25 * shelf, 0.012
            while place < 0.96:
                width, top = c.between(0.012, 0.036), bottom - c.between(0.15, 0.215)
                _spine(c, pen, (place, top, place + width, bottom))
                place += width + (c.between(0.02, 0.08) if c.random.random() < 0.08 else 0.0015)
            pen.rectangle([c.px(0, bottom), c.px(1, bottom + 0.022)], fill=c.ink("#7a5331"))
    c.shade(1 + (c.noise(30, 4, stretch=0.2) - 0.5) * 0.25)
    c.glow(c.between(0.1, 0.9), 0.1, 0.7, "#ffd9a0", 0.18)


def _spine(c: Canvas, pen: Pen, edges: tuple[float, float, float, float]) -> None:
    left, top, right, bottom = edges
    width, height = right - left, bottom - top
    red, green, blue = c.random.uniform(0.08, 0.75, 3).tolist()
    for share, light in ((0.0, 0.55), (0.2, 1.0), (0.75, 0.7)):
        paint = c.ink((red * light, green * light, blue * light))
        pen.rectangle([c.px(left + width * share, top), c.px(right, bottom)], fill=paint)
    gold = c.ink(c.one_of(("#e8c873", "#f4efe0", "#1a1a1a")))
    for v in (top + height * share for share in (0.12, 0.16, 0.82)):
        pen.line([c.px(left, v), c.px(right, v)], fill=gold, width=3)
    label = (left + width * 0.3, top + 0.28 * height, left + width * 0.65, top + 0.62 * height)
    pen.rectangle([c.px(*label[:2]), c.px(*label[2:])], fill=gold)


def birthday_cake(c: Canvas) -> None:
    """Draw a cake with burning candles in a dim room."""
    c.sky("#1c1218", "#3a2420", "#5b3a26")
    for _ in range(12):
        c.glow(c.between(0, 1), c.between(0, 0.5), c.between(0.03, 0.08), "#ffb45c", 0.3)
    icing, sponge = c.one_of(("#f6d3dc", "#fbf3df", "#d7ecf0")), c.one_of(("#7a4526", "#c98a52"))
    flames = [(u, 0.4 + 0.05 * (i % 2)) for i, u in enumerate(np.linspace(0.29, 0.71, 9))]
    with c.pen() as pen:
        pen.ellipse(c.box(0.5, 0.86, 0.5, 0.09), fill=c.ink("#d8d4cc"))
        pen.ellipse(c.box(0.5, 0.82, 0.4, 0.09), fill=c.ink(sponge))
        pen.rectangle([c.px(0.2, 0.56), c.px(0.8, 0.82)], fill=c.ink(sponge))
        pen.rectangle([c.px(0.2, 0.67), c.px(0.8, 0.7)], fill=c.ink(icing))
        for u in np.linspace(0.2, 0.8, 16):
            drip = c.between(0.05, 0.12)
            pen.rounded_rectangle(
                [c.px(u - 0.022, 0.53), c.px(u + 0.022, 0.57 + drip)], 30, c.ink(icing)
            )
        pen.ellipse(c.box(0.5, 0.56, 0.4, 0.09), fill=c.ink(icing))
        for u in np.linspace(0.22, 0.78, 13):
            v = 0.56 + 0.075 * math.sqrt(max(0.0, 1 - ((u - 0.5) / 0.3) ** 2))
            pen.ellipse(c.box(u, v, 0.022, 0.02), fill=c.ink(c.one_of(("#c8202c", "#7a1f3a"))))
        for u, v in flames:
            pen.rectangle(
                [c.px(u - 0.006, v), c.px(u + 0.006, v + 0.13)],
                c.ink(c.one_of(("#5fb0e0", "#f0c040", "#f07a9a"))),
            )
            pen.ellipse(c.box(u, v - 0.025, 0.01, 0.024), fill=c.ink("#fff2b0"))
    c.shade(1.15 - 0.55 * c.distance(0.5, 0.5) + (c.noise(40, 3) - 0.5) * 0.12)
    for u, v in flames:
        c.glow(u, v - 0.02, 0.06, "#ff9a30", 0.5)


def citrus(c: Canvas) -> None:
    """Draw slices of citrus fruit on a plain ground."""
    c.sky(c.one_of(("#8fd0c8", "#f3d2c1", "#cfe0f0", "#f5e9a8")))
    c.shade(1 + (c.noise(3, 3) - 0.5) * 0.12)
    for column in range(4):
        for row in range(3):
            u, v = (
                (column + 0.5) / 4 + c.between(-0.03, 0.03),
                (row + 0.5) / 3 + c.between(-0.03, 0.03),
            )
            _slice(c, u, v, c.between(0.11, 0.15))


def _slice(c: Canvas, u: float, v: float, radius: float) -> None:
    peel, flesh = {
        "a": ("#f08a1c", "#f9b04a"),
        "b": ("#f2d22e", "#f7e887"),
        "c": ("#6fb02c", "#c8e08a"),
        "d": ("#e8564a", "#f08a78"),
    }[c.one_of("abcd")]
    part = c.part(u, v, radius * 1.3)
    part.blend(smooth(1.15, 0.9, part.distance(u + 0.015, v + 0.02) / radius) * 0.4, "#3a3a30")
    far = part.distance(u, v) / radius
    angle = np.arctan2((part.y - v) * c.height_px, (part.x - u) * c.width_px) + c.between(0, 6)
    part.blend(smooth(1.0, 0.98, far), peel)
    part.blend(smooth(0.9, 0.88, far), "#fdf6e3")
    pulp = smooth(0.84, 0.81, far) * smooth(0.06, 0.1, far * np.abs(np.sin(angle * 5)))
    fibre = 0.9 + 0.1 * np.sin(angle * 61 + far * 9)
    part.blend(pulp, (rgb(flesh) * fibre[..., None]).astype(np.float32))


def letter(c: Canvas) -> None:
    """Draw a printed page, photographed on a desk."""
    wood(c, -0.01)
    with c.pen() as pen:
        sheet = [c.px(0.17, 0.02), c.px(0.86, 0.05), c.px(0.84, 1.02), c.px(0.14, 1.0)]
        pen.polygon([(x + 14, y + 16) for x, y in sheet], fill=c.ink("#1a0f08", 0.5))
        pen.polygon(sheet, fill=c.ink("#f1ede2"))
        for row in range(26):
            v, u = 0.09 + 0.033 * row, 0.23
            end = 0.5 if row % 7 == 6 else 0.78
            while row % 7 and u < end:
                width = c.between(0.012, 0.06)
                pen.rectangle(
                    [c.px(u, v + 0.02 * u), c.px(u + width, v + 0.02 * u + 0.009)], c.ink("#2b2b30")
                )
                u += width + 0.009
        pen.rectangle([c.px(0.23, 0.085), c.px(c.between(0.4, 0.7), 0.108)], fill=c.ink("#1f3f7a"))
    c.shade(1.08 - 0.35 * c.distance(0.25, 0.1))


def pebbles(c: Canvas) -> None:
    """Draw wet pebbles, each one a cell around a random point."""
    half = Canvas(0, c.width_px // 2, c.height_px // 2)  # noise hides that stones are soft
    points = c.random.random((130, 2)).tolist()
    first: Plane = np.full((half.height_px, half.width_px), 9, np.float32)
    second, owner = first.copy(), np.zeros(first.shape, np.intp)
    for index, (u, v) in enumerate(points):
        far = half.distance(u, v)
        nearer = far < first
        second = np.minimum(second, np.where(nearer, first, far))
        owner[nearer] = index
        first = np.minimum(first, far)
    stones = ("#b8a48a", "#3c4a57", "#d8d2c6", "#8a5f4a")
    paints = [mixed("#6f7378", c.one_of(stones), c.between(0.2, 1)) for _ in points]
    dome = np.clip((second - first) / 0.07, 0, 1)
    half.pixels = np.array(paints, np.float32)[owner]
    half.shade(0.25 + 0.85 * np.sqrt(dome))
    c.show(half.image().resize((c.width_px, c.height_px), Image.Resampling.BICUBIC))
    c.shade(1 + (c.noise(50, 4) - 0.5) * 0.35)
