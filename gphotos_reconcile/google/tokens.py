"""Where a grant is kept between runs: a private file, or the system's keyring."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from gphotos_reconcile.core.errors import SignInError, UsageError
from gphotos_reconcile.core.times import parse_utc, utc_text
from gphotos_reconcile.google.private_file import PrivateFile
from gphotos_reconcile.google.secrets import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What Google granted to one client: the tokens, and the scopes that they carry.

    `token_uri` says who issued it; a grant is never used with another issuer or client.
    """

    client_id: str
    token_uri: str
    refresh_token: Secret
    scopes: frozenset[str]
    access_token: Secret | None = None
    expires_at: datetime | None = None
    granted_at: datetime | None = None


class TokenStore(Protocol):
    """A place for one grant."""

    def load(self) -> Grant | None:
        """Return the grant, None when there is none.

        Raises:
            SignInError: it is damaged, or not safe to use.
        """
        ...

    def save(self, grant: Grant) -> None:
        """Replace the grant."""
        ...

    def delete(self) -> None:
        """Forget the grant."""
        ...


class FileTokenStore:
    """Keeps the grant in a file of mode 0600."""

    def __init__(self, path: Path) -> None:
        self._file = PrivateFile(path)

    def load(self) -> Grant | None:
        """Return the grant, None when there is none."""
        content = self._file.read()
        return None if content is None else _from_json(content.decode("utf-8", "replace"))

    def save(self, grant: Grant) -> None:
        """Replace the grant."""
        self._file.write(_to_json(grant).encode())

    def delete(self) -> None:
        """Forget the grant."""
        self._file.delete()


class KeyringTokenStore:
    """Keeps the grant in the system's keyring (the extra `secrets`)."""

    _SERVICE = "gphotos-reconcile"

    def __init__(self, client_id: str) -> None:
        try:
            import keyring  # noqa: PLC0415  an extra: absent unless it was asked for
        except ModuleNotFoundError:
            raise UsageError(
                "The keyring is asked for, but its library is not installed.",
                hint='Install it with `pip install "gphotos-reconcile[secrets]"`.',
            ) from None
        self._keyring = keyring
        self._name = hashlib.sha256(client_id.encode()).hexdigest()[:16]

    def load(self) -> Grant | None:
        """Return the grant, None when there is none."""
        text = self._keyring.get_password(self._SERVICE, self._name)
        return None if text is None else _from_json(text)

    def save(self, grant: Grant) -> None:
        """Replace the grant."""
        self._keyring.set_password(self._SERVICE, self._name, _to_json(grant))

    def delete(self) -> None:
        """Forget the grant."""
        if self._keyring.get_password(self._SERVICE, self._name) is not None:
            self._keyring.delete_password(self._SERVICE, self._name)


def _to_json(grant: Grant) -> str:
    return json.dumps(
        {
            "client_id": grant.client_id,
            "token_uri": grant.token_uri,
            "refresh_token": grant.refresh_token.reveal(),
            "access_token": grant.access_token.reveal() if grant.access_token else None,
            "expires_at": utc_text(grant.expires_at),
            "granted_at": utc_text(grant.granted_at),
            "scopes": sorted(grant.scopes),
        }
    )


def _from_json(text: str) -> Grant:
    try:
        match json.loads(text):
            case {
                "client_id": str(client_id),
                "token_uri": str(token_uri),
                "refresh_token": str(refresh_token),
                "scopes": [*scopes],
                "access_token": str() | None as access_token,
                "expires_at": str() | None as expires_at,
                "granted_at": str() | None as granted_at,
            }:
                return Grant(
                    client_id=client_id,
                    token_uri=token_uri,
                    refresh_token=Secret(refresh_token),
                    scopes=frozenset(map(str, scopes)),
                    access_token=Secret(access_token) if access_token else None,
                    expires_at=parse_utc(expires_at),
                    granted_at=parse_utc(granted_at),
                )
    except ValueError:
        pass
    raise SignInError(
        "The stored sign-in is damaged.",
        hint="Run `gphotos-reconcile auth login` again; it replaces it.",
    )
