"""Matched comparison, regression on series and adjustment against closed forms and simulated
truth.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats as reference
from statsmodels.regression.linear_model import GLS, OLS
from statsmodels.stats.meta_analysis import effectsize_smd

from trailstats.claims.stats import (
    Comparison,
    MatchRules,
    _matched,
    allow_for_bias,
    allow_for_dilution,
    allow_for_slope,
    ar1_regression,
    compare,
    holm,
    smallest_detectable,
    standardised_slopes,
)


def _sides(n_trail: int, n_road: int) -> np.ndarray:
    return np.arange(n_trail + n_road) < n_trail


def test_equal_weights_give_the_difference_of_means() -> None:
    """Runs of one day and one duration weigh alike, so the comparison is that of two plain
    means.
    """
    rng = np.random.default_rng(1)
    values = rng.normal(size=70)
    side = _sides(30, 40)
    found = compare(values, side, np.zeros(70), np.full(70, 3600.0))
    assert found.difference == pytest.approx(
        values[side].mean() - values[~side].mean()
    )
    assert (found.n_trail, found.n_road) == (30, 40)


def test_error_and_df_are_welchs() -> None:
    """With equal weights error, degrees of freedom and p value are those of Welch's test."""
    rng = np.random.default_rng(2)
    values = np.concatenate((rng.normal(0.5, 1.0, 25), rng.normal(0.0, 3.0, 60)))
    side = _sides(25, 60)
    found = compare(values, side, np.zeros(85), np.full(85, 3600.0))
    welch = reference.ttest_ind(values[side], values[~side], equal_var=False)
    bounds = welch.confidence_interval()
    assert found.df == pytest.approx(welch.df)
    assert found.p_value == pytest.approx(welch.pvalue)
    assert (found.low, found.high) == pytest.approx((bounds.low, bounds.high))


@pytest.mark.parametrize("count", [8, 15])
def test_error_of_few_runs_is_welchs(count: int) -> None:
    """With equal weights the squared error is the sum of the variances of both means, as
    Welch's, also for few runs.
    """
    rng = np.random.default_rng(count)
    values = rng.normal(size=2 * count)
    side = _sides(count, count)
    found = compare(values, side, np.zeros(2 * count), np.full(2 * count, 3600.0))
    variances = [values[own].var(ddof=1) / count for own in (side, ~side)]
    assert found.error == pytest.approx(np.sqrt(sum(variances)))


@pytest.mark.parametrize(
    ("means", "stds", "count"),
    [((94.0, 92.0), (22.0, 20.0), 60), ((98.0, 88.0), (28.0, 26.0), 40),
     ((103.0, 100.0), (5.5, 4.5), 8)],
)  # fmt: skip
def test_standardised_difference_is_hedges(
    means: tuple[float, float], stds: tuple[float, float], count: int
) -> None:
    """Means and standard deviations of published trials (Borenstein et al., Introduction to
    Meta-Analysis, 2009, table 14.1), and a small one, give statsmodels' bias-corrected difference.
    """
    pattern = np.arange(count) - (count - 1) / 2.0
    pattern /= pattern.std(ddof=1)
    values = np.concatenate(
        [m + s * pattern for m, s in zip(means, stds, strict=True)]
    )
    found = compare(
        values,
        _sides(count, count),
        np.zeros(2 * count),
        np.full(2 * count, 3600.0),
    )
    published, _ = effectsize_smd(
        means[0], stds[0], count, means[1], stds[1], count
    )
    assert found.standardised == pytest.approx(published, rel=1e-9)


@pytest.mark.parametrize("known", [False, True])
def test_expected_shares_give_the_whole_difference(known: bool) -> None:
    """Ground that is told with a calibrated probability alone: the slope on it is the difference of
    true sides, and its interval covers; the plainer way, sides by what is likelier, shows a part of
    it only. With sides that are known both are the same.
    """
    rng = np.random.default_rng(12)
    slopes, inside, seen = [], 0, []
    for _ in range(200):
        share = rng.beta(0.7, 0.9, 80)
        trail = rng.uniform(size=80) < share
        taken = trail.astype(float) if known else share
        values = 3.0 * trail + rng.normal(0.0, 2.0, 80)
        days = rng.uniform(0.0, 90.0, 80)
        long = np.full(80, 3600.0)
        found = compare(values, taken, days, long)
        slopes.append(found.difference)
        seen.append(compare(values, taken > 0.5, days, long).difference)
        inside += found.low <= 3.0 <= found.high
    # 200 means of an error of 0.6 lie within 0.15 of the truth.
    assert np.mean(slopes) == pytest.approx(3.0, abs=0.15)
    # Of two errors, by runs and by weeks, the larger counts: so it holds a little more than 95 %.
    assert 0.91 <= inside / 200 <= 0.995
    assert (np.mean(seen) < 2.3) is not known


def test_regression_on_shares_is_least_squares() -> None:
    """Runs of one day and duration weigh alike: slope and HC2 error are those of ordinary least
    squares by statsmodels.
    """
    rng = np.random.default_rng(13)
    share = rng.uniform(size=60)
    values = 2.0 * share + rng.normal(0.0, 1.0 + share, 60)
    found = compare(values, share, np.zeros(60), np.full(60, 3600.0))
    fit = OLS(values, np.column_stack((np.ones(60), share))).fit()
    assert found.difference == pytest.approx(fit.params[1])
    assert found.error == pytest.approx(fit.HC2_se[1], rel=1e-6)


def test_pairs_grow_with_the_runs() -> None:
    """Ten times as many runs over ten times as long make about ten times as many pairs."""
    rng = np.random.default_rng(14)
    sizes = []
    for years in (1, 10):
        count = 200 * years
        days = np.sort(rng.uniform(0.0, 365.0 * years, count))
        side = rng.uniform(size=count) < 0.5
        found = compare(
            rng.normal(size=count), side, days, np.full(count, 3600.0)
        )
        sizes.append(len(found.pairs))
    assert sizes[1] < 12 * sizes[0]


def test_ground_that_is_hardly_apart_is_not_compared() -> None:
    """A slope over shares of 0.4 and 0.6 would be drawn out to all and none: no interval."""
    rng = np.random.default_rng(15)
    share = np.where(np.arange(80) % 2 == 0, 0.6, 0.4)
    found = compare(rng.normal(size=80), share, np.zeros(80), np.full(80, 3600.0))
    assert not found.enough
    assert np.isnan(found.low)


def test_matching_takes_out_a_trend() -> None:
    """Form that rises over the year is no difference of the ground, even where trails come late."""
    rng = np.random.default_rng(3)
    days = np.sort(rng.uniform(0.0, 360.0, 240))
    side = rng.uniform(size=240) < days / 360.0
    values = days / 60.0 + rng.normal(0.0, 0.3, 240)
    plain = values[side].mean() - values[~side].mean()
    found = compare(values, side, days, np.full(240, 3600.0))
    assert plain > 1.0
    assert abs(found.difference) < 0.2
    assert found.low < 0.0 < found.high


def test_matching_takes_out_duration() -> None:
    """Long runs are compared with long runs."""
    rng = np.random.default_rng(6)
    long = rng.uniform(size=300) < 0.5
    side = rng.uniform(size=300) < np.where(long, 0.7, 0.2)
    durations = np.where(long, 7200.0, 2700.0)
    values = 5.0 * long + rng.normal(0.0, 1.0, 300)
    found = compare(values, side, rng.uniform(0.0, 60.0, 300), durations)
    assert found.low < 0.0 < found.high
    assert abs(found.difference) < 0.6


@pytest.mark.parametrize("lengths", [False, True])
def test_pairs_within_groups_are_least_squares(lengths: bool) -> None:
    """Times of many runs and times of few, far apart: the difference is that of least squares with
    a constant for each time, and with the logarithm of duration beside the ground.
    """
    rng = np.random.default_rng(31)
    time = np.repeat(np.arange(6), [4, 60, 10, 30, 6, 12])
    share = rng.uniform(size=len(time)) < rng.uniform(0.2, 0.8, 6)[time]
    share = np.where(share, 0.9, 0.1)
    size = rng.normal(8.0, 0.4, len(time)) + 0.3 * share
    size = size if lengths else np.full(len(time), 8.0)
    values = 2.0 * share + time + 1.5 * size + rng.normal(size=len(time))
    # So wide that within a time all pairs match alike.
    rules = MatchRules(duration_ratio=1e300)
    found = compare(values, share, 1000.0 * time, np.exp(size), rules=rules)
    columns = [share, *(time == k for k in range(6))]
    columns += [size] if lengths else []
    fit = OLS(values, np.column_stack(columns).astype(float)).fit()
    # The logarithm of the widest ratio is 690, so weights fall by up to 3 in 690.
    assert found.difference == pytest.approx(fit.params[0], abs=0.02)
    assert found.error == pytest.approx(fit.HC2_se[0], rel=0.1)


def test_long_runs_on_trail_are_no_difference() -> None:
    """Where the longer of everyday runs go to trails, what length does is not set down to them."""
    rng = np.random.default_rng(32)
    out = 0
    for _ in range(150):
        size = rng.normal(0.0, 0.35, 80)
        side = rng.uniform(size=80) < 1.0 / (1.0 + np.exp(-5.0 * size))
        values = 2.0 * size + rng.normal(0.0, 0.5, 80)
        found = compare(
            values, side, rng.uniform(0.0, 90.0, 80), 3000.0 * np.exp(size)
        )
        out += found.low > 0.0 or found.high < 0.0
    assert out <= 16  # 150 draws of 6 % give at most 16 but once in a hundred


def test_runs_without_a_neighbour_do_not_count() -> None:
    """Trail runs of summer are not set against road runs of winter."""
    side = _sides(20, 20)
    found = compare(
        np.arange(40.0), side, np.where(side, 0.0, 180.0), np.full(40, 3600.0)
    )
    assert not found.enough
    assert found.n_trail == found.n_road == 0
    assert np.isnan(found.difference)


def test_too_few_runs_give_no_interval() -> None:
    """Seven runs on a side show their means, but no interval and no p value."""
    found = compare(
        np.arange(27.0), _sides(7, 20), np.zeros(27), np.full(27, 3600.0)
    )
    assert not found.enough
    assert np.isfinite(found.difference)
    assert np.isnan([found.low, found.high, found.p_value]).all()


def test_missing_values_are_left_out() -> None:
    """A run without a value, a day or a duration is as if it were not there."""
    rng = np.random.default_rng(5)
    values, days, durations = (
        rng.normal(size=43),
        np.zeros(43),
        np.full(43, 3600.0),
    )
    values[0], days[1], durations[2] = np.nan, np.nan, 0.0
    side = np.arange(43) % 2 == 0
    some = compare(values, side, days, durations)
    rest = compare(values[3:], side[3:], days[3:], durations[3:])
    assert some.difference == pytest.approx(rest.difference)
    assert (some.low, some.high) == pytest.approx((rest.low, rest.high))


def test_pairs_explain_the_difference() -> None:
    """The weighted mean of the pairs' differences is the difference."""
    rng = np.random.default_rng(6)
    values, days = rng.normal(size=80), rng.uniform(0.0, 100.0, 80)
    durations = rng.uniform(2000.0, 5000.0, 80)
    found = compare(values, np.arange(80) % 3 == 0, days, durations)
    pairs = found.pairs
    assert np.average(
        pairs["difference"], weights=pairs["weight"]
    ) == pytest.approx(found.difference)
    assert (np.abs(days[pairs["trail"]] - days[pairs["road"]]) < 45.0).all()
    ratio = durations[pairs["trail"]] / durations[pairs["road"]]
    assert ((ratio < 4.0) & (ratio > 0.25)).all()


def test_robust_difference_ignores_single_runs() -> None:
    """One wild run moves the mean, not the weighted median of the pairs."""
    values = np.append(np.zeros(20), np.full(20, 1.0))
    values[0] = 1000.0
    found = compare(values, _sides(20, 20), np.zeros(40), np.full(40, 3600.0))
    assert found.difference > 40.0
    assert found.robust == pytest.approx(-1.0)
    assert found.share_above == pytest.approx(0.05)


@pytest.mark.parametrize(("n_trail", "n_road"), [(8, 12), (30, 30)])
def test_interval_covers_the_truth(n_trail: int, n_road: int) -> None:
    """The 95 % interval holds the true difference in 95 % of samples, small and skewed ones
    included.
    """
    rng = np.random.default_rng(7)
    total, inside = 300, 0
    for _ in range(total):
        values = np.append(
            rng.gamma(2.0, 1.0, n_trail) + 0.5, rng.gamma(2.0, 1.0, n_road)
        )
        days = rng.uniform(0.0, 40.0, n_trail + n_road)
        found = compare(
            values, _sides(n_trail, n_road), days, np.full(len(values), 3600.0)
        )
        inside += found.low <= 0.5 <= found.high
    assert 0.91 <= inside / total <= 0.985


def test_only_runs_of_a_group_are_paired() -> None:
    """A second watch that reads five beats high and came with the trails makes no difference of the
    ground.
    """
    rng = np.random.default_rng(8)
    days = np.arange(120.0)
    late = days >= 60.0
    side = late & (np.arange(120) % 2 == 0)
    values = 140.0 + 5.0 * late + rng.normal(0.0, 1.0, 120)
    long = np.full(120, 3600.0)
    assert compare(values, side, days, long).difference > 1.5
    found = compare(values, side, days, long, groups=np.where(late, "new", "old"))
    assert found.difference == pytest.approx(
        values[side].mean() - values[late & ~side].mean(), abs=0.1
    )
    assert set(found.pairs["road"]) <= set(np.flatnonzero(late))


def test_slope_error_widens_the_interval() -> None:
    """Errors add in squares, and with as many degrees of freedom the t distribution is that of the
    joint error.
    """
    rng = np.random.default_rng(9)
    known = compare(
        rng.normal(size=60),
        np.arange(60) % 2 == 0,
        np.zeros(60),
        np.full(60, 3600.0),
    )
    same = allow_for_slope(known, 0.0, 2.0, 30.0)
    assert (same.low, same.high) == pytest.approx((known.low, known.high))
    wide = allow_for_slope(known, -0.3, 2.0, 1e9)
    assert wide.error == pytest.approx(np.hypot(known.error, 0.6))
    assert wide.df > known.df
    assert wide.difference == known.difference
    assert wide.p_value > known.p_value or known.difference == 0.0
    assert allow_for_slope(Comparison(), -0.3, 2.0, 10.0).p_value != 0.0


@pytest.mark.parametrize("bias", [0.0, -0.2, -0.4])
def test_a_shared_error_is_covered_wherever_it_lies(bias: float) -> None:
    """Values on trail seem higher by 0 to 0.4: 95 of 100 intervals hold the truth wherever in the
    range the error lies, which the plain one doesn't where it is large.
    """
    rng = np.random.default_rng(12)
    side = np.arange(60) % 2 == 0
    inside = plain = decided = 0
    for _ in range(400):
        values = 1.0 * side - bias * side + rng.normal(0.0, 0.5, 60)
        seen = compare(values, side, np.zeros(60), np.full(60, 3600.0))
        found = allow_for_bias(seen, -0.4, 0.0)
        assert found.high < seen.high
        assert found.low < seen.low - 0.3
        inside += found.low <= 1.0 <= found.high
        plain += seen.low <= 1.0 <= seen.high
        decided += found.low > 0.0
        assert (found.low > 0.0) == (found.p_value < 0.05)
    assert inside / 400 >= 0.93
    assert bias > -0.3 or plain / 400 < 0.5
    assert decided > 200


def test_a_range_of_no_width_is_a_point() -> None:
    """Both ends at once: the interval moves and is as wide as before; half a unit by hand."""
    rng = np.random.default_rng(13)
    known = compare(
        rng.normal(size=40),
        np.arange(40) % 2 == 0,
        np.zeros(40),
        np.full(40, 3600.0),
    )
    same = allow_for_bias(known, 0.0, 0.0)
    assert (same.low, same.high, same.p_value) == (
        known.low,
        known.high,
        known.p_value,
    )
    wide = allow_for_bias(known, -100.0, 100.0)
    # Far from each other, each end is missed one way only: Student's t at one side of 5 %.
    one = reference.t.ppf(0.95, known.df) * known.error
    assert wide.high == pytest.approx(known.difference + 100.0 + one)
    assert wide.p_value == pytest.approx(1.0)


def test_sides_are_what_was_run() -> None:
    """Values of 0 and 0.4 at shares of 0.2 and 0.8: a line would fall below 0 without trail. The
    sides are those that were run, and their gap is 0.6 of the difference.
    """
    share = np.tile([0.2, 0.8], 10)
    found = compare(
        np.tile([0.0, 0.4], 10), share, np.zeros(20), np.full(20, 3600.0)
    )
    assert (found.road, found.trail) == pytest.approx((0.0, 0.4))
    assert found.shares == pytest.approx((0.8, 0.2))
    assert found.difference == pytest.approx(0.4 / 0.6)


def test_a_true_slope_is_covered() -> None:
    """Sides at different speeds, moved along an estimated line: 95 of 100 intervals hold the
    truth.
    """
    rng = np.random.default_rng(10)
    inside = 0
    for _ in range(300):
        side = np.arange(60) % 2 == 0
        speed = 2.8 - 0.4 * side + rng.normal(0.0, 0.05, 60)
        values = 60.0 + 30.0 * speed + 4.0 * side + rng.normal(0.0, 3.0, 60)
        slope = 30.0 + rng.normal(0.0, 3.0)
        moved = values - slope * (speed - speed.mean())
        plain = compare(moved, side, np.zeros(60), np.full(60, 3600.0))
        found = allow_for_slope(
            plain, float(speed[side].mean() - speed[~side].mean()), 3.0, 1e9
        )
        inside += found.low <= 4.0 <= found.high
    assert 0.92 <= inside / 300 <= 0.98


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_interval_allows_for_mistaken_sides(sign: float) -> None:
    """With a tenth of one side and a fifth of the other mistaken, or none at all, it holds the true
    difference.
    """
    rng = np.random.default_rng(11)
    truly = np.arange(800) % 2 == 0
    values = sign * 3.0 * truly + rng.normal(0.0, 1.0, 800)
    wrong = np.where(
        truly, rng.uniform(size=800) < 0.8, rng.uniform(size=800) < 0.1
    )
    share = float(truly[wrong].mean() - truly[~wrong].mean())
    for taken in (wrong, truly):
        # Within the same day all runs match, so the weights are equal.
        seen = compare(values, taken, np.zeros(800), np.full(800, 3600.0))
        found = allow_for_dilution(seen, share)
        assert found.low < sign * 3.0 < found.high
        assert (found.difference, found.p_value) == (
            seen.difference,
            seen.p_value,
        )
        assert (found.low > 0.0, found.high < 0.0) == (
            seen.low > 0.0,
            seen.high < 0.0,
        )
        if taken is wrong:
            assert not seen.low < sign * 3.0 < seen.high


def test_an_interval_about_zero_widens_both_ways() -> None:
    """From -1 to 2 at half of its size: -2 to 4."""
    found = allow_for_dilution(
        replace(Comparison(), difference=0.5, low=-1.0, high=2.0), 0.5
    )
    assert (found.difference, found.low, found.high) == (0.5, -2.0, 4.0)


def test_regression_without_correlation_is_least_squares() -> None:
    """Independent errors give the ordinary line."""
    rng = np.random.default_rng(10)
    x = rng.normal(size=200)
    y = 2.0 + 0.5 * x + rng.normal(0.0, 1.0, 200)
    fit = ar1_regression(y, np.column_stack((x, np.ones(200))), np.arange(200))
    line = reference.linregress(x, y)
    assert fit.coefficients[0] == pytest.approx(line.slope, abs=0.02)
    assert fit.errors[0] == pytest.approx(line.stderr, rel=0.1)
    assert fit.correlation < 0.15


def test_regression_finds_the_correlation() -> None:
    """The correlation of the errors comes out of a long series, and the error of a mean grows with
    it.
    """
    rng = np.random.default_rng(11)
    noise = np.zeros(3000)
    for k in range(1, 3000):
        noise[k] = 0.6 * noise[k - 1] + rng.normal()
    fit = ar1_regression(noise + 3.0, np.ones((3000, 1)), np.arange(3000))
    assert fit.correlation == pytest.approx(0.6, abs=0.05)
    expected = np.sqrt(1.0 / (1.0 - 0.36) * (1.6 / 0.4) / 3000)
    assert fit.errors[0] == pytest.approx(expected, rel=0.1)
    assert fit.coefficients[0] == pytest.approx(3.0, abs=3.0 * expected)


@pytest.mark.parametrize(("correlation", "share"), [(0.0, 1.0), (0.5, 1.0 / 3.0)])
def test_df_count_effective_points(correlation: float, share: float) -> None:
    """A mean of a series with correlation r rests on (1 - r) / (1 + r) of its points: with 0.5 on a
    third of them.
    """
    rng = np.random.default_rng(14)
    noise = rng.normal(size=4000)
    for k in range(1, len(noise)):
        noise[k] += correlation * noise[k - 1]
    fit = ar1_regression(noise, np.ones((4000, 1)), np.arange(4000))
    assert fit.df == pytest.approx(4000 * share - 1, rel=0.08)


@pytest.mark.parametrize("mixed", [False, True])
def test_regression_agrees_with_a_dense_covariance(mixed: bool) -> None:
    """Whitening step by step, gaps included, equals generalised least squares with whole matrices,
    averaged; also where a part of the errors is each point's own.
    """
    rng = np.random.default_rng(12)
    time = np.cumsum(rng.integers(1, 4, 60)).astype(float)
    design = np.column_stack((np.ones(60), time / 50.0))
    weights = rng.uniform(1.0, 4.0, 60)
    y = design @ [1.0, 2.0] + rng.normal(0.0, 1.0, 60)
    y[1:] += 0.7 * y[:-1]
    fit = ar1_regression(y, design, time, weights=weights, slow=0.5 * mixed)
    likelihoods, betas, variances = [], [], []
    apart = np.abs(time[:, None] - time[None, :])
    scale = np.sqrt(weights[:, None] * weights[None, :])
    matrices = [(1.0, r**apart / scale) for r in np.linspace(-0.3, 0.95, 26)]
    if mixed:
        own = np.diag(1.0 / weights / np.mean(1.0 / weights))
        matrices = [
            (share, share * r**apart + (1.0 - share) * own)
            for r in np.linspace(0.5, 0.95, 10)
            for share in (0.08, 0.15, 0.3, 0.5, 0.7, 0.85)
        ]
    for share, matrix in matrices:
        inverse = np.linalg.inv(matrix)
        information = design.T @ inverse @ design
        beta = np.linalg.solve(information, design.T @ inverse @ y)
        residual = y - design @ beta
        variance = residual @ inverse @ residual / 58
        # Restricted likelihood after Patterson and Thompson, the variance put in.
        terms = (
            58 * np.log(variance)
            + np.linalg.slogdet(matrix)[1]
            + np.linalg.slogdet(information)[1]
        )
        if mixed:
            # The fading part is known to be 0.5, to a factor of e^0.4.
            terms += (np.log(np.sqrt(share * variance) / 0.5) / 0.4) ** 2
        likelihoods.append(-0.5 * terms)
        betas.append(beta)
        variances.append(variance * np.diag(np.linalg.inv(information)))
    weight = np.exp(np.array(likelihoods) - max(likelihoods))
    weight /= weight.sum()
    mean = weight @ np.array(betas)
    errors = np.sqrt(
        weight @ (np.array(variances) + (np.array(betas) - mean) ** 2)
    )
    assert fit.coefficients == pytest.approx(mean)
    assert fit.errors == pytest.approx(errors)


def test_regression_agrees_with_statsmodels() -> None:
    """Where the data leave one correlation only, coefficients and errors are those of statsmodels'
    GLS.
    """
    rng = np.random.default_rng(13)
    time = np.cumsum(rng.integers(1, 3, 400)).astype(float)
    noise = np.zeros(int(time[-1]) + 1)
    for k in range(1, len(noise)):
        noise[k] = 0.5 * noise[k - 1] + rng.normal()
    design = np.column_stack((np.ones(400), np.sin(time / 40.0)))
    y = design @ [1.0, 2.0] + noise[time.astype(int)]
    fit = ar1_regression(y, design, time)
    near = round(fit.correlation / 0.05) * 0.05
    other = GLS(
        y, design, sigma=near ** np.abs(time[:, None] - time[None, :])
    ).fit()
    assert fit.coefficients == pytest.approx(other.params, abs=0.1 * other.bse[1])
    assert fit.errors == pytest.approx(other.bse, rel=0.1)


def test_regression_refuses_a_design_that_tells_nothing() -> None:
    """Two columns that are the same can't be told apart, and the answer says so."""
    x = np.arange(30.0)
    fit = ar1_regression(x, np.column_stack((x, 2 * x, np.ones(30))), x)
    assert not fit.identified
    assert np.isnan(fit.coefficients).all()
    with pytest.raises(ValueError, match="increase"):
        ar1_regression(x, x[:, None], np.zeros(30))
    with pytest.raises(ValueError, match="length"):
        ar1_regression(x, x[:, None], x[1:])


def test_holm() -> None:
    """The published worked example: 0.01, 0.02, 0.03 and 0.005 become 0.03, 0.04, 0.04 and 0.02;
    NaN doesn't count.
    """
    found = holm([0.01, 0.02, np.nan, 0.03, 0.005])
    assert found == pytest.approx([0.03, 0.04, np.nan, 0.04, 0.02], nan_ok=True)
    assert holm([]).size == 0
    assert holm([0.8, 0.9]).max() == 1.0


def test_smallest_detectable_is_2_8_errors() -> None:
    """With many degrees of freedom 80 % power needs 1.960 + 0.842 standard errors."""
    assert smallest_detectable(1.0, 1e9) == pytest.approx(2.8016, abs=1e-3)


@pytest.mark.parametrize("spread", [0.02, 0.2])
def test_ground_that_is_hardly_apart_gives_no_figure(spread: float) -> None:
    """A line through roads of which some are slightly more likely trails would say something of all
    trail; it would only be the scatter times the reach.
    """
    rng = np.random.default_rng(4)
    share = np.linspace(0.1, 0.1 + spread, 30)
    values = rng.uniform(0.0, 100.0, 30)
    found = compare(values, share, np.zeros(30), np.full(30, 3600.0))
    assert not found.enough
    assert len(found.pairs)
    for figure in (found.trail, found.road, found.difference, found.robust):
        assert np.isnan(figure)


def test_pairs_of_a_comparison_grow_with_the_years(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Runs are paired within weeks: four times the years are four times the pairs, with three at
    either end.
    """
    counts = []
    for years in (2, 8):
        days = np.arange(0.0, 365.0 * years, 2.5)
        count = len(days)
        share = np.arange(count) % 2
        with monkeypatch.context() as patch:
            found: list[int] = []
            real = _matched.near

            def near(when: np.ndarray, reach: float, real=real, found=found):
                pairs = real(when, reach)
                found.append(pairs.shape[1])
                return pairs

            patch.setattr(_matched, "near", near)
            compare(share + 0.0, share, days, np.full(count, 3600.0))
        counts.append(sum(found))
    assert 0 < counts[0] <= 292 * 45 / 2.5
    assert counts[1] == pytest.approx(4 * counts[0], rel=0.05)


def test_runs_of_a_week_are_not_independent() -> None:
    """The ground changes by the week, and so does what is measured: without any difference the
    interval leaves out zero in about one of twenty, and in far more were each run its own.
    """
    rng = np.random.default_rng(21)
    day = np.arange(240.0) / 2.0
    week = (day // 7.0).astype(int)
    long = np.full(len(day), 3600.0)
    out, alone = 0, 0
    for _ in range(200):
        trail = (rng.uniform(size=week.max() + 1) < 0.5)[week]
        of_week = rng.normal(0.0, 1.0, week.max() + 1)[week]
        found = compare(
            of_week + rng.normal(0.0, 0.5, len(day)), trail, day, long
        )
        out += found.low > 0.0 or found.high < 0.0
        plain = float(np.sqrt(found.pull**2 @ np.full(len(day), 1.25)))
        alone += abs(found.difference) > 1.97 * plain
    assert out <= 24  # 200 draws of 7 % give at most 24 but once in a hundred
    assert alone >= 60


@pytest.mark.parametrize("share", [0.4, 1.0])
def test_slopes_beside_columns_are_those_of_the_covariance_written_out(
    share: float,
) -> None:
    """Each candidate's slope over its error, from the whole covariance matrix inverted; what the
    columns hold already has none.
    """
    rng = np.random.default_rng(2)
    count = 90
    time = np.cumsum(rng.integers(1, 4, count)).astype(np.float64)
    weights = rng.uniform(0.5, 3.0, count)
    columns = np.column_stack((np.ones(count), time, np.sin(time / 9.0)))
    candidates = np.column_stack((rng.normal(size=(count, 70)), columns[:, 1]))
    y = np.cumsum(rng.normal(size=count)) + rng.normal(size=count)
    fit = replace(
        ar1_regression(y, columns, time, weights=weights, slow=0.5),
        correlation=0.7,
        share=share,
    )
    own = 1.0 / weights / np.mean(1.0 / weights)
    apart = np.abs(time[:, None] - time[None, :])
    whole = np.linalg.inv(share * 0.7**apart + (1.0 - share) * np.diag(own))
    expected = []
    for candidate in candidates[:, :-1].T:
        table = np.column_stack((columns, candidate))
        inverse = np.linalg.inv(table.T @ whole @ table)
        slope = inverse @ table.T @ whole @ y
        left = y - table @ slope
        variance = left @ whole @ left / (count - table.shape[1])
        expected.append(slope[-1] / np.sqrt(variance * inverse[-1, -1]))
    found = standardised_slopes(y, columns, candidates, (time, weights), fit)
    np.testing.assert_allclose(found[:-1], expected, rtol=1e-7, atol=1e-9)
    assert np.isnan(found[-1])
