"""Alembic migrations: numbered, one transaction each, never edited once released."""
