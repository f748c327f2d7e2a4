"""What a maintainer needs to understand a bug, without names, places or pictures of the user's."""

import hmac
import platform
import re
import secrets
import sys
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

from gphotos_reconcile import __version__
from gphotos_reconcile.media.codecs import codec_report
from gphotos_reconcile.store.census import count_all
from gphotos_reconcile.store.engine import catalog_path, open_catalog
from gphotos_reconcile.store.health import catalog_trouble, sqlite_words

SCHEMA: Final = 1
_PACKAGE: Final = "gphotos-reconcile"
# Longer numbers may be dates, places or telephone numbers; a dot inside is that of a file name.
_TELLING: Final = re.compile(r"\d{4}|\w\.\w")
_WORD: Final = re.compile(r"[a-z]+")
_DECODERS_WORDS: Final = frozenset(
    {"broken", "buffer", "chunk", "corrupt", "corrupted", "decoder", "decoding", "eof", "expected",
     "header", "invalid", "libraw", "marker", "moov", "stream", "truncated", "unsupported"}
)  # fmt: skip


def bug_report(location: str, log_lines: Iterable[str]) -> dict[str, Any]:
    """Return versions, counts and problems; every word that is not the program's own is hashed.

    Equal names have equal hashes within one report, and other ones in the next.

    Args:
        location: the catalogue.
        log_lines: lines of the log that hold no name.
    """
    hide = Hider()
    return {
        "schema": SCHEMA,
        "program": {
            _PACKAGE: __version__,
            "python": sys.version.split()[0],
            "system": f"{platform.system()} {platform.release()} {platform.machine()}",
            "sqlite": sqlite_words(),
        },
        "libraries": _libraries(),
        "catalogue": _catalogue(location, hide),
        "log": list(log_lines),
    }


class Hider:
    """Replaces words that are not the program's own by hashes, keyed anew for each report."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(16)

    def name(self, text: str) -> str:
        """Return the hash that stands for a name."""
        return f"<{hmac.digest(self._key, text.encode('utf-8', 'replace'), 'sha256').hex()[:8]}>"

    def text(self, text: str) -> str:
        """Return a message with everything but the program's own words hashed."""
        return " ".join(word if _is_own(word) else self.name(word) for word in text.split())


def _is_own(word: str) -> bool:
    """Tell whether a word can only come from the program: known letters, short numbers."""
    if not word.isascii() or _TELLING.search(word):
        return False
    known = _own_words()
    return all(letters in known for letters in _WORD.findall(word.lower()))


@cache
def _own_words() -> frozenset[str]:
    """Return every word in the program's own text."""
    text = "\n".join(_texts(files("gphotos_reconcile")))
    return frozenset(_WORD.findall(text.lower())) | _DECODERS_WORDS


def _texts(folder: Traversable) -> Iterable[str]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _texts(entry)
        elif entry.name.endswith(".py"):
            yield entry.read_text("utf-8")


def _libraries() -> dict[str, str]:
    """Return the versions of what the package asks for, and of the codecs inside."""
    found = {codec.name: codec.version or "none" for codec in codec_report()}
    for wanted in metadata.requires(_PACKAGE) or ():
        name, _, condition = re.sub(r"[ ;<>=!~\[]", "\0", wanted, count=1).partition("\0")
        if "test" in condition:
            continue
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "none"  # of an extra
    return dict(sorted(found.items()))


def _catalogue(location: str, hide: Hider) -> dict[str, Any]:
    path = catalog_path(location)
    if not path.exists():
        return {"state": "none"}
    trouble = catalog_trouble(path)
    if trouble is not None:
        return {"state": hide.text(trouble[0]), "size_bytes": path.stat().st_size}
    with open_catalog(location, write=False) as catalog, catalog.connect() as conn:
        counted = count_all(conn)
    for row in counted["sources"]:
        row["source"] = hide.name(row["source"])
    for row in counted["problems"]:
        row["message"] = hide.text(row["message"])
    return {"state": "ok", "size_bytes": path.stat().st_size, **counted}
