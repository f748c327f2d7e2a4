"""What every command shares: where the catalogue is, how to speak, how many workers."""

import os
from dataclasses import dataclass
from pathlib import Path

import typer


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The options that stand before the command."""

    catalog: str
    json: bool = False
    quiet: bool = False
    verbose: bool = False
    jobs: int | None = None

    @property
    def worker_count(self) -> int:
        """Return how many worker processes to use: all cores unless told otherwise."""
        return self.jobs or os.cpu_count() or 1


def settings_of(context: typer.Context) -> Settings:
    """Return the settings that the callback of the program left in the context."""
    found = context.find_object(Settings)
    if found is None:
        raise RuntimeError("a command was called without the program's callback")
    return found


def default_catalog() -> str:
    """Return the place of the catalogue in the user's data directory."""
    from platformdirs import user_data_path

    return str(Path(user_data_path("gphotos-reconcile")) / "catalog.db")
