"""The page that lists an export's files is a manifest."""

from pathlib import Path

from gphotos_reconcile.sources.takeout.exports import find_exports
from gphotos_reconcile.sources.takeout.manifest import manifest_gaps, read_manifest
from gphotos_reconcile.sources.takeout.source import TakeoutSource
from tests.sources.fakes import JPEG, PART, InProcess, nothing_known, write_zip

PAGE = """<html><body><div id="service-tile-PHOTOS"><h1 class="data-folder-name"
data-english-name="PHOTOS" data-folder-name="Google Photos">Google Photos</h1>4 files</div>
<div id="service-details-DRIVE"><div class="extracted-folder-name">Other</div>
<div class="extracted-file-name"> x.txt</div></div>
<div id="service-details-PHOTOS" class="service-detail"><div class="extracted-list">
<div class="table-row"><button class="extracted-folder"><svg><path d="M0"/></svg>
<div class="extracted-folder-name">Adelaide &amp; Co</div></button>
<div class="extracted-child extracted-file-name"><div class="file-leaf">
<a href="Google%20Photos/Adelaide/IMG_4547.jpg" class="takeout-resource-link">IMG_4547.jpg</a>
</div></div><div class="extracted-child extracted-file-name"><div class="file-leaf">
<div class="extracted-file-name"> IMG_4547.jpg.json</div></div></div></div>
<div class="table-row"><button class="extracted-folder">
<div class="extracted-folder-name">Trip</div>
</button><div class="extracted-child extracted-file-name"><div class="file-leaf">
<div class="extracted-file-name"> a.jpg</div></div></div></div></div></div></body></html>"""


def test_the_page_is_read_as_folders_and_their_files() -> None:
    manifest = read_manifest(PAGE.encode())
    assert manifest is not None
    assert manifest.photos_folder == "Google Photos"
    assert manifest.files_by_folder == {"Adelaide & Co": 2, "Trip": 1}


def test_another_page_is_no_manifest() -> None:
    assert read_manifest(b"<html><a class='takeout-resource-link'>x</a></html>") is None
    assert read_manifest(b"\xff\x00<<<div id=") is None


def test_folders_with_fewer_files_are_named() -> None:
    manifest = read_manifest(PAGE.encode())
    assert manifest is not None
    assert manifest_gaps(manifest, {"Adelaide & Co": 2, "Trip": 1, "More": 9}) == ()
    assert manifest_gaps(manifest, {"Adelaide & Co": 1}) == (
        "Adelaide & Co: 1 of 2 files are here",
        "Trip: 0 of 1 files are here",
    )


def test_an_export_that_lacks_files_of_its_own_list_is_not_complete(tmp_path: Path) -> None:
    members = {
        "Takeout/archive_browser.html": PAGE.encode(),
        "Takeout/Google Photos/Adelaide & Co/IMG_4547.jpg": JPEG,
        "Takeout/Google Photos/Trip/a.jpg": JPEG,
    }
    (export,) = find_exports([write_zip(tmp_path / PART, members)])
    source = TakeoutSource(export, fingerprinter=InProcess(), known=nothing_known)
    list(source.scan())
    assert source.manifest_gaps == ("Adelaide & Co: 1 of 2 files are here",)
    assert not source.complete
