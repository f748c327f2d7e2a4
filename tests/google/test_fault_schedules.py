import pytest

from tests.google.catalog_journals import in_catalog
from tests.google.convergence import run_seed


@pytest.mark.parametrize("seed", range(100_000, 100_025))
def test_whatever_breaks_three_runs_come_to_the_fault_free_truth(seed: int) -> None:
    assert run_seed(seed, most_files=20).wrong == ()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(200_000, 200_006))
def test_the_catalogue_s_journals_come_to_the_same(seed: int) -> None:
    assert run_seed(seed, most_files=20, journals=in_catalog).wrong == ()
