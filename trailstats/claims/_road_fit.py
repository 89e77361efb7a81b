"""Weekly form on the road regressed on the trails before, with what else moves it, and the tests
that a change has to stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from trailstats.arrays import Floats, as_floats
from trailstats.claims._races import RaceCycle
from trailstats.claims._road_speed import RoadSpeed
from trailstats.claims._weeks import Weeks, season_columns
from trailstats.claims.stats import (
    Regression,
    ar1_regression,
    standardised_slopes,
)

PLACEBO: Final = 0.10
"""A placebo effect with a p value below this takes back a decision (our choice)."""

CONTROLS: Final = 0.10
"""As does a share of the negative controls above this that show as much (our choice)."""

FEWEST_CONTROLS: Final = 5
"""Negative controls that say something (our choice)."""

APART: Final = 12
"""Weeks that a negative control is shifted by at least (our choice)."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Design:
    """What is regressed on: exposure and its placebo, per week of the outcome.

    Attributes
    ----------
    exposure, placebo : numpy.ndarray
        Trails that were run, and those still to come.
    controls : numpy.ndarray, shape (weeks, k)
        Exposures that nobody had: the same trails at other times.
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
    controls: Floats
    description: str
    much: float
    little: float
    n_trail: int
    n_road: int
    volume_note: str
    volume_moved: bool


@dataclass(frozen=True, eq=False)
class Fitted:
    """The weeks with a known exposure: outcome, design matrix with the exposure first, and fit."""

    value: Floats
    columns: Floats
    clock: Floats
    weights: Floats
    slow: float
    fit: Regression
    allowed: str


def regress(
    weeks: Weeks, outcome: RoadSpeed, design: Design, races: RaceCycle
) -> Fitted:
    """Return the outcome regressed on the exposure and on what else moves form."""
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
    hard = outcome.hard[kept]
    if np.ptp(hard) > 0:
        columns.append(hard - hard.mean())
        allowed += ", share of hard runs"
    near = races.columns[week]
    if races and (np.ptp(near, axis=0) > 0).all():
        columns.extend(near.T)
        allowed += (
            f", nearness to a race ({races.named} known, {races.found} found as best "
            "efforts)"
        )
    device = outcome.device[kept]
    changed = [d for d in np.unique(device)[1:] if (device == d).sum() >= 3]
    columns.extend((device == d).astype(np.float64) for d in changed)
    if changed:
        allowed += ", change of device"
    matrix = np.column_stack(columns)
    value, weights = outcome.speed[kept], outcome.count[kept]
    slow = outcome.slow
    fit = ar1_regression(value, matrix, clock, weights=weights, slow=slow)
    return Fitted(value, matrix, clock, weights, slow, fit, allowed)


@dataclass(frozen=True)
class Safeguards:
    """What a change had to stand beside its own test.

    Attributes
    ----------
    placebo : float
        The p value of trails still to come; NaN with too few weeks.
    controls, count : float, int
        Share of the negative controls that show as much, and their number.
    """

    placebo: float
    controls: float
    count: int

    @property
    def notes(self) -> tuple[str, ...]:
        """What each of them said, for the reader."""
        notes = [
            "Placebo test: not possible, too few weeks."
            if np.isnan(self.placebo)
            else "Placebo test with the trails of the weeks to come: "
            f"{'passed' if self.before_held else 'failed'} (p = {self.placebo:.2f})."
        ]
        if self.count >= FEWEST_CONTROLS:
            notes.append(
                f"Negative controls: of {self.count} other times for the same trails, "
                f"{100 * self.controls:.0f} % show as large a change: "
                f"{'passed' if self.controls_held else 'failed'}."
            )
        return tuple(notes)

    @property
    def before_held(self) -> bool:
        """Whether trails to come seem to do nothing."""
        return not self.placebo < PLACEBO

    @property
    def controls_held(self) -> bool:
        """Whether few other times show as much."""
        return self.count < FEWEST_CONTROLS or self.controls <= CONTROLS

    @property
    def held(self) -> bool:
        """Whether all of them passed."""
        return self.before_held and self.controls_held


def safeguards(found: Fitted, design: Design) -> Safeguards:
    """Return what a change has to stand."""
    kept = np.isfinite(design.exposure)
    share, count = _controls(found, design.controls[kept])
    return Safeguards(
        _placebo(found, design.placebo[kept]),
        share,
        count,
    )


def _placebo(found: Fitted, placebo: Floats) -> float:
    """Return the p value of trails still to come, beside those that were; NaN with too few
    weeks.
    """
    known = np.isfinite(placebo)
    if known.sum() < found.columns.shape[1] + 6:
        return float("nan")
    wide = np.column_stack((placebo, found.columns))[known]
    fit = ar1_regression(
        found.value[known],
        wide,
        found.clock[known],
        weights=found.weights[known],
        slow=found.slow,
    )
    return float(fit.p_values[0])


def _controls(found: Fitted, controls: Floats) -> tuple[float, int]:
    """Return the share of negative controls that show as large a change, and their number."""
    moves = np.ptp(controls, axis=0) > 0 if controls.size else np.zeros(0, bool)
    if not moves.any():
        return float("nan"), 0
    candidates = np.column_stack((found.columns[:, 0], controls[:, moves]))
    seen = np.abs(
        standardised_slopes(
            found.value,
            found.columns[:, 1:],
            candidates,
            (found.clock, found.weights),
            found.fit,
        )
    )
    others = seen[1:][np.isfinite(seen[1:])]
    if not len(others):
        return float("nan"), 0
    return float(np.mean(others >= seen[0])), len(others)
