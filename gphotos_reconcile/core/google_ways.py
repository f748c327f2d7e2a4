"""What each way to the cloud side can see and prove; `doctor` and the README show this table."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleWay:
    """One way: its command, what it shows, what can be said by it, what it never shows."""

    name: str
    command: str
    sees: str
    proves: str
    never: str


GOOGLE_WAYS: Final = (
    GoogleWay(
        name="Takeout export",
        command="import",
        sees="the whole library on the day of the export: bytes, albums, words, people, places",
        proves="every verdict; the only way to a claim, and the only one that can say `missing`",
        never="what was added later, or left out of the export",
    ),
    GoogleWay(
        name="Library API",
        command="sync library",
        sees="what this program uploaded: name, time, camera, size in pixels",
        proves="that an upload is there; nothing of any other photo",
        never="the rest of the library, places, original bytes",
    ),
    GoogleWay(
        name="Picker API",
        command="sync picker",
        sees="what you tick, 2,000 a round: name, time, camera; with `--fingerprint` its pixels",
        proves="likeness: `review` at best, never a claim and never `missing`",
        never="albums, places, words, original bytes",
    ),
    GoogleWay(
        name="inventory CSV",
        command="import-inventory",
        sees="names, times, sizes and media keys of the whole library, as another tool read them",
        proves="that no export holds an item; never that you have it",
        never="any picture or byte",
    ),
)
