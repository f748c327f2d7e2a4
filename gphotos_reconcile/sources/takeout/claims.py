"""Which media name a sidecar asks for: an ordered table of named rules.

Each rule computes names from the title and the counter of a sidecar, and a key under which media
are looked up; nothing is ever guessed by comparing beginnings. The surest rule comes first.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gphotos_reconcile.sources.takeout.names import (
    cut,
    cut_media,
    nfc,
    plain_extension,
    split_counter,
    split_extension,
    units,
    with_counter,
)
from gphotos_reconcile.sources.takeout.readings import Reading


@dataclass(frozen=True, slots=True)
class MediaName:
    """A media file as pairing sees it; `taken_at` is the creation time inside the file."""

    key: int
    name: str
    content_identifier: str | None = None
    is_video: bool = False
    taken_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MediaGroup:
    """All media of one folder that carry the same name, from any part.

    `stem` is the name without a known `extension` (with its dot), `base` the stem without its
    `counter` (`(1)`). `content_identifier` is Apple's, which a still shares with its video.
    """

    name: str
    members: tuple[MediaName, ...]
    stem: str
    extension: str
    base: str
    counter: str
    is_video: bool
    taken_at: datetime | None
    content_identifier: str | None


def group_of(name: str, members: Iterable[MediaName]) -> MediaGroup:
    """Return the group of the media that are named `name` once composed."""
    ordered = tuple(sorted(members, key=lambda one: one.key))
    stem, extension = split_extension(name)
    base, counter = split_counter(stem)
    identifiers = [one.content_identifier for one in ordered if one.content_identifier]
    return MediaGroup(
        name=name,
        members=ordered,
        stem=stem,
        extension=extension,
        base=base,
        counter=counter,
        is_video=any(one.is_video for one in ordered),
        taken_at=min((one.taken_at for one in ordered if one.taken_at), default=None),
        content_identifier=min(identifiers, default=None),
    )


@dataclass(frozen=True, slots=True)
class NameRule:
    """One way in which a media name is made of a title.

    `wanted` gives the keys that a reading asks for, `key_of` the key of a media file.
    """

    name: str
    seen: str
    wanted: Callable[[Reading], tuple[str, ...]]
    key_of: Callable[[MediaGroup], str]


def exact_name(reading: Reading) -> tuple[str, ...]:
    """Return the whole title's name; some exports do not cut (immich-go's e2e data, 2025)."""
    return (with_counter(reading.full_name, reading.counter),)


def cut_name(reading: Reading) -> tuple[str, ...]:
    """Return the name cut to 51 units; the counter is added behind the cut."""
    name = cut_media(reading.full_name)
    if name == reading.full_name:
        return ()
    return (with_counter(name, reading.counter),)


def plain_name(reading: Reading) -> tuple[str, ...]:
    """Return the name with one spelling for extensions that mean the same."""
    stem, extension = split_extension(reading.full_name)
    if not extension:
        return ()
    plain = plain_extension(extension)
    stems = dict.fromkeys((stem, *_cut_stems(stem)))
    return tuple(f"{one}{reading.counter}.{plain}" for one in stems)


def untyped_name(reading: Reading) -> tuple[str, ...]:
    """Return the stems that a title without extension may have got an extension to."""
    name = reading.full_name
    stems = untyped_stems(name)
    if not stems:
        return ()
    ends = (one + reading.counter for one in stems)
    return tuple(dict.fromkeys((*ends, with_counter(name, reading.counter))))


def untyped_stems(name: str) -> tuple[str, ...]:
    """Return a name without extension, whole and as it is cut; none where it has an extension."""
    return () if split_extension(name)[1] else (name, *_cut_stems(name))


def folded_name(reading: Reading) -> tuple[str, ...]:
    """Return the names without regard to case."""
    keys = plain_name(reading) or exact_name(reading)
    return tuple(dict.fromkeys(key.casefold() for key in keys))


def _cut_stems(stem: str) -> tuple[str, ...]:
    """Return the stem cut for extensions of two and of three or four letters, where it is cut."""
    if units(stem) <= 46:
        return ()
    return tuple(cut(stem, limit) for limit in (48, 47, 46) if units(stem) > limit)


def _name_key(group: MediaGroup) -> str:
    return group.name


def _plain_key(group: MediaGroup) -> str:
    return f"{group.stem}.{plain_extension(group.extension)}" if group.extension else group.name


def _stem_key(group: MediaGroup) -> str:
    return group.stem


def _folded_key(group: MediaGroup) -> str:
    return _plain_key(group).casefold()


NAME_RULES: Final = (
    NameRule("exact", "IMG_0042.jpg, also uncut names of 2025 exports", exact_name, _name_key),
    NameRule("cut", "PXL_...LONG_EXPOSURE-02.ORIGINA.jpg: 51 units", cut_name, _name_key),
    NameRule("extension_alias", "title .JPEG, file .jpg", plain_name, _plain_key),
    NameRule("title_without_extension", "20030616 -> 20030616.jpg", untyped_name, _stem_key),
    NameRule("other_case", "IMG_9.JPG for the title img_9.jpg", folded_name, _folded_key),
)


def composed_groups(media: tuple[MediaName, ...]) -> dict[str, MediaGroup]:
    """Return the media of a folder by composed name, in name order."""
    names: dict[str, list[MediaName]] = {}
    for one in media:
        names.setdefault(nfc(one.name), []).append(one)
    return {name: group_of(name, names[name]) for name in sorted(names)}
