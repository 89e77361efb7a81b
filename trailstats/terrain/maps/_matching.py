"""Map matching: the ways that a track most likely followed, by a hidden Markov model along it
[NewsonKrumm2009]_.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trailstats.arrays import Flags, Floats, Ints
from trailstats.terrain.maps._candidates import (
    METRES,
    NEAREST,
    Candidates,
    expand,
)

STEPS = 4096
"""Steps whose transitions are worked out together, which bounds the memory."""


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
    change: float = 0.7
    detour: float = 8.0
    jump: float = 6.0
    leave: float = 3.0


MATCH_RULES = MatchRules()
"""The values in use."""


def follow(
    found: Candidates,
    step: tuple[Floats, Floats],
    whole: Flags,
    rules: MatchRules,
) -> tuple[Ints, Floats]:
    """Return the ways that a track most likely followed.

    Parameters
    ----------
    found : Candidates
        Of n points.
    step : tuple of numpy.ndarray, shape (n - 1,)
        East and north from each point to the next [m].
    whole : numpy.ndarray of bool, shape (n - 1,)
        Whether two points follow each other; across a gap anything is as likely as anything else.
    rules : MatchRules

    Returns
    -------
    choice : numpy.ndarray of int, shape (n,)
        Column of the candidate on the most likely sequence as a whole; `NEAREST` where no way is
        followed.
    probability : numpy.ndarray, shape (n, k + 1)
        Probability of each candidate, given the whole track; the last column is that of no way.

    Notes
    -----
    The recursions are loops over points of the resampled track, not over records; everything that
    depends on pairs of candidates is worked out before for many points at once.
    """
    n = len(found.way)
    off_way = np.full((n, 1), rules.off_way)
    fit = np.concatenate((found.fit, off_way), axis=1)
    transitions = _Transitions(found, _links(found), step, whole, rules)
    blocks = [
        transitions.between(first, min(first + STEPS, n - 1))
        for first in range(0, n - 1, STEPS)
    ]
    none = np.empty((0, NEAREST + 1, NEAREST + 1), np.float32)
    costs = np.concatenate([none, *blocks])
    return _viterbi(fit, costs), _posterior(fit, costs)


def _viterbi(fit: Floats, costs: NDArray[np.float32]) -> Ints:
    n, states = fit.shape
    back = np.zeros((n, states), np.int64)
    score = fit[0]
    column = np.arange(states)
    for i in range(1, n):
        through = score[:, None] + costs[i - 1]
        back[i] = best = through.argmax(axis=0)
        score = through[best, column] + fit[i]
    at = int(score.argmax())
    out = [at]
    for row in back[:0:-1].tolist():
        at = row[at]
        out.append(at)
    return np.array(out[::-1], dtype=np.int64)


def _posterior(fit: Floats, costs: NDArray[np.float32]) -> Floats:
    """Return the probabilities by the forward and the backward recursion."""
    seen = np.exp(fit - fit.max(axis=1, keepdims=True))
    moves = np.exp(costs.astype(float))
    forward, backward = np.empty_like(seen), np.ones_like(seen)
    state = seen[0] / seen[0].sum()
    forward[0] = state
    for i in range(1, len(seen)):
        state = (state @ moves[i - 1]) * seen[i]
        state /= state.sum()
        forward[i] = state
    for i in range(len(seen) - 2, -1, -1):
        state = moves[i] @ (seen[i + 1] * backward[i + 1])
        backward[i] = state / state.sum()
    both = forward * backward
    return np.asarray(both / both.sum(axis=1, keepdims=True))


@dataclass(frozen=True, eq=False)
class _Links:
    """Where two ways meet: sorted pairs of ways, and the position of the junction [1e-7 deg]."""

    pair: Ints
    latitude: Ints
    longitude: Ints


def _links(found: Candidates) -> _Links:
    """Return every pair of ways that share an end of a piece."""
    pieces, ways = found.pieces, len(found.ids) + 1
    lat = np.append(pieces["lat1"], pieces["lat2"]).astype(np.int64)
    lon = np.append(pieces["lon1"], pieces["lon2"]).astype(np.int64)
    # Equal coordinates are one node: that holds across extracts too, where ids may not.
    _, node = np.unique((lat << 32) + lon, return_inverse=True)
    owner = np.tile(found.owner, 2)
    visits, first = np.unique(node * ways + owner, return_index=True)
    node, owner = visits // ways, owner[first]
    lat, lon = lat[first], lon[first]
    degree = np.bincount(node)
    start = np.cumsum(degree) - degree
    one, other = expand(start[node], degree[node])
    meets = owner[one] != owner[other]
    one, other = one[meets], other[meets]
    pair = owner[one] * len(found.ids) + owner[other]
    order = np.argsort(pair, kind="stable")
    return _Links(pair[order], lat[one[order]], lon[one[order]])


@dataclass(frozen=True, eq=False)
class _Transitions:
    """How likely each candidate of a point leads to each of the next."""

    found: Candidates
    links: _Links
    step: tuple[Floats, Floats]
    whole: Flags
    rules: MatchRules

    def between(self, first: int, last: int) -> NDArray[np.float32]:
        """Return the log-likelihoods from some points to those after them."""
        found, links, rules = self.found, self.links, self.rules
        here, there = slice(first, last), slice(first + 1, last + 1)
        out = np.full((last - first, NEAREST + 1, NEAREST + 1), -rules.leave)
        before = found.way[here][:, :, None]
        after = found.way[there][:, None, :]
        same = before == after
        out[:, :-1, :-1] = np.where(same, 0.0, -rules.jump)
        # A change to another way may cost less where the two have a junction.
        t, i, j = np.nonzero(~same & (before >= 0) & (after >= 0))
        pair = before[t, i, 0] * len(found.ids) + after[t, 0, j]
        start = np.searchsorted(links.pair, pair)
        stop = np.searchsorted(links.pair, pair, side="right")
        entry, junction = expand(start, stop - start)
        t, i, j = t[entry], i[entry], j[entry]
        lat0, lon0 = (values[here][t] for values in found.origin)
        narrow = METRES * np.cos(np.radians(lat0 * 1e-7))
        x = (links.longitude[junction] - lon0) * narrow
        y = (links.latitude[junction] - lat0) * METRES
        x1 = found.east[here][t, i]
        y1 = found.north[here][t, i]
        east, north = (values[here][t] for values in self.step)
        x2 = found.east[there][t, j] + east
        y2 = found.north[there][t, j] + north
        over_junction = np.hypot(x - x1, y - y1) + np.hypot(x2 - x, y2 - y)
        longer = over_junction - np.hypot(x2 - x1, y2 - y1)
        cost = np.maximum(-rules.change - longer / rules.detour, -rules.jump)
        np.maximum.at(out, (t, i, j), cost)
        out[:, -1, -1] = 0.0
        # Across a gap anything is as likely as anything else.
        out[~self.whole[here]] = 0.0
        return out.astype(np.float32)
