"""Load of each step relative to a reference step, and its sum over a recording."""

from __future__ import annotations

from typing import Final

import numpy as np

from trailstats.arrays import (
    ArrayLike,
    Floats,
    Ints,
    as_flags,
    as_floats,
    broadcast_floats,
)
from trailstats.metrics._energy import is_walking
from trailstats.metrics._impact_sensitivity import (
    DOWNHILL_SLOPE,
    DOWNHILL_SLOPE_RANGE,
    EXPONENTS,
    IMPACT_SPEED_SLOPE,
    MEASURED_ANGLE,
    STEEP_GRADE,
    ImpactConstants,
    ImpactLoad,
    ImpactSums,
    impact_sensitivity,
)
from trailstats.metrics._spring_mass import contact_time, flight_time, peak_force
from trailstats.metrics._stride import (
    POPULATION_CADENCE,
    CadenceModel,
    modelled_cadence,
    step_rate,
)
from trailstats.metrics.sampling import valid_seconds

REFERENCE_SPEED: Final = 3.0
"""Speed of the reference step [m/s]."""

REFERENCE_STEPS_PER_KM: Final = (
    float(POPULATION_CADENCE.running(REFERENCE_SPEED))
    / 60.0
    / REFERENCE_SPEED
    * 1000.0
)
"""Steps in one kilometre at the reference speed on level ground [VanOeveren2019]_."""

_TIBIAL_PER_SPEED: Final = 0.09
"""Increase of the tibial component with speed [s/m], [Baggaley2023]_."""

_WALKING_PEAK: Final = 1.2
"""Peak force of a walking step in body weights [1], [Keller1996]_."""

_WALKING_TIBIAL: Final = 0.5
"""Tibial component of a walking step [1] (our choice)."""


def _modelled_peak(speed: Floats) -> Floats:
    contact = contact_time(speed)
    return peak_force(contact, flight_time(modelled_cadence(speed), contact))


_REFERENCE_PEAK: Final = float(_modelled_peak(as_floats(REFERENCE_SPEED)))


def active_component(
    speed: ArrayLike, *, walking: ArrayLike | None = None
) -> Floats:
    """Compare the active peak of a step with that of the reference step.

    Grade does not enter: the active peak was unchanged from 9 degrees down to 9 degrees up.

    Parameters
    ----------
    speed : array-like
        Speed along the slope. [m/s] Modelled contact time, about 2 to 6 m/s.
    walking : array-like of bool, optional
        Walking samples, which take 1.2 body weights. [1]

    Returns
    -------
    numpy.ndarray
        Relative magnitude. [1] 1 at 3.0 m/s; NaN where `speed` is NaN or below 0.01 m/s.

    References
    ----------
    [Morin2005]_, [GottschallKram2005]_, [Keller1996]_

    Examples
    --------
    >>> from trailstats.metrics import impact
    >>> impact.active_component([3.0, 4.0]).round(3)
    array([1.   , 1.099])
    """
    v = as_floats(speed)
    running = _modelled_peak(v) / _REFERENCE_PEAK
    # A walking step has no contact law, so any speed above zero will do.
    walk = False if walking is None else as_flags(walking) & (v > 0.0)
    return np.where(walk, _WALKING_PEAK / _REFERENCE_PEAK, running)


def impact_component(
    speed: ArrayLike,
    grade: ArrayLike,
    *,
    walking: ArrayLike | None = None,
    downhill_slope: ArrayLike = DOWNHILL_SLOPE,
    speed_slope: float = IMPACT_SPEED_SLOPE,
) -> Floats:
    """Compare the external impact peak of a step with that of the reference step.

    Parameters
    ----------
    speed : array-like
        Speed along the slope. [m/s] One study at 3 to 6 m/s.
    grade : array-like
        Rise over run. [1] Measured to 9 degrees (0.158) either way; held beyond downhill, 0 beyond
        uphill.
    walking : array-like of bool, optional
        Walking samples, which have no impact peak. [1]
    downhill_slope : array-like
        Increase per degree downhill. [1/degree]
    speed_slope : float
        Increase per m/s of speed. [s/m] The peak grows with speed; how fast is our choice.

    Returns
    -------
    numpy.ndarray
        Relative magnitude, not below 0. [1] NaN where an input is NaN.

    References
    ----------
    [GottschallKram2005]_, [Mercer2005]_, [Judgement]_

    Examples
    --------
    >>> from trailstats.metrics import impact
    >>> impact.impact_component(3.0, [-0.1584, 0.0, 0.1]).round(2)
    array([1.54, 1.  , 0.37])
    """
    angle = np.degrees(np.arctan(as_floats(grade)))
    downhill = 1.0 + as_floats(downhill_slope) * np.minimum(
        -angle, MEASURED_ANGLE
    )
    by_grade = np.where(
        angle < 0.0, downhill, np.maximum(0.0, 1.0 - angle / MEASURED_ANGLE)
    )
    by_speed = np.maximum(
        0.0, 1.0 + speed_slope * (as_floats(speed) - REFERENCE_SPEED)
    )
    return _where_walking(walking, 0.0, by_speed * by_grade)


def tibial_component(
    speed: ArrayLike,
    grade: ArrayLike,
    *,
    walking: ArrayLike | None = None,
    steep_factor: float = 1.0,
) -> Floats:
    """Compare the load inside the shin bone at a step with that at the reference step.

    Parameters
    ----------
    speed : array-like
        Speed along the slope. [m/s]
    grade : array-like
        Rise over run. [1]
    walking : array-like of bool, optional
        Walking samples, which take 0.5 (our choice). [1]
    steep_factor : float
        Factor where the absolute grade is 0.10 or more. [1]

    Returns
    -------
    numpy.ndarray
        Relative magnitude, not below 0. [1] NaN where an input is NaN.

    References
    ----------
    [Baggaley2023]_, [Rice2024]_

    Examples
    --------
    >>> from trailstats.metrics import impact
    >>> impact.tibial_component([3.0, 4.0], 0.0).round(2)
    array([1.  , 1.09])
    """
    slope = as_floats(grade)
    by_grade = np.where(np.abs(slope) >= STEEP_GRADE, steep_factor, 1.0)
    by_speed = 1.0 + _TIBIAL_PER_SPEED * (as_floats(speed) - REFERENCE_SPEED)
    running = np.maximum(0.0, by_speed) * np.where(
        np.isnan(slope), np.nan, by_grade
    )
    return _where_walking(walking, _WALKING_TIBIAL, running)


def _where_walking(
    walking: ArrayLike | None, value: float, running: Floats
) -> Floats:
    """Return a running component with the walking samples at a fixed value; NaN stays."""
    if walking is None:
        return running
    return np.where(as_flags(walking) & ~np.isnan(running), value, running)


def impact_load_by_group(
    group: ArrayLike,
    speed: ArrayLike,
    grade: ArrayLike,
    steps: ArrayLike,
    *,
    walking: ArrayLike | None = None,
    n_groups: int | None = None,
    exponents: tuple[float, ...] = EXPONENTS,
) -> ImpactSums:
    """Sum the load of the steps of each group of samples, at each exponent.

    Parameters
    ----------
    group : array-like of int, shape (n,)
        Group of each sample, 0 upwards. [1] Negative samples belong to none.
    speed : array-like
        Speed along the slope. [m/s]
    grade : array-like
        Rise over run. [1]
    steps : array-like
        Steps taken in each sample. [1] NaN takes none.
    walking : array-like of bool, optional
        Walking samples. [1] None: all are running.
    n_groups : int, optional
        Number of groups. [1] Default: the largest group plus one.
    exponents : tuple of float
        Exponents of the per-step magnitude. [1]

    Returns
    -------
    ImpactSums
        Sums by component, shape (exponents, groups). [km] Samples where a component is NaN are
        skipped; where all with steps are, the component is NaN in every group.

    References
    ----------
    [GottschallKram2005]_, [Rice2024]_, [Baggaley2023]_, [Edwards2018]_

    Examples
    --------
    >>> from trailstats.metrics import impact
    >>> steps = impact.REFERENCE_STEPS_PER_KM / 2.0
    >>> sums = impact.impact_load_by_group([0, 1], 3.0, [0.0, -0.1], steps)
    >>> sums.impact[0].round(3)
    array([0.5  , 0.671])
    """
    walk = False if walking is None else as_flags(walking)
    arrays = (as_floats(speed), as_floats(grade), as_floats(steps), group, walk)
    v, slope, number, index, walk = map(np.ravel, np.broadcast_arrays(*arrays))
    count = int(np.max(index, initial=-1)) + 1 if n_groups is None else n_groups
    weight = np.where(
        index >= 0, np.nan_to_num(number) / REFERENCE_STEPS_PER_KM, 0.0
    )
    index = np.maximum(index, 0)
    stepping = number != 0.0

    def sums(magnitude: Floats, cell: Ints, cells: int) -> Floats:
        known = ~np.isnan(magnitude)
        if stepping.any() and not known[stepping].any():
            return np.full((len(exponents), cells), np.nan)
        filled = np.where(known, magnitude, 0.0)
        return np.stack(
            [
                np.bincount(cell, weight * filled**b, minlength=cells)
                for b in exponents
            ]
        )

    # One row for each slope constant, so that the angles are found once.
    constants = np.array([DOWNHILL_SLOPE, *DOWNHILL_SLOPE_RANGE])
    central, low, high = (
        sums(magnitude, index, count)
        for magnitude in impact_component(
            v, slope, walking=walk, downhill_slope=constants[:, None]
        )
    )
    steep = count * (np.abs(slope) >= STEEP_GRADE)
    tibial = sums(
        tibial_component(v, slope, walking=walk), index + steep, 2 * count
    )
    return ImpactSums(
        active=sums(active_component(v, walking=walk), index, count),
        impact=central,
        impact_low=low,
        impact_high=high,
        tibial=tibial[:, :count],
        # Ground of unknown grade isn't known to be steep.
        tibial_steep=np.nan_to_num(tibial[:, count:]),
    )


def impact_load(
    speed: ArrayLike,
    grade: ArrayLike,
    cadence: ArrayLike,
    dt: ArrayLike,
    *,
    walking: ArrayLike | None = None,
    model: CadenceModel = POPULATION_CADENCE,
    exponent: float = 1.0,
) -> ImpactLoad:
    """Sum the load of a recording by component, in equivalent level-road kilometres at 3.0 m/s.

    Parameters
    ----------
    speed : array-like
        Speed along the slope. [m/s] Samples below 0.3 m/s take no steps.
    grade : array-like
        Rise over run. [1]
    cadence : array-like
        Steps of both feet. [1/min] NaN and values that are not positive are modelled.
    dt : array-like
        Seconds that each sample stands for. [s]
    walking : array-like of bool, optional
        Walking samples. [1] None decides by cadence, speed and grade.
    model : CadenceModel
        Cadence where none was recorded.
    exponent : float
        Exponent of the per-step magnitude. [1] 1 counts load, larger ones fatigue, see `EXPONENTS`.
        Never report only one.

    Returns
    -------
    ImpactLoad
        Load on paved ground. [km] Each component skips samples where it is NaN and is NaN when no
        sample could be used; 0 without steps.

    Raises
    ------
    ValueError
        If `exponent` is not positive.

    References
    ----------
    [GottschallKram2005]_, [Rice2024]_, [Baggaley2023]_, [Edwards2018]_, [KULeuven2020]_

    Examples
    --------
    >>> from trailstats.metrics import impact
    >>> load = impact.impact_load([3.0], [0.0], [float('nan')], [1000.0 / 3.0])
    >>> [float(part.round(3)) for part in (load.active, load.impact, load.tibial)]
    [1.0, 1.0, 1.0]
    """
    v, slope = broadcast_floats(speed, grade)
    walk = is_walking(v, cadence, slope) if walking is None else as_flags(walking)
    rate, _ = step_rate(v, cadence, walking=walk, model=model)
    sums = impact_load_by_group(
        0,
        v,
        slope,
        rate * valid_seconds(dt),
        walking=walk,
        n_groups=1,
        exponents=(exponent,),
    )
    load = impact_sensitivity(sums, ImpactConstants(exponent=exponent))
    return ImpactLoad(load.active[0, 0], load.impact[0, 0], load.tibial[0, 0])
