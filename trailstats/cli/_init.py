"""The command `init`: a profile of the runner, from the recordings and a few questions."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from trailstats.cli import _options as o
from trailstats.cli import _tables as tables
from trailstats.cli._app import command
from trailstats.cli._console import note, print_json
from trailstats.cli._declarations import argument, option
from trailstats.cli._exit import ExitCode, UsageProblem
from trailstats.cli._work import Work
from trailstats.errors import ConfigError
from trailstats.history.profile import (
    Suggestion,
    profile_text,
    suggest_profile,
)
from trailstats.io.tables import write_atomically
from trailstats.model.athlete import Athlete
from trailstats.schema import FORMAT_VERSION

_QUESTIONS = {
    "name": "Your name",
    "birth_year": "Year of birth",
    "sex": "Sex, female or male",
    "heart_rate_max": "Highest heart rate that you reach",
    "heart_rate_rest": "Heart rate at rest",
    "easy_ceiling": "Heart rate that easy running stays below",
}
"""What the recordings can't know, or know less well than the runner."""


@command
def init(
    sources: Annotated[list[str] | None, argument("init-sources")] = None,
    output: Annotated[Path, option("init-output")] = Path("athlete.toml"),
    force: Annotated[bool, option("init-force")] = False,
    *,
    work: Work,
    as_json: o.Json = False,
) -> ExitCode:
    """Write a profile from your recordings, with every key explained.

    Example: trailstats init runs/ -o athlete.toml
    """
    o.check_output(output, (".toml",))
    if output.exists() and not force:
        raise UsageProblem(f"{output}: it is there; --force writes it anew")
    found = Suggestion()
    if sources:
        history = work.history(sources, Athlete())
        found = suggest_profile(history)
        if not as_json:
            tables.failures(history, sources)
    stated = {} if as_json or not _is_terminal() else _asked(found)
    write_atomically(output, profile_text(found, stated).encode())
    if as_json:
        document = {"format_version": FORMAT_VERSION, "written": str(output)}
        print_json(document | {"keys": sorted(found.values)})
        return ExitCode.OK
    for key, said in found.notes.items():
        note(f"{key}: {said}")
    note(f"written: {output}")
    where = " ".join(sources or ["FOLDER"])
    note(f"next: trailstats report {where} --athlete {output} --open")
    return ExitCode.OK


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _asked(found: Suggestion) -> dict[str, object]:
    """Return what the runner answers; Enter takes what was found, or leaves the key out."""
    note("A few questions; Enter takes what stands in brackets, or skips it.")
    stated: dict[str, object] = {}
    for key, question in _QUESTIONS.items():
        while True:
            known = found.values.get(key, "")
            given = str(typer.prompt(question, default=known or "")).strip()
            if not given or given == str(known):
                break
            try:
                stated[key] = _valid(key, given)
            except ConfigError as error:
                note(str(error))
            else:
                break
    return stated


def _valid(key: str, given: str) -> object:
    """Return an answer as a profile holds it.

    Raises
    ------
    ConfigError
        When no profile may hold it.
    """
    value: object = given
    if key not in ("name", "sex"):
        try:
            value = int(given)
        except ValueError:
            raise ConfigError(f"{given!r} is no whole number") from None
    Athlete.from_dict({key: value})
    return value
