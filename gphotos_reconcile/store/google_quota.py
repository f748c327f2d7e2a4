"""How much of a day's quota was spent, in the catalogue."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from gphotos_reconcile.store.engine import Catalog
from gphotos_reconcile.store.google_schema import quota_spent


class CatalogQuota:
    """A `QuotaLedger` in the catalogue."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def spent(self, project: str, day: date, budget: str) -> int:
        """Return how many requests were booked."""
        query = select(quota_spent.c.requests).where(
            quota_spent.c.project == project,
            quota_spent.c.day == day.isoformat(),
            quota_spent.c.budget == budget,
        )
        with self._catalog.connect() as conn:
            return conn.execute(query).scalar() or 0

    def spend(self, project: str, day: date, budget: str, count: int) -> None:
        """Book requests."""
        made = insert(quota_spent).values(
            project=project, day=day.isoformat(), budget=budget, requests=count
        )
        made = made.on_conflict_do_update(
            index_elements=["project", "day", "budget"],
            set_={"requests": quota_spent.c.requests + count},
        )
        with self._catalog.begin() as conn:
            conn.execute(made)
