"""What is believed of a run and of its stretches agrees, and follows what is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import norm

from trailstats.schema import RunSurface
from trailstats.terrain import TerrainRules, surface_of_run
from trailstats.terrain.belief import LAPSE, LAPSE_SPREAD, STRETCH, believe

UNKNOWN = np.full(40, np.nan)
SPACING = 50.0


@given(
    mean=st.floats(-6, 6),
    spread=st.floats(0.01, 3),
    seed=st.integers(0, 1000),
    odds=st.sampled_from([0.05, 1.0, 20.0]),
)
def test_run_and_stretches_agree(
    mean: float, spread: float, seed: int, odds: float
) -> None:
    """The expected share is the mean of the stretches' probabilities, and lies in its interval;
    whatever is known of some of them.
    """
    rng = np.random.default_rng(seed)
    known = np.where(rng.random(40) < 0.3, rng.random(40), np.nan)
    found = believe(mean, spread, rng.normal(0, 2, 40), known, SPACING, odds)
    low, high = found.interval
    assert found.weight.sum() == pytest.approx(1.0)
    assert found.expected == pytest.approx(found.p_trail.mean())
    assert 0.0 <= low <= found.expected <= high <= 1.0
    said = np.isfinite(known)
    assert found.p_trail[said] == pytest.approx(known[said])


def test_a_wide_effect_is_a_normal_mean_of_the_logistic() -> None:
    """Without windows of their own stretches have the mean of the logistic function over the
    normal effect, by independent draws.
    """
    rng = np.random.default_rng(1)
    draws = np.where(
        rng.random(1_000_000) < LAPSE,
        rng.normal(0.0, LAPSE_SPREAD, 1_000_000),
        rng.normal(0.7, 1.3, 1_000_000),
    )
    found = believe(0.7, 1.3, np.zeros(40), UNKNOWN, SPACING)
    # A million draws are good to 0.0003; the sum over nodes to far less.
    assert found.p_trail == pytest.approx(expit(draws).mean(), abs=1e-3)


def test_most_of_the_way_is_trail_when_the_effect_is_above_zero() -> None:
    """With stretches alike, more than half is expected to be trail just where the effect is above
    zero: on a way so long that chance evens out, a normal probability.
    """
    found = believe(0.6, 1.0, np.zeros(40_000), np.full(40_000, np.nan), SPACING)
    expected = (1.0 - LAPSE) * norm.cdf(0.6) + LAPSE * 0.5
    # The nodes lie a quarter apart, and one of them on the border.
    assert found.beyond(0.5) == pytest.approx(expected, abs=0.01)


def test_stretches_are_independent_by_their_length() -> None:
    """A sure effect leaves the scatter of a binomial share of one stretch each 500 m."""
    found = believe(0.0, 0.0, np.zeros(40), UNKNOWN, SPACING)
    count = 40 * SPACING / STRETCH
    assert found.scatter == pytest.approx([np.sqrt(0.25 / count)])
    assert found.beyond(0.5) == pytest.approx(0.5)


def test_known_stretches_move_the_others() -> None:
    """Where the map knows half of a run as trail, the rest is likelier to be; one that it knows as
    road, less likely.
    """
    plain = believe(0.0, 1.5, np.zeros(40), UNKNOWN, SPACING).p_trail[-1]
    p = {}
    for kind in (0.02, 0.98):
        known = np.where(np.arange(40) < 20, kind, np.nan)
        p[kind] = believe(0.0, 1.5, np.zeros(40), known, SPACING).p_trail[-1]
    assert p[0.02] < plain - 0.1
    assert p[0.98] > plain + 0.1
    assert p[0.02] + p[0.98] == pytest.approx(1.0)


def test_how_much_known_stretches_count_by_bayes() -> None:
    """Two kilometres of trail are four observations: the posterior by direct integration."""
    grid = np.linspace(-12, 12, 20_001)
    prior = (1.0 - LAPSE) * norm.pdf(grid, 0.0, 1.5)
    prior = prior + LAPSE * norm.pdf(grid, 0.0, LAPSE_SPREAD)
    density = prior * expit(grid) ** (2000.0 / STRETCH)
    expected = (expit(grid) * density).sum() / density.sum()
    known = np.where(np.arange(80) < 40, 1.0, np.nan)
    found = believe(0.0, 1.5, np.zeros(80), known, SPACING)
    assert found.p_trail[-1] == pytest.approx(expected, abs=2e-3)


def test_a_tag_multiplies_the_odds_of_trail() -> None:
    """Evidence worth ten to one makes the odds that most of it is trail ten times as high, by
    Bayes' rule; a map overrules it.
    """
    relative = np.zeros(30)
    nothing = np.full(30, np.nan)
    plain = believe(-1.0, 2.0, relative, nothing, SPACING)
    tagged = believe(-1.0, 2.0, relative, nothing, SPACING, 10.0)
    before, after = (float(b.beyond(0.5)) for b in (plain, tagged))
    ratio = after / (1 - after) / (before / (1 - before))
    assert ratio == pytest.approx(10.0)
    assert tagged.expected > plain.expected
    road = np.full(30, 0.02)
    mapped = believe(-1.0, 2.0, relative, road, SPACING, 1000.0)
    assert mapped.expected == pytest.approx(0.02)
    assert mapped.beyond(0.5) < 1e-5


def test_a_sure_signal_is_in_doubt_when_a_tag_denies_it() -> None:
    """Cues mislead now and then: what looks surely like a road is in doubt under a tag worth thirty
    to one, and still a road without.
    """
    plain, tagged = (
        float(
            believe(
                -6.0, 0.8, np.zeros(200), np.full(200, np.nan), SPACING, odds
            ).beyond(0.5)
        )
        for odds in (1.0, 30.0)
    )
    assert plain < 0.02
    assert 0.1 < tagged < 0.5


@pytest.mark.parametrize(
    ("expected", "most", "shares", "called"),
    [
        ((0.9, 0.8, 1.0), 0.99, (0.8, 0.0), "trail"),
        ((0.05, 0.0, 0.2), 0.01, (0.0, 0.9), "road"),
        ((0.45, 0.2, 0.7), 0.4, (0.3, 0.4), "mixed"),
        ((0.75, 0.6, 0.95), 0.79, (0.7, 0.1), "unknown"),
        ((0.55, 0.52, 0.60), 0.99, (0.6, 0.4), "mixed"),
        ((0.4, 0.02, 0.95), 0.4, (0.1, 0.3), "unknown"),
        # Its own stretches deny it.
        ((0.9, 0.7, 1.0), 0.95, (0.1, 0.2), "unknown"),
        ((0.1, 0.0, 0.3), 0.05, (0.2, 0.1), "unknown"),
        ((np.nan, np.nan, np.nan), np.nan, (0.0, 0.0), "unknown"),
    ],
)
def test_what_a_run_is_called(
    expected: tuple[float, float, float],
    most: float,
    shares: tuple[float, float],
    called: str,
) -> None:
    """Trail and road only where that is sure, holds for six tenths, and no stretches deny it."""
    found = surface_of_run(expected, most, shares, TerrainRules())
    assert found is RunSurface(called)
