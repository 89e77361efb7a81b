"""The results of an analysis as frozen values: `Metric`, `Totals`, `HeartRateTimes`, `Analysis`."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, cast

import numpy as np
import pandas as pd

from trailstats import schema
from trailstats.errors import SchemaError
from trailstats.model.activity import ActivityMeta, DeviceTotals, Issue
from trailstats.schema import EvidenceStrength, Severity
from trailstats.schema.arrays import Floats
from trailstats.schema.documents import LATER_KEYS, plain, rows, table_from_rows

__all__ = ["TABLES_OF_ANALYSIS", "Analysis", "HeartRateTimes", "Metric", "Totals"]

NAN = float("nan")
HEART_RATE_BINS = 256


@dataclass(frozen=True)
class Metric:
    """One number with what is needed to judge it.

    Attributes
    ----------
    value : float
        NaN when it could not be computed; ``reason`` then says why.
    unit : str
        SI unit, ``"1"`` for a plain number.
    low, high : float
        Bounds: a 95 % interval, or the spread over models, as ``method`` says. NaN where none is
        known.
    method : str
        How it was computed, from what, and whether that is measured, modelled or assumed.
    coverage : float
        Share of the moving time that it rests on.
    evidence : EvidenceStrength
        Strength of the published evidence behind the formula.
    reason : str
        Why the value is missing.

    Examples
    --------
    >>> from trailstats import Metric
    >>> speed = Metric(3.1, "m/s", low=3.0, high=3.2, method="modelled")
    >>> bool(speed), bool(Metric.missing("m/s", "no elevation"))
    (True, False)
    """

    value: float
    unit: str
    low: float = NAN
    high: float = NAN
    method: str = ""
    coverage: float = NAN
    evidence: EvidenceStrength = EvidenceStrength.NONE
    reason: str = ""

    @classmethod
    def missing(cls, unit: str, reason: str) -> Metric:
        """Return a metric without a value, with the reason."""
        return cls(NAN, unit, reason=reason)

    def __bool__(self) -> bool:
        return math.isfinite(self.value)

    def to_dict(self) -> dict[str, object]:
        """Return the metric as plain values."""
        return {f.name: plain(getattr(self, f.name)) for f in fields(self)}


def _add(one: float, other: float) -> float:
    if math.isnan(one):
        return other
    return one if math.isnan(other) else one + other


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

    def _share(self, part: float) -> float:
        return part / self.distance if self.distance > 0 else NAN

    @property
    def mean_speed(self) -> float:
        """Distance over moving time [m/s]; NaN without movement."""
        return (
            self.distance / self.moving_time
            if self.moving_time > 0 and self.distance > 0
            else NAN
        )

    @property
    def grade_adjusted_speed(self) -> float:
        """Mean level-equivalent speed [m/s]; NaN without one."""
        return self.level_distance / self.level_time if self.level_time > 0 else NAN

    @property
    def mean_heart_rate(self) -> float:
        """Mean heart rate while moving [1/min]; NaN without one."""
        return (
            60.0 * self.heart_beats / self.heart_rate_time
            if self.heart_rate_time > 0
            else NAN
        )

    @property
    def trail_share(self) -> float:
        """Share of the distance on trail."""
        return self._share(self.trail_distance)

    @property
    def road_share(self) -> float:
        """Share of the distance on road."""
        return self._share(self.road_distance)

    @property
    def unknown_share(self) -> float:
        """Share of the distance where the surface is not known."""
        return self._share(self.unknown_distance)

    @property
    def technical_share(self) -> float:
        """Share of the distance on technical ground."""
        return self._share(self.technical_distance)

    @property
    def uphill_share(self) -> float:
        """Share of the distance uphill."""
        return self._share(self.uphill_distance)

    @property
    def downhill_share(self) -> float:
        """Share of the distance downhill."""
        return self._share(self.downhill_distance)

    def to_dict(self) -> dict[str, object]:
        """Return sums and ratios as plain values."""
        out = {f.name: plain(getattr(self, f.name)) for f in fields(self)}
        ratios = [
            "mean_speed",
            "grade_adjusted_speed",
            "mean_heart_rate",
            "trail_share",
            "road_share",
        ]
        ratios += ["unknown_share", "technical_share", "uphill_share", "downhill_share"]
        return out | {name: plain(getattr(self, name)) for name in ratios}


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

    moving: Floats = field(default_factory=lambda: np.zeros(HEART_RATE_BINS))
    settled: Floats = field(default_factory=lambda: np.zeros(HEART_RATE_BINS))
    climbing: Floats = field(default_factory=lambda: np.zeros(HEART_RATE_BINS))

    def to_dict(self) -> dict[str, object]:
        """Return, for each part, the first bin that holds time and the times from there on."""
        out: dict[str, object] = {}
        for f in fields(self):
            times = getattr(self, f.name)
            held = np.flatnonzero(times)
            first = int(held[0]) if len(held) else 0
            last = int(held[-1]) + 1 if len(held) else 0
            out[f.name] = {
                "first": first,
                "times": [round(float(t), 2) for t in times[first:last]],
            }
        return out

    @classmethod
    def from_dict(cls, data: dict[str, dict[str, Any]]) -> HeartRateTimes:
        """Bring back what `to_dict` gave."""
        parts = {}
        for name, part in data.items():
            times = np.zeros(HEART_RATE_BINS)
            held = np.asarray(part["times"], dtype=np.float64)
            first = int(str(part["first"]))
            times[first : first + len(held)] = held
            parts[name] = times
        return cls(**parts)


@dataclass(frozen=True, eq=False)
class Analysis:
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
    heart_rate_times : HeartRateTimes
    issues : tuple of Issue

    Examples
    --------
    >>> import trailstats as ts
    >>> run = ts.analyze("data/samples/odd/two-tracks.gpx")
    >>> run.metrics["session_load"].unit, "surface" in run.segments
    ('1', True)
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
    heart_rate_times: HeartRateTimes = HeartRateTimes()
    issues: tuple[Issue, ...] = ()

    def __repr__(self) -> str:
        t = self.totals
        return (
            f"<Analysis {self.meta.source}: {t.distance / 1000:.1f} km, {t.ascent:.0f} m up, "
            f"{len(self.segments)} segments, {len(self.issues)} issues>"
        )

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
        try:
            held = [
                n
                for n in TABLES_OF_ANALYSIS
                if n in data or f"analysis.{n}" not in LATER_KEYS
            ]
            tables: dict[str, Any] = {
                name: table_from_rows(schema.TABLES[name], data[name]) for name in held
            }
            times = HeartRateTimes.from_dict(
                cast("dict[str, Any]", data["heart_rate_times"])
            )
        except (KeyError, TypeError, ValueError) as error:
            raise SchemaError(
                f"no analysis document: {type(error).__name__}: {error}"
            ) from error
        return replace(cls.from_outline(data, tables), heart_rate_times=times)

    @classmethod
    def from_outline(cls, data: dict[str, object], tables: dict[str, Any]) -> Analysis:
        """Bring back an analysis from its outline and its tables.

        Raises
        ------
        SchemaError
            When the document has another ``format_version`` or lacks a part.
        """
        _check_version(data)
        try:
            return cls(**_outlined(data), **tables)
        except (KeyError, TypeError, ValueError) as error:
            raise SchemaError(
                f"no analysis document: {type(error).__name__}: {error}"
            ) from error


TABLES_OF_ANALYSIS = tuple(f.name for f in fields(Analysis) if f.type == "pd.DataFrame")
"""Names of its tables, each that of its schema too."""


def _check_version(data: dict[str, object]) -> None:
    found = data.get("format_version")
    if found != schema.FORMAT_VERSION:
        raise SchemaError(
            f"an analysis of format_version {found!r}; this version reads {schema.FORMAT_VERSION}"
        )


def _outlined(data: dict[str, Any]) -> dict[str, Any]:
    metrics = {}
    for name, item in data["metrics"].items():
        numbers = ("value", "low", "high", "coverage")
        known = _known(Metric, "metric", item)
        values: dict[str, Any] = {
            k: NAN if v is None and k in numbers else v for k, v in known.items()
        }
        metrics[name] = Metric(
            **values | {"evidence": EvidenceStrength(item["evidence"])}
        )
    issues = [
        Issue(**_known(Issue, "issue", i) | {"severity": Severity(i["severity"])})
        for i in data["issues"]
    ]
    return {
        "meta": _meta_from_dict(data["meta"]),
        "totals": Totals(**_sums(data["totals"])),
        "metrics": metrics,
        "issues": tuple(issues),
    }


def _sums(data: dict[str, Any]) -> dict[str, Any]:
    """Return the totals with NaN for null, as `Totals` holds ascent and descent without
    elevation.
    """
    return {
        k: NAN if v is None else v for k, v in _known(Totals, "totals", data).items()
    }


def _known(kind: type[Any], part: str, data: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a value; a key that joined the documents later may be absent."""
    return {
        name: data[name]
        for name in _FIELDS[kind]
        if name in data or f"{part}.{name}" not in LATER_KEYS
    }


_FIELDS: dict[type[Any], tuple[str, ...]] = {
    kind: tuple(f.name for f in fields(kind))
    for kind in (Metric, Issue, Totals, ActivityMeta, DeviceTotals)
}


def _meta_to_dict(meta: ActivityMeta) -> dict[str, object]:
    out = {
        f.name: plain(getattr(meta, f.name))
        for f in fields(meta)
        if f.name != "device_totals"
    }
    return out | {
        "device_totals": {k: plain(v) for k, v in asdict(meta.device_totals).items()}
    }


def _meta_from_dict(data: dict[str, Any]) -> ActivityMeta:
    values = _known(ActivityMeta, "meta", data)
    for name in ("local_offset", "feel", "rpe"):
        values[name] = NAN if values[name] is None else values[name]
    told = _known(DeviceTotals, "device_totals", values["device_totals"])
    values["device_totals"] = DeviceTotals(
        **{k: NAN if v is None else v for k, v in told.items()}
    )
    start = values["start_time"]
    values["start_time"] = None if start is None else pd.Timestamp(str(start))
    return ActivityMeta(**values)
