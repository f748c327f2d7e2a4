"""The user's own OAuth client: the JSON file from the Google Cloud console."""

import json
from dataclasses import dataclass
from pathlib import Path

from gphotos_reconcile.core.errors import SignInError
from gphotos_reconcile.google.hosts import Endpoints
from gphotos_reconcile.google.secrets import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSecret:
    """The user's own OAuth client, as downloaded from the Google Cloud console."""

    client_id: str
    client_secret: Secret
    auth_uri: str
    token_uri: str

    @classmethod
    def read(cls, path: Path) -> "ClientSecret":
        """Read a `client_secret.json`.

        Raises:
            SignInError: there is no such file, it is of another sort, or names a foreign host.
        """
        try:
            document = json.loads(path.read_bytes())
        except OSError as error:
            raise _no_client(path, f"cannot be read ({error.strerror})") from None
        except ValueError:
            raise _no_client(path, "is not JSON") from None
        match document:
            case {
                "installed": {
                    "client_id": str(client_id),
                    "client_secret": str(secret),
                    "auth_uri": str(auth_uri),
                    "token_uri": str(token_uri),
                }
            }:
                client = cls(
                    client_id=client_id,
                    client_secret=Secret(secret),
                    auth_uri=auth_uri,
                    token_uri=token_uri,
                )
                client.endpoints().hosts.check(auth_uri)
                return client
            case {"web": _}:
                raise _no_client(path, "belongs to a web application, not to a desktop app")
            case _:
                raise _no_client(path, "is not a client secret of a desktop app")

    def endpoints(self) -> Endpoints:
        """Return where this client's services are.

        Raises:
            ForeignHostError: the file names a host that is not Google's.
        """
        return Endpoints.for_token_uri(self.token_uri)

    @property
    def project(self) -> str:
        """Return the project number that quotas are counted for."""
        return self.client_id.partition("-")[0]


def _no_client(path: Path, why: str) -> SignInError:
    return SignInError(
        f"{path} {why}.",
        hint="Create an OAuth client of the type `Desktop app` in your own Google Cloud project, "
        "download its JSON and name it with --client-secret; README, section Google, walks "
        "through it.",
    )
