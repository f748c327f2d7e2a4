"""Every error that is meant for a person.

ReconcileError
├── UsageError              2   the command line asks for something that cannot be done
├── SourceError             3   a source as a whole cannot be read
├── SignInError             4   sign-in is needed, was refused, or lacks a scope
├── GoogleUnavailableError  5   Google is unreachable or a quota is spent; the place is kept
├── CatalogError            6   the catalogue is unusable, in use, or from a newer version
└── ConditionMetError      10   only with --fail-on: the condition is met

Trouble with one entry of a source is no exception: it is a `core.model.Problem` in the stream.
"""


class ReconcileError(Exception):
    """Something failed that the user can do something about."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(ReconcileError):
    """The command line asks for something that cannot be done."""

    exit_code = 2


class SourceError(ReconcileError):
    """A source as a whole cannot be read."""

    exit_code = 3


class SignInError(ReconcileError):
    """Sign-in is needed, was refused, or does not carry a scope that the command needs."""

    exit_code = 4


class GoogleUnavailableError(ReconcileError):
    """Google cannot be reached, or a quota is spent; the place is kept."""

    exit_code = 5


class CatalogError(ReconcileError):
    """The catalogue is damaged, in use by another run, or of a newer version."""

    exit_code = 6


class ConditionMetError(ReconcileError):
    """A condition named with --fail-on is met."""

    exit_code = 10
