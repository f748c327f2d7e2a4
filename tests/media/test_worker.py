import hashlib
import itertools
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gphotos_reconcile.core.model import FinePicture, Fingerprint, Problem, Repeated
from gphotos_reconcile.media.fingerprint import fingerprint, fingerprint_or_repeated
from gphotos_reconcile.media.messages import Limits
from gphotos_reconcile.media.worker import WorkerPool
from tests.media.pictures import encoded, jpeg, scene
from tests.media.sources import (
    BytesSource,
    MisbehavingSource,
    ProbingSource,
    StubbornSource,
)


@pytest.fixture(scope="module")
def pool() -> Iterator[WorkerPool]:
    with WorkerPool(2) as workers:
        yield workers


def test_every_job_comes_back_once_whatever_its_order(pool: WorkerPool) -> None:
    jobs = [(number, BytesSource(jpeg(seed=number), f"{number}.jpg")) for number in range(20)]

    done = list(pool.fingerprints(jobs))

    assert sorted(key for key, _ in done) == list(range(20))
    assert all(isinstance(value, Fingerprint) and value.picture for _, value in done)


def test_jobs_are_drawn_only_as_fast_as_workers_are_free(pool: WorkerPool) -> None:
    drawn = itertools.count()
    jobs = ((next(drawn), BytesSource(jpeg(seed=1))) for _ in range(1000))

    running = pool.fingerprints(jobs)
    for _ in range(5):
        next(running)
    running.close()  # type: ignore[attr-defined]  # a generator, promised as an iterator

    assert next(drawn) <= 5 + 2 * 2 + 1


def test_a_caller_that_leaves_early_leaves_nothing_behind(pool: WorkerPool) -> None:
    first = pool.fingerprints([(n, BytesSource(jpeg(seed=n))) for n in range(10)])
    next(first)
    first.close()  # type: ignore[attr-defined]  # a generator, promised as an iterator

    again = dict(pool.fingerprints([("other", BytesSource(jpeg(seed=99)))]))

    assert list(again) == ["other"]


def test_workers_that_rest_are_there_for_the_next_job(pool: WorkerPool) -> None:
    before = dict(pool.fingerprints([("one", BytesSource(jpeg(seed=1)))]))
    workers = [hand.process for hand in pool._hands]

    pool.rest()
    after = dict(pool.fingerprints([("one", BytesSource(jpeg(seed=1)))]))

    assert workers
    assert all(process.poll() is not None for process in workers)
    assert before == after


def test_two_threads_take_turns(pool: WorkerPool) -> None:
    found: dict[str, int] = {}

    def work(name: str) -> None:
        jobs = [(n, BytesSource(jpeg(seed=n))) for n in range(6)]
        found[name] = len(list(pool.fingerprints(jobs)))

    threads = [threading.Thread(target=work, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == {"a": 6, "b": 6}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("deed", "told"),
    [
        ("die", "crashed"),
        ("exit", "crashed"),
        ("allocate", "failed on it"),
        ("burn", "processor time"),
        ("sleep", "gave no sign"),
    ],
)
def test_a_deadly_file_costs_itself_its_picture_and_nothing_else(
    tmp_path: Path, deed: str, told: str
) -> None:
    limits = Limits(stall_s=8.0 if deed == "sleep" else 120.0, cpu_s=1 if deed == "burn" else 60)
    deadly = MisbehavingSource(jpeg(seed=5), "bad.jpg", deed=deed, mark=tmp_path / "opened")

    with WorkerPool(2, limits=limits) as pool:
        done = dict(
            pool.fingerprints(
                (n, deadly if n == 3 else BytesSource(jpeg(seed=n))) for n in range(8)
            )
        )

    victim = done.pop(3)
    assert sorted(done) == [0, 1, 2, 4, 5, 6, 7]
    assert isinstance(victim, Fingerprint)
    assert (victim.size_bytes, victim.picture) == (len(jpeg(seed=5)), None)
    assert victim.problem is not None
    assert told in victim.problem.message
    assert all(isinstance(value, Fingerprint) and value.picture for value in done.values())


def test_a_file_that_kills_every_worker_is_a_problem_not_a_loop(pool: WorkerPool) -> None:
    done = dict(pool.fingerprints([("k", MisbehavingSource(b"x", "cursed.jpg", deed="die"))]))

    problem = done["k"]
    assert isinstance(problem, Problem)
    assert "cursed.jpg" in problem.message


def test_a_file_that_cannot_be_read_is_a_problem_with_its_name(pool: WorkerPool) -> None:
    done = dict(pool.fingerprints([("k", MisbehavingSource(b"x", "gone.jpg", deed="fail"))]))

    problem = done["k"]
    assert isinstance(problem, Problem)
    assert problem.stage == "read"
    assert "gone.jpg" in problem.message


@pytest.mark.parametrize("announced", [10, 100_000])
def test_a_file_of_another_size_than_announced_is_a_problem(
    pool: WorkerPool, announced: int
) -> None:
    source = BytesSource(jpeg(), "cut.jpg", announced_bytes=announced)

    done = dict(pool.fingerprints([("k", source)]))

    problem = done["k"]
    assert isinstance(problem, Problem)
    assert (problem.stage, "announced" in problem.message) == ("read", True)


def test_bytes_that_are_known_are_read_and_not_decoded(pool: WorkerPool) -> None:
    twin, other = jpeg(seed=1), jpeg(seed=2)
    known = frozenset({hashlib.sha256(twin).hexdigest()})
    jobs = [("twin", BytesSource(twin)), ("other", BytesSource(other))]

    done = dict(pool.fingerprints(jobs, lambda _size: known))

    assert done["twin"] == Repeated(size_bytes=len(twin), sha256=next(iter(known)))
    assert isinstance(done["other"], Fingerprint)
    assert done["other"] == dict(pool.fingerprints(jobs))["other"]


def test_known_bytes_that_cannot_be_read_to_their_end_are_a_problem(pool: WorkerPool) -> None:
    twin = jpeg(seed=1)
    known = frozenset({hashlib.sha256(twin).hexdigest()})
    cut = BytesSource(twin, "cut.jpg", announced_bytes=len(twin) + 1)

    assert isinstance(dict(pool.fingerprints([("k", cut)], lambda _size: known))["k"], Problem)


def test_known_bytes_too_large_for_memory_are_not_decoded_either(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    twin = jpeg(seed=1)
    known = frozenset({hashlib.sha256(twin).hexdigest()})
    monkeypatch.setattr("gphotos_reconcile.media.fingerprint.MEMORY_BYTES", 1000)

    assert isinstance(fingerprint_or_repeated(BytesSource(twin), known), Repeated)
    assert fingerprint_or_repeated(BytesSource(twin), frozenset()) == fingerprint(BytesSource(twin))


def test_an_order_that_cannot_be_understood_is_a_problem_not_a_wait(pool: WorkerPool) -> None:
    done = dict(pool.fingerprints([("k", StubbornSource(b"x"))]))

    assert isinstance(done["k"], Problem)


def test_a_worker_has_no_token_no_network_no_input_and_cannot_write(
    pool: WorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_TOKEN", "secret")
    with WorkerPool(1) as fresh:
        done = dict(fresh.fingerprints([("k", ProbingSource())]))

    problem = done["k"]
    assert isinstance(problem, Problem)
    assert "token=None input=b'' network=refused write=refused" in problem.message


@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    program = textwrap.dedent(
        """
        import os, sys
        from gphotos_reconcile.media.worker import WorkerPool
        from tests.media.pictures import jpeg
        from tests.media.sources import BytesSource
        if __name__ == "__main__":
            pool = WorkerPool(1)
            list(pool.fingerprints([(1, BytesSource(jpeg()))]))
            print(pool._hands[0].process.pid, flush=True)
            sys.stdin.read()
        """
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    with parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)

    assert _ends(worker)


def _ends(process: int) -> bool:
    for _ in range(200):
        try:
            state = Path(f"/proc/{process}/stat").read_text(encoding="ascii").split()[2]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_previews_are_upright_small_and_without_metadata(pool: WorkerPool) -> None:
    exif = scene().getexif()
    exif[0x0112], exif[0x0110] = 6, "Secret Camera"
    source = BytesSource(encoded(scene(), "JPEG", exif=exif))

    preview = dict(pool.previews([("k", source)], 100))["k"]

    assert isinstance(preview, bytes)
    assert b"Secret Camera" not in preview
    again = dict(pool.fingerprints([("p", BytesSource(preview))]))["p"]
    assert isinstance(again, Fingerprint)
    assert (again.facts.width_px, again.facts.height_px) == (75, 100)


def test_a_fine_luma_has_the_pictures_aspect_and_no_more_pixels_than_it(
    pool: WorkerPool,
) -> None:
    source = BytesSource(jpeg())

    sizes = {
        wanted: next(iter(pool.fine_lumas([("k", source, wanted)])))[1] for wanted in (0, 160, 9999)
    }

    found = {
        wanted: (fine.width_px, fine.height_px, len(fine.luma))
        for wanted, fine in sizes.items()
        if isinstance(fine, FinePicture)
    }
    whole = (320, 240, 320 * 240)
    assert found == {0: whole, 160: (160, 120, 160 * 120), 9999: whole}
