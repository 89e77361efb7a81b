"""The command `batch`: tables of many activities, of one athlete or of several."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import pandas as pd

from trailstats.cli import _options as o
from trailstats.cli import _tables as tables
from trailstats.cli._app import command
from trailstats.cli._console import note, print_json
from trailstats.cli._declarations import option
from trailstats.cli._exit import ExitCode, UsageProblem, code_for
from trailstats.cli._work import Work
from trailstats.history import History
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


@dataclass(frozen=True, kw_only=True)
class Outputs:
    """The files to write, and how."""

    output: Annotated[Path, option("batch-output")]
    segments: Annotated[Path | None, option("batch-segments")] = None
    weekly: Annotated[Path | None, option("batch-weekly")] = None
    by_athlete: Annotated[bool, option("batch-by-athlete")] = False
    partition: Annotated[bool, option("batch-partition")] = False

    def tables(self) -> list[tuple[Path, Table]]:
        """Return each file with the table that it holds."""
        wanted = (
            (self.output, ACTIVITIES),
            (self.segments, SEGMENTS),
            (self.weekly, WEEKLY),
        )
        return [(path, table) for path, table in wanted if path is not None]


@command
def batch(
    sources: o.Sources,
    outputs: Outputs,
    athlete: o.AthleteFile = None,
    *,
    work: Work,
    shown: o.Shown,
) -> ExitCode:
    """Write a table with one row per activity; sources that failed are rows too.

    Example: trailstats batch runs/ -o runs.csv --segments segments.csv
    """
    _check(outputs, sources, athlete)
    if outputs.by_athlete:
        histories = work.histories(sources[0])
    else:
        history = work.history(sources, o.athlete_of(athlete))
        histories = {history.athlete.name: history}
    document = functools.cache(lambda: _document(histories, outputs.by_athlete))
    if str(outputs.output) == o.STANDARD:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "activities.csv"
            _write(path, ACTIVITIES, histories, outputs)
            sys.stdout.write(path.read_text("utf-8"))
        return code_for(histories.values())
    for path, table in outputs.tables():
        if table is ACTIVITIES and path.suffix.lower() == ".json":
            write_atomically(
                path, json.dumps(document(), allow_nan=False).encode()
            )
        else:
            _write(path, table, histories, outputs)
    if shown.as_json:
        print_json(document())
    else:
        for name, history in histories.items():
            if outputs.by_athlete:
                note(f"{name}:")
            tables.summary(history, shown.units)
            tables.failures(history)
        note(f"written: {', '.join(str(path) for path, _ in outputs.tables())}")
    return code_for(histories.values())


def _check(outputs: Outputs, sources: list[str], athlete: Path | None) -> None:
    """Refuse what can't be done, before the work.

    Raises
    ------
    UsageProblem
    """
    for path, _ in outputs.tables():
        o.check_output(path, _SUFFIXES)
        if path.is_dir() and not outputs.partition:
            raise UsageProblem(f"{path}: it is a folder")
        if outputs.partition and path.suffix.lower() != ".parquet":
            raise UsageProblem(f"{path}: only .parquet can be written in parts")
    if outputs.by_athlete and len(sources) != 1:
        raise UsageProblem(
            "--by-athlete takes one folder, with a folder for each athlete in it"
        )
    if outputs.by_athlete and athlete is not None:
        raise UsageProblem(
            "--by-athlete: each athlete's own athlete.toml is read; leave --athlete out"
        )


def _document(histories: Histories, by_athlete: bool) -> dict[str, object]:
    if not by_athlete:
        return next(iter(histories.values())).to_dict()
    found = {name: history.to_dict() for name, history in histories.items()}
    return {"format_version": FORMAT_VERSION, "athletes": found}


def _write(
    path: Path, table: Table, histories: Histories, outputs: Outputs
) -> None:
    partition = outputs.partition
    parts = (
        _with_athlete(part, name) if outputs.by_athlete or partition else part
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


def _with_athlete(part: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a table with the athlete's name as its first column."""
    athlete = pd.Series(
        [name or "unnamed"] * len(part), index=part.index, dtype="str"
    )
    return pd.concat([athlete.rename("athlete"), part], axis=1)
