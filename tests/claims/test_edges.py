"""Histories that hold too little: every claim and rule still gets an answer."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from trailstats.claims import CLAIMS, claims_document, evaluate_claims, explain
from trailstats.claims._routes import novelty
from trailstats.claims.plan import check_plan
from trailstats.history import History
from trailstats.schema import INDOOR, Verdict

SILENT = (Verdict.NOT_ENOUGH_DATA, Verdict.NOT_MEASURABLE)
RULES = {"R1", "R2", "R2b", "R2c", "R2d", "R3a", "R3b", "R3c", "R4", "R5"}


def _answer(
    history: History, races: tuple[dt.date, ...] = ()
) -> dict[str, Verdict]:
    results = evaluate_claims(history, races=races)
    rules = check_plan(history, races=races)
    assert [r.claim for r in results] == list(CLAIMS)
    assert {r.rule for r in rules} == RULES
    document = claims_document(history, results, rules)
    text = json.dumps(document, allow_nan=False)
    assert json.loads(text) == document
    for result in results:
        assert result.statement and result.metric and result.caveats
        for part in (result, *result.parts):
            if np.isfinite(part.low):
                assert part.low <= part.high
    for claim in CLAIMS:
        assert isinstance(explain(history, claim, races=races), pd.DataFrame)
    return {r.claim: r.verdict for r in results}


def test_empty(empty: History) -> None:
    """A history without any activity decides nothing."""
    assert set(_answer(empty).values()) <= set(SILENT)


def test_new_ground_is_what_was_not_run_in_the_year_before() -> None:
    """Over all runs at once as for each by itself; the first eight weeks are not judged."""
    rng = np.random.default_rng(5)
    days = np.sort(rng.uniform(0.0, 900.0, 120))
    cells = [np.unique(rng.integers(0, 400, rng.integers(0, 30))) for _ in days]
    found = novelty(
        SimpleNamespace(runs=pd.DataFrame({"day": days}), cells=cells)
    )
    for i, day in enumerate(days):
        before = [cells[k] for k in range(i) if day - days[k] <= 365.0]
        expected = np.nan
        if day - days[0] >= 56.0 and cells[i].size:
            expected = np.mean(~np.isin(cells[i], np.concatenate(before)))
        assert found[i] == pytest.approx(expected, nan_ok=True)


COMPARED = {"strength", "easy_days", "balance", "stress", "enjoyment", "variety"}
"""Claims answered from pairs of a trail and a road run."""


def test_one_run(runner: History, cut) -> None:
    """One road run decides nothing: it counts where single runs are counted, and finds no trail run
    to be paired with.
    """
    first = np.arange(len(runner.activities)) == 5
    assert runner.activities["surface"][5] == "road"
    history = cut(runner, first)
    assert _answer(history) == dict.fromkeys(CLAIMS, Verdict.NOT_ENOUGH_DATA)
    results = {r.claim: r for r in evaluate_claims(history)}
    for claim in COMPARED:
        assert (results[claim].n_trail, results[claim].n_road) == (0, 0)
        assert any("0 trail and 0 road runs" in c for c in results[claim].caveats)
    assert (results["impact"].n_trail, results["impact"].n_road) == (0, 0)
    for claim in ("volume", "training_rules"):
        assert (results[claim].n_trail, results[claim].n_road) == (0, 1)
    outcomes = {r.rule: r.outcome for r in check_plan(history)}
    assert outcomes["R1"] == outcomes["R4"] == outcomes["R5"] == "not enough data"
    assert outcomes["R2"] == outcomes["R3a"] == "not applicable"


@pytest.mark.parametrize("side", ["trail", "road"])
def test_one_side_only(runner: History, cut, side: str) -> None:
    """Runs on one ground only leave nothing to compare, whatever both grounds together decide; the
    rules can be checked on one ground as well.
    """
    own = (runner.activities["surface"] == side).to_numpy()
    both = _answer(runner)
    assert both["strength"] is both["balance"] is Verdict.SUPPORTED
    assert both["same_effort"] is Verdict.CONTRADICTED
    history = cut(runner, own)
    expected = dict.fromkeys(CLAIMS, Verdict.NOT_ENOUGH_DATA)
    assert _answer(history) == expected | {
        "training_rules": Verdict.NOT_MEASURABLE
    }
    results = {r.claim: r for r in evaluate_claims(history)}
    for claim in COMPARED | {"same_effort"}:
        assert (results[claim].n_trail, results[claim].n_road) == (0, 0)
        assert np.isnan(results[claim].difference)
    rules, weeks = (
        (results[c].n_trail, results[c].n_road)
        for c in ("training_rules", "volume")
    )
    assert rules == ((own.sum(), 0) if side == "trail" else (0, own.sum()))
    # The broken weeks at both ends hold a few more.
    assert min(weeks) == 0
    assert own.sum() - 6 <= max(weeks) <= own.sum()


@pytest.mark.parametrize("sub_sport", sorted(INDOOR))
def test_indoors(runner: History, cut, sub_sport: str) -> None:
    """Runs indoors stand on neither side, whatever ground was read into them."""
    every = np.ones(len(runner.activities), dtype=bool)
    verdicts = _answer(cut(runner, every, sub_sport=sub_sport))
    del verdicts["training_rules"]
    assert set(verdicts.values()) <= set(SILENT)


def test_unknown_ground(runner: History, cut) -> None:
    """Runs whose ground is not known stand on neither side."""
    every = np.ones(len(runner.activities), dtype=bool)
    dark = cut(runner, every, surface="unknown", trail_expected=np.nan)
    verdicts = _answer(dark)
    del verdicts["training_rules"]
    assert set(verdicts.values()) <= set(SILENT)


def test_no_heart_rate(runner: History, cut) -> None:
    """Without any heart rate the claims that need one say so, the others are answered."""
    every = np.ones(len(runner.activities), dtype=bool)
    columns = {
        "mean_heart_rate",
        "time_above_easy",
        "time_easy_judged",
        "hard_time",
        "session_load",
        "decoupling",
    }
    silent = cut(
        runner, every, heart_rate=np.nan, **dict.fromkeys(columns, np.nan)
    )
    verdicts = _answer(silent)
    for claim in ("easy_days", "same_effort", "road_improvement"):
        assert verdicts[claim] in SILENT
    assert verdicts["strength"] is Verdict.SUPPORTED
    results = {r.claim: r for r in evaluate_claims(silent)}
    assert any("heart rate" in caveat for caveat in results["easy_days"].caveats)


def test_no_elevation(runner: History, cut) -> None:
    """Without elevation the doses of climbing are unknown, not zero."""
    every = np.ones(len(runner.activities), dtype=bool)
    flat = cut(
        runner,
        every,
        ascent=np.nan,
        descent=np.nan,
        grade_adjusted_speed=np.nan,
        pace_spread=np.nan,
    )
    verdicts = _answer(flat)
    assert verdicts["strength"] in SILENT


def test_failed_sources_and_duplicates_count_nothing(
    runner: History, cut
) -> None:
    """A duplicate or a source that failed changes no answer."""
    every = np.ones(len(runner.activities), dtype=bool)
    twice = cut(runner, every)
    double = runner.activities.iloc[[4, 9]].assign(
        duplicate_of=lambda t: t["file"], file=["a.fit", "b.fit"]
    )
    failed = runner.activities.iloc[[0]].assign(status="failed", file="c.fit")
    failed["start_time"] = failed["start_time"].where(failed["file"] == "")
    table = pd.concat([twice.activities, double, failed], ignore_index=True)
    analyses = (*twice.analyses, twice.analyses[4], twice.analyses[9])
    again = [
        a.segments.assign(file=f)
        for a, f in zip(analyses[-2:], ["a.fit", "b.fit"], strict=True)
    ]
    segments = pd.concat([twice.segments, *again], ignore_index=True)
    more = replace(
        twice, activities=table, analyses=analyses, segments_source=segments
    )
    assert [r.to_dict() for r in evaluate_claims(more)] == [
        r.to_dict() for r in evaluate_claims(twice)
    ]


def test_unknown_claim(runner: History) -> None:
    """Asking for a claim that doesn't exist names those that do."""
    with pytest.raises(KeyError, match="strength"):
        explain(runner, "happiness")
