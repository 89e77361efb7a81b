"""How many runs decide what, from a runner's own scatter."""

from __future__ import annotations

import numpy as np
from scipy.special import nctdtr, stdtrit

ALPHA = 0.05

BLOCK = 4
"""Runs whose coins are tossed together (our choice)."""


def power(
    effect: float,
    scatter: float,
    runs: int,
    *,
    adherence: float = 1.0,
    block: int = BLOCK,
) -> float:
    """Return how often a trial finds an effect.

    Parameters
    ----------
    effect : float
        Difference between trail and road [any unit].
    scatter : float
        Standard deviation of single runs [same unit].
    runs : int
        Of both arms together, half of them each.
    adherence : float
        Share of the runs that follow the plan. The others dilute the effect to
        ``2 * adherence - 1`` of its size, as a run on the wrong ground counts for the arm that it
        was meant for, and add to the scatter.
    block : int
        Runs whose coins are tossed together; each block's mean costs a degree of freedom.

    Returns
    -------
    float
        From 0 to 1, two-sided at 5 %; NaN with fewer than four runs. That of the t test, to which a
        randomisation test comes near [Fisher1935]_.

    Examples
    --------
    >>> round(power(1.0, 2.0, 128), 2)
    0.8
    """
    if runs < 4:
        return float("nan")
    df = runs - np.ceil(runs / block) - 1.0
    shown = abs(effect) * max(2.0 * adherence - 1.0, 0.0)
    spread = np.sqrt(scatter**2 + effect**2 * adherence * (1.0 - adherence))
    shift = shown / spread * np.sqrt(runs) / 2.0
    bound = float(stdtrit(df, 1.0 - ALPHA / 2.0))
    return float(1.0 - nctdtr(df, shift, bound) + nctdtr(df, shift, -bound))


def runs_for(
    effect: float,
    scatter: float,
    *,
    wanted: float = 0.8,
    adherence: float = 1.0,
    most: int = 400,
) -> int | None:
    """Return the fewest runs, a multiple of four, that find an effect so often; None over ``most``.

    Examples
    --------
    >>> 120 < runs_for(1.0, 2.0) < 140, runs_for(0.01, 2.0)
    (True, None)
    """
    for runs in range(8, most + 1, 4):
        if power(effect, scatter, runs, adherence=adherence) >= wanted:
            return runs
    return None


def smallest_effect(
    scatter: float, runs: int, *, wanted: float = 0.8, adherence: float = 1.0
) -> float:
    """Return the smallest effect that so many runs find so often, in the unit of ``scatter``.

    Examples
    --------
    >>> round(smallest_effect(2.0, 128), 2)
    1.0
    """
    low, high = 0.0, 50.0 * scatter
    for _ in range(60):
        middle = (low + high) / 2.0
        if power(middle, scatter, runs, adherence=adherence) < wanted:
            low = middle
        else:
            high = middle
    return high
