"""Map matching: the ways that a track most likely followed, by a hidden Markov model along it
[NewsonKrumm2009]_.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt

import numpy as np

from trailstats.arrays import Flags, Floats, Ints
from trailstats.terrain.maps._candidates import METRES, Candidates, find
from trailstats.terrain.maps._index import expand
from trailstats.terrain.maps._rules import MatchRules

STEPS = 4096
"""Steps whose transitions are worked out together, which bounds the memory."""


def follow(
    found: Candidates,
    step: tuple[Floats, Floats],
    whole: Flags,
    rules: MatchRules,
) -> Floats:
    """Return how likely a track followed each way.

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
    numpy.ndarray, shape (n, k + 1)
        Probability of each candidate, given the whole track; the last column is that of no way.

    Notes
    -----
    The recursions go through all blocks of the track side by side, so that their loops are as long
    as the square root of the number of points; everything that depends on pairs of candidates is
    worked out before for many points at once.
    """
    n = len(found.way)
    fit = np.column_stack((found.fit, np.full(n, rules.off_way)))
    transitions = _Transitions(found, _links(found), step, whole, rules)
    blocks = [
        transitions.between(first, min(first + STEPS, n - 1))
        for first in range(0, n - 1, STEPS)
    ]
    none = np.empty((0, fit.shape[1], fit.shape[1]))
    costs = np.concatenate([none, *blocks])
    return _posterior(fit, costs)


def _posterior(fit: Floats, costs: Floats) -> Floats:
    """Return the probabilities by the forward and the backward recursion."""
    seen = np.exp(fit - fit.max(axis=1, keepdims=True))
    moves = np.exp(costs) * seen[1:, None]
    n, k, _ = moves.shape
    length = max(isqrt(n), 1)
    number = -(-n // length)
    steps = np.empty((2, number * length, k, k))
    steps[0, :n] = moves
    steps[1, :n] = moves[::-1].transpose(0, 2, 1)
    steps[:, n:] = np.eye(k)
    first = np.stack((seen[0], np.ones_like(seen[0])))
    blocks = steps.reshape(2, number, length, k, k)
    forward, backward = _states(first, blocks)[:, : n + 1]
    both = forward * backward[::-1]
    return np.asarray(both / both.sum(axis=1, keepdims=True))


def _states(first: Floats, blocks: Floats) -> Floats:
    """Return the states of chains, from the first through the steps of one block after the other,
    each scaled.

    Parameters
    ----------
    first : numpy.ndarray, shape (c, k)
    blocks : numpy.ndarray, shape (c, b, l, k, k)
        Steps of b blocks of the length l.

    Returns
    -------
    numpy.ndarray, shape (c, b * l + 1, k)

    Notes
    -----
    A matrix product is associative, so the steps of each block are taken together before the first
    state of the block is known.
    """
    chains, number, length, k, _ = blocks.shape
    whole = blocks[:, :, 0]
    for i in range(1, length):
        whole = _scaled(whole @ blocks[:, :, i])
    out = np.empty((chains, number, length, 1, k))
    state = first[:, None]
    for i in range(number):
        out[:, i, 0] = state
        state = _scaled(state @ whole[:, i])
    for i in range(1, length):
        out[:, :, i] = _scaled(out[:, :, i - 1] @ blocks[:, :, i - 1])
    flat = out.reshape(chains, number * length, k)
    return np.concatenate((flat, state), axis=1)


def _scaled(values: Floats) -> Floats:
    """Return matrices scaled so that their products neither over- nor underflow."""
    return np.asarray(values / values.max(axis=(-2, -1), keepdims=True))


@dataclass(frozen=True, eq=False)
class _Links:
    """Where two ways meet: sorted pairs of ways, where each one's junctions start and how many
    they are, and the positions of the junctions [1e-7 deg].
    """

    pair: Ints
    start: Ints
    count: Ints
    latitude: Ints
    longitude: Ints


def _links(found: Candidates) -> _Links:
    """Return every pair of ways that share an end of a piece."""
    pieces, ways = found.pieces, len(found.ways.ids) + 1
    lat = np.append(pieces["lat1"], pieces["lat2"]).astype(np.int64)
    lon = np.append(pieces["lon1"], pieces["lon2"]).astype(np.int64)
    # Equal coordinates are one node: that holds across extracts too, where ids may not.
    _, node = np.unique((lat << 32) + lon, return_inverse=True)
    owner = np.tile(found.ways.owner, 2)
    visits, first = np.unique(node * ways + owner, return_index=True)
    node, owner = visits // ways, owner[first]
    lat, lon = lat[first], lon[first]
    degree = np.bincount(node)
    start = np.cumsum(degree) - degree
    one, other = expand(start[node], degree[node])
    meets = owner[one] != owner[other]
    one, other = one[meets], other[meets]
    pair = owner[one] * len(found.ways.ids) + owner[other]
    order = np.argsort(pair, kind="stable")
    pair, first, count = np.unique(
        pair[order], return_index=True, return_counts=True
    )
    return _Links(pair, first, count, lat[one[order]], lon[one[order]])


@dataclass(frozen=True, eq=False)
class _Transitions:
    """How likely each candidate of a point leads to each of the next."""

    found: Candidates
    links: _Links
    step: tuple[Floats, Floats]
    whole: Flags
    rules: MatchRules

    def between(self, first: int, last: int) -> Floats:
        """Return the log-likelihoods from some points to those after them."""
        found, links, rules = self.found, self.links, self.rules
        here, there = slice(first, last), slice(first + 1, last + 1)
        states = found.way.shape[1] + 1
        out = np.full((last - first, states, states), -rules.leave)
        before = found.way[here][:, :, None]
        after = found.way[there][:, None, :]
        same = before == after
        out[:, :-1, :-1] = np.where(same, 0.0, -rules.jump)
        # A change to another way may cost less where the two have a junction.
        t, i, j = np.nonzero(~same & (before >= 0) & (after >= 0))
        pair = before[t, i, 0] * len(found.ways.ids) + after[t, 0, j]
        link, linked = find(pair, links.pair)
        t, i, j, link = (v[linked] for v in (t, i, j, link))
        entry, junction = expand(links.start[link], links.count[link])
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
        self._leave_areas(out, before[:, :, 0], after[:, 0])
        # Across a gap anything is as likely as anything else.
        out[~self.whole[here]] = 0.0
        return out

    def _leave_areas(self, out: Floats, before: Ints, after: Ints) -> None:
        """Let every step on and off an area cost what leaving a way does, without a junction."""
        area, rules = np.append(self.found.ways.area, False), self.rules
        if not area.any():
            return
        here, there = area[before], area[after]
        either = here[:, :, None] | there[:, None, :]
        inner = out[:, :-1, :-1]
        inner[either] = np.maximum(inner[either], -rules.leave)
        out[:, :-1, -1][here] = -rules.change
        out[:, -1, :-1][there] = -rules.change
