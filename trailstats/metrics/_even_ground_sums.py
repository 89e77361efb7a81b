"""The normal equations of a runner's terms, over pieces of some thousand stretches each.

A piece stays near the processor while it is weighted and summed up, holds whole runs of one part,
and doesn't depend on what is fitted: fits to other parts of the runs, or with another gain, take
the same pieces.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trailstats.arrays import Flags, Floats, Ints, as_floats, divide_by_positive

BEFORE: Final = 0.08
"""Standard deviations of noise and of a run's level at the start of the fit."""

MODEL_RUNS: Final = 10
"""Runs for which the model's own idea of how unlike runs are counts beside what is seen
(our choice).
"""

ROUNDS: Final = 4

_SIZE: Final = 2048
"""Stretches from which a piece is full: some 300 kB (our choice)."""


class Sums(NamedTuple):
    """Weighted sums over stretches.

    Attributes
    ----------
    products : numpy.ndarray, shape (k, k)
        Of the rows of the pieces with each other.
    by_run : numpy.ndarray, shape (k, runs)
        Of the rows over each run; those of the first row are the sums of the weights.
    """

    products: Floats
    by_run: Floats


class _Left(NamedTuple):
    """What a fit leaves of a piece: the run's levels, sums of squares and of products of stretches
    that follow each other, how many there are of either, and the next weights.
    """

    level: Floats
    squares: float
    together: float
    stretches: int
    pairs: int
    weight: Floats


@dataclass(frozen=True, eq=False)
class Piece:
    """Stretches of some runs of one part.

    Attributes
    ----------
    part : int
    rows : numpy.ndarray, shape (k, n)
        One, what the terms are multiplied by, log speed and log reserve of heart rate.
    starts : numpy.ndarray of int
        Where each run begins.
    """

    part: int
    rows: Floats
    starts: Ints

    @classmethod
    def of(cls, part: int, rows: Floats, run: Ints) -> Piece:
        """Return stretches as a piece, given the number of the run of each, not falling."""
        return cls(part, rows, np.flatnonzero(np.diff(run, prepend=-1)))

    @property
    def count(self) -> int:
        """Stretches."""
        return int(self.rows.shape[1])

    @cached_property
    def _lengths(self) -> Ints:
        return np.diff(self.starts, append=self.count)

    @cached_property
    def unweighted(self) -> Sums:
        """Sums with a weight of one, the same for all fits."""
        return self.sums(np.ones(self.count))

    def sums(self, weight: Floats) -> Sums:
        """Return the sums with the squares of weights."""
        weighted = weight**2 * self.rows
        by_run = np.add.reduceat(weighted, self.starts, axis=1)
        return Sums(weighted @ self.rows.T, by_run)

    def left(self, away: Floats, weight: Floats) -> _Left:
        """Return what is left of a fit.

        Parameters
        ----------
        away : numpy.ndarray, shape (k,)
            What the rows are multiplied by, which gives what is left of the heart rate.
        weight : numpy.ndarray, shape (n,)
        """
        left = away @ self.rows
        power = weight**2
        level = divide_by_positive(
            np.add.reduceat(left * power, self.starts),
            np.add.reduceat(power, self.starts),
        )
        off = left - np.repeat(level, self._lengths)
        seen = weight * off
        beside = seen[1:] * seen[:-1]
        beside[self.starts[1:] - 1] = 0.0
        fitted = self.rows[-1] - off
        return _Left(
            level,
            float(seen @ seen),
            float(beside.sum()),
            self.count,
            self.count - len(self.starts),
            np.clip(np.exp(fitted), 0.2, 2.0),
        )

    def asked(self, away: Floats, level: Floats, weight: Floats) -> Floats:
        """Return the sums over each run of the rows times what is left beside the run's level,
        shape (k, runs).
        """
        off = away @ self.rows - np.repeat(level, self._lengths)
        weighted = weight**2 * off * self.rows
        return as_floats(np.add.reduceat(weighted, self.starts, axis=1))


def places_of_pieces(run: Ints, where: Flags) -> Iterator[NDArray[np.intp]]:
    """Yield the places of some runs at a time, of those that are chosen.

    Parameters
    ----------
    run : numpy.ndarray of int, shape (n,)
        Number of the run, not falling.
    where : numpy.ndarray of bool, shape (n,)
        Which runs, as wholes.
    """
    place = np.flatnonzero(where)
    starts = np.flatnonzero(np.diff(run[place], prepend=-1))
    # A piece ends with the run in which it is full.
    full = np.unique(starts // _SIZE, return_index=True)[1]
    yield from np.split(place, starts[full[1:]])


def posterior(
    pieces: Sequence[Piece], gain: float, prior: Floats, start: Floats
) -> Posterior:
    """Return the terms for a gain.

    Heart rate errs by as many beats at any effort, so its log counts by its height. Stretches that
    follow each other err alike: together they count for fewer.

    Parameters
    ----------
    pieces : sequence of Piece
    gain : float
    prior : numpy.ndarray, shape (k - 2, k - 2)
        Information on the run's level and the terms before.
    start : numpy.ndarray, shape (k - 2,)
        That times their mean.
    """
    lift = _lift(prior.shape[0], gain)
    sums = [piece.unweighted for piece in pieces]
    weights = [np.ones(piece.count) for piece in pieces]
    noise = spread = BEFORE
    for number in range(ROUNDS):
        whole = _Whole.of(sums, noise, spread)
        found = lift @ whole.products @ lift.T
        information = found[:-1, :-1]
        inverse = as_floats(np.linalg.inv(information + prior))
        mean = inverse @ (found[:-1, -1] + start)
        away = np.append(-mean, 1.0) @ lift
        if number == ROUNDS - 1:
            break
        left = [p.left(away, w) for p, w in zip(pieces, weights, strict=True)]
        noise = _noise(left)
        level = np.concatenate([one.level for one in left])
        spread = float(np.clip(np.std(level), 0.02, 0.5))
        weights = [one.weight for one in left]
        sums = [p.sums(w) for p, w in zip(pieces, weights, strict=True)]
    return Posterior(pieces, weights, whole, lift, away, inverse, prior, mean)


@dataclass(frozen=True, eq=False)
class Posterior:
    """The run's level and the terms for one gain, with what their covariance follows from."""

    pieces: Sequence[Piece]
    weights: Sequence[Floats]
    whole: _Whole
    lift: Floats
    away: Floats
    inverse: Floats
    prior: Floats
    level_and_terms: Floats

    @property
    def mean(self) -> Floats:
        """Mean of the terms."""
        return self.level_and_terms[1:]

    @property
    def covariance(self) -> Floats:
        """Covariance of the terms, from how far what each run asks for differs from run to run
        [LiangZeger1986]_, with that of the model where runs are few.
        """
        own = self.lift[:-1]
        power = self.whole.noise**-2
        level = self.whole.shrunk * power * (self.away @ self.whole.by_run)
        edges = np.cumsum([len(piece.starts) for piece in self.pieces])[:-1]
        asked = [
            own @ piece.asked(self.away, part, weight)
            for piece, part, weight in zip(
                self.pieces, np.split(level, edges), self.weights, strict=True
            )
        ]
        of_runs = power * np.concatenate(asked, axis=1)
        count = of_runs.shape[1]
        information = own @ self.whole.products @ own.T
        model = MODEL_RUNS / count * information
        share = count / (count + MODEL_RUNS)
        seen = share * (of_runs @ of_runs.T * count / (count - 1) + model)
        covariance = self.inverse @ (seen + self.prior) @ self.inverse
        return as_floats(covariance[1:, 1:])


@dataclass(frozen=True, eq=False)
class _Whole:
    """Sums over all pieces with each run's level integrated out."""

    products: Floats
    by_run: Floats
    shrunk: Floats
    noise: float

    @classmethod
    def of(cls, sums: Sequence[Sums], noise: float, spread: float) -> _Whole:
        by_run = np.concatenate([one.by_run for one in sums], axis=1)
        power = noise**-2
        shrunk = 1.0 / (spread**-2 + power * by_run[0])
        products = power * np.sum([one.products for one in sums], axis=0)
        products -= (power**2 * shrunk * by_run) @ by_run.T
        return cls(products, by_run, shrunk, noise)


def _lift(count: int, gain: float) -> Floats:
    """Return what turns the rows of a piece into those of the fit: the run's level, the terms, and
    the log reserve less what the speed makes of it.
    """
    lift = np.zeros((count + 1, count + 2))
    lift[0, 0] = lift[-1, -1] = 1.0
    terms = np.arange(1, count)
    lift[terms, terms] = lift[-1, -2] = -gain
    return lift


def _noise(left: Sequence[_Left]) -> float:
    """Return the standard deviation of a stretch that stands for itself alone."""
    power = sum(one.squares for one in left) / sum(one.stretches for one in left)
    pairs = sum(one.pairs for one in left)
    together = sum(one.together for one in left) / pairs if pairs else 0.0
    alike = min(max(together / max(power, 1e-12), 0.0), 0.95)
    return max(float(np.sqrt(power * (1.0 + alike) / (1.0 - alike))), 0.02)
