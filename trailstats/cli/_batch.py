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
from trailstats.history import History, Receipt
from trailstats.history._stored import tables_in_parts
from trailstats.io._remote import is_remote
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

    output: Annotated[str, option("batch-output")]
    segments: Annotated[Path | None, option("batch-segments")] = None
    weekly: Annotated[Path | None, option("batch-weekly")] = None
    by_athlete: Annotated[bool, option("batch-by-athlete")] = False
    partition: Annotated[bool, option("batch-partition")] = False

    @property
    def in_parts(self) -> bool:
        """Whether each athlete's tables are written by whoever measures them: into a folder or an
        address, not a file.
        """
        return self.by_athlete and (
            is_remote(self.output) or not Path(self.output).suffix
        )

    def tables(self) -> list[tuple[Path, Table]]:
        """Return each file with the table that it holds."""
        wanted = (
            (None if self.in_parts else Path(self.output), ACTIVITIES),
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
    if outputs.in_parts:
        receipts = work.receipts(sources[0], outputs.output)
        return _receipts(receipts, outputs.output, shown.as_json)
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
            tables.failures(history, sources)
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
    if outputs.in_parts and (outputs.segments or outputs.weekly):
        raise UsageProblem(
            f"{outputs.output}: a folder takes all tables; leave --segments and --weekly out"
        )
    if outputs.by_athlete and len(sources) != 1:
        raise UsageProblem(
            "--by-athlete takes one folder, with a folder for each athlete in it"
        )
    if outputs.by_athlete and athlete is not None:
        raise UsageProblem(
            "--by-athlete: each athlete's own athlete.toml is read; leave --athlete out"
        )


def _receipts(receipts: list[Receipt], out: str, as_json: bool) -> ExitCode:
    """Say what was made of each athlete, and what was not."""
    lost = [receipt for receipt in receipts if receipt.error]
    if as_json:
        found = [receipt.to_dict() for receipt in receipts]
        print_json({"format_version": FORMAT_VERSION, "athletes": found})
    else:
        activities = sum(receipt.activities for receipt in receipts)
        failures = sum(receipt.failures for receipt in receipts)
        new = sum(receipt.is_new and not receipt.error for receipt in receipts)
        note(
            f"{len(receipts)} athletes, {new} of them new or changed: {activities} activities, "
            f"{failures} sources failed"
        )
        for receipt in lost:
            note(f"{receipt.athlete}: {receipt.error}")
        note(f"written: {out}")
    if not any(receipt.activities for receipt in receipts):
        return ExitCode.NOTHING_READ
    failed = lost or any(receipt.failures for receipt in receipts)
    return ExitCode.SOME_FAILED if failed else ExitCode.OK


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
