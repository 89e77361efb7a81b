"""The program: its commands register here, and errors become exit codes."""

from __future__ import annotations

import functools
import json
import sys
import warnings
from collections.abc import Callable, Sequence
from typing import Annotated, ParamSpec

import typer

from trailstats import __version__
from trailstats.cli._exit import ExitCode, Unexpected, code_of, report_problem
from trailstats.errors import TrailstatsError

P = ParamSpec("P")

app = typer.Typer(
    name="trailstats",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Tells road from trail along recorded runs, and answers claims about trail running for "
    "one runner.",
)


class _State:
    """What the handling of errors has to know of the command that ran."""

    json = False
    debug = False


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    _State.json, _State.debug = False, False
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning  # type: ignore[assignment]
            app(
                args=None if arguments is None else list(arguments),
                prog_name="trailstats",
            )
    except SystemExit as finished:
        return int(finished.code or ExitCode.OK)
    except TrailstatsError as error:
        if _State.debug:
            raise
        report_problem(error, _State.json)
        return code_of(error)
    except Exception as error:
        if _State.debug:
            raise
        told = f"{type(error).__name__}: {error}".rstrip(": ")
        problem = Unexpected(
            f"a mistake in trailstats, please report it: {told} (--debug shows where)"
        )
        report_problem(problem, _State.json)
        return code_of(problem)
    return ExitCode.OK


def _show_warning(message: Warning | str, *about: object) -> None:
    """Print a warning as a sentence."""
    sys.stderr.write(f"trailstats: warning: {message}\n")


def command(
    function: Callable[P, ExitCode], group: typer.Typer = app
) -> Callable[P, ExitCode]:
    """Register a command whose returned code becomes the program's."""

    @functools.wraps(function)
    def ended(*args: P.args, **kwargs: P.kwargs) -> ExitCode:
        raise typer.Exit(function(*args, **kwargs))

    group.command()(ended)
    return function


def begin(as_json: bool, debug: bool) -> None:
    """Note how the command that runs now wants its errors shown."""
    _State.json, _State.debug = as_json, debug


def print_json(document: object) -> None:
    """Print a document on one line of standard output."""
    sys.stdout.write(json.dumps(document, allow_nan=False, ensure_ascii=False) + "\n")


@app.callback(invoke_without_command=True)
def _main(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.")
    ] = False,
) -> None:
    if version:
        sys.stdout.write(f"trailstats {__version__}\n")
        raise typer.Exit
