"""Which member of a group of duplicates is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gphotos_reconcile.core.model import Kind, MatchAsset

Key = tuple[tuple[float, ...], str, str, str, int]

KEEPER_RULES: Final = ("raw_first", "jpeg_first", "largest", "oldest", "prefer_folder")
"""What can decide which member of a group is kept, in the order given to `KeeperOrder`."""

_JPEG: Final = "image/jpeg"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeeperOrder:
    """Which member is kept: the first rule that tells two apart decides, at last the path.

    `folders` are asked by `prefer_folder`: the sooner a folder is named, the rather it is kept.
    """

    rules: tuple[str, ...] = ("largest", "raw_first", "oldest")
    folders: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        unknown = set(self.rules) - set(KEEPER_RULES)
        if unknown:
            raise ValueError(f"unknown rules: {sorted(unknown)}")

    def key(self, asset: MatchAsset) -> Key:
        """Return what sorts the item to keep first, whichever came into the catalogue first."""
        ranks = tuple(self._rank(rule, asset) for rule in self.rules)
        return (ranks, asset.album_folder, asset.name, asset.sha256, asset.item_id)

    def reason(self, keeper: MatchAsset, members: Sequence[MatchAsset]) -> str:
        """Return in words why the keeper is kept."""
        for rule in self.rules:
            ranks = [self._rank(rule, member) for member in members]
            if any(rank > self._rank(rule, keeper) for rank in ranks):
                return _REASONS[rule]
        return "all are alike; its path comes first"

    def _rank(self, rule: str, asset: MatchAsset) -> float:
        facts = asset.facts
        match rule:
            case "raw_first":
                return float(asset.kind is not Kind.RAW)
            case "jpeg_first":
                return float(asset.mime_type != _JPEG)
            case "largest":
                pixels = (facts.width_px or 0) * (facts.height_px or 0)
                return -(pixels * max(facts.duration_s or 1.0, 1.0) + asset.size_bytes * 1e-12)
            case "oldest":
                times = [time.taken_at.timestamp() for time in facts.times]
                return min(times, default=float("inf"))
            case _:
                places = [n for n, f in enumerate(self.folders) if asset.album_folder.startswith(f)]
                return float(min(places, default=len(self.folders)))


_REASONS: Final = {
    "raw_first": "it is the raw picture",
    "jpeg_first": "it is the JPEG",
    "largest": "it has the most pixels or bytes",
    "oldest": "it is the oldest",
    "prefer_folder": "it lies in the preferred folder",
}
