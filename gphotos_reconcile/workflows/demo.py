"""The whole job on a sample that the program makes itself."""

from pathlib import Path

from gphotos_reconcile.core.model import Side
from gphotos_reconcile.core.ports import Progress
from gphotos_reconcile.media.worker import WorkerPool
from gphotos_reconcile.store.engine import Catalog
from gphotos_reconcile.workflows.duplicates import GroupRequest, group_duplicates
from gphotos_reconcile.workflows.run import RunRequest, RunResult, run_job
from gphotos_reconcile.workflows.sample import make_sample


def run_demo(
    folder: Path, catalog: Catalog, *, pool: WorkerPool, progress: Progress | None = None
) -> RunResult:
    """Make the sample under `folder` and run the main job on it."""
    sample = make_sample(folder)
    request = RunRequest(
        exports=sample.parts,
        libraries=[sample.library],
        out=folder / "out",
        command="gphotos-reconcile demo",
    )
    result = run_job(request, catalog, pool=pool, progress=progress)
    for side in Side:  # so that the review has groups to show
        group_duplicates(catalog, GroupRequest(side=side), pool=pool, progress=progress)
    return result
