"""Small pictures made by the tests, alike enough to photographs to be decoded and compared."""

import io

import numpy as np
from PIL import Image


def scene(width_px: int = 320, height_px: int = 240, seed: int = 0) -> Image.Image:
    """Return a picture with large shapes, colour and some detail; another for each seed."""
    random = np.random.default_rng(seed)
    coarse = Image.fromarray(random.integers(0, 256, (6, 8, 3), dtype=np.uint8))
    smooth = np.asarray(coarse.resize((width_px, height_px), Image.Resampling.BICUBIC), np.int16)
    noise = random.integers(-6, 7, smooth.shape, dtype=np.int16)
    return Image.fromarray(np.clip(smooth + noise, 0, 255).astype(np.uint8))


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    """Return the picture's bytes in a format of Pillow's."""
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def jpeg(seed: int = 0, **options: object) -> bytes:
    """Return a small JPEG."""
    return encoded(scene(seed=seed), "JPEG", **{"quality": 88, **options})
