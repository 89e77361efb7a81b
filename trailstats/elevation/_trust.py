"""Whether recorded height is that of the ground: noise told from hills by places passed again, and
by what hills cost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from trailstats.arrays import Floats
from trailstats.elevation._profile import Profile, rolling_fit
from trailstats.elevation._rules import TrustRules

__all__ = ["ElevationQuality", "Way", "elevation_quality"]

NAN = float("nan")

STEEPEST = 0.4
"""Grades are cut off here before they are compared [1] (our choice)."""

WINSORISED = 3.0
"""Paces further off than so many standard deviations are drawn in: stops, crossings (our choice).
"""

LEAST_SPREAD = 0.02
"""No pace is known better than this, as a log (our choice)."""

CELLS = 100_000
"""Cells to either side of the middle that a place is told by; the earth is 20,000 km around."""


@dataclass(frozen=True, eq=False)
class Way:
    """A run on the grid of its profile.

    Attributes
    ----------
    spacing : float
        Distance between grid points [m].
    time : numpy.ndarray, shape (m,)
        Timer time since the start [s].
    place : numpy.ndarray of complex, shape (m,), or None
        East and north on a plane, as one number [m].
    heart_rate : numpy.ndarray, shape (m,), or None
        [bpm], without NaN.
    """

    spacing: float
    time: Floats
    place: NDArray[np.complex128] | None = None
    heart_rate: Floats | None = None


@dataclass(frozen=True)
class ElevationQuality:
    """How far the elevation of a recording can be believed.

    Attributes
    ----------
    trust : float
        Probability that the recorded relief is the ground's, and not the wandering of an
        altimeter; NaN where nothing can be said.
    error : float
        How far elevation wanders within minutes, as a standard deviation [m]: where the way comes
        by places again by the differences there, else the recorded relief where it is not
        believed, else NaN.
    believed : bool
        False where wandering is the likelier, and large enough to matter.
    ascent_range, descent_range : tuple of float
        The whole, counted with twice and with half of the threshold; from 0 where elevation is not
        believed [m].

    Examples
    --------
    >>> import trailstats as ts
    >>> ts.clean(ts.read("data/samples/odd/two-tracks.gpx")).elevation_quality.believed
    True
    """

    trust: float = NAN
    error: float = NAN
    believed: bool = True
    ascent_range: tuple[float, float] = (NAN, NAN)
    descent_range: tuple[float, float] = (NAN, NAN)


def elevation_quality(
    profile: Profile,
    way: Way,
    cost: Callable[[Floats], Floats],
    rules: TrustRules | None = None,
) -> ElevationQuality:
    """Tell hills from an altimeter that wanders.

    Parameters
    ----------
    profile : Profile
    way : Way
        On the profile's grid.
    cost : callable
        Energy for a distance at a grade, relative to the level, of an array of grades:
        `trailstats.metrics.effort.effort_factor`.
    rules : TrustRules, optional

    Returns
    -------
    ElevationQuality

    Notes
    -----
    Two hypotheses are weighed against each other. Where there are hills, a runner slows on them or
    the heart beats faster: the log of the speed, less ``heart_rate_share`` times that of the heart
    rate half a minute later, falls with the log of the cost. A slope of 1 would be an even effort;
    people give somewhat more on hills, and errors of the grade take their part. Where an altimeter
    wanders, the slope is 0. And where the way comes by a place again, hills show the same grade,
    and a wandering altimeter another. Both figures are compared over `TrustRules.window`, after
    what changes over some kilometres is taken out, so that neither the weather nor tiredness
    matters.
    """
    rules = rules or TrustRules()
    spacing = way.spacing
    height = profile.climbed
    half = round(rules.window / (2 * spacing))
    if len(height) < 8 * half:
        return ElevationQuality()
    relief = float(np.std(_detrended(height, rules.trend / spacing)))
    slope = np.clip(
        rolling_fit(height, spacing, rules.window, 0.0)[1], -STEEPEST, STEEPEST
    )
    odds = rules.prior + _odds_by_effort(slope, way, -np.log(cost(slope)), rules)
    error = NAN
    if way.place is not None:
        again = _passed_again(way.place, way, rules)
        odds += _odds_by_repeats(slope, again, rules)
        if again.count >= rules.fewest_repeats:
            apart = np.abs(again.differences(height))
            error = float(np.median(apart)) / (0.6745 * np.sqrt(2.0))
    trust = 1.0 / (1.0 + np.exp(-odds))
    believed = trust >= rules.believe or relief < rules.least_relief
    if not believed:
        error = relief if np.isnan(error) else max(error, relief)
    return ElevationQuality(float(trust), error, bool(believed))


def _detrended(values: Floats, size: float) -> Floats:
    """Return values less their moving mean over a number of grid points."""
    trend = scipy.ndimage.uniform_filter1d(values, round(size), mode="nearest")
    return np.asarray(values - trend)


def _usual(values: Floats) -> float:
    """Return the usual size of values about 0, as the standard deviation of a normal."""
    return 1.4826 * float(np.median(np.abs(values)))


def _log_density(value: float, mean: float, spread: float, error: float) -> float:
    """Return the log of a normal density, up to a constant."""
    whole = float(np.hypot(spread, error))
    return -0.5 * ((value - mean) / whole) ** 2 - float(np.log(whole))


def _odds_by_effort(
    slope: Floats, way: Way, expected: Floats, rules: TrustRules
) -> float:
    """Return the log-odds of hills by how the pace goes with the cost of the grade."""
    spacing = way.spacing
    half = round(rules.window / (2 * spacing))
    took = np.maximum(way.time[2 * half :] - way.time[: -2 * half], 1.0)
    pace = np.log(np.clip(rules.window / took, *rules.speeds))
    size = rules.trend / spacing
    change = _detrended(pace, size)
    usual = _usual(change)
    # Nobody holds a pace as even as that: it was set by a machine, and answers to no hill.
    if usual < rules.least_spread:
        return 0.0
    if way.heart_rate is not None:
        beat = scipy.ndimage.uniform_filter1d(
            way.heart_rate, 2 * half, mode="nearest"
        )
        effort = pace - rules.heart_rate_share * np.log(beat[half:-half])
        change = _detrended(effort, size)
        usual = _usual(change)
    if usual < rules.least_spread:
        return 0.0
    expected = _detrended(expected[half:-half], size)
    most = WINSORISED * (usual + LEAST_SPREAD)
    change = np.clip(change, -most, most)
    squares = max(float(np.sum(expected**2)), 1e-12)
    found = float(np.sum(change * expected)) / squares
    # Windows overlap: only one in so many is a measurement of its own.
    own = max(len(change) / (2 * half) - 1.0, 1.0)
    rest = max(float(np.std(change - found * expected)), LEAST_SPREAD)
    error = rules.effort_error * rest / np.sqrt(squares / len(change) * own)
    found = float(np.clip(found, *rules.effort_range))
    hills = _log_density(found, rules.effort, rules.effort_spread, error)
    wander = _log_density(found, 0.0, rules.effort_chance, error)
    return float(np.clip(hills - wander, -rules.most_odds, rules.most_odds))


@dataclass(frozen=True, eq=False)
class _Again:
    """Places that the way comes by again.

    Attributes
    ----------
    order, visit : numpy.ndarray of int, shape (m,)
        The grid points by place and time, and the visit that each is part of.
    first : numpy.ndarray of int, shape (k,)
        Visits that the next one follows at the same place.
    turned : numpy.ndarray, shape (k,)
        1 where both went the same way, -1 where they went opposite ways, 0 where they crossed.
    """

    order: NDArray[np.intp]
    visit: NDArray[np.intp]
    first: NDArray[np.intp]
    turned: Floats

    @property
    def count(self) -> int:
        """How many times a place was passed again."""
        return len(self.first)

    def _means(self, values: Floats) -> Floats:
        total = np.bincount(self.visit, values[self.order])
        return np.asarray(total / np.bincount(self.visit))

    def differences(self, values: Floats) -> Floats:
        """Return what changed from each visit to the next."""
        mean = self._means(values)
        return mean[self.first + 1] - mean[self.first]

    def pairs(self, values: Floats) -> tuple[Floats, Floats]:
        """Return grades of both visits in the direction of the first, where they went along the
        same line.
        """
        mean, along = self._means(values), self.turned != 0
        first = self.first[along]
        return mean[first], mean[first + 1] * self.turned[along]


def _passed_again(
    place: NDArray[np.complex128], way: Way, rules: TrustRules
) -> _Again:
    """Return where the way comes by a place again, after a while."""
    reach = round(rules.window / (4 * way.spacing))
    heading = np.full(len(place), 0j)
    heading[reach:-reach] = place[2 * reach :] - place[: -2 * reach]
    cell = np.clip(np.rint(np.nan_to_num(place) / rules.place), -CELLS, CELLS)
    key = cell.real * (2 * CELLS + 1) + cell.imag
    order = np.lexsort((way.time, key))
    at, when = key[order], way.time[order]
    begins = np.append(True, (np.diff(at) != 0) | (np.diff(when) > rules.apart))
    visit = np.cumsum(begins) - 1
    first = np.flatnonzero(np.diff(at[begins]) == 0)
    real, imag = (
        np.bincount(visit, part[order]) for part in (heading.real, heading.imag)
    )
    size = np.maximum(np.hypot(real, imag), 1e-9)
    east, north = real / size, imag / size
    after = first + 1
    cosine = east[first] * east[after] + north[first] * north[after]
    turned = np.where(np.abs(cosine) > rules.parallel, np.sign(cosine), 0.0)
    return _Again(order, visit, first, turned)


def _odds_by_repeats(slope: Floats, again: _Again, rules: TrustRules) -> float:
    """Return the log-odds of hills by how alike the grades are where the way comes by again."""
    one, other = again.pairs(slope)
    if len(one) < 3:
        return 0.0
    whole = float(np.sum(one**2 + other**2))
    alike = 2.0 * float(np.sum(one * other)) / max(whole, 1e-12)
    # Neighbouring places share most of a window.
    error = np.sqrt(rules.window / (rules.place * len(one)))
    hills = _log_density(alike, rules.alike, rules.alike_spread, error)
    wander = _log_density(alike, 0.0, rules.alike_chance, error)
    return float(np.clip(hills - wander, -rules.most_odds, rules.most_odds))
