"""The pages as files."""

from pathlib import Path

from gphotos_reconcile.store.engine import open_catalog
from gphotos_reconcile.web.server import write


def test_pages_of_a_catalogue_in_which_nothing_is_undecided(tmp_path: Path) -> None:
    with open_catalog(str(tmp_path / "c.db"), write=True) as catalog:
        written = write(catalog, tmp_path / "pages")

    assert (written.items, written.groups) == (0, 0)
    assert "<html" in (tmp_path / "pages" / "index.html").read_text("utf-8")
