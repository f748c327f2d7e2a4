"""What all commands that speak to Google have in common: the client and where its sign-in lies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from gphotos_reconcile.workflows.google_access import GoogleOptions

ClientSecretFile = Annotated[
    Path | None,
    typer.Option("--client-secret", help="Your own client_secret.json; see README, Google."),
]
Keyring = Annotated[bool, typer.Option("--keyring", help="Keep the sign-in in the keyring.")]


def google_options(client_secret: Path | None, *, keyring: bool) -> GoogleOptions:
    """Return where the sign-in is kept, and which client it is for."""
    from platformdirs import user_config_path, user_state_path

    from gphotos_reconcile.workflows.google_access import GoogleOptions

    return GoogleOptions(
        client_secret=client_secret
        or Path(user_config_path("gphotos-reconcile")) / "client_secret.json",
        state_folder=Path(user_state_path("gphotos-reconcile")) / "google",
        keyring=keyring,
    )
