"""Road improvement: speed on level road at one heart rate, before and after trails began or against
their share.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from trailstats.arrays import Floats, as_floats, as_indices
from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import (
    DECIDED,
    Finding,
    answer,
    decide,
    rests_on_margin,
)
from trailstats.claims._needs import needs_of_weeks
from trailstats.claims._road_speed import RoadSpeed, road_speed
from trailstats.claims._weeks import Weeks, season_columns, whole_weeks
from trailstats.claims.result import Need
from trailstats.claims.stats import (
    Regression,
    ar1_regression,
    smallest_detectable,
)
from trailstats.claims.wording import claim_wording, unanswered

FEWEST_WEEKS = 12
"""Weeks before and after that a start of trail running needs."""

FEWEST_RUNS = 30
"""Road runs before and after, likewise; twice as many for the regression on shares."""

ADAPTATION = 8
"""Weeks over which an effect is expected to grow (our choice)."""

STARTED = 0.15
NOT_YET = 0.03
"""Trail share after and before a clear start (our choice)."""

LEAST_SPREAD = 0.08
"""Standard deviation of the trail share that the regression on shares needs (our choice)."""

LARGEST_VOLUME_CHANGE = 0.15
"""Where volume changed by more than this in the same time, nothing is decided (our choice)."""

LARGEST_VOLUME_CORRELATION = 0.6
"""Likewise where volume and trail share move together by more than this (our choice)."""

PLACEBO = 0.10
"""A placebo effect with a p value below this takes back a decision (our choice)."""


@dataclass(frozen=True, eq=False, kw_only=True)
class _Design:
    """What is regressed on: exposure and its placebo, per week of the outcome.

    Attributes
    ----------
    exposure, placebo : numpy.ndarray
        Trails that were run, and those still to come.
    description : str
        What the outcome is compared between.
    much, little : float
        The exposures that stand for the two sides.
    n_trail, n_road : int
        Road runs with more and with less exposure.
    volume_note : str
    volume_moved : bool
        Whether volume moved along with the trails, so that nothing can be decided.
    """

    exposure: Floats
    placebo: Floats
    description: str
    much: float
    little: float
    n_trail: int
    n_road: int
    volume_note: str
    volume_moved: bool


def road_improvement(data: Evidence) -> Finding:
    """Return whether road speed at one heart rate rose after trails began, or with their share of
    the weeks before.
    """
    weeks = whole_weeks(data)
    outcome = road_speed(data, weeks)
    if outcome.reason:
        more = Need(
            "heart rate",
            "road runs with 20 level minutes and a heart rate, over half a year",
            float(2 * FEWEST_RUNS),
        )
        return answer("road_improvement", _undecided(outcome.reason, more))
    start = _clear_start(weeks)
    design = (
        _lagged(weeks, outcome)
        if start is None
        else _interrupted(weeks, outcome, start)
    )
    if isinstance(design, str):
        return answer("road_improvement", _undecided(design))
    return answer("road_improvement", _fit(data, weeks, outcome, design))


def _undecided(reason: str, *needs: Need) -> Finding:
    found = Finding(unanswered("road_improvement", reason))
    return found.needing(*(needs or (_VARIED,)))


_VARIED = Need(
    "weeks", "some months with many trail runs and some with few", 24.0
)


def _clear_start(weeks: Weeks) -> int | None:
    """Return the week from which on trails are run, after at least twelve weeks (almost) without;
    None otherwise.
    """

    def share(first: int, last: int) -> float:
        hours = max(weeks.hours[first:last].sum(), 1e-9)
        return float(weeks.trail_hours[first:last].sum() / hours)

    candidates = np.flatnonzero(weeks.trail_hours > 0)
    for start in candidates[candidates >= FEWEST_WEEKS].tolist():
        if share(0, start) > NOT_YET:
            return None
        if share(start, start + ADAPTATION) >= STARTED:
            return int(start)
    return None


def _interrupted(weeks: Weeks, outcome: RoadSpeed, start: int) -> _Design | str:
    after = outcome.week >= start
    n_after = int(outcome.count[after].sum())
    n_before = int(outcome.count[~after].sum())
    left = len(weeks) - start
    if min(left, start) < FEWEST_WEEKS or min(n_after, n_before) < FEWEST_RUNS:
        return (
            f"Trails begin after {start} weeks with {n_before} usable road runs, {left} with "
            f"{n_after} follow; {FEWEST_WEEKS} weeks and {FEWEST_RUNS} runs are needed on each "
            "side."
        )
    since = outcome.week - start + 0.5
    before = max(weeks.hours[:start].mean(), 1e-9)
    volume = float(weeks.hours[start:].mean() / before) - 1.0
    return _Design(
        exposure=np.clip(since / ADAPTATION, 0.0, 1.0),
        placebo=np.clip((since + ADAPTATION) / ADAPTATION, 0.0, 1.0),
        description=f"after trails began on {weeks.start[start]:%Y-%m-%d}, grown over "
        f"{ADAPTATION} weeks, against the trend",
        much=1.0,
        little=0.0,
        n_trail=n_after,
        n_road=n_before,
        volume_note=f"Weekly hours changed by {100 * volume:+.0f} % in the same time.",
        volume_moved=abs(volume) > LARGEST_VOLUME_CHANGE,
    )


def _lagged(weeks: Weeks, outcome: RoadSpeed) -> _Design | str:
    share = weeks.share_before(ADAPTATION)[outcome.week]
    known = np.isfinite(share)
    runs = int(outcome.count[known].sum())
    if known.sum() < 2 * FEWEST_WEEKS or runs < 2 * FEWEST_RUNS:
        return (
            f"{known.sum()} weeks with {runs} usable road runs, no clear start of trails; "
            f"{2 * FEWEST_WEEKS} weeks and {2 * FEWEST_RUNS} runs are needed."
        )
    if share[known].std() < LEAST_SPREAD:
        return (
            "The share of trail hardly changes over the months, so nothing can be "
            "set against it."
        )
    little, median, much = np.quantile(share[known], [0.1, 0.5, 0.9]).tolist()
    volume = np.log(weeks.chronic_hours())[outcome.week]
    together = _correlation_off_trend(
        share[known], volume[known], as_floats(outcome.week[known])
    )
    return _Design(
        exposure=share,
        placebo=weeks.share_after(ADAPTATION)[outcome.week],
        description=f"after {ADAPTATION} weeks with much trail ({100 * much:.0f} %) against weeks "
        f"with little ({100 * little:.0f} %)",
        much=much,
        little=little,
        n_trail=int(outcome.count[share > median].sum()),
        n_road=int(outcome.count[share <= median].sum()),
        volume_note="Trail share and volume move together with a correlation of "
        f"{together:+.2f}.",
        volume_moved=abs(together) > LARGEST_VOLUME_CORRELATION,
    )


def _correlation_off_trend(a: Floats, b: Floats, clock: Floats) -> float:
    """Return the correlation of two series, a straight trend taken off each; 0 of constant ones."""
    left = [v - np.polyval(np.polyfit(clock, v, 1), clock) for v in (a, b)]
    if not all(v.std() > 0 for v in left):
        return 0.0
    squares = np.sqrt((left[0] @ left[0]) * (left[1] @ left[1]))
    return float(left[0] @ left[1] / squares)


@dataclass(frozen=True, eq=False)
class _Fitted:
    """The weeks with a known exposure: outcome, design matrix with the exposure first, and fit."""

    speed: Floats
    columns: Floats
    clock: Floats
    weights: Floats
    fit: Regression
    allowed: str


def _regressed(weeks: Weeks, outcome: RoadSpeed, design: _Design) -> _Fitted:
    kept = np.isfinite(design.exposure)
    week = outcome.week[kept]
    clock = as_floats(week)
    trend = (clock - clock.mean()) / 52.0
    columns = [design.exposure[kept], np.ones(len(clock)), trend]
    volume = np.log(weeks.chronic_hours())[week]
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
    if changed:
        allowed += ", change of device"
    matrix = np.column_stack(columns)
    speed = outcome.speed[kept]
    weights = outcome.count[kept]
    fit = ar1_regression(speed, matrix, clock, weights=weights)
    return _Fitted(speed, matrix, clock, weights, fit, allowed)


def _fit(
    data: Evidence, weeks: Weeks, outcome: RoadSpeed, design: _Design
) -> Finding:
    found = _regressed(weeks, outcome, design)
    fit = found.fit
    if not fit.identified:
        return _undecided(
            "Trail, trend, volume, season and device can't be told apart in these weeks."
        )
    slope = float(fit.coefficients[0])
    p_value = float(fit.p_values[0])
    step = design.much - design.little
    low, high = (step * bound for bound in fit.interval(0))
    exposure = np.average(found.columns[:, 0], weights=found.weights)
    mean = np.average(found.speed, weights=found.weights)
    with_little = float(mean - slope * (exposure - design.little))
    visible = (
        smallest_detectable(step * float(fit.errors[0]), fit.df) / with_little
    )
    placebo = _placebo(found, design.placebo[np.isfinite(design.exposure)])
    held = not placebo < PLACEBO
    notes = [
        design.volume_note,
        f"Allowed for: trend, volume, {found.allowed}.",
        f"A change of {100 * visible:.1f} % would have been seen four times out of five by this "
        "claim alone; the study behind the claim found 2 %.",
        "Placebo test: not possible, too few weeks."
        if np.isnan(placebo)
        else "Placebo test with the trails of the weeks to come: "
        f"{'passed' if held else 'failed'} (p = {placebo:.2f}).",
    ]
    words = claim_wording().parts["road_improvement"]
    margin, source = data.margin("road_improvement", with_little)
    verdict = decide((low, high), p_value, words, margin)
    taken_back = verdict in DECIDED and (design.volume_moved or not held)
    if taken_back:
        # What trails to come, or volume, explain as well isn't set down to the trails.
        if not held:
            notes.append(
                "The change was there before the trails, so it isn't set down to them."
            )
        if design.volume_moved:
            notes.append(
                "Volume moved along with the trails; the two can't be told apart in this history."
            )
    result = replace(
        unanswered("road_improvement", *notes),
        metric=f"speed on level road at {outcome.reference:.0f} beats a minute, a proxy for form, "
        f"{design.description}",
        trail=with_little + step * slope,
        road=with_little,
        difference=step * slope,
        low=low,
        high=high,
        n_trail=design.n_trail,
        n_road=design.n_road,
        verdict=verdict,
        error=step * float(fit.errors[0]),
        margin=margin,
        margin_source=source,
        needs=needs_of_weeks(
            len(found.speed),
            step * float(fit.errors[0]),
            float(np.nanmax([abs(step * slope), margin])),
        ),
        activities=data.files(outcome.runs["row"]),
    )

    def bounds(confidence: float) -> tuple[float, float]:
        low, high = fit.interval(0, confidence=confidence)
        return step * low, step * high

    table = partial(_runs_with_exposure, weeks, outcome, design)
    by_margin = rests_on_margin(verdict, words)
    finding = Finding(
        result, p_value, (table,), bounds=bounds, by_margin=by_margin
    )
    if not taken_back:
        return finding
    text = "some months in which trails change and the weekly hours don't"
    return finding.open().needing(Need("weeks", text, 24.0))


def _placebo(found: _Fitted, placebo: Floats) -> float:
    """Return the p value of trails still to come, beside those that were; NaN with too few
    weeks.
    """
    known = np.isfinite(placebo)
    if known.sum() < found.columns.shape[1] + 6:
        return float("nan")
    wide = np.column_stack((placebo, found.columns))[known]
    fit = ar1_regression(
        found.speed[known], wide, found.clock[known], weights=found.weights[known]
    )
    return float(fit.p_values[0])


def _runs_with_exposure(
    weeks: Weeks, outcome: RoadSpeed, design: _Design
) -> pd.DataFrame:
    exposure = pd.Series(design.exposure, index=outcome.week)
    runs = outcome.runs.drop(columns=["row", "device"])
    week = as_indices(runs["week"])
    runs = runs.assign(week=weeks.start[week], exposure=exposure[week].to_numpy())
    runs.insert(0, "part", "road_improvement")
    return runs
