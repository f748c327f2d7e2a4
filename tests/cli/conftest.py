from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from gphotos_reconcile.google.clock import SystemClock
from gphotos_reconcile.google.fake.server import FakeGoogle
from gphotos_reconcile.google.fake.truth import Truth
from tests.cli.google_person import Person


@pytest.fixture
def user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Person]:
    with FakeGoogle(Truth(SystemClock())) as google:
        person_ = Person(google, tmp_path, capsys)
        for name, value in person_.env.items():
            monkeypatch.setenv(name, value)
        yield person_
        assert google.crashes == []
        assert google.trapped == []


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for n in range(3):
        Image.effect_noise((64, 48), 40 + n).save(folder / f"IMG_{n}.jpg")
    return folder
