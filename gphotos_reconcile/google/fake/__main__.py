"""Starts the stand-in: `python -m gphotos_reconcile.google.fake --client-secret FILE`."""

import argparse
import json
import mimetypes
import sys
import threading
from pathlib import Path

from gphotos_reconcile.google.clock import SystemClock
from gphotos_reconcile.google.fake.server import FakeGoogle
from gphotos_reconcile.google.fake.truth import Truth


def main(arguments: list[str] | None = None) -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="gphotos_reconcile.google.fake", description=__doc__)
    parser.add_argument("--photos", type=Path, help="a folder whose photos the account holds")
    parser.add_argument(
        "--client-secret", type=Path, required=True, help="where to write its client_secret.json"
    )
    parser.add_argument("--port", type=int, default=0, help="0 for a free one")
    options = parser.parse_args(arguments)
    truth = Truth(SystemClock())
    if options.photos is not None:
        fill(truth, options.photos)
    with FakeGoogle(truth, port=options.port) as google:
        options.client_secret.write_text(json.dumps(google.client_secret(), indent=2))
        sys.stderr.write(
            f"A stand-in for Google Photos listens on {google.origin} with {len(truth.items)} "
            f"photos; it is not Google.\nUse it with --client-secret {options.client_secret}\n"
        )
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            sys.stderr.write("stopped\n")


def fill(truth: Truth, folder: Path) -> None:
    """Put a folder's pictures and videos into the library, as if uploaded by the user's phone."""
    for path in sorted(folder.rglob("*")):
        mime_type = mimetypes.guess_type(path.name)[0] or ""
        if path.is_file() and mime_type.startswith(("image/", "video/")):
            truth.store(path.name, mime_type, path.read_bytes())


if __name__ == "__main__":
    main()
