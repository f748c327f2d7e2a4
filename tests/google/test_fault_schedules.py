import pytest

from tests.google.convergence import run_seed


@pytest.mark.parametrize("seed", range(100_000, 100_025))
def test_whatever_breaks_three_runs_come_to_the_fault_free_truth(seed: int) -> None:
    assert run_seed(seed, most_files=20).wrong == ()
