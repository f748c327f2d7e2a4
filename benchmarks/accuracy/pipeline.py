"""Files to items to verdicts, all in memory, by the same code that the program runs."""

import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from gphotos_reconcile.core.model import (
    FinePicture,
    Judgement,
    MatchAsset,
    MediaFacts,
    PictureSignature,
    Side,
    VideoFrame,
)
from gphotos_reconcile.core.names import name_stem
from gphotos_reconcile.matching.columns import ItemColumns
from gphotos_reconcile.matching.engine import match_items
from gphotos_reconcile.matching.loading import Wanted
from gphotos_reconcile.matching.options import MatchOptions
from gphotos_reconcile.media.fingerprint import fingerprint
from gphotos_reconcile.media.rendering import fine_luma
from gphotos_reconcile.sources.files import FileBytes
from tests.matching.scenes import row_of


@dataclass(slots=True)
class MemoryItems:
    """Items of both sides by id: what the engine loads from. Ids are unique over both sides."""

    found: dict[int, MatchAsset] = field(default_factory=dict)
    pictures: dict[int, PictureSignature] = field(default_factory=dict)
    paths: dict[int, Path] = field(default_factory=dict)
    decoded: int = 0

    def add(self, side: Side, paths: Iterable[Path]) -> list[int]:
        """Fingerprint files and return their ids."""
        wanted = list(paths)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            prints = list(pool.map(lambda path: fingerprint(_bytes_of(path)), wanted))
        ids = []
        for path, taken in zip(wanted, prints, strict=True):
            item_id = len(self.found) + 1
            picture = taken.picture
            self.paths[item_id] = path
            if picture is not None:
                self.pictures[item_id] = picture
            self.found[item_id] = MatchAsset(
                item_id=item_id,
                side=side,
                name=path.name,
                name_stem=name_stem(path.name),
                kind=taken.kind,
                mime_type=taken.mime_type,
                size_bytes=taken.size_bytes,
                sha256=taken.sha256,
                content_digest=taken.content_digest,
                motion_digest=taken.motion_digest,
                facts=taken.facts,
                phash=picture.phash if picture else None,
                dhash=picture.dhash if picture else None,
                luma_std=picture.luma_std if picture else None,
                source_width_px=picture.source_width_px if picture else None,
                source_height_px=picture.source_height_px if picture else None,
            )
            ids.append(item_id)
        return ids

    def bare(self, ids: Iterable[int]) -> None:
        """Drop names and metadata of items, as programs that make thumbnails do."""
        for item_id in ids:
            asset = self.found[item_id]
            facts = MediaFacts(width_px=asset.facts.width_px, height_px=asset.facts.height_px)
            self.found[item_id] = replace(asset, facts=facts, name=f"{item_id}", name_stem="")

    def assets(self, side: Side, ids: Sequence[int]) -> Mapping[int, MatchAsset]:
        """Return facts; see `matching.loading.ItemLoader`."""
        del side
        return {item_id: self.found[item_id] for item_id in ids}

    def signatures(self, side: Side, ids: Sequence[int]) -> Mapping[int, PictureSignature]:
        """Return kept pixels."""
        del side
        return {i: self.pictures[i] for i in ids if i in self.pictures}

    def frames(self, side: Side, ids: Sequence[int]) -> Mapping[int, tuple[VideoFrame, ...]]:
        """Return no frames: only pictures are measured here."""
        del side, ids
        return {}

    def fine(self, wanted: Sequence[Wanted]) -> Mapping[Wanted, FinePicture]:
        """Decode again."""
        self.decoded += len(wanted)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            made = pool.map(self._seen, wanted)
            return dict(zip(wanted, made, strict=True))

    def _seen(self, wanted: Wanted) -> FinePicture:
        (_, item_id), view = wanted
        return fine_luma(_bytes_of(self.paths[item_id]), view)


def judge_all(
    items: MemoryItems, cloud: Sequence[int], local: Sequence[int], options: MatchOptions
) -> list[Judgement]:
    """Return the judgement of every cloud item."""
    asked, known = (
        ItemColumns.from_rows(row_of(items.found[item_id]) for item_id in ids)
        for ids in (cloud, local)
    )
    return list(match_items(asked, known, items, options))


def _bytes_of(path: Path) -> FileBytes:
    return FileBytes(os.fsencode(path.absolute()), path.stat().st_size)
