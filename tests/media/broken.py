"""Breaks media of every format in many ways and sends them through the worker pool.

    python -m tests.media.broken COUNT [--seed N] [--jobs N]

Ends with the sums as JSON; exits with 1 when a file was lost, came twice, or a damaged copy
carries the content digest or SHA-256 of the whole one.
"""

import argparse
import hashlib
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from gphotos_reconcile.core.model import Fingerprint, Problem, Repeated
from gphotos_reconcile.media.messages import Limits
from gphotos_reconcile.media.worker import WorkerPool
from tests.media.samples import FORMATS, sample
from tests.media.sources import BytesSource

Break = Callable[[bytes, random.Random], bytes]


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(1, len(data))]


def _cut_tail(data: bytes, chance: random.Random) -> bytes:
    return data[: -chance.randrange(1, 64)]


def _flip_bits(data: bytes, chance: random.Random) -> bytes:
    broken = bytearray(data)
    for _ in range(chance.choice((1, 1, 4, 32))):
        broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
    return bytes(broken)


def _flip_head(data: bytes, chance: random.Random) -> bytes:
    """Break where structure lies: the first bytes hold the lengths, offsets and counts."""
    broken = bytearray(data)
    for _ in range(chance.choice((1, 3, 8))):
        broken[chance.randrange(min(512, len(broken)))] = chance.choice((0, 1, 0x7F, 0x80, 0xFF))
    return bytes(broken)


def _zero_block(data: bytes, chance: random.Random) -> bytes:
    length = min(len(data) // 2, chance.choice((512, 4096)))
    start = chance.randrange(len(data) - length)
    return data[:start] + bytes(length) + data[start + length :]


def _join(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(1, len(data))] + _other(chance)


def _append(data: bytes, chance: random.Random) -> bytes:
    return data + _other(chance)


def _prepend_json(data: bytes, chance: random.Random) -> bytes:
    return json.dumps({"title": f"{chance.random()}"}).encode() + data


def _empty(data: bytes, chance: random.Random) -> bytes:
    del data, chance
    return b""


def _rename(data: bytes, chance: random.Random) -> bytes:
    """Leave the bytes whole; the name given to every broken file is wrong anyhow."""
    del chance
    return data


def _other(chance: random.Random) -> bytes:
    return sample(chance.choice(sorted(FORMATS)))


BREAKS: dict[str, Break] = {
    "cut": _cut,
    "cut_tail": _cut_tail,
    "flip_bits": _flip_bits,
    "flip_head": _flip_head,
    "zero_block": _zero_block,
    "join": _join,
    "append": _append,
    "prepend_json": _prepend_json,
    "empty": _empty,
    "rename": _rename,
}
# These leave what is coded whole; the others must never pass for the original.
HARMLESS = frozenset({"append", "rename"})


@dataclass
class Campaign:
    """The sums of one campaign; `wrong` names what must not have happened."""

    count: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    slowest_s: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True)
class Sent:
    """What is known of a broken file: its SHA-256, the share of the whole one it begins with."""

    sha256: str
    kept_share: float


def broken_files(count: int, seed: int) -> Iterator[tuple[tuple[str, str, int], bytes]]:
    """Yield (format, break, number) and bytes; the same ones for the same seed."""
    chance = random.Random(seed)
    kinds = [(name, way) for name in FORMATS for way in BREAKS]
    chance.shuffle(kinds)
    for number in range(count):
        name, way = kinds[number % len(kinds)]
        yield (name, way, number), BREAKS[way](sample(name), chance)


def campaign(count: int, seed: int = 1, jobs: int = 2) -> Campaign:
    """Break `count` files, fingerprint them all, and account for each."""
    sums = Campaign()
    whole = _whole_digests(jobs)
    sent: dict[tuple[str, str, int], Sent] = {}

    def coming() -> Iterator[tuple[tuple[str, str, int], BytesSource]]:
        for key, data in broken_files(count, seed):
            kept = _kept_bytes(data, sample(key[0])) / len(sample(key[0]))
            sent[key] = Sent(hashlib.sha256(data).hexdigest(), kept)
            yield key, BytesSource(data, "IMG_0001.jpg")

    start = last = time.monotonic()
    with WorkerPool(jobs, limits=Limits(cpu_s=20, stall_s=60)) as pool:
        for key, value in pool.fingerprints(coming()):
            sums.slowest_s = max(sums.slowest_s, time.monotonic() - last)
            last = time.monotonic()
            sums.count += 1
            _account(sums, key, value, sent.pop(key, None), whole)
    sums.seconds = time.monotonic() - start
    sums.wrong += [f"{key} was lost" for key in sent]
    return sums


def _whole_digests(jobs: int) -> dict[str, str | None]:
    with WorkerPool(jobs) as pool:
        done = dict(pool.fingerprints((name, BytesSource(sample(name))) for name in FORMATS))
    return {
        name: found.content_digest for name, found in done.items() if isinstance(found, Fingerprint)
    }


def _account(
    sums: Campaign,
    key: tuple[str, str, int],
    value: Fingerprint | Repeated | Problem,
    sent: Sent | None,
    whole: dict[str, str | None],
) -> None:
    name, way, _ = key
    if not isinstance(value, Fingerprint):
        sums.outcomes["problem"] += 1
        sums.wrong.append(f"{key}: bytes in memory cannot fail to be read: {value}")
        return
    sums.outcomes[_outcome(value)] += 1
    if sent is None:
        sums.wrong.append(f"{key} came twice, or was never sent")
        return
    if value.sha256 != sent.sha256:
        sums.wrong.append(f"{key}: wrong SHA-256")
    cut = way in {"cut", "join"} and sent.kept_share < _CODED_SHARE
    if cut and value.content_digest == whole[name] and name not in _WITH_TRAILERS:
        sums.wrong.append(f"{key}: a cut file carries the whole one's content digest")


def _kept_bytes(data: bytes, whole: bytes) -> int:
    """Return how far the two agree from their start, give or take a block."""
    step = 64
    places = range(0, min(len(data), len(whole)), step)
    differs = (at for at in places if data[at : at + step] != whole[at : at + step])
    return next(differs, min(len(data), len(whole)))


_CODED_SHARE = 0.9  # behind it some formats keep an index or padding, whose loss costs no picture
_WITH_TRAILERS = frozenset(
    {"motion", "motion_heic"}
)  # a cut behind the still leaves the still whole


def _outcome(found: Fingerprint) -> str:
    if found.problem is None:
        return "whole" if found.picture is not None else "nothing to show"
    for word in ("crashed", "gave no sign", "processor time", "failed on it"):
        if word in found.problem.message:
            return word
    return "told as damaged"


def main() -> int:
    """Run a campaign and print its sums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    sums = campaign(asked.count, asked.seed, asked.jobs)
    report = {
        "files": sums.count,
        "outcomes": dict(sorted(sums.outcomes.items())),
        "slowest_s": round(sums.slowest_s, 2),
        "seconds": round(sums.seconds, 1),
        "wrong": sums.wrong[:20],
    }
    sys.stdout.write(json.dumps(report, indent=1) + "\n")
    return 1 if sums.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
