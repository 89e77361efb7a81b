"""Each safeguard takes back what would be said wrongly without it: switched off, the wrong decision
is there.
"""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

import trailstats.claims as claims
import trailstats.claims._finding as _finding
import trailstats.claims._impact as impact_claim
import trailstats.claims._road_fit as road_fit
import trailstats.claims._road_improvement as road
import trailstats.claims._volume as volume_claim
from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import Finding, compare_runs
from trailstats.claims._road_improvement import road_improvement
from trailstats.claims._weeks import Weeks, whole_weeks
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


@pytest.mark.parametrize("seed", [7, 11])
def test_form_that_rose_before_the_trails_is_not_set_down_to_them(
    runners: ModuleType,
    scenarios: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
) -> None:
    """Form rises by 15 % from week 22 on, trails begin in week 30: the placebo test sees it."""
    base = _named(scenarios, "road form 3 % up")
    early = replace(
        base,
        gain=0.15,
        heat=0.0,
        trail_from=22,
        trend=0.0,
        weeks=64,
        slow_form=0.0,
    )
    data = Evidence(_trails_come_late(runners.simulate(early, seed), 30))
    result = road_improvement(data).result
    assert result.verdict is Verdict.INCONCLUSIVE
    assert np.isnan(result.low)
    assert any("before the trails" in c for c in result.caveats)
    monkeypatch.setattr(road_fit, "PLACEBO", -1.0)
    assert road_improvement(data).result.verdict is Verdict.SUPPORTED


def test_form_that_comes_and_goes_with_races_is_not_set_down_to_trails(
    runners: ModuleType, scenarios: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Form peaks by 12 % at races nobody named, trails lie in between: the same trails at other
    times show as much.
    """
    base = next(s for s in scenarios.WORLDS if "races without a name" in s.name)
    peaks = replace(base, peak=0.12, heat=0.0, slow_form=0.0)
    data = Evidence(runners.simulate(peaks, 3))
    result = road_improvement(data).result
    assert result.verdict is Verdict.INCONCLUSIVE
    assert np.isnan(result.low)
    assert any("other times for the same trails" in c for c in result.caveats)
    monkeypatch.setattr(road_fit, "CONTROLS", 2.0)
    assert road_improvement(data).result.verdict is Verdict.CONTRADICTED


def test_volume_that_rose_with_the_trails_is_not_set_down_to_them(
    runners: ModuleType, scenarios: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Form rises by 15 % as trails begin, and so does volume by 40 %: the volume rule takes it
    back, as the two can't be told apart.
    """
    base = _named(scenarios, "volume rises with the trails")
    vol = replace(
        base,
        gain=0.15,
        fitness_from_volume=0.0,
        heat=0.0,
        weeks=80,
        trail_from=36,
        slow_form=0.0,
    )
    data = Evidence(runners.simulate(vol, 4))
    result = road_improvement(data).result
    assert result.verdict is Verdict.INCONCLUSIVE
    assert any("Volume moved along" in c for c in result.caveats)
    monkeypatch.setattr(road, "LARGEST_VOLUME_CHANGE", 9.0)
    assert road_improvement(data).result.verdict is Verdict.SUPPORTED


def test_a_difference_that_few_runs_carry_decides_nothing(
    runners: ModuleType, scenarios: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Most trail runs are rated a little worse and some far better: mean and median differ in
    sign.
    """
    history = runners.simulate(replace(scenarios.NONE, weeks=104), 2)
    data = Evidence(history)
    trail = (data.runs["side"] == "trail").to_numpy()
    count = np.cumsum(trail)
    feel = np.where(trail, np.where(count % 3 == 0, 100.0, 45.0), 50.0)
    found = compare_runs(data, "feel", pd.Series(feel))
    assert found.result.verdict is Verdict.INCONCLUSIVE
    assert any("differ in sign" in c for c in found.result.caveats)
    monkeypatch.setattr(_finding, "rests_on_single_runs", lambda _: False)
    again = compare_runs(data, "feel", pd.Series(feel))
    assert again.result.verdict is Verdict.SUPPORTED


def test_volume_that_came_before_the_trails_is_not_set_down_to_them(
    runners: ModuleType, scenarios: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More is run in months with trails, before them as well as after: the placebo test sees it."""
    history = runners.simulate(replace(scenarios.NONE, weeks=156, trend=0.0), 5)
    data = Evidence(history)
    weeks = whole_weeks(data)
    before, after = (
        np.nan_to_num(share, nan=0.4)
        for share in (weeks.share_before(4), weeks.share_after(4))
    )
    hours = 3.0 + 4.0 * (before + after)
    made = replace(weeks, hours=hours)
    monkeypatch.setattr(volume_claim, "whole_weeks", lambda _: made)
    result = volume_claim.volume(data).result
    assert result.verdict is Verdict.INCONCLUSIVE
    assert np.isnan(result.low)
    monkeypatch.setattr(volume_claim, "PLACEBO", -1.0)
    assert volume_claim.volume(data).result.verdict is Verdict.SUPPORTED


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


def test_rows_of_impact_allow_for_each_other_and_for_lost_distance(
    runners: ModuleType, scenarios: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trail is exactly like road and 3 % of the way is lost: without the range of the loss, and
    without counting all rows, high powers of the load call it lower.
    """
    world = next(
        s
        for s in scenarios.WORLDS
        if s.name.startswith("3 % of the way lost on trail, flat")
    )
    decided = (Verdict.SUPPORTED, Verdict.CONTRADICTED)

    def rows() -> int:
        found = [impact_claim.impact(e).result for e in every]
        return sum(p.verdict in decided for r in found for p in r.parts)

    every = [Evidence(runners.simulate(world, seed)) for seed in range(6)]
    assert rows() == 0
    monkeypatch.setattr(impact_claim, "load_if_lost", lambda *_: (0.0, 0.0))
    without_range = rows()
    assert without_range > 0
    monkeypatch.setattr(impact_claim, "holm", np.asarray)
    assert rows() > without_range


def test_pauses_are_no_weeks_without_trails() -> None:
    """Eight months of running every week, a pause of a year with a run now and then, and half a
    year again: the weeks of the pause don't count, those of a short break do.
    """
    ran = np.r_[np.ones(34), np.zeros(52), np.ones(26)]
    ran[[40, 60, 75]] = 1.0
    ran[[10, 11, 20]] = 0.0
    weeks = Weeks(
        pd.date_range("2021-01-04", periods=len(ran), freq="7D", tz="UTC"),
        np.arange(len(ran)),
        *[ran] * 6,
    )
    regular = weeks.regular(12, 9)
    assert regular[:34].all()
    assert regular[86:].all()
    # A window of twelve may reach into the pause by the three weeks that it may lack.
    assert not regular[38:82].any()


def test_few_weeks_are_regular_or_not() -> None:
    """Of fewer weeks than a window nine must hold a run."""
    for held, regular in ((9, True), (8, False)):
        ran = np.append(np.ones(held), np.zeros(2))
        start = pd.date_range("2021-01-04", periods=11, freq="7D", tz="UTC")
        weeks = Weeks(start[: len(ran)], np.arange(len(ran)), *[ran] * 6)
        assert (weeks.regular(12, 9) == regular).all()
