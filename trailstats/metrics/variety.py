"""Variety of training: terrain entropy, routes, effort kilometres, climbs and session kinds."""

from __future__ import annotations

import numpy as np

from trailstats.arrays import ArrayLike, Floats, as_floats
from trailstats.metrics._routes import (
    route_cells,
    route_groups,
    route_novelty,
    route_similarity,
)
from trailstats.metrics._session_kind import (
    SessionFeatures,
    SessionKind,
    SessionRules,
    session_kinds,
)

__all__ = [
    "SessionFeatures",
    "SessionKind",
    "SessionRules",
    "km_effort",
    "route_cells",
    "route_groups",
    "route_novelty",
    "route_similarity",
    "session_kinds",
    "shannon_evenness",
]


def shannon_evenness(weights: ArrayLike) -> float:
    """Compute the entropy of shares relative to the largest possible: 0 for one class only, 1 for
    equal shares.

    Parameters
    ----------
    weights : array-like, shape (k,)
        Time or distance per class, classes without any included. [any unit] NaN counts as 0.

    Returns
    -------
    float
        Evenness. [1] NaN when the weights add up to 0 or there are fewer than two classes.

    Raises
    ------
    ValueError
        If a weight is negative.

    References
    ----------
    [Shannon1948]_

    Examples
    --------
    >>> from trailstats.metrics import variety
    >>> variety.shannon_evenness([1.0, 1.0, 0.0, 0.0])
    0.5
    """
    amounts = np.nan_to_num(as_floats(weights)).ravel()
    if np.any(amounts < 0.0):
        raise ValueError("weights cannot be negative")
    total = float(np.sum(amounts))
    if amounts.size < 2 or total == 0.0:
        return float("nan")
    shares = amounts[amounts > 0.0] / total
    entropy = -float(np.sum(shares * np.log(shares)))
    # The other way round, max would keep a negative zero.
    return min(max(0.0, entropy / float(np.log(amounts.size))), 1.0)


def km_effort(distance: ArrayLike, ascent: ArrayLike) -> Floats:
    """Add a hundredth of the metres of ascent to the kilometres (effort kilometres).

    Parameters
    ----------
    distance : array-like
        Distance. [m]
    ascent : array-like
        Ascent. [m]

    Returns
    -------
    numpy.ndarray
        Effort kilometres. [km] NaN where an input is NaN.

    References
    ----------
    [ItraCategories]_

    Examples
    --------
    >>> from trailstats.metrics import variety
    >>> float(variety.km_effort(65000.0, 3500.0))
    100.0
    """
    return as_floats(distance) / 1000.0 + as_floats(ascent) / 100.0
