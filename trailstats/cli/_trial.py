"""The commands `trial`: a randomised trial on oneself, planned, run and answered."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from trailstats.boundary import read_text
from trailstats.claims.trial import (
    CLOSED,
    OPEN,
    Trial,
    TrialAnswer,
    answer_trial,
    plan_trial,
)
from trailstats.cli import _options as o
from trailstats.cli import _tables as tables
from trailstats.cli._app import app, command, listed
from trailstats.cli._console import note, print_json
from trailstats.cli._declarations import argument, option
from trailstats.cli._exit import ExitCode, UsageProblem, code_for
from trailstats.cli._work import Work
from trailstats.history import History
from trailstats.io.tables import write_atomically

_group = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=listed()["trial"]["help"],
)
app.add_typer(_group, name="trial")

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the trial asks, and when."""

    question: Annotated[str, option("trial-question")]
    start: Annotated[str | None, option("trial-start")] = None
    days: Annotated[str, option("trial-days")] = "tue,thu,sat"
    effect: Annotated[float | None, option("trial-effect")] = None
    runs: Annotated[int | None, option("trial-runs")] = None
    closed: Annotated[float, option("trial-closed")] = 0.0
    seed: Annotated[int | None, option("trial-seed")] = None
    output: Annotated[Path, option("trial-output")] = Path("trial.json")


def plan(
    sources: o.Sources,
    athlete: o.AthleteFile = None,
    *,
    asked: Asked,
    work: Work,
    as_json: o.Json = False,
) -> ExitCode:
    """Toss the coin for the next everyday runs, and say what they will decide.

    Example: trailstats trial plan runs/ --ask feel --days tue,thu,sat -o trial.json
    """
    o.check_output(asked.output, (".json",))
    if asked.output.exists():
        raise UsageProblem(
            f"{asked.output}: a plan is made once; name another file"
        )
    history = work.history(sources, o.athlete_of(athlete))
    if not len(history.analyses):
        return _nothing(history, as_json)
    trial = plan_trial(
        history,
        asked.question,
        start=_start_of(asked.start),
        weekdays=_weekdays_of(asked.days),
        effect=asked.effect,
        runs=asked.runs,
        closed=asked.closed,
        seed=asked.seed,
    )
    calendar = asked.output.with_suffix(".ics")
    write_atomically(asked.output, trial.to_json().encode())
    write_atomically(calendar, trial.to_calendar().encode())
    if as_json:
        print_json({**trial.to_dict(), "promise": trial.promise()})
        return code_for([history])
    note(trial.promise())
    note(f"from {trial.days[0]} to {trial.ends}; it is not looked at before")
    if trial.closed:
        note(
            "Coins are covered. On the morning of each day say what its weather allows: "
            f"trailstats trial day {asked.output} --weather both, or one."
        )
    note(
        "Run each day on the ground that the plan names, or else on the other: it counts for the "
        "arm that it was meant for. Don't leave runs out for their ground."
    )
    note(f"plan: {asked.output}; calendar: {calendar}")
    return code_for([history])


def day(
    trial_file: Annotated[Path, argument("trial-file")],
    *,
    weather: Annotated[str, option("trial-weather")],
    date: Annotated[str | None, option("trial-date")] = None,
    as_json: o.Json = False,
) -> ExitCode:
    """Say what the weather of a day allows, and be told the coin: no coin can sway what is said.

    Example: trailstats trial day trial.json --weather both
    """
    if weather not in (OPEN, CLOSED):
        raise UsageProblem(
            f"--weather: {weather!r} is neither {OPEN} nor {CLOSED}"
        )
    asked = _date_of(date, "--date") or dt.datetime.now().astimezone().date()
    trial = Trial.from_json(read_text(trial_file))
    trial = trial.with_weather(asked, both=weather == OPEN)
    write_atomically(trial_file, trial.to_json().encode())
    if as_json:
        print_json(trial.to_dict())
        return ExitCode.OK
    ground = trial.ground_on(asked)
    note(
        f"{asked}: run on {ground}"
        if ground
        else f"{asked}: left out of the trial; run where you can"
    )
    return ExitCode.OK


def answer(
    trial_file: Annotated[Path, argument("trial-file")],
    sources: o.Sources,
    athlete: o.AthleteFile = None,
    *,
    work: Work,
    as_json: o.Json = False,
) -> ExitCode:
    """Answer a trial that is over, from the recordings of its days.

    Example: trailstats trial answer trial.json runs/
    """
    trial = Trial.from_json(read_text(trial_file))
    history = work.history(sources, o.athlete_of(athlete))
    if not len(history.analyses):
        return _nothing(history, as_json)
    found = answer_trial(trial, history)
    if as_json:
        print_json(found.to_dict())
    else:
        _print(found)
    return code_for([history])


def _print(found: TrialAnswer) -> None:
    unit = "" if found.unit == "1" else f" {found.unit}"
    note(f"{found.measured} {found.verdict or 'described'}")
    if found.p_value >= 0:
        note(
            f"trail less road: {found.difference:+.3g}{unit} (95 %: {found.low:+.3g} to "
            f"{found.high:+.3g}), p {found.p_value:.3f}"
        )
    for caveat in found.caveats:
        note(caveat)


def _nothing(history: History, as_json: bool) -> ExitCode:
    if as_json:
        print_json(history.to_dict())
    else:
        tables.failures(history)
    return ExitCode.NOTHING_READ


def _start_of(text: str | None) -> dt.date:
    tomorrow = dt.datetime.now(tz=dt.UTC).date() + dt.timedelta(days=1)
    return _date_of(text, "--start") or tomorrow


def _date_of(text: str | None, name: str) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageProblem(
            f"{name}: {text!r} is not a date such as 2026-05-10"
        ) from None


def _weekdays_of(text: str) -> tuple[int, ...]:
    names = [name.strip().lower()[:3] for name in text.split(",")]
    if not set(names) <= set(DAYS):
        raise UsageProblem(
            f"--days: {text!r} is no list of days such as tue,thu,sat"
        )
    return tuple(sorted({DAYS.index(name) for name in names}))


for _function in (plan, day, answer):
    command(_function, _group)
