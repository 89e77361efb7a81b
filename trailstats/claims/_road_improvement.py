"""Road improvement: speed on level road at one heart rate, before and after trails began or against
their share.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from trailstats.arrays import Floats, as_floats, as_indices
from trailstats.claims._critical import critical_fraction
from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import (
    DECIDED,
    Finding,
    answer,
    decide,
    rests_on_margin,
)
from trailstats.claims._needs import more_time, needs_of_weeks, usable_runs
from trailstats.claims._races import race_cycle
from trailstats.claims._road_fit import (
    APART,
    Design,
    regress,
    safeguards,
)
from trailstats.claims._road_speed import RoadSpeed, durability, road_speed
from trailstats.claims._weeks import Weeks, whole_weeks
from trailstats.claims.result import Mark, Need
from trailstats.claims.stats import smallest_detectable
from trailstats.claims.wording import claim_wording, unanswered
from trailstats.schema import Verdict

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


def road_improvement(data: Evidence) -> Finding:
    """Return whether road speed at one heart rate rose after trails began, or with their share of
    the weeks before.
    """
    weeks = whole_weeks(data)
    main = _answered(data, weeks, road_speed(data, weeks), "road_improvement")
    if main.result.verdict is Verdict.NOT_ENOUGH_DATA:
        return answer("road_improvement", main)
    lasting = _answered(data, weeks, durability(data, weeks), "durability")
    fraction = critical_fraction(data, weeks, main.result)
    return answer("road_improvement", main, parts=(lasting, fraction))


def _answered(
    data: Evidence, weeks: Weeks, outcome: RoadSpeed, part: str
) -> Finding:
    """Answer a part by one weekly outcome."""
    if outcome.reason:
        usable = outcome.usable
        more = Need(
            "heart rate",
            "road runs with 20 level minutes and a heart rate, over half a year",
            float(2 * FEWEST_RUNS),
            (usable_runs(usable, 2 * FEWEST_RUNS),) if usable is not None else (),
        )
        return _undecided(part, outcome.reason, more)
    start = _clear_start(weeks)
    design = (
        _lagged(weeks, outcome, part)
        if start is None
        else _interrupted(weeks, outcome, start, part)
    )
    if isinstance(design, Finding):
        return design
    return _fit(data, weeks, outcome, design, part)


def _undecided(part: str, reason: str, *needs: Need) -> Finding:
    found = Finding(unanswered(part, reason))
    return found.needing(*(needs or (_VARIED,)))


_VARIED = Need(
    "contrast", "some months with many trail runs and some with few", 24.0
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


def _interrupted(
    weeks: Weeks, outcome: RoadSpeed, start: int, part: str
) -> Design | Finding:
    after = outcome.week >= start
    n_after = int(outcome.count[after].sum())
    n_before = int(outcome.count[~after].sum())
    left = len(weeks) - start
    if min(left, start) < FEWEST_WEEKS or min(n_after, n_before) < FEWEST_RUNS:
        reason = (
            f"Trails begin after {start} weeks with {n_before} usable road runs, {left} with "
            f"{n_after} follow; {FEWEST_WEEKS} weeks and {FEWEST_RUNS} runs are needed on each "
            "side."
        )
        # No time gives more runs of before the trails.
        if start < FEWEST_WEEKS or n_before < FEWEST_RUNS:
            earlier = " before trails began"
            marks = (
                Mark(f"weeks{earlier}", start, FEWEST_WEEKS),
                usable_runs(n_before, FEWEST_RUNS, earlier),
            )
            lacking = tuple(m for m in marks if m.have < m.wanted)
            return _undecided(part, reason, replace(_VARIED, marks=lacking))
        later = " since trails began"
        return _undecided(
            part,
            reason,
            more_time(
                Mark(f"weeks{later}", left, FEWEST_WEEKS),
                usable_runs(n_after, FEWEST_RUNS, later),
            ),
        )
    since = outcome.week - start + 0.5
    before = max(weeks.hours[:start].mean(), 1e-9)
    volume = float(weeks.hours[start:].mean() / before) - 1.0
    return Design(
        exposure=np.clip(since / ADAPTATION, 0.0, 1.0),
        placebo=np.clip((since + ADAPTATION) / ADAPTATION, 0.0, 1.0),
        controls=_other_starts(weeks, outcome, start),
        description=f"after trails began on {weeks.start[start]:%Y-%m-%d}, grown over "
        f"{ADAPTATION} weeks, against the trend",
        much=1.0,
        little=0.0,
        n_trail=n_after,
        n_road=n_before,
        volume_note=f"Weekly hours changed by {100 * volume:+.0f} % in the same time.",
        volume_moved=abs(volume) > LARGEST_VOLUME_CHANGE,
    )


def _lagged(weeks: Weeks, outcome: RoadSpeed, part: str) -> Design | Finding:
    share = weeks.share_before(ADAPTATION)[outcome.week]
    known = np.isfinite(share)
    runs = int(outcome.count[known].sum())
    if known.sum() < 2 * FEWEST_WEEKS or runs < 2 * FEWEST_RUNS:
        return _undecided(
            part,
            f"{known.sum()} weeks with {runs} usable road runs, no clear start of trails; "
            f"{2 * FEWEST_WEEKS} weeks and {2 * FEWEST_RUNS} runs are needed.",
            more_time(
                Mark("weeks with road runs", int(known.sum()), 2 * FEWEST_WEEKS),
                usable_runs(runs, 2 * FEWEST_RUNS),
            ),
        )
    if share[known].std() < LEAST_SPREAD:
        return _undecided(
            part,
            "The share of trail hardly changes over the months, so nothing can be "
            "set against it.",
        )
    little, median, much = np.quantile(share[known], [0.1, 0.5, 0.9]).tolist()
    volume = np.log(weeks.chronic_hours())[outcome.week]
    together = _correlation_off_trend(
        share[known], volume[known], as_floats(outcome.week[known])
    )
    return Design(
        exposure=share,
        placebo=weeks.share_after(ADAPTATION)[outcome.week],
        controls=_other_times(share),
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


def _other_starts(weeks: Weeks, outcome: RoadSpeed, start: int) -> Floats:
    """Return the exposures if trails had begun in other weeks, far from their start."""
    first = np.arange(FEWEST_WEEKS, len(weeks) - FEWEST_WEEKS + 1)
    first = first[np.abs(first - start) >= APART]
    since = outcome.week[:, None] - first[None, :] + 0.5
    return as_floats(np.clip(since / ADAPTATION, 0.0, 1.0))


def _other_times(share: Floats) -> Floats:
    """Return the exposures if the same trails had been run at other times, the last ones first."""
    known = np.flatnonzero(np.isfinite(share))
    shifts = range(APART, len(known) - APART + 1)
    out = np.full((len(share), len(shifts)), np.nan)
    for column, shift in enumerate(shifts):
        out[known, column] = np.roll(share[known], shift)
    return out


def _correlation_off_trend(a: Floats, b: Floats, clock: Floats) -> float:
    """Return the correlation of two series, a straight trend taken off each; 0 of constant ones."""
    left = [v - np.polyval(np.polyfit(clock, v, 1), clock) for v in (a, b)]
    if not all(v.std() > 0 for v in left):
        return 0.0
    squares = np.sqrt((left[0] @ left[0]) * (left[1] @ left[1]))
    return float(left[0] @ left[1] / squares)


def _fit(
    data: Evidence,
    weeks: Weeks,
    outcome: RoadSpeed,
    design: Design,
    part: str,
) -> Finding:
    found = regress(weeks, outcome, design, race_cycle(data, weeks))
    fit = found.fit
    if not fit.identified:
        return _undecided(
            part,
            "Trail, trend, volume, season and device can't be told apart in these weeks.",
        )
    slope = float(fit.coefficients[0])
    p_value = float(fit.p_values[0])
    step = design.much - design.little
    low, high = (step * bound for bound in fit.interval(0))
    exposure = np.average(found.columns[:, 0], weights=found.weights)
    mean = np.average(found.value, weights=found.weights)
    with_little = float(mean - slope * (exposure - design.little))
    visible = smallest_detectable(step * float(fit.errors[0]), fit.df)
    words = claim_wording().parts[part]
    of = with_little if words.relative else 1.0

    def shown(change: float) -> str:
        return f"{100 * change / of:.1f} %"

    study = "; the study behind the claim found 2 %" if words.relative else ""
    stood = safeguards(found, design)
    notes = [
        design.volume_note,
        f"Allowed for: trend, volume, {found.allowed}.",
        f"A change of {shown(visible)} would have been seen four times out of five by this "
        f"claim alone{study}.",
        *stood.notes,
    ]
    margin, source = data.margin(part, with_little)
    verdict = decide((low, high), p_value, words, margin)
    taken_back = verdict in DECIDED and (design.volume_moved or not stood.held)
    if taken_back:
        # What trails to come, or volume, explain as well isn't set down to the trails.
        if not stood.before_held:
            notes.append(
                "The change was there before the trails, so it isn't set down to them."
            )
        if design.volume_moved:
            notes.append(
                "Volume moved along with the trails; the two can't be told apart in this history."
            )
    result = replace(
        unanswered(part, *notes),
        metric=_measure(outcome, design, part),
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
            len(found.value),
            step * float(fit.errors[0]),
            size := float(np.nanmax([abs(step * slope), margin])),
            shown(size),
        ),
        activities=data.files(outcome.runs["row"]),
    )

    def bounds(confidence: float) -> tuple[float, float]:
        low, high = fit.interval(0, confidence=confidence)
        return step * low, step * high

    table = partial(_runs_with_exposure, weeks, outcome, design, part)
    by_margin = rests_on_margin(verdict, words)
    finding = Finding(
        result, p_value, (table,), bounds=bounds, by_margin=by_margin
    )
    if not taken_back:
        return finding
    text = "some months in which trails change and the weekly hours don't"
    return finding.open().needing(Need("contrast", text, 24.0))


def _measure(outcome: RoadSpeed, design: Design, part: str) -> str:
    """Return what was measured; of the speed with the heart rate that it was measured at."""
    if not np.isfinite(outcome.reference):
        return claim_wording().parts[part].metric
    at = f"{outcome.reference:.0f} beats a minute"
    return f"speed on level road at {at}, a proxy for form, {design.description}"


def _runs_with_exposure(
    weeks: Weeks, outcome: RoadSpeed, design: Design, part: str
) -> pd.DataFrame:
    exposure = pd.Series(design.exposure, index=outcome.week)
    runs = outcome.runs.drop(columns=["row"])
    week = as_indices(runs["week"])
    runs = runs.assign(week=weeks.start[week], exposure=exposure[week].to_numpy())
    runs.insert(0, "part", part)
    return runs
