"""What tests of more than one part share."""

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from gphotos_reconcile.workflows.sample import Sample, make_sample

# The gate tries the same examples each time; everybody else tries new ones. No test is timed: a
# busy machine is no fault of the code.
_UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("new", parent=_UNTIMED)
settings.register_profile("gate", parent=_UNTIMED, derandomize=True)
settings.load_profile("gate" if os.environ.get("CI") else "new")

# No test writes into the log of whoever runs it.
os.environ["GPHOTOS_RECONCILE_NO_LOG"] = "1"

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that renews golden files."""
    parser.addoption(
        "--update-golden", action="store_true", help="write tests/golden/ anew; read the diff"
    )


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """Return the demo's sample: an export and a library, with the truth about them."""
    return make_sample(tmp_path_factory.mktemp("sample"))


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, bytes], None]:
    """Compare bytes with a file in tests/golden/, or renew it with --update-golden."""

    def compare(name: str, found: bytes) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(found)
        assert found == path.read_bytes(), f"differs from {path}; --update-golden renews it"

    return compare


@pytest.fixture
def many_names() -> Callable[[int], list[str]]:
    """Return a maker of hostile file names: any seed gives the same ones each time."""

    def make(count: int, seed: int = 1) -> list[str]:
        chance = random.Random(seed)
        return [_hostile_name(chance) for _ in range(count)]

    return make


_PIECES = (
    "IMG_0001", "img_0001", "upload", "UPLOAD", "e\u0301", "\u00e9", "É", "CON", "nul", "com1",
    "\n", "\r", "\t", "\x01", "\x7f", "😀", "👩\u200d👧", "\u202e", "\u2066", "-", "--", "#", ";",
    " ", ".", "..", "~", "*", "?", "[a]", "{b}", "$HOME", "`id`", "'", '"', "\\", "|", "(1)",
    " (2)", "=1+1", "@x", "\udcff", "\udcc3(", "각", "ß", "SS", "ı", "İ", "x" * 120, "é" * 60, "␊",
    "\ufeff", "%00", "&amp;", "<b>",
)  # fmt: skip
_EXTENSIONS = (
    ".jpg",
    ".JPG",
    ".jpeg",
    ".heic",
    ".HEIC",
    ".mp4",
    "",
    ".",
    ".jpg ",
    ".tar.gz",
    ".\u00e9",
)


def _hostile_name(chance: random.Random) -> str:
    """Return a name that Linux can hold: no slash, no NUL, at most 255 bytes, not a dot or two."""
    while True:
        pieces = chance.choices(_PIECES, k=chance.randint(1, 4))
        name = "".join(pieces) + chance.choice(_EXTENSIONS)
        length = len(name.encode("utf-8", "surrogateescape"))
        if length <= 255 and name not in {".", ".."}:
            return name
