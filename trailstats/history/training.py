"""Training over days and weeks: load and form, intensity, performance, and what fits one athlete.

Every function takes the tables of a history and calls the formulas of `trailstats.metrics`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import scipy

from trailstats import schema
from trailstats.analysis._best_efforts import HIGHEST, LONGEST, SHORTEST
from trailstats.analysis._ground import time_by_terrain
from trailstats.analysis._wrapping import found, missing
from trailstats.arrays import WIDTH_95, Floats, as_floats
from trailstats.history._cadence import level_running
from trailstats.history._rows import are_counted, are_in_archive, are_runs
from trailstats.history.days import local_starts, monday_of
from trailstats.metrics import (
    impact,
    intensity,
    load,
    performance,
    variability,
    variety,
)
from trailstats.metrics.effort import EvenGroundCurve, Footing
from trailstats.metrics.impact import CadenceModel
from trailstats.model.results import Metric

__all__ = [
    "daily_table",
    "personal_cadence",
    "training_metrics",
    "weekly_table",
]

NAN = float("nan")

_SUMS = (
    "distance",
    "moving_time",
    "ascent",
    "descent",
    "session_load",
    "impact_load",
)

FITNESS_DAYS = 42.0
FATIGUE_DAYS = 7.0
"""Time constants of the exponentially weighted means of load [d] [Banister1991]_."""

EXPOSURE_DAYS = 42
"""Days before a run whose largest descent it is compared with [d] (our choice)."""

RECENT_DAYS = 90
"""Days before the last run from which performance is read [d] (our choice)."""

RACES = {
    "equivalent_5000m": 5000.0,
    "equivalent_10000m": 10000.0,
    "equivalent_half_marathon": 21097.5,
    "equivalent_marathon": 42195.0,
}
CRITICAL_LENGTHS = (400.0, 800.0, 5000.0)
"""Lengths whose best grade-adjusted efforts give the critical speed [m] [SmythMunizPumares2020]_.
"""


def weekly_table(activities: pd.DataFrame) -> pd.DataFrame:
    """Return the sums of each week from Monday, by the runner's clock.

    Parameters
    ----------
    activities : pandas.DataFrame
        Table ``schema.ACTIVITIES``; failed rows and duplicates are left out.

    Returns
    -------
    pandas.DataFrame
        Table ``schema.WEEKLY``, weeks without a run included; a value that an activity lacks adds
        nothing. Sums are of runs, and of hikes on trail; other sports are counted apart.
    """
    table = activities[are_counted(activities)].dropna(subset="start_time")
    if table.empty:
        return schema.WEEKLY.empty()
    own = are_in_archive(table)
    sums = pd.DataFrame({"week": monday_of(local_starts(table))})
    sums["n_activities"] = own
    sums["n_runs"] = are_runs(table)
    sums["n_hikes"] = own & ~sums["n_runs"]
    sums["n_others"] = ~own
    sums["other_moving_time"] = table["moving_time"].where(~own)
    sums[list(_SUMS)] = table[list(_SUMS)].where(own)
    for side in ("trail", "road", "unknown"):
        share = table[f"{side}_share"].where(own)
        sums[f"{side}_distance"] = table["distance"] * share
    counts = ["n_activities", "n_runs", "n_hikes", "n_others"]
    sums[counts] = sums[counts].astype("int64")
    by_week = sums.fillna(0.0).groupby("week").sum()
    every = pd.date_range(
        by_week.index[0], by_week.index[-1], freq="7D", name="week"
    )
    by_week = by_week.reindex(every, fill_value=0).reset_index()
    return schema.WEEKLY.frame({str(c): by_week[c] for c in by_week.columns})


def daily_table(activities: pd.DataFrame) -> pd.DataFrame:
    """Return load and form day by day: table ``schema.DAILY``.

    Parameters
    ----------
    activities : pandas.DataFrame
        Table ``schema.ACTIVITIES``; failures, duplicates and other sports than running and
        hiking on trail are left out.

    Returns
    -------
    pandas.DataFrame
        A row for each day, by the runner's clock, from the first to the last activity, days of rest
        included. The averages start from 0, so the first six weeks are too low. A load that is
        unknown counts as 0.

    Examples
    --------
    >>> import trailstats as ts
    >>> days = daily_table(ts.analyze_folder("data/samples/odd").activities)
    >>> bool((days["fitness"] >= 0).all())
    True
    """
    table = activities[are_in_archive(activities)].dropna(subset="start_time")
    if table.empty:
        return schema.DAILY.empty()
    names = ["distance", "moving_time", "descent", "session_load", "impact_load"]
    sums = _sums_of_days(table, names)
    day, every = local_starts(table).dt.floor("D"), sums.index
    count = table.groupby(day).size().reindex(every, fill_value=0)
    loads = sums["session_load"].to_numpy()
    chronic, acute = _carried(loads)
    totals = {
        f"{name}_28": load.rolling_total(sums[name].to_numpy(), 28)
        for name in ("distance", "moving_time", "session_load", "impact_load")
    }
    spikes = _spikes(table, day).reindex(every)
    return schema.DAILY.frame(
        {
            "day": every,
            "n_activities": count.to_numpy(),
            **{name: sums[name].to_numpy() for name in sums.columns},
            "fitness": chronic,
            "fatigue": acute,
            "form": load.training_stress_balance(chronic, acute),
            "average_7": load.ewma(loads, 7, initial=0.0),
            "average_28": load.ewma(loads, 28, initial=0.0),
            "monotony": _over_weeks(load.monotony, loads),
            "strain": _over_weeks(load.strain, loads),
            "acute_chronic_ratio": load.acute_chronic_ratio(loads),
            **totals,
            "downhill_exposure_ratio": _exposure(sums["descent"].to_numpy()),
            **{str(n): ratio.to_numpy() for n, ratio in spikes.items()},
            **{
                f"{name}_band": load.spike_band(ratio)
                for name, ratio in spikes.items()
            },
        }
    )


def load_days(activities: pd.DataFrame) -> pd.DataFrame:
    """Return ``day, session_load, fitness, fatigue`` of `daily_table`, in a tenth of its time.

    Parameters
    ----------
    activities : pandas.DataFrame
        Table ``schema.ACTIVITIES``, with an activity in the archive at least.
    """
    table = activities[are_in_archive(activities)].dropna(subset="start_time")
    days = _sums_of_days(table, ["session_load"]).rename_axis("day").reset_index()
    days["fitness"], days["fatigue"] = _carried(days["session_load"].to_numpy())
    return days


def _sums_of_days(table: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Return sums by day of the runner's clock, days of rest included."""
    day = local_starts(table).dt.floor("D")
    every = pd.date_range(day.min(), day.max(), freq="D")
    sums = table[names].fillna(0.0).groupby(day).sum()
    return sums.reindex(every, fill_value=0.0)


def _carried(loads: Floats) -> tuple[Floats, Floats]:
    """Return what daily loads leave over the weeks, and over the days."""
    return (
        load.exponential_load(loads, FITNESS_DAYS),
        load.exponential_load(loads, FATIGUE_DAYS),
    )


def spike_days(activities: pd.DataFrame) -> pd.DataFrame:
    """Return the days with a session by the runner's clock, with the columns ``distance_spike,
    descent_spike, impact_spike`` of ``schema.DAILY``: the largest ratio of a session of the day to
    the largest of the thirty days before it.

    Parameters
    ----------
    activities : pandas.DataFrame
        Table ``schema.ACTIVITIES``.
    """
    table = activities[are_in_archive(activities)].dropna(subset="start_time")
    return _spikes(table, local_starts(table).dt.floor("D"))


def _spikes(table: pd.DataFrame, day: pd.Series) -> pd.DataFrame:
    """Return the largest ratio of each day of a session to those of the 30 days before it."""
    ordered = table.sort_values("start_time")
    starts = pd.DatetimeIndex(ordered["start_time"]).as_unit("ns").asi8
    out = {}
    for name in ("distance", "descent", "impact"):
        size = ordered["impact_load" if name == "impact" else name]
        ratio = load.session_spike(size.to_numpy(), starts / 86400e9)
        largest = pd.Series(ratio, ordered.index).groupby(day).max()
        out[f"{name}_spike"] = largest.astype(np.float64)
    return pd.DataFrame(out)


def _over_weeks(formula: Callable[[Floats], float], loads: Floats) -> list[float]:
    """Return a formula's value over the seven days up to each; NaN for the first six."""
    full = [formula(loads[end - 7 : end]) for end in range(7, len(loads) + 1)]
    return [NAN] * (len(loads) - len(full)) + full


def _exposure(descent: Floats) -> Floats:
    """Return each day's descent over the largest of the six weeks before; NaN on days without
    one.
    """
    out = np.full(len(descent), NAN)
    for day in np.flatnonzero(descent > 0):
        before = descent[max(day - EXPOSURE_DAYS, 0) : day]
        out[day] = impact.downhill_exposure_ratio(float(descent[day]), before)
    return out


def personal_cadence(segments: pd.DataFrame) -> CadenceModel:
    """Return the athlete's own cadence over speed, from level running with a recorded cadence.

    Parameters
    ----------
    segments : pandas.DataFrame
        Table ``schema.SEGMENTS`` of the athlete's runs.

    Returns
    -------
    CadenceModel
        The population's where there is less than half an hour of it.
    """
    return impact.fit_cadence(*level_running(segments))


def training_metrics(
    runs: pd.DataFrame,
    segments: pd.DataFrame,
    efforts: pd.DataFrame,
    curve: EvenGroundCurve,
) -> dict[str, Metric]:
    """Return what only many runs show: each key of ``schema.TRAINING``.

    Parameters
    ----------
    runs : pandas.DataFrame
        Rows of ``schema.ACTIVITIES`` that are runs, in order of start time.
    segments : pandas.DataFrame
        Table ``schema.SEGMENTS``; those of other activities are left out.
    efforts : pandas.DataFrame
        Table ``schema.EFFORTS`` of all runs, with ``row``, the place of the run in ``runs``.
    curve : EvenGroundCurve
        Of the runner.

    Returns
    -------
    dict of str to Metric
    """
    own = segments[segments["file"].isin(runs["file"])]
    return {
        **_intensity(runs),
        **_doses(runs, own),
        **_performance(runs, efforts),
        **_own_cadence(own),
        **_own_grades(curve),
    }


def _intensity(runs: pd.DataFrame) -> dict[str, Metric]:
    zones = runs[["time_zone_1", "time_zone_2", "time_zone_3"]].dropna()
    times = [float(total) for total in zones.sum()]
    index = intensity.polarisation_index(*times) if len(zones) else NAN
    out = missing("no run with time in all three zones", "polarisation_index")
    if not np.isnan(index):
        method = f"from the time in three zones over {len(zones)} runs; above 2 counts as polarised"
        coverage = sum(times) / runs["moving_time"].sum()
        out = found("polarisation_index", index, method, coverage=coverage)
    easy = runs[(runs["intent"] == "easy") & (runs["time_easy_judged"] > 0)]
    if easy.empty:
        reason = "no run meant to be easy with a heart rate"
        return out | missing(reason, "easy_run_discipline")
    above, judged = easy["time_above_easy"], easy["time_easy_judged"]
    mean = 1.0 - float(above.sum() / judged.sum())
    low, high = (
        float(q) for q in np.quantile(1.0 - above / judged, [0.25, 0.75])
    )
    method = (
        f"share of the judged time below the easy ceiling over {len(easy)} runs meant to be "
        "easy; bounds: quartiles"
    )
    bounds = {"low": min(low, mean), "high": max(high, mean)}
    return out | found("easy_run_discipline", mean, method, **bounds)


def _doses(runs: pd.DataFrame, segments: pd.DataFrame) -> dict[str, Metric]:
    if runs.empty:
        return missing(
            "no run",
            "technical_exposure",
            "longest_unbroken_days",
            "terrain_evenness",
        )
    day = local_starts(runs).dt.floor("D")
    weeks = max(((day.max() - day.min()).days + 1) / 7.0, 1.0)
    out = missing("not known from the recordings", "technical_exposure")
    known = runs["technical_time"].notna()
    if known.any():
        seconds = float(runs["technical_time"].sum())
        minutes = variability.technical_exposure(seconds, weeks)
        method = f"modelled minutes on technical ground over {weeks:.0f} weeks"
        coverage = float(known.mean())
        out = found("technical_exposure", minutes, method, coverage=coverage)
    every = pd.date_range(day.min(), day.max(), freq="D")
    counts = runs.groupby(day).size().reindex(every, fill_value=0).to_numpy()
    days = load.longest_unbroken_days(counts)
    method = "longest time without seven days of rest in a row; why a pause was made is not known"
    out |= found("longest_unbroken_days", days, method, coverage=1.0)
    kinds = time_by_terrain(segments)
    evenness = variety.shannon_evenness(kinds)
    if np.isnan(evenness):
        return out | missing("no elevation recorded", "terrain_evenness")
    method = "evenness of all time over nine kinds of terrain: seven slopes, technical, hiked"
    coverage = sum(kinds) / float(segments["duration"].sum())
    return out | found("terrain_evenness", evenness, method, coverage=coverage)


UPTAKE_ERROR = 5.0
"""Oxygen uptake by which a laboratory finds more or less than a race implies, at most [ml/kg/min]
(documentation of the field; no study seen).
"""

MARATHON = 42195.0

SAME_RACE = 0.02
"""Standard deviation of the log of a time about that of the same length before (our choice)."""

RACE_ERROR = 0.0767 * float(np.sqrt(np.pi / 2.0))
"""Standard deviation of the log of a marathon's time about the one that efforts of up to 5 km
imply: of 25,000 runners the mean absolute error was 7.67 % [SmythMunizPumares2020]_. That it grows
with the log of the length is our choice.
"""


def _performance(runs: pd.DataFrame, efforts: pd.DataFrame) -> dict[str, Metric]:
    names = ("critical_speed", "critical_reserve", "vdot", *RACES)
    if runs.empty:
        return missing("no run", *names)
    start = runs["start_time"]
    recent = start >= start.max() - pd.Timedelta(days=RECENT_DAYS)
    table = efforts[recent.to_numpy()[efforts["row"].to_numpy()]]
    if table.empty:
        return missing("no best effort on foot", *names)
    table = table[(table["ground"] == "level") & (table["basis"] == "distance")]
    best = table.groupby("distance")["duration"].min()
    when = f"best grade-adjusted efforts of the last {RECENT_DAYS} days"
    return _critical(best, when) | _implied(best, when)


def _critical(best: pd.Series, when: str) -> dict[str, Metric]:
    durations = best.reindex(list(CRITICAL_LENGTHS)).to_numpy(dtype=np.float64)
    line = performance.critical_speed(CRITICAL_LENGTHS, durations)
    if np.isnan(line.speed) or line.n < len(CRITICAL_LENGTHS):
        reason = "no best efforts over 400, 800 and 5000 m"
        return missing(reason, "critical_speed", "critical_reserve")
    half = float(scipy.special.stdtrit(line.n - 2, 0.975)) * line.speed_error
    method = f"line through 400, 800 and 5000 m, {when}; too low where they were not run all out"
    bounds = {"low": line.speed - half, "high": line.speed + half}
    out = found("critical_speed", line.speed, f"{method}; bounds: 95 %", **bounds)
    return out | found("critical_reserve", line.reserve, method)


def _implied(best: pd.Series, when: str) -> dict[str, Metric]:
    """Return the highest implied uptake and the race times that go with it."""
    raced = best[(best >= SHORTEST) & (best <= LONGEST)]
    distance = as_floats(raced.index)
    duration = as_floats(raced)
    implied = performance.vdot(distance, duration)
    uptake = np.where(implied <= HIGHEST, implied, 0.0)
    if not uptake.any():
        reason = "no effort of 3.5 minutes to 4 hours as fast as a slow race"
        return missing(reason, "vdot", *RACES)
    k = int(np.argmax(uptake))
    method = f"from {distance[k]:.0f} m in {duration[k]:.0f} s, {when}; a race may have been faster"
    best_uptake = float(uptake[k])
    half = UPTAKE_ERROR
    bounds = {"low": best_uptake - half, "high": best_uptake + half}
    laboratory = f"{method}; bounds: what a laboratory finds more or less"
    out = found("vdot", best_uptake, laboratory, **bounds)
    for name, target in RACES.items():
        daniels = performance.equivalent_time(best_uptake, target)
        riegel = float(performance.riegel_time(duration[k], distance[k], target))
        away = abs(np.log(target / distance[k])) / np.log(MARATHON / 5000.0)
        spread = np.hypot(SAME_RACE, RACE_ERROR * away)
        factor = float(np.exp(WIDTH_95 * spread))
        low, high = min(daniels, riegel) / factor, max(daniels, riegel) * factor
        laws = (
            f"modelled {method}; bounds: two laws of endurance, and 95 % of how far marathons were "
            "from such a law, less for a length nearer to the effort's"
        )
        out |= found(name, daniels, laws, low=low, high=high)
    return out


def _own_cadence(segments: pd.DataFrame) -> dict[str, Metric]:
    model = personal_cadence(segments)
    source = "population: too little level running with a recorded cadence"
    if model.personal:
        source = "this athlete"
    method = f"modelled, {source}; bounds: what the steps of a run may differ by"
    half = model.uncertainty * model.at_3
    bounds = {"low": model.at_3 - half, "high": model.at_3 + half}
    return found("cadence_at_3", model.at_3, method, **bounds)


def _own_grades(curve: EvenGroundCurve) -> dict[str, Metric]:
    method = "population: fewer than ten runs with a heart rate; bounds: what people differ by"
    if curve.personal:
        method = (
            f"modelled from the heart rate of {curve.n_runs} runs, shrunk towards a population; "
            "bounds: 95 %"
        )
    out: dict[str, Metric] = {}
    for name, grade in (("grade_factor_up", 0.10), ("grade_factor_down", -0.10)):
        factor = curve.factor(Footing.of(grade))
        value, low, high = (float(v[0]) for v in factor)
        out |= found(name, value, method, low=low, high=high)
    return out
