"""The copy list as JSON: holds the plan whole, so that it can be read back exactly.

Paths are bytes. `path` is their readable form; `path_base64` stands beside it only where the
readable form is not the path itself.
"""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, Final

from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.core.model import FileRole, Kind, Locator, Verdict
from gphotos_reconcile.core.names import display_path
from gphotos_reconcile.core.plan import (
    CopyAction,
    CopyPlan,
    LeftOut,
    PlanFile,
    PlanHeader,
    PlanItem,
    other_placements,
)
from gphotos_reconcile.core.times import utc_text

SCHEMA: Final = "gphotos-reconcile/copy-list/1"

# JSON leaves these bare; a terminal, or a reader that is strict about Unicode, stumbles over them.
_BARE: Final = re.compile(
    "[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def manifest_text(plan: CopyPlan) -> str:
    """Return the plan as one JSON document, one item to a line."""
    placed = {(a.item_id, a.source): (order, a) for order, a in enumerate(plan.actions)}
    left_out = [
        {"item_id": out.item_id, "why": out.why, "detail": out.detail} for out in plan.left_out
    ]
    text = (
        f'{{"schema": {_json(SCHEMA)},\n"header": {_json(_header(plan.header))},\n'
        f'"left_out": {_lines(left_out)},\n'
        f'"items": {_lines(_item(item, placed) for item in plan.items)}}}\n'
    )
    return _BARE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _lines(values: Iterable[Mapping[str, Any]]) -> str:
    body = ",\n".join(_json(value) for value in values)
    return f"[\n{body}\n]" if body else "[]"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def read_manifest(text: str) -> CopyPlan:
    """Return the plan that `manifest_text` wrote.

    Raises:
        UsageError: the text is no such document.
    """
    try:
        document = json.loads(text)
        if document["schema"] != SCHEMA:
            raise ValueError(f"its schema is {document['schema']!r}, not {SCHEMA!r}")
        return _plan_read(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(
            f"This is no copy list of ours: {type(error).__name__}: {error}",
            hint="Give a file made by `gphotos-reconcile export copy-list --format json`.",
        ) from error


def _header(header: PlanHeader) -> dict[str, Any]:
    return {
        "version": header.version,
        "catalog": header.catalog,
        "command": header.command,
        "made_at": header.made_at.isoformat(),
        "counts": dict(header.counts),
    }


def _item(
    item: PlanItem, placed: Mapping[tuple[int, PlanFile], tuple[int, CopyAction]]
) -> dict[str, Any]:
    return {
        "item_id": item.item_id,
        "verdict": item.verdict.value,
        "reason": item.reason,
        "kind": item.kind.value,
        "title": item.title,
        "media_key": item.media_key,
        "taken_at": item.taken_at.isoformat() if item.taken_at else None,
        "taken_at_utc": utc_text(item.taken_at),
        "taken_at_basis": item.taken_at_basis,
        "albums": list(item.albums),
        "favourite": item.favourite,
        "description": item.description,
        "people": list(item.people),
        "latitude": item.latitude,
        "longitude": item.longitude,
        "product_url": item.product_url,
        "belongs_to": item.belongs_to,
        "together_with": item.together_with,
        "files": [_file(part) | _place(placed.get((item.item_id, part))) for part in item.files],
    }


def _file(part: PlanFile) -> dict[str, Any]:
    return {
        "source": part.locator.source,
        "archive": part.locator.archive,
        **_path("path", part.locator.path),
        "ordinal": part.locator.ordinal,
        **({} if part.archive_path is None else _path("archive_path", part.archive_path)),
        "name": part.name,
        "size_bytes": part.size_bytes,
        "sha256": part.sha256,
        "sha1": part.sha1,
        "role": part.role.value,
    }


def _place(placed: tuple[int, CopyAction] | None) -> dict[str, Any]:
    if placed is None:
        return {}
    order, action = placed
    return {"target": str(action.target), "order": order, "group": action.group}


def _path(key: str, path: bytes) -> dict[str, str]:
    shown = display_path(path)
    if shown.encode("utf-8", "surrogatepass") == path:
        return {key: shown}
    return {key: shown, f"{key}_base64": base64.b64encode(path).decode("ascii")}


def _path_read(record: Mapping[str, Any], key: str) -> bytes:
    exact = record.get(f"{key}_base64")
    return record[key].encode("utf-8") if exact is None else base64.b64decode(exact)


def _plan_read(document: Mapping[str, Any]) -> CopyPlan:
    header = document["header"]
    read = [(_item_read(record), record["files"]) for record in document["items"]]
    actions = [
        (place["order"], _action_read(item, part, place))
        for item, places in read
        for part, place in zip(item.files, places, strict=True)
        if "target" in place
    ]
    return CopyPlan(
        header=PlanHeader(
            version=header["version"],
            catalog=header["catalog"],
            command=header["command"],
            made_at=datetime.fromisoformat(header["made_at"]),
            counts=tuple(header["counts"].items()),
        ),
        items=tuple(item for item, _ in read),
        actions=tuple(action for _, action in sorted(actions, key=lambda pair: pair[0])),
        left_out=tuple(
            LeftOut(item_id=out["item_id"], why=out["why"], detail=out["detail"])
            for out in document["left_out"]
        ),
    )


def _item_read(record: Mapping[str, Any]) -> PlanItem:
    return PlanItem(
        item_id=record["item_id"],
        verdict=Verdict(record["verdict"]),
        reason=record["reason"],
        kind=Kind(record["kind"]),
        title=record["title"],
        files=tuple(_file_read(part) for part in record["files"]),
        media_key=record["media_key"],
        taken_at=datetime.fromisoformat(record["taken_at"]) if record["taken_at"] else None,
        taken_at_basis=record["taken_at_basis"],
        albums=tuple(record["albums"]),
        favourite=record["favourite"],
        description=record["description"],
        people=tuple(record["people"]),
        latitude=record["latitude"],
        longitude=record["longitude"],
        product_url=record["product_url"],
        belongs_to=record["belongs_to"],
        together_with=record["together_with"],
    )


def _file_read(record: Mapping[str, Any]) -> PlanFile:
    return PlanFile(
        locator=Locator(
            source=record["source"],
            archive=record["archive"],
            path=_path_read(record, "path"),
            ordinal=record["ordinal"],
        ),
        archive_path=_path_read(record, "archive_path") if "archive_path" in record else None,
        name=record["name"],
        size_bytes=record["size_bytes"],
        sha256=record["sha256"],
        sha1=record["sha1"],
        role=FileRole(record["role"]),
    )


def _action_read(item: PlanItem, part: PlanFile, place: Mapping[str, Any]) -> CopyAction:
    return CopyAction(
        item_id=item.item_id,
        group=place["group"],
        source=part,
        target=PurePosixPath(place["target"]),
        taken_at=item.taken_at,
        taken_at_basis=item.taken_at_basis,
        fallbacks=other_placements(item, part),
    )
