"""The tables behind a page as files, so that nobody has to take them from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from trailstats import schema
from trailstats.boundary import reason_of
from trailstats.claims.result import ClaimResult, claims_table
from trailstats.errors import WriteError
from trailstats.io.tables import write_table

if TYPE_CHECKING:
    from trailstats.history import History

__all__ = ["write_data"]

OF_EACH = (schema.CLIMBS, schema.PARTS, schema.EFFORTS)
"""Tables of each activity, which get a column with its source."""


def write_data(
    history: History,
    folder: Path,
    *,
    results: Sequence[ClaimResult] = (),
    suffix: str = ".csv",
) -> list[Path]:
    """Write the tables behind a page, each into a file that has its name.

    Parameters
    ----------
    history : History
    folder : Path
        Made where it is not there; files of the same names are replaced.
    results : sequence of ClaimResult
        Answers, as the table ``claims``.
    suffix : str
        ``".csv"`` or ``".parquet"``.

    Returns
    -------
    list of Path

    Raises
    ------
    WriteError
        When the place can't be written to.
    MissingExtraError
        For Parquet without pyarrow.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import trailstats as ts
    >>> from trailstats.report.data import write_data
    >>> history = ts.analyze_folder("data/samples/archive/2024-06-21-1913.fit")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sorted(path.name for path in write_data(history, Path(folder)))[:3]
    ['activities.csv', 'climbs.csv', 'daily.csv']
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(
            f"{folder}: can't be made: {reason_of(error)}"
        ) from error
    whole = {
        schema.ACTIVITIES: history.activities,
        schema.SEGMENTS: history.segments,
        schema.WEEKLY: history.weekly(),
        schema.DAILY: history.daily(),
    }
    written = [
        write_table(frame, _place(folder, table.name, suffix), table=table)
        for table, frame in whole.items()
    ]
    written += [
        write_table(
            _of_each(history, table),
            _place(folder, table.name, suffix),
            table=table,
        )
        for table in OF_EACH
    ]
    if results:
        path = _place(folder, "claims", suffix)
        table = schema.Table("claims", "one answer", ())
        written.append(write_table(claims_table(results), path, table=table))
    return written


def _place(folder: Path, name: str, suffix: str) -> Path:
    return folder / f"{name}{suffix}"


def _of_each(history: History, table: schema.Table) -> pd.DataFrame:
    return pd.concat([table.empty(), *_with_file(history, table)]).reset_index(
        drop=True
    )


def _with_file(history: History, table: schema.Table) -> Iterator[pd.DataFrame]:
    read = history.activities[history.activities["status"] == "ok"]
    for file, frame in zip(read["file"], history.tables(table), strict=True):
        yield frame.assign(file=file)
