"""Per-step load components and their sum over a recording."""

from typing import Final

import numpy as np

from trailstats.metrics._energy import STOPPED_SPEED, is_walking
from trailstats.metrics._impact_result import ImpactLoad, ImpactLoadArrays
from trailstats.metrics._spring_mass import contact_time, flight_time, peak_force
from trailstats.metrics._stride import (
    POPULATION_CADENCE,
    CadenceModel,
    modelled_cadence,
    step_rate,
)
from trailstats.metrics.sampling import valid_seconds
from trailstats.schema.arrays import (
    ArrayLike,
    Flags,
    Floats,
    Ints,
    as_flags,
    as_floats,
)

#: Speed of the reference step. [m/s]
REFERENCE_SPEED: Final = 3.0
#: Steps in one kilometre at the reference speed on level ground [VanOeveren2019].
REFERENCE_STEPS_PER_KM: Final = (
    float(POPULATION_CADENCE.running(REFERENCE_SPEED)) / 60.0 / REFERENCE_SPEED * 1000.0
)
#: Rise of the impact component per degree downhill, from +54 % at -9 degrees [GottschallKram2005].
DOWNHILL_SLOPE: Final = 0.06
#: Angle beyond which the effect of grade is held, because nobody measured there. [degrees]
MEASURED_ANGLE: Final = 9.0
#: Rise of the impact component per m/s, from memory [Nigg1987].
IMPACT_SPEED_SLOPE: Final = 0.21
_TIBIAL_PER_SPEED: Final = 0.09  # [Baggaley2023]
_WALKING_PEAK: Final = 1.2  # body weights, [Keller1996]
_WALKING_TIBIAL: Final = 0.5  # judgement


def _modelled_peak(speed: Floats) -> Floats:
    contact = contact_time(speed)
    return peak_force(contact, flight_time(modelled_cadence(speed), contact))


_REFERENCE_PEAK: Final = float(_modelled_peak(as_floats(REFERENCE_SPEED)))


def active_component(speed: ArrayLike, *, walking: ArrayLike | None = None) -> Floats:
    """Active peak of a step relative to the reference step.

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
    array([1.   , 1.147])
    """
    v = as_floats(speed)
    running = _modelled_peak(v) / _REFERENCE_PEAK
    if walking is None:
        return running
    return np.where(
        as_flags(walking) & (v > 0.0), _WALKING_PEAK / _REFERENCE_PEAK, running
    )


def impact_component(
    speed: ArrayLike,
    grade: ArrayLike,
    *,
    walking: ArrayLike | None = None,
    surface_factor: ArrayLike = 1.0,
    downhill_slope: float = DOWNHILL_SLOPE,
    speed_slope: float = IMPACT_SPEED_SLOPE,
) -> Floats:
    """External impact peak of a step relative to the reference step.

    Parameters
    ----------
    speed : array-like
        Speed along the slope. [m/s] One study at 3 to 6 m/s.
    grade : array-like
        Rise over run. [1] Measured to 9 degrees (0.158) either way; held beyond downhill, 0 beyond
        uphill.
    walking : array-like of bool, optional
        Walking samples, which have no impact peak. [1]
    surface_factor : array-like
        Factor of the ground, see `SURFACE_FACTORS`. [1]
    downhill_slope : float
        Rise per degree downhill. [1/degree]
    speed_slope : float
        Rise per m/s of speed. [s/m] 0.21 is from memory.

    Returns
    -------
    numpy.ndarray
        Relative magnitude, not below 0. [1] NaN where an input is NaN.

    References
    ----------
    [GottschallKram2005]_, [Nigg1987]_

    Examples
    --------
    >>> from trailstats.metrics import impact
    >>> impact.impact_component(3.0, [-0.1584, 0.0, 0.1]).round(2)
    array([1.54, 1.  , 0.37])
    """
    angle = np.degrees(np.arctan(as_floats(grade)))
    downhill = 1.0 + downhill_slope * np.minimum(-angle, MEASURED_ANGLE)
    by_grade = np.where(
        angle < 0.0, downhill, np.maximum(0.0, 1.0 - angle / MEASURED_ANGLE)
    )
    by_speed = np.maximum(0.0, 1.0 + speed_slope * (as_floats(speed) - REFERENCE_SPEED))
    running = by_speed * by_grade * as_floats(surface_factor)
    return (
        running
        if walking is None
        else np.where(as_flags(walking) & ~np.isnan(running), 0.0, running)
    )


def tibial_component(
    speed: ArrayLike,
    grade: ArrayLike,
    *,
    walking: ArrayLike | None = None,
    steep_factor: float = 1.0,
) -> Floats:
    """Load inside the shin bone of a step relative to the reference step.

    Parameters
    ----------
    speed : array-like
        Speed along the slope. [m/s]
    grade : array-like
        Rise over run. [1]
    walking : array-like of bool, optional
        Walking samples, which take 0.5 (judgement). [1]
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
    by_grade = np.where(
        np.isnan(slope), np.nan, np.where(np.abs(slope) >= 0.10, steep_factor, 1.0)
    )
    running = _tibial_by_speed(speed) * by_grade
    return (
        running
        if walking is None
        else np.where(as_flags(walking) & ~np.isnan(running), _WALKING_TIBIAL, running)
    )


def _tibial_by_speed(speed: ArrayLike) -> Floats:
    """Factor of speed in the tibial component, not below 0."""
    return np.maximum(
        0.0, 1.0 + _TIBIAL_PER_SPEED * (as_floats(speed) - REFERENCE_SPEED)
    )


def impact_load_by_group(
    group: ArrayLike,
    speed: ArrayLike,
    grade: ArrayLike,
    cadence: ArrayLike,
    dt: ArrayLike,
    *,
    n_groups: int | None = None,
    walking: ArrayLike | None = None,
    surface_factor: ArrayLike = 1.0,
    exponent: float = 1.0,
    model: CadenceModel = POPULATION_CADENCE,
) -> ImpactLoadArrays:
    """Load by component for each group of samples, in one pass.

    Parameters
    ----------
    group : array-like of int, shape (n,)
        Group of each sample, 0 upwards. [1] Negative samples belong to none.
    speed : array-like
        Speed along the slope. [m/s] Samples below 0.3 m/s take no steps.
    grade : array-like
        Rise over run. [1]
    cadence : array-like
        Steps of both feet. [1/min] NaN and values that are not positive are modelled.
    dt : array-like
        Seconds that each sample stands for. [s]
    n_groups : int, optional
        Number of groups. [1] Default: the largest group plus one.
    walking : array-like of bool, optional
        Walking samples. [1] None decides by cadence, speed and grade.
    surface_factor : array-like
        Factor of the ground, see `SURFACE_FACTORS`. [1]
    exponent : float
        Exponent of the per-step magnitude. [1] 1 counts load; 4 (daily stimulus), 6.6 (bone) and 9
        (tendon) are from memory.
    model : CadenceModel
        Cadence where none was recorded.

    Returns
    -------
    ImpactLoadArrays
        One value per group. [km] A component skips samples where it is NaN; it is NaN for a group
        with time of which none could be used, and 0 for a group without time.

    Raises
    ------
    ValueError
        If `exponent` is not positive.

    References
    ----------
    [GottschallKram2005]_, [Rice2024]_, [Baggaley2023]_, [Edwards2018]_

    Examples
    --------
    >>> from trailstats.metrics import impact
    >>> load = impact.impact_load_by_group([0, 1], 3.0, [0.0, -0.1], float('nan'), 500.0 / 3.0)
    >>> load.impact.round(3)
    array([0.5  , 0.671])
    """
    if not exponent > 0.0:
        raise ValueError(f"exponent must be positive, got {exponent}")
    shape = np.broadcast_shapes(
        *(np.shape(a) for a in (group, speed, grade, cadence, dt))
    )
    v, slope, steps = (
        np.broadcast_to(as_floats(a), shape).ravel() for a in (speed, grade, cadence)
    )
    seconds = np.broadcast_to(valid_seconds(dt), shape).ravel()
    index = np.broadcast_to(np.asarray(group, dtype=np.int64), shape).ravel()
    factor = np.broadcast_to(as_floats(surface_factor), shape).ravel()
    walk = (
        is_walking(v, steps, slope)
        if walking is None
        else np.broadcast_to(as_flags(walking), shape).ravel()
    )
    rate, _ = step_rate(v, steps, walking=walk, model=model)

    kept = (index >= 0) & (seconds > 0.0)
    index, count = (
        index[kept],
        int(n_groups if n_groups is not None else np.max(index, initial=-1) + 1),
    )
    taken, stopped = (rate * seconds)[kept], (v < STOPPED_SPEED)[kept]

    def total(magnitude: Floats) -> Floats:
        each = np.where(stopped, 0.0, taken * magnitude[kept] ** exponent)
        return _sum_by_group(index, each, count) / REFERENCE_STEPS_PER_KM

    return ImpactLoadArrays(
        active=total(active_component(v, walking=walk)),
        impact=total(impact_component(v, slope, walking=walk, surface_factor=factor)),
        tibial=total(tibial_component(v, slope, walking=walk)),
    )


def _sum_by_group(index: Ints, values: Floats, count: int) -> Floats:
    usable: Flags = ~np.isnan(values)
    sums = np.bincount(index[usable], weights=values[usable], minlength=count)
    present = np.bincount(index, minlength=count) > 0
    used = np.bincount(index[usable], minlength=count) > 0
    return np.where(present & ~used, np.nan, sums)


def impact_load(
    speed: ArrayLike,
    grade: ArrayLike,
    cadence: ArrayLike,
    dt: ArrayLike,
    *,
    walking: ArrayLike | None = None,
    surface_factor: ArrayLike = 1.0,
    exponent: float = 1.0,
    model: CadenceModel = POPULATION_CADENCE,
) -> ImpactLoad:
    """Load of a recording by component, in equivalent level-road kilometres at 3.0 m/s.

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
    surface_factor : array-like
        Factor of the ground, see `SURFACE_FACTORS`. [1]
    exponent : float
        Exponent of the per-step magnitude. [1] 1 counts load; 4, 6.6 and 9 count fatigue and are
        from memory. Never report only one.
    model : CadenceModel
        Cadence where none was recorded.

    Returns
    -------
    ImpactLoad
        Load. [km] Each component skips samples where it is NaN and is NaN when no sample could be
        used; 0 without time.

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
    >>> round(load.active, 3), round(load.impact, 3), round(load.tibial, 3)
    (1.0, 1.0, 1.0)
    """
    grouped = impact_load_by_group(
        0,
        speed,
        grade,
        cadence,
        dt,
        n_groups=1,
        walking=walking,
        surface_factor=surface_factor,
        exponent=exponent,
        model=model,
    )
    return ImpactLoad(
        float(grouped.active[0]), float(grouped.impact[0]), float(grouped.tibial[0])
    )
