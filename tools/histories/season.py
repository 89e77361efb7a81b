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

RISE, FALL = 6.0, 3.0
"""Weeks over which form comes before a race, and goes after it."""

FAR = 9
"""Weeks before a race from which on its trails are over, where they belong to the base phase."""

MONTH = 30.4 / 7.0
"""Weeks over which slow form fades to a third."""

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


def weeks_to_race(s: Scenario) -> Floats:
    """Return how many weeks lie before the next race from each week; infinite without one."""
    if not s.race_every:
        return np.full(s.weeks, np.inf)
    return np.asarray((s.race_every - 1.0) - np.arange(s.weeks) % s.race_every)


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
    if s.trail_from and wave is not None:
        # A start is a start: form follows it, so it isn't put off by chance.
        begin = slice(s.trail_from, s.trail_from + s.gain_weeks)
        wave[begin] = np.maximum(wave[begin], s.trail_share)
    if s.base_trails and wave is not None:
        far = weeks_to_race(s) >= FAR
        wave = np.where(far, np.minimum(wave + 0.2, 1.0), 0.05)
    volume = np.exp(_fade(rng, s.weeks, 0.4, 0.12))
    racing = weeks_to_race(s) == 0.0
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
            raced = bool(racing[w] and k == "long")
            off_road &= not raced
            week.append(w)
            day.append(7.0 * w + next(places[k]) + 0.05 * rng.uniform())
            kind.append("race" if raced else k)
            trail.append(off_road)
            seconds.append(t)
            on_trail += t * off_road
        share[w] = on_trail / times.sum()
    order = np.argsort(day)
    weeks = np.asarray(week, dtype=np.intp)[order]
    on_trail_all = np.asarray(trail)[order]
    p_trail = _probability(s, on_trail_all, rng)
    fitness = _fitness(s, share, weeks, np.asarray(seconds)[order], rng)[weeks]
    kept = _kept(s, weeks, rng)
    return Plan(
        weeks[kept],
        np.asarray(day)[order][kept],
        np.asarray(kind)[order][kept],
        on_trail_all[kept],
        p_trail[kept],
        np.select(
            [p_trail >= TOLD, p_trail <= 1.0 - TOLD], ["trail", "road"], "unknown"
        )[kept],
        np.asarray(seconds)[order][kept],
        fitness[kept],
    )


def _kept(s: Scenario, week: NDArray[np.intp], rng: np.random.Generator) -> Flags:
    """Return which runs the archive holds."""
    if not s.missing:
        return np.ones(len(week), dtype=bool)
    single = rng.uniform(size=len(week)) < s.missing / 2.0
    block = rng.uniform(size=s.weeks // 4 + 1) < s.missing / 2.0
    return np.asarray(~single & ~block[week // 4])


def _probability(s: Scenario, trail: Flags, rng: np.random.Generator) -> Floats:
    """Return each run's probability of trail: among runs with the same one, so many are on
    trail.
    """
    share = float(trail.mean())
    if s.mistaken:
        wrong = rng.uniform(size=len(trail)) < s.mistaken
        return np.where(trail ^ wrong, 0.98, 0.02)
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
    if s.peak:
        left = weeks_to_race(s)
        after = (clock + 1.0) % s.race_every
        form = np.maximum(1.0 - left / RISE, 0.0)
        gone = np.where(clock + 1 >= s.race_every, 1.0 - after / FALL, 0.0)
        level = level + s.peak * np.maximum(form, gone)
    if s.slump:
        since = clock - s.trail_from
        down = np.clip(1.0 + since / 10.0, 0.0, 1.0) * (since < 0)
        back = np.clip(1.0 - since / 10.0, 0.0, 1.0) * (since >= 0)
        level = level - s.slump * (down + back)
    # From a stream of its own, so that a runner with slow form is otherwise the same.
    own = rng.spawn(1)[0]
    slow = _fade(own, s.weeks, float(np.exp(-1.0 / MONTH)), s.slow_form)
    return 1.0 + level + slow + _fade(rng, s.weeks, 0.5, 0.008)
