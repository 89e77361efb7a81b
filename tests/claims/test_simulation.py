"""The simulation that the documentation's table comes from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from trailstats import schema


@pytest.fixture(scope="module")
def harness(tool: Any) -> Any:
    return tool("simulate_histories")


def test_tables_follow_the_schema(runners: Any, scenarios: Any) -> None:
    """Simulated histories have the columns and dtypes of real ones."""
    history = runners.simulate(scenarios.NONE, 1)
    schema.ACTIVITIES.validate(history.activities)
    schema.SEGMENTS.validate(history.segments)
    schema.IMPACT.validate(history.analyses[0].impact)
    schema.PROFILE.validate(history.analyses[0].profile)
    assert len(history.analyses) == len(history.activities)
    assert sum(len(a.segments) for a in history.analyses) == len(history.segments)


def test_no_effect_means_none(runners: Any, scenarios: Any) -> None:
    """Over many runners without an effect, trail and road runs have the same means."""
    gaps = []
    for seed in range(12):
        runs = runners.simulate(scenarios.NONE, seed).activities
        calm = runs[runs["intent"] != "hard"]
        trail = calm["surface"] == "trail"
        columns = calm[["cadence_cv", "pace_spread", "mean_heart_rate"]]
        gaps.append(
            (columns[trail].mean() - columns[~trail].mean()) / columns.std()
        )
    assert (np.abs(np.mean(gaps, axis=0)) < 0.15).all()


def test_effects_are_there(runners: Any, scenarios: Any) -> None:
    """Five beats at equal speed are in the segments of the runner with large effects."""
    large = next(s for s in scenarios.SCENARIOS if s.name == "large effects")
    beats = []
    for seed in range(10):
        table = runners.simulate(large, seed).segments
        left = table["heart_rate"] - 30.0 * table["grade_adjusted_speed"]
        trail = table["surface"] == "trail"
        beats.append(left[trail].mean() - left[~trail].mean())
    # Form raises the speed at a heart rate and differs between the weeks, hence the wide bounds.
    assert 3.0 < np.mean(beats) < 7.0


def test_report_has_every_table(harness: Any) -> None:
    """A run over a few histories gives false decisions, coverage, power and the confounded
    cases.
    """
    groups = ("none", "world", "effect", "power", "sample", "confounded", "curve")
    first = [
        next(n for n, s in enumerate(harness.ALL) if s.group == group)
        for group in groups
    ]
    found = harness.run(dict.fromkeys(first, 1), workers=1)
    text = harness.report(found, 60.0)
    for words in (
        "No true effect",
        "Worlds in which",
        "Coverage",
        "Power",
        "Confounded",
        "sample archive",
        "| same_effort |",
        "1 year",
    ):
        assert words in text


def test_share_has_a_wilson_interval(harness: Any) -> None:
    """Five of a hundred is 5 % with a Wilson interval of 2.2 to 11.2 %."""
    assert str(harness.Share(5, 100)) == "5.0 % (2.2 to 11.2)"
    assert str(harness.Share(0, 0)) == "none"
