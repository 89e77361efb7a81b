"""Agreement with other people's programs on the same numbers."""

import json
from pathlib import Path

import numpy as np
import pytest

from trailstats.metrics import effort, intensity, load, performance, variability

VALUES = json.loads(
    (
        Path(__file__).parents[1] / "reference" / "metrics_independent.json"
    ).read_text("utf-8")
)


def test_sample_entropy_agrees_with_two_packages():
    """Sample entropy equals what two entropy packages give for one series."""
    case = VALUES["sample_entropy"]
    assert variability.sample_entropy(case["values"]) == pytest.approx(
        case["expected"], rel=1e-9
    )
    whole = variability.windowed_sample_entropy(
        case["values"], window=len(case["values"])
    )
    assert whole == pytest.approx(case["expected"], rel=1e-9)


def test_fluctuation_exponent_agrees():
    """The scaling exponent without overlapping boxes equals that of a physiology package."""
    assert intensity.dfa_exponent(VALUES["dfa"]["values"]) == pytest.approx(
        VALUES["dfa"]["expected"], rel=1e-9
    )


def test_beat_variability_agrees():
    """Root mean square of successive differences equals that of a physiology package."""
    case = VALUES["rmssd"]
    assert variability.rmssd(case["intervals"]) == pytest.approx(
        case["expected"], rel=1e-9
    )


def test_artefacts_found_are_the_same():
    """The same beats are found wrong; the correction then comes closer to the series without
    artefacts.
    """
    case = VALUES["artefacts"]
    beats = variability.correct_beats(case["intervals"])
    # In the recorded series: the missed beat is split, which moves everything behind it by one.
    missed, ectopic_pair, extra = 60, (120, 121), 180
    assert case["found"]["missed"] == [missed + 1]
    assert sorted(case["found"]["ectopic"] + case["found"]["longshort"])[:2] == [
        i + 1 for i in ectopic_pair
    ]
    assert case["found"]["extra"] == [extra + 1]
    marks = [missed, missed + 1, *(i + 1 for i in ectopic_pair), extra + 1]
    assert np.flatnonzero(beats.corrected).tolist() == marks
    clean = VALUES["rmssd"]
    # The missed beat was made by doubling one interval, so splitting it leaves one more than the
    # clean series.
    assert beats.intervals.size == len(clean["intervals"]) + 1
    assert variability.rmssd(beats.intervals) == pytest.approx(
        clean["expected"], rel=0.02
    )


def test_a_missed_beat_is_told_from_a_long_one():
    """The same long intervals are split in two, and the same others are replaced."""
    case = VALUES["artefacts_2"]
    recorded = np.asarray(case["intervals"])
    beats = variability.correct_beats(recorded)
    assert not case["found"]["extra"]
    missed = np.sort(case["found"]["missed"]) - 1
    others = (
        np.asarray(sorted(case["found"]["ectopic"] + case["found"]["longshort"]))
        - 1
    )
    # Each split moves what follows by one.
    first = missed + np.arange(missed.size)
    replaced = others + np.searchsorted(missed, others)
    assert np.flatnonzero(beats.corrected).tolist() == sorted(
        [*first, *(first + 1), *replaced]
    )
    assert beats.intervals[first] == pytest.approx(recorded[missed] / 2)
    assert beats.intervals[first + 1] == pytest.approx(recorded[missed] / 2)


def test_race_equivalent_agrees():
    """The implied oxygen uptake equals that of a calculator package."""
    for case in VALUES["vdot"]["cases"]:
        uptake = performance.vdot(case["distance"], case["duration"])
        assert float(uptake) == pytest.approx(case["expected"], rel=1e-12)


def test_chronic_and_acute_load_agree():
    """The reciprocal convention equals a training package that has it, to its rounding."""
    case = VALUES["chronic_acute"]
    for days, expected in ((42, case["chronic"]), (7, case["acute"])):
        ours = load.exponential_load(
            case["daily"], days, convention=load.LoadConvention.RECIPROCAL
        )
        assert ours == pytest.approx(np.asarray(expected), abs=0.0501)


def test_weekly_structure_agrees():
    """Ratio, monotony and strain equal those of a training package, to its rounding."""
    case = VALUES["week"]
    week = case["daily"][-7:]
    assert load.acute_chronic_ratio(case["daily"])[-1] == pytest.approx(
        case["ratio"], abs=0.005
    )
    assert load.monotony(week) == pytest.approx(case["monotony"], abs=0.005)
    assert load.strain(week) == pytest.approx(
        case["strain"], abs=0.005 * sum(week) + 0.5
    )


def test_normalised_speed_agrees():
    """The fourth-power mean equals another package's but for the half minute that it drops."""
    case = VALUES["normalised"]
    series = 3.0 + np.sin(np.arange(case["n"]) / 20.0)
    assert effort.normalised_speed(series, 1.0) == pytest.approx(
        case["expected"], rel=2e-3
    )


def test_decoupling_agrees():
    """Decoupling equals another package's, whose sign is the other way round."""
    case = VALUES["decoupling"]
    hr = np.repeat([case["hr_first"], case["hr_second"]], case["n"] // 2)
    rules = performance.SteadyRules(warm_up=0.0)
    ours = performance.decoupling(
        np.full(case["n"], case["speed"]), hr, 1.0, rules=rules
    )
    assert -100.0 * ours.loss == pytest.approx(case["expected"], abs=0.05)
