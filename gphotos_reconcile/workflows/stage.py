"""Plans that bring chosen cloud items together in Google Photos, and carrying them out."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.core.journals import UploadRecord
from gphotos_reconcile.core.model import Problem
from gphotos_reconcile.core.ports import Progress
from gphotos_reconcile.core.staging import StagedItem, StagingPlan, Way, plan_staging
from gphotos_reconcile.exporters.album_filling import AlbumFilling, StagingTotals, plan_totals
from gphotos_reconcile.exporters.staging import (
    dedup_keys,
    hand_page,
    media_keys,
    plan_csv,
    plan_json,
)
from gphotos_reconcile.exporters.uploads import Uploader, UploadJob
from gphotos_reconcile.exporters.whole import write_whole
from gphotos_reconcile.google.albums import Albums
from gphotos_reconcile.media.sniff import sniff
from gphotos_reconcile.media.window import StreamWindow
from gphotos_reconcile.store.engine import Catalog, Connection
from gphotos_reconcile.store.google_staging import CatalogStaging, stage_items
from gphotos_reconcile.store.google_uploads import CatalogUploads
from gphotos_reconcile.store.recipes import list_recipes, run_recipe
from gphotos_reconcile.workflows.google_access import GoogleOptions, google_access
from gphotos_reconcile.workflows.media_access import BytesFinder
from gphotos_reconcile.workflows.scanning import now
from gphotos_reconcile.workflows.thumbnails import thumbnails

FILES: Final = ("plan.json", "plan.csv", "by-hand.html", "media_keys.txt", "sha1_b64.txt")
"""What `write_files` makes."""

_PICTURED: Final = 1000
"""More pictures than this would make a page that no browser likes."""

_THUMBNAILS_S: Final = 60.0
_ID_COLUMNS: Final = ("item_id", "cloud_item_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRequest:
    """What to stage: a recipe's name or a file of item ids, and which ways are allowed."""

    chosen: str
    title: str
    probe: bool = False
    toolkit: bool = False


def make_plan(catalog: Catalog, request: StageRequest) -> StagingPlan:
    """Make a plan and keep its request, so that it can be carried out later.

    Raises:
        UsageError: the choice names nothing, or the title is not one that Google takes.
    """
    with catalog.connect() as conn:
        item_ids = chosen_ids(conn, request.chosen)
    plan = _plan(catalog, item_ids, request.title, probe=request.probe, toolkit=request.toolkit)
    kept = {"item_ids": item_ids, "probe": request.probe, "toolkit": request.toolkit}
    CatalogStaging(catalog).save_plan(plan.plan_id, plan.title, kept, now())
    return plan


def find_plan(catalog: Catalog, plan_id: str = "") -> StagingPlan:
    """Return the plan whose id begins with `plan_id`, the newest one for "".

    Raises:
        UsageError: there is none.
    """
    found = CatalogStaging(catalog).plan_request(plan_id)
    if found is None:
        raise UsageError(
            "There is no such plan." if plan_id else "There is no staging plan yet.",
            hint="Make one: gphotos-reconcile stage plan cloud_only --title NAME",
        )
    _, title, request = found
    ids = request["item_ids"]
    item_ids = [int(i) for i in ids] if isinstance(ids, list) else []
    return _plan(
        catalog,
        item_ids,
        title,
        probe=bool(request["probe"]),
        toolkit=bool(request["toolkit"]),
    )


def apply_plan(
    catalog: Catalog,
    plan: StagingPlan,
    *,
    options: GoogleOptions,
    probes: int,
    progress: Progress,
) -> StagingTotals:
    """Make the plan's albums, add what the API may add, upload at most `probes` originals.

    Raises:
        GoogleUnavailableError: it stopped half way; the place is kept.
    """
    with google_access(options, "stage", catalog) as google:
        library = google.library()
        journal = CatalogUploads(catalog, now())
        uploader = Uploader(google.uploads(library), library, journal, progress)
        probing = _Probing(uploader, BytesFinder(catalog))
        filling = AlbumFilling(Albums(library), library, CatalogStaging(catalog), progress)
        return filling.apply(plan, upload_into=probing, probes=probes)


def plan_status(catalog: Catalog, plan: StagingPlan) -> StagingTotals:
    """Return how a plan stands, by the catalogue alone."""
    return plan_totals(plan, CatalogStaging(catalog))


def write_files(
    catalog: Catalog, plan: StagingPlan, folder: Path, *, dry_run: bool = False
) -> list[Path]:
    """Write the plan's files into `folder`, each whole or not at all; return their paths.

    The first thousand that are to be added by hand are shown, as far as that takes no minute; a
    dry run shows none, for it would throw them away.

    Raises:
        UsageError: the folder cannot be written to.
    """
    by_hand = [staged.item.item_id for staged in plan.items(Way.HAND)]
    shown = [] if dry_run else by_hand[:_PICTURED]
    with thumbnails(catalog, shown, seconds=_THUMBNAILS_S) as thumbnail:
        page = hand_page(plan, thumbnail)
    texts = (plan_json(plan), plan_csv(plan), page, media_keys(plan), dedup_keys(plan))
    return [
        write_whole(folder / name, text.encode("utf-8"), dry_run=dry_run)
        for name, text in zip(FILES, texts, strict=True)
    ]


def list_media_keys(
    catalog: Catalog, chosen: str, out: Path | None, *, dry_run: bool = False
) -> list[str]:
    """Return the media keys of the chosen items, each once, by item; write them where asked to.

    Raises:
        UsageError: the choice names nothing, or `out` cannot be written to.
    """
    keys = _media_keys_of(catalog, chosen)
    if out is not None:
        write_whole(out, "".join(f"{key}\n" for key in keys).encode(), dry_run=dry_run)
    return keys


def _media_keys_of(catalog: Catalog, chosen: str) -> list[str]:
    with catalog.connect() as conn:
        items = stage_items(conn, chosen_ids(conn, chosen))
        return list(dict.fromkeys(item.media_key for item in items if item.media_key))


def chosen_ids(conn: Connection, chosen: str) -> list[int]:
    """Return the item ids that a recipe's name, or a file with one id a line, names.

    Raises:
        UsageError: it is neither, or a line is no id.
    """
    if chosen in {recipe.name for recipe in list_recipes()}:
        result = run_recipe(conn, chosen, {})
        column = next((c for c in _ID_COLUMNS if c in result.columns), None)
        if column is None:
            raise UsageError(
                f"The recipe {chosen} names no items.", hint="Take one that returns item_id."
            )
        at = result.columns.index(column)
        return sorted({int(row[at]) for row in result.rows if row[at] is not None})
    try:
        text = Path(chosen).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise UsageError(
            f"{chosen} is neither a recipe nor a file that can be read.",
            hint="`gphotos-reconcile query` lists the recipes.",
        ) from None
    return _ids_of(text, chosen)


def _ids_of(text: str, name: str) -> list[int]:
    rows = [row for row in csv.reader(io.StringIO(text)) if row and not row[0].startswith("#")]
    at = 0
    if rows and not rows[0][0].strip().isdigit():
        header = [cell.strip() for cell in rows.pop(0)]
        at = next((header.index(c) for c in _ID_COLUMNS if c in header), 0)
    ids = [row[at].strip() if at < len(row) else "" for row in rows]
    wrong = [cell for cell in ids if not (cell.isascii() and cell.isdigit() and len(cell) < 16)]
    if wrong:
        raise UsageError(
            f"{name} has a line that is no item id: {wrong[0][:40]!r}.",
            hint="One item_id a line, or a CSV with a column item_id.",
        )
    return sorted({int(cell) for cell in ids})


def _plan(
    catalog: Catalog, item_ids: Sequence[int], title: str, *, probe: bool, toolkit: bool
) -> StagingPlan:
    with catalog.connect() as conn:
        items = list(stage_items(conn, item_ids))
    try:
        return plan_staging(
            items,
            title=title,
            bad_ids=CatalogStaging(catalog).bad_ids(),
            probe=probe,
            toolkit=toolkit,
        )
    except ValueError as error:
        raise UsageError(str(error), hint="Give another --title.") from None


class _Probing:
    """Uploads an item's original once more, with the album's id."""

    def __init__(self, uploader: Uploader, find: BytesFinder) -> None:
        self._uploader = uploader
        self._find = find

    def __call__(self, staged: StagedItem, album_id: str) -> UploadRecord | None:
        source = self._find(staged.item.item_id)
        if isinstance(source, Problem):
            return None
        try:
            with source.open() as stream:
                mime_type = sniff(StreamWindow(stream, source.size_bytes)).mime_type
        except OSError:
            return None
        job = UploadJob(
            source=source,
            sha256=staged.item.sha256,
            filename=staged.item.filename,
            mime_type=mime_type,
        )
        return self._uploader.run([job], album_id=album_id).get(job.sha256)
