"""The trial of the Google commands, and the stand-in on its own, as a person starts them."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gphotos_reconcile.cli.app import main
from gphotos_reconcile.google.client import ClientSecret
from gphotos_reconcile.google.hosts import ForeignHostError

COMMANDS = (
    "demo --google --serve",
    "auth login",
    "sync library",
    "upload",
    "upload",
    "sync library",
    "stage plan",
    "sync picker --fingerprint",
    "match",
    "auth logout",
)


@pytest.mark.slow
def test_the_trial_goes_through_every_command_and_says_what_a_real_account_would_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ["--quiet", "--json", "--jobs", "1", "demo", "--google", "--dir", str(tmp_path)]
    assert main(told) == 0
    steps = json.loads(capsys.readouterr().out)["steps"]
    assert len(steps) == len(COMMANDS)
    for step, command in zip(steps, COMMANDS, strict=True):
        assert step["command"].startswith(command)
        assert step["real"]
    happened = [step["happened"] for step in steps]
    assert happened[2].startswith("0 items listed")
    assert "Run the same command again after 20" in happened[3]
    assert "Exit code 5" in happened[3]
    assert "10 of 11 files acknowledged, 10 stored" in happened[4]
    assert happened[5].startswith("10 items listed")
    assert happened[6].startswith("10 of 10 items read back")
    assert happened[7].startswith("5 photos picked, 5 looked at")
    assert happened[8].startswith("4 picks are in the export as well")
    assert happened[8].endswith("by themselves: 1 review.")
    private = list((tmp_path / "google" / "private").rglob("token*"))
    assert private == []  # signed out


@pytest.mark.slow
def test_the_stand_in_serves_until_it_is_interrupted(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "a.jpg").write_bytes(b"\xff\xd8\xff\xd9")
    program = [sys.executable, "-m", "gphotos_reconcile", "--json", "demo", "--serve"]
    command = [*program, "--google", "--dir", str(tmp_path), "--photos", str(photos)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    ) as process:
        assert process.stdout is not None
        document = json.loads("".join(iter(process.stdout.readline, "}\n")) + "}")
        secret = ClientSecret.read(Path(document["client_secret"]))
        hosts = secret.endpoints().hosts
        hosts.check(f"{document['origin']}/photoslibrary/v1/mediaItems")
        for foreign in ("https://photoslibrary.googleapis.com/v1", "http://127.0.0.1:1/"):
            with pytest.raises(ForeignHostError):  # the stand-in's client never leaves it
                hosts.check(foreign)
        try:
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=60) in {0, 130}
        finally:
            process.kill()  # where the signal is ignored, as in a background job, it must not stay
