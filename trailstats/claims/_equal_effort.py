"""Heart rate at equal effort: stretches of runs with their level speed by several curves, none of
them fitted to the run that it judges.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trailstats.arrays import Flags, Floats, Ints, as_floats
from trailstats.claims._evidence import Evidence
from trailstats.metrics import effort
from trailstats.metrics._even_ground import GRADE_TERMS, TERMS
from trailstats.metrics._even_ground_fit import (
    REFERENCE,
    REST,
    EvenGroundFit,
    as_the_heart_sees,
)
from trailstats.metrics.effort import (
    Footing,
    HeartRateStretches,
    population_even_ground,
)
from trailstats.schema import Surface

FOLDS: Final = 5
"""Parts of the runs, each judged by the curve of the others (our choice)."""

STEEPEST_DESCENT: Final = -0.05
"""Below this grade the heart rate is biased [Lemire2020]_; the bound is our choice."""

SHORTEST: Final = 30.0
"""Stretches shorter than this show the effort before them [s] (our choice)."""

MOST_WALKED: Final = 0.1
"""Share of a stretch that may be walked for it to count as run (our choice)."""

LEAST_GAIN: Final = 0.3
"""A heart whose gain lies below this for sure doesn't follow the speed (our choice): the least of
eight runners is 0.6.
"""

HALF_AN_HOUR: Final = 0.5
"""Time under way that heart rates are moved to [h] (our choice)."""

OWN: Final = "own"

_APART: Final = 1e9
"""Longer than any recording [s]: runs one after the other on one line."""


@dataclass(frozen=True, eq=False)
class EqualEffort:
    """Stretches that were run off descents after the warm-up, arrays of one length.

    Attributes
    ----------
    row : numpy.ndarray of int
        Row of ``data.runs``.
    surface : numpy.ndarray of str
        As decided for the segment that the middle of the stretch lies in.
    duration, p_trail : numpy.ndarray
        [s], [1]
    reserve : numpy.ndarray
        Log of the heart rate above `REST`, as at half an hour into a run [1].
    level : mapping of str to numpy.ndarray
        Log of the level speed as the heart sees it, by each curve [1]; the first is the runner's
        own.
    gain, error : float
        How the one follows the other, and its standard error [1].
    followed : bool
        Whether heart rate follows speed at all.
    method : str
        By which curve speeds are levelled.
    """

    row: NDArray[np.int64]
    surface: NDArray[np.object_]
    duration: Floats
    p_trail: Floats
    reserve: Floats
    level: Mapping[str, Floats]
    gain: float
    error: float
    followed: bool
    method: str

    def heart_rate(self, curve: str, common: float) -> Floats:
        """Return the heart rate at one log level speed by a curve [bpm]."""
        away = self.reserve - self.gain * (self.level[curve] - common)
        return as_floats(REST + (REFERENCE - REST) * np.exp(away))


def equal_effort(data: Evidence, rows: Flags) -> EqualEffort:
    """Return the stretches of some runs with what their heart rates are compared at.

    Parameters
    ----------
    data : Evidence
    rows : numpy.ndarray of bool
        Which rows of ``data.runs`` count.
    """
    row, seen, offset = _stretches(data, rows)
    usual = population_even_ground()
    # Runs in turn, so that each part holds all seasons.
    part = np.unique(seen.run, return_inverse=True)[1] % FOLDS
    fit = EvenGroundFit.of(seen, usual, part)
    found = effort.heart_rate_gain(fit.road)
    gain, error = fit.gain()
    own, day, n_runs = _cross_fitted(seen, fit, part)
    footing = seen.footing
    published = {
        "race": effort.race_factor(footing.grade),
        "heart rate": effort.heart_rate_factor(footing.grade),
        "cost": effort.cost_factor(footing.grade),
    }
    factors = {OWN: own} | {k: np.log(v) for k, v in published.items()}
    log_speed = np.log(np.maximum(seen.speed, 0.1))
    level = {
        name: as_the_heart_sees(log_speed + factor, seen.run, seen.duration)
        for name, factor in factors.items()
    }
    kept = seen.counted() & (footing.grade >= STEEPEST_DESCENT)
    kept &= (footing.walking <= MOST_WALKED) & (seen.duration >= SHORTEST)
    method = (
        f"the runner's own curve, fitted to other runs ({n_runs} at least) than those it judges"
        if n_runs
        else "a population's curve"
    )
    return EqualEffort(
        row=row[kept],
        surface=_surfaces(data, row, offset + seen.duration / 2.0)[kept],
        duration=seen.duration[kept],
        p_trail=footing.p_trail[kept],
        reserve=(seen.reserve + gain * day)[kept],
        level={name: values[kept] for name, values in level.items()},
        gain=gain,
        error=error,
        followed=not found.high < LEAST_GAIN,
        method=method,
    )


def _stretches(
    data: Evidence, rows: Flags
) -> tuple[NDArray[np.int64], HeartRateStretches, Floats]:
    """Return the row of each stretch of some runs, the stretches, and the time from the start of
    the recording to each [s].
    """
    # In the order of the runs: an analysis comes after those that began before it.
    columns, row = data.stretches
    chosen = np.asarray(rows)[row] & (columns["speed"] > 0)
    s = {name: values[chosen] for name, values in columns.items()}
    row = row[chosen].astype(np.int64)
    footing = Footing(s["grade"], s["p_trail"], s["p_technical"], s["walking"])
    seen = HeartRateStretches(
        run=row,
        speed=s["speed"],
        heart_rate=s["heart_rate"],
        footing=footing,
        moving_before=s["moving_before"],
        descent_before=s["descent_before"],
        temperature=s["temperature"],
        duration=s["duration"],
    )
    return row, seen, s["start_offset"]


def _surfaces(
    data: Evidence, row: NDArray[np.int64], time: Floats
) -> NDArray[np.object_]:
    """Return the surface of the segment at a time of each run; unknown where there is none."""
    table = data.segments
    owner = table["row"].to_numpy()
    begin = owner * _APART + table["elapsed"].to_numpy()
    order = np.argsort(begin, kind="stable")
    at = np.searchsorted(begin[order], row * _APART + time, side="right") - 1
    unknown = np.full(len(row), Surface.UNKNOWN.value, dtype=object)
    if not len(table):
        return unknown
    segment = order[np.maximum(at, 0)]
    inside = (at >= 0) & (owner[segment] == row)
    surface = table["surface"].to_numpy(dtype=object)[segment]
    return np.where(inside, surface, unknown)


def _cross_fitted(
    seen: HeartRateStretches, fit: EvenGroundFit, part: Ints
) -> tuple[Floats, Floats, int]:
    """Return the log factor of the grade of each stretch and the log speed that the time under way
    takes from it, by the curve of other runs, and of how many runs at least.
    """
    factor = np.zeros(len(part))
    day = np.zeros(len(part))
    fewest = []
    columns = seen.footing.columns()[:, : len(GRADE_TERMS)]
    hours, _, warmth, early = seen.day_columns().T
    for one in np.unique(part):
        inside = part == one
        mean, runs = fit.terms_without(int(one))
        grades = mean[: len(GRADE_TERMS)]
        factor[inside] = -columns[inside] @ grades
        time = mean[TERMS.index("hours")] * (hours - HALF_AN_HOUR)
        start = mean[TERMS.index("early")] * early
        heat = mean[TERMS.index("warmth")] * warmth
        day[inside] = (time + start + heat)[inside]
        fewest.append(runs)
    return factor, day, min(fewest, default=0)
