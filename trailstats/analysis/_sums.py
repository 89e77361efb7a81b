"""What of an activity adds up: totals, impact loads by surface, times at each heart rate; and its
thinned track.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from trailstats import schema
from trailstats.analysis._samples import MotionSamples, Samples
from trailstats.arrays import Flags, Floats, Ints, as_floats, sum_up_to
from trailstats.metrics.effort import STOPPED_SPEED
from trailstats.metrics.impact import EXPONENTS, impact_load_by_group, step_rate
from trailstats.metrics.sampling import WARM_UP
from trailstats.model.results import HEART_RATE_BINS, HeartRateTimes, Totals
from trailstats.schema import Columns, Gait, Slope, Surface

GROUNDS = (Surface.ROAD.value, Surface.TRAIL.value, Surface.UNKNOWN.value)
"""Surfaces that loads are summed on."""

PROFILE_POINTS = 240
"""Points of the thinned track at most."""

HALF_WIDTH = 7
"""Samples to either side over which the thinned track's heart rate, cadence, power and temperature
are means.
"""


def heart_rate_times(samples: Samples) -> HeartRateTimes:
    """Return the moving time at each heart rate."""
    time, rate = samples.time, samples.heart_rate
    known = ~np.isnan(rate) & (time > 0)
    rounded = np.rint(np.where(known, rate, 0.0)).astype(np.intp)
    bins = np.clip(rounded, 0, HEART_RATE_BINS - 1)
    warm = np.cumsum(samples.track["duration"]) > WARM_UP
    steep = np.nan_to_num(samples.grade) > 0.05

    def times(where: Flags) -> Floats:
        return as_floats(np.bincount(bins[where], time[where], HEART_RATE_BINS))

    return HeartRateTimes(
        times(known), times(known & warm & ~steep), times(known & warm & steep)
    )


@dataclass(frozen=True, eq=False)
class GroundOfSamples:
    """On which ground each sample lies.

    Attributes
    ----------
    code : numpy.ndarray of int
        Place in `GROUNDS` for each sample.
    distance : numpy.ndarray
        Moved on each of `GROUNDS` [m].
    """

    code: Ints
    distance: Floats

    @classmethod
    def of(cls, samples: Samples, segments: Columns) -> GroundOfSamples:
        """Look up each sample's segment."""
        place = {surface: i for i, surface in enumerate(GROUNDS)}
        codes = np.array([place[s] for s in segments["surface"]], dtype=np.int64)
        if not len(codes):
            codes = np.array([place[Surface.UNKNOWN]])
        cuts = segments["end_distance"][:-1]
        code = codes[np.searchsorted(cuts, samples.distance, side="left")]
        step = samples.track["step"] * (samples.time > 0)
        return cls(code, as_floats(np.bincount(code, step, len(GROUNDS))))


def impact_on_grounds(samples: MotionSamples, ground: GroundOfSamples) -> Columns:
    """Return the loads by surface and exponent, at both ends of what the evidence leaves open on
    grade, of samples whose ground is known: the table ``schema.IMPACT``.
    """
    speed, time, walk = samples.speed, samples.time, samples.walking
    if not samples.on_foot or not (speed > STOPPED_SPEED).any():
        return schema.IMPACT.columns_of({})
    rate, _ = step_rate(
        speed, samples.cadence, walking=walk, model=samples.cadence_model
    )
    sums = impact_load_by_group(
        ground.code,
        speed,
        samples.grade,
        rate * time,
        walking=walk,
        n_groups=len(GROUNDS),
    )
    seconds = np.bincount(ground.code, weights=time, minlength=len(GROUNDS))
    return schema.IMPACT.columns_of(
        {
            "surface": list(GROUNDS) * len(EXPONENTS),
            "exponent": np.repeat(EXPONENTS, len(GROUNDS)),
            "distance": np.tile(ground.distance, len(EXPONENTS)),
            "moving_time": np.tile(seconds, len(EXPONENTS)),
            **{
                part.name: getattr(sums, part.name).ravel()
                for part in fields(sums)
            },
        }
    )


def total_up(samples: Samples, segments: Columns) -> Totals:
    """Return the sums of a cleaned activity with its segments."""
    time, rate, level = samples.time, samples.heart_rate, samples.level_speed
    index = samples.activity.index
    length, duration = segments["distance"], segments["duration"]
    surface, slope, gait = (
        segments[name] for name in ("surface", "slope", "gait")
    )

    def where(mask: Flags) -> float:
        return float(np.nansum(length[mask]))

    def known_sum(values: Floats) -> float:
        return (
            float("nan") if np.isnan(values).all() else float(np.nansum(values))
        )

    return Totals(
        distance=float(np.nansum(length)),
        trail_distance=where(surface == Surface.TRAIL),
        road_distance=where(surface == Surface.ROAD),
        unknown_distance=where(surface == Surface.UNKNOWN),
        technical_distance=where(segments["technical"]),
        uphill_distance=where(np.isin(slope, [s for s in Slope if s.is_up])),
        downhill_distance=where(np.isin(slope, [s for s in Slope if s.is_down])),
        elapsed_time=(index[-1] - index[0]).total_seconds(),
        moving_time=float(time.sum()),
        hike_time=float(np.nansum(duration[gait == Gait.HIKE])),
        ascent=known_sum(segments["ascent"]),
        descent=known_sum(segments["descent"]),
        ascent_low=samples.activity.elevation_quality.ascent_range[0],
        ascent_high=samples.activity.elevation_quality.ascent_range[1],
        level_distance=float(np.nansum(level * time)),
        level_time=float(time[~np.isnan(level)].sum()),
        heart_beats=float(np.nansum(rate * time) / 60.0),
        heart_rate_time=float(time[~np.isnan(rate)].sum()),
        n_records=len(index),
    )


def thin_profile(samples: Samples, segments: Columns) -> Columns:
    """Return the track thinned to points at equal distances, or equal times where there is no
    distance.
    """
    s, distance = samples, samples.distance
    along = distance if s.has_distance else np.cumsum(s.track["duration"])
    targets = np.linspace(0.0, along[-1], PROFILE_POINTS)
    rows = np.unique(np.searchsorted(along, targets).clip(0, len(along) - 1))
    first = np.maximum(rows - HALF_WIDTH, 0)
    end = np.minimum(rows + HALF_WIDTH + 1, len(along))

    def smooth(values: Floats) -> Floats:
        total = sum_up_to(np.nan_to_num(values))
        count = sum_up_to(~np.isnan(values))
        with np.errstate(invalid="ignore"):
            mean = (total[end] - total[first]) / (count[end] - count[first])
        return as_floats(mean)

    return schema.PROFILE.columns_of(
        {
            "time": s.activity.index[rows],
            "distance": distance[rows],
            "latitude": s.records["latitude"][rows],
            "longitude": s.records["longitude"][rows],
            "elevation": s.elevation[rows],
            "grade": s.grade[rows],
            "speed": s.speed[rows],
            **{
                name: smooth(s.records[name])
                for name in ("heart_rate", "cadence", "power", "temperature")
            },
            "segment": np.searchsorted(
                segments["end_distance"][:-1],
                distance[rows],
                side="left",
            ),
        }
    )
