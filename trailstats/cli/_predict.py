"""The command `predict`: moving time and splits of a course, from a runner's own runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pandas as pd

from trailstats.cli import _options as o
from trailstats.cli import _tables as tables
from trailstats.cli._app import command
from trailstats.cli._console import note, print_json, print_rows
from trailstats.cli._declarations import argument, option
from trailstats.cli._exit import ExitCode, UsageProblem, code_for
from trailstats.cli._work import Work
from trailstats.history.prediction import Prediction
from trailstats.history.prediction._splits import CLIMBS, Splits
from trailstats.history.prediction.course import LONGEST
from trailstats.io.tables import write_atomically
from trailstats.report import text
from trailstats.report.units import Units

SUFFIXES = (".gpx", ".html")


LEAST_SPLIT = 100.0
"""The shortest split [m] (our choice): about one stretch of those that are learnt from."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked of the course besides the course itself."""

    sources: Annotated[list[str], option("predict-from")]
    effort: Annotated[str, option("predict-effort")] = "usual"
    start: Annotated[str | None, option("predict-start")] = None
    temperature: Annotated[float | None, option("predict-temperature")] = None
    splits: Annotated[str | None, option("predict-splits")] = None
    output: Annotated[Path | None, option("predict-output")] = None


@command
def predict(
    course: Annotated[str, argument("predict-course")],
    *,
    asked: Asked,
    athlete: o.AthleteFile = None,
    work: Work,
    shown: o.Shown,
) -> ExitCode:
    """Predict the moving time and splits of a course, with ranges, from a runner's own runs.

    Example: trailstats predict race.gpx --from runs/ --effort race
    """
    from trailstats.history.prediction import Course
    from trailstats.history.prediction import predict as predict_course

    if asked.output is not None:
        o.check_output(asked.output, SUFFIXES)
    effort = _effort_of(asked.effort)
    begin = _time_of(asked.start)
    splits = _splits_of(asked.splits)
    way = Course.read(course)
    history = work.history(asked.sources, o.athlete_of(athlete))
    if not len(history.analyses):
        if shown.as_json:
            print_json(history.to_dict())
        else:
            tables.failures(history, asked.sources)
        return ExitCode.NOTHING_READ
    options = work.ground.options(work.processes.cache)(athlete=history.athlete)
    found = predict_course(
        way,
        history,
        start=begin,
        effort=effort,
        temperature=asked.temperature,
        splits=splits,
        map=options.map,
        labels=options.labels,
        dem=options.cleaning.dem,
    )
    if asked.output is not None:
        _write(asked.output, found, imperial=shown.imperial)
    if shown.as_json:
        print_json(found.to_dict())
        return code_for([history])
    units = shown.units
    time = found.moving_time
    climbs = f"{units.elevation(found.ascent)} up, {units.elevation(found.descent)} down"
    note(f"{found.course.name or course}: {units.distance(way.length)}, {climbs}")
    note(f"moving time, {found.effort} effort: {text.clock(time.value)}")
    note(f"in half of the cases {_range(time.low50, time.high50)}")
    note(f"in nine of ten {_range(time.low90, time.high90)}")
    _print_splits(found.splits, found.start, units)
    for caveat in found.caveats:
        note(caveat)
    note(f"{found.method}; {text.span(*found.period)}")
    if asked.output is not None:
        note(f"written: {asked.output}")
    return code_for([history])


def _write(path: Path, found: Prediction, *, imperial: bool) -> None:
    """Write the course with its arrivals, or the page."""
    if path.suffix.lower() == ".gpx":
        write_atomically(path, found.to_gpx().encode())
        return
    from trailstats.report.course_page import write_course_page

    write_course_page(found, path, imperial=imperial)


def _range(low: float, high: float) -> str:
    return f"{text.clock(low)} to {text.clock(high)}"


def _print_splits(
    splits: pd.DataFrame, start: pd.Timestamp | None, units: Units
) -> None:
    """Print a row for each split."""
    heads = ["to", "up", "down", "time", "in nine of ten", "pace", "reached"]
    rows = []
    for split in splits.to_dict("records"):
        arrival = float(split["arrival"])
        reached = text.clock(arrival)
        if start is not None:
            reached = f"{start + pd.Timedelta(seconds=arrival):%H:%M} UTC"
        rows.append(
            [
                str(split["name"]),
                units.elevation(split["ascent"]),
                units.elevation(split["descent"]),
                text.clock(split["moving_time"]),
                _range(split["low90"], split["high90"]),
                units.pace(split["distance"] / split["moving_time"]),
                reached,
            ]
        )
    print_rows(heads, rows, right=heads[1:])


def _effort_of(given: str) -> str | float:
    """Return an effort by its name, or a heart rate.

    Raises
    ------
    UsageProblem
        When it is neither.
    """
    if given in ("usual", "easy", "race"):
        return given
    try:
        rate = float(given)
    except ValueError:
        rate = 0.0
    if not 60.0 < rate < 240.0:
        raise UsageProblem(
            f"--effort: {given!r} is none of usual, easy, race, or a heart rate of 60 to 240"
        )
    return rate


def _splits_of(given: str | None) -> Splits:
    """Return where the course is divided.

    Raises
    ------
    UsageProblem
        When it is neither a length, distances, nor "climbs".
    """
    if given is None or given == CLIMBS:
        return given
    try:
        found = [float(part) for part in given.split(",")]
    except ValueError:
        found = [0.0]
    if not all(LEAST_SPLIT <= at < LONGEST for at in found):
        raise UsageProblem(
            f"--splits: {given!r} is none of climbs, a length in metres of at least 100, "
            "or distances such as 5000,12000"
        )
    return found if "," in given else found[0]


def _time_of(given: str | None) -> pd.Timestamp | None:
    if given is None:
        return None
    try:
        return pd.Timestamp(given)
    except ValueError:
        raise UsageProblem(
            f"--start: {given!r} is no time such as 2026-05-10T08:00Z"
        ) from None
