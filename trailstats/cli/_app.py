"""The program: its commands register here, and errors become exit codes."""

from __future__ import annotations

import functools
import inspect
import sys
import tomllib
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import is_dataclass
from importlib import import_module, resources
from typing import Annotated, Any, TypeVar, cast, get_type_hints

import typer
from typer.core import TyperCommand, TyperGroup

from trailstats._version import __version__
from trailstats.cli._console import complain
from trailstats.cli._declarations import option
from trailstats.cli._exit import ExitCode, Unexpected, code_of, report_problem
from trailstats.errors import TrailstatsError

T = TypeVar("T")
Command = TypeVar("Command", bound=Callable[..., ExitCode])


@functools.cache
def listed() -> dict[str, dict[str, str]]:
    """Return the commands of ``commands.toml``: the module and the line of help of each."""
    declared = resources.files("trailstats.cli").joinpath("commands.toml")
    return tomllib.loads(declared.read_text("utf-8"))


class _Commands(TyperGroup):
    """Commands by name and help; a module is loaded when one of its commands is called."""

    def __init__(self, **given: Any) -> None:  # noqa: ANN401 - as typer has it
        super().__init__(**given)
        outlines = {
            name: TyperCommand(name, help=entry["help"])
            for name, entry in listed().items()
        }
        self.commands = outlines | dict(self.commands)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401
        """Return a command, loaded; None for one that there is not."""
        if cmd_name not in listed():
            return None
        entry = listed()[cmd_name]
        if entry.get("ready"):
            import_module("trailstats.cli._ready").keep_ready()
        # Loading it registers its commands.
        import_module(f"trailstats.cli.{entry['module']}")
        return typer.main.get_group(app).commands[cmd_name]

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
        """Write the names with their help, without loading anything."""
        TyperGroup(commands=dict(self.commands)).format_commands(ctx, formatter)


app = typer.Typer(
    name="trailstats",
    cls=_Commands,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Tells road from trail along recorded runs, and answers claims about trail running for "
    "one runner.",
)


_DEBUG = inspect.Parameter(
    "debug",
    inspect.Parameter.KEYWORD_ONLY,
    default=False,
    annotation=Annotated[bool, option("debug")],
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
        what = f"{type(error).__name__}: {error}".rstrip(": ")
        problem = Unexpected(
            f"a mistake in trailstats, please report it: {what} (--debug shows where)"
        )
        report_problem(problem, _State.json)
        return code_of(problem)
    return ExitCode.OK


def _show_warning(message: Warning | str, *about: object) -> None:
    """Print a warning as a sentence."""
    complain(f"trailstats: warning: {message}")


def command(
    function: Command, group: typer.Typer = app, name: str | None = None
) -> Command:
    """Register a command whose returned code becomes the program's.

    A parameter whose type is a dataclass stands for options that go together: typer sees one for
    each of its fields, the function gets the object. Every command ends with ``--debug``.
    """

    @functools.wraps(function)
    def ended(**given: Any) -> None:  # noqa: ANN401  # what the options hold
        _State.debug = given.pop("debug")
        _State.json = given["as_json"]
        raise typer.Exit(_gathered(function, given))

    parameters = [*_expanded(function), _DEBUG]
    ended.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    ended.__annotations__ = {p.name: p.annotation for p in parameters}
    group.command(name)(ended)
    return function


def _expanded(target: Callable[..., object]) -> Iterator[inspect.Parameter]:
    """Return the parameters of a function, in place of a dataclass those of its fields."""
    hints = get_type_hints(target, include_extras=True)
    for parameter in inspect.signature(target).parameters.values():
        hint = hints[parameter.name]
        if is_dataclass(hint):
            yield from _expanded(cast("type", hint))
        else:
            yield parameter.replace(
                annotation=hint, kind=inspect.Parameter.KEYWORD_ONLY
            )


def _gathered(target: Callable[..., T], given: dict[str, object]) -> T:
    """Call a function with the values given under the names of `_expanded`."""
    hints = get_type_hints(target, include_extras=True)
    return target(
        **{
            name: _gathered(hints[name], given)
            if is_dataclass(hints[name])
            else given[name]
            for name in inspect.signature(target).parameters
        }
    )


@app.callback(invoke_without_command=True)
def _main(
    version: Annotated[bool, option("version")] = False,
) -> None:
    if version:
        sys.stdout.write(f"trailstats {__version__}\n")
        raise typer.Exit
