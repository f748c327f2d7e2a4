"""Canaries: every secret of a whole session is looked for in everything that came out."""

import io
import json
import logging
import pickle
import traceback
from collections.abc import Iterator

import pytest

from gphotos_reconcile.core.errors import GoogleUnavailableError, ReconcileError
from gphotos_reconcile.google.fake import person
from gphotos_reconcile.google.fake.faults import FATAL, OF_ENDPOINT, TRANSPORT, Fault
from gphotos_reconcile.google.hosts import AllowedHosts, ForeignHostError
from gphotos_reconcile.google.secrets import Secret, guard_logs, redacted
from gphotos_reconcile.sources.library_api import sync_library
from gphotos_reconcile.sources.picker import sync_picker
from tests.google.conftest import MakeDesk
from tests.google.desk import Desk, Silent, job, png


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Everything logged by anything, at the most talkative level."""
    # The program keeps its own lines to its own log, at its own level, once that was opened.
    ours = logging.getLogger("gphotos_reconcile")
    monkeypatch.setattr(ours, "propagate", True)
    its_level = ours.level
    ours.setLevel(logging.NOTSET)
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)
    root.setLevel(before)
    ours.setLevel(its_level)


def secrets_of(desk: Desk) -> set[str]:
    consent, truth = desk.google.consent, desk.google.truth
    kept = json.loads((desk.folder / "private" / "token.json").read_text())
    return {
        consent.client_secret,
        *consent._access,
        *consent._refresh,
        *consent._codes,
        *truth.uploads,
        *truth.sessions,
        kept["access_token"],
        kept["refresh_token"],
        "/bytes/",
        "/picked/",
        "/upload/",
        "/pick/",
    } - {None}


def session(desk: Desk) -> list[str]:
    """Do everything once; return the tracebacks of what went wrong."""
    told = []
    desk.chunk_bytes = 512
    for _ in range(3):
        try:
            with desk.transport() as transport:
                desk.uploader(transport).run([job(png(1)), job(png(2, 8, 60), "b.png")])
                sync_library(desk.library(transport), desk.sync, Silent())
                sync_picker(
                    desk.picker(transport), desk.sync, show=person.pick, more=lambda _: False
                )
        except ReconcileError as error:
            told.append("".join(traceback.format_exception(error)) + error.hint)
            logging.getLogger("anything").exception("it failed")
            desk.clock.sleep(90_000)
    return told


CASES = sorted(
    {(name, fault) for name in ("list", "batchCreate", "upload.start", "upload.part", "picker.list")
     for fault in (*TRANSPORT, *FATAL, *OF_ENDPOINT.get(name, ()))}
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("endpoint", sorted({name for name, _ in CASES}))
def test_no_secret_is_in_logs_tracebacks_or_journals_whatever_fails(
    make_desk: MakeDesk,
    log: io.StringIO,
    capfd: pytest.CaptureFixture[str],
    endpoint: str,
) -> None:
    for fault in (fault for name, fault in CASES if name == endpoint):
        desk = make_desk({(endpoint, 1): fault, (endpoint, 3): fault})
        told = session(desk)
        out, err = capfd.readouterr()
        journals = repr((desk.sync.items, desk.sync.passes, desk.uploads.all, desk.ledger.sums))
        everything = "\n".join([*told, out, err, journals, log.getvalue(), repr(desk.client)])
        found = [secret for secret in secrets_of(desk) if secret in everything]
        assert found == [], fault


def test_the_wire_libraries_say_nothing_even_when_asked_to(desk: Desk, log: io.StringIO) -> None:
    session(desk)
    assert "photoslibrary" in log.getvalue()  # our own line for each request is there
    assert "Authorization" not in log.getvalue()
    assert "pageToken" not in log.getvalue()


def test_a_secret_has_no_readable_form() -> None:
    secret = Secret("ya29.canary-canary-canary")
    assert "canary" not in f"{secret} {secret!r} {[secret]} {secret!s:>40}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_a_registered_secret_is_taken_out_of_any_log_line(log: io.StringIO) -> None:
    guard_logs()
    secret = Secret("a-very-own-canary-value")
    logging.getLogger("other").warning("look: %s", secret.reveal())
    try:
        raise ValueError(secret.reveal())
    except ValueError:
        logging.getLogger("other").exception("with %s", "traceback")
    assert "canary" not in log.getvalue()
    assert "look: [redacted]" in log.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "ya29.A0ARrdaM-abc_def",
        "1//0gabcdefghijkl-mn",
        "GOCSPX-abcdef",
        "Authorization: Bearer abc.def-ghi",
        "https://lh3.googleusercontent.com/lr/AAJ1LKe=d",
        "http://127.0.0.1:1/?code=4/0AbCdEf&state=xyz",
    ],
)
def test_what_looks_like_one_of_google_s_secrets_is_redacted(text: str) -> None:
    clean = redacted(f"before {text} after")
    assert "[redacted]" in clean
    assert not any(word in clean for word in ("abc", "AAJ1", "AbCd", "xyz"))


@pytest.mark.parametrize(
    "url",
    [
        "http://photoslibrary.googleapis.com/v1/mediaItems",
        "https://photoslibrary.googleapis.com.evil.example/",
        "https://evil.example/photoslibrary.googleapis.com",
        "https://photoslibrary.googleapis.com:8443/",
        "https://user@photoslibrary.googleapis.com/",
        "https://googleusercontent.com/",
        "https://xgoogleusercontent.com/",
        "http://127.0.0.1:1/",
        "file:///etc/passwd",
        "",
    ],
)
def test_only_google_s_hosts_over_https_are_asked(url: str) -> None:
    with pytest.raises(ForeignHostError):
        AllowedHosts().check(url)


def test_with_the_stand_in_only_its_own_port_is_asked() -> None:
    hosts = AllowedHosts(loopback="http://127.0.0.1:5000")
    hosts.check("http://127.0.0.1:5000/photoslibrary/v1/mediaItems")
    for url in ("http://127.0.0.1:5001/", "https://photoslibrary.googleapis.com/"):
        with pytest.raises(GoogleUnavailableError):
            hosts.check(url)


def test_a_fault_of_every_kind_is_covered() -> None:
    covered = {fault for _, fault in CASES} | set(OF_ENDPOINT["bytes"])
    assert covered == set(Fault)
