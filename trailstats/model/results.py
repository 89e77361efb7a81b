"""The results of an analysis as frozen values: `Metric`, `Totals`, `HeartRateTimes`, `Analysis`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from typing import Any, cast

import numpy as np
import pandas as pd

from trailstats import schema
from trailstats.arrays import Floats
from trailstats.errors import ReadError, SchemaError
from trailstats.model.activity import (
    ActivityMeta,
    CleanActivity,
    DeviceTotals,
    Issue,
)
from trailstats.model.later import LaterTables
from trailstats.model.metric import Metric, metric_from_dict
from trailstats.model.notebook import clock_text, html_card
from trailstats.schema import Severity
from trailstats.schema.arrow import ArrowTable
from trailstats.schema.documents import LATER_KEYS, plain, rows, table_from_rows

__all__ = ["TABLES_OF_ANALYSIS", "Analysis", "HeartRateTimes", "Metric", "Totals"]

NAN = float("nan")
HEART_RATE_BINS = 256


def _add(one: float, other: float) -> float:
    if math.isnan(one):
        return other
    return one if math.isnan(other) else one + other


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else NAN


@dataclass(frozen=True)
class Totals:
    """What adds up over segments, activities and weeks; what divides is a property.

    Attributes
    ----------
    distance, trail_distance, road_distance, unknown_distance : float
        Horizontal distance while moving, and its parts by surface [m].
    technical_distance, uphill_distance, downhill_distance : float
        [m]
    elapsed_time, moving_time, hike_time : float
        [s]
    ascent, descent : float
        [m], both positive; NaN without elevation, which counts nothing in a sum with known ones.
    ascent_low, ascent_high : float
        How unsure the ascent is: counted with twice and with half of the threshold, from 0 where
        the elevation is not believed [m].
    level_distance : float
        Integral of the grade-adjusted speed over moving time [m].
    level_time : float
        Moving time with a grade-adjusted speed [s].
    heart_beats : float
        Integral of the heart rate over moving time [1].
    heart_rate_time : float
        Moving time with a heart rate [s].
    n_records : int

    Examples
    --------
    >>> from trailstats import Totals
    >>> both = Totals(distance=8000.0, trail_distance=6000.0) + Totals(distance=2000.0)
    >>> both.trail_share
    0.6
    """

    distance: float = 0.0
    trail_distance: float = 0.0
    road_distance: float = 0.0
    unknown_distance: float = 0.0
    technical_distance: float = 0.0
    uphill_distance: float = 0.0
    downhill_distance: float = 0.0
    elapsed_time: float = 0.0
    moving_time: float = 0.0
    hike_time: float = 0.0
    ascent: float = 0.0
    descent: float = 0.0
    ascent_low: float = 0.0
    ascent_high: float = 0.0
    level_distance: float = 0.0
    level_time: float = 0.0
    heart_beats: float = 0.0
    heart_rate_time: float = 0.0
    n_records: int = 0

    def __add__(self, other: Totals) -> Totals:
        sums: dict[str, Any] = {
            f.name: _add(getattr(self, f.name), getattr(other, f.name))
            for f in fields(self)
        }
        return Totals(**sums)

    @property
    def mean_speed(self) -> float:
        """Distance over moving time [m/s]; NaN without movement."""
        return _ratio(self.distance or NAN, self.moving_time)

    @property
    def grade_adjusted_speed(self) -> float:
        """Mean grade-adjusted speed [m/s]; NaN without one."""
        return _ratio(self.level_distance, self.level_time)

    @property
    def mean_heart_rate(self) -> float:
        """Mean heart rate while moving [bpm]; NaN without one."""
        return _ratio(60.0 * self.heart_beats, self.heart_rate_time)

    @property
    def trail_share(self) -> float:
        """Share of the distance on trail."""
        return _ratio(self.trail_distance, self.distance)

    @property
    def road_share(self) -> float:
        """Share of the distance on road."""
        return _ratio(self.road_distance, self.distance)

    @property
    def unknown_share(self) -> float:
        """Share of the distance where the surface is not known."""
        return _ratio(self.unknown_distance, self.distance)

    @property
    def technical_share(self) -> float:
        """Share of the distance on technical ground."""
        return _ratio(self.technical_distance, self.distance)

    @property
    def uphill_share(self) -> float:
        """Share of the distance uphill."""
        return _ratio(self.uphill_distance, self.distance)

    @property
    def downhill_share(self) -> float:
        """Share of the distance downhill."""
        return _ratio(self.downhill_distance, self.distance)

    def to_dict(self) -> dict[str, object]:
        """Return sums and ratios as plain values."""
        names = [f.name for f in fields(self)] + _RATIOS
        return {name: plain(getattr(self, name)) for name in names}


_RATIOS = [
    name for name, member in vars(Totals).items() if isinstance(member, property)
]


def _no_times() -> Floats:
    return np.zeros(HEART_RATE_BINS)


@dataclass(frozen=True, eq=False)
class HeartRateTimes:
    """Moving time spent at each heart rate, in bins of 1 bpm.

    Every load and zone that sums over samples follows from it, so a change of an athlete's limits
    needs no file.

    Attributes
    ----------
    moving : numpy.ndarray
        Shape (256,) [s]: all moving time.
    settled : numpy.ndarray
        Shape (256,) [s]: after the first ten minutes, off climbs steeper than 5 %.
    climbing : numpy.ndarray
        Shape (256,) [s]: after the first ten minutes, on climbs steeper than 5 %.
    """

    moving: Floats = field(default_factory=_no_times)
    settled: Floats = field(default_factory=_no_times)
    climbing: Floats = field(default_factory=_no_times)

    def to_dict(self) -> dict[str, object]:
        """Return, for each part, the first bin that holds time and the times from there on."""
        out: dict[str, object] = {}
        for f in fields(self):
            times = getattr(self, f.name)
            held = np.flatnonzero(times)
            first, last = (int(held[0]), int(held[-1])) if len(held) else (0, -1)
            kept = [round(float(t), 2) for t in times[first : last + 1]]
            out[f.name] = {"first": first, "times": kept}
        return out

    @classmethod
    def from_dict(cls, data: dict[str, dict[str, Any]]) -> HeartRateTimes:
        """Bring back what `to_dict` gave."""
        parts = {}
        for name, part in data.items():
            times = _no_times()
            held = np.asarray(part["times"], dtype=np.float64)
            first = int(str(part["first"]))
            times[first : first + len(held)] = held
            parts[name] = times
        return cls(**parts)


@dataclass(frozen=True, eq=False)
class Analysis(LaterTables):
    """Everything that was found in one activity.

    Attributes
    ----------
    meta : ActivityMeta
    totals : Totals
    metrics : dict of str to Metric
    segments : pandas.DataFrame
        Table ``schema.SEGMENTS``.
    climbs : pandas.DataFrame
        Table ``schema.CLIMBS``.
    profile : pandas.DataFrame
        Table ``schema.PROFILE``: the thinned track that charts are drawn from.
    impact : pandas.DataFrame
        Table ``schema.IMPACT``: loads by surface and exponent, for comparisons over their uncertain
        constants.
    efforts : pandas.DataFrame
        Table ``schema.EFFORTS``: best efforts by distance and by time.
    stretches : pandas.DataFrame
        Table ``schema.STRETCHES``: short stretches that a runner's own effort is learnt from.
    parts : pandas.DataFrame
        Table ``schema.PARTS``: kilometres, miles and laps.
    heart_rate_times : HeartRateTimes
    issues : tuple of Issue
    recording : callable or None
        Gives the cleaned activity again, from which `records` are taken; None in an analysis that
        was brought back from a document.

    Examples
    --------
    >>> import trailstats as ts
    >>> run = ts.analyze("data/samples/odd/two-tracks.gpx")
    >>> run.metrics["session_load"].unit, "surface" in run.segments
    ('1', True)
    >>> run.to_frame().loc["session_load", "unit"]
    '1'
    >>> run.records["surface"].isin(["road", "trail", "unknown"]).all()
    np.True_
    >>> ts.Analysis.from_dict(run.to_dict()).totals == run.totals
    True
    """

    meta: ActivityMeta
    totals: Totals
    metrics: dict[str, Metric]
    segments: pd.DataFrame
    climbs: pd.DataFrame
    profile: pd.DataFrame
    impact: pd.DataFrame = field(default_factory=schema.IMPACT.empty)
    efforts: pd.DataFrame = field(default_factory=schema.EFFORTS.empty)
    stretches: pd.DataFrame = field(default_factory=schema.STRETCHES.empty)
    parts: pd.DataFrame = field(default_factory=schema.PARTS.empty)
    heart_rate_times: HeartRateTimes = HeartRateTimes()
    issues: tuple[Issue, ...] = ()
    recording: Callable[[], CleanActivity] | None = None

    def __repr__(self) -> str:
        t = self.totals
        return (
            f"<Analysis {self.meta.source}: {t.distance / 1000:.1f} km, {t.ascent:.0f} m up, "
            f"{len(self.segments)} segments, {len(self.issues)} issues>"
        )

    def _repr_html_(self) -> str:
        t = self.totals
        shares = {
            "trail": t.trail_share,
            "road": t.road_share,
            "unknown": t.unknown_share,
        }
        rows = {
            "start": self.meta.start_time,
            "distance": f"{t.distance / 1000:.2f} km",
            "moving time": clock_text(t.moving_time),
            "ascent": f"{t.ascent:.0f} m",
            "ground": ", ".join(
                f"{k} {100 * v:.0f} %" for k, v in shares.items()
            ),
            "segments, climbs": f"{len(self.segments)}, {len(self.climbs)}",
            "metrics with a value": f"{sum(map(bool, self.metrics.values()))} of "
            f"{len(self.metrics)}",
            "issues": len(self.issues),
        }
        return html_card(f"Analysis of {self.meta.source}", rows)

    def to_frame(self) -> pd.DataFrame:
        """Return the metrics as a table.

        Returns
        -------
        pandas.DataFrame
            A row for each metric, indexed by its name, with columns ``value``, ``unit``, ``low``,
            ``high``, ``method``, ``coverage``, ``evidence`` and ``reason``; NaN where there is no
            number.
        """
        index = pd.Index(list(self.metrics), name="metric", dtype="str")
        columns: dict[str, pd.Series] = {}
        for column in fields(Metric):
            values = [
                plain(getattr(m, column.name)) for m in self.metrics.values()
            ]
            dtype = "float64" if column.type == "float" else "str"
            columns[column.name] = pd.Series(values, index=index, dtype=dtype)
        return pd.DataFrame(columns)

    @cached_property
    def records(self) -> pd.DataFrame:
        """The cleaned records, each with the ground that it lies on.

        Table ``schema.RECORDS``, with ``segment`` (index in ``segments``) and that segment's
        ``surface``, ``p_trail``, ``slope``, ``technical`` and ``gait``. An analysis doesn't hold
        them: they are read again from its source when first looked at, or taken from the activity
        that was analysed as long as someone else keeps it.

        Raises
        ------
        ReadError
            When the source can't be read again, has changed since or is an activity that is gone,
            or the analysis was brought back from a document.
        """
        if self.recording is None:
            raise ReadError(
                "an analysis from a document holds no records; analyse its source again",
                path=self.meta.source,
            )
        activity = self.recording()
        ends = self.segments["end_distance"].to_numpy()[:-1]
        segment = np.searchsorted(ends, activity.track["distance"], side="left")
        ground = self.segments[list(_GROUND)].iloc[segment]
        return activity.records.assign(
            segment=segment, **ground.set_axis(activity.records.index)
        )

    def table(self, name: str) -> ArrowTable:
        """Return a table for other programs, which take it as Arrow without a file.

        Parameters
        ----------
        name : str
            ``"segments"``, ``"climbs"``, ``"profile"``, ``"impact"``, ``"efforts"``,
            ``"stretches"``, ``"parts"``, or ``"records"``, which has the ground, too (see
            `records`).

        Raises
        ------
        KeyError
            When there is no such table; the known ones are named.

        Examples
        --------
        >>> import duckdb
        >>> import trailstats as ts
        >>> segments = ts.analyze("data/samples/odd/two-tracks.gpx").table("segments")
        >>> duckdb.sql("select count(*) > 5 from segments").fetchall()
        [(True,)]
        """
        return ArrowTable(*_named(name, (*TABLES_OF_ANALYSIS, "records"), self))

    def to_dict(self) -> dict[str, object]:
        """Return the document ``analysis``: plain values, NaN as None, times as ISO 8601 with
        ``Z``.
        """
        return self.outline() | {
            **{name: rows(getattr(self, name)) for name in TABLES_OF_ANALYSIS},
            "heart_rate_times": self.heart_rate_times.to_dict(),
        }

    def outline(self) -> dict[str, object]:
        """Return the document without its tables: meta, totals, metrics and issues."""
        return {
            "format_version": schema.FORMAT_VERSION,
            "meta": _meta_to_dict(self.meta),
            "totals": self.totals.to_dict(),
            "metrics": {
                name: metric.to_dict() for name, metric in self.metrics.items()
            },
            "issues": [issue.to_dict() for issue in self.issues],
        }

    @classmethod
    def from_dict(cls, data: dict[str, object]) -> Analysis:
        """Bring back an analysis from its document.

        Parameters
        ----------
        data : dict
            From `to_dict`, perhaps by way of JSON, of any release with the same ``format_version``:
            keys that are not known are left out.

        Raises
        ------
        SchemaError
            When the document has another ``format_version`` or lacks a part.
        """
        _check_version(data)
        with _valid_document():
            tables: dict[str, Any] = {
                name: table_from_rows(schema.TABLES[name], data[name])
                for name in _present(data, "analysis", TABLES_OF_ANALYSIS)
            }
            times = HeartRateTimes.from_dict(
                cast("dict[str, Any]", data["heart_rate_times"])
            )
        return replace(cls.from_outline(data, tables), heart_rate_times=times)

    @classmethod
    def from_outline(
        cls, data: dict[str, object], tables: dict[str, Any]
    ) -> Analysis:
        """Bring back an analysis from its outline and its tables.

        Raises
        ------
        SchemaError
            When the document has another ``format_version`` or lacks a part.
        """
        _check_version(data)
        with _valid_document():
            return cls(**_outlined(data), **tables)


TABLES_OF_ANALYSIS = tuple(
    f.name for f in fields(Analysis) if f.type == "pd.DataFrame"
)
"""Names of its tables, each that of its schema too."""


def _named(
    name: str, known: Iterable[str], holder: object
) -> tuple[schema.Table, pd.DataFrame]:
    """Return a table by its name, and the frame that a value holds under it."""
    if name not in known:
        raise KeyError(f"no table {name!r}; known are {', '.join(known)}")
    return schema.TABLES[name], getattr(holder, name)


_GROUND = ("surface", "p_trail", "slope", "technical", "gait")


def _check_version(data: dict[str, object]) -> None:
    found = data.get("format_version")
    if found != schema.FORMAT_VERSION:
        raise SchemaError(
            f"an analysis of format_version {found!r}; this version reads {schema.FORMAT_VERSION}"
        )


@contextmanager
def _valid_document() -> Iterator[None]:
    try:
        yield
    except (KeyError, TypeError, ValueError) as error:
        raise SchemaError(
            f"not a valid analysis document: {type(error).__name__}: {error}"
        ) from error


def _outlined(data: dict[str, Any]) -> dict[str, Any]:
    return {
        "meta": _meta_from_dict(data["meta"]),
        "totals": Totals(**_with_nan(_known(Totals, "totals", data["totals"]))),
        "metrics": {n: metric_from_dict(m) for n, m in data["metrics"].items()},
        "issues": tuple(_issue_from_dict(issue) for issue in data["issues"]),
    }


def _issue_from_dict(data: dict[str, Any]) -> Issue:
    values = _known(Issue, "issue", data)
    return Issue(**values | {"severity": Severity(values["severity"])})


def _with_nan(values: dict[str, Any]) -> dict[str, Any]:
    return {k: NAN if v is None else v for k, v in values.items()}


def _present(data: dict[str, Any], part: str, names: Iterable[str]) -> list[str]:
    """Return the names without those that joined the documents later and are absent."""
    return [n for n in names if n in data or f"{part}.{n}" not in LATER_KEYS]


def _known(kind: type[Any], part: str, data: dict[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in _present(data, part, _FIELDS[kind])}


_FIELDS: dict[type[Any], tuple[str, ...]] = {
    kind: tuple(f.name for f in fields(kind))
    for kind in (Metric, Issue, Totals, ActivityMeta, DeviceTotals)
}


def _meta_to_dict(meta: ActivityMeta) -> dict[str, object]:
    out = {f.name: plain(getattr(meta, f.name)) for f in fields(meta)}
    del out["device_totals"]
    totals = {k: plain(v) for k, v in asdict(meta.device_totals).items()}
    return out | {"device_totals": totals}


def _meta_from_dict(data: dict[str, Any]) -> ActivityMeta:
    values = _known(ActivityMeta, "meta", data)
    start = values.pop("start_time")
    totals = _known(DeviceTotals, "device_totals", values.pop("device_totals"))
    return ActivityMeta(
        **_with_nan(values),
        start_time=None if start is None else pd.Timestamp(str(start)),
        device_totals=DeviceTotals(**_with_nan(totals)),
    )
