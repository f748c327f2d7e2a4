"""Secrets that cannot be printed by accident, and a log that drops those that slip through."""

import hmac
import logging
import re
import traceback
from typing import Final, NoReturn

_MARK: Final = "[redacted]"
_SHORTEST: Final = 8  # shorter values would redact ordinary words

# What Google's secrets look like: access and refresh tokens, client secrets, codes, signed URLs.
_SHAPES: Final = re.compile(
    r"ya29\.[\w.-]+|1//[\w-]{8,}|GOCSPX-[\w-]+|4/0[\w-]{8,}"
    r"|(?i:bearer\s+)[\w.~+/=-]+"
    r"|https?://[\w.-]*googleusercontent\.com/\S*"
    r"|(?<=[?&])(?i:code|state|access_token|refresh_token|client_secret|code_verifier|upload_id"
    r"|id_token|token)=[^&\s\"']+"
)

# These log headers and bodies, tokens among them; we log each request ourselves, without them.
_WIRE_LOGGERS: Final = (
    "httpx", "httpcore", "urllib3", "requests_oauthlib", "oauthlib", "google.auth",
    "google_auth_oauthlib", "googleapiclient", "google_auth_httplib2",
)  # fmt: skip

_known: set[str] = set()


class Secret:
    """A value that only `reveal` shows; it has no readable form and cannot be pickled.

    Values given with `registered=True` are also taken out of every log record of this process.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str, *, registered: bool = True) -> None:
        self._value = value
        if registered and len(value) >= _SHORTEST:
            _known.add(value)

    def reveal(self) -> str:
        """Return the value, to be sent to the host that it is for, or kept in a private file."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({_MARK})"

    def __str__(self) -> str:
        return _MARK

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not to be pickled")


def redacted(text: str) -> str:
    """Return `text` without any registered secret and without what looks like one of Google's."""
    for value in _known:
        text = text.replace(value, _MARK)
    return _SHAPES.sub(_MARK, text)


def guard_logs() -> None:
    """Take secrets out of every log record, tracebacks included, from now on.

    Libraries that log what goes over the wire are kept silent below warnings. Calling it again
    changes nothing.
    """
    for name in _WIRE_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    if not isinstance(logging.getLogRecordFactory(), _GuardedFactory):
        logging.setLogRecordFactory(_GuardedFactory())


class _GuardedFactory:
    """Makes log records as before, then cleans their text."""

    def __init__(self) -> None:
        self._make = logging.getLogRecordFactory()

    def __call__(self, *args: object, **kwargs: object) -> logging.LogRecord:
        record = self._make(*args, **kwargs)
        message = record.getMessage()
        clean = redacted(message)
        if clean != message:
            record.msg, record.args = clean, None
        if record.exc_info and record.exc_info[0] is not None:
            text = "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")
            record.exc_text = redacted(text)
        return record
