"""The season of one simulated runner: which run on which day, on which ground, how long, and how
fit he is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter
from scipy.special import expit

from trailstats.arrays import Flags, Floats

from .runner import risen
from .scenario import Scenario

TOLD = 0.7
"""Probability from which on the ground of a run counts as told."""


@dataclass(frozen=True, eq=False)
class Plan:
    """When what is run: one entry for each run."""

    week: NDArray[np.intp]
    day: Floats
    kind: NDArray[np.str_]
    trail: Flags
    p_trail: Floats
    surface: NDArray[np.str_]
    seconds: Floats
    fitness: Floats


def _fade(
    rng: np.random.Generator, count: int, correlation: float, deviation: float
) -> Floats:
    """Return a first-order autoregressive series."""
    noise = (
        rng.standard_normal(count + 50)
        * deviation
        * np.sqrt(1.0 - correlation**2)
    )
    return np.asarray(
        lfilter([1.0], [1.0, -correlation], noise)[50:], dtype=np.float64
    )


def season_plan(s: Scenario, rng: np.random.Generator) -> Plan:
    """Return what the runner does: how many runs of which kind, on which ground, how long, how
    fit.
    """
    kinds = ["easy"] * s.easy + ["long"] * s.long + ["hard"] * s.hard
    slots = {"hard": [1.75, 4.75], "easy": [2.75, 4.7, 0.75], "long": [6.35]}
    wave = (
        np.clip(s.trail_share + _fade(rng, s.weeks, 0.85, 0.2), 0.0, 1.0)
        if s.group != "power"
        else None
    )
    volume = np.exp(_fade(rng, s.weeks, 0.4, 0.12))
    sick = rng.uniform(size=s.weeks) < 0.03
    week, day, kind, trail, seconds, share = [], [], [], [], [], np.zeros(s.weeks)
    fair = (
        rng.permutation(np.arange(s.weeks * s.easy) % 2 == 0)
        if s.group == "power"
        else None
    )
    count = 0
    for w in range(s.weeks):
        before = share[max(w - 4, 0) : w].mean() if w else 0.0
        target = (
            0.0
            if w < s.trail_from
            else s.trail_share
            if wave is None
            else float(wave[w])
        )
        rise = s.volume_with_trail * (
            float(w >= s.trail_from) if s.trail_from else target
        )
        hours = (
            3.6 * (len(kinds) / 4.0) * (1.0 + rise) + s.volume_per_share * before
        ) * volume[w]
        if sick[w] and s.group != "power":
            continue
        weights = np.array(
            [1.0 if k == "easy" else 1.5 if k == "long" else 1.1 for k in kinds]
        )
        times = (
            hours
            * 3600.0
            * weights
            / weights.sum()
            * np.exp(0.08 * rng.standard_normal(len(kinds)))
        )
        places = {k: iter(v) for k, v in slots.items()}
        on_trail = 0.0
        for k, t in zip(kinds, times.tolist(), strict=True):
            if fair is not None:
                off_road = bool(k == "easy" and fair[count])
                count += k == "easy"
            else:
                off_road = bool(k != "hard" and rng.uniform() < target)
            week.append(w)
            day.append(7.0 * w + next(places[k]) + 0.05 * rng.uniform())
            kind.append(k)
            trail.append(off_road)
            seconds.append(t)
            on_trail += t * off_road
        share[w] = on_trail / times.sum()
    order = np.argsort(day)
    weeks = np.asarray(week, dtype=np.intp)[order]
    on_trail_all = np.asarray(trail)[order]
    p_trail = _probability(s, on_trail_all, rng)
    return Plan(
        weeks,
        np.asarray(day)[order],
        np.asarray(kind)[order],
        on_trail_all,
        p_trail,
        np.select(
            [p_trail >= TOLD, p_trail <= 1.0 - TOLD], ["trail", "road"], "unknown"
        ),
        np.asarray(seconds)[order],
        _fitness(s, share, weeks, np.asarray(seconds)[order], rng)[weeks],
    )


def _probability(s: Scenario, trail: Flags, rng: np.random.Generator) -> Floats:
    """Return each run's probability of trail: among runs with the same one, so many are on
    trail.
    """
    share = float(trail.mean())
    if not s.certainty or not 0.0 < share < 1.0:
        return trail.astype(np.float64)
    # The logarithm of the likelihood ratio of two normal distributions so far apart.
    told = s.certainty * (
        np.where(trail, 0.5, -0.5) * s.certainty + rng.standard_normal(len(trail))
    )
    return np.asarray(
        expit(np.log(share / (1.0 - share)) + told), dtype=np.float64
    )


def _fitness(
    s: Scenario,
    share: Floats,
    week: NDArray[np.intp],
    seconds: Floats,
    rng: np.random.Generator,
) -> Floats:
    """Return each week's speed at a given heart rate, relative to the first."""
    clock = np.arange(s.weeks)
    hours = np.bincount(week, weights=seconds, minlength=s.weeks) / 3600.0
    before = np.append(hours[:6].mean(), hours[:-1])
    keep = np.exp(-1.0 / 6.0)
    chronic, _ = lfilter(
        [1.0 - keep], [1.0, -keep], before, zi=[keep * before[0]]
    )
    if s.trail_from:
        trails = risen(clock - s.trail_from + 0.5, s.gain_weeks)
    else:
        trails = np.array(
            [
                share[max(w - s.gain_weeks, 0) : w].mean() if w else 0.0
                for w in clock
            ]
        )
    level = (
        s.gain * trails
        + s.trend * clock / 52.0
        + s.fitness_from_volume * np.log(chronic / chronic[0])
    )
    return 1.0 + level + _fade(rng, s.weeks, 0.5, 0.008)
