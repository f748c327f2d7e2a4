"""Verdicts as they come, before they are sorted into those that hold."""

from alembic import op
from sqlalchemy import Column, Integer, Text

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of version 5."""
    op.create_table(
        "fresh_verdict",
        Column("item_id", Integer, nullable=False),
        *(Column(name, Text, nullable=False) for name in ("verdict", "rule")),
        Column("strength", Integer, nullable=False),
        Column("reason", Text, nullable=False),
        Column("counterpart_id", Integer),
        Column("relation", Text),
    )
