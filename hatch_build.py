"""Puts the manual page into the wheel, written from the commands that the wheel holds."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ManualPage(BuildHookInterface):
    """Makes `share/man/man1/gphotos-reconcile.1`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the page and hand it to the wheel."""
        del version
        page = Path(self.directory) / "man" / "gphotos-reconcile.1"
        page.parent.mkdir(parents=True, exist_ok=True)
        made = subprocess.run(
            [sys.executable, "-m", "gphotos_reconcile.cli.manual"],
            cwd=self.root,
            stdout=subprocess.PIPE,
            check=True,
        )
        page.write_bytes(made.stdout)
        build_data["shared_data"][str(page)] = "share/man/man1/gphotos-reconcile.1"
