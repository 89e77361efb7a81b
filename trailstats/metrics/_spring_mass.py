"""Contact and flight, and the sine-wave spring-mass model of a running step."""

from __future__ import annotations

from typing import Final

import numpy as np

from trailstats.arrays import (
    ArrayLike,
    Floats,
    as_floats,
    broadcast_floats,
    divide_by_positive,
)

GRAVITY: Final = 9.81
"""Gravity as rounded by the papers used here. [m/s^2]"""

_ANCHOR_SPEED: Final = 2.65  # [m/s], of the contact-time law [Voloshina2015]
_ANCHOR_CONTACT: Final = 0.278  # [s], [Voloshina2015]

CONTACT_EXPONENT: Final = 0.45
"""Exponent of contact over speed within runners: 0.43 by watches of eleven, 0.49 by foot pods of
four [ContactFields].
"""

CONTACT_LEVELS: Final = (0.22, 0.33)
"""Contact at 2.65 m/s of the runners with the shortest and the longest of them [s]
[ContactFields].
"""

WATCH_ERROR: Final = 0.19
"""Mean error of a watch's contact time against sensors at the shoe [1] [WatchDynamics2025]."""


def contact_time(
    speed: ArrayLike,
    *,
    level: float = _ANCHOR_CONTACT,
    exponent: float = CONTACT_EXPONENT,
) -> Floats:
    """Predict the ground contact time from speed on level ground.

    A power law through four groups measured at 2.65 m/s, with the exponent that devices recorded
    within runners.

    Parameters
    ----------
    speed : array-like
        Running speed. [m/s] About 2 to 6.
    level : float
        Contact at 2.65 m/s. [s] Runners differ from 0.22 to 0.33; see `contact_level`.
    exponent : float
        Exponent of the law. [1]

    Returns
    -------
    numpy.ndarray
        Contact time. [s] NaN where `speed` is NaN or below 0.01 m/s.

    References
    ----------
    [Voloshina2015]_, [ContactFields]_

    Examples
    --------
    >>> from trailstats.metrics import impact
    >>> impact.contact_time([2.0, 3.0, 4.0]).round(4)
    array([0.3155, 0.2629, 0.231 ])
    """
    v = as_floats(speed)
    ratio = np.divide(
        _ANCHOR_SPEED, v, out=np.full(v.shape, np.nan), where=v >= 0.01
    )
    return as_floats(level * ratio**exponent)


def contact_level(
    speed: ArrayLike,
    contact: ArrayLike,
    dt: ArrayLike,
    *,
    exponent: float = CONTACT_EXPONENT,
) -> float:
    """Compute a runner's own contact time at 2.65 m/s from recorded ones.

    Parameters
    ----------
    speed : array-like, shape (n,)
        Running speed on level ground. [m/s]
    contact : array-like, shape (n,)
        Recorded contact time. [s] What is NaN or not positive is left out.
    dt : array-like
        Seconds that each sample stands for. [s]
    exponent : float
        Exponent of the law. [1]

    Returns
    -------
    float
        Level for `contact_time`. [s] NaN when nothing was recorded.

    References
    ----------
    [ContactFields]_

    Examples
    --------
    >>> from trailstats.metrics import impact
    >>> speed = [2.5, 3.0, 3.5]
    >>> contact = impact.contact_time(speed, level=0.25)
    >>> round(impact.contact_level(speed, contact, 1.0), 3)
    0.25
    """
    v, seen, time = broadcast_floats(speed, contact, dt)
    known = (seen > 0) & (v >= 0.01) & (time > 0)
    if not known.any():
        return float("nan")
    log = np.log(seen[known]) + exponent * np.log(v[known] / _ANCHOR_SPEED)
    return float(np.exp(np.average(log, weights=time[known])))


def flight_time(cadence: ArrayLike, contact_time: ArrayLike) -> Floats:
    """Compute the time in the air per step.

    Parameters
    ----------
    cadence : array-like
        Steps of both feet. [1/min]
    contact_time : array-like
        Ground contact time. [s]

    Returns
    -------
    numpy.ndarray
        Flight time, not below 0 (a grounded step has none). [s] NaN where an input is NaN or the
        cadence is not positive.

    References
    ----------
    [Morin2005]_

    Examples
    --------
    >>> from trailstats.metrics import impact
    >>> float(impact.flight_time(170.0, 0.25).round(3))
    0.103
    """
    period = divide_by_positive(60.0, cadence)
    return as_floats(np.maximum(period - as_floats(contact_time), 0.0))


def peak_force(contact: ArrayLike, flight: ArrayLike) -> Floats:
    """Compute the peak vertical force of a running step from the sine-wave model.

    Parameters
    ----------
    contact : array-like
        Ground contact time. [s]
    flight : array-like
        Flight time. [s]

    Returns
    -------
    numpy.ndarray
        Peak force in body weights. [1] NaN where an input is NaN or the contact is not positive.

    References
    ----------
    [Morin2005]_

    Examples
    --------
    >>> from trailstats.metrics import impact
    >>> float(impact.peak_force(0.25, 0.10).round(4))
    2.1991
    """
    return np.pi / 2.0 * mean_contact_force(contact, flight)


def mean_contact_force(contact: ArrayLike, flight: ArrayLike) -> Floats:
    """Compute the mean vertical force during contact, from the balance of vertical momentum.

    Parameters
    ----------
    contact : array-like
        Ground contact time. [s]
    flight : array-like
        Flight time. [s]

    Returns
    -------
    numpy.ndarray
        Mean force in body weights. [1] NaN where an input is NaN or the contact is not positive.

    References
    ----------
    [Weyand2000]_

    Examples
    --------
    >>> from trailstats.metrics import impact
    >>> float(impact.mean_contact_force(0.25, 0.10).round(2))
    1.4
    """
    return 1.0 + divide_by_positive(flight, contact)


def vertical_displacement(contact: ArrayLike, flight: ArrayLike) -> Floats:
    """Compute the downward movement of the centre of mass during contact.

    Parameters
    ----------
    contact : array-like
        Ground contact time. [s]
    flight : array-like
        Flight time. [s]

    Returns
    -------
    numpy.ndarray
        Displacement. [m] NaN where an input is NaN or the contact is not positive.

    References
    ----------
    [Morin2005]_

    Examples
    --------
    >>> from trailstats.metrics import impact
    >>> float(impact.vertical_displacement(0.25, 0.10).round(6))
    0.059974
    """
    t_c = as_floats(contact)
    force = peak_force(contact, flight) * GRAVITY
    return np.abs(force * t_c**2 / np.pi**2 - GRAVITY * t_c**2 / 8.0)


def vertical_stiffness(
    contact: ArrayLike, flight: ArrayLike, *, mass: float
) -> Floats:
    """Divide the peak force by the downward movement of the centre of mass.

    Parameters
    ----------
    contact : array-like
        Ground contact time. [s]
    flight : array-like
        Flight time. [s]
    mass : float
        Body mass. [kg]

    Returns
    -------
    numpy.ndarray
        Vertical stiffness. [N/m] NaN where an input is NaN.

    References
    ----------
    [Morin2005]_

    Examples
    --------
    >>> from trailstats.metrics import impact
    >>> float(impact.vertical_stiffness(0.25, 0.10, mass=70.0).round(1))
    25179.8
    """
    return (
        mass
        * GRAVITY
        * peak_force(contact, flight)
        / vertical_displacement(contact, flight)
    )


def leg_compression(
    contact: ArrayLike, flight: ArrayLike, speed: ArrayLike, *, stature: float
) -> Floats:
    """Compute the shortening of the leg spring during contact; leg length is 0.53 of stature.

    Parameters
    ----------
    contact : array-like
        Ground contact time. [s]
    flight : array-like
        Flight time. [s]
    speed : array-like
        Running speed. [m/s]
    stature : float
        Body height. [m]

    Returns
    -------
    numpy.ndarray
        Compression. [m] NaN where an input is NaN or half the contact length exceeds the leg.

    References
    ----------
    [Morin2005]_

    Examples
    --------
    >>> from trailstats.metrics import impact
    >>> float(impact.leg_compression(0.25, 0.10, 3.33, stature=1.78).round(4))
    0.1568
    """
    leg = 0.53 * stature
    half = as_floats(speed) * as_floats(contact) / 2.0
    upright = np.sqrt(np.where(np.abs(half) <= leg, leg**2 - half**2, np.nan))
    return leg - upright + vertical_displacement(contact, flight)


def leg_stiffness(
    contact: ArrayLike,
    flight: ArrayLike,
    speed: ArrayLike,
    *,
    mass: float,
    stature: float,
) -> Floats:
    """Divide the peak force by the compression of the leg spring.

    Parameters
    ----------
    contact : array-like
        Ground contact time. [s]
    flight : array-like
        Flight time. [s]
    speed : array-like
        Running speed. [m/s]
    mass : float
        Body mass. [kg]
    stature : float
        Body height. [m]

    Returns
    -------
    numpy.ndarray
        Leg stiffness. [N/m] NaN where an input is NaN.

    References
    ----------
    [Morin2005]_

    Examples
    --------
    >>> from trailstats.metrics import impact
    >>> float(impact.leg_stiffness(0.25, 0.10, 3.33, mass=70.0, stature=1.78).round(1))
    9632.8
    """
    force = mass * GRAVITY * peak_force(contact, flight)
    return force / leg_compression(contact, flight, speed, stature=stature)
