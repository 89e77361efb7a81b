"""Where a function of one number crosses zero."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

_MOST: Final = 200
"""Evaluations; some ten are the usual number."""


def root_between(
    of: Callable[[float], float], low: float, high: float, close: float = 2e-12
) -> float:
    """Find where a continuous function crosses zero: by a parabola through the last three places
    where one serves, else by halving [Chandrupatla1997]_.

    Parameters
    ----------
    of : callable
        Of opposite signs at both ends; else the end at which it is nearer to zero is returned.
    low, high : float
        Where it is looked for.
    close : float
        How near to the place the answer lies.

    Examples
    --------
    >>> round(root_between(lambda x: x**2 - 2.0, 0.0, 2.0), 9)
    1.414213562
    """
    new, other = high, low
    at_new, at_other = of(new), of(other)
    if at_new * at_other >= 0.0:
        return new if abs(at_new) <= abs(at_other) else other
    share = 0.5
    for _ in range(_MOST):
        place = new + share * (other - new)
        value = of(place)
        # The crossing stays between the new place and the other.
        if value * at_new > 0.0:
            last, at_last = new, at_new
        else:
            last, at_last, other, at_other = other, at_other, new, at_new
        new, at_new = place, value
        if not at_new or abs(other - new) <= close:
            break
        share = 0.5
        along = (new - other) / (last - other)
        up = (at_new - at_other) / (at_last - at_other)
        if up**2 < along and (1.0 - up) ** 2 < 1.0 - along:
            one = at_new / (at_other - at_new) * at_last / (at_other - at_last)
            two = at_new / (at_last - at_new) * at_other / (at_last - at_other)
            share = one + (last - new) / (other - new) * two
        least = 0.5 * close / abs(other - new)
        share = min(max(share, least), 1.0 - least)
    return new if abs(at_new) <= abs(at_other) else other
