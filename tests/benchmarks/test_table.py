"""The one table of all benchmarks: costs that are measured, rows that are read back rightly."""

from pathlib import Path

from PIL import Image

from benchmarks.__main__ import drawn, growth_rows
from benchmarks.peers import FLOOR, OURS, contenders, cost_per_photo


def test_each_contender_is_measured_or_said_to_be_absent(tmp_path: Path) -> None:
    photo = tmp_path / "a.jpg"
    Image.effect_noise((1600, 1200), 60).save(photo, quality=90)

    costs, absent = cost_per_photo([photo] * 3, rounds=1)

    found, _ = contenders()
    assert set(costs) == set(found) >= {FLOOR, OURS, "a loop over imagehash.phash"}
    assert costs[OURS] > 0
    assert not set(costs) & set(absent)
    assert len(costs) + len(absent) == 6


def test_what_the_benchmark_of_a_million_tells_is_read_back() -> None:
    told = (
        "    10000      0.1 s      0.2 s CPU     120 MiB  load  0.5  candidates within 8 bits: 9\n"
        "    10000  the catalogue has 100 MB\n"
        "    10000     12.5 s     20.4 s CPU     180 MiB  load 11.5  match, all: 9 judged; now {}\n"
        "    10000      0.3 s      0.3 s CPU       0 MiB  load  1.8  first review page\n"
    )

    assert list(growth_rows(told)) == [
        ("candidates within 8 bits", 0.1),
        ("match, all", 12.5),
        ("first review page", 0.3),
        ("memory of all processes (MiB)", 180.0),
    ]


def test_growth_in_proportion_is_drawn_as_bars_of_one_length() -> None:
    lines = list(drawn([1_000, 10_000], {"linear": [2.0, 20.0], "square": [1.0, 100.0]}))

    bars = [line.count("#") for line in lines]
    assert bars[0] == bars[1]
    assert bars[2] * 10 == bars[3]
    assert [line.split()[-1] for line in lines] == ["2.000", "2.000", "1.000", "10.000"]
