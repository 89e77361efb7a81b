"""What of an activity adds up: totals, impact loads by surface, times at each heart rate; and its thinned track."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats import schema
from trailstats.activity import Activity
from trailstats.cleaning import ON_FOOT
from trailstats.errors import SchemaError
from trailstats.metrics.effort import STOPPED_SPEED, grade_adjusted_speed, is_walking
from trailstats.metrics.impact import (
    EXPONENTS,
    REFERENCE_STEPS_PER_KM,
    active_component,
    impact_component,
    step_rate,
    tibial_component,
)
from trailstats.results import HEART_RATE_BINS, HeartRateTimes, Totals
from trailstats.schema import Gait, Slope, Surface

__all__ = ["heart_rate_times", "impact_table", "moving_time", "thin_profile", "total_up", "track_of"]

Floats = NDArray[np.float64]

WARM_UP = 600.0
"""Time at the start in which the heart rate is still rising [s]; judgement."""

PROFILE_POINTS = 240
"""Points of the thinned track at most."""


def track_of(activity: Activity) -> pd.DataFrame:
    """Return the track of a cleaned activity."""
    if activity.track is None:
        raise SchemaError("the activity has not been cleaned")
    return activity.track


def moving_time(activity: Activity) -> Floats:
    """Return the time that each sample stands for, 0 while standing [s]."""
    track = track_of(activity)
    return np.where(track["moving"].to_numpy(), track["duration"].to_numpy(), 0.0)


def heart_rate_times(activity: Activity) -> HeartRateTimes:
    """Return the moving time at each heart rate."""
    track = track_of(activity)
    time = moving_time(activity)
    rate = activity.records["heart_rate"].to_numpy()
    known = ~np.isnan(rate) & (time > 0)
    bins = np.clip(np.rint(np.where(known, rate, 0.0)), 0, HEART_RATE_BINS - 1).astype(np.intp)
    warm = np.cumsum(track["duration"].to_numpy()) > WARM_UP
    steep = np.nan_to_num(track["grade"].to_numpy()) > 0.05

    def times(where: NDArray[np.bool_]) -> Floats:
        return np.bincount(bins[where], weights=time[where], minlength=HEART_RATE_BINS).astype(np.float64)

    return HeartRateTimes(times(known), times(known & warm & ~steep), times(known & warm & steep))


def impact_table(activity: Activity, segments: pd.DataFrame) -> pd.DataFrame:
    """Return the loads by surface and exponent, at both ends of what the evidence leaves open on grade."""
    track = track_of(activity)
    time = moving_time(activity)
    surfaces = [s.value for s in (Surface.ROAD, Surface.TRAIL, Surface.UNKNOWN)]
    speed, grade = track["speed"].to_numpy(), track["grade"].to_numpy()
    cadence = activity.records["cadence"].to_numpy()
    if activity.meta.sport not in ON_FOOT or not (speed > STOPPED_SPEED).any():
        return schema.IMPACT.empty()
    codes = segments["surface"].map({s: i for i, s in enumerate(surfaces)}).to_numpy(dtype=np.intp)
    cuts = segments["end_distance"].to_numpy()[:-1]
    group = codes[np.searchsorted(cuts, track["distance"].to_numpy(), side="left")]
    walk = is_walking(speed, cadence, grade)
    rate, _ = step_rate(speed, cadence, walking=walk)
    steps = np.nan_to_num(rate) * time / REFERENCE_STEPS_PER_KM
    steep = np.abs(grade) >= 0.10
    tibial = tibial_component(speed, grade, walking=walk)
    parts = {
        "active": active_component(speed, walking=walk),
        "impact": impact_component(speed, grade, walking=walk),
        "impact_low": impact_component(speed, grade, walking=walk, downhill_slope=0.04),
        "impact_high": impact_component(speed, grade, walking=walk, downhill_slope=0.08),
        "tibial": np.where(steep, 0.0, tibial),
        "tibial_steep": np.where(steep, tibial, 0.0),
    }

    def sums(values: Floats) -> Floats:
        # Where nothing is known of a part the sum is unknown, not zero.
        total = np.bincount(group, weights=np.nan_to_num(values), minlength=3)
        return np.where(np.isnan(values).all(), np.nan, total)

    size = len(EXPONENTS)
    columns = {name: np.concatenate([sums(steps * part**b) for b in EXPONENTS]) for name, part in parts.items()}
    return schema.IMPACT.frame(
        {
            "surface": surfaces * size,
            "exponent": np.repeat(EXPONENTS, 3),
            "distance": np.tile(np.bincount(group, weights=track["step"].to_numpy() * (time > 0), minlength=3), size),
            "duration": np.tile(np.bincount(group, weights=time, minlength=3), size),
            **columns,
        }
    )


def total_up(activity: Activity, segments: pd.DataFrame) -> Totals:
    """Return the sums of a cleaned activity with its segments."""
    track = track_of(activity)
    time = moving_time(activity)
    rate = activity.records["heart_rate"].to_numpy()
    level = grade_adjusted_speed(track["speed"].to_numpy(), track["grade"].to_numpy())
    index = activity.records.index
    # Arrays: comparing short columns of texts costs more than everything else here.
    length, duration = segments["distance"].to_numpy(), segments["duration"].to_numpy()
    surface, slope, gait = (segments[name].to_numpy(dtype=object) for name in ("surface", "slope", "gait"))

    def where(mask: NDArray[np.bool_]) -> float:
        return float(np.nansum(length[mask]))

    return Totals(
        distance=float(np.nansum(length)),
        trail_distance=where(surface == Surface.TRAIL.value),
        road_distance=where(surface == Surface.ROAD.value),
        unknown_distance=where(surface == Surface.UNKNOWN.value),
        technical_distance=where(segments["technical"].to_numpy()),
        uphill_distance=where(np.isin(slope, [s.value for s in Slope if s.is_up])),
        downhill_distance=where(np.isin(slope, [s.value for s in Slope if s.is_down])),
        elapsed_time=(index[-1] - index[0]).total_seconds(),
        moving_time=float(time.sum()),
        hike_time=float(np.nansum(duration[gait == Gait.HIKE.value])),
        ascent=float(segments["ascent"].sum(min_count=1)),
        descent=float(segments["descent"].sum(min_count=1)),
        level_distance=float(np.nansum(level * time)),
        level_time=float(time[~np.isnan(level)].sum()),
        heart_beats=float(np.nansum(rate * time) / 60.0),
        heart_rate_time=float(time[~np.isnan(rate)].sum()),
        n_records=len(index),
    )


def thin_profile(activity: Activity, segments: pd.DataFrame) -> pd.DataFrame:
    """Return the track thinned to points at equal distances, or equal times where there is no distance."""
    track, records = activity.track, activity.records
    assert track is not None
    distance = track["distance"].to_numpy()
    along = distance if distance[-1] > 0 else np.cumsum(track["duration"].to_numpy())
    targets = np.linspace(0.0, along[-1], PROFILE_POINTS)
    rows = np.unique(np.searchsorted(along, targets).clip(0, len(along) - 1))
    rate = records["heart_rate"].rolling(15, center=True, min_periods=1).mean().to_numpy()
    return schema.PROFILE.frame(
        {
            "time": records.index[rows],
            "distance": distance[rows],
            "latitude": records["latitude"].to_numpy()[rows],
            "longitude": records["longitude"].to_numpy()[rows],
            "elevation": track["elevation"].to_numpy()[rows],
            "grade": track["grade"].to_numpy()[rows],
            "speed": track["speed"].to_numpy()[rows],
            "heart_rate": rate[rows],
            "segment": np.searchsorted(segments["end_distance"].to_numpy()[:-1], distance[rows], side="left"),
        }
    )
