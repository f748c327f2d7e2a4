"""Bytes that the APIs hand out: never the original, but good enough to look at.

Photos lose their place and are often compressed again, videos are transcoded. So these bytes are
compared as pictures only; a digest of them says nothing about a file at home.
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import BinaryIO, Final

from gphotos_reconcile.core.model import Kind
from gphotos_reconcile.google.items import RemoteItem
from gphotos_reconcile.google.quota import Budget
from gphotos_reconcile.google.replies import NotReadableError, RefusedError
from gphotos_reconcile.google.scopes import Scope
from gphotos_reconcile.google.secrets import Secret
from gphotos_reconcile.google.transport import Ask, Transport

_TRIES: Final = 4
_STALE: Final = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: how many bytes, and of what type Google says they are."""

    size_bytes: int
    mime_type: str


class BytesNotThereError(Exception):
    """The bytes of one item cannot be had; the message says why, for a `Problem`."""


class MediaBytes:
    """Fetches pictures and videos by their hour-long addresses, renewing those that expired.

    Args:
        transport: the seam.
        renew: returns a fresh item for an id, None when Google no longer knows it.
        scope: LIST for the Library API, PICK for the Picker; picked bytes need the token.
    """

    def __init__(
        self, transport: Transport, renew: Callable[[str], RemoteItem | None], scope: Scope
    ) -> None:
        self._transport = transport
        self._renew = renew
        self._scope = scope

    def fetch(self, item: RemoteItem, variant: str, sink: BinaryIO) -> Fetched:
        """Write an item's bytes to `sink`, whole or not at all.

        Args:
            item: with an address, however old.
            variant: `d` download, `dv` video, `w512-h512` scaled, without the `=`.
            sink: seekable; emptied before each try.

        Raises:
            BytesNotThereError: this item's bytes cannot be had.
            GoogleUnavailableError: Google cannot be reached, or a quota is spent.
        """
        if not item.listed.ready:
            raise BytesNotThereError("Google is still processing this video")
        for _ in range(_TRIES):
            address = item.base_url
            if address is None:
                raise BytesNotThereError("Google gave no address for its bytes")
            try:
                return self._copy(address, item.listed.kind, variant, sink)
            except NotReadableError:
                continue
            except RefusedError as error:
                fresh = self._renew(item.listed.google_id) if error.status in _STALE else None
                if fresh is None:
                    raise BytesNotThereError(f"Google refuses its bytes ({error.status})") from None
                item = fresh
        raise BytesNotThereError(f"its bytes did not come whole in {_TRIES} tries")

    def _copy(self, address: Secret, kind: Kind, variant: str, sink: BinaryIO) -> Fetched:
        picked = self._scope is Scope.PICK
        ask = Ask(
            method="GET",
            url=f"{address.reveal()}={variant}",
            needs=self._scope,
            budget=Budget.PICKER if picked else Budget.BYTES,
            with_token=picked,
            private=True,
        )
        sink.seek(0)
        sink.truncate()
        size_bytes = 0
        with self._transport.stream(ask) as (mime_type, chunks):
            family = "video/" if variant == "dv" and kind is Kind.VIDEO else "image/"
            if not mime_type.startswith(family):
                # An error page with status 200 must never pass for a photo.
                raise NotReadableError(f"{mime_type} instead of {family}*")
            for chunk in chunks:
                sink.write(chunk)
                size_bytes += len(chunk)
        if size_bytes == 0:
            raise NotReadableError("no bytes")
        return Fetched(size_bytes, mime_type)
