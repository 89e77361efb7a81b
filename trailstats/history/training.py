"""Training over days and weeks: load and form, intensity, performance, and what fits one athlete.

Every function takes the tables of a history and calls the formulas of `trailstats.metrics`.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
import scipy

from trailstats import schema
from trailstats.analysis._measured import HIGHEST, LONGEST, SHORTEST, time_by_terrain
from trailstats.history._cadence import level_running
from trailstats.metrics import (
    effort,
    impact,
    intensity,
    load,
    performance,
    variability,
    variety,
)
from trailstats.metrics.effort import PersonalCurve
from trailstats.metrics.impact import CadenceModel
from trailstats.model.results import Metric
from trailstats.schema import TRAINING, Gait
from trailstats.schema.arrays import Floats

__all__ = [
    "daily_table",
    "monday_of",
    "personal_cadence",
    "personal_grade_curve",
    "training_metrics",
    "weekly_table",
]

NAN = float("nan")

FITNESS_DAYS, FATIGUE_DAYS = 42.0, 7.0
"""Time constants of the fading averages of load [d] [Banister1991]_."""

EXPOSURE_DAYS = 42
"""Days before a run whose largest descent it is compared with [d]; judgement."""

RECENT_DAYS = 90
"""Days before the last run from which performance is read [d]; judgement."""

RACES = {
    "equivalent_5000m": 5000.0,
    "equivalent_10000m": 10000.0,
    "equivalent_half_marathon": 21097.5,
    "equivalent_marathon": 42195.0,
}
CRITICAL_LENGTHS = (400.0, 800.0, 5000.0)
"""Lengths whose best grade-adjusted efforts give the critical speed [m] [SmythMunizPumares2020]_.
"""

SETTLED = 180.0
"""Shortest stretch whose heart rate has for the most part followed its effort [s]; judgement: it
takes 35 s or so.
"""


def weekly_table(activities: pd.DataFrame) -> pd.DataFrame:
    """Return the sums of each week from Monday (UTC).

    Parameters
    ----------
    activities : pandas.DataFrame
        Table ``schema.ACTIVITIES``; failed rows and duplicates are left out.

    Returns
    -------
    pandas.DataFrame
        Table ``schema.WEEKLY``, weeks without a run included; a value that an activity lacks adds
        nothing.
    """
    table = activities[
        (activities["status"] == "ok") & (activities["duplicate_of"] == "")
    ]
    if table.empty:
        return schema.WEEKLY.empty()
    sums = pd.DataFrame({"week": monday_of(table["start_time"])})
    sums["n_activities"] = 1
    for name in (
        "distance",
        "moving_time",
        "ascent",
        "descent",
        "session_load",
        "impact_load",
    ):
        sums[name] = table[name].fillna(0.0)
    for side in ("trail", "road", "unknown"):
        sums[f"{side}_distance"] = (table["distance"] * table[f"{side}_share"]).fillna(
            0.0
        )
    by_week = sums.groupby("week").sum()
    every = pd.date_range(
        by_week.index.min(), by_week.index.max(), freq="7D", name="week"
    )
    by_week = by_week.reindex(every, fill_value=0).reset_index()
    return schema.WEEKLY.frame({str(c): by_week[c] for c in by_week.columns})


def monday_of(times: pd.Series) -> pd.Series:
    """Return the Monday of each time, at midnight in the times' own zone."""
    days: pd.Series = times.dt.floor("D")
    mondays: pd.Series = days - pd.to_timedelta(days.dt.day_of_week, unit="D")
    return mondays


def daily_table(activities: pd.DataFrame) -> pd.DataFrame:
    """Return load and form day by day: table ``schema.DAILY``.

    Parameters
    ----------
    activities : pandas.DataFrame
        Table ``schema.ACTIVITIES``; failures and duplicates are left out.

    Returns
    -------
    pandas.DataFrame
        A row for each day (UTC) from the first to the last activity, days of rest included. The
        averages start from 0, so the first six weeks are too low. A load that is unknown counts as
        0.

    Examples
    --------
    >>> import trailstats as ts
    >>> days = daily_table(ts.analyze_folder("data/samples/odd").activities)
    >>> bool((days["fitness"] >= 0).all())
    True
    """
    read = (
        (activities["status"] == "ok")
        & (activities["duplicate_of"] == "")
        & activities["start_time"].notna()
    )
    table = activities[read]
    if table.empty:
        return schema.DAILY.empty()
    day = table["start_time"].dt.floor("D")
    sums = (
        table[["distance", "moving_time", "descent", "session_load", "impact_load"]]
        .fillna(0.0)
        .groupby(day)
        .sum()
    )
    every = pd.date_range(day.min(), day.max(), freq="D")
    sums = sums.reindex(every, fill_value=0.0)
    count = table.groupby(day).size().reindex(every, fill_value=0)
    loads = sums["session_load"].to_numpy()
    chronic = load.exponential_load(loads, FITNESS_DAYS)
    acute = load.exponential_load(loads, FATIGUE_DAYS)
    weeks = [loads[max(k - 6, 0) : k + 1] for k in range(len(loads))]
    full = [len(week) == 7 for week in weeks]
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
            "monotony": [
                load.monotony(week) if ok else NAN
                for week, ok in zip(weeks, full, strict=True)
            ],
            "strain": [
                load.strain(week) if ok else NAN
                for week, ok in zip(weeks, full, strict=True)
            ],
            "acute_chronic_ratio": load.acute_chronic_ratio(loads),
            "distance_28": load.rolling_total(sums["distance"].to_numpy(), 28),
            "moving_time_28": load.rolling_total(sums["moving_time"].to_numpy(), 28),
            "session_load_28": load.rolling_total(loads, 28),
            "impact_load_28": load.rolling_total(sums["impact_load"].to_numpy(), 28),
            "downhill_exposure_ratio": _exposure(sums["descent"].to_numpy()),
        }
    )


def _exposure(descent: Floats) -> list[float]:
    """Return each day's descent over the largest of the six weeks before; NaN on days without
    one.
    """
    return [
        impact.downhill_exposure_ratio(
            float(today), descent[max(k - EXPOSURE_DAYS, 0) : k]
        )
        if today > 0
        else NAN
        for k, today in enumerate(descent)
    ]


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


def personal_grade_curve(segments: pd.DataFrame) -> PersonalCurve:
    """Return the athlete's own grade curve, shrunk towards the race curve as far as the runs leave
    it open.

    Parameters
    ----------
    segments : pandas.DataFrame
        Table ``schema.SEGMENTS`` of the athlete's runs.

    Returns
    -------
    PersonalCurve
        From the heart rate of stretches of three minutes and more that were run, off technical
        ground, compared with the line of speed on heart rate through the level ones. Heart rate
        lags and is higher downhill than its effort, so the downhill side is biased towards more
        effort.
    """
    usable = (
        (segments["gait"] == Gait.RUN)
        & ~segments["technical"]
        & (segments["duration"] >= SETTLED)
    )
    table = segments[
        usable & segments["heart_rate"].notna() & segments["mean_grade"].notna()
    ]
    speed, grade, rate = (
        table[name].to_numpy() for name in ("speed", "mean_grade", "heart_rate")
    )
    factors = effort.equal_effort_factors(speed, grade, rate)
    # The level ones made the line; taking them again would count them twice.
    return effort.fit_personal_curve(
        grade, np.where(np.abs(grade) < 0.02, np.nan, factors)
    )


def training_metrics(
    runs: pd.DataFrame, segments: pd.DataFrame, efforts: Iterable[pd.DataFrame]
) -> dict[str, Metric]:
    """Return what only many runs tell: each key of ``schema.TRAINING``.

    Parameters
    ----------
    runs : pandas.DataFrame
        Rows of ``schema.ACTIVITIES`` that are runs, in order of start time.
    segments : pandas.DataFrame
        Table ``schema.SEGMENTS``; those of other activities are left out.
    efforts : iterable of pandas.DataFrame
        Table ``schema.EFFORTS`` of each run, in the same order.

    Returns
    -------
    dict of str to Metric
    """
    own = segments[segments["file"].isin(runs["file"])]
    return {
        **_intensity(runs),
        **_doses(runs, own),
        **_performance(runs, efforts),
        **_personal(own),
    }


def _found(
    name: str,
    value: float,
    method: str,
    *,
    low: float = NAN,
    high: float = NAN,
    coverage: float = NAN,
) -> dict[str, Metric]:
    entry = TRAINING[name]
    return {
        name: Metric(
            float(value),
            entry.unit,
            float(low),
            float(high),
            method,
            float(coverage),
            entry.evidence,
        )
    }


def _missing(reason: str, *names: str) -> dict[str, Metric]:
    return {
        name: Metric(
            NAN, TRAINING[name].unit, evidence=TRAINING[name].evidence, reason=reason
        )
        for name in names
    }


def _intensity(runs: pd.DataFrame) -> dict[str, Metric]:
    zones = runs[["time_zone_1", "time_zone_2", "time_zone_3"]].dropna()
    out = _missing("no run with time in all three zones", "polarisation_index")
    total = runs["moving_time"].sum()
    index = (
        intensity.polarisation_index(*(float(t) for t in zones.sum()))
        if len(zones)
        else NAN
    )
    if not np.isnan(index):
        words = f"from the time in three zones over {len(zones)} runs; above 2 counts as polarised"
        out = _found(
            "polarisation_index",
            index,
            words,
            coverage=float(zones.to_numpy().sum()) / total,
        )
    easy = runs[(runs["intent"] == "easy") & (runs["time_easy_judged"] > 0)]
    if easy.empty:
        return out | _missing(
            "no run meant to be easy with a heart rate", "easy_run_discipline"
        )
    shares = 1.0 - (easy["time_above_easy"] / easy["time_easy_judged"]).to_numpy()
    mean = 1.0 - float(easy["time_above_easy"].sum() / easy["time_easy_judged"].sum())
    words = (
        f"share of the judged time below the easy ceiling over {len(easy)} runs meant to be "
        "easy; bounds: quartiles"
    )
    low, high = (float(q) for q in np.quantile(shares, [0.25, 0.75]))
    return out | _found(
        "easy_run_discipline", mean, words, low=min(low, mean), high=max(high, mean)
    )


def _doses(runs: pd.DataFrame, segments: pd.DataFrame) -> dict[str, Metric]:
    if runs.empty:
        return _missing(
            "no run", "technical_exposure", "longest_unbroken_days", "terrain_evenness"
        )
    day = runs["start_time"].dt.floor("D")
    weeks = max(((day.max() - day.min()).days + 1) / 7.0, 1.0)
    out = _missing("the recordings do not tell", "technical_exposure")
    known = runs["technical_time"].notna()
    if known.any():
        minutes = variability.technical_exposure(
            float(runs["technical_time"].sum()), weeks
        )
        words = f"modelled minutes on technical ground over {weeks:.0f} weeks"
        out = _found("technical_exposure", minutes, words, coverage=float(known.mean()))
    every = pd.date_range(day.min(), day.max(), freq="D")
    counts = runs.groupby(day).size().reindex(every, fill_value=0).to_numpy()
    days = load.longest_unbroken_days(counts)
    words = "longest time without seven days of rest in a row; why a pause was made is not known"
    out |= _found("longest_unbroken_days", days, words, coverage=1.0)
    kinds = time_by_terrain(segments)
    evenness = variety.shannon_evenness(kinds)
    if np.isnan(evenness):
        return out | _missing("no elevation recorded", "terrain_evenness")
    words = "evenness of all time over nine kinds of terrain: seven slopes, technical, hiked"
    return out | _found(
        "terrain_evenness",
        evenness,
        words,
        coverage=sum(kinds) / float(segments["duration"].sum()),
    )


def _performance(
    runs: pd.DataFrame, efforts: Iterable[pd.DataFrame]
) -> dict[str, Metric]:
    names = ("critical_speed", "critical_reserve", "vdot", *RACES)
    if runs.empty:
        return _missing("no run", *names)
    recent = (
        runs["start_time"] >= runs["start_time"].max() - pd.Timedelta(days=RECENT_DAYS)
    ).tolist()
    tables = [
        table
        for table, late in zip(efforts, recent, strict=True)
        if late and len(table)
    ]
    if not tables:
        return _missing("no best effort on foot", *names)
    table = pd.concat(tables, ignore_index=True)
    best = (
        table[(table["ground"] == "level") & (table["basis"] == "distance")]
        .groupby("distance")["duration"]
        .min()
    )
    when = f"best grade-adjusted efforts of the last {RECENT_DAYS} days"
    return _critical(best, when) | _implied(best, when)


def _critical(best: pd.Series, when: str) -> dict[str, Metric]:
    durations = best.reindex(list(CRITICAL_LENGTHS)).to_numpy(dtype=np.float64)
    line = performance.critical_speed(CRITICAL_LENGTHS, durations)
    if np.isnan(line.speed) or line.n < len(CRITICAL_LENGTHS):
        return _missing(
            "no best efforts over 400, 800 and 5000 m",
            "critical_speed",
            "critical_reserve",
        )
    half = float(scipy.special.stdtrit(line.n - 2, 0.975)) * line.speed_error
    words = f"line through 400, 800 and 5000 m, {when}; too low where they were not run all out"
    out = _found(
        "critical_speed",
        line.speed,
        f"{words}; bounds: 95 %",
        low=line.speed - half,
        high=line.speed + half,
    )
    return out | _found("critical_reserve", line.reserve, words)


def _implied(best: pd.Series, when: str) -> dict[str, Metric]:
    """Return the highest implied uptake and the race times that go with it."""
    raced = best[(best >= SHORTEST) & (best <= LONGEST)]
    distance, duration = (
        raced.index.to_numpy(dtype=np.float64),
        raced.to_numpy(dtype=np.float64),
    )
    implied = performance.vdot(distance, duration)
    uptake = np.where(implied <= HIGHEST, implied, 0.0)
    if not uptake.any():
        return _missing("no effort of 3.5 minutes to 4 hours", "vdot", *RACES)
    k = int(np.argmax(uptake))
    words = f"from {distance[k]:.0f} m in {duration[k]:.0f} s, {when}; a race may have been faster"
    out = _found("vdot", float(uptake[k]), words)
    for name, target in RACES.items():
        daniels = performance.equivalent_time(float(uptake[k]), target)
        riegel = float(performance.riegel_time(duration[k], distance[k], target))
        ends = {"low": min(daniels, riegel), "high": max(daniels, riegel)}
        out |= _found(
            name, daniels, f"modelled {words}; bounds: two laws of endurance", **ends
        )
    return out


def _personal(segments: pd.DataFrame) -> dict[str, Metric]:
    out: dict[str, Metric] = {}
    model = personal_cadence(segments)
    source = (
        "this athlete"
        if model.personal
        else "population: too little level running with a recorded cadence"
    )
    words = f"modelled, {source}; bounds: what the steps of a run may differ by"
    half = model.uncertainty * model.at_3
    out |= _found(
        "cadence_at_3", model.at_3, words, low=model.at_3 - half, high=model.at_3 + half
    )
    curve = personal_grade_curve(segments)
    words = (
        f"modelled from {curve.n} stretches at equal heart rate, shrunk towards the race curve; "
        "bounds: 95 %"
        if curve.n
        else "race curve: no stretches on slopes with heart rate; bounds: what people differ by"
    )
    for name, grade in (("grade_factor_up", 0.10), ("grade_factor_down", -0.10)):
        # Held at the edge of what was run, a curve would say less than it knows of.
        low, high = curve.factor_range(grade)
        out |= _found(
            name, float(curve.factor(grade)), words, low=float(low), high=float(high)
        )
    return out
