"""What the matching takes for likely, in one object."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class MatchRules:
    """What the matching takes for likely; all values are our choice, checked against
    labelled tracks.

    Attributes
    ----------
    spread : float
        Standard deviation of a position's distance from the way [m]. Neighbouring positions err
        alike, so it is larger than a receiver's own: each counts for less than one independent
        observation.
    turned : float
        What a way at right angles to the direction of travel loses in log-likelihood.
    off_way : float
        Log-likelihood of a position where no mapped way is followed.
    on_area : float
        Log-likelihood of a position on a mapped area, such as a beach, where no way is followed.
    change : float
        What changing to a connected way costs in log-likelihood.
    detour : float
        Each so many metres that the route over the junction is longer than the straight line cost
        one [m].
    jump : float
        The most that any change between ways costs, connected or not.
    leave : float
        What leaving the mapped ways, or coming back to them, costs.
    """

    spread: float = 9.0
    turned: float = 2.0
    off_way: float = -3.0
    on_area: float = -1.5
    change: float = 0.7
    detour: float = 8.0
    jump: float = 6.0
    leave: float = 3.0


MATCH_RULES = MatchRules()
"""The values in use."""
