"""The runs of a history that can be learnt from, with their stretches as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from trailstats import schema
from trailstats.arrays import Flags, Floats, Ints
from trailstats.history._rows import are_runs
from trailstats.history._stored import joined_columns
from trailstats.metrics.effort import Footing, HeartRateStretches
from trailstats.model.results import Analysis

SHORTEST_RUN: Final = 600.0
"""Moving time from which a run is learnt from [s] (our choice)."""

SLOWEST: Final = 0.3
"""Speed below which a stretch is no way of moving on [m/s] (our choice)."""

COLUMNS: Final = (
    "duration",
    "distance",
    "speed",
    "grade",
    "moving_before",
    "descent_before",
    "walking",
    "p_trail",
    "p_technical",
    "heart_rate",
    "temperature",
)
"""Columns of ``schema.STRETCHES`` that are looked at."""


@dataclass(frozen=True, eq=False)
class RunStretches:
    """Runs in order of time, and their stretches.

    Attributes
    ----------
    table : pandas.DataFrame
        Rows of ``schema.ACTIVITIES``, one a run.
    stretches : mapping of str to numpy.ndarray
        Columns of ``schema.STRETCHES``, run after run.
    run : numpy.ndarray of int
        Number of the run of each stretch.
    """

    table: pd.DataFrame
    stretches: Mapping[str, Floats]
    run: Ints

    def __len__(self) -> int:
        return len(self.table)

    def column(self, name: str) -> Floats:
        """Return a column of the runs."""
        return self.table[name].to_numpy(dtype=np.float64)

    @property
    def footing(self) -> Footing:
        """What the stretches go over."""
        s = self.stretches
        return Footing(s["grade"], s["p_trail"], s["p_technical"], s["walking"])

    @property
    def heart_rates(self) -> HeartRateStretches:
        """The stretches with what a heart rate follows from."""
        s = self.stretches
        return HeartRateStretches(
            run=self.run,
            speed=s["speed"],
            heart_rate=s["heart_rate"],
            footing=self.footing,
            moving_before=s["moving_before"],
            descent_before=s["descent_before"],
            temperature=s["temperature"],
            duration=s["duration"],
        )


@dataclass(frozen=True, eq=False)
class ReadStretches:
    """The stretches of all analyses of a history, as they are read: once for all that is made of
    them.

    Attributes
    ----------
    columns : mapping of str to numpy.ndarray
        `COLUMNS` of the stretches, analysis after analysis.
    analysis : numpy.ndarray of int
        Number of the analysis of each stretch.
    """

    columns: Mapping[str, Floats]
    analysis: Ints

    @classmethod
    def of(cls, analyses: Sequence[Analysis]) -> ReadStretches:
        """Read the stretches of analyses."""
        columns, counts = joined_columns(analyses, schema.STRETCHES, COLUMNS)
        return cls(columns, np.repeat(np.arange(len(counts)), counts))

    def of_runs(self, activities: pd.DataFrame) -> RunStretches:
        """Return the runs that can be learnt from.

        Parameters
        ----------
        activities : pandas.DataFrame
            Table ``schema.ACTIVITIES``; rows with ``status`` "ok" are those of the analyses.
        """
        read = (activities["status"] == "ok").to_numpy()
        of_runs = are_runs(activities)[read].to_numpy()
        inside = of_runs[self.analysis]
        table = activities[read][of_runs].reset_index(drop=True)
        own = {name: v[inside] for name, v in self.columns.items()}
        place = (np.cumsum(of_runs) - 1)[self.analysis[inside]]
        return kept_runs(table, own, np.asarray(place, dtype=np.int64))


def gather_stretches(
    activities: pd.DataFrame, stretches: Iterable[pd.DataFrame]
) -> RunStretches:
    """Return the runs outdoors that have distance and elevation.

    Parameters
    ----------
    activities : pandas.DataFrame
        Rows of ``schema.ACTIVITIES`` of runs, in order of time.
    stretches : iterable of pandas.DataFrame
        Each one's table ``schema.STRETCHES``.
    """
    table = activities.reset_index(drop=True)
    blocks = [t[list(COLUMNS)].to_numpy(dtype=np.float64) for t in stretches]
    counts = np.array([len(block) for block in blocks], dtype=np.int64)
    values = np.concatenate(blocks or [np.zeros((0, len(COLUMNS)))])
    columns = dict(zip(COLUMNS, values.T, strict=True))
    return kept_runs(table, columns, np.repeat(np.arange(len(blocks)), counts))


def kept_runs(
    table: pd.DataFrame, columns: Mapping[str, Floats], run: Ints
) -> RunStretches:
    """Return those of the runs that can be learnt from, with their stretches.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows of ``schema.ACTIVITIES``, numbered from 0.
    columns : mapping of str to numpy.ndarray
        `COLUMNS` of the stretches, run after run.
    run : numpy.ndarray of int
        Number of the run of each stretch.
    """
    usable = (columns["speed"] > SLOWEST) & np.isfinite(columns["grade"])
    kept = _outdoors(table) & (np.bincount(run[usable], minlength=len(table)) > 0)
    inside = usable & kept[run]
    own = {name: v[inside] for name, v in columns.items()}
    number = (np.cumsum(kept) - 1)[run[inside]]
    return RunStretches(
        table[kept].reset_index(drop=True),
        own,
        np.asarray(number, dtype=np.int64),
    )


def _outdoors(table: pd.DataFrame) -> Flags:
    """Return which runs have a start, are outdoors and are long enough."""
    outdoors = ~table["sub_sport"].isin(schema.INDOOR).to_numpy()
    long = table["moving_time"].to_numpy() >= SHORTEST_RUN
    return np.asarray(outdoors & long & table["start_time"].notna().to_numpy())
