"""The Google commands as a person runs them, against the stand-in."""

import json
import subprocess
from pathlib import Path

import pytest

from gphotos_reconcile.google.fake import person
from gphotos_reconcile.google.fake.consent import CLIENT_ID
from gphotos_reconcile.google.quota import Budget
from tests.cli.google_person import Person, sign_in


@pytest.mark.slow
def test_a_person_signs_in_uploads_lists_and_stages(user: Person, photos: Path) -> None:
    assert user.google_run("auth", "status")["signed_in"] is False
    sign_in(user, "upload", "stage")
    status = user.google_run("auth", "status")
    assert (status["signed_in"], status["stand_in"]) == (True, True)
    assert status["not_ready"] == ["sync picker"]

    dry = user.run("upload", str(photos), "--dry-run")
    assert (dry["states"]["queued"], user.google.truth.items) == (3, {})
    done = user.google_run("upload", str(photos), "--album", "Sea")
    assert done["states"] == {"created": 3}
    assert len(user.google.truth.items) == 3
    assert [len(a.items) for a in user.google.truth.albums.values()] == [3]
    again = user.google_run("upload", str(photos))
    assert again["states"] == {"created": 3}
    assert len(user.google.truth.items) == 3

    listed = user.google_run("sync", "library")
    assert (listed["listed"], listed["new"], listed["coverage"]) == (3, 3, "partial")
    rows = user.run("query", "cloud_only")
    assert rows is not None

    ids = user.home / "ids.txt"
    ids.write_text("item_id\n1\n2\n3\n")
    plan = user.run("stage", "plan", str(ids), "--title", "Staged")
    assert plan["ways"]["api"] == 3
    assert next(iter(plan)) == "statement"
    applied = user.google_run("stage", "apply", plan["plan_id"])
    assert applied["states"] == {"verified": 3}
    assert user.run("stage", "status")["states"] == {"verified": 3}
    files = user.run("export", "album-staging", "--out", str(user.home / "staging"))["files"]
    assert all(Path(name).stat().st_size >= 0 for name in files)
    assert len(files) == 5

    assert user.google_run("auth", "logout")["revoked"] is True
    user.google_run("sync", "library", code=4)


@pytest.mark.parametrize(
    ("command", "asked"),
    [("sync library", '--for "sync library"'), ("upload {file}", "--for upload")],
)
def test_without_a_sign_in_the_way_to_it_is_told_and_the_code_is_4(
    command: str, asked: str, user: Person, photos: Path
) -> None:
    words = command.format(file=next(photos.iterdir())).split()
    told = user.google_run(*words, code=4)
    assert f"auth login {asked}`" in told["hint"]


@pytest.mark.slow
def test_a_declined_sign_in_ends_with_4_and_stores_nothing(user: Person) -> None:
    code, told = user.answer("auth", "login", "--no-browser", allow=False)
    assert code == 4
    assert "declined" in told
    assert not list((user.home / "state").rglob("token*"))


def test_a_scope_that_was_not_asked_for_is_named(user: Person, photos: Path) -> None:
    sign_in(user, "sync library")
    told = user.google_run("upload", str(photos), code=4)
    assert "photoslibrary.appendonly" in told["error"]


def test_an_api_that_is_off_is_told_with_the_page_to_switch_it_on(user: Person) -> None:
    sign_in(user, "sync library")
    user.google.truth.rules.api_enabled = False
    told = user.google_run("sync", "library", code=4)
    assert "console.cloud.google.com" in told["hint"]


@pytest.mark.slow
def test_an_inventory_is_read_and_its_rows_are_cloud_items(user: Person) -> None:
    inventory = user.home / "inventory.csv"
    inventory.write_text(
        "mediaKey,dedupKey,fileName,takenAt,isOwned\n"
        "AF1QipAAAAAAAA,,IMG_1.jpg,2019-05-04T10:11:12Z,true\n"
        "AF1QipBBBBBBBB,,IMG_2.jpg,2019-05-04T10:11:13Z,false\n"
        ",,bad.jpg,,\n"
    )
    told = user.run("import-inventory", str(inventory), code=3)
    assert (told["seen"], told["saved"], told["rejected"]) == (3, 2, 1)
    assert told["not_in_exports"] == 2
    again = user.run("import-inventory", str(inventory), code=3)
    assert again["not_in_exports"] == 2
    keys = user.home / "ids.txt"
    keys.write_text("1\n2\n")
    plan = user.run("stage", "plan", str(keys), "--title", "T", "--toolkit")
    assert plan["ways"]["toolkit"] == 2


@pytest.mark.slow
def test_what_a_person_picks_is_looked_at_and_nothing_of_it_is_kept(
    user: Person, photos: Path
) -> None:
    for path in sorted(photos.iterdir()):
        user.google.truth.store(path.name, "image/jpeg", path.read_bytes())
    sign_in(user, "sync picker")
    command = user.command(
        "sync", "picker", "--fingerprint", "--no-browser", "--client-secret", str(user.secret)
    )
    with subprocess.Popen(
        command, env=user.env, cwd=user.home, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stderr is not None
        address = ""
        while not address.startswith("http://127"):
            line = process.stderr.readline()
            assert line, "it ended without an address"
            address = line.strip()
        person.pick(address)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "█" in err or "▄" in err  # the QR code
    report = json.loads(out)
    assert (report["listed"], report["pictures"]) == (3, 3)
    assert CLIENT_ID not in out
    assert b"/picked/" not in (user.home / "catalog.db").read_bytes()


@pytest.mark.slow
def test_no_secret_reaches_catalogue_or_output(user: Person, photos: Path) -> None:
    sign_in(user, "upload")
    user.google_run("upload", str(photos), "--album", "Sea")
    user.google_run("sync", "library")
    consent = user.google.consent
    secrets = {*consent._access, *consent._refresh, *consent._codes, consent.client_secret}
    secrets |= {*user.google.truth.uploads, "/bytes/"}
    catalog = (user.home / "catalog.db").read_bytes()
    assert not [secret for secret in secrets if secret.encode() in catalog]
    token = next((user.home / "state").rglob("token-*.json"))
    assert token.stat().st_mode & 0o777 == 0o600
    assert token.parent.stat().st_mode & 0o777 == 0o700


def test_a_spent_quota_ends_with_5_and_says_when_to_go_on(user: Person) -> None:
    sign_in(user, "sync library")
    user.google.truth.rules.limits = {Budget.REQUESTS: 0}
    told = user.google_run("sync", "library", code=5)
    assert "Run the same command again after 20" in told["hint"]
