"""Many activities of one athlete: `History`, the table of activities and segments that claims are
answered from.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from functools import partial
from typing import cast

import numpy as np
import pandas as pd

from trailstats import schema
from trailstats.analysis import judge
from trailstats.cache import Cache
from trailstats.cleaning import CleanRules
from trailstats.history._athletes import athlete_folders, profile_in
from trailstats.history._intent import judge_intent
from trailstats.history._progress import Step
from trailstats.history._rows import activities_table, activity_row, failure_row
from trailstats.history._stored import (
    Stored,
    StoredAnalyses,
    gather_with_own_cadence,
    order_in_time,
)
from trailstats.history._workers import Options
from trailstats.history.training import daily_table, training_metrics, weekly_table
from trailstats.io.containers import Failure, list_all
from trailstats.io.formats import ReadLimits
from trailstats.model.athlete import Athlete
from trailstats.model.limits import HeartRateLimits, resolve_limits
from trailstats.model.results import HEART_RATE_BINS, Analysis, Metric
from trailstats.schema.documents import plain, rows
from trailstats.terrain import Baseline, RoadMap, SurfaceLabels, TerrainRules, map_for

__all__ = ["History", "OnError", "analyze_athletes", "analyze_folder", "combine"]


Source = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]

TIME_LIMIT = 120.0
"""Time after which a source is given up [s]; judgement: one of 100 hours takes a few seconds."""


class OnError(StrEnum):
    """What a source that fails does to the rest.

    Examples
    --------
    >>> import trailstats as ts
    >>> try:
    ...     ts.analyze_folder("data/samples/odd", on_error=ts.OnError.RAISE)
    ... except ts.ReadError:
    ...     print("stopped at the first")
    stopped at the first
    """

    COLLECT = "collect"
    RAISE = "raise"


@dataclass(frozen=True, eq=False, repr=False)
class History:
    """What was found in a folder of recordings.

    Attributes
    ----------
    athlete : Athlete
    activities : pandas.DataFrame
        Table ``schema.ACTIVITIES``, in order of start time; sources that failed come last, with
        ``status`` "failed".
    segments : pandas.DataFrame
        Table ``schema.SEGMENTS`` of all activities. May be given as a function that makes it when
        it is needed.
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
    segments: pd.DataFrame
    analyses: Sequence[Analysis]
    failures: tuple[Failure, ...]
    limits: HeartRateLimits

    def __repr__(self) -> str:
        return (
            f"<History: {len(self.analyses)} activities, {len(self.failures)} failures>"
        )

    def __reduce__(self) -> tuple[object, ...]:
        return History, tuple(getattr(self, f.name) for f in fields(self))

    @property
    def runs(self) -> pd.DataFrame:
        """Activities on foot that were read and are no duplicates, in order of start time."""
        table = self.activities
        on_foot = table["sport"].isin(schema.RUNS)
        return table[
            (table["status"] == "ok") & (table["duplicate_of"] == "") & on_foot
        ]

    @property
    def period(self) -> tuple[pd.Timestamp, pd.Timestamp] | None:
        """First and last start time; None without an activity."""
        times = self.activities["start_time"].dropna()
        return (times.min(), times.max()) if len(times) else None

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

    def weekly(self) -> pd.DataFrame:
        """Return the sums of each week from Monday (UTC), weeks without a run included: table
        ``schema.WEEKLY``.
        """
        return weekly_table(self.activities)

    def daily(self) -> pd.DataFrame:
        """Return load and form day by day (UTC), days of rest included: table ``schema.DAILY``."""
        return daily_table(self.activities)

    def training(self) -> dict[str, Metric]:
        """Return what only many runs tell, by the names in ``schema.TRAINING``: intensity,
        performance, own curves.
        """
        runs = self.runs
        read = self.activities.index[self.activities["status"] == "ok"]
        efforts = zip(read.isin(runs.index), self.tables(schema.EFFORTS), strict=True)
        return training_metrics(
            runs, self.segments, (table for is_run, table in efforts if is_run)
        )

    def to_dict(self) -> dict[str, object]:
        """Return the document ``history``: plain values, NaN as None, times as ISO 8601 with
        ``Z``.
        """
        period = self.period
        return {
            "format_version": schema.FORMAT_VERSION,
            "athlete": self.athlete.to_dict(),
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
        }


class _Segments:
    """The table of segments of a history, made when it is first looked at."""

    def __set__(
        self, history: History, value: pd.DataFrame | Callable[[], pd.DataFrame]
    ) -> None:
        history.__dict__["_segments"] = value

    def __get__(self, history: History, owner: type) -> pd.DataFrame:
        value = history.__dict__["_segments"]
        if callable(value):
            value = history.__dict__["_segments"] = value()
        return cast(pd.DataFrame, value)


History.segments = _Segments()  # type: ignore[assignment]  # set after the class, so that the field has no default


def analyze_folder(
    source: Source,
    *,
    athlete: Athlete | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    cache: str | os.PathLike[str] | Cache | None = None,
    time_limit: float | None = TIME_LIMIT,
    on_error: OnError = OnError.COLLECT,
    rules: CleanRules | None = None,
    terrain: TerrainRules | None = None,
    map: RoadMap | None = None,
    labels: SurfaceLabels | None = None,
    own_pace: bool = False,
    limits: ReadLimits | None = None,
    progress: Step | bool = False,
) -> History:
    """Analyse every activity in a folder, an archive, or several of them.

    Parameters
    ----------
    source : path, or an iterable of paths
        Folders are read recursively; zips are opened.
    athlete : Athlete, optional
        Where it has no maximum heart rate, that is read from all recordings together; so is the
        cadence by which steps are modelled where none was recorded.
    workers : int, optional
        Processes; by default as many as the machine has processors. 1 works in this one, where
        neither the time limit nor a death of the process can be held to one source.
    executor : concurrent.futures.Executor, optional
        Runs the work instead of own processes, such as ``client.get_executor()`` of a Dask client.
        Time limits are then its own matter.
    cache : path or Cache, optional
        Folder of what was measured before: only what is new or has changed is measured. None keeps
        nothing.
    time_limit : float, optional
        A source that takes longer fails [s].
    on_error : OnError
        Collect failures as rows, or raise the first that is met.
    rules : CleanRules, optional
    terrain : TerrainRules, optional
    map : RoadMap, optional
        Local map extracts; by default those of the athlete's profile.
    labels : SurfaceLabels, optional
        The runner's own labels of stretches.
    own_pace : bool
        Take the pace on flat road that these recordings show as evidence of the ground, see
        `Baseline`, in a second pass over the sources. They must all be of one athlete.
    limits : ReadLimits, optional
    progress : bool or callable
        True writes lines to standard error; a function is called with the number of sources done
        and their total, which grows by those that are read twice for their steps. The second pass
        of ``own_pace`` counts anew.

    Returns
    -------
    History
        One row for each activity and one for each source that failed: nothing is left out.

    Raises
    ------
    ReadError
        When the path, or each of several, does not exist, or for the first failure if ``on_error``
        asks for that.
    ConfigError
        When no cache can be kept in the folder named, or the map can't be read.
    MissingExtraError, WriteError
        When the map can't be indexed; see `RoadMap`.
    WorkerError
        When processes can't be started.

    Examples
    --------
    >>> import trailstats as ts
    >>> history = ts.analyze_folder("data/samples/odd")
    >>> bool((history.activities["status"] == "failed").any())
    True
    """
    found = analyze_athletes(
        {"": source},
        profiles={"": athlete or Athlete()},
        workers=workers,
        executor=executor,
        cache=cache,
        time_limit=time_limit,
        on_error=on_error,
        rules=rules,
        terrain=terrain,
        map=map,
        labels=labels,
        own_pace=own_pace,
        limits=limits,
        progress=progress,
    )
    return found[""]


def analyze_athletes(
    sources: str | os.PathLike[str] | Mapping[str, Source],
    *,
    profiles: Mapping[str, Athlete] | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    cache: str | os.PathLike[str] | Cache | None = None,
    time_limit: float | None = TIME_LIMIT,
    on_error: OnError = OnError.COLLECT,
    rules: CleanRules | None = None,
    terrain: TerrainRules | None = None,
    map: RoadMap | None = None,
    labels: SurfaceLabels | None = None,
    own_pace: bool = False,
    limits: ReadLimits | None = None,
    progress: Step | bool = False,
) -> dict[str, History]:
    """Analyse the activities of several athletes in one go.

    Parameters
    ----------
    sources : path, or mapping of str to source
        A folder with a folder for each athlete, perhaps with an ``athlete.toml`` in it; or what to
        read by name.
    profiles : mapping of str to Athlete, optional
        By the same names; they go before the files.
    workers, executor, cache, time_limit, on_error, rules, terrain, map, labels, own_pace, limits,
    progress
        As in `analyze_folder`, over the sources of all athletes.

    Returns
    -------
    dict of str to History
        One for each athlete, in the order of the names.

    Raises
    ------
    ReadError, ConfigError, WorkerError
        As in `analyze_folder`; also when a profile can't be read, or there is no folder of an
        athlete.

    Examples
    --------
    >>> import trailstats as ts
    >>> folder = "data/samples/odd"
    >>> found = ts.analyze_athletes({"one": folder, "other": f"{folder}/two-tracks.gpx"})
    >>> list(found)
    ['one', 'other']
    """
    folders = sources if isinstance(sources, Mapping) else athlete_folders(sources)
    limits = limits or ReadLimits()
    known = dict(profiles or {})
    known |= {
        name: profile_in(folder)
        for name, folder in folders.items()
        if name not in known
    }

    def work_through(terrain: Mapping[str, TerrainRules]) -> dict[str, History]:
        jobs, owners = [], []
        for name, source in folders.items():
            paths = [source] if isinstance(source, str | os.PathLike) else list(source)
            ground = map_for(map, known[name].osm, terrain[name])
            options = Options(
                known[name],
                rules or CleanRules(),
                terrain[name],
                limits,
                ground,
                labels,
            )
            for ref in list_all(paths, limits=limits):
                jobs.append((ref, options))
                owners.append(name)
        results = gather_with_own_cadence(
            jobs,
            owners,
            cache if isinstance(cache, Cache) else Cache(cache),
            workers=workers,
            executor=executor,
            time_limit=time_limit,
            progress=progress,
            raising=on_error is OnError.RAISE,
        )
        own: dict[str, list[Stored | Failure]] = {name: [] for name in folders}
        for name, items in zip(owners, results, strict=True):
            own[name].extend(items)
        return {name: _history(items, known[name]) for name, items in own.items()}

    plain = dict.fromkeys(folders, terrain or TerrainRules())
    found = work_through(plain)
    paces = (
        {
            name: Baseline.from_segments(history.segments)
            for name, history in found.items()
        }
        if own_pace
        else {}
    )
    if any(paces.values()):
        found = work_through(
            {
                name: replace(own, baseline=paces[name] or own.baseline)
                for name, own in plain.items()
            }
        )
    return found


def _history(items: Sequence[Stored | Failure], athlete: Athlete) -> History:
    failures = [item for item in items if isinstance(item, Failure)]
    return combine(
        StoredAnalyses([item for item in items if isinstance(item, Stored)]),
        failures,
        athlete,
    )


def combine(
    analyses: Sequence[Analysis], failures: Sequence[Failure], athlete: Athlete
) -> History:
    """Return the history of measured activities: limits from all of them, loads and zones anew,
    duplicates linked.

    Parameters
    ----------
    analyses : sequence of Analysis
    failures : sequence of Failure
    athlete : Athlete

    Returns
    -------
    History
    """
    if isinstance(analyses, StoredAnalyses):
        stored = analyses.in_order()
        times, starts = stored.moving_times(), [place.start for place in stored.places]
    else:
        ordered = sorted(
            analyses, key=lambda a: order_in_time(a.meta.start_time, a.meta.source)
        )
        times, starts = (
            (a.heart_rate_times.moving for a in ordered),
            [a.meta.start_time for a in ordered],
        )
    total, counted = np.zeros(HEART_RATE_BINS), 0
    for moving in times:
        total += moving
        counted += bool(moving.any())
    day = max((start for start in starts if start is not None), default=None)
    limits = resolve_limits(athlete, day=day, times=total, n_activities=counted)
    if isinstance(analyses, StoredAnalyses):
        judged: Sequence[Analysis] = (every := stored.judged(limits, athlete))
        items = every.rows()
        segments: Callable[[], pd.DataFrame] = partial(every.joined, schema.SEGMENTS)
    else:
        judged = tuple(judge(a, limits, athlete) for a in ordered)
        items = [activity_row(a) for a in judged]
        segments = partial(_together, judged)
    table = activities_table(items + [failure_row(f) for f in failures])
    table = judge_intent(table, athlete) if len(table) else table
    return History(
        athlete, table, cast(pd.DataFrame, segments), judged, tuple(failures), limits
    )


def _together(analyses: Sequence[Analysis]) -> pd.DataFrame:
    parts = [a.segments for a in analyses if len(a.segments)]
    return pd.concat(parts, ignore_index=True) if parts else schema.SEGMENTS.empty()
