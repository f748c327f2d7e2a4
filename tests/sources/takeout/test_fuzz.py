"""A small count of each fuzzing target; the large ones are run by hand, see `fuzz`."""

import pytest

from tests.sources.takeout.fuzz import fuzz


@pytest.mark.parametrize("target", ["sidecar", "zip", "tar", "pairing"])
def test_damaged_input_never_escapes(target: str) -> None:
    fuzz(target, 300)
