import base64
from datetime import UTC, datetime
from hashlib import sha1
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gphotos_reconcile.core.errors import SourceError
from gphotos_reconcile.core.listing import InventoryRow
from gphotos_reconcile.core.model import Kind, Problem
from gphotos_reconcile.sources.inventory import (
    read_inventory,
    sha1_of_dedup_key,
)

KEY = "AF1QipMabcdefghijklmnop"
HEADER = (
    "mediaKey,dedupKey,sourceAlbumTitle,fileName,takenAt,uploadedAt,width,height,sizeBytes,"
    "takesUpSpace,isOriginalQuality,isOwned,isArchived"
)


def read(tmp_path: Path, text: str, encoding: str = "utf-8") -> list[InventoryRow | Problem]:
    path = tmp_path / "inventory.csv"
    path.write_bytes(text.encode(encoding))
    return list(read_inventory(path))


def test_a_row_says_what_the_toolkit_knows(tmp_path: Path) -> None:
    dedup = (
        base64.urlsafe_b64encode(sha1(b"x", usedforsecurity=False).digest()).decode().rstrip("=")
    )
    (row,) = read(
        tmp_path,
        f"{HEADER}\n{KEY},{dedup},Sea,IMG_1.JPG,2019-05-04T10:11:12Z,2020-01-01T00:00:00Z,"
        "4000,3000,1234567,true,false,true,false\n",
    )
    assert row == InventoryRow(
        media_key=KEY,
        dedup_key=dedup,
        sha1=sha1(b"x", usedforsecurity=False).hexdigest(),
        filename="IMG_1.JPG",
        kind=Kind.PHOTO,
        taken_at=datetime(2019, 5, 4, 10, 11, 12, tzinfo=UTC),
        uploaded_at=datetime(2020, 1, 1, tzinfo=UTC),
        width_px=4000,
        height_px=3000,
        size_bytes=1234567,
        takes_up_space=True,
        is_original_quality=False,
        is_owned=True,
        is_archived=False,
        album="Sea",
    )


def test_columns_are_found_in_any_order_and_writing(tmp_path: Path) -> None:
    text = f"\ufeffFile Name,size_bytes,MEDIA KEY\nclip.mp4,7,{KEY}\n"
    (row,) = read(tmp_path, text)
    assert isinstance(row, InventoryRow)
    assert (row.media_key, row.kind, row.size_bytes) == (KEY, Kind.VIDEO, 7)
    assert row.is_owned is None


def test_a_bad_row_is_a_problem_and_the_others_are_read(tmp_path: Path) -> None:
    found = read(tmp_path, f"mediaKey,fileName\n,a.jpg\n../../etc,b.jpg\n{KEY},c.jpg\n\n")
    assert [type(f) for f in found] == [Problem, Problem, InventoryRow]
    assert "Line 2" in getattr(found[0], "message", "")


def test_times_in_milliseconds_are_read_too(tmp_path: Path) -> None:
    (row,) = read(tmp_path, f"mediaKey,takenAt\n{KEY},1556964672000\n")
    assert isinstance(row, InventoryRow)
    assert row.taken_at == datetime(2019, 5, 4, 10, 11, 12, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", '{"mediaKey": 1}'])
def test_a_file_of_another_sort_is_refused_whole(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourceError, match="no column mediaKey"):
        read(tmp_path, text)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        list(read_inventory(tmp_path / "none.csv"))


@given(st.binary(min_size=20, max_size=20))
def test_a_digest_survives_the_way_through_a_dedup_key(digest: bytes) -> None:
    key = base64.urlsafe_b64encode(digest).decode().rstrip("=")

    assert sha1_of_dedup_key(key) == digest.hex()


@given(st.text(max_size=40))
def test_what_is_no_digest_is_none_and_never_an_error(text: str) -> None:
    found = sha1_of_dedup_key(text)
    assert found is None or len(found) == 40


@given(st.binary(max_size=300))
def test_no_bytes_make_reading_fail_otherwise_than_by_a_source_error(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("inventory") / "inventory.csv"
    path.write_bytes(b"mediaKey,takenAt,width,duration\n" + content)
    for found in read_inventory(path):
        assert isinstance(found, InventoryRow | Problem)
