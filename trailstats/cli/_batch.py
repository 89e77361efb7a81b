"""The command `batch`: tables of many activities, of one athlete or of several."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from trailstats.cli import _options as o
from trailstats.cli import _tables as tables
from trailstats.cli._app import begin, command, print_json
from trailstats.cli._exit import ExitCode, UsageProblem
from trailstats.cli._work import Work
from trailstats.history import TIME_LIMIT, History
from trailstats.history._stored import tables_in_parts
from trailstats.io.tables import write_atomically, write_partitioned, write_table
from trailstats.schema import ACTIVITIES, FORMAT_VERSION, SEGMENTS, WEEKLY, Table

_SUFFIXES = (".csv", ".parquet", ".json")
Histories = dict[str, History]

# Each in parts: the segments of thousands of runs are never held together.
_TABLES: dict[str, Callable[[History], Iterable[pd.DataFrame]]] = {
    ACTIVITIES.name: lambda history: [history.activities],
    SEGMENTS.name: lambda history: chain(
        [SEGMENTS.empty()], tables_in_parts(history.analyses, SEGMENTS)
    ),
    WEEKLY.name: lambda history: [history.weekly()],
}


@command
def batch(
    sources: o.Sources,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FILE", help="A .csv, .parquet or .json file."
        ),
    ],
    segments: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write the segments too (.csv, .parquet or .json)."
        ),
    ] = None,
    weekly: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write the sums of each week too (.csv, .parquet or .json).",
        ),
    ] = None,
    by_athlete: Annotated[
        bool,
        typer.Option(
            "--by-athlete",
            help="SOURCE holds a folder for each athlete, perhaps with an athlete.toml.",
        ),
    ] = False,
    partition: Annotated[
        bool,
        typer.Option(
            "--partition",
            help="Write Parquet as folders: a file for each athlete and year.",
        ),
    ] = False,
    athlete: o.AthleteFile = None,
    evidence: o.Evidence = None,
    map: o.Maps = None,
    labels: o.Labels = None,
    dem: o.Dem = None,
    own_pace: o.OwnPace = False,
    workers: o.Workers = None,
    cache: o.CacheFolder = None,
    no_cache: o.NoCache = False,
    time_limit: o.TimeLimit = TIME_LIMIT,
    dask: o.Dask = None,
    imperial: o.Imperial = False,
    as_json: o.Json = False,
    debug: o.Debug = False,
) -> ExitCode:
    """Write a table with one row per activity; sources that failed are rows too.

    Example: trailstats batch runs/ -o runs.csv --segments segments.csv
    """
    begin(as_json, debug)
    outputs = [path for path in (output, segments, weekly) if path is not None]
    _check(outputs, sources, by_athlete, partition, athlete)
    ground = o.ground_of(evidence, map, labels, dem, cache, own_pace)
    work = Work(workers, cache, no_cache, time_limit, dask)
    if by_athlete:
        histories = work.histories(sources[0], ground)
    else:
        history = work.history(sources, o.athlete_of(athlete), ground)
        histories = {history.athlete.name: history}
    if output.suffix.lower() == ".json":
        write_atomically(
            output,
            json.dumps(_document(histories, by_athlete), allow_nan=False).encode(),
        )
    else:
        _write(output, ACTIVITIES, histories, by_athlete, partition)
    if segments is not None:
        _write(segments, SEGMENTS, histories, by_athlete, partition)
    if weekly is not None:
        _write(weekly, WEEKLY, histories, by_athlete, partition)
    if as_json:
        print_json(_document(histories, by_athlete))
    else:
        for name, history in histories.items():
            if by_athlete:
                tables.note(f"{name}:")
            tables.summary(history, imperial)
            tables.failures(history)
        tables.note(f"written: {', '.join(str(path) for path in outputs)}")
    return code_for(histories)


def code_for(histories: Histories) -> ExitCode:
    """Return the exit code for what could be read."""
    if not any(len(h.analyses) for h in histories.values()):
        return ExitCode.NOTHING_READ
    return (
        ExitCode.SOME_FAILED
        if any(h.failures for h in histories.values())
        else ExitCode.OK
    )


def _check(
    outputs: list[Path],
    sources: list[str],
    by_athlete: bool,
    partition: bool,
    athlete: Path | None,
) -> None:
    for path in outputs:
        o.check_output(path, _SUFFIXES)
        if path.is_dir() and not partition:
            raise UsageProblem(f"{path}: it is a folder")
        if partition and path.suffix.lower() != ".parquet":
            raise UsageProblem(f"{path}: only .parquet can be written in parts")
    if by_athlete and len(sources) != 1:
        raise UsageProblem(
            "--by-athlete takes one folder, with a folder for each athlete in it"
        )
    if by_athlete and athlete is not None:
        raise UsageProblem(
            "--by-athlete: each athlete's own athlete.toml is read; leave --athlete out"
        )


def _document(histories: Histories, by_athlete: bool) -> dict[str, object]:
    if not by_athlete:
        return next(iter(histories.values())).to_dict()
    found = {name: history.to_dict() for name, history in histories.items()}
    return {"format_version": FORMAT_VERSION, "athletes": found}


def _write(
    path: Path, table: Table, histories: Histories, by_athlete: bool, partition: bool
) -> None:
    parts = (
        _of_athlete(part, name) if by_athlete or partition else part
        for name, history in histories.items()
        for part in _TABLES[table.name](history)
    )
    if table is SEGMENTS and not partition:
        write_table(parts, path, table=table)
        return
    frame = pd.concat(list(parts), ignore_index=True)
    if not partition:
        write_table(frame, path, table=table)
        return
    time = frame["week" if table is WEEKLY else "start_time"]
    frame.insert(1, "year", time.dt.year.astype("Int64"))
    write_partitioned(frame, path, table=table, by=("athlete", "year"))


def _of_athlete(part: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a table with the athlete's name as its first column."""
    athlete = pd.Series([name or "unnamed"] * len(part), index=part.index, dtype="str")
    return pd.concat([athlete.rename("athlete"), part], axis=1)
