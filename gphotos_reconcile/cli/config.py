"""The config file `gphotos-reconcile.toml`: read for defaults, written by `init`.

Options come from flags, then from the environment, then from this file, then from the defaults.
The file of the current folder goes before the one in the user's config directory.
"""

import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from gphotos_reconcile.core.errors import UsageError
from gphotos_reconcile.core.suggest import did_you_mean

CONFIG_NAME: Final = "gphotos-reconcile.toml"

_TOP: Final = frozenset({"catalog", "jobs", "quiet", "verbose", "no_log"})
_JOB: Final = {
    "exports": ("run", "import"),
    "library": ("run",),
    "libraries": ("run",),
    "out": ("run",),
    "exclude": ("run", "index"),
    "profile": ("run", "match"),
    "sensitivity": ("run", "match"),
    "video_run": ("run", "match"),
    "video_every": ("run", "match"),
}


def find_config() -> Path | None:
    """Return the config file that counts, None when there is none."""
    from platformdirs import user_config_path

    here, home = Path(CONFIG_NAME), Path(user_config_path("gphotos-reconcile")) / CONFIG_NAME
    return next((path for path in (here, home) if path.is_file()), None)


def load_defaults() -> dict[str, Any]:
    """Return the file's values as defaults of the program and its commands.

    Raises:
        UsageError: the file is no TOML, or holds a key that no command knows.
    """
    path = find_config()
    if path is None:
        return {}
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise UsageError(
            f"The config file {path} cannot be read: {error}.",
            hint="Mend the line, or write it anew with `gphotos-reconcile init`.",
        ) from error
    return _defaults(path, document)


def config_text(exports: Sequence[str], libraries: Sequence[str], catalog: str) -> str:
    """Return the config file that makes `run` need no arguments."""
    lines = [
        "# Written by `gphotos-reconcile init`. Flags and GPHOTOS_RECONCILE_... go before it.",
        f"catalog = {json.dumps(catalog, ensure_ascii=False)}",
        f"exports = {_list(exports)}",
        f"libraries = {_list(libraries)}",
        '# exclude = ["*.tmp", "@eaDir"]',
        '# profile = "careful"',
    ]
    return "\n".join(lines) + "\n"


def _list(values: Sequence[str]) -> str:
    return "[" + ", ".join(json.dumps(value, ensure_ascii=False) for value in values) + "]"


def _defaults(path: Path, document: Mapping[str, Any]) -> dict[str, Any]:
    defaults: dict[str, Any] = {}
    for key, value in document.items():
        if key in _TOP:
            defaults[key] = value
        elif key in _JOB:
            for command in _JOB[key]:
                option = "library" if key == "libraries" else key
                defaults.setdefault(command, {})[option] = _expanded(value)
        else:
            raise UsageError(
                f"The config file {path} has a key {key!r} that no command knows.",
                hint=did_you_mean(key, sorted(_TOP | _JOB.keys())),
            )
    return defaults


def _expanded(value: Any) -> Any:
    """Return paths with `~` written out; other values as they are."""
    if isinstance(value, list):
        return [_expanded(one) for one in value]
    return str(Path(value).expanduser()) if isinstance(value, str) and value[:1] == "~" else value
