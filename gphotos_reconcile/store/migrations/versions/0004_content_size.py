"""Bytes by their size: what is known already need not be decoded again."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the index of version 4."""
    op.create_index("ix_content_size_bytes", "content", ["size_bytes"])
