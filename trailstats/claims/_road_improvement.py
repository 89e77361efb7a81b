"""Road improvement: speed on level road at one heart rate, before and after trails began or against
their share.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import Finding, answer, decide
from trailstats.claims._road_speed import RoadSpeed, road_speed
from trailstats.claims._weeks import Weeks, season_columns, whole_weeks
from trailstats.claims.result import ClaimResult
from trailstats.claims.stats import Regression, ar1_regression, smallest_detectable
from trailstats.schema import Verdict
from trailstats.schema.arrays import Floats

__all__ = ["road_improvement"]


FEWEST_WEEKS = 12
"""Weeks before and after that a start of trail running needs."""

FEWEST_RUNS = 30
"""Road runs before and after, likewise; twice as many for the regression on shares."""

ADAPTATION = 8
"""Weeks over which an effect is expected to grow; judgement."""

STARTED, NOT_YET = 0.15, 0.03
"""Trail share after and before a clear start; judgement."""

LEAST_SPREAD = 0.08
"""Standard deviation of the trail share that the regression on shares needs; judgement."""

LARGEST_VOLUME_CHANGE = 0.15
"""Where volume changed by more than this in the same time, nothing is decided; judgement."""

LARGEST_VOLUME_CORRELATION = 0.6
PLACEBO = 0.10
"""A placebo effect with a p value below this takes back a decision; judgement."""


@dataclass(frozen=True, eq=False)
class _Design:
    """What is regressed on: exposure first, then its placebo, both per week of the outcome."""

    exposure: Floats
    placebo: Floats
    words: str
    much: float
    little: float
    counts: tuple[int, int]
    volume_notes: tuple[str, ...]
    volume_moved: bool


def road_improvement(data: Evidence) -> Finding:
    """Return whether road speed at one heart rate rose after trails began, or with their share of
    the weeks before.
    """
    weeks = whole_weeks(data)
    outcome = road_speed(data, weeks)
    general = (
        "Before and after in one runner's records: other things change as well, such as weight, "
        "shoes, sensors and "
        "sleep. People often start something new after a slump.",
    )
    if outcome.reason:
        return answer("road_improvement", _missing(outcome.reason), caveats=general)
    start = _clear_start(weeks)
    design = (
        _interrupted(weeks, outcome, start)
        if start is not None
        else _lagged(weeks, outcome)
    )
    if isinstance(design, str):
        return answer("road_improvement", _missing(design), caveats=general)
    found = _fit(data, weeks, outcome, design)
    return answer("road_improvement", found, caveats=general)


def _missing(reason: str) -> Finding:
    return Finding(
        ClaimResult(
            "road_improvement",
            "",
            "speed on level road at one heart rate",
            "m/s",
            caveats=(reason,),
        )
    )


def _clear_start(weeks: Weeks) -> int | None:
    """Return the week from which on trails are run, after at least twelve weeks (almost) without;
    None otherwise.
    """
    first = np.flatnonzero(weeks.trail_hours > 0)
    for start in first[first >= FEWEST_WEEKS]:
        before = weeks.trail_hours[:start].sum() / max(weeks.hours[:start].sum(), 1e-9)
        after = weeks.trail_hours[start : start + ADAPTATION].sum() / max(
            weeks.hours[start : start + ADAPTATION].sum(), 1e-9
        )
        if before > NOT_YET:
            return None
        if after >= STARTED:
            return int(start)
    return None


def _interrupted(weeks: Weeks, outcome: RoadSpeed, start: int) -> _Design | str:
    after = outcome.week >= start
    counts = int(outcome.count[after].sum()), int(outcome.count[~after].sum())
    lengths = len(weeks) - start, start
    if min(lengths) < FEWEST_WEEKS or min(counts) < FEWEST_RUNS:
        return (
            f"Trails begin after {lengths[1]} weeks with {counts[1]} usable road runs, "
            f"{lengths[0]} with {counts[0]} "
            f"follow; {FEWEST_WEEKS} weeks and {FEWEST_RUNS} runs are needed on each side."
        )
    ramp = np.clip((outcome.week - start + 0.5) / ADAPTATION, 0.0, 1.0)
    early = np.clip((outcome.week - start + ADAPTATION + 0.5) / ADAPTATION, 0.0, 1.0)
    volume = weeks.hours[start:].mean() / max(weeks.hours[:start].mean(), 1e-9) - 1.0
    return _Design(
        ramp,
        early,
        f"after trails began on {weeks.start[start]:%Y-%m-%d}, grown over {ADAPTATION} weeks, "
        "against the trend",
        1.0,
        0.0,
        counts,
        (f"Weekly hours changed by {100 * volume:+.0f} % in the same time.",),
        abs(volume) > LARGEST_VOLUME_CHANGE,
    )


def _lagged(weeks: Weeks, outcome: RoadSpeed) -> _Design | str:
    share = weeks.share_before(ADAPTATION)[outcome.week]
    known = share[np.isfinite(share)]
    runs = int(outcome.count[np.isfinite(share)].sum())
    if len(known) < 2 * FEWEST_WEEKS or runs < 2 * FEWEST_RUNS:
        return (
            f"{len(known)} weeks with {runs} usable road runs, no clear start of trails; "
            f"{2 * FEWEST_WEEKS} weeks "
            f"and {2 * FEWEST_RUNS} runs are needed."
        )
    if known.std() < LEAST_SPREAD:
        return (
            "The share of trail hardly changes over the months, so nothing can be "
            "set against it."
        )
    high, low = (float(q) for q in np.quantile(known, [0.9, 0.1]))
    volume = np.log(weeks.chronic_hours())[outcome.week]
    both = np.isfinite(share)
    clock = outcome.week[both].astype(np.float64)
    a, b = (
        v[both] - np.polyval(np.polyfit(clock, v[both], 1), clock)
        for v in (share, volume)
    )
    together = (
        float(a @ b / np.sqrt((a @ a) * (b @ b)))
        if a.std() > 0 and b.std() > 0
        else 0.0
    )
    middle = float(np.median(known))
    counts = (
        int(outcome.count[both & (share > middle)].sum()),
        int(outcome.count[both & (share <= middle)].sum()),
    )
    return _Design(
        share,
        weeks.share_after(ADAPTATION)[outcome.week],
        f"after {ADAPTATION} weeks with much trail ({100 * high:.0f} %) against weeks with little "
        f"({100 * low:.0f} %)",
        high,
        low,
        counts,
        (
            f"Trail share and volume move together with a correlation of {together:+.2f}.",
        ),
        abs(together) > LARGEST_VOLUME_CORRELATION,
    )


def _fit(data: Evidence, weeks: Weeks, outcome: RoadSpeed, design: _Design) -> Finding:
    kept = np.isfinite(design.exposure)
    week = outcome.week[kept]
    clock = week.astype(np.float64)
    columns = [
        design.exposure[kept],
        np.ones(len(clock)),
        (clock - clock.mean()) / 52.0,
    ]
    volume = np.log(weeks.chronic_hours())[week]
    notes = [*design.volume_notes]
    if np.ptp(volume) > 0:
        columns.append(volume - volume.mean())
    warmth = outcome.temperature[kept]
    if np.isfinite(warmth).all() and np.ptp(warmth) > 0:
        warmth = (warmth - warmth.mean()) / 10.0
        columns.extend((warmth, warmth**2))
        allowed = "temperature"
    else:
        # Heat slows from some warmth on, so summers are more pointed than one sine.
        columns.extend(season_columns(weeks.start[week], harmonics=2).T)
        allowed = "the time of year, as temperature is not recorded throughout"
    device = outcome.device[kept]
    changed = [d for d in np.unique(device)[1:] if (device == d).sum() >= 3]
    columns.extend((device == d).astype(np.float64) for d in changed)
    notes.append(
        f"Allowed for: trend, volume, {allowed}{', change of device' if changed else ''}."
    )
    y, x, weights = outcome.speed[kept], np.column_stack(columns), outcome.count[kept]
    fit = ar1_regression(y, x, clock, weights=weights)
    if not fit.identified:
        return _missing(
            "Trail, trend, volume, season and device can't be told apart in these weeks."
        )
    slope, p = float(fit.coefficients[0]), float(fit.p_values[0])
    step = design.much - design.little
    low, high = (step * b for b in fit.interval(0))
    level = float(
        np.average(y, weights=weights)
        - slope * (np.average(x[:, 0], weights=weights) - design.little)
    )
    verdict = decide(slope, p, 1)
    visible = smallest_detectable(step * float(fit.errors[0]), fit.freedom) / level
    notes.append(
        f"A change of {100 * visible:.1f} % would have been seen four times out of five by this "
        "claim alone; the study "
        "behind the claim found 2 %."
    )
    held, words = _placebo(y, x, clock, weights, design.placebo[kept])
    notes.append(words)
    decided = verdict in (Verdict.SUPPORTED, Verdict.CONTRADICTED)
    if decided and not held:
        verdict = Verdict.INCONCLUSIVE
        notes.append(
            "The change was there before the trails, so it isn't set down to them."
        )
    if decided and design.volume_moved:
        verdict = Verdict.INCONCLUSIVE
        notes.append(
            "Volume moved along with the trails; the two can't be told apart in this archive."
        )
    files = data.files(outcome.runs["row"].to_numpy(dtype=np.intp))
    result = ClaimResult(
        "road_improvement",
        "",
        f"speed on level road at {outcome.reference:.0f} beats a minute, a proxy for form, "
        f"{design.words}",
        "m/s",
        trail=level + step * slope,
        road=level,
        difference=step * slope,
        low=float(low),
        high=float(high),
        n_trail=design.counts[0],
        n_road=design.counts[1],
        verdict=verdict,
        caveats=tuple(notes),
        activities=files,
    )
    return Finding(result, p, (partial(_table, weeks, outcome, design),))


def _placebo(
    y: Floats, x: Floats, clock: Floats, weights: Floats, placebo: Floats
) -> tuple[bool, str]:
    """Return whether trails still to come say nothing, with a sentence on it."""
    known = np.isfinite(placebo)
    fit: Regression | None = None
    if known.sum() >= x.shape[1] + 6:
        wide = np.column_stack((placebo, x))[known]
        fit = ar1_regression(y[known], wide, clock[known], weights=weights[known])
    if fit is None or not fit.identified:
        return True, "Placebo test: not possible, too few weeks."
    p = float(fit.p_values[0])
    held = p >= PLACEBO
    return (
        held,
        f"Placebo test with the trails of the weeks to come: {'passed' if held else 'failed'} (p = "
        f"{p:.2f}).",
    )


def _table(weeks: Weeks, outcome: RoadSpeed, design: _Design) -> pd.DataFrame:
    exposure = dict(zip(outcome.week.tolist(), design.exposure.tolist(), strict=True))
    runs = outcome.runs
    named = runs.drop(columns=["row", "device"]).assign(part="road_improvement")
    return named[["part", *named.columns.drop("part")]].assign(
        week=weeks.start[runs["week"].to_numpy(dtype=np.intp)],
        exposure=[exposure[w] for w in runs["week"]],
    )
