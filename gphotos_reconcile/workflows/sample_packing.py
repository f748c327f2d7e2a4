"""The sample's export: its members with their folders, names and sidecars, and the zip parts."""

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Final

from gphotos_reconcile.workflows.sample_cast import ALBUMS, CAST, LOST_SIDECARS, SIDECAR_ONLY_ALBUM
from gphotos_reconcile.workflows.sample_names import ROOT, Naming, album_json, item_json
from gphotos_reconcile.workflows.sample_roles import EXPORTED_AT, CastItem, Content, Said

PART_NUMBERS: Final = (1, 2)
_PLAIN_FILE: Final = 0o100644 << 16
_COMPRESSED: Final = (".json", ".dng", ".html", ".vcf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One entry of the export.

    `item` is whose media it is, None for anything else. `is_item` is false for what is a
    medium and no item of its own: the moving half of a still, an item's copy in an album.
    """

    path: str
    data: bytes
    part: int
    item: CastItem | None = None
    is_item: bool = False


def part_name(number: int) -> str:
    """Return the name of a part of the export, as Google names it."""
    return f"takeout-{EXPORTED_AT:%Y%m%dT%H%M%SZ}-1-{number:03d}.zip"


def export_members(contents: Mapping[Content, bytes]) -> list[Member]:
    """Return all entries of the export, in the order of their paths."""
    naming = Naming()
    members = list(_furniture())
    for index, item in enumerate(CAST):
        part = PART_NUMBERS[index % 2]
        # Now and then a sidecar ends up in another part than its photo: pairing has to span them.
        sidecar_part = PART_NUMBERS[(index + (index % 3 == 0)) % 2]
        for folder in filter(None, (_home(item), item.album)):
            names = naming.claim(folder, item.title)
            if item.has_sidecar:
                said = item_json(item.title, item.taken_at, item.said)
                path = f"{ROOT}/{folder}/{names.sidecar}"
                members.append(Member(path=path, data=said, part=sidecar_part))
            if folder != SIDECAR_ONLY_ALBUM:
                path, data = f"{ROOT}/{folder}/{names.media}", contents[item.content]
                home = folder == _home(item)
                members.append(Member(path=path, data=data, part=part, item=item, is_item=home))
        for name, content in item.beside:
            path = f"{ROOT}/{_home(item)}/{name}"
            members.append(Member(path=path, data=contents[content], part=part, item=item))
    return sorted(members, key=lambda member: member.path)


def zipped(members: Iterable[Member]) -> bytes:
    """Return a zip of the members; the same ones give the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for member in members:
            entry = zipfile.ZipInfo(member.path, EXPORTED_AT.timetuple()[:6])
            entry.create_system, entry.external_attr = 3, _PLAIN_FILE
            squeeze = member.path.endswith(_COMPRESSED)
            entry.compress_type = zipfile.ZIP_DEFLATED if squeeze else zipfile.ZIP_STORED
            archive.writestr(entry, member.data)
    return target.getvalue()


def _home(item: CastItem) -> str:
    return item.folder or f"Photos from {item.taken_at.astimezone(UTC).year}"


def _furniture() -> Iterator[Member]:
    """Yield what lies about in every export, and has to be passed over or told."""
    for album in ALBUMS:
        yield Member(path=f"{ROOT}/{album}/metadata.json", data=album_json(album), part=1)
    for title, moment in LOST_SIDECARS:
        sidecar = Naming().claim("", title).sidecar
        path = f"{ROOT}/Photos from {moment.astimezone(UTC).year}/{sidecar}"
        yield Member(path=path, data=item_json(title, moment, Said()), part=2)
    for path, data in _BESIDE.items():
        yield Member(path=path, data=data, part=1)


_BESIDE: Final = {
    "Takeout/archive_browser.html": b"<!DOCTYPE html><title>Google Takeout</title>\n",
    "Takeout/Contacts/All Contacts/All Contacts.vcf": b"BEGIN:VCARD\nVERSION:3.0\nEND:VCARD\n",
    f"{ROOT}/print-subscriptions.json": b"{}",
    f"{ROOT}/shared_album_comments.json": b"{}",
    f"{ROOT}/Photos from 2019/.DS_Store": b"\0\0\0\1Bud1",
}
