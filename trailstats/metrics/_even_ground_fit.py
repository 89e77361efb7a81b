"""One runner's terms of even-ground speed: a mixed model of heart rate over stretches of runs.

The heart rate is what follows, late and with an error of its own, so it stands on the left: fitted
the other way, the error of the heart rate would make every slope too flat. Its log above `REST` is
the level of the run, plus a gain times the log of the even-ground speed, plus drift. The gain is
found on level road, with the speed of the stretches beside each one as instrument
[AngristKrueger2001]_: the error of a speed is none of its neighbours'.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trailstats.arrays import (
    WIDTH_95,
    Flags,
    Floats,
    Ints,
    as_floats,
)
from trailstats.metrics._even_ground import (
    Estimate,
    EvenGroundCurve,
    Footing,
    population_even_ground,
)
from trailstats.metrics._even_ground_sums import (
    Piece,
    Posterior,
    places_of_pieces,
    posterior,
)
from trailstats.metrics.sampling import WARM_UP

REST: Final = 60.0
"""Heart rate that effort is counted from [bpm] (our choice: one value for all, as few profiles
state a resting heart rate).
"""

REFERENCE: Final = 145.0
"""Heart rate at which its log above `REST` is 0 [bpm] (our choice)."""

COMFORTABLE: Final = 15.0
"""Temperature above which warmth counts, at the wrist [degC] (our choice; cool races are the
fastest at about 10 in the air, and a wrist warms the sensor).
"""

FEWEST_RUNS: Final = 10
"""Runs with a heart rate from which the terms are a runner's own (our choice)."""

FEWEST_STRETCHES: Final = 8
"""Stretches after the warm-up that make a run count (our choice: six minutes)."""

_KEPT: Final = 0.35
"""Part of the effort of the stretch before that the heart rate of one of 45 s, taken 30 s later,
still shows (our choice, of 0 to 0.65 tried on eight runners: it leaves the least unexplained).
"""

_USUAL: Final = 45.0
"""Duration of a stretch [s]."""

_LAG: Final = 35.0
"""Time constant with which the heart rate follows the effort [s] (our choice): longer stretches
show less of those before.
"""

_STEPS_BACK: Final = 6
"""Stretches that the heart looks back on: 0.35^6 is 0.2 %."""

_LEVEL: Final = 0.03
"""Grade up to which a road is level for the gain (our choice)."""

_GAIN_FLOOR: Final = 0.05
"""Standard error that a gain has at least (our choice): the lag makes it that much too small on
simulated runners.
"""

NO_PART: Final = -1
"""Of no run: nothing is left out."""

_LEAST_RESERVE, _MOST_RESERVE = 15.0, 160.0


@dataclass(frozen=True, eq=False)
class HeartRateStretches:
    """Stretches of runs, one run after the other, of about 45 s each or longer.

    Attributes
    ----------
    run : numpy.ndarray of int, shape (n,)
        Number of the run, not falling.
    speed : numpy.ndarray, shape (n,)
        [m/s] Positive.
    heart_rate : numpy.ndarray, shape (n,)
        Taken 30 s later. [bpm] NaN where not recorded.
    footing : Footing
    moving_before, descent_before : numpy.ndarray, shape (n,)
        Moving time and descent of the run before. [s], [m]
    temperature : numpy.ndarray, shape (n,)
        [degC] NaN where not recorded.
    duration : numpy.ndarray, shape (n,)
        [s]
    """

    run: Ints
    speed: Floats
    heart_rate: Floats
    footing: Footing
    moving_before: Floats
    descent_before: Floats
    temperature: Floats
    duration: Floats

    def where(self, kept: Flags | NDArray[np.intp]) -> HeartRateStretches:
        """Take some of the stretches.

        Parameters
        ----------
        kept : numpy.ndarray, shape (n,) of bool, or of places
            Which ones. [1]

        Returns
        -------
        HeartRateStretches
            Of the same runs, with their numbers as before.

        Examples
        --------
        >>> import numpy as np
        >>> from trailstats.metrics import effort
        >>> zeros = np.zeros(2)
        >>> two = effort.HeartRateStretches(
        ...     np.array([0, 1]), zeros + 3.0, zeros, effort.Footing.of(zeros), *[zeros] * 4
        ... )
        >>> two.where(two.run == 1).run
        array([1])
        """
        f = self.footing
        return HeartRateStretches(
            self.run[kept],
            self.speed[kept],
            self.heart_rate[kept],
            Footing(
                f.grade[kept],
                f.p_trail[kept],
                f.p_technical[kept],
                f.walking[kept],
            ),
            self.moving_before[kept],
            self.descent_before[kept],
            self.temperature[kept],
            self.duration[kept],
        )

    @cached_property
    def reserve(self) -> Floats:
        """Log of the heart rate above `REST` over that of `REFERENCE`; NaN where unknown."""
        return log_reserve(self.heart_rate)

    def counted(self) -> Flags:
        """Find the stretches that are fitted.

        Returns
        -------
        numpy.ndarray of bool, shape (n,)
            Those after the first ten minutes with a heart rate, a grade and a speed, of runs with
            eight of them.

        References
        ----------
        [Judgement]_

        Examples
        --------
        >>> import numpy as np
        >>> from trailstats.metrics import effort
        >>> zeros = np.zeros(1)
        >>> one = effort.HeartRateStretches(
        ...     np.array([0]), zeros + 3.0, zeros, effort.Footing.of(zeros), *[zeros] * 4
        ... )
        >>> one.counted().any()
        np.False_
        """
        return self._counted

    @cached_property
    def _counted(self) -> Flags:
        kept = np.isfinite(self.heart_rate) & (self.moving_before >= WARM_UP)
        kept &= np.isfinite(self.footing.grade) & (self.speed > 0)
        if not kept.any():
            return kept
        enough = np.bincount(self.run[kept], minlength=int(self.run.max()) + 1)
        return np.asarray(kept & (enough[self.run] >= FEWEST_STRETCHES))

    def day_columns(self) -> Floats:
        """Compute what the terms of the day are multiplied by.

        Returns
        -------
        numpy.ndarray, shape (n, 4)
            Time under way, descent behind, warmth, and how early in the run it is. [h, km, 1, 1]
            A temperature that is not known counts as cool.

        References
        ----------
        [Judgement]_

        Examples
        --------
        >>> import numpy as np
        >>> from trailstats.metrics import effort
        >>> hour = np.full(1, 3600.0)
        >>> one = effort.HeartRateStretches(
        ...     np.array([0]), hour, hour, effort.Footing.of(0.0 * hour), hour, hour, hour, hour
        ... )
        >>> one.day_columns()[0, :2]
        array([1. , 3.6])
        """
        return self._day_columns

    @cached_property
    def _day_columns(self) -> Floats:
        warm = np.nan_to_num(self.temperature - COMFORTABLE) / 10.0
        columns = (
            np.minimum(self.moving_before / 3600.0, 12.0),
            np.minimum(np.nan_to_num(self.descent_before) / 1000.0, 5.0),
            np.clip(warm, 0.0, 2.5),
            np.exp(-np.maximum(self.moving_before - WARM_UP, 0.0) / WARM_UP),
        )
        return np.stack(columns).T


def log_reserve(heart_rate: Floats) -> Floats:
    """Return the log of the heart rate above `REST`, over that of `REFERENCE`: where the power is
    low, a beat is worth more of it. NaN where unknown.
    """
    above = np.clip(as_floats(heart_rate) - REST, _LEAST_RESERVE, _MOST_RESERVE)
    return as_floats(np.log(above / (REFERENCE - REST)))


def as_the_heart_sees(values: Floats, run: Ints, duration: Floats) -> Floats:
    """Return values mixed with those of the stretches before in the same run, as the heart rate
    shows them.

    Parameters
    ----------
    values : numpy.ndarray, shape (n,) or (n, k)
    run : numpy.ndarray of int, shape (n,)
    duration : numpy.ndarray, shape (n,)
        [s]
    """
    kept = _KEPT * _left(duration) / _left(np.array(_USUAL))
    kept[:1] = 0.0
    kept[1:][run[1:] != run[:-1]] = 0.0
    shape = (-1,) + (1,) * (values.ndim - 1)
    total = as_floats((1.0 - kept).reshape(shape) * values)
    chain = kept.copy()
    for back in range(1, min(_STEPS_BACK, len(run) - 1) + 1):
        part = chain[back:] * (1.0 - kept[:-back])
        total[back:] += part.reshape(shape) * values[:-back]
        chain[back:] *= kept[:-back]
        chain[:back] = 0.0
    return total


def _left(duration: Floats) -> Floats:
    """Return the mean over a stretch of what is left of the effort before it."""
    time = np.maximum(duration, 1.0) / _LAG
    return as_floats((1.0 - np.exp(-time)) / time)


def heart_rate_gain(
    stretches: HeartRateStretches | LevelRoad,
    curve: EvenGroundCurve | None = None,
    *,
    without: int = NO_PART,
) -> Estimate:
    """Estimate how the log of the heart rate above `REST` follows the log of the speed on level
    road, within runs.

    Parameters
    ----------
    stretches : HeartRateStretches or LevelRoad
        The latter is made once for the gains of several parts of the runs.
    curve : EvenGroundCurve, optional
        Of the slight grades of a level road; by default of the population.
    without : int, optional
        A part of the runs that is left out.

    Returns
    -------
    Estimate
        With a 95 % interval from whole runs; NaN where nothing is level.

    References
    ----------
    [AngristKrueger2001]_, [LiangZeger1986]_

    Examples
    --------
    >>> import numpy as np
    >>> from trailstats.metrics import effort
    >>> time = np.arange(700.0, 4000.0, 45.0)
    >>> speed = 3.0 + 0.3 * np.sin(time / 400.0)
    >>> level = effort.Footing.of(np.zeros(len(time)))
    >>> run = np.zeros(len(time), dtype=int)
    >>> heart = effort.HeartRateStretches(
    ...     run, speed, 60.0 + 28.0 * speed, level, time, 0.0 * time, 0.0 * time, 45.0 + 0.0 * time
    ... )
    >>> round(effort.heart_rate_gain(heart).value, 2)
    1.0
    """
    if isinstance(stretches, LevelRoad):
        return stretches.gain(without)
    usual = curve or population_even_ground()
    return LevelRoad.of(stretches, usual).gain(without)


def fit_even_ground(
    stretches: HeartRateStretches, prior: EvenGroundCurve | None = None
) -> EvenGroundCurve:
    """Fit one runner's terms of even-ground speed, shrunk towards a population's.

    Parameters
    ----------
    stretches : HeartRateStretches
    prior : EvenGroundCurve, optional
        By default `population_even_ground`.

    Returns
    -------
    EvenGroundCurve
        The prior itself where fewer than `FEWEST_RUNS` runs have a heart rate.

    References
    ----------
    [LairdWare1982]_, [AngristKrueger2001]_

    Examples
    --------
    >>> import numpy as np
    >>> from trailstats.metrics import effort
    >>> nothing = np.zeros(0)
    >>> none = effort.HeartRateStretches(
    ...     nothing.astype(int), *[nothing] * 2, effort.Footing.of(nothing), *[nothing] * 4
    ... )
    >>> effort.fit_even_ground(none).personal
    False
    """
    before = prior or population_even_ground()
    fit = EvenGroundFit.of(stretches, before, np.zeros_like(stretches.run))
    if fit.runs() < FEWEST_RUNS:
        return before
    gain, error = fit.gain()
    found = fit.posterior(gain)
    # How far the terms move with the gain is part of their error.
    shift = fit.posterior(gain + error).mean - found.mean
    covariance = found.covariance + np.outer(shift, shift)
    return EvenGroundCurve(found.mean, covariance, gain, error, fit.runs())


def combined_gain(
    found: Estimate, before: EvenGroundCurve
) -> tuple[float, float]:
    """Return a runner's gain and its standard error, shrunk to the population's."""
    if not np.isfinite(found.value):
        return before.gain, before.gain_error
    own = np.hypot((found.high - found.low) / 2.0 / WIDTH_95, _GAIN_FLOOR)
    weights = np.array([own**-2, before.gain_error**-2])
    gain = weights @ np.array([found.value, before.gain]) / weights.sum()
    return float(np.clip(gain, 0.3, 1.5)), float(weights.sum() ** -0.5)


@dataclass(frozen=True, eq=False)
class EvenGroundFit:
    """What a runner's terms are fitted to, made ready once for fits to several parts of the runs.

    Attributes
    ----------
    before : EvenGroundCurve
        Towards which the terms are shrunk.
    pieces : list of Piece
        The stretches that are fitted.
    road : LevelRoad
        Those that the gain is found on.
    """

    before: EvenGroundCurve
    pieces: list[Piece]
    road: LevelRoad

    @classmethod
    def of(
        cls, stretches: HeartRateStretches, before: EvenGroundCurve, part: Ints
    ) -> EvenGroundFit:
        """Return what is fitted to.

        Parameters
        ----------
        stretches : HeartRateStretches
        before : EvenGroundCurve
        part : numpy.ndarray of int, shape (n,)
            Which part each stretch belongs to; a run belongs to one as a whole.
        """
        s = stretches
        road = LevelRoad.of(s, before, part)
        pieces = [
            piece
            for one in np.unique(part)
            for place in places_of_pieces(s.run, part == one)
            if (piece := _piece(s.where(place), int(one))).count
        ]
        return cls(before, pieces, road)

    def _others(self, without: int) -> list[Piece]:
        return [piece for piece in self.pieces if piece.part != without]

    def runs(self, without: int = NO_PART) -> int:
        """Return how many runs there are, those of a part left out."""
        return sum(len(piece.starts) for piece in self._others(without))

    def gain(self, without: int = NO_PART) -> tuple[float, float]:
        """Return the gain and its standard error, by the runs of the other parts."""
        return combined_gain(
            heart_rate_gain(self.road, without=without), self.before
        )

    def posterior(self, gain: float, without: int = NO_PART) -> Posterior:
        """Return the terms for a gain, by the runs of the other parts."""
        prior = np.zeros((len(self.before.mean) + 1,) * 2)
        prior[0, 0] = 1e-9
        prior[1:, 1:] = np.linalg.inv(self.before.covariance)
        start = prior @ np.append(0.0, self.before.mean)
        return posterior(self._others(without), gain, prior, start)

    def terms_without(self, part: int) -> tuple[Floats, int]:
        """Return the mean of the terms by the runs of the other parts, and how many these are:
        those before and none where they are too few.
        """
        runs = self.runs(part)
        if runs < FEWEST_RUNS:
            return self.before.mean, self.before.n_runs
        return self.posterior(self.gain(part)[0], part).mean, runs


def _piece(s: HeartRateStretches, part: int) -> Piece:
    """Return those of some runs' stretches that are fitted."""
    values = np.vstack([np.log(s.speed), s.footing.columns().T])
    seen = as_the_heart_sees(values.T, s.run, s.duration).T
    rows = np.vstack(
        [np.ones(len(s.run)), seen[1:], s.day_columns().T, seen[0], s.reserve]
    )
    kept = np.flatnonzero(s.counted())
    return Piece.of(part, np.take(rows, kept, axis=1), s.run[kept])


@dataclass(frozen=True, eq=False)
class LevelRoad:
    """Stretches of level road that a gain is found on, beside the means of their runs.

    Attributes
    ----------
    table : numpy.ndarray, shape (n, 7)
        Log reserve, log speed, that of the stretches beside, and the columns of the day.
    run, part : numpy.ndarray of int, shape (n,)
        Runs are numbered from 0 without gaps.
    """

    table: Floats
    run: Ints
    part: Ints

    @classmethod
    def of(
        cls,
        stretches: HeartRateStretches,
        curve: EvenGroundCurve,
        part: Ints | None = None,
    ) -> LevelRoad:
        s = stretches
        x = np.log(s.speed * np.exp(curve.log_factor(s.footing)))
        beside = np.full(len(x), np.nan)
        inner = (s.run[2:] == s.run[1:-1]) & (s.run[:-2] == s.run[1:-1])
        beside[1:-1][inner] = ((x[2:] + x[:-2]) / 2.0)[inner]
        wild = np.nan_to_num(s.footing.p_trail) > 0.5
        level = (np.abs(s.footing.grade) < _LEVEL) & ~wild
        kept = s.counted() & level & (s.footing.walking < 0.5)
        kept &= np.isfinite(beside)
        run = np.unique(s.run[kept], return_inverse=True)[1]
        table = np.vstack([s.reserve, x, beside, s.day_columns().T])[:, kept]
        count = np.bincount(run)
        means = np.stack([np.bincount(run, v) / count for v in table])
        own = np.zeros_like(run) if part is None else part[kept]
        return cls((table - means[:, run]).T, run, own)

    def gain(self, without: int = NO_PART) -> Estimate:
        """Return the gain by the runs of the other parts; NaN where hardly anything is level."""
        others = self.part != without
        nothing = Estimate(float("nan"), float("nan"), float("nan"))
        if others.sum() < FEWEST_STRETCHES:
            return nothing
        table, run = self.table[others], self.run[others]
        day = table[:, 3:]
        found = np.linalg.lstsq(day, table[:, :3], rcond=None)[0]
        rate, speed, other = (table[:, :3] - day @ found).T
        shared = float(other @ speed)
        if not shared > 0:
            return nothing
        gain = float(other @ rate) / shared
        pull = np.bincount(run, other * (rate - gain * speed))
        count = len(np.unique(run))
        error = np.sqrt(np.sum(pull**2) * count / max(count - 1, 1))
        half = WIDTH_95 * float(error) / shared
        return Estimate(gain, gain - half, gain + half)
