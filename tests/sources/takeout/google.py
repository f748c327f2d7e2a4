"""Names a folder as Google does, by the rules of docs/takeout.md; pairing has to invert it.

Written apart from the code under test: only the rules' text is shared.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from unicodedata import normalize

from gphotos_reconcile.sources.takeout.pairing import MediaName, SidecarName

START = datetime(2019, 1, 1, tzinfo=UTC)
SUFFIX = ".supplemental-metadata"
ENDINGS = (".jpg", ".JPG", ".jpeg", ".HEIC", ".png", ".mp4", ".MOV", ".gif", ".dng")


@dataclass(frozen=True)
class Item:
    """One item of the cloud; items are told apart by their number."""

    title: str
    is_edited: bool = False
    is_live: bool = False


@dataclass
class Folder:
    """What Google writes for some items; `truth` leads from media to sidecar keys."""

    media: list[MediaName] = field(default_factory=list)
    sidecars: list[SidecarName] = field(default_factory=list)
    truth: dict[int, int] = field(default_factory=dict)
    is_counted_together: set[int] = field(default_factory=set)


def short(text: str, limit: int) -> str:
    """Cut text to UTF-16 units without splitting a pair."""
    while len(text.encode("utf-16-le", "surrogatepass")) // 2 > limit:
        text = text[:-1]
    return text


def ending_of(name: str) -> str:
    """Return the extension, "" for none that Google knows."""
    return next((end for end in ENDINGS if name.endswith(end) and name != end), "")


def folder_of(items: Sequence[Item], *, is_new_scheme: bool) -> Folder:
    """Return the files of one folder."""
    folder = Folder()
    media_names: Counter[str] = Counter()
    bodies: Counter[str] = Counter()
    shared: dict[str, set[str]] = {}
    unique = Counter(item.title for item in items)
    for number, item in sorted(enumerate(items), key=lambda pair: (pair[1].title, pair[0])):
        name = re.sub(r'[\\/:*?"<>|%&]', "_", normalize("NFC", item.title))
        body = short(name + (SUFFIX if is_new_scheme else ""), 46)
        shared.setdefault(body, set()).add(name)
        ending = ending_of(name)
        extension = ending or ".jpg"
        stem = short(name.removesuffix(ending), 51 - len(extension))
        _add(folder, number, f"{stem}{_count(media_names, stem + extension)}{extension}", number)
        sidecar = f"{body}{_count(bodies, body)}.json"
        taken_at = START + timedelta(hours=number)
        folder.sidecars.append(SidecarName(number, sidecar, item.title, taken_at))
        if unique[item.title] == 1 and len(stem) <= 38:
            if item.is_edited and ending:
                _add(folder, number + 1000, f"{stem}-edited{extension}", number)
            if item.is_live and extension == ".HEIC":
                _add(folder, number + 2000, f"{stem}.MP4", number, is_video=True)
    for sidecar_name in folder.sidecars:
        body = re.sub(r"(?<! )\(\d+\)$", "", sidecar_name.name.removesuffix(".json"))
        if len(shared.get(body, ())) > 1:
            folder.is_counted_together.add(sidecar_name.key)
    return folder


def _count(used: Counter[str], name: str) -> str:
    used[name] += 1
    return f"({used[name] - 1})" if used[name] > 1 else ""


def _add(folder: Folder, key: int, name: str, sidecar: int, *, is_video: bool = False) -> None:
    folder.media.append(MediaName(key, name, None, is_video or name.endswith((".mp4", ".MOV"))))
    folder.truth[key] = sidecar
