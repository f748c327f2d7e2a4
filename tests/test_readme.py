"""The README is true: its commands parse, its output is printed, what it links to is there."""

import re
import shlex
from pathlib import Path

import pytest

from gphotos_reconcile.cli.app import main
from gphotos_reconcile.core.model import SAFE_VERDICTS, Verdict
from tests.cli.test_first_hour import LEAVES, parse

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
README = PAGES[0].read_text("utf-8")
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DEMO_OUTPUT = re.compile(r"<!-- demo output -->\n```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(gphotos-reconcile [^`]+)`")
LINK = re.compile(r"\]\(([^)]+)\)|(?:src|srcset)=\"([^\"]+)\"")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
NAMES = {names[0] for names, _ in LEAVES}


def commands(text: str) -> list[str]:
    """Return every command line of the program that a page shows."""
    shown = [line for _, block in FENCED.findall(text) for line in block.splitlines()]
    found = [line[line.index("gphotos-reconcile ") :] for line in shown if
             re.search(r"(?:^|/)gphotos-reconcile ", line)]  # fmt: skip
    found += INLINE.findall(FENCED.sub("", text))
    return [one for one in found if "COMMAND" not in one and ".." not in one]


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings."""
    plain = FENCED.sub("", text)
    return {re.sub(r"[^\w -]", "", h.lower()).replace(" ", "-") for h in HEADING.findall(plain)}


ALL = [(page.name, line) for page in PAGES for line in commands(page.read_text("utf-8"))]


def test_there_are_commands_to_look_at() -> None:
    assert len(ALL) > 20


@pytest.mark.parametrize(("page", "line"), ALL)
def test_every_command_shown_parses(page: str, line: str) -> None:
    words = shlex.split(line.partition(" && ")[0])[1:]
    if words[0] not in NAMES and words[0].startswith("-"):
        words.append("query")  # options alone, such as --install-completion, end the program
    if "--install-completion" not in words:
        assert parse(words)


@pytest.mark.slow
def test_what_the_demo_is_said_to_print_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    [shown] = re.findall(
        r"<!-- demo output -->\n```text\n(.*?)^```$", README, re.MULTILINE | re.DOTALL
    )

    assert main(["--quiet", "demo", "--dir", str(tmp_path / "demo")]) == 0

    printed = capsys.readouterr().out.splitlines()
    at = -1
    for line in filter(None, shown.splitlines()):
        assert line in printed[at + 1 :]
        at = printed.index(line, at + 1)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    text = page.read_text("utf-8")
    for pair in LINK.findall(FENCED.sub("", text)):
        target, _, anchor = (pair[0] or pair[1]).partition("#")
        if "://" in target:
            continue
        other = page.parent / target if target else page
        assert other.exists(), target
        if anchor:
            assert anchor in anchors(other.read_text("utf-8"))


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_is_told_with_whether_it_is_safe(verdict: Verdict) -> None:
    safe = "yes" if verdict in SAFE_VERDICTS else "no"

    assert re.search(rf"^\| `{verdict}` \| {safe} \|", README, re.MULTILINE)


def test_the_pictures_come_light_and_dark() -> None:
    for name in ("report", "review"):
        assert f"docs/{name}-light.png" in README
        assert f"docs/{name}-dark.png" in README
