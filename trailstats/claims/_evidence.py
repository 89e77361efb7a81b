"""What the claims are answered from: runs with their side, their segments and their loads, each prepared once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats.history import History
from trailstats.schema import IMPACT, Surface

__all__ = ["Evidence"]

INDOORS = frozenset({"treadmill", "indoor_running", "virtual_activity", "indoor"})
"""Sub-sports, in FIT's words, that are neither road nor trail."""

HARD_TIME = 600.0
"""Time in the top heart-rate zone that makes a run a hard one [s]; as for intent."""

SECONDS_PER_DAY = 86400.0


@dataclass(frozen=True, eq=False)
class Evidence:
    """A history as the claims look at it.

    Attributes
    ----------
    history : History
    races : sequence of datetime.date
        Days of road races given by the caller, besides those of the profile and the files.
    """

    history: History
    races: Sequence[dt.date] = ()

    @cached_property
    def runs(self) -> pd.DataFrame:
        """Runs in order of time with ``run`` (place among analyses), ``day``, ``outdoors``, ``side`` and ``unhurried``.

        ``side`` is trail, road or empty: runs indoors and those whose ground is not known stand on neither side.
        """
        table = self.history.activities
        place = np.cumsum(table["status"].to_numpy() == "ok") - 1
        runs = self.history.runs
        runs = runs.assign(run=place[table.index.get_indexer(runs.index)])
        runs = runs[runs["start_time"].notna()].reset_index(drop=True)
        outdoors = ~runs["sub_sport"].isin(INDOORS)
        sided = outdoors & runs["surface"].isin([Surface.TRAIL.value, Surface.ROAD.value])
        hurried = runs["intent"].isin(["hard", "race"]) | (runs["hard_time"] >= HARD_TIME)
        begin = runs["start_time"].min() if len(runs) else pd.Timestamp(0, tz="UTC")
        return runs.assign(
            day=(runs["start_time"] - begin).dt.total_seconds() / SECONDS_PER_DAY,
            outdoors=outdoors,
            side=runs["surface"].where(sided, ""),
            unhurried=~hurried,
        )

    @cached_property
    def segments(self) -> pd.DataFrame:
        """Segments of the runs, with ``row`` (place in `runs`) and ``elapsed`` since the run's start [s]."""
        history = self.history
        counts = [len(a.segments) for a in history.analyses]
        owner = np.repeat(np.arange(len(counts)), counts)
        row = np.full(len(counts), -1)
        row[self.runs["run"].to_numpy(dtype=np.intp)] = np.arange(len(self.runs))
        table = history.segments.assign(row=row[owner] if len(owner) else np.zeros(0, dtype=np.intp))
        table = table[table["row"] >= 0]
        start = self.runs["start_time"].array[table["row"].to_numpy()]
        return table.assign(elapsed=(table["start_time"] - start).dt.total_seconds())

    @cached_property
    def tracks(self) -> dict[str, NDArray[np.float64]]:
        """Thinned tracks of all runs one after the other, by column, with ``row`` (place in `runs`).

        ``segment`` is the place in the history's table of segments, -1 where there is none.
        """
        counts = [len(a.segments) for a in self.history.analyses]
        first = np.cumsum([0, *counts])
        names = ("distance", "latitude", "longitude", "grade", "speed", "segment")
        parts: dict[str, list[NDArray[np.float64]]] = {name: [np.zeros(0)] for name in (*names, "row")}
        for i, place in enumerate(self.runs["run"].tolist()):
            profile = self.history.analyses[place].profile
            for name in names:
                parts[name].append(profile[name].to_numpy())
            parts["row"].append(np.full(len(profile), float(i)))
            own = parts["segment"][-1]
            parts["segment"][-1] = np.where((own >= 0) & (own < counts[place]), own + first[place], -1.0)
        return {name: np.concatenate(part) for name, part in parts.items()}

    @cached_property
    def loads(self) -> pd.DataFrame:
        """Impact loads of the runs, with ``row``."""
        parts = [self.history.analyses[i].impact for i in self.runs["run"]]
        counts = [len(p) for p in parts]
        full = [p for p in parts if len(p)]
        table = pd.concat(full, ignore_index=True) if full else IMPACT.empty()
        return table.assign(row=np.repeat(np.arange(len(counts)), counts))

    def files(self, rows: NDArray[np.intp] | pd.Index | Sequence[int]) -> tuple[str, ...]:
        """Return the sources of runs, in order of time, each once."""
        return tuple(self.runs["file"].iloc[np.unique(np.asarray(rows, dtype=np.intp))])
