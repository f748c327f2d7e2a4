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
        page = self._page()
        page.parent.mkdir(parents=True, exist_ok=True)
        made = subprocess.run(
            [sys.executable, "-m", "gphotos_reconcile.cli.manual"],
            cwd=self.root,
            stdout=subprocess.PIPE,
            check=True,
        )
        page.write_bytes(made.stdout)
        build_data["shared_data"][str(page)] = "share/man/man1/gphotos-reconcile.1"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Leave nothing beside the wheel."""
        del version, build_data, artifact_path
        self._page().unlink(missing_ok=True)
        self._page().parent.rmdir()

    def _page(self) -> Path:
        return Path(self.directory) / "man" / "gphotos-reconcile.1"
