"""What a sidecar's own name says, read with the title inside: the counter, and how it was made.

The title decides. A name that can't have been made from the title gives no reading, and such a
sidecar is never paired.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gphotos_reconcile.sources.takeout.names import (
    SIDECAR_UNITS,
    cut,
    file_name_of,
    is_tail,
    nfc,
    split_counter,
    split_extension,
    units,
    with_counter,
)

_EXTENSION: Final = re.compile(r"\.[A-Za-z0-9]{2,5}")
_KEPT: Final = frozenset(" +#@!'()[],;=~.-_")


@dataclass(frozen=True, slots=True)
class SidecarName:
    """A sidecar as pairing sees it: `title` and `taken_at` are those inside of it."""

    key: int
    name: str
    title: str | None
    taken_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """How a sidecar's name came to be.

    `full_name` is the media name made of the title, not cut and without counter, NFC. `body` is
    the sidecar's name without counter and `.json`. `is_at_limit` says that the title did not fit,
    so that sidecars of other titles may have the same body.
    """

    sidecar: SidecarName
    full_name: str
    counter: str
    body: str
    rule: str

    @property
    def is_at_limit(self) -> bool:
        """Tell whether the title was too long for the sidecar's name."""
        return units(self.full_name) > SIDECAR_UNITS

    @property
    def identity(self) -> tuple[str, datetime | None]:
        """Return what two sidecars of one item have in common."""
        return self.full_name, self.sidecar.taken_at


@dataclass(frozen=True, slots=True)
class BodyRule:
    """One way in which a body is made of a title; `fits` takes the body and the title's name."""

    name: str
    seen: str
    fits: Callable[[str, str], bool]


def _same_name(body: str, name: str) -> bool:
    return body == nfc(name)


def _supplemental(body: str, name: str) -> bool:
    composed = nfc(name)
    return body.startswith(composed) and is_tail(body[len(composed) :])


def _cut(body: str, name: str) -> bool:
    return units(name) > SIDECAR_UNITS and body == nfc(cut(name, SIDECAR_UNITS))


def _without_extension(body: str, name: str) -> bool:
    stem, extension = split_extension(nfc(name))
    return bool(extension) and body.startswith(stem) and is_tail(body[len(stem) :])


BODY_RULES: Final = (
    BodyRule("same_name", "IMG_0042.jpg.json: exports to autumn 2024", _same_name),
    BodyRule("supplemental", "IMG_1159.HEIC.supplemental-metadata.json: since", _supplemental),
    BodyRule("sidecar_cut", "'Urlaub in ... (38).JP.json': 46 units, both schemes", _cut),
    BodyRule("sidecar_without_extension", "IMG_1.supplemental-metadata.json", _without_extension),
)


def read_name(sidecar: SidecarName) -> Reading | None:
    """Return how the sidecar's name was made of its title, None when it can't have been."""
    body = nfc(sidecar.name)
    if body[-5:].casefold() == ".json":
        body = body[:-5]
    if not sidecar.title:
        return _read_untitled(sidecar, body)
    for name in _names_of(sidecar.title, body):
        reading = _read(sidecar, body, name) or _read_inner_counter(sidecar, body, name)
        if reading is not None:
            return reading
    return None


def _read(sidecar: SidecarName, body: str, name: str) -> Reading | None:
    rest, counter = split_counter(body)
    for text, mark in ((body, ""), (rest, counter)) if counter else ((body, ""),):
        for rule in BODY_RULES:
            if rule.fits(text, name):
                return Reading(sidecar, nfc(name), mark, text, rule.name)
    return None


def _read_inner_counter(sidecar: SidecarName, body: str, name: str) -> Reading | None:
    """Read `IMG_7(1).jpg.supplemental-metadata.json` with the title `IMG_7.jpg`.

    Seen by gpdedup and gpclean: the sidecar is named after the file, not after the title.
    """
    stem, _ = split_extension(nfc(name))
    close = body.find(")", len(stem))
    if not body.startswith(stem + "(") or close < 0:
        return None
    _, counter = split_counter(body[: close + 1])
    if len(stem) + len(counter) != close + 1:
        return None
    inner = _read(sidecar, body, with_counter(nfc(name), counter))
    if inner is None or inner.counter:
        return None
    return Reading(sidecar, nfc(name), counter, inner.body, "counter_in_name")


def _read_untitled(sidecar: SidecarName, body: str) -> Reading | None:
    """Read the name alone, where it was surely not cut: there is no title to agree with."""
    rest, counter = split_counter(body)
    head, dot, tail = rest.rpartition(".")
    name = head if dot and tail and is_tail(dot + tail) else rest
    is_whole = name != rest or units(rest) < SIDECAR_UNITS
    if not is_whole or not split_extension(name)[1]:
        return None
    return Reading(sidecar, name, counter, rest, "name_alone")


def _names_of(title: str, body: str) -> Iterator[str]:
    """Yield the names that Google may have made of a title, the usual one first."""
    usual = file_name_of(nfc(title))
    yield usual
    if not usual.isascii():
        # Titles from macOS are decomposed, and then so are the units that the cut counts.
        yield unicodedata.normalize("NFD", usual)
    if not split_extension(usual)[1]:
        # Some sidecars are named after the file although the title has no extension (immich-go).
        found = _EXTENSION.match(body, len(usual)) if body.startswith(usual) else None
        if found and split_extension(usual + found.group())[1]:
            yield usual + found.group()
    tolerant = _overlaid(nfc(title), body)
    if tolerant != usual:
        yield tolerant


def _overlaid(title: str, body: str) -> str:
    """Return the title's name with signs replaced, or left alone, as they are in the body.

    Which signs are replaced is known from examples alone; a `_` may stand for any sign but those
    that were seen to stay.
    """
    signs = []
    for wanted, found in zip(title, body, strict=False):
        if found != wanted and (found != "_" or wanted.isalnum() or wanted in _KEPT):
            break
        signs.append(found)
    return "".join(signs) + file_name_of(title[len(signs) :])
