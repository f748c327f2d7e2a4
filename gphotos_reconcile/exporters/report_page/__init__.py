"""The report as one self-contained page: opens from disk, needs no script and no network."""

from gphotos_reconcile.exporters.report_page.page import Spelled, Thumbnail, render_page

__all__ = ["Spelled", "Thumbnail", "render_page"]
