"""What earlier runs say of the next beyond the terms: recent ones, and those over similar courses.

The log ratio of the time that a run took to the time by the terms is a Gaussian process over runs:
a level, a form that drifts, what courses alike have in common (a habit of hiking, a known way), a
device, and what is left.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trailstats.arrays import Floats, Ints, as_floats


@dataclass(frozen=True)
class CarryRules:
    """How runs are alike; every value is our choice, made on athletes left out.

    Attributes
    ----------
    level, form, alike, device : float
        Standard deviation of the log ratio by each part [1].
    rest, rest_trail : float
        That of what is left, on road and what comes to it on trail [1].
    days : float
        Time in which form is forgotten to 1/e [d].
    length, climb, trail, heart_rate : float
        Differences at which runs are no longer alike: of log distance [1], of ascent [m/km], of the
        share of trail [1], of the log reserve of the heart rate [1].
    lines : tuple of float
        Standard deviation of the slope of the log ratio over each of these, in the same units.
    outlier : float
        A log ratio farther from the median counts as this far.
    most : int
        Runs that are looked at, the latest.
    """

    level: float = 0.30
    form: float = 0.06
    alike: float = 0.10
    device: float = 0.02
    rest: float = 0.07
    rest_trail: float = 0.12
    days: float = 60.0
    length: float = 0.35
    climb: float = 12.0
    trail: float = 0.25
    heart_rate: float = 0.35
    lines: tuple[float, ...] = (0.02, 0.08, 0.06, 0.03)
    outlier: float = 0.6
    most: int = 1000


@dataclass(frozen=True, eq=False)
class RunFacts:
    """What runs are compared by, arrays of one length.

    Attributes
    ----------
    day : numpy.ndarray
        Time of the start [d].
    distance, ascent : numpy.ndarray
        [m]
    trail : numpy.ndarray
        Mean probability of trail [1].
    device : numpy.ndarray of int
        Number of the device; -1 where unknown.
    reserve : numpy.ndarray
        Log reserve of the mean heart rate [1]; 0 where it isn't used.
    """

    day: Floats
    distance: Floats
    ascent: Floats
    trail: Floats
    device: Ints
    reserve: Floats

    def take(self, rows: Ints | slice) -> RunFacts:
        """Return some of the runs."""
        return RunFacts(
            self.day[rows],
            self.distance[rows],
            self.ascent[rows],
            self.trail[rows],
            self.device[rows],
            self.reserve[rows],
        )

    def without_ground(self) -> RunFacts:
        """Return the runs as if their ground were not known."""
        return replace(self, trail=np.full(len(self.day), 0.5))

    def courses(self, rules: CarryRules) -> Floats:
        """Return what makes courses alike, each in units of its own, shape (n, 4)."""
        climb = 1000.0 * self.ascent / np.maximum(self.distance, 1.0)
        return np.stack(
            [
                np.log(np.maximum(self.distance, 100.0)) / rules.length,
                np.minimum(climb, 120.0) / rules.climb,
                self.trail / rules.trail,
                self.reserve / rules.heart_rate,
            ],
            axis=-1,
        )

    def lines(self, middle: Floats, rules: CarryRules) -> Floats:
        """Return what the level and the lines over what makes courses alike add, so that the
        product with another's is a covariance, shape (n, 5).
        """
        along = (self.courses(rules) - middle) * np.array(rules.lines)
        return np.column_stack([np.full(len(along), rules.level), along])

    def own(self, rules: CarryRules) -> Floats:
        """Return the variance that each run has of its own."""
        return as_floats(rules.rest**2 + (rules.rest_trail * self.trail) ** 2)


def likeness(one: RunFacts, other: RunFacts, rules: CarryRules) -> Floats:
    """Return the covariance of the log ratios of runs, without level, lines and what each has of
    its own.
    """
    apart = np.abs(one.day[:, None] - other.day[None])
    here, there = one.courses(rules), other.courses(rules)
    far = as_floats(
        np.sum(here**2, axis=1)[:, None]
        + np.sum(there**2, axis=1)[None]
        - 2.0 * here @ there.T
    )
    same = (one.device[:, None] == other.device[None]) & (other.device >= 0)
    return as_floats(
        rules.form**2 * np.exp(-apart / rules.days)
        + rules.alike**2 * np.exp(-0.5 * np.maximum(far, 0.0))
        + rules.device**2 * same
    )


def carry(
    ratio: Floats, before: RunFacts, to: RunFacts, rules: CarryRules
) -> tuple[Floats, Floats]:
    """Return the expected log ratio of further runs and its standard deviation.

    Parameters
    ----------
    ratio : numpy.ndarray, shape (n,)
        Log of the time taken over the time by the terms, of earlier runs.
    before : RunFacts
        Those runs.
    to : RunFacts, of m runs
    rules : CarryRules

    Returns
    -------
    mean, spread : numpy.ndarray, shape (m,)
    """
    latest = np.argsort(before.day)[-rules.most :]
    before, ratio = before.take(latest), ratio[latest]
    middle = np.median(ratio) if len(ratio) else 0.0
    held = np.clip(ratio, middle - rules.outlier, middle + rules.outlier)
    middle = before.courses(rules).mean(axis=0)
    among = _covariance(before, rules)
    lines, further = (runs.lines(middle, rules) for runs in (before, to))
    between = likeness(before, to, rules) + lines @ further.T
    weight = np.linalg.solve(among, between)
    alone = rules.form**2 + rules.alike**2 + to.own(rules)
    alone += np.sum(further**2, axis=1)
    alone += rules.device**2 * (to.device >= 0)
    variance = alone - np.sum(between * weight, axis=0)
    return weight.T @ held, np.sqrt(np.maximum(variance, 1e-6))


def _covariance(runs: RunFacts, rules: CarryRules) -> Floats:
    lines = runs.lines(runs.courses(rules).mean(axis=0), rules)
    among = likeness(runs, runs, rules) + lines @ lines.T
    among[np.diag_indices_from(among)] += runs.own(rules)
    return among


def left_out(ratio: Floats, facts: RunFacts, rules: CarryRules) -> Floats:
    """Return the log ratio of each run less what the others say it should be.

    In closed form, of the inverse of the covariance [RasmussenWilliams2006]_, eq. 5.12.
    """
    among = _covariance(facts, rules)
    inverse = np.linalg.inv(among)
    return as_floats((inverse @ ratio) / np.diag(inverse))
