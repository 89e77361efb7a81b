"""The command line: arguments to public functions to exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from trailstats.errors import MissingExtraError

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the program and exit.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the process by default.

    Raises
    ------
    SystemExit
        0 all well; 1 nothing could be read; 2 usage; 3 some sources failed, the rest is done; 130
        interrupted.
    """
    try:
        from trailstats.cli._app import run
    except ImportError as error:
        if (error.name or "").split(".")[0] not in ("typer", "rich", "click"):
            raise
        sys.stderr.write(
            f"trailstats: {MissingExtraError(str(error.name), 'cli')}\n"
        )
        raise SystemExit(2) from None
    raise SystemExit(run(arguments))
