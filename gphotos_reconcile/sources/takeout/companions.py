"""Files that have no sidecar of their own: edited copies, and the videos of live photos."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gphotos_reconcile.sources.takeout.claims import MediaGroup, cut_name, exact_name, untyped_name
from gphotos_reconcile.sources.takeout.names import (
    MEDIA_UNITS,
    RAW_EXTENSIONS,
    nfc,
    plain_extension,
    split_extension,
    units,
)
from gphotos_reconcile.sources.takeout.readings import Reading

_SAME_MOMENT: Final = timedelta(seconds=2)
_TOO_FAR: Final = timedelta(hours=38)  # a day, and the widest span of time zones
_LIVE_VIDEO: Final = frozenset({".mp4", ".mov", ".mp", ""})

# Seen in exports, by the account's language; those of the second line are told by peers alone.
_EDITED: Final = (
    "-edited", "-bearbeitet", "-modifié", "-modificato", "-ha editado", "-editat", "-edytowane",
    "-bewerkt", "-編集済み", "-编辑", "-已修改", "-修改", "-已編輯", "-измененный", "-düzenlendi",
    "-muokattu",
    "-editado", "-edytowano", "-отредактировано", "-відредаговано", "-편집됨", "-redigeret",
    "-upravené",
)  # fmt: skip
_EFFECTS: Final = ("-effects", "-smile", "-mix")  # English everywhere, any case


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for the media of one name; names stand for other media of the folder."""

    sidecar_key: int | None
    rule: str
    companion_of: str | None = None
    edited_of: str | None = None
    note: str = ""
    taken_at: datetime | None = None


def pair_edited(
    found: dict[str, Found], groups: Mapping[str, MediaGroup], free: Sequence[Reading]
) -> None:
    """Give edited copies the sidecar of their original, whether it is there or not.

    `X-edited(1).jpg` is the edit of `X(1).jpg`, never of `X.jpg`. A title that truly ends in
    `-edited` has a sidecar of its own and was paired before.
    """
    stems: dict[str, list[MediaGroup]] = {}
    for group in groups.values():
        stems.setdefault(group.stem, []).append(group)
    titles = _titles(free)
    for name, group in groups.items():
        if name in found:
            continue
        for stem, rule in _original_stems(group):
            edit = _edit_of(group, stems.get(stem, ()), found, rule)
            edit = edit or _edit_of_absent(group, titles.get(stem, ()), rule)
            if edit is not None:
                found[name] = edit
                break


def _original_stems(group: MediaGroup) -> Iterator[tuple[str, str]]:
    """Yield what the original's stem may be, with its counter, and the rule that says so."""
    base, counter = group.base, group.counter
    for suffix in _EDITED:
        if base.endswith(nfc(suffix)) and len(base) > len(suffix):
            yield base[: -len(nfc(suffix))] + counter, "edited"
    lowered = base.lower()
    for suffix in _EFFECTS:
        if lowered.endswith(suffix) and len(base) > len(suffix):
            yield base[: -len(suffix)] + counter, "effect"
    head, dash, tail = base.rpartition("-")
    is_cut = bool(head and dash) and units(base) + units(group.extension) == MEDIA_UNITS
    if is_cut and any(nfc(suffix).startswith(dash + tail) for suffix in _EDITED):
        yield head + counter, "edited_cut"


def _edit_of(
    group: MediaGroup, candidates: Iterable[MediaGroup], found: Mapping[str, Found], rule: str
) -> Found | None:
    others = [one for one in candidates if one.is_video == group.is_video and one is not group]
    same = [one for one in others if _plain(one) == _plain(group)]
    originals = same or others
    if not originals:
        return None
    if len(originals) > 1:
        names = ", ".join(sorted(one.name for one in originals))
        return Found(None, "ambiguous", note=f"it may be an edit of any of {names}")
    original = originals[0]
    source = found.get(original.name, Found(None, "none"))
    return Found(source.sidecar_key, rule, edited_of=original.name, taken_at=source.taken_at)


def _edit_of_absent(group: MediaGroup, readings: Sequence[Reading], rule: str) -> Found | None:
    same = [r for r in readings if _plain_of(r) == _plain(group)] or list(readings)
    if len({reading.identity for reading in same}) != 1:
        return None
    choice = min(same, key=lambda r: (r.sidecar.name, r.sidecar.key))
    return Found(choice.sidecar.key, rule, taken_at=choice.sidecar.taken_at)


def _titles(free: Iterable[Reading]) -> dict[str, list[Reading]]:
    """Return sidecars without a file by the stems that their file would have."""
    titles: dict[str, list[Reading]] = {}
    for reading in free:
        names = (*exact_name(reading), *cut_name(reading))
        stems = {split_extension(name)[0] for name in names} | set(untyped_name(reading))
        for stem in stems:
            titles.setdefault(stem, []).append(reading)
    return titles


def _plain(group: MediaGroup) -> str:
    return plain_extension(group.extension)


def _plain_of(reading: Reading) -> str:
    return plain_extension(split_extension(reading.full_name)[1])


def pair_live(found: dict[str, Found], groups: Mapping[str, MediaGroup]) -> None:
    """Join videos without a sidecar to the still that they move.

    By Apple's identifier in both files, else by the moment of the still's sidecar, else by name.
    Counters may differ inside of a pair (junjo's samples), so names decide only where as many
    videos as stills share one, with the same counters.
    """
    videos = [g for n, g in groups.items() if n not in found and _may_be_live(g)]
    stills = _Stills(found, groups) if videos else None
    namesakes: dict[str, list[MediaGroup]] = {}
    for video in videos:
        namesakes.setdefault(video.base, []).append(video)
    for video in videos:
        joined = stills.companion(video, namesakes[video.base]) if stills else None
        if joined is not None:
            found[video.name] = joined


def _may_be_live(group: MediaGroup) -> bool:
    extension = group.extension.lower()
    is_named = extension in {".mp4", ".mov", ".mp"} or _MOTION_NAME.search(group.name) is not None
    return is_named or (group.is_video and extension in _LIVE_VIDEO)


_MOTION_NAME: Final = re.compile(r"\.MP~\d+(?:\(\d+\))?$|^MVIMG_[^.]*$")


class _Stills:
    """The stills of a folder by what can join them to a video."""

    def __init__(self, found: Mapping[str, Found], groups: Mapping[str, MediaGroup]) -> None:
        self._found = found
        self._by_identifier: dict[str, list[MediaGroup]] = {}
        self._by_base: dict[str, list[MediaGroup]] = {}
        for group in groups.values():
            if _is_still(group) and not _is_edit(found.get(group.name)):
                self._by_base.setdefault(group.base, []).append(group)
                if group.content_identifier:
                    self._by_identifier.setdefault(group.content_identifier, []).append(group)

    def companion(self, video: MediaGroup, namesakes: Sequence[MediaGroup]) -> Found | None:
        """Return the still of a video, None when nothing comes near.

        `namesakes` are the videos without sidecar that differ in counter and extension alone.
        """
        if video.content_identifier:
            same = self._by_identifier.get(video.content_identifier, [])
            if len(same) == 1:
                return self._joined(same[0], "live_identifier")
        near = [still for still in self._alike(video) if not _is_excluded(still, video)]
        if not near:
            return None
        at_time = [still for still in near if self._is_at(still, video)]
        if len(at_time) == 1:
            return self._joined(at_time[0], "live_time")
        by_name = [s for s in near if s.counter == video.counter]
        if len(by_name) == 1 and _counters_agree(near, namesakes):
            if not self._is_far(by_name[0], video):
                return self._joined(by_name[0], "live_name")
            return None
        names = ", ".join(sorted(still.name for still in near))
        return Found(None, "ambiguous", note=f"it may be the moving part of {names}")

    def _alike(self, video: MediaGroup) -> list[MediaGroup]:
        """Return stills with the video's name, whatever their counters.

        `PXL_1.MP.jpg` moves in `PXL_1.MP`, so the whole name may be the still's stem.
        """
        whole = video.base + video.extension
        keys = dict.fromkeys((video.base, whole))
        return [still for key in keys for still in self._by_base.get(key, ())]

    def _joined(self, still: MediaGroup, rule: str) -> Found:
        of_still = self._found.get(still.name, Found(None, "none"))
        return Found(of_still.sidecar_key, rule, companion_of=still.name)

    def _time_of(self, still: MediaGroup) -> datetime | None:
        of_still = self._found.get(still.name)
        return of_still.taken_at if of_still else None

    def _is_at(self, still: MediaGroup, video: MediaGroup) -> bool:
        taken_at = self._time_of(still)
        if taken_at is None or video.taken_at is None:
            return False
        return abs(taken_at - video.taken_at) <= _SAME_MOMENT

    def _is_far(self, still: MediaGroup, video: MediaGroup) -> bool:
        taken_at = self._time_of(still)
        if taken_at is None or video.taken_at is None:
            return False
        return abs(taken_at - video.taken_at) > _TOO_FAR


def _counters_agree(stills: Sequence[MediaGroup], videos: Sequence[MediaGroup]) -> bool:
    """Tell whether stills and videos of one name are as many, counted alike, of one type each."""
    one_type = len({_plain(g) for g in stills}) == len({_plain(g) for g in videos}) == 1
    return one_type and sorted(g.counter for g in stills) == sorted(g.counter for g in videos)


def _is_still(group: MediaGroup) -> bool:
    extension = group.extension[1:].lower()
    return not group.is_video and extension not in RAW_EXTENSIONS and not _may_be_live(group)


def _is_edit(found: Found | None) -> bool:
    return found is not None and found.edited_of is not None


def _is_excluded(still: MediaGroup, video: MediaGroup) -> bool:
    """Tell whether both files carry Apple's identifier, and not the same one."""
    both = bool(still.content_identifier and video.content_identifier)
    return both and still.content_identifier != video.content_identifier
