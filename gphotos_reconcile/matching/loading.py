"""What the engine asks for by item id, and a small memory of what it got."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol

from gphotos_reconcile.core.model import (
    FinePicture,
    FineView,
    MatchAsset,
    PictureSignature,
    Side,
    VideoFrame,
)

Key = tuple[Side, int]
Wanted = tuple[Key, FineView]

FINE_PX: Final = 2048
"""The longer edge at which two pictures are looked at closely."""

_FINE_SIZES_PX: Final = (512, 1024, FINE_PX)
_FINE_KEPT: Final = 24  # about 3 MB each
_FINE_AT_ONCE: Final = 16


class ItemLoader(Protocol):
    """Gives facts and pixels by item id; what is not known is left out of the answer."""

    def assets(self, side: Side, ids: Sequence[int]) -> Mapping[int, MatchAsset]:
        """Return the items' facts."""
        ...

    def signatures(self, side: Side, ids: Sequence[int]) -> Mapping[int, PictureSignature]:
        """Return the kept pixels of pictures."""
        ...

    def frames(self, side: Side, ids: Sequence[int]) -> Mapping[int, tuple[VideoFrame, ...]]:
        """Return the sampled frames of videos."""
        ...

    def fine(self, wanted: Sequence[Wanted]) -> Mapping[Wanted, FinePicture]:
        """Decode pictures again, larger; leave out those that cannot be read any more."""
        ...


def fine_size_px(first: MatchAsset, second: MatchAsset) -> int:
    """Return the size at which a pair is looked at: twice the smaller picture, or all there is."""
    edges = [max(a.facts.width_px or 0, a.facts.height_px or 0) or FINE_PX for a in (first, second)]
    return next((size for size in _FINE_SIZES_PX if size >= 2 * min(edges)), FINE_PX)


class FineStore:
    """Pictures decoded again, the last few kept; decoded in groups so that all cores work."""

    def __init__(self, loader: ItemLoader) -> None:
        self._loader = loader
        self._kept: OrderedDict[Wanted, FinePicture | None] = OrderedDict()

    def prepare(self, wanted: Iterable[Wanted]) -> None:
        """Decode what is wanted and not yet here."""
        missing = [one for one in dict.fromkeys(wanted) if one not in self._kept]
        for first in range(0, len(missing), _FINE_AT_ONCE):
            group = missing[first : first + _FINE_AT_ONCE]
            found = self._loader.fine(group)
            for one in group:
                self._kept[one] = found.get(one)

    def get(self, key: Key, view: FineView) -> FinePicture | None:
        """Return a picture, decoding it if it is not here."""
        self.prepare([(key, view)])
        self._kept.move_to_end((key, view))
        return self._kept[key, view]

    def both(self, first: Wanted, second: Wanted) -> tuple[FinePicture, FinePicture] | None:
        """Decode what is not asked for again, and not kept; None where one cannot be read."""
        found = self._loader.fine([first, second])
        return (found[first], found[second]) if len(found) == 2 else None

    def trim(self) -> None:
        """Forget all but the last few."""
        while len(self._kept) > _FINE_KEPT:
            self._kept.popitem(last=False)
