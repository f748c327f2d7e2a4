"""Pictures with next to nothing in them: what any comparison by pixels finds hard."""

from gphotos_reconcile.media.sample_canvas import Canvas


def flat_sky(c: Canvas) -> None:
    """Draw an overcast sky and nothing else."""
    c.sky("#b9c3cb", "#c4cbd1")


def inside_a_pocket(c: Canvas) -> None:
    """Draw what a phone sees in a pocket: next to black."""
    c.sky("#030304", "#060505")


def chat_screen(c: Canvas) -> None:
    """Draw the screen of a messenger."""
    c.sky("#e9ecef")
    with c.pen() as pen:
        pen.rectangle([c.px(0, 0), c.px(1, 0.09)], fill=c.ink("#1f6f5c"))
        pen.ellipse(c.box(0.1, 0.055, 0.05, 0.05), fill=c.ink("#f2c9a0"))
        pen.rectangle([c.px(0.19, 0.045), c.px(0.5, 0.065)], fill=c.ink("#ffffff"))
        row = 0.13
        while row < 0.88:
            mine, lines = c.random.random() < 0.5, int(c.between(1, 4.99))
            width, height = c.between(0.35, 0.66), 0.02 + 0.026 * lines
            left = 0.95 - width if mine else 0.05
            paint = c.ink("#d4f5c4" if mine else "#ffffff")
            pen.rounded_rectangle([c.px(left, row), c.px(left + width, row + height)], 24, paint)
            for line in range(lines):
                end = left + width * (c.between(0.4, 0.9) if line == lines - 1 else 0.93)
                v = row + 0.016 + 0.026 * line
                pen.rectangle([c.px(left + 0.04, v), c.px(end, v + 0.009)], c.ink("#4a5560"))
            row += height + 0.018
        pen.rounded_rectangle([c.px(0.04, 0.93), c.px(0.96, 0.98)], 40, fill=c.ink("#ffffff"))
