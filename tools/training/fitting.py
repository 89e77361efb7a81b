"""Fitting of the two logistic models and of the effect that joins them, and predictions that leave
out what they predict.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from trailstats.arrays import Flags, Floats, Ints
from trailstats.terrain._model import LinearModel, RunEffect
from trailstats.terrain.baseline import FEWEST_RUNS
from trailstats.terrain.belief import (
    STRETCH,
    GroundBelief,
    believe,
    density,
    mostly_trail,
)
from trailstats.terrain.features import (
    RUN_FEATURES,
    WINDOW_FEATURES,
    WINDOW_STEP,
    own_pace,
)
from trailstats.terrain.rules import TerrainRules
from trailstats.terrain.surface import relative_windows
from training.recordings import THINNED, Example

LIMIT = 2.5
"""Standardised features are cut off here."""

PRIOR_SCALE = {"speed_scatter": 1.5, "slow_share": 1.5}
"""How large a coefficient is expected to be, against 1 for the others: pace counts for more than
each of the five measures of shape, which share what they say.
"""

RUN_STRENGTH = 0.3
"""Inverse of the ridge penalty of the model of whole runs, on weights that sum to 300."""

WINDOW_STRENGTH = 0.02
"""The same for the windows, on weights that sum to 1000."""

ACTIVITY_LIMIT = 4.5
"""Beside its windows' features, a run's log-odds count up to this."""

RUN_SHARE = {"trail": 0.95, "road": 0.02, "track": 0.0}
"""Share of trail taken for granted in a run with this label; trail runs start and end on roads."""

MAPPED_WEIGHT = 100.0
LABELLED_WEIGHT = 200.0
"""What mapped and labelled runs weigh in the model of whole runs, each in all."""

EFFECT_MAPPED = 40.0
EFFECT_LABELLED = 100.0
"""The same, as a number of independent runs, where the effect is fitted."""

TEMPER = 0.2
"""What is left of a window's log-odds in the sequence; windows overlap twentyfold at most."""

TRAIL_WEIGHT = 0.4
"""Total weight of trail windows against 1 for both: between their share of the distance and one
half.
"""

LOW_CONFIDENCE = 0.3
"""Weight of road runs that are only presumed to be road."""

TRACK = 0.5
"""Weight of runs on a stadium track among those off trail."""

CHANNELS = ("position", "baseline+position")
"""Cues of the whole run that a recording may have."""

TAGGED = 10.0
"""Runs of one athlete with one tag that count where its reliability is measured, at most."""

_NODES = np.linspace(-8.0, 8.0, 21)
"""Effects over which the likelihood is summed: coarser than in use, for speed."""


@dataclass(frozen=True, eq=False)
class Track:
    """One recording with the metres of trail and of road in each window.

    ``group`` holds like routes, or one athlete; ``share`` is the share of trail by map or label,
    ``usual`` the log of the athlete's own speed on flat road, NaN with too few other runs. Of a run
    that is only labelled as a whole (``mapped`` False) the windows are not known.
    """

    example: Example
    group: str
    athlete: str
    region: str
    label: str
    sure: bool
    share: float
    mapped: bool
    usual: float = float("nan")

    @property
    def trail(self) -> Floats:
        """Metres of trail in each window by the map."""
        return self.example.trail

    @property
    def road(self) -> Floats:
        """Metres of road in each window by the map."""
        return self.example.road

    def pace(self) -> float:
        """Return the cue of the athlete's own pace, NaN without it."""
        return own_pace(self.example.flat, self.usual)

    def has(self, channels: str) -> bool:
        """Whether the recording has some set of cues."""
        return "baseline" not in channels or bool(np.isfinite(self.pace()))


# ---- the whole run


def run_weights(tracks: Sequence[Track]) -> Floats:
    """Return weights under which every athlete counts alike in each class, and both classes alike;
    of mapped runs many on like routes count for less than their number.
    """
    out = np.zeros(len(tracks))
    mapped = np.array([t.mapped for t in tracks])
    table = pd.DataFrame(
        [(t.athlete, t.label, t.sure, t.group) for t in tracks],
        columns=["athlete", "label", "sure", "group"],
    )
    if (~mapped).any():
        part = table[~mapped]
        trust = np.where(part["label"] == "track", TRACK, 1.0)
        trust = np.where(part["sure"], trust, LOW_CONFIDENCE)
        who = part["athlete"] + part["label"] + part["sure"].astype(str)
        count = who.map(who.value_counts()) / len(THINNED)
        weight = trust / count.clip(lower=3.0).to_numpy()
        trail = (part["label"] == "trail").to_numpy()
        half = np.where(trail, weight[trail].sum(), weight[~trail].sum())
        out[~mapped] = weight / half * LABELLED_WEIGHT / 2.0
    if mapped.any():
        groups = table.loc[mapped, "group"]
        weight = 1.0 / np.sqrt(groups.map(groups.value_counts()).to_numpy())
        out[mapped] = weight / weight.sum() * MAPPED_WEIGHT
    return out


def fit_run(tracks: Sequence[Track]) -> LinearModel:
    """Return the model of whole runs: each counts as trail by its share, and as road by the
    rest.
    """
    values = run_values(tracks)
    share = np.array([t.share for t in tracks])
    weight = run_weights(tracks)
    both = np.concatenate([weight * share, weight * (1.0 - share)])
    prior = np.array([PRIOR_SCALE.get(name, 1.0) for name in RUN_FEATURES])
    return _fit_linear(
        RUN_FEATURES,
        np.vstack([values, values]),
        np.repeat([True, False], len(tracks)),
        both,
        RUN_STRENGTH,
        prior,
    )


def run_values(tracks: Sequence[Track]) -> Floats:
    """Return the features of whole runs, one row each."""
    return np.array(
        [[t.example.whole[name] for name in RUN_FEATURES] for t in tracks]
    )


def run_left_out(tracks: Sequence[Track]) -> Floats:
    """Return log-odds of each run by a model that has not seen its athlete or its routes."""
    out = np.zeros(len(tracks))
    for mine, rest in _groups(tracks):
        model = fit_run([tracks[i] for i in rest])
        out[mine] = model.log_odds(run_values([tracks[i] for i in mine]))
    return out


def _groups(tracks: Sequence[Track]) -> list[tuple[Ints, Ints]]:
    """Return the places of each group and of all others."""
    group = np.array([t.group for t in tracks])
    return [
        (np.flatnonzero(group == g), np.flatnonzero(group != g))
        for g in sorted(set(group))
    ]


def _fit_linear(
    names: Sequence[str],
    values: Floats,
    target: Flags,
    weight: Floats,
    strength: float,
    prior: Floats,
) -> LinearModel:
    """Return a ridge-penalised logistic model of standardised, clipped features."""
    centre = np.average(values, axis=0, weights=weight)
    spread = np.average((values - centre) ** 2, axis=0, weights=weight)
    scale = np.sqrt(spread) + 1e-9
    standard = np.clip((values - centre) / scale, -LIMIT, LIMIT) * prior
    model = LogisticRegression(C=strength, max_iter=5000, tol=1e-8)
    model.fit(standard, target, sample_weight=weight)
    return LinearModel(
        tuple(names),
        centre,
        scale,
        model.coef_[0] * prior,
        float(model.intercept_[0]),
        LIMIT,
    )


# ---- windows along the run


def fit_windows(tracks: Sequence[Track], log_odds: Floats) -> LinearModel:
    """Return the model of the windows' own features, weighed on map labels beside the log-odds of
    the whole run, which are hardly penalised.
    """
    mapped = [i for i, t in enumerate(tracks) if t.mapped]
    cue = np.clip(log_odds, -ACTIVITY_LIMIT, ACTIVITY_LIMIT)
    parts = [
        np.column_stack(
            [
                tracks[i].example.windows,
                np.full(len(tracks[i].trail), cue[i]),
            ]
        )
        for i in mapped
    ]
    x, target, weight = _stacked(parts, [tracks[i] for i in mapped])
    trail = weight[target].sum()
    part = np.where(
        target,
        TRAIL_WEIGHT / trail,
        (1 - TRAIL_WEIGHT) / (weight.sum() - trail),
    )
    size = len(WINDOW_FEATURES)
    first = _fit_linear(
        (*WINDOW_FEATURES, "activity"),
        x,
        target,
        part * weight * 1000.0,
        WINDOW_STRENGTH,
        np.append(np.ones(size), 5.0),
    )
    return LinearModel(
        WINDOW_FEATURES,
        first.centre[:size],
        first.scale[:size],
        first.coefficient[:size],
        0.0,
        first.limit,
    )


def _stacked(
    parts: Sequence[Floats], tracks: Sequence[Track]
) -> tuple[Floats, Flags, Floats]:
    """Return each window twice, as trail and as road, with its weight; windows without either are
    dropped. A group of many like runs weighs less than their sum.
    """
    metres: dict[str, float] = {}
    for t in tracks:
        total = float((t.road + t.trail).sum())
        metres[t.group] = metres.get(t.group, 0.0) + total
    share = [1.0 / np.sqrt(metres[t.group] + 500.0) for t in tracks]
    trail, road = (
        np.concatenate(
            [getattr(t, name) * w for t, w in zip(tracks, share, strict=True)]
        )
        for name in ("trail", "road")
    )
    values = np.concatenate(parts)
    stacked = np.concatenate([values[trail > 0], values[road > 0]])
    target = np.repeat(
        [True, False], [int((trail > 0).sum()), int((road > 0).sum())]
    )
    weight = np.concatenate([trail[trail > 0], road[road > 0]])
    return stacked, target, weight / weight.sum()


def relative_log_odds(
    model: LinearModel, tracks: Sequence[Track]
) -> list[Floats]:
    """Return the smoothed log-odds of windows against the others of their run."""
    length = TerrainRules().surface_length
    return [
        relative_windows(model.contributions(t.example.windows), TEMPER, length)[
            0
        ]
        for t in tracks
    ]


def relative_left_out(tracks: Sequence[Track], log_odds: Floats) -> list[Floats]:
    """Return the same by models that have not seen the group of a mapped run."""
    out = relative_log_odds(fit_windows(tracks, log_odds), tracks)
    for mine, rest in _groups(tracks):
        if not tracks[mine[0]].mapped:
            continue
        model = fit_windows([tracks[i] for i in rest], log_odds[rest])
        found = relative_log_odds(model, [tracks[i] for i in mine])
        for i, values in zip(mine, found, strict=True):
            out[i] = values
    return out


# ---- the effect of the run, which joins both


class Joined(NamedTuple):
    """Runs with all that the effect is fitted to, their windows end to end."""

    log_odds: Floats
    pace: Floats
    windows: Floats
    starts: Ints
    run: Ints
    trail: Floats
    road: Floats
    mapped: Flags
    label: Flags
    weight: Floats


def join(
    tracks: Sequence[Track], log_odds: Floats, relative: Sequence[Floats]
) -> Joined:
    """Return runs as arrays."""
    sizes = [len(x) for x in relative]
    mapped = np.array([t.mapped for t in tracks])
    nothing = [np.zeros(size) for size in sizes]
    pairs = list(zip(tracks, nothing, strict=True))
    trail = [t.trail if t.mapped else zero for t, zero in pairs]
    road = [t.road if t.mapped else zero for t, zero in pairs]
    weight = run_weights(tracks)
    weight[mapped] *= EFFECT_MAPPED / MAPPED_WEIGHT
    weight[~mapped] *= EFFECT_LABELLED / LABELLED_WEIGHT
    return Joined(
        log_odds=log_odds,
        pace=np.nan_to_num([t.pace() for t in tracks]),
        windows=np.concatenate(relative),
        starts=np.append(0, np.cumsum(sizes)[:-1]),
        run=np.repeat(np.arange(len(tracks)), sizes),
        trail=np.concatenate(trail),
        road=np.concatenate(road),
        mapped=mapped,
        label=np.array([t.label == "trail" for t in tracks]),
        weight=weight,
    )


def fit_effect(
    tracks: Sequence[Track],
    log_odds: Floats,
    relative: Sequence[Floats],
    channels: str,
    start: RunEffect | None = None,
) -> RunEffect:
    """Return the effect under which maps and labels are the most likely.

    A mapped run tells its windows, those of `STRETCH` once; a labelled one that more or less than
    half of it is trail. Thinned recordings say the same once more, so they are left out here.
    ``start`` is where the search begins.
    """
    able = [
        i for i, t in enumerate(tracks) if t.has(channels) and t.example.step == 0
    ]
    joined = join(
        [tracks[i] for i in able], log_odds[able], [relative[i] for i in able]
    )
    start = start or RunEffect(0.0, 1.0, 0.0, 1.0, 1.0)
    first = [
        start.gain,
        float(np.log(start.spread)),
        start.slope,
        start.own_pace,
        start.intercept,
    ]
    free = 5 if "baseline" in channels else 2
    found = minimize(
        _surprise, first[:free], args=(joined,), method="L-BFGS-B", tol=1e-6
    )
    return _effect(found.x)


def _effect(x: Floats) -> RunEffect:
    """Return the effect; without a cue of its own the model of whole runs is the mean as it is."""
    slope, own_pace, intercept = x[2:] if len(x) > 2 else (1.0, 0.0, 0.0)
    return RunEffect(
        intercept=float(intercept),
        slope=float(slope),
        own_pace=float(own_pace),
        gain=float(x[0]),
        spread=float(np.exp(x[1])),
    )


def _surprise(x: Floats, joined: Joined) -> float:
    """Return less the weighted log-likelihood of maps and labels."""
    effect = _effect(x)
    mean = effect.intercept + effect.slope * joined.log_odds
    mean = mean + effect.own_pace * joined.pace
    prior = density(_NODES[:, None], mean, effect.spread)
    prior = prior / prior.sum(axis=0)
    log_odds = effect.gain * joined.windows + _NODES[:, None]
    trail = -np.logaddexp(0.0, -log_odds)
    road = trail - log_odds
    metres = joined.trail * trail + joined.road * road
    seen = np.add.reduceat(metres, joined.starts, axis=1) / STRETCH
    by_map = np.logaddexp.reduce(seen + np.log(prior + 1e-300), axis=0)
    p = np.exp(trail)
    size = np.diff(np.append(joined.starts, len(joined.run)))
    share = np.add.reduceat(p, joined.starts, axis=1) / size
    noise = np.add.reduceat(p * (1.0 - p), joined.starts, axis=1) / size
    scatter = np.sqrt(noise / np.maximum(size * WINDOW_STEP / STRETCH, 1.0))
    most = (prior * mostly_trail(share, np.maximum(scatter, 1e-6))).sum(axis=0)
    most = np.clip(most, 1e-4, 1.0 - 1e-4)
    by_label = np.log(np.where(joined.label, most, 1.0 - most))
    likelihood = np.where(joined.mapped, by_map, by_label)
    return -float(joined.weight @ likelihood)


def beliefs_left_out(
    tracks: Sequence[Track],
    log_odds: Floats,
    relative: Sequence[Floats],
    channels: str,
) -> list[GroundBelief | None]:
    """Return what is believed of each run, by effects that have not seen its group; None without
    the cues.
    """
    every = fit_effect(tracks, log_odds, relative, channels)
    out: list[GroundBelief | None] = [None] * len(tracks)
    for mine, rest in _groups(tracks):
        if not any(tracks[i].has(channels) for i in mine):
            continue
        effect = fit_effect(
            [tracks[i] for i in rest],
            log_odds[rest],
            [relative[i] for i in rest],
            channels,
            every,
        )
        for i in mine:
            if tracks[i].has(channels):
                out[i] = belief(
                    tracks[i], float(log_odds[i]), relative[i], effect
                )
    return out


def belief(
    track: Track, log_odds: float, relative: Floats, effect: RunEffect
) -> GroundBelief:
    """Return what is believed of one run."""
    return believe(
        effect.mean(log_odds, float(np.nan_to_num(track.pace()))),
        effect.spread,
        effect.gain * relative,
        np.full(len(relative), np.nan),
        WINDOW_STEP,
    )


# ---- tags, and all together


class TagReliability(NamedTuple):
    """How far a file's tag can be believed.

    ``among_trail`` is the share of trail runs that have it, ``among_road`` that of road runs; which
    runs are trail is told by signals of models that have not seen the athlete. ``log_odds`` is the
    log of their ratio.
    """

    runs: int
    athletes: int
    among_trail: float
    among_road: float
    log_odds: float


def tag_reliability(
    tracks: Sequence[Track], probability: Floats, tags: Sequence[str]
) -> dict[str, TagReliability]:
    """Return the reliability of each tag of labelled runs.

    Of every athlete at most `TAGGED` runs' worth count, and one run is added on each side, so that
    a tag that few people used says less.
    """
    table = pd.DataFrame(
        {
            "tag": list(tags),
            "athlete": [t.athlete for t in tracks],
            "p": probability,
        }
    )
    plain = [t.example.step == 0 and not t.mapped for t in tracks]
    table = table[np.array(plain)]
    group = table["athlete"] + "/" + table["tag"]
    count = group.map(group.value_counts())
    weight = (count.clip(upper=TAGGED) / count).to_numpy()
    p = table["p"].to_numpy()
    trail, road = float(weight @ p), float(weight @ (1.0 - p))
    out = {}
    for tag in sorted(set(table["tag"]) - {""}):
        mine = (table["tag"] == tag).to_numpy()
        up = float(weight[mine] @ p[mine] + 1.0) / (trail + 2.0)
        down = float(weight[mine] @ (1.0 - p[mine]) + 1.0) / (road + 2.0)
        athletes = table.loc[mine, "athlete"].nunique()
        out[str(tag)] = TagReliability(
            int(mine.sum()), athletes, up, down, float(np.log(up / down))
        )
    return out


@dataclass(frozen=True, eq=False)
class Trained:
    """The fitted models, and what is believed of each run by models that have not seen it, by
    channels.
    """

    tracks: list[Track]
    run: LinearModel
    windows: LinearModel
    effects: dict[str, RunEffect]
    beliefs: dict[str, list[GroundBelief | None]]
    tags: dict[str, TagReliability]

    @property
    def probability(self) -> Floats:
        """Left-out probability that a run is trail for the most part, from positions alone."""
        return np.array(
            [
                float(b.beyond(0.5)) if b is not None else np.nan
                for b in self.beliefs["position"]
            ]
        )


def train(tracks: Sequence[Track], tags: Sequence[str]) -> Trained:
    """Return the fitted models and left-out beliefs of tracks with their files' tags."""
    log_odds = run_left_out(tracks)
    tracks = with_usual_pace(tracks, log_odds)
    relative = relative_left_out(tracks, log_odds)
    beliefs = {
        channels: beliefs_left_out(tracks, log_odds, relative, channels)
        for channels in CHANNELS
    }
    out = Trained(
        tracks=tracks,
        run=fit_run(tracks),
        windows=fit_windows(tracks, log_odds),
        effects={
            channels: fit_effect(tracks, log_odds, relative, channels)
            for channels in CHANNELS
        },
        beliefs=beliefs,
        tags={},
    )
    return replace(out, tags=tag_reliability(tracks, out.probability, tags))


def with_usual_pace(tracks: Sequence[Track], log_odds: Floats) -> list[Track]:
    """Return the tracks with the athlete's own pace on flat road, as `Baseline` has it, from runs
    on other routes.
    """
    runs = [
        t
        for t, value in zip(tracks, log_odds, strict=True)
        if t.example.step == 0 and value < 0 and np.isfinite(t.example.flat)
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
        enough = len(pace) >= FEWEST_RUNS
        out.append(replace(t, usual=float(np.median(pace))) if enough else t)
    return out
