"""The tables of descents over years and of runs larger than lately."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd

from trailstats.metrics.load import SPIKE_BANDS
from trailstats.report import own_skill


def history(years: pd.DataFrame) -> SimpleNamespace:
    """Return what the table of descents looks at of a history."""
    return SimpleNamespace(effort=SimpleNamespace(by_year=lambda: years))


def days(*ratios: float, start: str = "2026-01-01") -> pd.DataFrame:
    """Return a day for each ratio of distances."""
    index = pd.date_range(start, periods=len(ratios), freq="D")
    nothing = np.full(len(ratios), np.nan)
    names = [f"{name}_spike" for name in own_skill.SPIKES]
    columns = (np.array(ratios, float), nothing, nothing)
    return pd.DataFrame(dict(zip(names, columns, strict=True)), index=index)


def test_a_year_says_how_much_faster_downhill_is() -> None:
    """A level speed of 0.8 of the actual one at equal heart rate is 25 % faster; its bounds change
    places, and climbs are left out.
    """
    years = pd.DataFrame(
        [
            (2025, -0.22, 1.0, 0.8, 1.25, 30),
            (2025, -0.12, 0.8, 0.5, 1.0, 30),
            (2025, 0.12, 1.6, 1.5, 1.7, 30),
        ],
        columns=["year", "grade", "factor", "low", "high", "n_runs"],
    )
    heads, rows = own_skill.skill_rows(history(years))
    assert heads == ("year", "runs", "at -12 %", "at -22 %")
    assert rows == (("2025", "30", "+25 % (+0 to +100)", "+0 % (-20 to +25)"),)


def test_without_a_year_nothing_is_said() -> None:
    """A runner without ten runs with a heart rate in a year has no table."""
    empty = pd.DataFrame(
        columns=["year", "grade", "factor", "low", "high", "n_runs"]
    )
    assert own_skill.skill_rows(history(empty)) == ((), ())
    assert own_skill.spike_rows(days()) == ()


def test_the_latest_larger_runs_come_first() -> None:
    """Days without a band are left out, those of the last year come, the latest first."""
    table = pd.concat(
        [days(1.2, start="2024-06-01"), days(1.2, np.nan, 1.05, 24.0)]
    )
    assert own_skill.spike_rows(table) == (
        ("2026-01-04", "more than 10 (large)", "", ""),
        ("2026-01-01", "1.20 (small)", "", ""),
    )


def test_the_words_name_each_band_and_its_source() -> None:
    """The text holds the bands that days are given, the hazards of the cohort study, its size and
    that it is no advice.
    """
    words = own_skill.spike_words()
    assert set(own_skill.HAZARDS) == set(SPIKE_BANDS)
    for said in (
        "small: 1.1 to 1.3, 1.64 times as high (1.31 to 2.05)",
        "moderate: 1.3 to 2, 1.52 (1.16 to 2.00)",
        "large: more than 2, 2.28 (1.50 to 3.48)",
        "5,205",
        "Frandsen",
        "not advice",
    ):
        assert said in words
