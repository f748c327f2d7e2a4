"""A fresh catalogue, open for writing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gphotos_reconcile.store.engine import Catalog, open_catalog


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    """Give one that lies in a folder of its own."""
    with open_catalog(str(tmp_path / "c.db"), write=True) as opened:
        yield opened
