"""Exit codes, and errors as a sentence or as a JSON document."""

from __future__ import annotations

from collections.abc import Collection
from enum import IntEnum
from typing import TYPE_CHECKING

from trailstats.cli._console import complain, print_json
from trailstats.errors import (
    ConfigError,
    MissingExtraError,
    ReadError,
    TrailstatsError,
)

if TYPE_CHECKING:
    from trailstats.history import History


class ExitCode(IntEnum):
    """What the program's exit code means."""

    OK = 0
    NOTHING_READ = 1
    USAGE = 2
    SOME_FAILED = 3
    INTERRUPTED = 130


class UsageProblem(TrailstatsError):
    """The command was called with something that it can't do."""

    code = "usage"


class Unexpected(TrailstatsError):
    """Something that no one thought of went wrong: a mistake in the program."""

    code = "unexpected"


class Interrupted(TrailstatsError):
    """Someone pressed Ctrl-C."""

    code = "interrupted"


def code_of(error: TrailstatsError) -> ExitCode:
    """Return the exit code for an error that ended the command."""
    if isinstance(error, Interrupted):
        return ExitCode.INTERRUPTED
    if isinstance(error, UsageProblem | ConfigError | MissingExtraError):
        return ExitCode.USAGE
    return ExitCode.NOTHING_READ


def code_for(histories: Collection[History]) -> ExitCode:
    """Return the exit code for what could be read."""
    if not any(len(h.analyses) for h in histories):
        return ExitCode.NOTHING_READ
    if any(h.failures for h in histories):
        return ExitCode.SOME_FAILED
    return ExitCode.OK


def report_problem(error: TrailstatsError, as_json: bool) -> None:
    """Print an error: a document on standard output with ``--json``, a sentence on standard error
    otherwise.
    """
    if as_json:
        from trailstats.schema import FORMAT_VERSION

        problem: dict[str, object] = {
            "code": error.code,
            "message": str(error),
            "path": None,
            "where": None,
        }
        if isinstance(error, ReadError):
            problem |= {
                "message": error.message,
                "path": error.path,
                "where": error.where() or None,
            }
        print_json({"format_version": FORMAT_VERSION, "problem": problem})
    else:
        complain(f"trailstats: {error}")
