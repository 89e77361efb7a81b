"""Load by component: of a recording, and of several groups of samples."""

from dataclasses import dataclass

import numpy as np

from trailstats.schema.arrays import ArrayLike, Floats, as_floats


@dataclass(frozen=True)
class ImpactLoad:
    """Load of a recording by component, each in equivalent level-road kilometres at 3.0 m/s.

    Parameters
    ----------
    active : float
        Peak vertical force of the stance, a muscle and joint load. [km]
    impact : float
        External impact peak, the only component that grade and ground move strongly. [km]
    tibial : float
        Load inside the shin bone. [km]

    References
    ----------
    [GottschallKram2005]_, [Rice2024]_, [Baggaley2023]_
    """

    active: float
    impact: float
    tibial: float

    def per(self, amount: float) -> "ImpactLoad":
        """Divide each component by an amount, such as kilometres, minutes or session load.

        Parameters
        ----------
        amount : float
            What to divide by. [any unit]

        Returns
        -------
        ImpactLoad
            Load per unit of `amount`. NaN when `amount` is not positive.
        """
        divisor = amount if amount > 0.0 else float("nan")
        return ImpactLoad(
            self.active / divisor, self.impact / divisor, self.tibial / divisor
        )


@dataclass(frozen=True, eq=False)
class ImpactLoadArrays:
    """Load by component for several groups of samples, or several exponents.

    Parameters
    ----------
    active, impact, tibial : numpy.ndarray
        As in `ImpactLoad`, one value per group. [km]

    References
    ----------
    [GottschallKram2005]_, [Rice2024]_, [Baggaley2023]_
    """

    active: Floats
    impact: Floats
    tibial: Floats

    def per(self, amount: ArrayLike) -> "ImpactLoadArrays":
        """Divide each component by an amount per group.

        Parameters
        ----------
        amount : array-like
            What to divide by. [any unit]

        Returns
        -------
        ImpactLoadArrays
            Load per unit of `amount`. NaN where `amount` is not positive.
        """
        divisor = np.where(as_floats(amount) > 0.0, as_floats(amount), np.nan)
        return ImpactLoadArrays(
            self.active / divisor, self.impact / divisor, self.tibial / divisor
        )
