"""Comparison of stretches of runs within strata and near in time, resampled by whole runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from trailstats.stats._matched import (
    Comparison,
    Floats,
    MatchRules,
    effective_number,
    kernel,
    resamples,
    weighted_median,
    with_inference,
)

__all__ = ["compare_within_strata"]

Places = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class _Cells:
    """What each run holds of each stratum on each side: its weighted mean and its weight."""

    run: Places
    stratum: Places
    trail: NDArray[np.bool_]
    value: Floats
    weight: Floats


@dataclass(frozen=True, eq=False)
class _Block:
    """One stratum: places of its cells on both sides, and what each trail cell has near it on either side.

    ``across`` has the shape (trail, road), ``along`` (trail, trail): nearness in time times the other cell's weight.
    """

    trail: Places
    road: Places
    across: Floats
    along: Floats


def compare_within_strata(
    values: ArrayLike,
    is_trail: ArrayLike,
    run: ArrayLike,
    stratum: ArrayLike,
    weights: ArrayLike,
    days: ArrayLike,
    *,
    rules: MatchRules | None = None,
) -> Comparison:
    """Compare stretches on trail with stretches on road of the same stratum and the same weeks.

    A stratum joins stretches of one effort and slope. Within it, what a run holds on trail is paired with what each
    run, the same one included, holds on road, the nearer in time the heavier. A place in time counts by half of the
    harmonic mean of what both sides hold about it: where one side has little, it counts little. Runs are resampled
    whole, since stretches of one run share the day.

    Parameters
    ----------
    values : array-like, shape (n,)
        One value for each stretch [any unit]; NaN is left out.
    is_trail : array-like of bool, shape (n,)
    run : array-like of int, shape (n,)
        Which run the stretch belongs to.
    stratum : array-like of int, shape (n,)
    weights : array-like, shape (n,)
        What is not positive is left out.
    days : array-like, shape (n,)
        Start of the stretch's run [day].
    rules : MatchRules, optional
        ``duration_ratio`` is not used; ``fewest`` counts runs.

    Returns
    -------
    Comparison
        Its ``pairs`` hold pairs of runs: ``trail, road`` (from ``run``), ``stratum, difference, weight``.

    References
    ----------
    [EfronTibshirani1993]_
    """
    rules = rules or MatchRules()
    y, w, day = (np.asarray(a, dtype=np.float64) for a in (values, weights, days))
    usable = np.isfinite(y) & (w > 0) & np.isfinite(day)
    names, number = np.unique(np.asarray(run)[usable], return_inverse=True)
    if not len(names):
        return Comparison()
    when = np.zeros(len(names))
    when[number] = day[usable]
    cells = _gather(
        y[usable], np.asarray(is_trail, dtype=np.bool_)[usable], number, np.asarray(stratum)[usable], w[usable]
    )
    blocks = _blocks(cells, when, rules.days)
    if not blocks:
        return Comparison()
    pairs = _pairs(blocks, cells)
    heavy, gaps = pairs["weight"].to_numpy(), pairs["difference"].to_numpy()
    total = float(heavy.sum())
    means = [float(heavy @ cells.value[pairs[f"{s}_cell"]]) / total for s in ("trail", "road")]
    own: list[Floats] = []
    for side in ("trail", "road"):
        per_run = np.bincount(cells.run[pairs[f"{side}_cell"]], weights=heavy, minlength=len(names))
        own.append(np.asarray(per_run, dtype=np.float64))
    counts = [int(np.count_nonzero(o)) for o in own]
    labelled = pairs.assign(trail=names[pairs["trail"]], road=names[pairs["road"]])
    known = Comparison(
        trail=means[0],
        road=means[1],
        difference=means[0] - means[1],
        robust=weighted_median(gaps, heavy),
        share_above=float(heavy @ ((gaps > 0) + 0.5 * (gaps == 0)) / total),
        n_trail=counts[0],
        n_road=counts[1],
        pairs=labelled.drop(columns=["trail_cell", "road_cell"]),
    )
    if min(counts) < rules.fewest:
        return known
    estimates = _redrawn(blocks, cells, len(names), rules)
    size = min(effective_number(o) for o in own)
    # Each side's resampling makes its own error too small; the smaller side's correction covers both.
    error = float(np.std(estimates, ddof=1)) * float(np.sqrt(size / max(size - 1.0, 0.5)))
    spread = [
        float(heavy @ (cells.value[pairs[f"{side}_cell"]] - mean) ** 2 / total)
        for side, mean in zip(("trail", "road"), means, strict=True)
    ]
    return with_inference(known, error, max(2.0 * size - 2.0, 2.0), spread, rules.level)


def _gather(y: Floats, trail: NDArray[np.bool_], run: Places, stratum: NDArray[np.generic], w: Floats) -> _Cells:
    """Return the weighted mean of each run's stretches in each stratum on each side."""
    names, place = np.unique(stratum, return_inverse=True)
    key = (run * len(names) + place) * 2 + trail
    cells, cell = np.unique(key, return_inverse=True)
    weight = np.asarray(np.bincount(cell, weights=w), dtype=np.float64)
    value = np.bincount(cell, weights=w * y) / weight
    return _Cells(cells // 2 // len(names), cells // 2 % len(names), (cells % 2).astype(bool), value, weight)


def _blocks(cells: _Cells, when: Floats, reach: float) -> list[_Block]:
    """Return the strata in which both sides have runs near enough in time."""
    out = []
    order = np.argsort(cells.stratum, kind="stable")
    for places in np.split(order, np.flatnonzero(np.diff(cells.stratum[order])) + 1):
        trail, road = places[cells.trail[places]], places[~cells.trail[places]]
        if not len(trail) or not len(road):
            continue
        own, other = when[cells.run[trail]], when[cells.run[road]]
        across = kernel(own[:, None] - other[None, :], reach) * cells.weight[road]
        along = kernel(own[:, None] - own[None, :], reach) * cells.weight[trail]
        if across.any():
            out.append(_Block(trail, road, across, along))
    return out


def _pairs(blocks: list[_Block], cells: _Cells) -> pd.DataFrame:
    parts = []
    for block in blocks:
        first, second = np.nonzero(block.across)
        # What a trail cell counts: half of the harmonic mean of both sides' weight near it, shared with its neighbours.
        both = block.across.sum(axis=1) + block.along.sum(axis=1)
        weight = (cells.weight[block.trail] / both)[first] * block.across[first, second]
        parts.append((block.trail[first], block.road[second], weight))
    trail, road, weight = (np.concatenate(column) for column in zip(*parts, strict=True))
    return pd.DataFrame(
        {
            "trail": cells.run[trail],
            "road": cells.run[road],
            "stratum": cells.stratum[trail],
            "difference": cells.value[trail] - cells.value[road],
            "weight": weight,
            "trail_cell": trail,
            "road_cell": road,
        }
    )


def _redrawn(blocks: list[_Block], cells: _Cells, count: int, rules: MatchRules) -> Floats:
    """Return the difference in each resample of the runs."""
    drawn = resamples(count, rules.draws, rules.seed)
    above, below = np.zeros(rules.draws), np.zeros(rules.draws)
    for block in blocks:
        trail, road = drawn[:, cells.run[block.trail]], drawn[:, cells.run[block.road]]
        reached = road @ block.across.T
        sums = reached * cells.value[block.trail] - road @ (block.across * cells.value[block.road]).T
        # A trail cell that was drawn is its own neighbour, so the divisor is positive wherever it counts.
        both = reached + trail @ block.along.T
        share = np.divide(trail * cells.weight[block.trail], both, out=np.zeros_like(both), where=both > 0)
        above += (share * sums).sum(axis=1)
        below += (share * reached).sum(axis=1)
    met = below > 0
    return np.asarray(above[met] / below[met], dtype=np.float64)
