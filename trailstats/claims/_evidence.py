"""What the claims are answered from: runs with their side, their segments and their loads, each
prepared once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats.history import History
from trailstats.schema import IMPACT, INDOOR, Surface
from trailstats.schema.arrays import Flags, Floats

__all__ = ["TRACK_COLUMNS", "Evidence", "Recorded", "recorded", "remember"]


HARD_TIME = 600.0
"""Time in the top heart-rate zone that makes a run a hard one [s]; as for intent."""

SECONDS_PER_DAY = 86400.0

TRACK_COLUMNS: Final = (
    "distance",
    "latitude",
    "longitude",
    "grade",
    "speed",
    "segment",
)
_ZONES: Final = ("time_zone_1", "time_zone_2", "time_zone_3")


@dataclass(frozen=True, eq=False)
class Recorded:
    """What stands in the analyses and in no table of the history, side by side.

    Attributes
    ----------
    tracks : dict of str to numpy.ndarray
        Columns of the thinned tracks, with ``analysis`` (place among the analyses).
    impact : pandas.DataFrame
        Table ``schema.IMPACT`` with ``analysis``.
    zone_times : numpy.ndarray, shape (analyses, 3)
        [s]
    """

    tracks: dict[str, Floats]
    impact: pd.DataFrame
    zone_times: Floats


_KNOWN: Final[WeakKeyDictionary[History, Recorded]] = WeakKeyDictionary()


def recorded(history: History) -> Recorded:
    """Return what the analyses hold, read once for each history: claims and rules are asked for one
    by one.
    """
    found = _KNOWN.get(history)
    if found is None:
        found = _KNOWN[history] = _read(history)
    return found


def remember(history: History, known: Recorded) -> None:
    """Keep what the analyses of a history hold, for one that has it at hand."""
    _KNOWN[history] = known


def _read(history: History) -> Recorded:
    parts: dict[str, list[Floats]] = {
        name: [np.zeros(0)] for name in (*TRACK_COLUMNS, "analysis")
    }
    loads, owners, zones = [], [np.zeros(0, dtype=np.intp)], []
    for place, analysis in enumerate(history.analyses):
        for name in TRACK_COLUMNS:
            parts[name].append(analysis.profile[name].to_numpy(dtype=np.float64))
        parts["analysis"].append(np.full(len(analysis.profile), float(place)))
        if len(analysis.impact):
            loads.append(analysis.impact)
            owners.append(np.full(len(analysis.impact), place))
        zones.append(
            [
                analysis.metrics[z].value if z in analysis.metrics else np.nan
                for z in _ZONES
            ]
        )
    table = pd.concat(loads, ignore_index=True) if loads else IMPACT.empty()
    return Recorded(
        {name: np.concatenate(part) for name, part in parts.items()},
        table.assign(analysis=np.concatenate(owners)),
        np.asarray(zones, dtype=np.float64).reshape(len(zones), len(_ZONES)),
    )


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
        """Runs in order of time with ``run`` (place among analyses), ``day``, ``outdoors``,
        ``side`` and ``unhurried``.

        ``side`` is trail, road or empty: runs indoors and those whose ground is not known stand on
        neither side.
        """
        table = self.history.activities
        place = np.cumsum(table["status"].to_numpy() == "ok") - 1
        runs = self.history.runs
        runs = runs.assign(run=place[table.index.get_indexer(runs.index)])
        runs = runs[runs["start_time"].notna()].reset_index(drop=True)
        outdoors = ~runs["sub_sport"].isin(INDOOR)
        sided = outdoors & runs["surface"].isin([Surface.TRAIL, Surface.ROAD])
        hurried = runs["intent"].isin(["hard", "race"]) | (
            runs["hard_time"] >= HARD_TIME
        )
        begin = runs["start_time"].min() if len(runs) else pd.Timestamp(0, tz="UTC")
        return runs.assign(
            day=(runs["start_time"] - begin).dt.total_seconds() / SECONDS_PER_DAY,
            outdoors=outdoors,
            side=runs["surface"].where(sided, ""),
            unhurried=~hurried,
        )

    @cached_property
    def segments(self) -> pd.DataFrame:
        """Segments of the runs, with ``row`` (place in `runs`) and ``elapsed`` since the run's
        start [s].
        """
        table = self.history.segments
        row = self._row_of_segment
        table = table.assign(row=row)[row >= 0]
        start = self.runs["start_time"].array[table["row"].to_numpy()]
        return table.assign(elapsed=(table["start_time"] - start).dt.total_seconds())

    @cached_property
    def _row_of_segment(self) -> NDArray[np.intp]:
        """Place in `runs` of each of the history's segments, -1 where its activity is none of
        them.
        """
        places = pd.Series(np.arange(len(self.runs)), index=self.runs["file"])
        found = self.history.segments["file"].map(places[~places.index.duplicated()])
        return np.asarray(found.fillna(-1), dtype=np.intp)

    @cached_property
    def tracks(self) -> dict[str, Floats]:
        """Thinned tracks of all runs one after the other, by column, with ``row`` (place in
        `runs`).

        ``segment`` is the place in the history's table of segments, -1 where there is none.
        """
        whole = recorded(self.history).tracks
        row = self._row_of_analysis[whole["analysis"].astype(np.intp)]
        kept = row >= 0
        own = {
            name: values[kept] for name, values in whole.items() if name != "analysis"
        }
        row = row[kept]
        segment_row = self._row_of_segment
        counts = np.bincount(segment_row[segment_row >= 0], minlength=len(self.runs))
        first = np.full(len(self.runs), len(segment_row))
        np.minimum.at(
            first, segment_row[segment_row >= 0], np.flatnonzero(segment_row >= 0)
        )
        place = own["segment"]
        known = (place >= 0) & (place < counts[row])
        return own | {
            "segment": np.where(known, place + first[row], -1.0),
            "row": row.astype(np.float64),
        }

    @cached_property
    def loads(self) -> pd.DataFrame:
        """Impact loads of the runs, with ``row``."""
        table = recorded(self.history).impact
        row = self._row_of_analysis[table["analysis"].to_numpy(dtype=np.intp)]
        kept: pd.DataFrame = table.drop(columns="analysis").assign(row=row)[row >= 0]
        return kept

    @cached_property
    def zone_times(self) -> Floats:
        """Time of each run in the three heart-rate zones [s], shape (runs, 3); NaN where it is not
        known.
        """
        times: Floats = recorded(self.history).zone_times[
            self.runs["run"].to_numpy(dtype=np.intp)
        ]
        return times

    @cached_property
    def _row_of_analysis(self) -> NDArray[np.intp]:
        row = np.full(len(self.history.analyses), -1, dtype=np.intp)
        row[self.runs["run"].to_numpy(dtype=np.intp)] = np.arange(len(self.runs))
        return row

    @cached_property
    def is_trail(self) -> Flags:
        """Whether each run stands on the trail side."""
        return np.asarray(self.runs["side"] == Surface.TRAIL)

    @cached_property
    def has_side(self) -> Flags:
        """Whether each run stands on either side."""
        return np.asarray(self.runs["side"] != "")

    @cached_property
    def file_names(self) -> NDArray[np.object_]:
        """The source of each run."""
        return self.runs["file"].to_numpy(dtype=object)

    def files(
        self, rows: NDArray[np.intp] | pd.Index | Sequence[int]
    ) -> tuple[str, ...]:
        """Return the sources of runs, in order of time, each once."""
        return tuple(self.file_names[np.unique(np.asarray(rows, dtype=np.intp))])
