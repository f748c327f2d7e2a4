"""`verify --fidelity` as a person runs it, against the stand-in."""

import io
from pathlib import Path

import pytest
from PIL import Image

from gphotos_reconcile.cli.app import main
from gphotos_reconcile.google.quota import Budget
from tests.cli.google_person import Person, sign_in


def original(folder: Path, name: str = "IMG_7.jpg") -> Path:
    """Write a photo with a camera, a time and a place."""
    image = Image.effect_noise((40, 30), 60).resize((640, 480)).convert("RGB")
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0132] = "Maker", "Model", "2019:05:04 10:11:12"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 30.0, 0.0), 3: "E", 4: (13.0, 24.0, 0.0)})
    path = folder / name
    image.save(path, "JPEG", quality=95, exif=exif)
    return path


def recompressed(content: bytes, mime_type: str, variant: str) -> tuple[str, bytes]:
    """Hand out what Google's API does: compressed again, without the place, scaled if asked."""
    image: Image.Image = Image.open(io.BytesIO(content))
    exif = image.getexif()
    if 0x8825 in exif:
        del exif[0x8825]
    if variant.startswith("w"):
        image = image.resize((image.width // 2, image.height // 2))
    target = io.BytesIO()
    image.save(target, "JPEG", quality=70, exif=exif)
    return mime_type, target.getvalue()


@pytest.mark.slow
def test_what_comes_back_is_measured_way_by_way_and_kept(user: Person) -> None:
    user.google.truth.render = recompressed
    sign_in(user, "verify")
    photo = original(user.home)
    rows = user.google_run("verify", "--fidelity", str(photo))["measured"]
    full, scaled = rows
    assert (full["path"], scaled["path"]) == ("library_download", "library_scaled")
    assert not full["same_bytes"]
    assert 30 < full["psnr_db"] < 60
    assert 0.9 < full["ssim"] < 1
    assert (full["width_px"], scaled["width_px"]) == (640, 320)
    assert scaled["psnr_db"] < full["psnr_db"]
    assert {"latitude", "longitude"} <= set(full["lost"])
    assert {"camera_make", "camera_model", "taken_at"} <= set(full["kept"])

    (album,) = user.google.truth.albums.values()
    assert len(album.items) == 1
    assert user.run("verify", "--fidelity")["measured"] == rows
    user.google_run("verify", "--fidelity", str(photo))  # again: no second copy, no second album
    assert (len(user.google.truth.items), len(user.google.truth.albums)) == (1, 1)


@pytest.mark.slow
def test_a_dry_run_says_what_it_costs_and_that_a_copy_stays(
    user: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = original(user.home)
    assert user.run("verify", "--fidelity", str(photo), "--dry-run")["to_send_bytes"] > 1000
    catalog = str(user.home / "catalog.db")
    assert main(["--catalog", catalog, "verify", "--fidelity", str(photo), "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert "stays in your Google account" in told
    assert "no API can delete it" in told
    assert user.google.truth.spent(Budget.REQUESTS) == 0
    assert user.google.truth.items == {}


@pytest.mark.slow
def test_what_can_t_be_measured_is_told_and_the_rest_is(user: Person) -> None:
    sign_in(user, "verify")
    text = user.home / "notes.txt"
    text.write_text("no photo")
    told = user.google_run("verify", "--fidelity", str(text), str(original(user.home)), code=3)
    assert len(told["measured"]) == 2
    assert "notes.txt was not measured" in told["problems"][0]["message"]


def test_a_name_that_is_no_file_and_no_item_is_wrong_usage(user: Person) -> None:
    told = user.run("verify", "--fidelity", "nothing-here.jpg", code=2)
    assert "neither a file nor the number of an item" in told["error"]


@pytest.mark.slow
def test_a_spent_quota_ends_with_5_and_the_time_to_go_on(user: Person) -> None:
    sign_in(user, "verify")
    user.google.truth.rules.limits = {Budget.BYTES: 1}
    told = user.google_run("verify", "--fidelity", str(original(user.home)), code=5)
    assert "Run the same command again after 20" in told["hint"]
    assert len(user.run("verify", "--fidelity")["measured"]) == 1  # the place is kept


@pytest.mark.slow
def test_the_table_has_a_line_for_each_original(
    user: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    user.google.truth.render = recompressed
    sign_in(user, "verify")
    user.google_run("verify", "--fidelity", str(original(user.home)))
    catalog = str(user.home / "catalog.db")
    assert main(["--quiet", "--catalog", catalog, "verify", "--fidelity"]) == 0
    told = capsys.readouterr().out
    assert "library_download: 0 of 1 came back with the bytes of the original" in told
    assert "IMG_7.jpg" in told
    assert "latitude, longitude" in told
