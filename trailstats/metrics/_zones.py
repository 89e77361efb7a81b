"""Heart-rate anchors, zones and the time spent in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from trailstats.arrays import ArrayLike, Floats, as_floats
from trailstats.metrics.sampling import time_mean, valid_seconds

RESERVE_FRACTIONS: Final = (
    0.50,
    0.60,
    0.70,
    0.80,
    0.90,
)  # our choice, common practice
"""Shares of heart-rate reserve at which five zones begin; what lies below the first belongs to
none of them.
"""

_THRESHOLD_FRACTIONS: Final = (0.85, 0.90, 0.95, 1.00, 1.03)  # [Friel]
_THRESHOLD_LAST: Final = 1.06  # [Friel], belongs to the zone below


@dataclass(frozen=True)
class ZoneRules:
    """Where the three-zone model puts its two thresholds, as shares of maximum heart rate.

    Attributes
    ----------
    first : float
        First threshold, the ceiling of easy running. [1]
    second : float
        Second threshold. [1]
    uncertainty : float
        Half width of the interval between people (our choice). [1]

    Raises
    ------
    ValueError
        If the two are not in order within 0 and 1.

    References
    ----------
    [ThreeZones]_, [Semin2008]_
    """

    first: float = 0.80
    second: float = 0.87
    uncertainty: float = 0.05

    def __post_init__(self) -> None:
        if not 0.0 < self.first < self.second < 1.0:
            raise ValueError(
                f"expected 0 < first < second < 1, got {self.first}, {self.second}"
            )


def three_zone_bounds(hr_max: float, rules: ZoneRules | None = None) -> Floats:
    """Return the two thresholds of the three-zone model; the first is the ceiling of easy running.

    Parameters
    ----------
    hr_max : float
        Maximum heart rate. [bpm]
    rules : ZoneRules, optional
        Shares of the maximum. Thresholds of single people lie up to 5 % of the maximum off.

    Returns
    -------
    numpy.ndarray, shape (2,)
        Thresholds. [bpm] NaN when `hr_max` is NaN.

    References
    ----------
    [ThreeZones]_, [Semin2008]_

    Examples
    --------
    >>> from trailstats.metrics import intensity
    >>> intensity.three_zone_bounds(190.0).round(1)
    array([152. , 165.3])
    """
    shares = rules or ZoneRules()
    return hr_max * as_floats([shares.first, shares.second])


def easy_ceiling(
    hr_max: float, rules: ZoneRules | None = None
) -> tuple[float, float, float]:
    """Return the ceiling of easy running with the interval that differences between people leave
    open.

    Parameters
    ----------
    hr_max : float
        Maximum heart rate. [bpm]
    rules : ZoneRules, optional
        Shares of the maximum, and their uncertainty.

    Returns
    -------
    low, central, high : float
        First threshold. [bpm] NaN when `hr_max` is NaN.

    References
    ----------
    [ThreeZones]_, [Semin2008]_

    Examples
    --------
    >>> from trailstats.metrics import intensity
    >>> [round(bound, 1) for bound in intensity.easy_ceiling(190.0)]
    [142.5, 152.0, 161.5]
    """
    shares = rules or ZoneRules()
    half = shares.uncertainty * hr_max
    ceiling = shares.first * hr_max
    return ceiling - half, ceiling, ceiling + half


def lthr_zone_bounds(lthr: float) -> Floats:
    """Return the six bounds of the seven zones (1 to 4, 5a, 5b, 5c) by lactate-threshold heart
    rate.

    Parameters
    ----------
    lthr : float
        Heart rate at the lactate threshold. [bpm]

    Returns
    -------
    numpy.ndarray, shape (6,)
        Lower bounds of all zones but the first. [bpm] The last is a hair above 106 %, because 106 %
        itself belongs to the zone below. NaN when `lthr` is NaN.

    References
    ----------
    [Friel]_

    Examples
    --------
    >>> from trailstats.metrics import intensity
    >>> intensity.lthr_zone_bounds(160.0).round(1)
    array([136. , 144. , 152. , 160. , 164.8, 169.6])
    """
    return np.append(
        lthr * as_floats(_THRESHOLD_FRACTIONS),
        np.nextafter(lthr * _THRESHOLD_LAST, np.inf),
    )


def hrr_zone_bounds(
    rest: float,
    maximum: float,
    *,
    fractions: tuple[float, ...] = RESERVE_FRACTIONS,
) -> Floats:
    """Return the zone bounds by heart-rate reserve.

    Parameters
    ----------
    rest : float
        Resting heart rate. [bpm]
    maximum : float
        Maximum heart rate. [bpm]
    fractions : tuple of float
        Shares of the reserve. [1]

    Returns
    -------
    numpy.ndarray, shape (len(fractions),)
        Lower bounds of all zones but the first. [bpm] NaN when an input is NaN.

    Raises
    ------
    ValueError
        If `maximum` is not above `rest`.

    References
    ----------
    [Karvonen1957]_

    Examples
    --------
    >>> from trailstats.metrics import intensity
    >>> intensity.hrr_zone_bounds(50.0, 190.0)
    array([120., 134., 148., 162., 176.])
    """
    if maximum <= rest:
        raise ValueError(
            f"maximum heart rate {maximum} must be above resting heart rate {rest}"
        )
    return rest + (maximum - rest) * as_floats(fractions)


def time_in_zones(hr: ArrayLike, dt: ArrayLike, bounds: ArrayLike) -> Floats:
    """Sum the time in each zone.

    Parameters
    ----------
    hr : array-like, shape (n,)
        Heart rate, or any other intensity. [bpm] NaN is skipped.
    dt : array-like
        Seconds that each sample stands for. [s]
    bounds : array-like, shape (k,)
        Rising bounds, in the unit of `hr`. [bpm] A value on a bound belongs to the zone above it.

    Returns
    -------
    numpy.ndarray, shape (k + 1,)
        Time per zone. [s] All NaN when nothing was recorded or a bound is NaN.

    Raises
    ------
    ValueError
        If the bounds do not rise.

    References
    ----------
    [ThreeZones]_

    Examples
    --------
    >>> from trailstats.metrics import intensity
    >>> intensity.time_in_zones([140.0, 155.0, 170.0], 60.0, [152.0, 165.3])
    array([60., 60., 60.])
    """
    edges = as_floats(bounds)
    if np.any(np.diff(edges) <= 0.0):
        raise ValueError("zone bounds must rise")
    heart = as_floats(hr)
    seconds = valid_seconds(dt, heart)
    if np.any(np.isnan(edges)) or not np.any(seconds > 0.0):
        return np.full(edges.size + 1, np.nan)
    zone = np.searchsorted(
        edges, np.broadcast_to(heart, seconds.shape).ravel(), side="right"
    )
    # NaN sorts above every bound; its seconds are already zero.
    return as_floats(
        np.bincount(zone, weights=seconds.ravel(), minlength=edges.size + 1)
    )


def share_above(hr: ArrayLike, dt: ArrayLike, ceiling: float) -> float:
    """Compute the share of the time above a ceiling.

    Parameters
    ----------
    hr : array-like
        Heart rate. [bpm] NaN is skipped.
    dt : array-like
        Seconds that each sample stands for. [s]
    ceiling : float
        Ceiling, as a rule the first threshold. [bpm]

    Returns
    -------
    float
        Share from 0 to 1. [1] NaN when nothing was recorded or the ceiling is NaN.

    References
    ----------
    [Judgement]_

    Examples
    --------
    >>> from trailstats.metrics import intensity
    >>> intensity.share_above([140.0, 160.0], [30.0, 10.0], 150.0)
    0.25
    """
    heart = as_floats(hr)
    unknown = np.isnan(heart) | np.isnan(ceiling)
    return time_mean(np.where(unknown, np.nan, heart > ceiling), dt)


def overshoot(hr: ArrayLike, dt: ArrayLike, ceiling: float) -> float:
    """Average over time how far heart rate lies above a ceiling, 0 where it lies below.

    Parameters
    ----------
    hr : array-like
        Heart rate. [bpm] NaN is skipped.
    dt : array-like
        Seconds that each sample stands for. [s]
    ceiling : float
        Ceiling, as a rule the first threshold. [bpm]

    Returns
    -------
    float
        Mean overshoot. [bpm] NaN when nothing was recorded or the ceiling is NaN.

    References
    ----------
    [Judgement]_

    Examples
    --------
    >>> from trailstats.metrics import intensity
    >>> intensity.overshoot([140.0, 160.0], 1.0, 150.0)
    5.0
    """
    return time_mean(np.maximum(as_floats(hr) - ceiling, 0.0), dt)


def polarisation_index(zone_1: float, zone_2: float, zone_3: float) -> float:
    """Compute the index of a polarised distribution over three zones.

    Parameters
    ----------
    zone_1, zone_2, zone_3 : float
        Time, or shares of it, in the three zones; only their ratio counts. [1]

    Returns
    -------
    float
        ``log10(z1 / z2 * z3 * 100)`` with shares. [1] NaN when the second or third zone is empty,
        for which the formula has no value, or an input is NaN.

    Raises
    ------
    ValueError
        If a zone is negative.

    References
    ----------
    [Treff2019]_

    Examples
    --------
    >>> from trailstats.metrics import intensity
    >>> round(intensity.polarisation_index(0.80, 0.05, 0.15), 4)
    2.3802
    """
    if min(zone_1, zone_2, zone_3) < 0.0:
        raise ValueError("time in a zone cannot be negative")
    total = zone_1 + zone_2 + zone_3
    if not (zone_1 > 0.0 and zone_2 > 0.0 and zone_3 > 0.0):
        return float("nan")
    return float(np.log10(zone_1 / zone_2 * (zone_3 / total) * 100.0))
