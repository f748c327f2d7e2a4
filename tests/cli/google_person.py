"""A user of the Google commands, at the stand-in."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gphotos_reconcile.cli.app import main
from gphotos_reconcile.cli.google import google_options
from gphotos_reconcile.google.fake import person
from gphotos_reconcile.google.fake.server import FakeGoogle
from gphotos_reconcile.workflows import auth


class Person:
    """One user: folders of their own, the stand-in, and the program."""

    def __init__(self, google: FakeGoogle, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.google = google
        self.capsys = capsys
        self.home = home
        self.secret = home / "client_secret.json"
        self.secret.write_text(json.dumps(google.client_secret()))
        self.env = {
            **os.environ,
            "HOME": str(home),
            "XDG_STATE_HOME": str(home / "state"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_DATA_HOME": str(home / "data"),
        }

    def command(self, *words: str) -> list[str]:
        program = [sys.executable, "-m", "gphotos_reconcile", "--quiet", "--json"]
        return [*program, "--catalog", str(self.home / "catalog.db"), *words]

    def run(self, *words: str, code: int = 0) -> dict[str, Any]:
        """Run a command in this process; return the document it prints."""
        catalog = str(self.home / "catalog.db")
        got = main(["--quiet", "--json", "--catalog", catalog, *words])
        out, err = self.capsys.readouterr()
        assert got == code, err
        document: dict[str, Any] = json.loads(out)
        return document

    def google_run(self, *words: str, code: int = 0) -> dict[str, Any]:
        return self.run(*words, "--client-secret", str(self.secret), code=code)

    def answer(self, *words: str, allow: bool = True) -> tuple[int, str]:
        """Run a command that prints an address, open it as the person, paste the answer."""
        command = self.command(*words, "--client-secret", str(self.secret))
        with subprocess.Popen(
            command, env=self.env, cwd=self.home, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        ) as process:  # fmt: skip
            assert process.stderr is not None
            told = ""
            address = ""
            while not address.startswith("http://127"):
                line = process.stderr.readline()
                assert line, f"it ended without an address: {told}"
                address = line.strip()
                told += line
            pasted = person.consent(address, allow=allow)
            out, err = process.communicate(f"{pasted}\n", timeout=60)
            return process.returncode, out + err


def sign_in(user: Person, *commands: str) -> None:
    options = google_options(user.secret, keyring=False)
    shown: list[str] = []
    auth.login_by_paste(
        options,
        auth.scopes_for(commands),
        show=shown.append,
        read_line=lambda: person.consent(shown[0]),
    )
