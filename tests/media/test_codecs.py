import pytest

from gphotos_reconcile.media import codecs


def test_the_report_names_every_decoder_with_its_version() -> None:
    found = {info.name: info for info in codecs.codec_report()}

    assert {"Pillow", "libwebp", "libheif", "libde265", "FFmpeg", "LibRaw", "libjxl"} <= set(found)
    assert all(info.version for info in found.values())
    assert all(info.advisory is None for info in found.values())


def test_a_version_with_a_known_hole_is_named_with_the_one_to_update_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old = {"libheif": "1.21.9", "decoders": {"libde265": "libde265 HEVC decoder, version 1.1.0"}}
    monkeypatch.setattr("pillow_heif.libheif_info", lambda: old)

    monkeypatch.setattr("av.ffmpeg_version_info", "8.0.1")
    found = {info.name: info.advisory or "" for info in codecs.codec_report()}

    assert "1.22.0" in found["libheif"]
    assert "1.1.1" in found["libde265"]
    assert "CVE-2026-40962" in found["FFmpeg"]
    assert found["libjxl"] == ""


def test_an_absent_decoder_is_told_as_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "rawpy", None)

    found = {info.name: info for info in codecs.codec_report()}

    assert found["LibRaw"].version == ""
    assert "not installed" in (found["LibRaw"].advisory or "")
