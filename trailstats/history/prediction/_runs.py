"""The runs of a history as arrays: stretches, and what runs are compared by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from trailstats.arrays import Flags, Floats, Ints, as_floats
from trailstats.history import History
from trailstats.history._run_stretches import RunStretches, gather_stretches
from trailstats.history.prediction._carry import RunFacts
from trailstats.history.prediction._fit import Stretches
from trailstats.history.prediction._terms import Conditions
from trailstats.metrics._even_ground_fit import log_reserve


@dataclass(frozen=True, eq=False)
class Runs(RunStretches):
    """Runs in order of time, their stretches, and what they are compared by.

    Attributes
    ----------
    facts : RunFacts
    """

    facts: RunFacts

    @property
    def conditions(self) -> Conditions:
        """What the stretches are like."""
        s = self.stretches
        return Conditions(
            grade=s["grade"],
            p_trail=s["p_trail"],
            p_technical=s["p_technical"],
            hours=s["moving_before"] / 3600.0,
            descent=s["descent_before"],
            temperature=s["temperature"],
            heart_rate=self.column("mean_heart_rate")[self.run],
        )

    def fitted(self, columns: Floats) -> Stretches:
        """Return the stretches with the columns of terms."""
        return Stretches(np.log(self.stretches["speed"]), columns, self.run)

    def log_ratio(self, log_speed: Floats) -> Floats:
        """Return the log of the time that each run took over that by some speeds, by the stretches
        that it has.
        """
        count = len(self)
        taken = np.bincount(self.run, self.stretches["duration"], count)
        by = self.stretches["distance"] / np.exp(log_speed)
        return as_floats(np.log(taken / np.bincount(self.run, by, count)))

    def with_heart_rate(self) -> Runs:
        """Return the runs with a mean heart rate, which makes runs alike then."""
        rate = self.column("mean_heart_rate")
        kept = self.where(np.isfinite(rate))
        reserve = log_reserve(rate[np.isfinite(rate)])
        return replace(kept, facts=replace(kept.facts, reserve=reserve))

    def where(self, kept: Flags) -> Runs:
        """Return some of the runs."""
        inside = kept[self.run]
        number = np.cumsum(kept) - 1
        return Runs(
            self.table[kept],
            {name: v[inside] for name, v in self.stretches.items()},
            as_numbers(number[self.run[inside]]),
            self.facts.take(np.flatnonzero(kept)),
        )


def as_numbers(values: Ints) -> Ints:
    """Return whole numbers."""
    return np.asarray(values, dtype=np.int64)


def runs_of(history: History) -> Runs:
    """Return the runs of a history outdoors that have distance and elevation."""
    return _compared(history.effort.runs)


def gather_runs(
    activities: pd.DataFrame, stretches: Iterable[pd.DataFrame]
) -> Runs:
    """Return runs from rows of ``schema.ACTIVITIES`` in order of time and each one's table
    ``schema.STRETCHES``.
    """
    return _compared(gather_stretches(activities, stretches))


def _compared(found: RunStretches) -> Runs:
    table, columns, run = found.table, found.stretches, found.run
    return Runs(table, columns, run, _facts_of(table, columns, run))


def _facts_of(
    table: pd.DataFrame, stretches: Mapping[str, Floats], run: Ints
) -> RunFacts:
    starts = pd.DatetimeIndex(table["start_time"]).as_unit("ns").asi8
    weight = stretches["distance"]
    total = np.bincount(run, weight, len(table))
    trail = np.nan_to_num(stretches["p_trail"], nan=0.3)
    device, names = pd.factorize(table["device"].to_numpy(dtype=object))
    known = np.array([bool(name) for name in names], dtype=bool)
    number = np.where(known[device] if len(names) else False, device, -1)
    return RunFacts(
        day=starts / 86400e9,
        distance=table["distance"].to_numpy(dtype=np.float64),
        ascent=np.nan_to_num(table["ascent"].to_numpy(dtype=np.float64)),
        trail=np.bincount(run, trail * weight, len(table))
        / np.maximum(total, 1.0),
        device=as_numbers(number),
        reserve=np.zeros(len(table)),
    )
