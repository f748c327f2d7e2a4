"""Landscapes: mountains, water, woods and skies, drawn from seeded noise."""

import math

import numpy as np

from gphotos_reconcile.media.sample_canvas import Canvas, Colour, Plane, mixed, rgb, smooth


def alpine_lake(c: Canvas) -> None:
    """Draw snowy ridges that a still lake gives back."""
    shore = c.between(0.56, 0.64)
    c.sky("#3f7fc4", "#8fbce2", "#f3dcc0", bottom=shore)
    clouds(c, "#ffffff", cover=0.55, bottom=0.4)
    for depth, colour in enumerate(("#8fa3bd", "#5d7391", "#2f4a4a")):
        level = shore - 0.27 + 0.1 * depth
        line = c.ridge(level, 0.1 - 0.02 * depth, 4 + 2 * depth, 0.52)
        rock = c.noise(14, 5, stretch=0.7)
        c.blend(smooth(0, 0.003, c.y - line), colour)
        if depth < 2:
            snow = smooth(0.02, -0.03, c.y - line - 0.12 + 0.22 * (rock - 0.4))
            c.blend(snow * smooth(0, 0.003, c.y - line), "#f4f7fb")
        c.shade(1 + (rock - 0.5) * 0.55 * smooth(0, 0.003, c.y - line))
    mirror(c, shore, "#24465a", 0.35)


def sea_sunset(c: Canvas) -> None:
    """Draw the sun over the sea, its light broken on the waves."""
    horizon, sun = c.between(0.5, 0.6), c.between(0.25, 0.75)
    c.sky("#27386e", "#7b4f86", "#e8775a", "#ffcf70", bottom=horizon)
    clouds(c, "#6b3a5e", cover=0.5, bottom=horizon, blobs=(5, 4))
    c.glow(sun, horizon - 0.07, 0.35, "#ffb050", 0.55)
    c.blend(smooth(0.052, 0.048, c.distance(sun, horizon - 0.07)), "#fff3c4")
    water = smooth(0, 0.002, c.y - horizon)
    depth = np.clip((c.y - horizon) / (1 - horizon), 0, 1)
    waves = c.noise(26, 5, stretch=7)
    c.blend(water, "#3c3560")
    c.blend(water * (1 - depth) * 0.7, "#d9765c")
    path = np.exp(-(((c.x - sun) / (0.03 + 0.16 * depth)) ** 2))
    c.blend(water * path * smooth(0.42, 0.62, waves), "#ffdf9a")
    c.shade(1 + water * (waves - 0.5) * 0.8)


def misty_forest(c: Canvas) -> None:
    """Draw rows of conifers that fade into the mist."""
    c.sky("#dfe7e4", "#f2e9d2", "#b9c8bd")
    c.glow(c.between(0.3, 0.7), 0.2, 0.5, "#fff0c0", 0.25)
    for row in range(6):
        share = row / 5
        colour = mixed("#b4c6bf", "#12251c", share)
        base = 0.42 + 0.12 * row
        for _ in range(26 - 3 * row):
            height = c.between(0.2, 0.32) * (0.7 + 0.8 * share)
            conifer(c, c.between(-0.05, 1.05), base + c.between(0, 0.08), height, colour)
        line = c.ridge(base, 0.012, 6)
        c.blend(smooth(0, 0.03, c.y - line), colour)
        mist = c.noise(3, 4, stretch=3) * np.exp(-(((c.y - base) / 0.12) ** 2))
        c.blend(mist * 0.75 * (1 - share), "#e8eee8")


def dunes(c: Canvas) -> None:
    """Draw sand dunes, one flank in the sun and one in the shade."""
    c.sky("#2f78b8", "#9fc9e0", "#f2dfba", bottom=0.5)
    ripples = np.sin(c.y * 420 + c.noise(4, 3) * 50 + c.x * 30)
    places = c.x * math.tau
    for row in range(4):
        level, swing = 0.42 + 0.16 * row, 0.07 + 0.03 * row
        turn, bends = c.between(0, 6), c.between(0.45, 0.8)
        line = level - swing * (1 - np.abs(np.sin(places * bends + turn)) ** 1.4)
        below = smooth(0, 0.003, c.y - line)
        crest = np.cos(places * bends + turn) * np.sin(places * bends + turn)
        lean = crest + 2.2 * (c.y - line) - 0.25 + (c.noise(2, 3) - 0.5) * 0.3
        light = smooth(-0.06, 0.06, lean) * np.exp(-np.clip(c.y - line, 0, 1) * 1.5)
        sand = rgb("#6b3a22") + (rgb("#f3bd78") - rgb("#6b3a22")) * light[..., None]
        c.blend(below, sand.astype(np.float32))
        c.shade(1 + below * ripples.astype(np.float32) * 0.05)


def milky_way(c: Canvas) -> None:
    """Draw a clear night over a hill with a tent that glows."""
    c.sky("#060a1c", "#0f1c3c", "#28406b", "#56506e")
    slope = c.between(0.5, 1.1)
    band = np.exp(-(((c.y - 0.05 - slope * (1 - c.x) * 0.8) / 0.16) ** 2))
    dust = c.noise(5, 6)
    c.blend(band * dust * 0.75, "#b7a6cf")
    c.shade(1 - band * smooth(0.5, 0.7, c.noise(7, 5)) * 0.6)
    stars(c, 1500)
    line = c.ridge(0.82, 0.05, 3, 0.4)
    c.blend(smooth(0, 0.003, c.y - line), "#05070c")
    u = c.between(0.2, 0.7)
    c.glow(u, 0.84, 0.2, "#ff9a3c", 0.45)
    with c.pen() as pen:
        corners = [c.px(u - 0.06, 0.9), c.px(u, 0.8), c.px(u + 0.06, 0.9)]
        pen.polygon(corners, fill=c.ink("#ffb347"))
        pen.line([c.px(u, 0.8), c.px(u + 0.012, 0.9)], fill=c.ink("#a85a1c"), width=4)


def aurora(c: Canvas) -> None:
    """Draw curtains of northern light over snow and spruces."""
    c.sky("#030818", "#0a1f33", "#12394a")
    stars(c, 700)
    for _ in range(4):
        fold = c.ridge(c.between(0.3, 0.5), 0.14, c.between(2, 4), 0.25)
        rays = c.noise(3, 6, stretch=0.12)
        curtain = np.exp(-np.clip(fold - c.y, 0, 1) * 7) * smooth(0.015, -0.01, c.y - fold)
        colour = c.one_of(("#3bf08b", "#5cf0c0", "#9a6cf0"))
        c.pixels += (curtain * (0.25 + rays) * 0.55)[..., None] * rgb(colour)
    line = c.ridge(0.8, 0.03, 3, 0.4)
    c.blend(smooth(0, 0.01, c.y - line), "#3d6f78")
    c.shade(1 + smooth(0, 0.01, c.y - line) * (c.noise(8, 5, stretch=3) - 0.5) * 0.5)
    for _ in range(22):
        conifer(c, c.between(0, 1), c.between(0.8, 0.9), c.between(0.1, 0.24), "#04100f")


def winter_cabin(c: Canvas) -> None:
    """Draw a cabin in the snow at dusk, with light in its windows."""
    c.sky("#31456f", "#7f8fb4", "#e9c7b5", bottom=0.6)
    for row, colour in enumerate(("#7d8eae", "#4b6079")):
        line = c.ridge(0.5 + 0.06 * row, 0.07, 3 + row, 0.45)
        c.blend(smooth(0, 0.004, c.y - line), colour)
    for _ in range(30):
        conifer(c, c.between(0, 1), c.between(0.62, 0.7), c.between(0.15, 0.34), "#20303c")
    snow = smooth(0, 0.006, c.y - c.ridge(0.68, 0.03, 3, 0.3))
    c.blend(snow, "#cdd8ea")
    c.shade(1 + snow * (c.noise(5, 6, stretch=2) - 0.45) * 0.35)
    u = c.between(0.3, 0.6)
    c.glow(u + 0.08, 0.72, 0.22, "#ffb566", 0.35)
    with c.pen() as pen:
        pen.rectangle([c.px(u, 0.62), c.px(u + 0.2, 0.78)], fill=c.ink("#4a3022"))
        for plank in np.arange(0.62, 0.78, 0.02):
            pen.line([c.px(u, plank), c.px(u + 0.2, plank)], fill=c.ink("#2c1b12"), width=2)
        roof = [c.px(u - 0.03, 0.63), c.px(u + 0.1, 0.5), c.px(u + 0.23, 0.63)]
        pen.polygon(roof, fill=c.ink("#f2f5fb"))
        for left in (u + 0.03, u + 0.13):
            pen.rectangle([c.px(left, 0.67), c.px(left + 0.04, 0.72)], fill=c.ink("#ffd27a"))
    flakes(c, 600)


def meadow(c: Canvas) -> None:
    """Draw a meadow full of flowers under summer clouds."""
    c.sky("#2f7fd0", "#86bdea", "#d9ecf6", bottom=0.5)
    clouds(c, "#ffffff", cover=0.5, bottom=0.45)
    for row, colour in enumerate(("#7fa4a0", "#5d8b4c")):
        line = c.ridge(0.43 + 0.05 * row, 0.04, 3, 0.35)
        c.blend(smooth(0, 0.004, c.y - line), colour)
    grass = smooth(0, 0.004, c.y - c.ridge(0.53, 0.02, 2, 0.3))
    c.blend(grass, "#5f9a2f")
    c.shade(1 + grass * (c.noise(20, 5, stretch=0.5) - 0.5) * 0.8)
    palette = [c.one_of(("#e8302c", "#f2c419", "#f5f5ff", "#a355d0", "#e86aa8")) for _ in range(3)]
    depths = np.sort(c.random.random(1800) ** 0.6)
    with c.pen() as pen:
        for depth in depths:
            radius = 0.002 + 0.014 * depth**2
            box = c.box(c.between(0, 1), 0.55 + 0.46 * depth, radius, radius * 0.8)
            pen.ellipse(box, fill=c.ink(c.one_of(palette)))


def autumn_tree(c: Canvas) -> None:
    """Draw one great tree in autumn colours on a lawn."""
    c.sky("#a9c9e2", "#e9eff0", bottom=0.7)
    c.blend(smooth(0, 0.01, c.y - c.ridge(0.62, 0.03, 6, 0.5)), "#7b8b5e")
    lawn = smooth(0, 0.01, c.y - c.ridge(0.72, 0.01, 2, 0.3))
    c.blend(lawn, "#86973c")
    c.shade(1 + lawn * (c.noise(30, 4) - 0.5) * 0.6)
    u = c.between(0.38, 0.62)
    shadow = c.mask(lambda d: d.ellipse(c.box(u, 0.84, 0.4, 0.06), fill=170), blur=0.02)
    c.blend(shadow, "#39401c")
    with c.pen() as pen:
        trunk = [(u - 0.03, 0.84), (u - 0.012, 0.5), (u + 0.012, 0.5), (u + 0.035, 0.84)]
        pen.polygon([c.px(*corner) for corner in trunk], fill=c.ink("#3b2a20"))
        for height in range(2600):
            angle, reach = c.between(0, math.tau), c.between(0, 1) ** 0.6
            place = (u + math.cos(angle) * reach * 0.27, 0.4 + math.sin(angle) * reach * 0.29)
            light = 0.35 + 0.65 * height / 2600 - 0.35 * math.sin(angle) * reach
            warm = mixed("#8c2415", c.one_of(("#f0b428", "#e2661d", "#d8421f")), min(light, 1))
            pen.ellipse(c.box(*place, 0.018, 0.013), fill=c.ink(warm))
        for _ in range(350):
            colour = c.one_of(("#d98a24", "#c25a1e"))
            pen.ellipse(c.box(c.between(0, 1), c.between(0.74, 1), 0.006, 0.003), c.ink(colour))


def beach_from_above(c: Canvas) -> None:
    """Draw surf, sand and parasols as a drone sees them."""
    shore = c.ridge(c.between(0.45, 0.6), 0.06, 3, 0.4)
    reach = shore - c.y + (c.noise(6, 4) - 0.5) * 0.05
    water = smooth(-0.01, 0.01, reach)
    c.sky("#ecd9ac", "#e3c68e")
    c.shade(1 + (c.noise(40, 4) - 0.5) * 0.12)
    shallow = np.exp(-np.clip(reach, 0, 1) * 6)[..., None]
    sea = rgb("#0a5c8f") + (rgb("#6fe0d2") - rgb("#0a5c8f")) * shallow
    c.blend(water, sea.astype(np.float32))
    for offset in (0.0, 0.06, 0.13):
        foam = np.exp(-(((reach - offset) / 0.012) ** 2)) * smooth(0.35, 0.6, c.noise(18, 5))
        c.blend(foam * (1 - offset * 4), "#ffffff")
    with c.pen() as pen:
        for _ in range(26):
            u, v = c.between(0.02, 0.98), c.between(0.76, 0.97)
            colour = c.one_of(("#e23b3b", "#f4f4f4", "#2c7fc2", "#f3b62b"))
            pen.ellipse(c.box(u + 0.01, v + 0.012, 0.026, 0.026), fill=c.ink("#6b5433", 0.5))
            pen.ellipse(c.box(u, v, 0.026, 0.026), fill=c.ink(colour))
            for start in range(0, 360, 90):
                pen.pieslice(c.box(u, v, 0.026, 0.026), start, start + 45, c.ink("#fafafa"))


def canyon(c: Canvas) -> None:
    """Draw walls of layered red rock and a strip of river."""
    c.sky("#2c6db4", "#bcd6e6", bottom=0.35)
    for row in range(4):
        line = c.ridge(0.22 + 0.14 * row, 0.1, 3 + row, 0.38)
        below = smooth(0, 0.003, c.y - line)
        strata = np.sin((c.y + (c.noise(3, 3) - 0.5) * 0.05) * (70 + 25 * row))
        wall = c.noise(9, 7, stretch=0.6)
        far = 1 - row / 3
        c.blend(below, mixed("#9c4322", "#c79b8c", far))
        c.shade(1 + below * (strata.astype(np.float32) * 0.16 + (wall - 0.5) * 0.7))
    bend = 0.5 + 0.2 * np.sin(c.y * c.between(8, 14))
    river = np.exp(-(((c.x - bend) / (0.01 + 0.1 * np.clip(c.y - 0.7, 0, 1))) ** 4))
    c.blend(river.astype(np.float32) * smooth(0.7, 0.72, c.y), "#3e7d78")


def clouds(
    c: Canvas, colour: Colour, *, cover: float, bottom: float, blobs: tuple[float, float] = (4, 2)
) -> None:
    """Lay clouds over the sky, thinner towards `bottom`.

    `blobs` are how many clouds fit into the height, and how much wider than high they are.
    """
    heap = c.noise(blobs[0], 7, blobs[1])
    body = smooth(1 - cover, 1.25 - cover, heap) * smooth(bottom, bottom - 0.25, c.y)
    c.blend(body * 0.9, colour)
    c.shade(1 - body * smooth(0.62, 0.9, heap) * 0.12)


def mirror(c: Canvas, shore: float, tint: Colour, amount: float) -> None:
    """Turn what lies under `shore` into a reflection of what is above, broken by ripples."""
    edge = int(shore * c.height_px)
    rows = np.arange(c.height_px - edge)
    waves = (c.noise(30, 3, stretch=8)[edge:] - 0.5) * (8 + rows[:, None] * 0.05)
    source = np.clip(edge - 1 - rows[:, None] + waves, 0, edge - 1).astype(np.intp)
    c.pixels[edge:] = c.pixels[source, np.arange(c.width_px)[None, :]]
    c.blend(smooth(0, 0.002, c.y - shore) * amount, tint)


def conifer(c: Canvas, u: float, v: float, height: float, colour: Colour) -> None:
    """Draw one spruce with its foot at (u, v), directly into the pixels around it."""
    x, foot = c.px(u, v)
    tall = height * c.unit_px
    top, left, right = int(foot - tall), int(x - tall * 0.22), int(x + tall * 0.22)
    rows = slice(max(top, 0), max(min(int(foot), c.height_px), 0))
    columns = slice(max(left, 0), max(min(right, c.width_px), 0))
    patch = c.pixels[rows, columns]
    if not patch.size:
        return
    down = (np.arange(rows.start, rows.stop) - top)[:, None] / tall
    across = np.abs(np.arange(columns.start, columns.stop) - x)[None, :] / tall
    jag = 0.35 + 0.65 * ((down * 9 + c.between(0, 1)) % 1.0)
    ragged = c.random.random(patch.shape[:2]) * 0.05
    cover: Plane = (across < down * 0.2 * jag + ragged * down).astype(np.float32)
    cover = np.maximum(cover, across < 0.01).astype(np.float32)
    patch += (rgb(colour) - patch) * cover[..., None]


def stars(c: Canvas, count: int) -> None:
    """Scatter stars of different brightness and colour."""
    rows = c.random.integers(1, c.height_px - 1, count)
    columns = c.random.integers(1, c.width_px - 1, count)
    light = c.random.pareto(2.5, count).clip(0.12, 2).astype(np.float32)
    tint = c.random.uniform(0.75, 1, (count, 3)).astype(np.float32) * light[:, None]
    for dy, dx, share in ((0, 0, 1.0), (0, 1, 0.5), (1, 0, 0.5), (0, -1, 0.5), (-1, 0, 0.5)):
        c.pixels[rows + dy, columns + dx] += tint * np.float32(share)


def flakes(c: Canvas, count: int) -> None:
    """Let it snow."""
    with c.pen() as pen:
        for _ in range(count):
            radius = c.between(0.0008, 0.0035)
            box = c.box(c.between(0, 1), c.between(0, 1), radius, radius)
            pen.ellipse(box, fill=c.ink("#ffffff", c.between(0.4, 0.95)))
