"""How far the load of the steps may move within what the evidence leaves open."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from trailstats.metrics._energy import STOPPED_SPEED, is_walking
from trailstats.metrics._impact_load import (
    DOWNHILL_SLOPE,
    MEASURED_ANGLE,
    REFERENCE_STEPS_PER_KM,
    active_component,
    impact_component,
    tibial_component,
)
from trailstats.metrics._impact_result import ImpactLoadArrays
from trailstats.metrics._stride import POPULATION_CADENCE, CadenceModel, step_rate
from trailstats.metrics._surface_factor import SURFACE_FACTORS, Ground, SurfaceFactor
from trailstats.metrics.sampling import valid_seconds
from trailstats.schema.arrays import (
    ArrayLike,
    Flags,
    Floats,
    Ints,
    as_flags,
    as_floats,
)

#: Load, daily stimulus, bone and tendon exponents. All but the first are from memory [Edwards2018].
EXPONENTS: Final = (1.0, 4.0, 6.6, 9.0)
_SLOPE_RANGE: Final = (0.04, 0.08)  # per degree; judgement around [GottschallKram2005]
_STEEP_RANGE: Final = (0.85, 1.15)  # judgement between [Rice2024] and [Baggaley2023]
_ANGLE_BINS: Final = 24


@dataclass(frozen=True, eq=False)
class ImpactSensitivity:
    """Draws of the load by component.

    Two results made with the same seed and number of draws share every drawn constant but the
    ground's, so they can be compared draw by draw.

    Parameters
    ----------
    exponents : tuple of float, length (k,)
        Exponents of the per-step magnitude. [1]
    active, impact, tibial : numpy.ndarray, shape (k, draws)
        Load, in equivalent level-road kilometres. [km]

    References
    ----------
    [GottschallKram2005]_, [Rice2024]_, [Baggaley2023]_, [Edwards2018]_
    """

    exponents: tuple[float, ...]
    active: Floats
    impact: Floats
    tibial: Floats

    def bounds(
        self, *, level: float = 0.95
    ) -> tuple[ImpactLoadArrays, ImpactLoadArrays]:
        """Low and high load per exponent.

        Parameters
        ----------
        level : float
            Share of the draws between the bounds. [1]

        Returns
        -------
        low, high : ImpactLoadArrays
            One value per exponent. [km] NaN where the load is NaN.
        """
        tail = 0.5 * (1.0 - level)
        low = [
            np.quantile(x, tail, axis=1)
            for x in (self.active, self.impact, self.tibial)
        ]
        high = [
            np.quantile(x, 1.0 - tail, axis=1)
            for x in (self.active, self.impact, self.tibial)
        ]
        return ImpactLoadArrays(*low), ImpactLoadArrays(*high)

    def per(self, amount: float) -> "ImpactSensitivity":
        """Divide every draw by an amount, such as kilometres, minutes or session load.

        Parameters
        ----------
        amount : float
            What to divide by. [any unit]

        Returns
        -------
        ImpactSensitivity
            Draws per unit of `amount`. NaN when `amount` is not positive.
        """
        divisor = amount if amount > 0.0 else float("nan")
        return ImpactSensitivity(
            self.exponents,
            self.active / divisor,
            self.impact / divisor,
            self.tibial / divisor,
        )

    def share_below(self, other: "ImpactSensitivity") -> ImpactLoadArrays:
        """Share of the draws in which this load is lower than another.

        Only a share above 0.95 allows the words "lower than".

        Parameters
        ----------
        other : ImpactSensitivity
            Made with the same seed, exponents and number of draws.

        Returns
        -------
        ImpactLoadArrays
            Share per component and exponent. [1] NaN where either load is NaN.

        Raises
        ------
        ValueError
            If exponents or numbers of draws differ.
        """
        if self.exponents != other.exponents or self.active.shape != other.active.shape:
            raise ValueError("the two results differ in exponents or number of draws")

        def share(mine: Floats, theirs: Floats) -> Floats:
            known = np.all(~np.isnan(mine) & ~np.isnan(theirs), axis=1)
            return np.where(known, np.mean(mine < theirs, axis=1), np.nan)

        return ImpactLoadArrays(
            share(self.active, other.active),
            share(self.impact, other.impact),
            share(self.tibial, other.tibial),
        )


def impact_sensitivity(
    speed: ArrayLike,
    grade: ArrayLike,
    cadence: ArrayLike,
    dt: ArrayLike,
    *,
    surfaces: Sequence[SurfaceFactor] = (SURFACE_FACTORS[Ground.UNKNOWN_TRAIL],),
    surface_index: ArrayLike = 0,
    walking: ArrayLike | None = None,
    exponents: tuple[float, ...] = EXPONENTS,
    draws: int = 1000,
    seed: int = 0,
    model: CadenceModel = POPULATION_CADENCE,
) -> ImpactSensitivity:
    """Draw the load of a recording over the constants that the evidence leaves open.

    Drawn are the factor of each kind of ground (triangular over its interval), the rise of impact
    per degree downhill (0.04 to 0.08), the effect of steep ground on the shin bone (0.85 to 1.15)
    and, for modelled steps, the step rate (`CadenceModel.uncertainty` either way). The passes over
    the samples do not grow with the number of draws.

    Parameters
    ----------
    speed : array-like, shape (n,)
        Speed along the slope. [m/s]
    grade : array-like
        Rise over run. [1]
    cadence : array-like
        Steps of both feet. [1/min] NaN and values that are not positive are modelled.
    dt : array-like
        Seconds that each sample stands for. [s]
    surfaces : sequence of SurfaceFactor
        Kinds of ground that occur. [1]
    surface_index : array-like of int
        Which of `surfaces` each sample lies on. [1]
    walking : array-like of bool, optional
        Walking samples. [1] None decides by cadence, speed and grade.
    exponents : tuple of float
        Exponents of the per-step magnitude. [1]
    draws : int
        Number of draws. [1]
    seed : int
        Seed of the random numbers; the same seed gives the same draws.
    model : CadenceModel
        Cadence where none was recorded.

    Returns
    -------
    ImpactSensitivity
        Draws per component and exponent. [km] Samples where a component is NaN are skipped; a
        component without any usable sample is NaN.

    Raises
    ------
    ValueError
        If there are no draws, or `surface_index` names a kind that is not there.

    References
    ----------
    [GottschallKram2005]_, [Rice2024]_, [Baggaley2023]_, [Edwards2018]_, [Padulo2013]_

    Examples
    --------
    >>> from trailstats.metrics import impact
    >>> draws = impact.impact_sensitivity([3.0], [-0.1], [170.0], [600.0], draws=500)
    >>> low, high = draws.bounds()
    >>> bool(low.impact[0] < high.impact[0])
    True
    """
    shape = np.broadcast_shapes(*(np.shape(a) for a in (speed, grade, cadence, dt)))
    v, slope, recorded = (
        np.broadcast_to(as_floats(a), shape).ravel() for a in (speed, grade, cadence)
    )
    index = np.broadcast_to(np.asarray(surface_index, dtype=np.int64), shape).ravel()
    if draws < 1 or (
        index.size and not 0 <= int(np.min(index)) <= int(np.max(index)) < len(surfaces)
    ):
        raise ValueError(
            "draws must be positive and surface_index must name one of surfaces"
        )
    walk = (
        is_walking(v, recorded, slope)
        if walking is None
        else np.broadcast_to(as_flags(walking), shape).ravel()
    )
    rate, modelled = step_rate(v, recorded, walking=walk, model=model)
    seconds = np.broadcast_to(valid_seconds(dt), shape).ravel()
    moving = (seconds > 0.0) & (v >= STOPPED_SPEED)
    steps = np.where(moving, rate * seconds, 0.0) / REFERENCE_STEPS_PER_KM

    rng = np.random.default_rng(seed)
    steps_range = (1.0 - model.uncertainty, 1.0 + model.uncertainty)
    rise, steep, stretch = (
        rng.uniform(*bounds, size=draws)
        for bounds in (_SLOPE_RANGE, _STEEP_RANGE, steps_range)
    )
    # The ground has its own stream, so that another set of grounds leaves the constants above as
    # they are.
    factor = np.stack(
        [
            _draw_surface(np.random.default_rng([seed, k]), s, draws)
            for k, s in enumerate(surfaces)
        ]
    )

    # Downhill angle bins carry the only nonlinear constant; one more bin holds everything that is
    # not downhill.
    angle = np.minimum(-np.degrees(np.arctan(slope)), MEASURED_ANGLE)
    bins = np.where(
        angle > 0.0,
        np.minimum(angle / MEASURED_ANGLE * _ANGLE_BINS, _ANGLE_BINS - 1e-9) + 1.0,
        0.0,
    )
    angle_bin = np.nan_to_num(bins).astype(np.int64)
    cells = (_ANGLE_BINS + 1) * len(surfaces)
    count = np.bincount(angle_bin, minlength=_ANGLE_BINS + 1)
    degrees = np.bincount(
        angle_bin,
        weights=np.nan_to_num(np.maximum(angle, 0.0)),
        minlength=_ANGLE_BINS + 1,
    )
    bin_angle = degrees / np.maximum(count, 1)
    log_rise = np.log1p(rise * bin_angle[:, None]) - np.log1p(
        DOWNHILL_SLOPE * bin_angle[:, None]
    )

    magnitudes = (
        active_component(v, walking=walk),
        impact_component(v, slope, walking=walk),
        tibial_component(v, slope, walking=walk),
    )
    cell = angle_bin * len(surfaces) + index
    on_steep = (np.abs(slope) >= 0.10) & ~walk
    results: list[list[Floats]] = [[], [], []]
    for exponent in exponents:
        active = _stretched(
            steps, magnitudes[0], exponent, modelled, np.zeros_like(cell), 1, stretch
        )
        impact = _stretched(
            steps, magnitudes[1], exponent, modelled, cell, cells, stretch
        )
        tibial = _stretched(
            steps,
            magnitudes[2],
            exponent,
            modelled,
            on_steep.astype(np.int64),
            2,
            stretch,
        )
        grounds = impact.reshape(_ANGLE_BINS + 1, len(surfaces), draws)
        results[0].append(active[0])
        results[1].append(
            np.einsum(
                "asd,ad,sd->d", grounds, np.exp(exponent * log_rise), factor**exponent
            )
        )
        results[2].append(tibial[0] + tibial[1] * steep**exponent)
    stacked = [np.stack(rows) for rows in results]
    for k, magnitude in enumerate(magnitudes):
        if np.any(seconds > 0.0) and not np.any(
            (seconds > 0.0) & (~np.isnan(magnitude) | (v < STOPPED_SPEED))
        ):
            stacked[k] = np.full_like(stacked[k], np.nan)
    return ImpactSensitivity(exponents, *stacked)


def _draw_surface(
    rng: np.random.Generator, surface: SurfaceFactor, draws: int
) -> Floats:
    if surface.low == surface.high:
        return np.full(draws, surface.central)
    return rng.triangular(surface.low, surface.central, surface.high, size=draws)


def _stretched(
    steps: Floats,
    magnitude: Floats,
    exponent: float,
    modelled: Flags,
    cell: Ints,
    cells: int,
    stretch: Floats,
) -> Floats:
    """Sum steps times magnitude per cell and draw; only modelled steps are stretched."""
    load = steps * magnitude**exponent
    usable = ~np.isnan(load)
    fixed = np.bincount(
        cell[usable & ~modelled], weights=load[usable & ~modelled], minlength=cells
    )
    free = np.bincount(
        cell[usable & modelled], weights=load[usable & modelled], minlength=cells
    )
    return np.asarray(fixed[:, None] + free[:, None] * stretch, dtype=np.float64)
