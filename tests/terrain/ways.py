"""Ways with a known shape, run at a known speed, for the tests of terrain."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from trailstats import schema
from trailstats.geo import EARTH_RADIUS
from trailstats.metrics.effort import effort_factor
from trailstats.model.activity import Activity, ActivityMeta

Array = np.ndarray


def turned(turn_per_metre: Array) -> tuple[Array, Array]:
    """Return a way of steps of one metre from its curvature [rad/m]."""
    heading = np.cumsum(turn_per_metre)
    return np.cumsum(np.cos(heading)), np.cumsum(np.sin(heading))


def straight(length: int) -> Array:
    """Return the curvature of a street with a right angle every 400 m, left and right in turn."""
    turn = np.zeros(length)
    for number, at in enumerate(range(400, length - 10, 400)):
        turn[at : at + 6] = (-1) ** (number // 2) * np.pi / 12
    return turn


def winding(length: int, seed: int = 0) -> Array:
    """Return the curvature of a path that winds left and right at lengths of 90 to 400 m, by half a
    radian each.
    """
    rng = np.random.default_rng(seed)
    at = np.arange(length)
    heading = sum(
        0.55
        * np.sin(
            2 * np.pi * at / wave * (1 + 0.1 * np.sin(at / (3 * wave)))
            + rng.uniform(0, 6)
        )
        for wave in (90.0, 170.0, 240.0, 400.0)
    )
    return np.gradient(np.asarray(heading))


def run_along(
    turn: Array,
    speed: Array | float = 3.0,
    *,
    climb: Array | None = None,
    step: float = 1.0,
    sport: str = "running",
    sub_sport: str = "",
) -> Activity:
    """Return a run along a way at a speed for each metre, recorded every ``step`` seconds.

    The speed is that on the level: hills slow down by what they cost.
    """
    x, y = turned(turn)
    pace = 1.0 / np.broadcast_to(np.asarray(speed, float), x.shape)
    if climb is not None:
        pace = pace * effort_factor(np.gradient(climb))
    seconds = np.cumsum(pace)
    at = np.arange(seconds[0], seconds[-1], step)
    data: dict[str, object] = {
        "latitude": 47.0 + np.degrees(np.interp(at, seconds, y) / EARTH_RADIUS),
        "longitude": 11.0
        + np.degrees(np.interp(at, seconds, x) / EARTH_RADIUS)
        / np.cos(np.radians(47.0)),
    }
    if climb is not None:
        data["elevation"] = np.interp(at, seconds, climb)
    start = pd.Timestamp("2026-03-01T08:00:00Z")
    index = pd.DatetimeIndex(
        start + pd.to_timedelta(at, unit="s"), name="time"
    ).as_unit("ns")
    meta = ActivityMeta(
        source="run.fit",
        format="fit",
        sport=sport,
        sub_sport=sub_sport,
        start_time=index[0],
    )
    return Activity(schema.RECORDS.frame(data, index), meta)


def uneven(
    length: int, mean: float = 2.4, spread: float = 0.3, seed: int = 1
) -> Array:
    """Return a speed that changes every 15 m by a lognormal factor."""
    rng = np.random.default_rng(seed)
    knots = np.arange(0, length + 15, 15)
    return mean * np.exp(
        np.interp(np.arange(length), knots, rng.normal(0, spread, len(knots)))
    )


def hills(length: int, height: float = 30.0, wave: float = 800.0) -> Array:
    """Return the elevation of regular hills [m]."""
    return 500.0 + height * np.sin(2 * np.pi * np.arange(length) / wave)


def street_run(length: int = 8000, **options: object) -> Activity:
    """Return an even run along streets, nearly flat."""
    return run_along(straight(length), 3.2, climb=hills(length, 3.0), **options)  # type: ignore[arg-type]


def mountain_run(length: int = 8000, **options: object) -> Activity:
    """Return an uneven run along a winding path over hills."""
    return run_along(
        winding(length), uneven(length), climb=hills(length), **options
    )  # type: ignore[arg-type]


def without(activity: Activity, *columns: str) -> Activity:
    """Return the recording with some columns blanked."""
    return replace(
        activity,
        records=activity.records.assign(**dict.fromkeys(columns, np.nan)),
    )


def renamed(activity: Activity, **meta: str) -> Activity:
    """Return the recording with other facts about it."""
    return replace(activity, meta=replace(activity.meta, **meta))  # type: ignore[arg-type]
