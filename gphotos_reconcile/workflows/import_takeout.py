"""Read Takeout exports into the catalogue: scan, pair sidecars, name folders, settle items."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from gphotos_reconcile.core.model import AlbumFacts, SourceKind
from gphotos_reconcile.core.ports import Fingerprinter, Progress
from gphotos_reconcile.sources.takeout.archives import Part, PartState
from gphotos_reconcile.sources.takeout.exports import Export, find_exports
from gphotos_reconcile.sources.takeout.layout import classify_folders
from gphotos_reconcile.sources.takeout.pairing import MediaName, SidecarName, pair_folder
from gphotos_reconcile.sources.takeout.source import TakeoutSource
from gphotos_reconcile.store import pairs
from gphotos_reconcile.store.engine import Catalog, Connection
from gphotos_reconcile.store.known import known_bytes, known_stamps
from gphotos_reconcile.store.runs import ArchiveRow, archives_of, save_archives, save_source
from gphotos_reconcile.store.scans import forget_absent
from gphotos_reconcile.workflows.scanning import (
    Knowing,
    ScanReport,
    ScanTarget,
    run_scan,
    settle_items,
)


def import_takeout(
    paths: Sequence[Path],
    *,
    catalog: Catalog,
    fingerprinter: Fingerprinter,
    progress: Progress | None = None,
) -> tuple[ScanReport, ...]:
    """Read every export found under `paths`, the oldest first.

    Raises:
        SourceError: a path does not exist, is no archive, or holds nothing of Takeout.
    """
    reports = [
        _import_export(export, catalog, fingerprinter, progress) for export in find_exports(paths)
    ]
    settle_items(catalog)
    return tuple(reports)


def _import_export(
    export: Export, catalog: Catalog, fingerprinter: Fingerprinter, progress: Progress | None
) -> ScanReport:
    with catalog.begin() as conn:
        source_id = save_source(
            conn, SourceKind.TAKEOUT, export.export_id, exported_at=export.exported_at
        )
        known_before = archives_of(conn, source_id)
        unread = [_unread(part) for part in export.parts if part.name not in known_before]
        ids = known_before | save_archives(conn, source_id, unread)
    target = ScanTarget(
        source_id=source_id,
        source_name=export.export_id,
        kind=SourceKind.TAKEOUT,
        archive_ids=ids,
    )
    with catalog.connect() as conn:
        source = TakeoutSource(
            export,
            fingerprinter=Knowing(fingerprinter, known_bytes(conn)),
            known=known_stamps(conn, ids),
            progress=progress,
        )
        report = run_scan(catalog, source, target)
    _save_part_states(catalog, source, source_id, report.run_id)
    pair_sidecars(catalog, source_id)
    return replace(report, notes=_notes(source))


def _unread(part: Part) -> ArchiveRow:
    return ArchiveRow(
        name=part.name,
        path=os.fsencode(part.path.absolute()),
        form=part.form.value,
        part_number=part.number,
        state="unread",
        reason="not read to its end yet",
    )


def _save_part_states(catalog: Catalog, source: TakeoutSource, source_id: int, run_id: int) -> None:
    with catalog.begin() as conn:
        states = source.part_states
        rows = [_state_row(state) for state in states]
        ids = save_archives(conn, source_id, [*rows, *_missing_rows(source.export)])
        whole = [ids[state.part.name] for state in states if state.is_whole]
        forget_absent(conn, run_id, whole)


def _state_row(state: PartState) -> ArchiveRow:
    part = state.part
    return ArchiveRow(
        name=part.name,
        path=os.fsencode(part.path.absolute()),
        form=part.form.value,
        part_number=part.number,
        stamp=part.stamp,
        state=state.condition.value,
        reason=state.reason or None,
    )


def _missing_rows(export: Export) -> list[ArchiveRow]:
    return [
        ArchiveRow(
            name=f"part {number}",
            path=b"",
            form="missing",
            part_number=number,
            state="missing",
            reason=f"part {number} of export {export.export_id} was not given",
        )
        for number in export.missing_parts
    ]


def _notes(source: TakeoutSource) -> tuple[str, ...]:
    """Return what is wrong with the set of parts, each with what to do about it."""
    notes = [f"{problem.message} {problem.hint}" for problem in source.export.problems]
    notes += [
        f"{state.part.label} is {state.condition.value}: {state.reason}. {state.hint}"
        for state in source.part_states
        if not state.is_whole
    ]
    if source.export.missing_parts:
        numbers = ", ".join(map(str, source.export.missing_parts))
        notes.append(
            f"Parts {numbers} are missing. Download them from the same export; until then"
            " nothing counts as missing on your disks."
        )
    return tuple(notes)


def pair_sidecars(catalog: Catalog, source_id: int) -> None:
    """Pair media and sidecars in every folder of an export in which something is new."""
    with catalog.connect() as conn:
        changed = pairs.folders_to_pair(conn, source_id)
    if not changed:
        return
    for folder_id in changed:
        with catalog.begin() as conn:
            _pair_one(conn, folder_id)
    with catalog.begin() as conn:
        _name_folders(conn, source_id)


def _pair_one(conn: Connection, folder_id: int) -> None:
    media = [
        MediaName(
            key=row.file_id,
            name=row.name,
            content_identifier=row.content_identifier,
            is_video=row.is_video,
            taken_at=row.taken_at,
        )
        for row in pairs.media_of(conn, folder_id)
    ]
    sidecars = [
        SidecarName(key=row.sidecar_id, name=row.name, title=row.title, taken_at=row.taken_at)
        for row in pairs.sidecars_of(conn, folder_id)
    ]
    found = pair_folder(media, sidecars)
    pairs.save_pairs(
        conn,
        folder_id,
        [
            pairs.PairRow(
                file_id=pairing.media_key,
                sidecar_id=pairing.sidecar_key,
                rule=pairing.rule,
                companion_id=pairing.companion_of,
                edited_id=pairing.edited_of,
                note=pairing.note,
            )
            for pairing in found.pairings
        ],
    )


def _name_folders(conn: Connection, source_id: int) -> None:
    folders = list(pairs.folders_of(conn, source_id))
    facts = {
        row.path_text: AlbumFacts(title=row.titles[0]) if row.titles else None for row in folders
    }
    named = classify_folders(facts)
    for row in folders:
        folder = named[row.path_text]
        pairs.save_folder_role(conn, row.folder_id, folder.role.value, folder.title)
