"""Histories made of tables, for the tests of the claims."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from trailstats import schema
from trailstats.history import History
from trailstats.model.athlete import Athlete
from trailstats.model.limits import HeartRateLimits

TOOLS = Path(__file__).resolve().parent.parent.parent / "tools"


@pytest.fixture(scope="session")
def runners() -> ModuleType:
    """Return the module that simulates histories."""
    sys.path.insert(0, str(TOOLS))
    try:
        import histories.tables as tables
    finally:
        sys.path.remove(str(TOOLS))
    return tables


@pytest.fixture(scope="session")
def scenarios() -> ModuleType:
    """Return the module with the kinds of simulated runner."""
    sys.path.insert(0, str(TOOLS))
    try:
        import histories.scenario as scenario
    finally:
        sys.path.remove(str(TOOLS))
    return scenario


@pytest.fixture(scope="session")
def empty() -> History:
    """Return a history without any activity."""
    return History(
        Athlete(),
        schema.ACTIVITIES.empty(),
        schema.SEGMENTS.empty(),
        (),
        (),
        HeartRateLimits(),
    )


Cut = Callable[..., History]


@pytest.fixture(scope="session")
def cut() -> Cut:
    """Return the function that keeps some runs of a history, with columns set anew."""

    def keep(history: History, where: np.ndarray, **columns: object) -> History:
        places = np.flatnonzero(where)
        activities = history.activities.iloc[places].reset_index(drop=True)
        for name, value in columns.items():
            if name in activities:
                activities[name] = pd.Series(
                    [value] * len(activities),
                    dtype=activities[name].dtype,
                    index=activities.index,
                )
        analyses = []
        for i in places:
            analysis = history.analyses[i]
            segments = analysis.segments
            extra = {
                k: v for k, v in columns.items() if k in ("surface", "heart_rate")
            }
            if extra:
                segments = segments.assign(**extra)
            if "surface" in columns:
                analysis = replace(
                    analysis,
                    impact=analysis.impact.assign(surface=columns["surface"]),
                )
            if "heart_rate" in columns:
                analysis = replace(
                    analysis,
                    stretches=analysis.stretches.assign(
                        heart_rate=columns["heart_rate"]
                    ),
                )
            analyses.append(replace(analysis, segments=segments))
        parts = [a.segments for a in analyses]
        segments = (
            pd.concat(parts, ignore_index=True)
            if parts
            else schema.SEGMENTS.empty()
        )
        return replace(
            history,
            activities=activities,
            segments_source=segments,
            analyses=tuple(analyses),
        )

    return keep


@pytest.fixture(scope="session")
def runner(runners: ModuleType, scenarios: ModuleType) -> History:
    """Return a runner for whom the ground makes a large difference."""
    large = next(s for s in scenarios.SCENARIOS if s.name == "large effects")
    return runners.simulate(large, 3)
