from collections.abc import Iterator
from pathlib import Path

import pytest

from gphotos_reconcile.core.model import Fingerprint, Problem
from gphotos_reconcile.media.messages import Limits
from gphotos_reconcile.media.worker import WorkerPool
from tests.media.pictures import jpeg
from tests.media.sources import BytesSource, MisbehavingSource


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    with WorkerPool(2, limits=Limits(stall_s=2.0, cpu_s=2)) as workers:
        yield workers


def test_every_job_comes_back_once_whatever_its_order(pool: WorkerPool) -> None:
    jobs = [(number, BytesSource(jpeg(seed=number), f"{number}.jpg")) for number in range(20)]

    done = dict(pool.fingerprints(jobs))

    assert sorted(done) == list(range(20))
    assert all(isinstance(value, Fingerprint) and value.picture for value in done.values())


@pytest.mark.parametrize("deed", ["die", "allocate"])
def test_a_deadly_file_costs_itself_its_picture_and_nothing_else(
    pool: WorkerPool, tmp_path: Path, deed: str
) -> None:
    deadly = MisbehavingSource(jpeg(seed=5), "bad.jpg", deed=deed, mark=tmp_path / "opened")
    jobs = [(n, deadly if n == 3 else BytesSource(jpeg(seed=n))) for n in range(8)]

    done = dict(pool.fingerprints(jobs))

    victim = done[3]
    assert sorted(done) == list(range(8))
    assert isinstance(victim, Fingerprint)
    assert (victim.size_bytes, victim.picture) == (len(jpeg(seed=5)), None)
    assert victim.problem is not None
    others = [value for number, value in done.items() if number != 3]
    assert all(isinstance(value, Fingerprint) and value.picture for value in others)


def test_a_file_that_cannot_be_read_is_a_problem_with_its_name(pool: WorkerPool) -> None:
    done = dict(pool.fingerprints([("k", MisbehavingSource(b"x", "gone.jpg", deed="fail"))]))

    problem = done["k"]
    assert isinstance(problem, Problem)
    assert problem.stage == "read"
    assert "gone.jpg" in problem.message
