"""Which media name a sidecar asks for: an ordered table of named rules.

Each rule computes names from the title and the counter of a sidecar, and a key under which media
are looked up; nothing is ever guessed by comparing beginnings. The surest rule comes first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
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


@dataclass(frozen=True)
class MediaGroup:
    """All media of one folder that carry the same name, from any part."""

    name: str
    members: tuple[MediaName, ...]

    @cached_property
    def stem(self) -> str:
        """Return the name without a known extension."""
        return split_extension(self.name)[0]

    @cached_property
    def extension(self) -> str:
        """Return the extension with its dot, "" where there is none."""
        return split_extension(self.name)[1]

    @cached_property
    def base(self) -> str:
        """Return the stem without a counter."""
        return split_counter(self.stem)[0]

    @cached_property
    def counter(self) -> str:
        """Return the counter as `(1)`, or ""."""
        return split_counter(self.stem)[1]

    @cached_property
    def is_video(self) -> bool:
        """Tell whether the content is a video."""
        return any(one.is_video for one in self.members)

    @cached_property
    def taken_at(self) -> datetime | None:
        """Return the creation time inside the file."""
        return min((one.taken_at for one in self.members if one.taken_at), default=None)

    @cached_property
    def content_identifier(self) -> str | None:
        """Return Apple's identifier, which a still shares with its video."""
        return min((m.content_identifier for m in self.members if m.content_identifier), default="")


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
    if split_extension(name)[1]:
        return ()
    names = (name, *_cut_stems(name))
    ends = (one + reading.counter for one in names)
    return tuple(dict.fromkeys((*ends, with_counter(name, reading.counter))))


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
    return {
        name: MediaGroup(name, tuple(sorted(names[name], key=lambda m: m.key)))
        for name in sorted(names)
    }
