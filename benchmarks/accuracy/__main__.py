"""Measure accuracy: python -m benchmarks.accuracy --photos DIR [--series DIR...] --out FILE."""

import argparse
import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from benchmarks.accuracy.pipeline import MemoryItems, judge_all
from benchmarks.accuracy.variants import EDIT, OTHER, SAME, Photo, make_exposures, make_variants
from gphotos_reconcile.core.model import Judgement, Side, Verdict
from gphotos_reconcile.matching.options import MatchOptions, Profile

_FOUND: Final = frozenset(
    {Verdict.IDENTICAL, Verdict.SAME_CONTENT, Verdict.SAME_PICTURE, Verdict.SMALLER_COPY}
)
_OFFERED: Final = frozenset({Verdict.VARIANT, Verdict.REVIEW})
_HELD_BACK: Final = 8  # every so many scenes have no local original
_PICTURES: Final = frozenset({".jpg", ".jpeg", ".png", ".webp", ".heic", ".tif", ".tiff"})

Truth = dict[int, tuple[str, str, int | None]]
"""Label, kind and the right counterpart of each cloud item."""


def main() -> None:
    """Make labelled pairs of the photos given, judge them, print and write what came out."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy")
    parser.add_argument("--photos", type=Path, required=True, help="any folder of photos")
    parser.add_argument("--series", type=Path, nargs="*", default=[], help="one folder per series")
    parser.add_argument("--limit", type=int, default=0, help="so many photos at most")
    parser.add_argument("--profiles", nargs="*", default=[profile.value for profile in Profile])
    parser.add_argument("--sensitivity", type=int, nargs="*", default=[])
    parser.add_argument("--out", type=Path, required=True, help="JSON file for the figures")
    asked = parser.parse_args()
    photos = _pictures(asked.photos)[: asked.limit or None]
    with tempfile.TemporaryDirectory() as folder:
        results = measure(photos, asked.series, Path(folder), _settings(asked))
    asked.out.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def measure(
    photos: list[Path], series: list[Path], folder: Path, settings: dict[str, MatchOptions]
) -> list[dict[str, object]]:
    """Return the figures of every setting, with metadata and without."""
    items = MemoryItems()
    local, truth = _labelled(items, photos, series, folder)
    results: list[dict[str, object]] = []
    for metadata in ("kept", "dropped"):
        if metadata == "dropped":
            items.bare(truth)
        results += _judged(items, local, truth, settings, f"metadata {metadata}")
    items = MemoryItems()
    local, truth = _two_exposures(items, photos, folder)
    return results + _judged(items, local, truth, settings, "two exposures of still scenes")


def _judged(
    items: MemoryItems,
    local: list[int],
    truth: Truth,
    settings: dict[str, MatchOptions],
    what: str,
) -> list[dict[str, object]]:
    return [
        _report(f"{name}, {what}", judge_all(items, sorted(truth), local, options), truth)
        for name, options in settings.items()
    ]


def _settings(asked: argparse.Namespace) -> dict[str, MatchOptions]:
    settings = {name: MatchOptions(profile=Profile(name)) for name in asked.profiles}
    for level in asked.sensitivity:
        settings[f"sensitivity {level}"] = MatchOptions(sensitivity=level)
    return settings


def _labelled(
    items: MemoryItems, photos: list[Path], series: list[Path], folder: Path
) -> tuple[list[int], Truth]:
    truth: Truth = {}
    local: list[int] = []
    for number, path in enumerate(photos):
        made = list(make_variants(Photo.read(path), folder))
        is_held_back = number % _HELD_BACK == _HELD_BACK - 1
        original = None if is_held_back else items.add(Side.LOCAL, [path])[0]
        local += [] if original is None else [original]
        ids = items.add(Side.CLOUD, [one.path for one in made])
        for item_id, one in zip(ids, made, strict=True):
            label = one.label if original is not None else OTHER
            kind = one.kind if original is not None else "heldback"
            truth[item_id] = (label, kind, original)
    for directory in series:
        frames = _pictures(directory)
        local += items.add(Side.LOCAL, frames[::2])
        for item_id in items.add(Side.CLOUD, frames[1::2]):
            truth[item_id] = (OTHER, f"series {directory.name}", None)
    return local, truth


def _two_exposures(items: MemoryItems, photos: list[Path], folder: Path) -> tuple[list[int], Truth]:
    """Add scenes of which the first exposure is local; the photos they are made of are not."""
    truth: Truth = {}
    local: list[int] = []
    for path in photos:
        exposures = make_exposures(Photo.read(path), folder)
        if exposures is None:
            continue
        first, made = exposures
        [original] = items.add(Side.LOCAL, [first])
        local.append(original)
        ids = items.add(Side.CLOUD, [one.path for one in made])
        for item_id, one in zip(ids, made, strict=True):
            truth[item_id] = (one.label, one.kind, original if one.label == SAME else None)
    return local, truth


def _pictures(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in _PICTURES)


def _report(name: str, judged: Iterable[Judgement], truth: Truth) -> dict[str, object]:
    """Print and return what became of every kind, and the rules behind each false claim."""
    kinds: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    false_by_rule: Counter[str] = Counter()
    for judgement in judged:
        label, kind, right = truth[judgement.item_id]
        outcome = _outcome(judgement, label, right)
        kinds[label, kind][outcome] += 1
        if outcome == "false claim":
            false_by_rule[judgement.rule] += 1
    total: Counter[str] = sum(kinds.values(), Counter())
    asked = sum(count for key, c in kinds.items() if key[0] == SAME for count in c.values())
    found = sum(c["ok"] for key, c in kinds.items() if key[0] == SAME)
    print(f"\n{name}: {total.total()} items, {total['false claim']} false claims")
    print(f"  same found: {found} of {asked} = {found / max(asked, 1):.2%};", end=" ")
    print(f"review pile: {total['review'] / max(total.total(), 1):.2%}")
    for key, counts in sorted(kinds.items()):
        print(f"  {key[0]:6}{key[1]:20}", dict(counts))
    print("  false claims by rule:", dict(false_by_rule))
    return {
        "setting": name,
        "items": total.total(),
        "outcomes": dict(total),
        "same_found": found,
        "same_asked": asked,
        "false_claims_by_rule": dict(false_by_rule),
        "kinds": {f"{label} {kind}": dict(counts) for (label, kind), counts in kinds.items()},
    }


def _outcome(judgement: Judgement, label: str, right: int | None) -> str:
    verdict = judgement.verdict
    if label == SAME and verdict in _FOUND:
        return "ok" if judgement.counterpart_id == right else "wrong counterpart"
    if verdict.is_claim:
        return "false claim"
    if label == EDIT and verdict in _OFFERED - {Verdict.REVIEW}:
        return "ok"
    return verdict.value


if __name__ == "__main__":
    main()
