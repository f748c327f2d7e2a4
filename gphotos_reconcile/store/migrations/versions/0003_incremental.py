"""Incremental matching: what candidate search knew of each item, and which items have changed."""

from pathlib import Path

from alembic import op

from gphotos_reconcile.store.migrations.triggers import TRIGGERS_3

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables and triggers of version 3."""
    script = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    for statement in script.split(";\n"):
        if statement.strip():
            op.execute(statement)
    for statement in TRIGGERS_3:
        op.execute(statement)
