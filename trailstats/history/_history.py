"""`History`: what was found in the recordings of one athlete, and how it is combined of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
import pandas as pd

from trailstats import schema
from trailstats.history._intent import judge_intent
from trailstats.history._rows import (
    activities_table,
    are_in_archive,
    are_runs,
    failure_row,
)
from trailstats.history._stored import StoredAnalyses, joined_columns
from trailstats.history._worth import by_own_effort
from trailstats.history.days import local_starts
from trailstats.history.effort import RunnerEffort
from trailstats.history.training import (
    daily_table,
    training_metrics,
    weekly_table,
)
from trailstats.io.containers import Failure
from trailstats.model.athlete import Athlete
from trailstats.model.limits import HeartRateLimits, resolve_limits
from trailstats.model.notebook import clock_text, html_card
from trailstats.model.plugins import usable
from trailstats.model.results import TABLES_OF_ANALYSIS, Analysis, Metric
from trailstats.schema.arrow import ArrowTable
from trailstats.schema.documents import plain, rows
from trailstats.terrain.maps.attribution import joined_attributions

NAN = float("nan")


@dataclass(frozen=True, eq=False, repr=False)
class History:
    """What was found in a folder of recordings.

    Attributes
    ----------
    athlete : Athlete
    activities : pandas.DataFrame
        Table ``schema.ACTIVITIES``, in order of start time; sources that failed come last, with
        ``status`` "failed".
    segments_source : pandas.DataFrame or callable
        The table `segments`, or a function that makes it when it is first looked at.
    analyses : sequence of Analysis
        One for each row of ``activities`` with ``status`` "ok", in the same order. Those of
        `analyze_folder` lie in the cache or in a temporary file and are loaded one at a time: take
        what you need of one before the next.
    failures : tuple of Failure
    limits : HeartRateLimits
        The heart-rate limits that loads and zones were computed with, and where they come from.

    Examples
    --------
    >>> import trailstats as ts
    >>> history = ts.analyze_folder("data/samples/odd")
    >>> len(history.analyses) == int((history.activities["status"] == "ok").sum())
    True
    >>> "trail_distance" in history.weekly()
    True
    """

    athlete: Athlete
    activities: pd.DataFrame
    segments_source: pd.DataFrame | Callable[[], pd.DataFrame]
    analyses: Sequence[Analysis]
    failures: tuple[Failure, ...]
    limits: HeartRateLimits

    def __repr__(self) -> str:
        return f"<History: {len(self.analyses)} activities, {len(self.failures)} failures>"

    def _repr_html_(self) -> str:
        runs = self.runs
        period = self.period
        distance = runs["distance"].sum()
        trail = (runs["distance"] * runs["trail_share"]).sum()
        share = f"{100 * trail / distance:.0f} %" if distance > 0 else "not known"
        rows = {
            "period": " to ".join(f"{day:%Y-%m-%d}" for day in period or ()),
            "activities": len(self.analyses),
            "runs": len(runs),
            "distance of the runs": f"{distance / 1000:.1f} km",
            "moving time of the runs": clock_text(runs["moving_time"].sum()),
            "on trail": share,
            "failures": len(self.failures),
            "heart-rate limits": self.limits.source,
        }
        return html_card(f"History of {self.athlete.name or 'a runner'}", rows)

    def __reduce__(self) -> tuple[object, ...]:
        # The function that makes the segments reads a store, which does not travel.
        given = (self.athlete, self.activities, self.segments, self.analyses)
        return History, (*given, self.failures, self.limits)

    @cached_property
    def segments(self) -> pd.DataFrame:
        """Table ``schema.SEGMENTS`` of all activities, made when it is first looked at."""
        source = self.segments_source
        return source() if callable(source) else source

    @cached_property
    def effort(self) -> RunnerEffort:
        """What effort means for this runner: costs of grade, ground and fatigue, with
        intervals.
        """
        return RunnerEffort.of(self.activities, self.analyses)

    @property
    def runs(self) -> pd.DataFrame:
        """Activities on foot that were read and are no duplicates, in order of start time."""
        return self.activities[self._are_runs]

    @property
    def archive(self) -> pd.DataFrame:
        """Activities that sums are made of, in order of start time: `runs`, and hikes and walks
        that were on trail as a whole. Rides, swims and the rest are in ``activities`` alone.
        """
        return self.activities[self._are_in_archive]

    @cached_property
    def _are_runs(self) -> pd.Series:
        return are_runs(self.activities)

    @cached_property
    def _are_in_archive(self) -> pd.Series:
        return are_in_archive(self.activities)

    def selected(
        self,
        *,
        since: dt.date | None = None,
        until: dt.date | None = None,
        sports: Collection[str] = (),
    ) -> History:
        """Return the history of some of the activities, with the limits of all.

        Parameters
        ----------
        since, until : datetime.date, optional
            First and last day by the runner's clock; activities without a date are left out.
        sports : collection of str, optional
            As `activities` names them.

        Returns
        -------
        History
            Sources that failed stay.

        Examples
        --------
        >>> import datetime as dt
        >>> import trailstats as ts
        >>> history = ts.analyze_folder("data/samples/odd")
        >>> len(history.selected(since=dt.date(2100, 1, 1)).analyses)
        0
        """
        table = self.activities
        kept = pd.Series(True, table.index)
        if since is not None or until is not None:
            day = local_starts(table).dt.date
            first, last = since or dt.date.min, until or dt.date.max
            dated = day.notna()
            kept = dated.copy()
            kept[dated] = day[dated].between(first, last)
        if sports:
            kept &= table["sport"].isin(list(sports))
        read = table["status"] == "ok"
        rows = np.flatnonzero(kept[read]).tolist()
        analyses = self.analyses
        files = table.loc[read & kept, "file"]
        return replace(
            self,
            activities=table[kept | ~read].reset_index(drop=True),
            analyses=analyses.only(rows)
            if isinstance(analyses, StoredAnalyses)
            else [analyses[row] for row in rows],
            segments_source=lambda: self.segments[
                self.segments["file"].isin(files)
            ].reset_index(drop=True),
        )

    @property
    def period(self) -> tuple[pd.Timestamp, pd.Timestamp] | None:
        """First and last start time; None without an activity."""
        times = self.activities["start_time"].dropna()
        return (times.min(), times.max()) if len(times) else None

    @property
    def attribution(self) -> str:
        """What has to stand where the ground is shown; empty where no map was of use."""
        return joined_attributions(self.activities["attribution"])

    def tables(self, table: schema.Table) -> Iterator[pd.DataFrame]:
        """Yield one table of each analysis, in their order, without loading the rest of it.

        Parameters
        ----------
        table : schema.Table
            ``schema.SEGMENTS``, ``CLIMBS``, ``PROFILE`` or ``IMPACT``.
        """
        if isinstance(self.analyses, StoredAnalyses):
            return self.analyses.tables(table)
        return (getattr(analysis, table.name) for analysis in self.analyses)

    def table(self, name: str) -> ArrowTable:
        """Return a table for other programs, which take it as Arrow without a file.

        Parameters
        ----------
        name : str
            ``"activities"``, ``"segments"``, ``"weekly"``, ``"daily"``, or a table of each
            analysis (``"climbs"``, ``"profile"``, ``"impact"``, ``"efforts"``, ``"stretches"``,
            ``"parts"``), then with the column ``file`` first.

        Raises
        ------
        KeyError
            When there is no such table; the known ones are named.

        Examples
        --------
        >>> import polars as pl
        >>> import trailstats as ts
        >>> history = ts.analyze_folder("data/samples/odd")
        >>> climbs = pl.DataFrame(history.table("climbs"))
        >>> set(climbs["file"]) <= set(history.activities["file"])
        True
        """
        own: dict[str, Callable[[], pd.DataFrame]] = {
            "activities": lambda: self.activities,
            "segments": lambda: self.segments,
            "weekly": self.weekly,
            "daily": self.daily,
        }
        if name in own:
            return ArrowTable(schema.TABLES[name], own[name]())
        if name not in TABLES_OF_ANALYSIS:
            known = dict.fromkeys([*own, *TABLES_OF_ANALYSIS])
            raise KeyError(f"no table {name!r}; known are {', '.join(known)}")
        return ArrowTable(schema.TABLES[name], self._joined(schema.TABLES[name]))

    def _joined(self, table: schema.Table) -> pd.DataFrame:
        """Return a table of each analysis as one, with the file that each row is of."""
        read = self.activities["status"] == "ok"
        files = self.activities.loc[read, "file"]
        parts = [table.empty().assign(file=pd.Series(dtype="str"))]
        for file, part in zip(files, self.tables(table), strict=True):
            parts.append(part.assign(file=file))
        joined = pd.concat([p for p in parts if len(p)] or parts[:1])
        return joined[["file", *table.names]].reset_index(drop=True)

    @cached_property
    def metrics(self) -> pd.DataFrame:
        """The value of each metric of each analysis: a row for each in the order of ``analyses``,
        indexed by its ``file``, and a column for each of ``schema.METRICS`` and of the
        plug-ins' [its unit]; NaN where
        there is no value. Loaded when it is first looked at.
        """
        analyses: Iterable[Analysis] = self.analyses
        if isinstance(analyses, StoredAnalyses):
            analyses = analyses.outlines()
        files = []
        values = []
        others = [e.plugin.name for e in usable("trailstats.metrics")]
        names = [*schema.METRICS, *others]
        for one in analyses:
            files.append(one.meta.source)
            values.append([_value_of(one.metrics.get(name)) for name in names])
        return pd.DataFrame(
            np.reshape(values, (len(files), len(names))).astype("float64"),
            index=pd.Index(files, name="file", dtype="str"),
            columns=names,
        )

    def weekly(self) -> pd.DataFrame:
        """Return the sums of `archive` for each week from Monday by the runner's clock, weeks
        without a run included: table ``schema.WEEKLY``.
        """
        return weekly_table(self.activities)

    def daily(self) -> pd.DataFrame:
        """Return load and form of `archive` day by day by the runner's clock, days of rest
        included: table ``schema.DAILY``.
        """
        return daily_table(self.activities)

    def training(self) -> dict[str, Metric]:
        """Return what only many runs show, by the names in ``schema.TRAINING``: intensity,
        performance, own curves.
        """
        runs = self.runs
        read = self.activities.index[self.activities["status"] == "ok"]
        columns, counts = joined_columns(
            self.analyses, schema.EFFORTS, schema.EFFORTS.names
        )
        row = np.repeat(runs.index.get_indexer(read), counts)
        efforts = schema.EFFORTS.frame(columns).assign(row=row)
        return training_metrics(
            runs, self.segments, efforts[row >= 0], self.effort.curve
        )

    def to_dict(self) -> dict[str, object]:
        """Return the document ``history``: plain values, NaN as None, times as ISO 8601 with
        ``Z``.
        """
        period = self.period
        return {
            "format_version": schema.FORMAT_VERSION,
            "athlete": self.athlete.to_document(),
            "limits": self.limits.to_dict(),
            "period": None
            if period is None
            else {"start": plain(period[0]), "end": plain(period[1])},
            "activities": rows(self.activities),
            "weekly": rows(self.weekly()),
            "daily": rows(self.daily()),
            "training": {
                name: metric.to_dict() for name, metric in self.training().items()
            },
            "failures": [failure.to_dict() for failure in self.failures],
            **({"attribution": said} if (said := self.attribution) else {}),
        }


def _value_of(metric: Metric | None) -> float:
    return NAN if metric is None else metric.value


def combine(
    analyses: Sequence[Analysis], failures: Sequence[Failure], athlete: Athlete
) -> History:
    """Return the history of measured activities: limits from all of them, loads and zones anew,
    duplicates linked.
    """
    if not isinstance(analyses, StoredAnalyses):
        analyses = StoredAnalyses.holding(analyses)
    stored = analyses.in_order()
    starts = [entry.start for entry in stored.entries if entry.start is not None]
    last = max(starts, default=None)
    limits = resolve_limits(athlete, day=last, times=stored.moving_times())
    judged = replace(stored, limits=limits, athlete=athlete, complete=True)
    table = activities_table([*judged.rows(), *map(failure_row, failures)])
    own = None
    if len(table):
        judged, table, own = by_own_effort(judged, table)
        table = judge_intent(table, athlete)
    segments = partial(judged.joined, schema.SEGMENTS)
    found = History(athlete, table, segments, judged, tuple(failures), limits)
    if own is not None:
        # It is fitted already, or kept; a history of some of these runs fits its own.
        vars(found)["effort"] = own(table)
    return found
