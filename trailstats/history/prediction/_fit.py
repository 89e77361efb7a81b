"""The fit of one runner's terms: a linear mixed model of log speed, shrunk to a population.

A stretch's log speed is the runner's level, plus terms, plus what the day was like, plus an error
that is alike in stretches that follow each other. The day is a random intercept and the error an
autoregression of first order; the terms have a normal prior. With these the posterior is normal and
follows from sums over the stretches in closed form.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trailstats.arrays import WIDTH_95, Floats, Ints, as_floats


@dataclass(frozen=True)
class Noise:
    """What the terms don't explain, in log speed.

    Attributes
    ----------
    spread : float
        Standard deviation of a stretch within its run.
    correlation : float
        Between a stretch and the next.
    between : float
        Standard deviation of a run's intercept.
    """

    spread: float = 0.16
    correlation: float = 0.6
    between: float = 0.10


@dataclass(frozen=True, eq=False)
class Prior:
    """What terms are before a runner's stretches are seen: independent normals.

    Attributes
    ----------
    names : tuple of str
    mean, spread : numpy.ndarray, shape (k,)
    """

    names: tuple[str, ...]
    mean: Floats
    spread: Floats

    def of(self, names: tuple[str, ...]) -> Prior:
        """Return the prior of some of the terms."""
        at = [self.names.index(name) for name in names]
        return Prior(names, self.mean[at], self.spread[at])


@dataclass(frozen=True, eq=False)
class Stretches:
    """Stretches of runs, one run after the other.

    Attributes
    ----------
    log_speed : numpy.ndarray, shape (n,)
    columns : numpy.ndarray, shape (n, k)
        Of the terms.
    run : numpy.ndarray of int, shape (n,)
        Number of the run, not falling.
    """

    log_speed: Floats
    columns: Floats
    run: Ints


@dataclass(frozen=True, eq=False)
class Terms:
    """The posterior of one runner's terms.

    Attributes
    ----------
    names : tuple of str
    level : float
        Log speed where all terms are 0.
    mean : numpy.ndarray, shape (k,)
    covariance : numpy.ndarray, shape (k, k)
    noise : Noise
    """

    names: tuple[str, ...]
    level: float
    mean: Floats
    covariance: Floats
    noise: Noise

    def interval(self, name: str, width: float = WIDTH_95) -> tuple[float, ...]:
        """Return the value of a term, and its bounds; the default width gives 95 %."""
        at = self.names.index(name)
        half = width * float(np.sqrt(self.covariance[at, at]))
        value = float(self.mean[at])
        return value, value - half, value + half

    def log_speed(self, columns: Floats) -> Floats:
        """Return the log speed that columns lead to."""
        return as_floats(self.level + columns @ self.mean)


def fit_terms(
    stretches: Stretches, prior: Prior, noise: Noise | None = None
) -> Terms:
    """Return the posterior of a runner's terms.

    Parameters
    ----------
    stretches : Stretches
        At least one.
    prior : Prior
    noise : Noise, optional
        By default found from the residuals of a first fit.
    """
    if noise is not None:
        return _posterior(stretches, prior, noise)
    first = _posterior(stretches, prior, Noise())
    left = stretches.log_speed - first.log_speed(stretches.columns)
    return _posterior(stretches, prior, noise_of(left, stretches.run))


def noise_of(residual: Floats, run: Ints) -> Noise:
    """Return the noise by the moments of residuals, between bounds; the default where there are
    too few.
    """
    usual = Noise()
    if len(residual) < 100:
        return usual
    count = np.bincount(run)
    mean = np.bincount(run, residual) / np.maximum(count, 1)
    inside = residual - mean[run]
    spread = float(np.sqrt(np.mean(inside**2)))
    same = run[1:] == run[:-1]
    together = float(np.mean(inside[1:][same] * inside[:-1][same]))
    correlation = together / max(spread**2, 1e-12)
    used = mean[count > 0]
    # What a mean of so many stretches that are alike varies by comes off.
    alike = (1.0 + correlation) / (1.0 - min(correlation, 0.95))
    chance = spread**2 * alike / np.mean(count[count > 0])
    between = np.sqrt(max(float(np.var(used)) - float(chance), 0.0))
    if len(used) < 5:
        return replace(usual, spread=spread)
    return Noise(
        spread=max(spread, 0.02),
        correlation=float(np.clip(correlation, 0.0, 0.9)),
        between=float(np.clip(between, 0.02, 0.4)),
    )


def equations(stretches: Stretches, noise: Noise) -> tuple[Floats, Floats]:
    """Return the normal equations of level and terms, weighted by the noise.

    Returns
    -------
    matrix : numpy.ndarray, shape (1 + k, 1 + k)
    vector : numpy.ndarray, shape (1 + k,)
    """
    run = stretches.run
    ones = np.ones((len(run), 1))
    table = np.hstack([ones, stretches.columns, stretches.log_speed[:, None]])
    begins = np.append(True, run[1:] != run[:-1])
    rho = noise.correlation
    # Differences that leave independent errors of one variance [PraisWinsten1954]_.
    white = table.copy()
    white[1:] -= rho * table[:-1]
    white[begins] = np.sqrt(1.0 - rho**2) * table[begins]
    white /= noise.spread * np.sqrt(1.0 - rho**2)
    weight = white[:, 0].copy()
    starts = np.flatnonzero(begins)
    sums = np.add.reduceat(weight[:, None] * white, starts, axis=0)
    # The day's intercept is integrated out, run by run.
    shrunk = 1.0 / (noise.between**-2 + sums[:, 0])
    whole = white.T @ white - (sums * shrunk[:, None]).T @ sums
    return whole[:-1, :-1], whole[:-1, -1]


def _posterior(stretches: Stretches, prior: Prior, noise: Noise) -> Terms:
    matrix, vector = equations(stretches, noise)
    precision = prior.spread**-2
    matrix[np.diag_indices_from(matrix)] += np.append(1e-9, precision)
    vector[1:] += precision * prior.mean
    covariance = as_floats(np.linalg.inv(matrix))
    found = covariance @ vector
    return Terms(
        prior.names, float(found[0]), found[1:], covariance[1:, 1:], noise
    )
