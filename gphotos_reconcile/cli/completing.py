"""What the shell offers when Tab is pressed at a value."""

from collections.abc import Callable, Iterable

from gphotos_reconcile.core.model import Verdict


def one_of(known: Iterable[str]) -> Callable[[str], list[str]]:
    """Return a completion that offers these words."""
    words = [str(word) for word in known]

    def offer(incomplete: str) -> list[str]:
        return [word for word in words if word.startswith(incomplete)]

    return offer


def recipe_names(incomplete: str) -> list[tuple[str, str]]:
    """Return the recipes that begin like this, each with its question."""
    from gphotos_reconcile.store.recipes import list_recipes

    return [(r.name, r.question) for r in list_recipes() if r.name.startswith(incomplete)]


verdicts = one_of(Verdict)
profiles = one_of(("careful", "balanced", "eager"))
