"""What the page says of the runner's own way downhill over the years, and of runs that were larger
than those lately.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from trailstats.history import History
from trailstats.history.training import spike_days
from trailstats.metrics.load import SPIKE_BANDS, SPIKE_DAYS, spike_band

Rows = tuple[tuple[str, ...], ...]

MOST: Final = 10.0
"""Ratio above which no figure is shown (our choice): what was before is next to nothing."""

SPIKES: Final = ("distance", "descent", "impact")

LATEST: Final = 6
"""Days with a larger run that are listed, the latest (our choice)."""

SHOWN_FOR: Final = 365
"""Days before the last run in which they lie (our choice)."""


@dataclass(frozen=True)
class OwnSkill:
    """Two tables in words.

    Attributes
    ----------
    heads : tuple of str
    years : tuple of tuple of str
        See `skill_rows`.
    spikes : tuple of tuple of str
        See `spike_rows`.
    spikes_said : str
        See `spike_words`.
    """

    heads: tuple[str, ...]
    years: Rows
    spikes: Rows
    spikes_said: str


def own_skill(history: History) -> OwnSkill:
    """Return what is said of a history."""
    heads, years = skill_rows(history)
    return OwnSkill(
        heads, years, spike_rows(spike_days(history.activities)), spike_words()
    )


def skill_rows(history: History) -> tuple[tuple[str, ...], Rows]:
    """Return heads and rows of the table of descents: a year, its runs, and for each grade how much
    faster than on level ground the runner went at the same heart rate; nothing without a year of
    ten runs with a heart rate.
    """
    found = history.effort.by_year()
    down = found[found["grade"] < 0].sort_values(
        ["year", "grade"], ascending=[True, False]
    )
    if down.empty:
        return (), ()
    grades = down["grade"].unique()
    heads = ("year", "runs", *(f"at {100 * grade:.0f} %" for grade in grades))
    rows = tuple(
        (str(year), str(own["n_runs"].iloc[0]), *map(_faster, *_columns(own)))
        for year, own in down.groupby("year")
    )
    return heads, rows


def _columns(own: pd.DataFrame) -> tuple[list[float], ...]:
    return tuple(own[name].tolist() for name in ("factor", "low", "high"))


def _faster(factor: float, low: float, high: float) -> str:
    """Return how much faster than on the level, with its 95 % interval, in per cent."""
    value, least, most = (100.0 * (1.0 / f - 1.0) for f in (factor, high, low))
    return f"{value:+.0f} % ({least:+.0f} to {most:+.0f})"


def spike_rows(days: pd.DataFrame) -> Rows:
    """Return the latest days with a run larger than those of the thirty days before: the day, and
    the ratio of distance, descent and impact with its band; an empty text where there is none.

    Parameters
    ----------
    days : pandas.DataFrame
        As `spike_days` gives them.
    """
    if days.empty:
        return ()
    ratios = days[[f"{name}_spike" for name in SPIKES]]
    above = ratios.gt(SPIKE_BANDS["small"][0]).any(axis=1)
    since = days.index[-1] - pd.Timedelta(days=SHOWN_FOR)
    shown = ratios[above & (days.index >= since)].iloc[::-1].head(LATEST)
    return tuple(
        (
            f"{day:%Y-%m-%d}",
            *map(_ratio, row, spike_band(row)),
        )
        for day, row in zip(shown.index, shown.to_numpy(), strict=True)
    )


def _ratio(ratio: float, band: str) -> str:
    if np.isnan(ratio):
        return ""
    shown = f"{ratio:.2f}" if ratio <= MOST else f"more than {MOST:.0f}"
    return f"{shown} ({band})" if band in SPIKE_BANDS else shown


HAZARDS: Final = {
    "small": "1.64 times as high (1.31 to 2.05)",
    "moderate": "1.52 (1.16 to 2.00)",
    "large": "2.28 (1.50 to 3.48)",
}
"""Of an overuse injury, against a ratio of 1.10 and less, with 95 % intervals [Frandsen2025]_."""


def spike_words() -> str:
    """Return what the ratios are, and what a study found of them."""
    found = "; ".join(
        f"{name}: {low:g} to {high:g}, {HAZARDS[name]}"
        if np.isfinite(high)
        else f"{name}: more than {low:g}, {HAZARDS[name]}"
        for name, (low, high) in SPIKE_BANDS.items()
    )
    return (
        f"A run against the largest of the {SPIKE_DAYS:.0f} days before it, as a ratio. Among "
        "5,205 runners the rate of overuse injuries, against runs of up to 1.1 times that "
        f"distance, was by band of the ratio ({found}; Frandsen et al. 2025, Br J Sports Med). "
        "The study knows distances only: for descent and impact the same bands are an analogy. "
        "Measured (impact: modelled); a description, not advice, and nothing on causes."
    )
