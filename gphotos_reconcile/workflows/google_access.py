"""What every Google command needs: the client, the sign-in, the seam, the journals."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gphotos_reconcile.google.client import ClientSecret
from gphotos_reconcile.google.clock import SystemClock
from gphotos_reconcile.google.hosts import Endpoints
from gphotos_reconcile.google.keeper import TokenKeeper
from gphotos_reconcile.google.library import Library
from gphotos_reconcile.google.private_file import PrivateFile
from gphotos_reconcile.google.quota import QuotaGate
from gphotos_reconcile.google.scopes import SCOPES_FOR
from gphotos_reconcile.google.tokens import FileTokenStore, KeyringTokenStore, TokenStore
from gphotos_reconcile.google.transport import Transport
from gphotos_reconcile.google.uploads import FileUploadSessions, Uploads
from gphotos_reconcile.store.engine import Catalog
from gphotos_reconcile.store.google_quota import CatalogQuota


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleOptions:
    """Where the client secret and the private files are, and whether the keyring is used."""

    client_secret: Path
    state_folder: Path
    keyring: bool = False


@dataclass(frozen=True, slots=True)
class GoogleAccess:
    """An open way to Google, signed in."""

    transport: Transport
    endpoints: Endpoints
    private: Path

    def library(self) -> Library:
        """Return the Library API."""
        return Library(self.transport, self.endpoints.library_root)

    def uploads(self, library: Library) -> Uploads:
        """Return the upload endpoint."""
        sessions = FileUploadSessions(PrivateFile(self.private / "uploads.json"))
        return Uploads(self.transport, self.endpoints.library_root, library, sessions)


def token_store(options: GoogleOptions, client: ClientSecret) -> TokenStore:
    """Return where this client's grant is kept."""
    if options.keyring:
        return KeyringTokenStore(client.client_id)
    name = hashlib.sha256(f"{client.client_id} {client.token_uri}".encode()).hexdigest()[:12]
    return FileTokenStore(options.state_folder / f"token-{name}.json")


@contextmanager
def google_access(options: GoogleOptions, command: str, catalog: Catalog) -> Iterator[GoogleAccess]:
    """Give access for one command, after checking that its scopes are granted.

    Raises:
        SignInError: nobody is signed in, or a scope that `command` needs is not granted.
    """
    client = ClientSecret.read(options.client_secret)
    clock = SystemClock()
    keeper = TokenKeeper(client, token_store(options, client), clock, command=command)
    keeper.require(SCOPES_FOR[command])
    endpoints = client.endpoints()
    gate = QuotaGate(CatalogQuota(catalog), client.project, clock)
    with Transport(endpoints.hosts, keeper, gate, clock) as transport:
        yield GoogleAccess(transport, endpoints, options.state_folder)
