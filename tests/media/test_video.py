import pytest

from gphotos_reconcile.core.model import FRAME_GRID_PX, Fingerprint, Kind
from gphotos_reconcile.media.fingerprint import fingerprint
from gphotos_reconcile.media.frames import MAX_FRAMES, sample_times
from tests.media.samples import FORMATS, sample
from tests.media.sources import BytesSource
from tests.media.videos import turned_by_quarter, video

VIDEOS = [name for name, (mime, _) in FORMATS.items() if mime.startswith("video/")]


def read(data: bytes) -> Fingerprint:
    return fingerprint(BytesSource(data))


def bits_apart(a: str, b: str) -> int:
    return (int(a, 16) ^ int(b, 16)).bit_count()


@pytest.mark.parametrize("name", VIDEOS)
def test_every_video_has_frames_at_the_fixed_times_and_a_poster(name: str) -> None:
    found = read(sample(name))

    assert found.kind is Kind.VIDEO
    assert found.problem is None
    assert [frame.at_s for frame in found.frames] == pytest.approx([0, 2], abs=0.05)
    assert all(len(frame.luma) == FRAME_GRID_PX**2 for frame in found.frames)
    assert found.picture is not None
    assert [found.facts.width_px, found.facts.height_px] == [160, 120]
    assert found.facts.duration_s == pytest.approx(3, abs=0.15)


def test_a_transcode_with_other_key_frames_and_size_has_the_same_frames() -> None:
    phone = read(video(seconds=7, gop=30, size=(320, 240)))
    cloud = read(video(seconds=7, gop=250, size=(160, 120), crf=30))

    assert len(phone.frames) == 4
    for ours, theirs in zip(phone.frames, cloud.frames, strict=True):
        assert ours.at_s == pytest.approx(theirs.at_s, abs=0.05)
        assert bits_apart(ours.phash, theirs.phash) <= 6


def test_other_videos_have_other_frames() -> None:
    ours, theirs = read(video(seconds=3)), read(video(seconds=3, first=2000))

    assert bits_apart(ours.frames[0].phash, theirs.frames[0].phash) > 12


def test_a_video_that_says_it_is_turned_is_upright() -> None:
    plain, turned = read(video(seconds=1)), read(turned_by_quarter(video(seconds=1)))

    assert [turned.facts.width_px, turned.facts.height_px] == [120, 160]
    assert turned.frames[0].phash != plain.frames[0].phash
    assert turned.content_digest == plain.content_digest


def test_frames_are_few_and_their_times_shared_by_longer_videos() -> None:
    short, long, film = sample_times(10), sample_times(200), sample_times(7200)

    assert list(short) == [0, 2, 4, 6, 8]
    assert max(len(short), len(long), len(film)) <= MAX_FRAMES
    assert set(film) <= {2.0 * index for index in range(3601)}
    assert list(sample_times(None)) == [0]


@pytest.mark.parametrize("name", ["mp4", "mov", "mkv", "avi", "3gp"])
def test_a_cut_video_has_a_problem_and_no_frames(name: str) -> None:
    data = sample(name)

    found = read(data[: int(len(data) * 0.7)])

    assert (found.frames, found.picture, found.content_digest) == ((), None, None)
    assert found.problem is not None
    assert "cut" in found.problem.message


def test_a_video_larger_than_the_buffer_is_streamed_and_comes_out_alike(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = read(sample("mp4"))
    monkeypatch.setattr("gphotos_reconcile.media.fingerprint.MEMORY_BYTES", 1000)

    assert read(sample("mp4")) == whole
    assert read(sample("jpeg")).content_digest is not None
