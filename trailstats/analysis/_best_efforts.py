"""Best efforts of a run, over the ground as it was and as if level, and the race performance they
imply.
"""

from __future__ import annotations

import numpy as np

from trailstats import schema
from trailstats.analysis._samples import Samples
from trailstats.analysis._wrapping import NO_SPEED, found, missing
from trailstats.arrays import Flags
from trailstats.cleaning import CleanRules
from trailstats.metrics import performance
from trailstats.model.activity import Issue
from trailstats.model.results import Metric
from trailstats.schema import Columns, Severity

LENGTHS = (
    400.0,
    800.0,
    1000.0,
    1609.344,
    3000.0,
    5000.0,
    10000.0,
    21097.5,
    42195.0,
)
"""Lengths of best efforts [m]."""

TIMES = (60.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0)
"""Times of best efforts [s]."""

SHORTEST, LONGEST = 210.0, 14400.0
"""Durations over which a race performance is implied [s] [DanielsGilbert1979]_."""

LONGEST_STEP = 30.0
"""Of a longer time without a sample, and than five usual steps, nothing is known [s] (our choice).
"""

FASTEST = CleanRules().max_speed
"""Speed above which nobody runs [m/s]: in such steps a device makes up for what it had not
counted.
"""

HIGHEST = 90.0
"""Uptake above which it was no running, such as a ride without a sport [ml/kg/min] (our choice): no
runner has it.
"""


def effort_table(samples: Samples) -> tuple[Columns, tuple[Issue, ...]]:
    """Return the best efforts: table ``schema.EFFORTS``; without a row for what the run was too
    short for, and for what nobody can run, which is an issue.
    """
    s = samples
    if not s.on_foot or not s.has_distance:
        return schema.EFFORTS.columns_of({}), ()
    parts = {"actual": s.distance}
    if s.has_elevation:
        parts["level"] = np.cumsum(np.nan_to_num(s.level_speed) * s.time)
    columns: dict[str, list[object]] = {
        name: []
        for name in ("ground", "basis", "distance", "duration", "start_offset")
    }
    unseen = _unseen(s)
    impossible = 0
    for ground, distance in parts.items():
        found = [
            performance.best_efforts_by_distance(
                distance, s.clock, LENGTHS, unseen=unseen
            ),
            performance.best_efforts_by_time(
                distance, s.clock, TIMES, unseen=unseen
            ),
        ]
        beaten = [
            best.duration < performance.shortest_possible(best.distance)
            for best in found
        ]
        impossible += sum(int(flags.sum()) for flags in beaten)
        # A glitch is short: who keeps it up was not on foot, and set no other record either.
        ridden = any(
            (best.duration[flags] >= SHORTEST).any()
            for best, flags in zip(found, beaten, strict=True)
        )
        for basis, best, flags in zip(
            ("distance", "time"), found, beaten, strict=True
        ):
            kept = ~np.isnan(best.start_time) & ~flags & (not ridden)
            size = int(kept.sum())
            columns["ground"] += [ground] * size
            columns["basis"] += [basis] * size
            columns["distance"] += best.distance[kept].tolist()
            columns["duration"] += best.duration[kept].tolist()
            columns["start_offset"] += best.start_time[kept].tolist()
    issues = (_beyond_records(impossible),) if impossible else ()
    return schema.EFFORTS.columns_of(columns), issues


def _unseen(samples: Samples) -> Flags:
    """Return before which samples too much time lies to know how it was spent, or more way than
    can have been run in it.
    """
    duration, step = samples.track["duration"], samples.track["step"]
    usual = float(np.median(duration[1:])) if len(duration) > 1 else 1.0
    made_up = step > FASTEST * np.maximum(duration, 1.0)
    return np.asarray(made_up | (duration > max(LONGEST_STEP, 5.0 * usual)))


def _beyond_records(count: int) -> Issue:
    message = (
        f"{count} best efforts were faster than any race ever run, by the clock or as if level; "
        "left out, and all others with them where one lasts for minutes"
    )
    return Issue("effort_impossible", Severity.WARNING, message, count)


def implied_performance(
    samples: Samples, efforts: Columns, *, beyond: bool
) -> dict[str, Metric]:
    """Return what the best efforts imply, at least, of the runner's race performance; ``beyond``
    says that some were left out that nobody can run.
    """
    s = samples
    if not s.on_foot or not s.has_distance:
        return missing("not on foot" if s.has_distance else NO_SPEED, "vdot")
    ground, basis = efforts["ground"], efforts["basis"]
    distance, duration = efforts["distance"], efforts["duration"]
    level = ground == ("level" if s.has_elevation else "actual")
    raced = (
        level
        & (basis == "distance")
        & (duration >= SHORTEST)
        & (duration <= LONGEST)
    )
    if beyond and not raced.any():
        return missing("faster than any runner: perhaps not on foot", "vdot")
    if not raced.any():
        return missing(
            "no stretch of 3.5 minutes to 4 hours over a race distance", "vdot"
        )
    uptake = performance.vdot(distance[raced], duration[raced])
    if np.isnan(uptake).all():
        return missing(
            "slower than any race that the formula was made for", "vdot"
        )
    best = int(np.nanargmax(uptake))
    if uptake[best] > HIGHEST:
        return missing("faster than any runner: perhaps not on foot", "vdot")
    return found(
        "vdot",
        float(uptake[best]),
        f"implied by the best {distance[raced][best]:.0f} "
        f"m{' as if level' if s.has_elevation else ''}; "
        "as high as the runner could go only if that was all out",
        _share_of_time(
            s,
            float(efforts["start_offset"][raced][best]),
            float(duration[raced][best]),
        ),
    )


def _share_of_time(samples: Samples, start: float, duration: float) -> float:
    """Return the share of the moving time that lies in an effort."""
    spent = np.interp(
        [start, start + duration],
        samples.clock,
        np.cumsum(samples.time),
    )
    return float(spent[1] - spent[0]) / max(float(samples.time.sum()), 1.0)
