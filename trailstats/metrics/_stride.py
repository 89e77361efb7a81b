"""Steps: recorded, modelled from the athlete's own cadence, or from the population's."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from trailstats.metrics._energy import STOPPED_SPEED
from trailstats.metrics._types import ArrayLike, BoolArray, FloatArray, as_bools, as_floats
from trailstats.metrics.sampling import valid_seconds

# Walking cadence is a square-root-like law through 110 steps/min at 1.3 m/s [judgement].
_WALK_CADENCE, _WALK_SPEED, _WALK_EXPONENT = 110.0, 1.3, 0.58


@dataclass(frozen=True)
class CadenceModel:
    """Running cadence as a parabola of speed.

    Parameters
    ----------
    constant : float
        Cadence at speed zero. [1/min]
    linear : float
        Rise of cadence with speed. [1/min per m/s]
    quadratic : float
        Bend. [1/min per (m/s)^2]
    speed_low, speed_high : float
        Range of validity. [m/s] A fitted parabola is held at the edge; the population line is extended.
    personal : bool
        Whether it was fitted to one athlete.

    References
    ----------
    [VanOeveren2019]_
    """

    constant: float
    linear: float
    quadratic: float = 0.0
    speed_low: float = 1.64
    speed_high: float = 4.68
    personal: bool = False

    def cadence(self, speed: ArrayLike) -> FloatArray:
        """Cadence of running at a speed.

        Parameters
        ----------
        speed : array-like
            Speed along the slope. [m/s]

        Returns
        -------
        numpy.ndarray
            Steps of both feet. [1/min] NaN where `speed` is NaN.
        """
        v = as_floats(speed)
        if self.quadratic != 0.0:
            v = np.clip(v, self.speed_low, self.speed_high)
        return self.constant + v * (self.linear + v * self.quadratic)


#: Stride rate of 256 runners over 16,128 hours, doubled to steps [VanOeveren2019].
POPULATION_CADENCE: Final = CadenceModel(constant=150.02, linear=6.012)


def fit_cadence(
    speed: ArrayLike, cadence: ArrayLike, dt: ArrayLike, *, minimum_seconds: float = 1800.0
) -> CadenceModel:
    """Fit an athlete's own cadence against speed.

    Give level running samples only.

    Parameters
    ----------
    speed : array-like, shape (n,)
        Speed. [m/s]
    cadence : array-like, shape (n,)
        Steps of both feet. [1/min]
    dt : array-like
        Seconds that each sample stands for. [s]
    minimum_seconds : float
        Running time needed for a fit. [s] Judgement: 30 minutes.

    Returns
    -------
    CadenceModel
        The athlete's parabola, or `POPULATION_CADENCE` when there is too little time, or when the speeds
        spread over less than 0.5 m/s (5th to 95th percentile). NaN samples and cadences below 140 are
        skipped.

    References
    ----------
    [VanOeveren2019]_

    Examples
    --------
    >>> from trailstats.metrics import impact
    >>> speed = [2.5 + 0.5 * k for k in range(4)]
    >>> model = impact.fit_cadence(speed, [170.0, 174.0, 178.0, 182.0], 600.0)
    >>> model.personal, round(float(model.cadence(3.0)), 1)
    (True, 174.0)
    """
    v, steps = np.broadcast_arrays(as_floats(speed), as_floats(cadence))
    seconds = np.where((steps >= 140.0) & (v >= 1.64), valid_seconds(dt, v, steps), 0.0)
    kept = seconds > 0.0
    if float(np.sum(seconds)) < minimum_seconds:
        return POPULATION_CADENCE
    low, high = (float(edge) for edge in np.quantile(v[kept], [0.05, 0.95]))
    if high - low < 0.5:
        return POPULATION_CADENCE
    # polyfit weighs residuals, not squares, hence the root.
    quadratic, linear, constant = np.polyfit(v[kept], steps[kept], 2, w=np.sqrt(seconds[kept]))
    return CadenceModel(float(constant), float(linear), float(quadratic), low, high, personal=True)


def modelled_cadence(
    speed: ArrayLike, *, walking: ArrayLike | None = None, model: CadenceModel = POPULATION_CADENCE
) -> FloatArray:
    """Cadence expected from speed alone.

    There is no usable model of the effect of slope; take 5 % as its uncertainty (judgement).

    Parameters
    ----------
    speed : array-like
        Speed along the slope. [m/s] Studied from 1.64 to 4.68.
    walking : array-like of bool, optional
        Walking samples. [1] They follow ``110 (v / 1.3)^0.58``, a judgement.
    model : CadenceModel
        Cadence of running.

    Returns
    -------
    numpy.ndarray
        Steps of both feet. [1/min] NaN where `speed` is NaN.

    References
    ----------
    [VanOeveren2019]_, [Padulo2013]_

    Examples
    --------
    >>> from trailstats.metrics import impact
    >>> impact.modelled_cadence([2.0, 3.0, 4.0]).round(3)
    array([162.044, 168.056, 174.068])
    """
    v = as_floats(speed)
    running = model.cadence(v)
    if walking is None:
        return running
    walk = _WALK_CADENCE * (np.maximum(v, 0.0) / _WALK_SPEED) ** _WALK_EXPONENT
    return np.where(as_bools(walking), walk, running)


def step_length(speed: ArrayLike, cadence: ArrayLike) -> FloatArray:
    """Length of one step.

    Parameters
    ----------
    speed : array-like
        Speed along the slope. [m/s]
    cadence : array-like
        Steps of both feet. [1/min]

    Returns
    -------
    numpy.ndarray
        Step length. [m] NaN where an input is NaN or the cadence is not positive.

    Examples
    --------
    >>> from trailstats.metrics import impact
    >>> float(impact.step_length(3.0, 168.056).round(5))
    1.07107
    """
    v, steps = np.broadcast_arrays(as_floats(speed), as_floats(cadence))
    return as_floats(np.divide(60.0 * v, steps, out=np.full(v.shape, np.nan), where=steps > 0.0))


@dataclass(frozen=True)
class StepCount:
    """Number of steps, and how many of them were modelled.

    Parameters
    ----------
    steps : float
        Steps of both feet. [1]
    modelled_share : float
        Share that rests on modelled cadence. [1] NaN without steps.
    """

    steps: float
    modelled_share: float


def count_steps(
    speed: ArrayLike,
    cadence: ArrayLike,
    dt: ArrayLike,
    *,
    walking: ArrayLike | None = None,
    model: CadenceModel = POPULATION_CADENCE,
) -> StepCount:
    """Count the steps of a recording; missing cadence is modelled from speed.

    Parameters
    ----------
    speed : array-like, shape (n,)
        Speed along the slope. [m/s] Samples below 0.3 m/s take no steps.
    cadence : array-like
        Steps of both feet. [1/min] NaN and values that are not positive are modelled.
    dt : array-like
        Seconds that each sample stands for. [s]
    walking : array-like of bool, optional
        Walking samples, for the model. [1]
    model : CadenceModel
        Cadence of running.

    Returns
    -------
    StepCount
        Steps and the modelled share. NaN when no speed was recorded.

    References
    ----------
    [VanOeveren2019]_

    Examples
    --------
    >>> from trailstats.metrics import impact
    >>> count = impact.count_steps([3.0], [float('nan')], [1000.0 / 3.0])
    >>> round(count.steps, 1), count.modelled_share
    (933.6, 1.0)
    """
    rate, modelled = step_rate(speed, cadence, walking=walking, model=model)
    seconds = valid_seconds(dt, rate)
    if not np.any(seconds > 0.0):
        return StepCount(float("nan"), float("nan"))
    steps = np.where(seconds > 0.0, rate, 0.0) * seconds
    total = float(np.sum(steps))
    share = float(np.sum(steps[modelled])) / total if total > 0.0 else float("nan")
    return StepCount(total, share)


def step_rate(
    speed: ArrayLike,
    cadence: ArrayLike,
    *,
    walking: ArrayLike | None = None,
    model: CadenceModel = POPULATION_CADENCE,
) -> tuple[FloatArray, BoolArray]:
    """Step rate of each sample, and whether they were modelled.

    Parameters
    ----------
    speed : array-like
        Speed along the slope. [m/s] Below 0.3 m/s the rate is 0.
    cadence : array-like
        Steps of both feet. [1/min] NaN and values that are not positive are modelled.
    walking : array-like of bool, optional
        Walking samples, for the model. [1]
    model : CadenceModel
        Cadence of running.

    Returns
    -------
    rate : numpy.ndarray
        Steps per second. [1/s] NaN where `speed` is NaN.
    modelled : numpy.ndarray of bool
        Where the rate rests on the model. [1]

    References
    ----------
    [VanOeveren2019]_

    Examples
    --------
    >>> from trailstats.metrics import impact
    >>> rate, modelled = impact.step_rate([3.0, 3.0], [170.0, float('nan')])
    >>> rate.round(3), modelled
    (array([2.833, 2.801]), array([False,  True]))
    """
    v, recorded = np.broadcast_arrays(as_floats(speed), as_floats(cadence))
    modelled = ~(recorded > 0.0)
    rate = np.where(modelled, modelled_cadence(v, walking=walking, model=model), recorded) / 60.0
    return np.where(v < STOPPED_SPEED, 0.0, np.where(np.isnan(v), np.nan, rate)), modelled
