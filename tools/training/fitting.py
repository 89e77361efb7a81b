"""Fitting of the two logistic models and of their calibration, and predictions that leave out what
they predict.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from trailstats.arrays import Flags, Floats
from trailstats.terrain._model import LinearModel, WholeRun
from trailstats.terrain._sequence import smooth_log_odds
from trailstats.terrain.baseline import FEWEST_RUNS
from trailstats.terrain.features import (
    ACTIVITY_FEATURES,
    ELEVATION_FEATURES,
    MIXED_FEATURES,
    WINDOW_FEATURES,
    WINDOW_STEP,
    own_pace,
    steepness,
)
from trailstats.terrain.rules import TerrainRules
from training.recordings import THINNED, Example

LIMIT = 2.5
"""Standardised features are cut off here."""

PRIOR_SCALE = {
    "wiggle_50": 2.0,
    "wiggle_100": 2.0,
    "speed_spread": 0.5,
    "slow_share": 0.5,
}
"""How large a coefficient is expected to be, against 1 for the others.

Shape holds on new athletes and places; an even pace and walking say as much about the session as
about the ground. """

ACTIVITY_STRENGTH = 0.1
"""Inverse of the ridge penalty of the whole-run models, on weights that sum to 200."""

WINDOW_STRENGTH = 0.02
"""The same for the windows, on weights that sum to 1000."""

MIXED_LIMIT = 4.5
"""The whole run counts for a window with log-odds of at most this."""

WHOLE_RUN_SHARE = {"trail": 0.85, "road": 0.03, "track": 0.0}
"""Share of trail windows taken for granted in a run with this label; trail runs start and end on
roads.
"""

CORPUS_WEIGHT = 1.0
"""What the windows of runs labelled as a whole weigh against those that a map knows."""

TEMPER = 0.08
"""What is left of a window's log-odds in the sequence; windows overlap twentyfold at most."""

TRAIL_WEIGHT = 0.4
"""Total weight of trail windows against 1 for both: between their share of the distance and one
half.
"""

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

CUES = {
    "position": ("activity",),
    "elevation+position": ("activity", "steepness"),
    "baseline+position": ("activity", "own_pace"),
    "baseline+elevation+position": ("activity", "steepness", "own_pace"),
}
"""What windows take from the whole run, for each set of channels; a recording serves every set that
it has.
"""


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
    scale = (
        np.sqrt(np.average((values - centre) ** 2, axis=0, weights=weight)) + 1e-9
    )
    standard = np.clip((values - centre) / scale, -LIMIT, LIMIT) * prior
    model = LogisticRegression(C=strength, max_iter=5000, tol=1e-8)
    model.fit(standard, target, sample_weight=weight / weight.sum() * total)
    return LinearModel(
        tuple(names),
        centre,
        scale,
        model.coef_[0] * prior,
        float(model.intercept_[0]),
        LIMIT,
    )


def fit_line(log_odds: Floats, target: Flags, weight: Floats) -> Line:
    """Return the calibration of log-odds that left their own case out (Platt scaling)."""
    model = LogisticRegression(C=1e4, max_iter=5000, tol=1e-8)
    model.fit(
        log_odds[:, None], target, sample_weight=weight / weight.sum() * 1000
    )
    return Line(float(model.coef_[0, 0]), float(model.intercept_[0]))


# ---- the whole run


def activity_table(
    examples: Sequence[Example], index: pd.DataFrame
) -> pd.DataFrame:
    """Return one row per example with its features, its label, its athlete and how sure the label
    is.
    """
    table = pd.DataFrame(
        [{"file": e.name, "step": e.step, **e.whole} for e in examples]
    )
    known = index.set_index("file")[
        ["label", "label_confidence", "athlete", "asc_per_km_simple", "hard_case"]
    ]
    table = table.join(known, on="file").reset_index(drop=True)
    return table.assign(
        trail=table["label"] == "trail", sure=table["label_confidence"] != "low"
    )


def activity_weights(table: pd.DataFrame) -> Floats:
    """Return weights under which every athlete counts alike in each class, and both classes
    alike.
    """
    trust = np.where(
        table["sure"],
        np.where(table["label"] == "track", TRACK, 1.0),
        LOW_CONFIDENCE,
    )
    group = (
        table["athlete"] + "/" + table["label"] + "/" + table["sure"].astype(str)
    )
    count = group.map(group.value_counts()) / len(THINNED)
    weight = trust / count.clip(lower=3.0)
    trail = table["trail"].to_numpy()
    return np.asarray(
        np.where(
            trail, weight / weight[trail].sum(), weight / weight[~trail].sum()
        )
    )


def fit_activity(table: pd.DataFrame, channels: str) -> LinearModel:
    """Return the uncalibrated model of whole runs for one set of channels."""
    names = CHANNELS[channels]
    table = table.dropna(subset=list(names))
    prior = np.array(
        [
            PRIOR_SCALE.get(name, 1.0) if channels != "mixed" else 1.0
            for name in names
        ]
    )
    values, target = table[list(names)].to_numpy(), table["trail"].to_numpy()
    return fit_linear(
        names,
        values,
        target,
        activity_weights(table),
        ACTIVITY_STRENGTH,
        prior,
        200.0,
    )


def activity_log_odds(table: pd.DataFrame, channels: str) -> Floats:
    """Return log-odds of each row from a model that has not seen its athlete; NaN without the
    channels.
    """
    out = np.full(len(table), np.nan)
    names = list(CHANNELS[channels])
    for athlete in sorted(table["athlete"].unique()):
        mine = (table["athlete"] == athlete).to_numpy()
        out[mine] = fit_activity(table[~mine], channels).log_odds(
            table.loc[mine, names].to_numpy()
        )
    return out


def fit_activity_line(table: pd.DataFrame, log_odds: Floats) -> Line:
    """Return the calibration of whole runs: the median of the lines that leave out one athlete
    each.

    One athlete with doubtful labels would otherwise set the sharpness for all.
    """
    known = np.isfinite(log_odds)
    weight, target = activity_weights(table), table["trail"].to_numpy()
    athletes = table["athlete"].to_numpy()
    lines = []
    for athlete in sorted(set(athletes)):
        keep = known & (athletes != athlete)
        lines.append(fit_line(log_odds[keep], target[keep], weight[keep]))
    return Line(
        float(np.median([c.slope for c in lines])),
        float(np.median([c.offset for c in lines])),
    )


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
        model = calibrated(
            fit_activity(rest, channels),
            fit_activity_line(rest, activity_log_odds(rest, channels)),
        )
        out[mine] = model.log_odds(table.loc[mine, names].to_numpy())
    return out


# ---- windows along the run


@dataclass(frozen=True, eq=False)
class Track:
    """One recording with the weight of trail and of road in each window.

    ``group`` holds like routes, or one athlete; ``log_odds`` are those of the whole run, ``usual``
    the log of the athlete's own speed on flat road, NaN with too few other runs. The labels of a
    run that is only known as a whole (``mapped`` False) never train the features of windows.
    """

    example: Example
    group: str
    athlete: str
    region: str
    log_odds: float
    trail: Floats
    road: Floats
    mapped: bool
    usual: float = float("nan")

    @property
    def activity(self) -> float:
        """Return the log-odds of the whole run, cut off."""
        return float(np.clip(self.log_odds, -MIXED_LIMIT, MIXED_LIMIT))

    def cues(self, channels: str) -> Floats:
        """Return the cues of the whole run for one set of channels; NaN where it lacks one."""
        flat = (
            self.example.flat if "elevation" in channels else self.example.level
        )
        known = {
            "activity": self.activity,
            "steepness": steepness(self.example.whole),
            "own_pace": own_pace(flat, self.usual),
        }
        return np.array([known[name] for name in CUES[channels]])

    def beside(self, values: Floats, cues: Floats) -> Floats:
        """Return columns of values per window with values of the whole run beside them."""
        return np.column_stack([values, np.tile(cues, (len(values), 1))])


def fit_windows(tracks: Sequence[Track]) -> LinearModel:
    """Return the model of the windows' own features.

    They are weighed on map labels alone, beside the whole run's log-odds, hardly penalised, which
    `fit_whole` weighs again.
    """
    mapped = [t for t in tracks if t.mapped]
    x, target, weight = _stacked(
        [t.beside(t.example.windows, np.array([t.activity])) for t in mapped],
        mapped,
    )
    trail = weight[target].sum()
    weight = (
        np.where(
            target,
            TRAIL_WEIGHT / trail,
            (1 - TRAIL_WEIGHT) / (weight.sum() - trail),
        )
        * weight
    )
    size = len(WINDOW_FEATURES)
    names = (*WINDOW_FEATURES, "activity")
    first = fit_linear(
        names,
        x,
        target,
        weight,
        WINDOW_STRENGTH,
        np.append(np.ones(size), 5.0),
        1000.0,
    )
    return LinearModel(
        WINDOW_FEATURES,
        first.centre[:size],
        first.scale[:size],
        first.coefficient[:size],
        0.0,
        first.limit,
    )


def fit_whole(
    linear: LinearModel, tracks: Sequence[Track], channels: str
) -> WholeRun:
    """Return what windows take from the whole run, with the runs let in that are labelled as a
    whole; uncalibrated.
    """
    able = [t for t in tracks if np.isfinite(t.cues(channels)).all()]
    parts = [
        t.beside(linear.log_odds(t.example.windows)[:, None], t.cues(channels))
        for t in able
    ]
    x, target, weight = _stacked(parts, able)
    model = LogisticRegression(C=1e4, max_iter=5000, tol=1e-8)
    model.fit(x, target, sample_weight=weight / weight.sum() * 1000)
    gain, *weights = (float(v) for v in model.coef_[0])
    named = dict(zip(CUES[channels], weights, strict=True))
    return WholeRun(
        gain, named, float(model.intercept_[0]), slope=1.0, offset=0.0
    )


def smoothed(
    linear: LinearModel, whole: WholeRun, track: Track, channels: str
) -> Floats:
    """Return the log-odds of each window given all, before calibration; empty where the recording
    lacks a channel.
    """
    cues = track.cues(channels)
    if not np.isfinite(cues).all():
        return np.empty(0)
    evidence = whole.gain * linear.log_odds(track.example.windows) + cues @ list(
        whole.weights.values()
    )
    return smooth_log_odds(
        TEMPER * (evidence + whole.intercept),
        WINDOW_STEP,
        TerrainRules().surface_length,
    )


def fit_window_line(tracks: Sequence[Track], log_odds: Sequence[Floats]) -> Line:
    """Return the calibration of smoothed log-odds that left their own group out; empty ones are
    passed over.
    """
    pairs = [(t, x) for t, x in zip(tracks, log_odds, strict=True) if len(x)]
    x, target, weight = _stacked(
        [x[:, None] for _, x in pairs], [t for t, _ in pairs]
    )
    return fit_line(x[:, 0], target, weight)


def windows_left_out(tracks: Sequence[Track]) -> dict[str, list[Floats]]:
    """Return smoothed log-odds of each track, by channels, from models without its group of routes
    or its athlete.
    """
    out = {channels: [np.empty(0)] * len(tracks) for channels in CUES}
    for group in sorted({t.group for t in tracks}):
        rest = [t for t in tracks if t.group != group]
        linear = fit_windows(rest)
        for channels, found in out.items():
            whole = fit_whole(linear, rest, channels)
            for i, t in enumerate(tracks):
                if t.group == group:
                    found[i] = smoothed(linear, whole, t, channels)
    return out


def with_usual_pace(tracks: Sequence[Track]) -> list[Track]:
    """Return the tracks with the athlete's own pace on flat road, as `Baseline` has it, from runs
    on other routes.
    """
    runs = [
        t
        for t in tracks
        if t.example.step == 0 and t.log_odds < 0 and np.isfinite(t.example.flat)
    ]
    out = []
    for t in tracks:
        pace = [
            o.example.flat
            for o in runs
            if o.athlete == t.athlete
            and (
                o.group != t.group
                if t.mapped
                else o.example.name != t.example.name
            )
        ]
        out.append(
            replace(t, usual=float(np.median(pace)))
            if len(pace) >= FEWEST_RUNS
            else t
        )
    return out


def windows_calibrated(
    tracks: Sequence[Track], log_odds: Sequence[Floats]
) -> list[Floats]:
    """Return calibrated log-odds of each track; the calibration has not seen its group either."""
    out = list(log_odds)
    for group in sorted({t.group for t in tracks}):
        rest = [i for i, t in enumerate(tracks) if t.group != group]
        line = fit_window_line(
            [tracks[i] for i in rest], [log_odds[i] for i in rest]
        )
        for i, t in enumerate(tracks):
            if t.group == group:
                out[i] = line(log_odds[i])
    return out


@dataclass(frozen=True, eq=False)
class Trained:
    """The fitted models, and log-odds that left out what they predict: ``calibrated`` by
    channels.
    """

    table: pd.DataFrame
    left_out: dict[str, Floats]
    models: dict[str, LinearModel]
    runs: list[Track]
    calibrated: dict[str, list[Floats]]
    windows: LinearModel
    whole: dict[str, WholeRun]


def map_track(
    example: Example, group: str, athlete: str, region: str, log_odds: float
) -> Track:
    """Return a recording that a map knows."""
    return Track(
        example,
        group,
        athlete,
        region,
        log_odds,
        example.trail,
        example.road,
        mapped=True,
    )


def whole_tracks(
    examples: Sequence[Example], table: pd.DataFrame, log_odds: Floats
) -> list[Track]:
    """Return the runs that are labelled as a whole, as many windows' worth as `CORPUS_WEIGHT` of
    the mapped ones.

    The weight of a run is shared out over its windows; ``log_odds`` come from models without its
    athlete.
    """
    weight = activity_weights(table)
    out = []
    for e, row, w, value in zip(
        examples, table.itertuples(), weight, log_odds, strict=True
    ):
        if not len(e.windows) or not np.isfinite(value):
            continue
        share = WHOLE_RUN_SHARE[str(row.label)]
        each = np.full(len(e.windows), w / len(e.windows))
        out.append(
            Track(
                e,
                str(row.athlete),
                str(row.athlete),
                "",
                float(value),
                share * each,
                (1 - share) * each,
                mapped=False,
            )
        )
    return out


def _stacked(
    parts: Sequence[Floats], tracks: Sequence[Track]
) -> tuple[Floats, Flags, Floats]:
    """Return each window twice, as trail and as road, with its weight; windows without either are
    dropped.

    A group of many like runs weighs less than their sum; all mapped runs weigh 1, all others
    `CORPUS_WEIGHT`.
    """
    metres: dict[str, float] = {}
    for t in tracks:
        metres[t.group] = metres.get(t.group, 0.0) + float(
            (t.road + t.trail).sum()
        )
    share = np.array(
        [
            1.0 / np.sqrt(metres[t.group] + 500.0) if t.mapped else 1.0
            for t in tracks
        ]
    )
    each = np.array([float((t.road + t.trail).sum()) for t in tracks]) * share
    mapped = np.array([t.mapped for t in tracks])
    share[mapped] /= each[mapped].sum()
    if not mapped.all():
        share[~mapped] *= CORPUS_WEIGHT / each[~mapped].sum()
    trail = np.concatenate(
        [t.trail * w for t, w in zip(tracks, share, strict=True)]
    )
    road = np.concatenate(
        [t.road * w for t, w in zip(tracks, share, strict=True)]
    )
    values = np.concatenate(parts)
    stacked = np.concatenate([values[trail > 0], values[road > 0]])
    target = np.repeat(
        [True, False], [int((trail > 0).sum()), int((road > 0).sum())]
    )
    return stacked, target, np.concatenate([trail[trail > 0], road[road > 0]])
