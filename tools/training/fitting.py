"""Fitting of the two logistic models and of their calibration, and predictions that leave out what they predict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from trailstats.terrain._model import LinearModel
from trailstats.terrain._sequence import smooth_log_odds
from trailstats.terrain.baseline import FEWEST_RUNS
from trailstats.terrain.features import (
    ACTIVITY_FEATURES,
    ELEVATION_FEATURES,
    MIXED_FEATURES,
    MOST_SHIFT,
    SPEED_FEATURES,
    WINDOW_FEATURES,
    WINDOW_STEP,
)
from trailstats.terrain.rules import TerrainRules
from training.recordings import THINNED, Example

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LIMIT = 2.5
"""Standardised features are cut off here."""

PRIOR_SCALE = {"wiggle_50": 2.0, "wiggle_100": 2.0, "speed_spread": 0.5, "slow_share": 0.5}
"""How large a coefficient is expected to be, against 1 for the others.

Shape holds on new athletes and places; an even pace and walking say as much about the session as about the ground.
"""

ACTIVITY_STRENGTH = 0.1
"""Inverse of the ridge penalty of the whole-run models, on weights that sum to 200."""

WINDOW_STRENGTH = 0.02
"""The same for the windows, on weights that sum to 1000."""

MIXED_LIMIT = 4.5
"""The whole run counts for a window with log-odds of at most this."""

WHOLE_RUN_SHARE = {"trail": 0.85, "road": 0.03, "track": 0.0}
"""Share of trail windows taken for granted in a run with this label; trail runs start and end on roads."""

CORPUS_WEIGHT = 1.0
"""What the windows of runs labelled as a whole weigh against those that a map knows."""

TEMPER = 0.08
"""What is left of a window's log-odds in the sequence; windows overlap twentyfold at most."""

TRAIL_WEIGHT = 0.4
"""Total weight of trail windows against 1 for both: between their share of the distance and one half."""

LOW_CONFIDENCE = 0.3
"""Weight of road runs that are only presumed to be road."""

TRACK = 0.5
"""Weight of runs on a stadium track among those off trail."""

CHANNELS = {
    "with_elevation": (*ACTIVITY_FEATURES, *ELEVATION_FEATURES),
    "without_elevation": ACTIVITY_FEATURES,
    "mixed": MIXED_FEATURES,
}
"""Features of each model of whole runs; the last one serves the windows."""


@dataclass(frozen=True)
class Line:
    """A calibration of log-odds."""

    slope: float
    offset: float

    def __call__(self, log_odds: Floats) -> Floats:
        """Return calibrated log-odds."""
        return self.slope * log_odds + self.offset


def fit_linear(
    names: Sequence[str],
    values: Floats,
    target: Flags,
    weight: Floats,
    strength: float,
    prior: Floats,
    total: float,
) -> LinearModel:
    """Return a ridge-penalised logistic model of standardised, clipped features."""
    centre = np.average(values, axis=0, weights=weight)
    scale = np.sqrt(np.average((values - centre) ** 2, axis=0, weights=weight)) + 1e-9
    standard = np.clip((values - centre) / scale, -LIMIT, LIMIT) * prior
    model = LogisticRegression(C=strength, max_iter=5000, tol=1e-8)
    model.fit(standard, target, sample_weight=weight / weight.sum() * total)
    return LinearModel(tuple(names), centre, scale, model.coef_[0] * prior, float(model.intercept_[0]), LIMIT)


def fit_line(log_odds: Floats, target: Flags, weight: Floats) -> Line:
    """Return the calibration of log-odds that left their own case out (Platt scaling)."""
    model = LogisticRegression(C=1e4, max_iter=5000, tol=1e-8)
    model.fit(log_odds[:, None], target, sample_weight=weight / weight.sum() * 1000)
    return Line(float(model.coef_[0, 0]), float(model.intercept_[0]))


# ---- the whole run


def activity_table(examples: Sequence[Example], index: pd.DataFrame) -> pd.DataFrame:
    """Return one row per example with its features, its label, its athlete and how sure the label is."""
    table = pd.DataFrame([{"file": e.name, "step": e.step, **e.whole} for e in examples])
    known = index.set_index("file")[["label", "label_confidence", "athlete", "asc_per_km_simple", "hard_case"]]
    table = table.join(known, on="file").reset_index(drop=True)
    return table.assign(trail=table["label"] == "trail", sure=table["label_confidence"] != "low")


def activity_weights(table: pd.DataFrame) -> Floats:
    """Return weights under which every athlete counts alike in each class, and both classes alike."""
    trust = np.where(table["sure"], np.where(table["label"] == "track", TRACK, 1.0), LOW_CONFIDENCE)
    group = table["athlete"] + "/" + table["label"] + "/" + table["sure"].astype(str)
    count = group.map(group.value_counts()) / len(THINNED)
    weight = trust / count.clip(lower=3.0)
    trail = table["trail"].to_numpy()
    return np.asarray(np.where(trail, weight / weight[trail].sum(), weight / weight[~trail].sum()))


def fit_activity(table: pd.DataFrame, channels: str) -> LinearModel:
    """Return the uncalibrated model of whole runs for one set of channels."""
    names = CHANNELS[channels]
    table = table.dropna(subset=list(names))
    prior = np.array([PRIOR_SCALE.get(name, 1.0) if channels != "mixed" else 1.0 for name in names])
    values, target = table[list(names)].to_numpy(), table["trail"].to_numpy()
    return fit_linear(names, values, target, activity_weights(table), ACTIVITY_STRENGTH, prior, 200.0)


def activity_log_odds(table: pd.DataFrame, channels: str) -> Floats:
    """Return log-odds of each row from a model that has not seen its athlete; NaN without the channels."""
    out = np.full(len(table), np.nan)
    names = list(CHANNELS[channels])
    for athlete in sorted(table["athlete"].unique()):
        mine = (table["athlete"] == athlete).to_numpy()
        out[mine] = fit_activity(table[~mine], channels).log_odds(table.loc[mine, names].to_numpy())
    return out


def fit_activity_line(table: pd.DataFrame, log_odds: Floats) -> Line:
    """Return the calibration of whole runs: the median of the lines that leave out one athlete each.

    One athlete with doubtful labels would otherwise set the sharpness for all.
    """
    known = np.isfinite(log_odds)
    weight, target = activity_weights(table), table["trail"].to_numpy()
    athletes = table["athlete"].to_numpy()
    lines = []
    for athlete in sorted(set(athletes)):
        keep = known & (athletes != athlete)
        lines.append(fit_line(log_odds[keep], target[keep], weight[keep]))
    return Line(float(np.median([c.slope for c in lines])), float(np.median([c.offset for c in lines])))


def calibrated(model: LinearModel, line: Line) -> LinearModel:
    """Return the model with its calibration worked into its numbers."""
    return LinearModel(
        model.names,
        model.centre,
        model.scale,
        model.coefficient * line.slope,
        model.intercept * line.slope + line.offset,
        model.limit,
    )


def activity_left_out(table: pd.DataFrame, channels: str) -> Floats:
    """Return calibrated log-odds of each row, model and calibration both without its athlete."""
    out = np.full(len(table), np.nan)
    names = list(CHANNELS[channels])
    for athlete in sorted(table["athlete"].unique()):
        mine = (table["athlete"] == athlete).to_numpy()
        rest = table[~mine].reset_index(drop=True)
        model = calibrated(fit_activity(rest, channels), fit_activity_line(rest, activity_log_odds(rest, channels)))
        out[mine] = model.log_odds(table.loc[mine, names].to_numpy())
    return out


# ---- windows along the run


@dataclass(frozen=True, eq=False)
class Track:
    """One recording with the weight of trail and of road in each window.

    ``group`` holds like routes, or one athlete; ``log_odds`` are those of the whole run. The labels of a run that is
    only known as a whole (``mapped`` False) never train the features of windows. ``own_pace`` says that speed is
    relative to the athlete's other runs.
    """

    example: Example
    group: str
    athlete: str
    region: str
    log_odds: float
    trail: Floats
    road: Floats
    mapped: bool
    own_pace: bool = False

    def beside_whole(self, values: Floats) -> Floats:
        """Return columns of values per window with the whole run's log-odds, cut off, beside them."""
        whole = float(np.clip(self.log_odds, -MIXED_LIMIT, MIXED_LIMIT))
        return np.column_stack([values, np.full(len(values), whole)])


@dataclass(frozen=True, eq=False)
class WindowModel:
    """Windows before the sequence: their own features, and what the whole run's log-odds add."""

    linear: LinearModel
    mixed_weight: float

    def smoothed(self, track: Track) -> Floats:
        """Return the log-odds of each window given all, before calibration."""
        parts = track.beside_whole(self.linear.log_odds(track.example.windows)[:, None])
        evidence = parts @ [1.0, self.mixed_weight]
        return smooth_log_odds(TEMPER * evidence, WINDOW_STEP, TerrainRules().surface_length)


def fit_windows(tracks: Sequence[Track]) -> WindowModel:
    """Return the window model.

    First the features are weighed on map labels alone, beside the whole run's log-odds, hardly penalised; then this
    sum and the whole run's log-odds are weighed again with the runs that are labelled as a whole let in.
    """
    mapped = [t for t in tracks if t.mapped]
    x, target, weight = _stacked([t.beside_whole(t.example.windows) for t in mapped], mapped)
    trail = weight[target].sum()
    weight = np.where(target, TRAIL_WEIGHT / trail, (1 - TRAIL_WEIGHT) / (weight.sum() - trail)) * weight
    size = len(WINDOW_FEATURES)
    prior = np.append(np.ones(size), 5.0)
    names = (*WINDOW_FEATURES, "mixed")
    first = fit_linear(names, x, target, weight, WINDOW_STRENGTH, prior, 1000.0)
    linear = LinearModel(
        WINDOW_FEATURES, first.centre[:size], first.scale[:size], first.coefficient[:size], 0.0, first.limit
    )
    both = [t.beside_whole(linear.log_odds(t.example.windows)[:, None]) for t in tracks]
    x, target, weight = _stacked(both, tracks)
    second = LogisticRegression(C=1e4, max_iter=5000, tol=1e-8)
    second.fit(x, target, sample_weight=weight / weight.sum() * 1000)
    gain, mixed = (float(v) for v in second.coef_[0])
    intercept = float(second.intercept_[0])
    return WindowModel(replace(linear, coefficient=linear.coefficient * gain, intercept=intercept), mixed)


def fit_window_line(tracks: Sequence[Track], smoothed: Sequence[Floats]) -> Line:
    """Return the calibration of smoothed log-odds that left their own group out."""
    x, target, weight = _stacked([s[:, None] for s in smoothed], tracks)
    return fit_line(x[:, 0], target, weight)


def windows_left_out(tracks: Sequence[Track]) -> list[Floats]:
    """Return smoothed log-odds of each track from a model that has not seen its group of routes or its athlete."""
    out: dict[int, Floats] = {}
    for group in sorted({t.group for t in tracks}):
        model = fit_windows([t for t in tracks if t.group != group])
        out.update({i: model.smoothed(t) for i, t in enumerate(tracks) if t.group == group})
    return [out[i] for i in range(len(tracks))]


def against_own_pace(tracks: Sequence[Track]) -> list[Track]:
    """Return the tracks as recorded whose athlete has other runs, with speeds relative to those, as `Baseline` has it.

    For a mapped track these are the athlete's runs on other routes.
    """
    recorded = [t for t in tracks if t.example.step == 0]
    out = []
    for t in recorded:
        others = [
            o.example.flat
            for o in recorded
            if o.athlete == t.athlete and (o.group != t.group if t.mapped else o.example.name != t.example.name)
        ]
        pace = [v for v in others if np.isfinite(v)]
        if len(pace) >= FEWEST_RUNS:
            shift = float(np.clip(t.example.usual - np.median(pace), -MOST_SHIFT, MOST_SHIFT))
            speeds = np.array([name in SPEED_FEATURES for name in WINDOW_FEATURES])
            out.append(
                replace(t, example=replace(t.example, windows=t.example.windows + shift * speeds), own_pace=True)
            )
    return out


def windows_calibrated(tracks: Sequence[Track], smoothed: Sequence[Floats]) -> list[Floats]:
    """Return calibrated log-odds of each track; the calibration has not seen its group either."""
    out: dict[int, Floats] = {}
    for group in sorted({t.group for t in tracks}):
        rest = [i for i, t in enumerate(tracks) if t.group != group]
        line = fit_window_line([tracks[i] for i in rest], [smoothed[i] for i in rest])
        out.update({i: line(smoothed[i]) for i, t in enumerate(tracks) if t.group == group})
    return [out[i] for i in range(len(tracks))]


@dataclass(frozen=True, eq=False)
class Trained:
    """The fitted models, and log-odds that left out what they predict."""

    table: pd.DataFrame
    left_out: dict[str, Floats]
    models: dict[str, LinearModel]
    runs: list[Track]
    calibrated: list[Floats]
    windows: WindowModel
    line: Line


def map_track(example: Example, group: str, athlete: str, region: str, log_odds: float) -> Track:
    """Return a recording that a map knows."""
    return Track(example, group, athlete, region, log_odds, example.trail, example.road, mapped=True)


def whole_tracks(examples: Sequence[Example], table: pd.DataFrame, log_odds: Floats) -> list[Track]:
    """Return the runs that are labelled as a whole, as many windows' worth as `CORPUS_WEIGHT` of the mapped ones.

    The weight of a run is shared out over its windows; ``log_odds`` come from models without its athlete.
    """
    weight = activity_weights(table)
    out = []
    for e, row, w, value in zip(examples, table.itertuples(), weight, log_odds, strict=True):
        if not len(e.windows) or not np.isfinite(value):
            continue
        share = WHOLE_RUN_SHARE[str(row.label)]
        each = np.full(len(e.windows), w / len(e.windows))
        out.append(
            Track(
                e, str(row.athlete), str(row.athlete), "", float(value), share * each, (1 - share) * each, mapped=False
            )
        )
    return out


def _stacked(parts: Sequence[Floats], tracks: Sequence[Track]) -> tuple[Floats, Flags, Floats]:
    """Return each window twice, as trail and as road, with its weight; windows without either are dropped.

    A group of many like runs weighs less than their sum; all mapped runs weigh 1, all others `CORPUS_WEIGHT`.
    """
    metres: dict[str, float] = {}
    for t in tracks:
        metres[t.group] = metres.get(t.group, 0.0) + float((t.road + t.trail).sum())
    share = np.array([1.0 / np.sqrt(metres[t.group] + 500.0) if t.mapped else 1.0 for t in tracks])
    each = np.array([float((t.road + t.trail).sum()) for t in tracks]) * share
    mapped = np.array([t.mapped for t in tracks])
    share[mapped] /= each[mapped].sum()
    if not mapped.all():
        share[~mapped] *= CORPUS_WEIGHT / each[~mapped].sum()
    trail = np.concatenate([t.trail * w for t, w in zip(tracks, share, strict=True)])
    road = np.concatenate([t.road * w for t, w in zip(tracks, share, strict=True)])
    values = np.concatenate(parts)
    stacked = np.concatenate([values[trail > 0], values[road > 0]])
    target = np.repeat([True, False], [int((trail > 0).sum()), int((road > 0).sum())])
    return stacked, target, np.concatenate([trail[trail > 0], road[road > 0]])
