"""The only hosts that this program speaks to, and that a token may be sent to."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from gphotos_reconcile.core.errors import GoogleUnavailableError

_GOOGLE: Final = frozenset(
    {
        "accounts.google.com",
        "oauth2.googleapis.com",
        "www.googleapis.com",
        "photoslibrary.googleapis.com",
        "photospicker.googleapis.com",
        "video-downloads.googleusercontent.com",
        "photos.google.com",
    }
)
_GOOGLE_SUFFIX: Final = ".googleusercontent.com"  # lh3., lh4., ...: where byte URLs live


class ForeignHostError(GoogleUnavailableError):
    """A call, or an answer's redirect, points outside of the allow-list."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"Google's answer points to {host}, which is not one of its hosts; not followed.",
            hint="Nothing was sent there. If you are behind a proxy or captive portal, sign in to "
            "the network first, then run the command again.",
        )


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """Google's hosts over HTTPS, or one loopback origin (`http://127.0.0.1:PORT`) and no other."""

    loopback: str | None = None

    def check(self, url: str) -> None:
        """Return when `url` may be asked.

        Raises:
            ForeignHostError: it is on another host, port or scheme.
        """
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        if self.loopback is not None:
            fine = f"{parts.scheme}://{parts.netloc}" == self.loopback
        else:
            google = host in _GOOGLE or host.endswith(_GOOGLE_SUFFIX)
            fine = (
                parts.scheme == "https" and google and parts.netloc.lower() in {host, f"{host}:443"}
            )
        if not fine:
            raise ForeignHostError(host or "an address without a host")


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the services are: Google's, or those of the stand-in on loopback."""

    hosts: AllowedHosts
    library_root: str
    picker_root: str
    revoke_url: str

    @classmethod
    def for_token_uri(cls, token_uri: str) -> "Endpoints":
        """Return the endpoints that belong to a client secret's `token_uri`.

        A token URI on 127.0.0.1 names the stand-in; everything then lives at its origin.

        Raises:
            ForeignHostError: the URI is neither Google's nor on 127.0.0.1.
        """
        parts = urlsplit(token_uri)
        if parts.scheme == "http" and parts.hostname == "127.0.0.1":
            origin = f"http://{parts.netloc}"
            return cls(
                hosts=AllowedHosts(loopback=origin),
                library_root=f"{origin}/photoslibrary/",
                picker_root=f"{origin}/photospicker/",
                revoke_url=f"{origin}/revoke",
            )
        hosts = AllowedHosts()
        hosts.check(token_uri)
        return cls(
            hosts=hosts,
            library_root="https://photoslibrary.googleapis.com/",
            picker_root="https://photospicker.googleapis.com/",
            revoke_url="https://oauth2.googleapis.com/revoke",
        )
