"""The randomisation test: what the difference would be had the coin fallen otherwise."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np

from trailstats.arrays import ArrayLike, Flags, Floats, Ints, as_flags, as_floats

MOST_EXACT = 20_000
"""Up to so many ways of assigning all are looked at, else so many are drawn (our choice)."""

DRAWS = 9_999


def randomisation_test(
    values: ArrayLike,
    on_trail: ArrayLike,
    block: ArrayLike,
    *,
    seed: int = 0,
) -> tuple[float, float]:
    """Return the difference between the arms and its p value.

    Parameters
    ----------
    values : array-like, shape (n,)
        One for each run of the plan, NaN where there is none [any unit].
    on_trail : array-like of bool, shape (n,)
        What the coin said, whether or not it was followed.
    block : array-like of int, shape (n,)
        Runs whose coins were tossed together: as many heads as tails.
    seed : int
        Of the draws, where not all ways are looked at.

    Returns
    -------
    difference : float
        Mean within blocks, trail minus road, blocks weighing by their harmonic numbers of runs.
    p_value : float
        Share of the ways to assign that give a difference as large, two-sided, the one that was
        among them; NaN where no block has runs of both arms. Valid whatever the values depend on,
        as the coin depends on nothing [Fisher1935]_.

    Examples
    --------
    >>> difference, p = randomisation_test([3, 4, 1, 2], [True, True, False, False], [0] * 4)
    >>> round(difference, 1), round(p, 2)
    (2.0, 0.33)
    """
    y, arm, blocks = as_floats(values), as_flags(on_trail), np.asarray(block)
    ways = _assignments(arm, blocks, seed)
    shown = _differences(y, arm[None, :], blocks)[0]
    if not np.isfinite(shown):
        return float("nan"), float("nan")
    others = _differences(y, ways, blocks)
    # Differences that are equal but for rounding are as large.
    large = np.abs(others) >= abs(shown) * (1.0 - 1e-9)
    return float(shown), float(np.mean(large[np.isfinite(others)]))


def randomisation_interval(
    values: ArrayLike,
    on_trail: ArrayLike,
    block: ArrayLike,
    *,
    confidence: float = 0.95,
    seed: int = 0,
) -> tuple[float, float]:
    """Return the effects that the test doesn't refuse: those that, taken off the trail runs, leave
    nothing to be found.

    Parameters
    ----------
    values, on_trail, block, seed
        As of `randomisation_test`.
    confidence : float

    Returns
    -------
    (float, float)
        NaN where there is no difference to test.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> arm = np.tile([True, False], 20)
    >>> low, high = randomisation_interval(
    ...     rng.normal(size=40) + 3.0 * arm, arm, np.repeat(np.arange(10), 4)
    ... )
    >>> low < 3.0 < high
    True
    """
    y, arm, blocks = as_floats(values), as_flags(on_trail), np.asarray(block)
    ways = _assignments(arm, blocks, seed)
    shown = float(_differences(y, arm[None, :], blocks)[0])
    if not np.isfinite(shown):
        return float("nan"), float("nan")
    plain = _differences(y, ways, blocks)
    # What one unit on the trail runs adds to each way's difference.
    known = np.where(np.isfinite(y), arm.astype(np.float64), np.nan)
    gain = _differences(known, ways, blocks)
    usable = np.isfinite(plain) & np.isfinite(gain)
    plain, gain = plain[usable], gain[usable]

    def p_value(effect: float) -> float:
        left = np.abs(plain - effect * gain)
        return float(np.mean(left >= abs(shown - effect) * (1.0 - 1e-9)))

    scale = float(np.nanstd(y)) or 1.0
    bounds = []
    for sign in (-1.0, 1.0):
        inside, outside = 0.0, scale
        while p_value(shown + sign * outside) > 1.0 - confidence:
            outside *= 2.0
            if outside > 1e6 * scale:
                break
        for _ in range(40):
            middle = (inside + outside) / 2.0
            if p_value(shown + sign * middle) > 1.0 - confidence:
                inside = middle
            else:
                outside = middle
        bounds.append(shown + sign * outside)
    return bounds[0], bounds[1]


def _differences(values: Floats, ways: Flags, block: Ints) -> Floats:
    """Return the weighted difference within blocks for each way of assigning, shape (ways,)."""
    known = np.isfinite(values)
    filled = np.where(known, values, 0.0)
    place = np.unique(block, return_inverse=True)[1]
    member = (place[:, None] == np.arange(place.max() + 1)).astype(np.float64)
    trail = ways.astype(np.float64) * known
    road = (1.0 - ways) * known
    counts = [arm @ member for arm in (trail, road)]
    sums = [(arm * filled) @ member for arm in (trail, road)]
    both = (counts[0] > 0) & (counts[1] > 0)
    safe = [np.where(both, count, 1.0) for count in counts]
    gaps = sums[0] / safe[0] - sums[1] / safe[1]
    weight = np.where(both, safe[0] * safe[1] / (safe[0] + safe[1]), 0.0)
    total = weight.sum(axis=1)
    whole = np.where(total > 0, total, np.nan)
    return np.asarray((weight * gaps).sum(axis=1) / whole)


def _assignments(arm: Flags, block: Ints, seed: int) -> Flags:
    """Return all ways in which the coins could have fallen, or many draws of them; the one that did
    stands first among draws.
    """
    groups = [np.flatnonzero(block == b) for b in np.unique(block)]
    heads = [int(arm[g].sum()) for g in groups]
    ways = [
        list(combinations(range(len(g)), k))
        for g, k in zip(groups, heads, strict=True)
        if len(g) <= 12
    ]
    count = np.prod([float(len(w)) for w in ways])
    if len(ways) == len(groups) and count <= MOST_EXACT:
        out = np.zeros((int(count), len(arm)), dtype=bool)
        for row, chosen in enumerate(product(*ways)):
            for group, heads_of in zip(groups, chosen, strict=True):
                out[row, group[list(heads_of)]] = True
        return out
    rng = np.random.default_rng(seed)
    out = np.zeros((DRAWS + 1, len(arm)), dtype=bool)
    out[0] = arm
    for group, k in zip(groups, heads, strict=True):
        order = rng.random((DRAWS, len(group))).argsort(axis=1)
        out[1:, group] = order < k
    return out
