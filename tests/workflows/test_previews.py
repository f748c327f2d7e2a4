"""Previews: in the order in which people look, and never waited for in vain."""

import threading

from gphotos_reconcile.core.model import Problem
from gphotos_reconcile.core.ports import ByteSource
from gphotos_reconcile.workflows.previews import Previews

NO_FILE = Problem(stage="open", message="There is no file of this item.", hint="Look elsewhere.")


class _Shelf:
    """Tells in which order items were asked for; the first one waits until it is let go."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.begun = threading.Event()
        self.go_on = threading.Event()

    def find(self, item_id: int) -> ByteSource | Problem:
        self.asked.append(item_id)
        self.begun.set()
        self.go_on.wait(60)
        return NO_FILE


def test_what_is_looked_at_goes_first_and_the_newest_before_the_older() -> None:
    shelf = _Shelf()
    with Previews(shelf.find, makers=1) as previews:
        previews.warm([1], "medium", ahead=False)
        assert shelf.begun.wait(60)
        previews.warm([3], "medium")
        previews.warm([2, 3], "small")
        previews.warm([4, 5], "medium", ahead=False)
        previews.warm([6], "small", ahead=False)
        previews.warm([2], "small")
        shelf.go_on.set()
        waiting = previews._coming[3, "medium"]  # behind all the others
        assert waiting.result(60) == NO_FILE
    # Asked for again, the second is the newest of those that are made ahead.
    assert shelf.asked == [1, 6, 5, 4, 2, 3, 3]


def test_a_maker_is_kept_free_for_what_is_looked_at() -> None:
    shelf = _Shelf()
    with Previews(shelf.find, makers=2) as previews:
        previews.warm([1, 2, 3], "medium")
        assert shelf.begun.wait(60)
        previews.warm([4], "medium", ahead=False)
        while len(shelf.asked) < 2:
            threading.Event().wait(0.01)
        assert shelf.asked[1] == 4
        shelf.go_on.set()


def test_a_preview_is_made_once_and_kept() -> None:
    shelf = _Shelf()
    shelf.go_on.set()
    with Previews(shelf.find) as previews:
        assert {previews.get(1, "small") for _ in range(3)} == {NO_FILE}
    assert shelf.asked == [1]


def test_nobody_waits_for_what_is_not_made_any_more() -> None:
    shelf = _Shelf()
    answers: list[bytes | Problem] = []
    with Previews(shelf.find, makers=1) as previews:
        previews.warm([1], "small", ahead=False)
        assert shelf.begun.wait(60)
        previews.warm([2], "small")
        waiting = threading.Thread(target=lambda: answers.append(previews.get(2, "small")))
        waiting.start()
        while not previews._coming.get((2, "small")):
            threading.Event().wait(0.01)
        threading.Timer(0.1, shelf.go_on.set).start()
    waiting.join(60)
    assert len(answers) == 1
    assert isinstance(answers[0], Problem)


def test_what_is_made_at_leisure_is_kept_and_keeps_nobody_waiting() -> None:
    shelf = _Shelf()
    with Previews(shelf.find) as previews:
        previews.warm_later(iter([1, 2]))
        assert shelf.begun.wait(60)
        previews.warm([3], "small", ahead=False)
        while 3 not in shelf.asked:
            threading.Event().wait(0.01)
        shelf.go_on.set()
        assert previews.get(3, "small") == NO_FILE
        while (2, "small") not in previews._kept:
            threading.Event().wait(0.01)
        assert previews.get(1, "small") == NO_FILE
    assert sorted(shelf.asked) == [1, 2, 3]


def test_what_somebody_looks_at_is_not_left_to_the_one_who_makes_it_at_leisure() -> None:
    shelf = _Shelf()
    with Previews(shelf.find) as previews:
        previews.warm_later([1])
        assert shelf.begun.wait(60)
        previews.warm([1], "small", ahead=False)
        while shelf.asked != [1, 1]:
            threading.Event().wait(0.01)
        shelf.go_on.set()
        assert previews.get(1, "small") == NO_FILE
