"""Which sidecar belongs to which media file: pure, one folder of one export at a time.

The order is that of docs/takeout.md: names computed from titles by the rules of `claims`, then
edited copies, then live videos. A rule is tried for the whole folder before the next one, and
takes a pair only where exactly one sidecar fits exactly one file; what remains ambiguous is said
and not guessed. Every step is a look-up by a computed name, so time grows with the folder's size.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from gphotos_reconcile.sources.takeout.claims import (
    NAME_RULES,
    MediaGroup,
    MediaName,
    NameRule,
    composed_groups,
    untyped_stems,
)
from gphotos_reconcile.sources.takeout.companions import Found, pair_edited, pair_live
from gphotos_reconcile.sources.takeout.names import cut_media, nfc, split_extension
from gphotos_reconcile.sources.takeout.readings import Reading, SidecarName, read_name

__all__ = ["FolderPairs", "MediaName", "Pairing", "SidecarName", "pair_folder"]

_SAME_MOMENT: Final = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Pairing:
    """What belongs to one media file.

    `companion_of` is the still that this live video moves, `edited_of` the original that this is
    an edit of; such a file shares its sidecar. `rule` is `ambiguous` or `none` where there is no
    sidecar, and `note` then says why.
    """

    media_key: int
    sidecar_key: int | None
    rule: str
    companion_of: int | None = None
    edited_of: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class FolderPairs:
    """The pairs of one folder: one for every media file, by key.

    `unpaired` are the sidecars that no file in the folder belongs to. `twins` are second sidecars
    of an item that is paired: from the other naming scheme, or from another part.
    """

    pairings: tuple[Pairing, ...]
    unpaired: tuple[int, ...]
    twins: tuple[int, ...] = ()


def pair_folder(media: Sequence[MediaName], sidecars: Sequence[SidecarName]) -> FolderPairs:
    """Pair the media and sidecars of one folder, over all parts of an export.

    Args:
        media: every media file; the order does not matter.
        sidecars: every item sidecar (no album facts); the order does not matter.
    """
    groups = composed_groups(tuple(media))
    folder = _Folder(groups)
    readings = [r for one in sidecars if (r := read_name(one)) is not None]
    readings.sort(key=lambda r: (r.full_name, r.counter, r.sidecar.name, r.sidecar.key))
    crowded = _crowded(readings)
    for rule in NAME_RULES:
        unsure = _unsure(rule, crowded)
        folder.apply(rule, (r for r in readings if r.sidecar.key not in unsure))
        if rule.name == "cut":
            folder.apply_names("sidecar_collision", _collisions(crowded))
    pair_edited(folder.found, groups, folder.still_open(readings))
    pair_live(folder.found, groups)
    folder.explain(sidecars, readings)
    return folder.result(sidecars)


@dataclass(slots=True)
class _Folder:
    """The state of one folder while its rules are applied."""

    groups: dict[str, MediaGroup]
    found: dict[str, Found] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    twins: set[int] = field(default_factory=set)
    doubtful: set[int] = field(default_factory=set)

    def apply(self, rule: NameRule, readings: Iterable[Reading]) -> None:
        """Pair whatever `rule` decides without doubt."""
        wanted = [(key, r) for r in self.still_open(readings) for key in rule.wanted(r)]
        if not wanted:
            return
        names: dict[str, list[str]] = {}
        for name, group in self.groups.items():
            if name not in self.found:
                names.setdefault(rule.key_of(group), []).append(name)
        self._settle(rule.name, [(n, r) for key, r in wanted for n in names.get(key, ())])

    def apply_names(self, rule: str, wanted: Iterable[tuple[str, Reading]]) -> None:
        """Pair sidecars with the names given for them."""
        fitting = [
            (name, reading)
            for name, reading in wanted
            if name in self.groups and name not in self.found and self._is_open(reading)
        ]
        self._settle(rule, fitting)

    def _is_open(self, reading: Reading) -> bool:
        return reading.sidecar.key not in self.used and reading.sidecar.key not in self.doubtful

    def still_open(self, readings: Iterable[Reading]) -> list[Reading]:
        """Return the sidecars that are neither paired nor in doubt."""
        return [reading for reading in readings if self._is_open(reading)]

    def _settle(self, rule: str, fitting: Sequence[tuple[str, Reading]]) -> None:
        by_name: dict[str, list[Reading]] = {}
        by_sidecar: dict[int, set[str]] = {}
        for name, reading in fitting:
            by_name.setdefault(name, []).append(reading)
            by_sidecar.setdefault(reading.sidecar.key, set()).add(name)
        for name, readings in by_name.items():
            choice = _only_one(self.groups[name], readings)
            is_clear = choice is not None and len(by_sidecar[choice.sidecar.key]) == 1
            if choice is not None and is_clear and _is_one_spelling(self.groups[name]):
                self._take(rule, name, choice, readings)
            else:
                self._doubt(name, readings)

    def _take(self, rule: str, name: str, choice: Reading, readings: Iterable[Reading]) -> None:
        label = choice.rule if rule == "exact" else rule
        self.found[name] = Found(choice.sidecar.key, label, taken_at=choice.sidecar.taken_at)
        self.used.add(choice.sidecar.key)
        for reading in readings:
            if reading is choice:
                continue
            if reading.identity == choice.identity:
                self.used.add(reading.sidecar.key)
                self.twins.add(reading.sidecar.key)

    def _doubt(self, name: str, readings: Iterable[Reading]) -> None:
        names = sorted({reading.sidecar.name for reading in readings})
        note = f"more than one way to pair it with {', '.join(names)}"
        self.found[name] = Found(None, "ambiguous", note=note)
        self.doubtful.update(reading.sidecar.key for reading in readings)

    def explain(self, sidecars: Iterable[SidecarName], readings: Iterable[Reading]) -> None:
        """Say of files that are left over when a sidecar has their name and another title."""
        known = {reading.sidecar.key for reading in readings}
        strange = {nfc(s.name).casefold(): s for s in sidecars if s.key not in known}
        for name in self.groups:
            if name in self.found:
                continue
            other = strange.get(f"{name}.json".casefold())
            other = other or strange.get(f"{name}.supplemental-metadata.json".casefold())
            if other is not None:
                note = f"{other.name} has its name, and the title {other.title!r}"
                self.found[name] = Found(None, "ambiguous", note=note)

    def result(self, sidecars: Iterable[SidecarName]) -> FolderPairs:
        """Return what was found, by key."""
        nothing = Found(None, "none", note="no sidecar in this folder fits its name")
        pairings = [
            self._pairing(one, self.found.get(name, nothing))
            for name, group in self.groups.items()
            for one in group.members
        ]
        pairings.sort(key=lambda pairing: pairing.media_key)
        used = self.used | {found.sidecar_key for found in self.found.values()}
        unpaired = sorted(s.key for s in sidecars if s.key not in used)
        return FolderPairs(tuple(pairings), tuple(unpaired), tuple(sorted(self.twins)))

    def _pairing(self, media: MediaName, found: Found) -> Pairing:
        return Pairing(
            media_key=media.key,
            sidecar_key=found.sidecar_key,
            rule=found.rule,
            companion_of=self._key_of(found.companion_of),
            edited_of=self._key_of(found.edited_of),
            note=found.note,
        )

    def _key_of(self, name: str | None) -> int | None:
        return None if name is None else self.groups[name].members[0].key


def _only_one(group: MediaGroup, readings: Sequence[Reading]) -> Reading | None:
    """Return the sidecar when all that fit are of one item, or one alone is of the file's time."""
    if len({reading.identity for reading in readings}) > 1:
        at_time = [r for r in readings if _is_same_moment(group, r)]
        readings = at_time if len({r.identity for r in at_time}) == 1 else ()
    # The newer scheme first: where both are there, the newer export wrote it.
    return min(readings, key=_preference, default=None)


def _preference(reading: Reading) -> tuple[bool, str, int]:
    return reading.rule != "supplemental", reading.sidecar.name, reading.sidecar.key


def _is_same_moment(group: MediaGroup, reading: Reading) -> bool:
    taken_at, told = group.taken_at, reading.sidecar.taken_at
    return taken_at is not None and told is not None and abs(taken_at - told) <= _SAME_MOMENT


def _is_one_spelling(group: MediaGroup) -> bool:
    """Tell whether the files of one name are of one spelling.

    A composed and a decomposed name beside each other may be two items; only their names say so.
    """
    return len({one.name for one in group.members}) == 1


def _crowded(readings: Iterable[Reading]) -> list[list[Reading]]:
    """Return the groups of sidecars that have one body and more than one title."""
    bodies: dict[str, list[Reading]] = {}
    for reading in readings:
        if reading.is_at_limit:
            bodies.setdefault(reading.body, []).append(reading)
    return [group for group in bodies.values() if len({r.full_name for r in group}) > 1]


def _unsure(rule: NameRule, crowded: Iterable[Sequence[Reading]]) -> set[int]:
    """Return sidecars whose counter may count other titles' sidecars, not the media's.

    Titles that share their first 46 units share one body, and are counted there together; the
    files, cut at 51, may not collide at all, or in other groups.
    """
    mixed = (g for g in crowded if len({_media_name(reading, rule) for reading in g}) > 1)
    return {reading.sidecar.key for group in mixed for reading in group}


def _media_name(reading: Reading, rule: NameRule) -> str:
    return cut_media(reading.full_name) if rule.name == "cut" else reading.full_name


def _collisions(crowded: Iterable[Sequence[Reading]]) -> list[tuple[str, Reading]]:
    """Return names for sidecars of different long titles that were counted together.

    `P.json` and `P(1).json` of two titles that begin alike: each file has its title's own name.
    Only where every number from none upwards is there, and the title is the only one of its name:
    a title without extension may have got any, and so may be the owner of every name of its stem.
    """
    wanted: list[tuple[str, Reading]] = []
    for group in filter(_is_complete, crowded):
        titles: dict[str, list[Reading]] = {}
        for reading in group:
            titles.setdefault(reading.full_name, []).append(reading)
        cuts = Counter(cut_media(name) for name in titles)
        open_stems = {stem for name in titles for stem in untyped_stems(name)}
        for name, same in titles.items():
            if len({reading.counter for reading in same}) == 1:
                names = {name} | {one for one in (cut_media(name),) if cuts[one] == 1}
                names = {one for one in names if split_extension(one)[0] not in open_stems}
                wanted += [(one, reading) for reading in same for one in sorted(names)]
    return wanted


def _is_complete(group: Iterable[Reading]) -> bool:
    numbers = {int(reading.counter[1:-1] or 0) if reading.counter else 0 for reading in group}
    return numbers == set(range(len(numbers)))
