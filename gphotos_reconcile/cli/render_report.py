"""The report as a terminal shows it: the same text that `report --out FILE.txt` writes."""

from gphotos_reconcile.exporters.report_text import report_text

__all__ = ["report_text"]
