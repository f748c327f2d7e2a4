"""Starts the stand-in: `python -m gphotos_reconcile.google.fake --client-secret FILE`."""

import argparse
import sys
import threading
from pathlib import Path

from gphotos_reconcile.google.clock import SystemClock
from gphotos_reconcile.google.fake.server import FakeGoogle
from gphotos_reconcile.google.fake.stocking import fill, write_client_secret
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
        write_client_secret(google, options.client_secret)
        sys.stderr.write(
            f"A stand-in for Google Photos listens on {google.origin} with {len(truth.items)} "
            f"photos; it is not Google.\nUse it with --client-secret {options.client_secret}\n"
        )
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            sys.stderr.write("stopped\n")


if __name__ == "__main__":
    main()
