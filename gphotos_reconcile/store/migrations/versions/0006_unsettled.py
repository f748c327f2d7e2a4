"""Which files and sidecars changed since items were worked out; fewer whole scans."""

from alembic import op
from sqlalchemy import Column, Integer, PrimaryKeyConstraint, Text, text

from gphotos_reconcile.store.migrations.triggers import TRIGGERS_6

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, the indexes and the triggers of version 6."""
    op.create_table(
        "unsettled",
        Column("sort", Text, nullable=False),
        Column("id", Integer, nullable=False),
        PrimaryKeyConstraint("sort", "id", name="pk_unsettled"),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO unsettled SELECT 'file', file_id FROM file")
    op.create_index("ix_file_companion_id", "file", ["companion_id"])
    op.create_index("ix_duplicate_member_item_id", "duplicate_member", ["item_id"])
    op.create_index("ix_copied_item_id", "copied", ["item_id"])
    cloud = text("side = 'cloud'")
    op.create_index("ix_item_belongs", "item", ["belongs"], sqlite_where=cloud)
    op.create_index("ix_verdict_of_item", "verdict", ["item_id", "verdict"])
    person = text("rule = 'person'")
    op.create_index("ix_verdict_person", "verdict", ["item_id"], sqlite_where=person)
    unjudged = text("machine_verdict IS NULL")
    op.create_index("ix_verdict_unjudged", "verdict", ["item_id"], sqlite_where=unjudged)
    for statement in TRIGGERS_6:
        op.execute(statement)
