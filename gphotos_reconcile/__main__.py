"""Start the command line: `python -m gphotos_reconcile`, or the `gphotos-reconcile` script."""

import sys


def run() -> None:
    """Run the command line and exit with its code."""
    try:
        from gphotos_reconcile.cli.app import main  # noqa: PLC0415 - the import is the start-up cost

        code = main()
    except KeyboardInterrupt:  # while still starting
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    run()
