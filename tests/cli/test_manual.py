"""The manual page and what Tab offers: both come from the commands themselves."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gphotos_reconcile.cli.manual import manual_page
from gphotos_reconcile.core import errors
from tests.cli.test_first_hour import LEAVES


def test_every_command_option_and_exit_code_is_in_the_page() -> None:
    page = manual_page().replace("\\-", "-")

    for names, command in LEAVES:
        assert re.search(rf"^\.SS {' '.join(names)} ", page, re.MULTILINE)
        for param in command.params:
            assert param.opts[0] in page
    for one in vars(errors).values():
        if isinstance(one, type) and one is not errors.ReconcileError:
            assert re.search(rf"^\.B {vars(one)['exit_code']}$", page, re.MULTILINE)


def test_the_page_is_the_same_each_time_and_holds_nothing_of_this_machine() -> None:
    page = manual_page()

    assert page == manual_page()
    assert str(Path.home()) not in page.replace("\\-", "-")
    assert not any(line.startswith("'") for line in page.splitlines())


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("gphotos-reconcile repo", "report"),
        ("gphotos-reconcile query cloud_", "cloud_only"),
        ("gphotos-reconcile match --profile ca", "careful"),
        ("gphotos-reconcile export copy-list --verdict mis", "missing"),
        ("gphotos-reconcile export copy-list --fo", "--format"),
        ("gphotos-reconcile report --format ht", "html"),
    ],
)
def test_tab_offers_what_fits(typed: str, offered: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gphotos_reconcile"],
        env={
            **os.environ,
            "_GPHOTOS_RECONCILE_COMPLETE": "complete_bash",
            "COMP_WORDS": typed,
            "COMP_CWORD": str(len(typed.split()) - 1),
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.split() == [offered]
