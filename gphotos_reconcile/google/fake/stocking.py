"""What the stand-in's account holds at the start, and the client secret that leads to it."""

import json
import mimetypes
from pathlib import Path

from gphotos_reconcile.google.fake.server import FakeGoogle
from gphotos_reconcile.google.fake.truth import Truth


def fill(truth: Truth, folder: Path) -> int:
    """Put a folder's pictures and videos into the library, as if uploaded by the user's phone.

    Returns how many there were.
    """
    count = 0
    for path in sorted(folder.rglob("*")):
        mime_type = mimetypes.guess_type(path.name)[0] or ""
        if path.is_file() and mime_type.startswith(("image/", "video/")):
            truth.store(path.name, mime_type, path.read_bytes())
            count += 1
    return count


def write_client_secret(google: FakeGoogle, path: Path) -> None:
    """Write a `client_secret.json` that names this stand-in and no other host."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(google.client_secret(), indent=2), encoding="utf-8")
