"""Whether one picture was cut from another, found by sliding the one over the other.

The part is reduced to windows of several sizes, and each is correlated with every place of the
whole at once, by the product of their spectra. Spectra are kept per picture: in a series the same
few pictures are held against each other again and again.
"""

from collections import OrderedDict
from functools import cache, cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gphotos_reconcile.core.model import GRID_PX, PictureSignature
from gphotos_reconcile.matching.perceptual import grids_of

Floats = NDArray[np.float64]
Spectra = NDArray[np.complex128]

CROP_CORRELATION: Final = 0.9
"""What a window has to correlate with the picture that it may have been cut to."""

_CROP_SHARES: Final = (0.98, 0.95, 0.92, 0.9, 0.87, 0.84, 0.8, 0.75, 0.7, 0.6, 0.5)
_SIZES: Final = tuple(round(GRID_PX * share) for share in _CROP_SHARES)
_CROP_GAIN: Final = 0.3
_LEAST_SCALE: Final = 1e-6
_KEPT: Final = 64  # about 0.4 MB each


class CropSearch:
    """Finds what was cut from what; keeps the spectra of the last few pictures."""

    def __init__(self) -> None:
        """Start without any picture."""
        self._kept: OrderedDict[int, _Picture] = OrderedDict()

    def share(
        self, first: PictureSignature, second: PictureSignature, correlation: float = 0.0
    ) -> float:
        """Return the share of the one's width that the other was cut from; 1.0 when it was not.

        A window has to fit clearly better than the whole does, whose `correlation` is given.
        """
        one, other = self._picture(first), self._picture(second)
        least = max(CROP_CORRELATION, correlation + _CROP_GAIN * (1 - correlation))
        return min(_share(one, other, least), _share(other, one, least))

    def _picture(self, signature: PictureSignature) -> "_Picture":
        known = self._kept.get(id(signature))
        if known is None:
            known = self._kept[id(signature)] = _Picture(signature)
        self._kept.move_to_end(id(signature))
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return known


class _Picture:
    """A picture that is searched, and looked for in others."""

    def __init__(self, signature: PictureSignature) -> None:
        self.signature = signature  # held, so that its id stays its own
        self._grid: Floats = grids_of([signature.luma])[0].astype(np.float64)

    @cached_property
    def spectrum(self) -> Spectra:
        found: Spectra = np.fft.rfft2(self._grid)
        return found

    @cached_property
    def windows(self) -> tuple[Spectra, Floats]:
        """Return the spectra of the picture reduced to each size, and its contrast at each."""
        placed = np.zeros((len(_SIZES), GRID_PX, GRID_PX))
        scales = np.zeros(len(_SIZES))
        for number, size in enumerate(_SIZES):
            weights = _averaging(GRID_PX, size)
            window = weights @ self._grid @ weights.T
            window -= window.mean()
            scales[number] = np.sqrt((window**2).sum())
            placed[number, :size, :size] = window
        return np.conj(np.fft.rfft2(placed)), scales

    @cached_property
    def contrasts(self) -> list[Floats]:
        """Return the contrast under a window of each size at each place."""
        sums = np.zeros((2, GRID_PX + 1, GRID_PX + 1))
        sums[:, 1:, 1:] = np.stack([self._grid, self._grid**2]).cumsum(axis=1).cumsum(axis=2)
        found = []
        for size in _SIZES:
            across = sums[:, :, size:] - sums[:, :, :-size]
            total, squares = across[:, size:] - across[:, :-size]
            found.append(np.sqrt(np.maximum(squares - total**2 / size**2, 1.0)))
        return found


def _share(part: _Picture, whole: _Picture, least: float) -> float:
    spectra, scales = part.windows
    columns = np.fft.ifft(whole.spectrum * spectra, axis=1)
    best, share = least, 1.0
    for number, size in enumerate(_SIZES):
        if scales[number] < _LEAST_SCALE:
            continue
        places = GRID_PX - size + 1
        dot = np.fft.irfft(columns[number, :places], n=GRID_PX, axis=1)[:, :places]
        found = float((dot / (scales[number] * whole.contrasts[number])).max())
        if found > best:
            best, share = found, _CROP_SHARES[number]
    return share


@cache
def _averaging(edge: int, size: int) -> Floats:
    """Return the weights that reduce a row of cells to `size` by averaging, cells taken in part."""
    edges = np.linspace(0, edge, size + 1)
    cells = np.arange(edge)
    weights = np.clip(np.minimum(edges[1:, None], cells + 1) - np.maximum(edges[:-1, None], cells),
                      0, None)  # fmt: skip
    shares: Floats = weights / weights.sum(axis=1, keepdims=True)
    return shares
