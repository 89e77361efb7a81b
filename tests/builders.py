"""Activities with known truth, for tests."""

from __future__ import annotations

import numpy as np
import pandas as pd

from trailstats import schema
from trailstats.cleaning import clean
from trailstats.geo import EARTH_RADIUS
from trailstats.model.activity import Activity, ActivityMeta


def make_activity(
    *,
    speed: np.ndarray | float = 3.0,
    duration: int = 1800,
    elevation: np.ndarray | None = None,
    step: float = 1.0,
    sport: str = "running",
    sub_sport: str = "",
    name: str = "",
    start: str = "2026-03-01T08:00:00Z",
    device_distance: bool = False,
    **columns: object,
) -> Activity:
    """Return a run straight north, one record every ``step`` seconds, at the given speed."""
    seconds = np.arange(0.0, duration + step / 2, step)
    pace = np.broadcast_to(np.asarray(speed, dtype=float), seconds.shape)
    distance = np.concatenate(([0.0], np.cumsum(np.diff(seconds) * pace[1:])))
    data: dict[str, object] = {
        "latitude": 47.0 + np.degrees(distance / EARTH_RADIUS),
        "longitude": np.full(len(seconds), 11.0),
    }
    if elevation is not None:
        data["elevation"] = np.interp(
            seconds, np.linspace(0, duration, len(elevation)), elevation
        )
    if device_distance:
        data["distance"] = distance
    data |= columns
    index = pd.DatetimeIndex(
        pd.Timestamp(start) + pd.to_timedelta(seconds, unit="s"), name="time"
    ).as_unit("ns")
    meta = ActivityMeta(
        source=f"{name or 'run'}.fit", format="fit", content_hash=name, sport=sport,
        sub_sport=sub_sport, name=name,
        start_time=index[0],
    )  # fmt: skip
    return Activity(schema.RECORDS.frame(data, index), meta)


def at(seconds: object) -> pd.DatetimeIndex:
    """Return times since the start of a run."""
    passed = pd.to_timedelta(np.asarray(seconds, float), unit="s")
    return pd.DatetimeIndex(
        pd.Timestamp("2026-03-01T08:00:00Z") + passed
    ).as_unit("ns")


def beating(rate: float, seconds: int = 1801) -> np.ndarray:
    """Return a heart rate that wanders by a tenth of a beat about a rate: one that never changes is
    stuck.
    """
    return rate + np.where(np.arange(seconds) // 60 % 2, 0.1, -0.1)


def codes(activity: Activity) -> set[str]:
    """Return the codes of its issues."""
    return {issue.code for issue in activity.issues}


def totals(activity: Activity) -> tuple[float, float]:
    """Return cleaned distance and moving time."""
    track = clean(activity).track
    return float(track["distance"].iloc[-1]), float(
        track["duration"][track["moving"]].sum()
    )
