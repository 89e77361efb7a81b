"""Each safeguard takes back what would be said wrongly without it: switched off, the wrong decision
is there.
"""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest

import trailstats.claims as claims
import trailstats.claims._road_improvement as road
from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import Finding
from trailstats.claims._road_improvement import road_improvement
from trailstats.claims.result import ClaimResult
from trailstats.history import History
from trailstats.schema import Verdict


def _named(scenarios: ModuleType, start: str) -> object:
    return next(s for s in scenarios.SCENARIOS if s.name.startswith(start))


def _trails_come_late(history: History, weeks: int) -> History:
    """Return the history with the trails of its first weeks told as road."""
    table = history.activities
    week = (table["start_time"] - table["start_time"].min()).dt.days // 7
    early = (week < weeks).to_numpy()
    inside = history.segments["file"].isin(set(table["file"][early]))
    surface = history.segments["surface"]
    return replace(
        history,
        activities=table.assign(
            surface=np.where(early, "road", table["surface"]),
            trail_expected=np.where(early, 0.0, table["trail_expected"]),
        ),
        segments_source=history.segments.assign(
            surface=np.where(inside, "road", surface)
        ),
    )


@pytest.mark.parametrize("seed", [5, 6])
def test_form_that_rose_before_the_trails_is_not_set_down_to_them(
    runners: ModuleType,
    scenarios: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
) -> None:
    """Form rises by 12 % from week 22 on, trails begin in week 30: the placebo test sees it."""
    base = _named(scenarios, "road form 3 % up")
    early = replace(base, gain=0.12, heat=0.0, trail_from=22, trend=0.0, weeks=64)
    data = Evidence(_trails_come_late(runners.simulate(early, seed), 30))
    result = road_improvement(data).result
    assert result.verdict is Verdict.INCONCLUSIVE
    assert np.isnan(result.low)
    assert any("before the trails" in c for c in result.caveats)
    monkeypatch.setattr(road, "PLACEBO", -1.0)
    assert road_improvement(data).result.verdict is Verdict.SUPPORTED


def test_volume_that_rose_with_the_trails_is_not_set_down_to_them(
    runners: ModuleType, scenarios: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Form comes from more running that begins with the trails: the volume rule takes it back."""
    base = _named(scenarios, "volume rises with the trails")
    vol = replace(
        base, fitness_from_volume=0.3, heat=0.0, weeks=80, trail_from=36
    )
    data = Evidence(runners.simulate(vol, 4))
    result = road_improvement(data).result
    assert result.verdict is Verdict.INCONCLUSIVE
    assert any("Volume moved along" in c for c in result.caveats)
    monkeypatch.setattr(road, "LARGEST_VOLUME_CHANGE", 9.0)
    assert road_improvement(data).result.verdict is Verdict.SUPPORTED


def test_holm_counts_all_claims(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nine claims of p = 0.02 decide nothing together; each by itself would."""
    one = Finding(
        ClaimResult("volume", "s", "m", verdict=Verdict.SUPPORTED),
        p_value=0.02,
        bounds=lambda confidence: (confidence - 0.99, 1.0),
    )
    together = claims._adjusted([one] * 9)
    assert {f.result.verdict for f in together} == {Verdict.INCONCLUSIVE}
    # The interval shown is that of the adjusted level, 1 - 0.05 / 9.
    assert together[0].result.low == pytest.approx(0.01 - 0.05 / 9.0)
    monkeypatch.setattr(claims, "holm", np.asarray)
    alone = claims._adjusted([one] * 9)
    assert {f.result.verdict for f in alone} == {Verdict.SUPPORTED}
