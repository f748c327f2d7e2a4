"""The Picker API: what the user ticks in Google's own page, and nothing else."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from gphotos_reconcile.core.errors import GoogleUnavailableError
from gphotos_reconcile.google.items import duration_s, picked_item
from gphotos_reconcile.google.paging import ListingPage, read_page, walk
from gphotos_reconcile.google.quota import Budget
from gphotos_reconcile.google.replies import RefusedError
from gphotos_reconcile.google.scopes import Scope
from gphotos_reconcile.google.secrets import Secret
from gphotos_reconcile.google.services import Service
from gphotos_reconcile.google.transport import Transport

ROUND_ITEMS: Final = 2000
"""Most items that Google lets a person pick in one session."""

_POLL_S: Final = 5.0
_LEAST_POLL_S: Final = 1.0
_TIMEOUT_S: Final = 1800.0
_PAGE_ITEMS: Final = 100


class PickingEndedError(GoogleUnavailableError):
    """A picking session ended before the person pressed Done."""


@dataclass(frozen=True, slots=True)
class PickingSession:
    """One round of picking. `uri` is to be opened by the signed-in person."""

    session_id: str
    uri: Secret
    done: bool
    poll_s: float
    timeout_s: float
    expires_at: datetime | None


class Picker:
    """Opens sessions, waits for the person, lists what was picked, and closes the session."""

    def __init__(self, transport: Transport, root: str) -> None:
        self._service = Service(transport, "photospicker", root, Budget.PICKER)
        self._clock = transport.clock

    def open(self) -> PickingSession:
        """Begin a round of at most 2,000 items.

        Raises:
            RefusedError: the account has no Google Photos, or too many sessions are open.
        """
        body = {"pickingConfig": {"maxItemCount": str(ROUND_ITEMS)}}
        request = self._service.resource.sessions().create(body=body)
        # Repeatable: a session that nobody hears of expires by itself and holds nothing.
        return _session(self._service.execute(request, Scope.PICK))

    def wait(self, session: PickingSession) -> PickingSession:
        """Return the session once the person pressed Done, asking as often as Google says.

        Raises:
            PickingEndedError: the session expired, or Google says to stop waiting.
        """
        started = self._clock.monotonic()
        while not session.done:
            waited_s = self._clock.monotonic() - started
            if session.timeout_s <= 0 or waited_s + session.poll_s > session.timeout_s:
                raise _ended("Nothing was picked before the session ended.")
            self._clock.sleep(session.poll_s)
            session = self._get(session.session_id)
        return session

    def pages(self, session: PickingSession) -> Iterator[ListingPage]:
        """Yield every page of what was picked.

        Raises:
            PickingEndedError: the session is no longer known.
        """

        def page(token: str) -> ListingPage:
            arguments: dict[str, Any] = {"pageToken": token} if token else {}
            request = self._service.resource.mediaItems().list(
                sessionId=session.session_id, pageSize=_PAGE_ITEMS, **arguments
            )
            try:
                return read_page(self._service.execute(request, Scope.PICK), picked_item)
            except RefusedError as error:
                raise _ended(f"Google no longer lists the picked items ({error.code}).") from None

        yield from walk(page, "")

    def close(self, session: PickingSession) -> None:
        """Give the session back; Google allows a person only a few. Failing to is no trouble."""
        request = self._service.resource.sessions().delete(sessionId=session.session_id)
        with suppress(GoogleUnavailableError):
            self._service.execute(request, Scope.PICK)

    def _get(self, session_id: str) -> PickingSession:
        request = self._service.resource.sessions().get(sessionId=session_id)
        try:
            return _session(self._service.execute(request, Scope.PICK))
        except RefusedError as error:
            if error.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE, HTTPStatus.BAD_REQUEST}:
                raise _ended("The picking session has expired.") from None
            raise


def _session(document: dict[str, Any]) -> PickingSession:
    polling = document.get("pollingConfig")
    config = polling if isinstance(polling, dict) else {}
    interval = duration_s(config.get("pollInterval"))
    timeout = duration_s(config.get("timeoutIn"))
    if timeout is None:
        # "0s" says stop; silence says nothing.
        timeout = 0.0 if str(config.get("timeoutIn", "")).startswith("0") else _TIMEOUT_S
    expires = str(document.get("expireTime", ""))
    return PickingSession(
        session_id=str(document.get("id", "")),
        uri=Secret(str(document.get("pickerUri", "")), registered=False),
        done=document.get("mediaItemsSet") is True,
        poll_s=max(_LEAST_POLL_S, _POLL_S if interval is None else interval),
        timeout_s=timeout,
        expires_at=datetime.fromisoformat(expires) if expires else None,
    )


def _ended(why: str) -> PickingEndedError:
    return PickingEndedError(
        f"{why} What was picked in earlier rounds is kept.",
        hint="Run `gphotos-reconcile sync picker` again for a new session; tick fewer photos at a "
        "time if pressing Done did nothing.",
    )
