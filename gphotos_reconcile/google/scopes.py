"""Google's permissions, each command's smallest set, and their names for a person."""

from enum import StrEnum

_PREFIX = "https://www.googleapis.com/auth/"


class Scope(StrEnum):
    """The scopes that still give access since 2025-03-31, as far as we use them."""

    LIST = _PREFIX + "photoslibrary.readonly.appcreateddata"
    UPLOAD = _PREFIX + "photoslibrary.appendonly"
    PICK = _PREFIX + "photospicker.mediaitems.readonly"

    @property
    def in_words(self) -> str:
        """Return what the permission allows."""
        return {
            Scope.LIST: "see the photos that this program uploaded",
            Scope.UPLOAD: "add photos and albums",
            Scope.PICK: "see the photos that you pick",
        }[self]

    @property
    def short(self) -> str:
        """Return the scope without its common prefix."""
        return self.value.removeprefix(_PREFIX)


SCOPES_FOR: dict[str, frozenset[Scope]] = {
    "sync library": frozenset({Scope.LIST}),
    "sync picker": frozenset({Scope.PICK}),
    # Uploading alone needs UPLOAD; LIST settles what became of a batch whose answer was lost.
    "upload": frozenset({Scope.UPLOAD, Scope.LIST}),
    "stage": frozenset({Scope.UPLOAD, Scope.LIST}),
    "verify": frozenset({Scope.UPLOAD, Scope.LIST}),
}
"""The smallest set of each command; `auth login` asks for one set and adds others when needed."""


def login_hint(command: str = "") -> str:
    """Return how to sign in for one command, or for what `auth login` asks by itself."""
    asked = f' --for "{command}"' if " " in command else f" --for {command}" if command else ""
    return f"Run `gphotos-reconcile auth login{asked}`."


def command_with(scopes: frozenset[Scope]) -> str:
    """Return the first command that needs all of these scopes, "" when none does."""
    return next((name for name, needed in SCOPES_FOR.items() if scopes <= needed), "")
