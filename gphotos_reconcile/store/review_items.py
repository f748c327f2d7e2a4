"""What the review page shows of items, and of the evidence between them."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from gphotos_reconcile.core.bulk import PairFacts
from gphotos_reconcile.core.model import Evidence
from gphotos_reconcile.core.times import parse_utc
from gphotos_reconcile.store.identities import chunks, identities
from gphotos_reconcile.store.schema import (
    album_item,
    archive,
    content,
    evidence,
    file,
    folder,
    item,
    sidecar,
    verdict,
)

_RESIDUALS = ("tile", "block")
"""Figures of the pixel rules that tell the largest difference of a part, in grey levels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    """What is known of one item, as it is shown; None where nothing is known."""

    item_id: int
    side: str
    name: str
    name_stem: str
    kind: str
    path: str
    folder: str
    archive: str
    albums: tuple[str, ...]
    belongs: str
    mime_type: str | None
    size_bytes: int | None
    width_px: int | None
    height_px: int | None
    duration_s: float | None
    taken_at_utc: str | None
    taken_at_basis: str | None
    offset_minutes: int | None
    camera_make: str | None
    camera_model: str | None
    lens_model: str | None
    iso: int | None
    exposure_time_s: float | None
    f_number: float | None
    focal_length_mm: float | None
    latitude: float | None
    longitude: float | None
    software: str | None
    description: str | None
    people: str | None
    favorited: bool
    sha256: str | None
    product_url: str | None
    problem: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictFacts:
    """The verdict of a cloud item as it stands, and the machine's where a person overruled it."""

    item_id: int
    verdict: str
    rule: str
    strength: int
    reason: str
    counterpart_id: int | None
    relation: str | None
    machine_verdict: str | None
    machine_counterpart_id: int | None


def item_facts(conn: Connection, item_ids: Iterable[int]) -> dict[int, ItemFacts]:
    """Return the facts of each item that the catalogue has."""
    found = {}
    for part in chunks(item_ids):
        albums: dict[int, list[str]] = defaultdict(list)
        query = select(album_item.c.item_id, album_item.c.album).order_by(album_item.c.album)
        for item_id, album in conn.execute(query.where(album_item.c.item_id.in_(part))):
            albums[item_id].append(album)
        for row in conn.execute(_FACTS.where(item.c.item_id.in_(part))).mappings():
            values = dict(row) | {"albums": tuple(albums[row["item_id"]])}
            values["favorited"] = bool(row["favorited"])
            found[row["item_id"]] = ItemFacts(**values)
    return found


_WIDTH = func.coalesce(content.c.width, item.c.listed_width).label("width_px")
_HEIGHT = func.coalesce(content.c.height, item.c.listed_height).label("height_px")
_MODEL = func.coalesce(content.c.camera_model, item.c.listed_camera_model).label("camera_model")

_FACTS = (
    select(
        item.c.item_id,
        item.c.side,
        item.c.name,
        item.c.name_stem,
        item.c.kind,
        func.coalesce(file.c.path_text, "").label("path"),
        func.coalesce(folder.c.path_text, "").label("folder"),
        func.coalesce(archive.c.name, "").label("archive"),
        item.c.belongs,
        func.coalesce(content.c.mime_type, item.c.listed_mime_type).label("mime_type"),
        content.c.size_bytes,
        _WIDTH,
        _HEIGHT,
        content.c.duration_s,
        item.c.taken_at_utc,
        item.c.taken_at_basis,
        item.c.taken_offset_minutes.label("offset_minutes"),
        func.coalesce(content.c.camera_make, item.c.listed_camera_make).label("camera_make"),
        _MODEL,
        content.c.lens_model,
        content.c.iso,
        content.c.exposure_time_s,
        content.c.f_number,
        content.c.focal_length_mm,
        func.coalesce(content.c.latitude, sidecar.c.latitude).label("latitude"),
        func.coalesce(content.c.longitude, sidecar.c.longitude).label("longitude"),
        content.c.software,
        item.c.description,
        sidecar.c.people,
        item.c.favorited,
        content.c.sha256,
        item.c.product_url,
        content.c.problem_message.label("problem"),
    )
    .outerjoin(file, file.c.file_id == item.c.file_id)
    .outerjoin(folder, folder.c.folder_id == file.c.folder_id)
    .outerjoin(archive, archive.c.archive_id == file.c.archive_id)
    .outerjoin(content, content.c.content_id == item.c.content_id)
    .outerjoin(sidecar, sidecar.c.sidecar_id == item.c.sidecar_id)
)


def verdict_facts(conn: Connection, item_ids: Iterable[int]) -> dict[int, VerdictFacts]:
    """Return the verdicts of cloud items; one that was not compared yet is absent."""
    names = VerdictFacts.__slots__
    query = select(*(verdict.c[name] for name in names))
    found = {}
    for part in chunks(item_ids):
        for row in conn.execute(query.where(verdict.c.item_id.in_(part))).mappings():
            found[row["item_id"]] = VerdictFacts(**row)
    return found


def evidence_of(
    conn: Connection, cloud_ids: Iterable[int]
) -> dict[int, dict[int, tuple[Evidence, ...]]]:
    """Return cloud item -> local item -> evidence, the strongest first, doubts last."""
    found: dict[int, dict[int, list[Evidence]]] = defaultdict(lambda: defaultdict(list))
    order = (evidence.c.strength.desc(), evidence.c.local_item_id, evidence.c.evidence_id)
    for part in chunks(cloud_ids):
        query = select(evidence).where(evidence.c.cloud_item_id.in_(part)).order_by(*order)
        for row in conn.execute(query):
            found[row.cloud_item_id][row.local_item_id].append(
                Evidence(
                    rule=row.rule,
                    strength=row.strength,
                    detail=row.detail,
                    figures=tuple(json.loads(row.figures).items()) if row.figures else (),
                )
            )
    return {
        cloud_id: {local_id: tuple(reasons) for local_id, reasons in pairs.items()}
        for cloud_id, pairs in found.items()
    }


def pair_facts(conn: Connection, cloud_ids: Iterable[int]) -> Iterator[PairFacts]:
    """Yield every candidate pair of the cloud items, the pairs of one item beside each other."""
    for part in chunks(cloud_ids):
        reasons = evidence_of(conn, part)
        involved = {*part, *(local_id for pairs in reasons.values() for local_id in pairs)}
        facts, names = _compared(conn, involved), identities(conn, involved)
        for cloud_id in part:
            in_favour = {
                local_id: found
                for local_id, found in reasons.get(cloud_id, {}).items()
                if found[0].strength > 0
            }
            for local_id, found in in_favour.items():
                yield _pair(facts[cloud_id], facts[local_id], found, names, len(in_favour))


def _compared(conn: Connection, item_ids: Iterable[int]) -> dict[int, Row[Any]]:
    """Return what rules ask of each item; its facts for a page are several times as many."""
    rows = (
        row
        for part in chunks(item_ids)
        for row in conn.execute(_COMPARED.where(item.c.item_id.in_(part)))
    )
    return {row.item_id: row for row in rows}


_COMPARED: Select[Any] = select(
    item.c.item_id, item.c.name_stem, item.c.taken_at_utc, _WIDTH, _HEIGHT, _MODEL
).outerjoin_from(item, content, content.c.content_id == item.c.content_id)


def _pair(
    cloud: Row[Any],
    local: Row[Any],
    found: Sequence[Evidence],
    names: Mapping[int, str],
    candidates: int,
) -> PairFacts:
    figures = {name: value for one in found for name, value in one.figures}
    return PairFacts(
        cloud_id=cloud.item_id,
        local_id=local.item_id,
        subject=names[cloud.item_id],
        object=names[local.item_id],
        same_name=cloud.name_stem == local.name_stem,
        seconds_apart=_seconds_apart(cloud, local),
        same_camera=_same_text(cloud.camera_model, local.camera_model),
        same_shape=_same_shape(cloud, local),
        strength=found[0].strength,
        rules=frozenset(one.rule for one in found if one.strength > 0),
        contradicted=any(one.strength < 0 for one in found),
        residual=max((figures[name] for name in _RESIDUALS if name in figures), default=None),
        candidates=candidates,
    )


def _seconds_apart(cloud: Row[Any], local: Row[Any]) -> float | None:
    one, other = parse_utc(cloud.taken_at_utc), parse_utc(local.taken_at_utc)
    return None if one is None or other is None else (one - other).total_seconds()


def _same_text(one: str | None, other: str | None) -> bool | None:
    return None if not one or not other else one.strip().casefold() == other.strip().casefold()


def _same_shape(cloud: Row[Any], local: Row[Any]) -> bool | None:
    sizes = (cloud.width_px, cloud.height_px, local.width_px, local.height_px)
    if not all(sizes):
        return None
    width, height, other_width, other_height = (float(size or 0) for size in sizes)
    # One per cent: what rounding does to the shape of a small thumbnail.
    return abs(width * other_height - other_width * height) <= 0.01 * width * other_height
