"""Many activities of one athlete: `History`, the table of activities and segments that claims are answered from."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from trailstats import schema
from trailstats._rows import activity_row, failure_row
from trailstats._workers import Options, measure_all
from trailstats.analysis import judge
from trailstats.athlete import Athlete
from trailstats.cleaning import CleanRules
from trailstats.documents import plain, rows
from trailstats.errors import ReadError
from trailstats.intent import judge_intent
from trailstats.io.containers import Failure, list_sources
from trailstats.io.formats import ReadLimits
from trailstats.limits import HeartRateLimits, resolve_limits
from trailstats.results import HEART_RATE_BINS, Analysis
from trailstats.terrain import TerrainRules

__all__ = ["History", "OnError", "analyze_folder"]


class OnError(StrEnum):
    """What a source that fails does to the rest."""

    COLLECT = "collect"
    RAISE = "raise"


@dataclass(frozen=True, eq=False)
class History:
    """What was found in a folder of recordings.

    Attributes
    ----------
    athlete : Athlete
    activities : pandas.DataFrame
        Table ``schema.ACTIVITIES``, in order of start time; sources that failed come last, with ``status`` "failed".
    segments : pandas.DataFrame
        Table ``schema.SEGMENTS`` of all activities.
    analyses : sequence of Analysis
        One for each row of ``activities`` with ``status`` "ok", in the same order.
    failures : tuple of Failure
    limits : HeartRateLimits
        The heart-rate limits that loads and zones were computed with, and where they come from.
    """

    athlete: Athlete
    activities: pd.DataFrame
    segments: pd.DataFrame
    analyses: Sequence[Analysis]
    failures: tuple[Failure, ...]
    limits: HeartRateLimits

    def __repr__(self) -> str:
        return f"<History: {len(self.analyses)} activities, {len(self.failures)} failures>"

    @property
    def runs(self) -> pd.DataFrame:
        """Activities on foot that were read and are no duplicates, in order of start time."""
        table = self.activities
        on_foot = table["sport"].isin(["running", "", "generic"])
        return table[(table["status"] == "ok") & (table["duplicate_of"] == "") & on_foot]

    @property
    def period(self) -> tuple[pd.Timestamp, pd.Timestamp] | None:
        """First and last start time; None without an activity."""
        times = self.activities["start_time"].dropna()
        return (times.min(), times.max()) if len(times) else None

    def weekly(self) -> pd.DataFrame:
        """Return the sums of each week from Monday (UTC), weeks without a run included: table ``schema.WEEKS``."""
        table = self.activities[(self.activities["status"] == "ok") & (self.activities["duplicate_of"] == "")]
        if table.empty:
            return schema.WEEKS.empty()
        sums = pd.DataFrame({"week": _monday(table["start_time"])})
        sums["n_activities"] = 1
        for name in ("distance", "moving_time", "ascent", "descent", "session_load", "impact_load"):
            sums[name] = table[name].fillna(0.0)
        for side in ("trail", "road", "unknown"):
            sums[f"{side}_distance"] = (table["distance"] * table[f"{side}_share"]).fillna(0.0)
        by_week = sums.groupby("week").sum()
        every = pd.date_range(by_week.index.min(), by_week.index.max(), freq="7D", name="week")
        by_week = by_week.reindex(every, fill_value=0).reset_index()
        return schema.WEEKS.frame({str(c): by_week[c] for c in by_week.columns})

    def to_dict(self) -> dict[str, object]:
        """Return the document ``history``: plain values, NaN as None, times as ISO 8601 with ``Z``."""
        period = self.period
        return {
            "format_version": schema.FORMAT_VERSION,
            "athlete": self.athlete.to_dict(),
            "limits": self.limits.to_dict(),
            "period": None if period is None else {"start": plain(period[0]), "end": plain(period[1])},
            "activities": rows(self.activities),
            "weekly": rows(self.weekly()),
            "failures": [failure.to_dict() for failure in self.failures],
        }


def analyze_folder(
    source: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    athlete: Athlete | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    on_error: OnError = OnError.COLLECT,
    rules: CleanRules | None = None,
    terrain: TerrainRules | None = None,
    limits: ReadLimits | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> History:
    """Analyse every activity in a folder, an archive, or several of them.

    Parameters
    ----------
    source : path, or an iterable of paths
        Folders are read recursively; zips are opened.
    athlete : Athlete, optional
        Where it has no maximum heart rate, that is read from all recordings together.
    workers : int, optional
        Processes; by default as many as the machine has processors, one for a handful of files.
    executor : concurrent.futures.Executor, optional
        Runs the work instead of own processes.
    on_error : OnError
        Collect failures as rows, or raise the first.
    rules : CleanRules, optional
    terrain : TerrainRules, optional
    limits : ReadLimits, optional
    progress : callable, optional
        Called with the number of sources done and their total.

    Returns
    -------
    History
        One row for each activity and one for each source that failed: nothing is left out.

    Raises
    ------
    ReadError
        When a path does not exist, or for the first failure if ``on_error`` asks for that.

    Examples
    --------
    >>> import trailstats as ts
    >>> history = ts.analyze_folder("data/samples/odd")
    >>> bool((history.activities["status"] == "failed").any())
    True
    """
    athlete = athlete or Athlete()
    limits = limits or ReadLimits()
    paths = [source] if isinstance(source, str | os.PathLike) else list(source)
    refs = list(dict.fromkeys(ref for path in paths for ref in list_sources(path, limits=limits)))
    options = Options(athlete, rules or CleanRules(), terrain or TerrainRules(), limits)
    analyses: list[Analysis] = []
    failures: list[Failure] = []
    for number, found in enumerate(measure_all(refs, options, workers=workers, executor=executor), 1):
        for item in found:
            if isinstance(item, Failure):
                if on_error is OnError.RAISE:
                    raise ReadError(item.message, path=item.source)
                failures.append(item)
            else:
                analyses.append(item)
        if progress is not None:
            progress(number, len(refs))
    return combine(analyses, failures, athlete)


def combine(analyses: Sequence[Analysis], failures: Sequence[Failure], athlete: Athlete) -> History:
    """Return the history of measured activities: limits from all of them, loads and zones anew, duplicates linked.

    Parameters
    ----------
    analyses : sequence of Analysis
    failures : sequence of Failure
    athlete : Athlete

    Returns
    -------
    History
    """
    ordered = sorted(analyses, key=lambda a: (_start(a), a.meta.source))
    times = np.sum([a.heart_rate_times.moving for a in ordered], axis=0) if ordered else np.zeros(HEART_RATE_BINS)
    counted = sum(bool(a.heart_rate_times.moving.any()) for a in ordered)
    day = _start(ordered[-1]) if ordered else None
    limits = resolve_limits(athlete, day=day, times=times, n_activities=counted)
    judged = [judge(a, limits, athlete) for a in ordered]
    items = [activity_row(a) for a in judged] + [failure_row(f) for f in failures]
    if items:
        columns = {c.name: [item.get(c.name) for item in items] for c in schema.ACTIVITIES}
        table = schema.ACTIVITIES.frame({k: _fill(k, v) for k, v in columns.items()})
        table["duplicate_of"] = _duplicates(table)
        table = judge_intent(table, athlete)
    else:
        table = schema.ACTIVITIES.empty()
    parts = [a.segments for a in judged if len(a.segments)]
    segments = pd.concat(parts, ignore_index=True) if parts else schema.SEGMENTS.empty()
    return History(athlete, table, segments, tuple(judged), tuple(failures), limits)


def _start(analysis: Analysis) -> pd.Timestamp:
    start = analysis.meta.start_time
    return start if start is not None else pd.Timestamp.max.tz_localize("UTC")


def _fill(name: str, values: list[object]) -> object:
    """Return a column's values with what its dtype has for "missing"."""
    dtype = next(c.dtype for c in schema.ACTIVITIES if c.name == name)
    if dtype == "str":
        return ["" if v is None else v for v in values]
    if dtype == "int64":
        return [0 if v is None else v for v in values]
    if dtype == "float64":
        return [float("nan") if v is None else v for v in values]
    return pd.DatetimeIndex([pd.NaT if v is None else v for v in values])


SAME_START = 90.0
"""Two recordings that start within this time of each other may be the same run [s]; judgement."""


def _duplicates(table: pd.DataFrame) -> list[str]:
    """Return, for each row, the source of the same run met before, or an empty text.

    The same content is a duplicate; so are recordings that start together and agree in length and time within 5 %,
    as when one run was exported in two formats.
    """
    seen: dict[str, str] = {}
    recent: list[tuple[pd.Timestamp, float, float, str]] = []
    out: list[str] = []
    columns = (table[c].tolist() for c in ("file", "status", "activity", "start_time", "distance", "elapsed_time"))
    for file, status, content, start, distance, elapsed in zip(*columns, strict=True):
        if status != "ok":
            out.append("")
            continue
        twin = seen.get(content, "")
        recent = [r for r in recent if (start - r[0]).total_seconds() <= SAME_START]
        for _, length, time, earlier in recent if not twin else []:
            if _close(length, distance) and _close(time, elapsed):
                twin = earlier
                break
        if not twin:
            seen[content] = file
            recent.append((start, distance, elapsed, file))
        out.append(twin)
    return out


def _close(one: float, other: float) -> bool:
    return abs(one - other) <= max(0.05 * max(one, other), 1.0)


def _monday(times: pd.Series) -> pd.Series:
    days: pd.Series = times.dt.floor("D")
    mondays: pd.Series = days - pd.to_timedelta(days.dt.day_of_week, unit="D")
    return mondays
