import json
from collections import Counter
from dataclasses import replace
from hashlib import sha256

import pytest

from gphotos_reconcile.core.journals import UploadState
from gphotos_reconcile.exporters.uploads import PHOTO_LIMIT_BYTES, refusal
from gphotos_reconcile.google.fake.consent import CLIENT_ID
from gphotos_reconcile.google.fake.faults import Fault
from gphotos_reconcile.google.fake.truth import Rules
from gphotos_reconcile.google.quota import QuotaSpentError
from tests.google.conftest import MakeDesk
from tests.google.desk import Desk, Memory, job, png

STRICT = Rules(dedupe=False, chunk_granularity=256)


def copies(desk: Desk) -> Counter[str]:
    items = desk.google.truth.items.values()
    return Counter(item.sha256 for item in items if item.creator == CLIENT_ID)


def upload(desk: Desk, contents: list[bytes]) -> list[UploadState]:
    jobs = [job(content, f"IMG_{n:04}.png") for n, content in enumerate(contents)]
    with desk.transport() as transport:
        records = desk.uploader(transport).run(jobs)
    for record in records.values():
        if record.google_id is not None:
            stored = desk.google.truth.items[record.google_id]
            assert stored.sha256 == record.sha256
    return [records[j.sha256].state for j in jobs if j.sha256 in records]


def test_every_byte_arrives_and_each_file_once(desk: Desk) -> None:
    contents = [png(n) for n in range(120)]
    assert upload(desk, contents) == [UploadState.CREATED] * 120
    assert copies(desk) == {sha256(c).hexdigest(): 1 for c in contents}
    assert desk.google.schedule.calls("batchCreate") == 3


def test_a_file_uploaded_before_is_not_sent_again(desk: Desk) -> None:
    upload(desk, [png(1)])
    sent = desk.google.schedule.calls("upload.start")
    assert upload(desk, [png(1)]) == [UploadState.CREATED]
    assert desk.google.schedule.calls("upload.start") == sent


@pytest.mark.parametrize(
    "fault",
    [Fault.LOST, Fault.TRUNCATED, Fault.NO_LENGTH, Fault.GZIP_LIE, Fault.SHORT, Fault.ERROR_500,
     Fault.RESET, Fault.HTML],
)  # fmt: skip
def test_a_lost_answer_never_makes_a_second_copy_even_where_google_would(
    make_desk: MakeDesk, fault: Fault
) -> None:
    desk = make_desk({("batchCreate", 1): fault}, STRICT)
    contents = [png(n) for n in range(60)]
    states = upload(desk, contents)
    assert set(states) <= {UploadState.CREATED, UploadState.FOUND}
    assert copies(desk) == {sha256(c).hexdigest(): 1 for c in contents}


def test_another_photo_of_the_same_name_and_size_is_not_taken_for_ours(
    make_desk: MakeDesk,
) -> None:
    desk = make_desk({("batchCreate", 1): Fault.RESET}, STRICT)
    older = desk.google.truth.store("IMG_0000.png", "image/png", png(77), CLIENT_ID)
    upload(desk, [png(0)])
    record = desk.uploads.record(sha256(png(0)).hexdigest())
    assert record is not None
    assert record.google_id != older.item_id


@pytest.mark.parametrize("fault", [Fault.REORDERED, Fault.DOUBLED, Fault.NULL_ENTRY])
def test_results_are_told_apart_by_their_token(make_desk: MakeDesk, fault: Fault) -> None:
    desk = make_desk({("batchCreate", 1): fault}, STRICT)
    assert upload(desk, [png(n) for n in range(7)]) == [UploadState.CREATED] * 7


def test_what_google_refuses_singly_is_tried_again_and_the_rest_is_kept(
    make_desk: MakeDesk,
) -> None:
    desk = make_desk({("batchCreate", 1): Fault.PARTIAL}, STRICT)
    assert upload(desk, [png(n) for n in range(10)]) == [UploadState.CREATED] * 10
    assert desk.google.schedule.calls("upload.start") == 15


def test_an_item_that_is_never_acknowledged_is_never_called_uploaded(
    make_desk: MakeDesk,
) -> None:
    desk = make_desk({("batchCreate", n): Fault.BYTES_UNKNOWN for n in range(1, 9)}, STRICT)
    assert upload(desk, [png(0)]) == [UploadState.FAILED]
    assert copies(desk) == {}


@pytest.mark.parametrize(
    "fault",
    [Fault.LOST, Fault.RESET, Fault.SESSION_DEAD, Fault.HTML, Fault.TRUNCATED, Fault.ERROR_503],
)
@pytest.mark.parametrize("part", [1, 2, 3])
def test_a_large_file_goes_up_in_parts_and_goes_on_after_a_break(
    make_desk: MakeDesk, fault: Fault, part: int
) -> None:
    desk = make_desk({("upload.part", part): fault}, STRICT)
    desk.chunk_bytes = 1024
    content = png(1, 8, 90)
    assert 2048 < len(content) < 3072
    assert upload(desk, [content]) == [UploadState.CREATED]
    assert copies(desk) == {sha256(content).hexdigest(): 1}


def test_a_later_run_goes_on_where_an_upload_stopped(make_desk: MakeDesk) -> None:
    desk = make_desk({("upload.part", 3): Fault.DAY}, STRICT)
    desk.chunk_bytes = 1024
    with pytest.raises(QuotaSpentError):
        upload(desk, [png(1, 8, 90)])
    assert upload(desk, [png(1, 8, 90)]) == [UploadState.CREATED]
    assert desk.google.schedule.calls("upload.start") == 1


def test_a_file_that_changed_since_it_was_indexed_is_not_created(desk: Desk) -> None:
    changed = replace(job(png(1)), source=Memory("IMG_0001.png", png(2)))
    with desk.transport() as transport:
        (record,) = desk.uploader(transport).run([changed]).values()
    assert (record.state, record.google_id) == (UploadState.FAILED, None)
    assert copies(desk) == {}


def test_a_large_file_that_changed_is_stopped_before_its_last_part(make_desk: MakeDesk) -> None:
    desk = make_desk(rules=STRICT)
    desk.chunk_bytes = 1024
    changed = replace(job(png(1, 8, 90)), source=Memory("IMG_0001.png", png(2, 8, 90)))
    with desk.transport() as transport:
        (record,) = desk.uploader(transport).run([changed]).values()
    assert record.state is UploadState.FAILED
    assert not any(u.content == png(2, 8, 90) for u in desk.google.truth.uploads.values())


@pytest.mark.parametrize(
    ("content", "mime_type", "why"),
    [
        (b"", "image/png", "empty"),
        (b"{}", "application/json", "photos and videos"),
        (b"", "", "empty"),
    ],
)
def test_what_google_does_not_take_is_said_before_anything_is_sent(
    desk: Desk, content: bytes, mime_type: str, why: str
) -> None:
    with desk.transport() as transport:
        (record,) = desk.uploader(transport).run([job(content, "x", mime_type)]).values()
    assert record.state is UploadState.REFUSED
    assert why in record.message
    assert desk.google.schedule.calls("upload.start") == 0


def test_a_photo_over_google_s_limit_is_refused() -> None:
    class Huge(Memory):
        @property
        def size_bytes(self) -> int:
            return PHOTO_LIMIT_BYTES + 1

    large = replace(job(png(1)), source=Huge("a.png", b""))
    assert "200 MB" in (refusal(large) or "")
    assert refusal(replace(large, mime_type="video/mp4")) is None


def test_the_address_of_an_unfinished_upload_is_kept_privately_and_forgotten_when_done(
    make_desk: MakeDesk,
) -> None:
    desk = make_desk({("upload.part", 2): Fault.DAY}, STRICT)
    desk.chunk_bytes = 1024
    with pytest.raises(QuotaSpentError):
        upload(desk, [png(1, 8, 90)])
    kept = desk.folder / "private" / "uploads.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert len(json.loads(kept.read_text())) == 1
    upload(desk, [png(1, 8, 90)])
    assert json.loads(kept.read_text()) == {}
