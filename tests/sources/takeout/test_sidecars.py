"""JSON files of an export: what they say, and what they can't do to us."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gphotos_reconcile.core.model import AlbumFacts, Sidecar
from gphotos_reconcile.sources.takeout.sidecars import SidecarError, media_key, parse_sidecar

FULL = {
    "title": "IMG_0042.jpg",
    "description": "At the lake",
    "imageViews": "12",
    "creationTime": {"timestamp": "1546300900"},
    "photoTakenTime": {"timestamp": "1546300800"},
    "photoLastModifiedTime": {"timestamp": "1546301000"},
    "geoData": {"latitude": 47.5, "longitude": 8.5, "altitude": 400.0},
    "geoDataExif": {"latitude": 0.0, "longitude": 0.0, "altitude": 0.0},
    "people": [{"name": "A"}, {"name": "B"}],
    "url": "https://photos.google.com/photo/AF1QipKey",
    "favorited": True,
    "googlePhotosOrigin": {
        "mobileUpload": {
            "deviceType": "ANDROID_PHONE",
            "deviceFolder": {"localFolderName": "Camera"},
        }
    },
}


def parse(document: object) -> Sidecar | AlbumFacts | None:
    return parse_sidecar("x.json", json.dumps(document).encode())


def item(**changes: object) -> Sidecar:
    found = parse({**FULL, **changes})
    assert isinstance(found, Sidecar)
    return found


def test_every_field_of_a_sidecar_is_kept() -> None:
    assert item() == Sidecar(
        title="IMG_0042.jpg",
        description="At the lake",
        taken_at=datetime(2019, 1, 1, tzinfo=UTC),
        uploaded_at=datetime(2019, 1, 1, 0, 1, 40, tzinfo=UTC),
        modified_at=datetime(2019, 1, 1, 0, 3, 20, tzinfo=UTC),
        latitude=47.5,
        longitude=8.5,
        altitude_m=400.0,
        url="https://photos.google.com/photo/AF1QipKey",
        media_key="AF1QipKey",
        favorited=True,
        origin="mobileUpload",
        origin_detail="ANDROID_PHONE, Camera",
        people=("A", "B"),
    )


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("-86400", datetime(1969, 12, 31, tzinfo=UTC)),
        (1546300800, datetime(2019, 1, 1, tzinfo=UTC)),
        ("0", None),
        ("", None),
        ("soon", None),
        ("1" * 20, None),
        (10**400, None),
        (None, None),
        (True, None),
        ({"a": 1}, None),
    ],
)
def test_a_time_is_an_instant_or_nothing(stamp: object, expected: datetime | None) -> None:
    assert item(photoTakenTime={"timestamp": stamp}).taken_at == expected


@pytest.mark.parametrize(
    "place",
    [
        {"latitude": 0, "longitude": 0},
        {"latitude": 999, "longitude": 8},
        {"latitude": "47", "longitude": 8},
        {"latitude": 10**400, "longitude": 8},
        {"latitude": True, "longitude": 8},
        [],
        None,
    ],
)
def test_a_place_that_is_none_is_not_kept(place: object) -> None:
    assert item(geoData=place).latitude is None


@pytest.mark.parametrize(
    ("key", "field"),
    [("archived", "archived"), ("trashed", "trashed"), ("inLockedFolder", "locked")],
)
def test_flags_are_set_by_true_alone(key: str, field: str) -> None:
    assert getattr(item(**{key: True}), field) is True
    assert getattr(item(**{key: "true"}), field) is False
    assert getattr(item(), field) is False


@pytest.mark.parametrize("origin", ["fromPartnerSharing", "fromSharedAlbum", "driveSync"])
def test_an_origin_without_detail_is_its_key(origin: str) -> None:
    found = item(googlePhotosOrigin={origin: {}})
    assert (found.origin, found.origin_detail) == (origin, None)


def test_a_creation_says_which() -> None:
    assert item(googlePhotosOrigin={"composition": {"type": "AUTO"}}).origin_detail == "AUTO"


@pytest.mark.parametrize(
    "document",
    [
        {"title": "Trip", "description": "", "access": "protected", "date": {"timestamp": "0"}},
        {"title": "Trip"},
        {"albumData": {"title": "Trip", "geoInfo": {}}},
        {"title": "Trip", "enrichments": []},
    ],
)
def test_album_facts_are_known_by_content(document: object) -> None:
    assert parse(document) == AlbumFacts(title="Trip")


OTHER_SORTS: list[object] = [
    {}, [], [{"title": "x"}], "text", 5, None, {"externalOrderId": "1", "title": "print"},
    {"title": ["a", "b"]}, {"comments": []},
]  # fmt: skip


@pytest.mark.parametrize("document", OTHER_SORTS)
def test_json_of_another_sort_is_nothing(document: object) -> None:
    assert parse(document) is None


def test_the_form_of_2017_is_an_item() -> None:
    found = parse({"title": "a.jpg", "tags": [], "url": "https://lh3.googleusercontent.com/x"})
    assert isinstance(found, Sidecar)
    assert found.media_key is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b'{"title": NaN}',
        b'{"title": Infinity}',
        b"[" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"photoTakenTime": {}, "title": 5}',
        b'{"photoTakenTime": {}}',
        b'{"title": ' + b"1" * 5000 + b"}",
        b" " * (5 << 20),
    ],
    ids=lambda data: f"{data[:12]!r}x{len(data)}",
)
def test_a_damaged_sidecar_is_an_error_with_words(data: bytes) -> None:
    with pytest.raises(SidecarError, match=r"^x\.json: "):
        parse_sidecar("x.json", data)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le"])
def test_other_encodings_are_read(encoding: str) -> None:
    assert parse_sidecar("x.json", json.dumps(FULL).encode(encoding)) == item()


def test_a_title_never_holds_what_is_no_text() -> None:
    found = parse_sidecar("x.json", b'{"title": "a\\ud800b\\u0000\xff.jpg", "photoTakenTime": {}}')
    assert isinstance(found, Sidecar)
    assert found.title == "a\ufffdb\ufffd\ufffd.jpg"


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://photos.google.com/photo/AF1Qip", "AF1Qip"),
        ("https://photos.google.com/lr/photo/AF1Qip?x=1", "AF1Qip"),
        ("https://photos.google.com/", None),
        ("https://lh3.googleusercontent.com/abc", None),
        ("http://[", None),
        (None, None),
    ],
)
def test_the_media_key_is_the_last_step_of_the_address(url: str | None, key: str | None) -> None:
    assert media_key(url) == key


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from([*FULL, "albumData", "archived"]), JSON_VALUES))
def test_values_of_any_type_give_a_value_or_a_sidecar_error(document: dict[str, object]) -> None:
    try:
        found = parse(document)
    except SidecarError:
        return
    assert found is None or isinstance(found.title, str)
