"""How long the report page takes, and how large it is, for a catalogue of a million items.

    python -m benchmarks.report_million [--cloud 600000] [--local 400000] [--recipes]

Makes the catalogue with SQL alone (half a minute, 1.1 GB, in a temporary folder), writes the page
with a thumbnail of 40 kB for every card, and fails when it takes 20 s or more, or reaches 5 MB.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.million_rows import make_catalog
from gphotos_reconcile.exporters.report_page import render_page
from gphotos_reconcile.store.engine import Catalog, open_catalog
from gphotos_reconcile.store.recipes import list_recipes, run_recipe
from gphotos_reconcile.workflows.report import report_of, write_report

MOST_S = 20.0
MOST_BYTES = 5_000_000
_THUMBNAIL = b"\xff\xd8" + bytes(40_000)


def main() -> int:
    """Measure once; return 1 when a limit is broken."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--cloud", type=int, default=600_000)
    parser.add_argument("--local", type=int, default=400_000)
    parser.add_argument("--recipes", action="store_true", help="time every recipe too")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalog.db"
        began = time.perf_counter()
        make_catalog(path, cloud=asked.cloud, local=asked.local, said=True)
        print(f"catalogue: {path.stat().st_size / 1e6:.0f} MB in {_since(began)}")
        with open_catalog(str(path), write=False) as catalog:
            if asked.recipes:
                _time_recipes(catalog)
            return _time_report(catalog, Path(folder) / "report.html")


def _time_report(catalog: Catalog, page: Path) -> int:
    began, cpu_began = time.perf_counter(), time.process_time()
    report = report_of(catalog)
    print(f"figures: {_since(began)} ({time.process_time() - cpu_began:.1f} s of one core)")
    began = time.perf_counter()
    write_report(catalog, "html", page)
    took_s = time.perf_counter() - began
    size_bytes = len(render_page(report, lambda _item_id: _THUMBNAIL).encode())
    print(f"report --format html: {took_s:.1f} s (limit {MOST_S:.0f} s)")
    print(f"page with every thumbnail: {size_bytes / 1e6:.2f} MB (limit {MOST_BYTES / 1e6:.0f} MB)")
    return int(took_s >= MOST_S or size_bytes >= MOST_BYTES)


def _time_recipes(catalog: Catalog) -> None:
    for recipe in list_recipes():
        with catalog.connect() as conn:
            began = time.perf_counter()
            count = sum(1 for _ in run_recipe(conn, recipe.name, {}).rows)
            print(f"  {recipe.name:<26} {count:>9,} rows {_since(began):>8}", flush=True)


def _since(began: float) -> str:
    return f"{time.perf_counter() - began:.1f} s"


if __name__ == "__main__":
    sys.exit(main())
