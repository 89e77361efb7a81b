"""Scores of predictions that have not seen what they predict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from trailstats.arrays import Floats
from trailstats.terrain.belief import GroundBelief
from trailstats.terrain.rules import TerrainRules
from training.fitting import Track, Trained

MIXED_METRES = 1000.0
"""Metres of road and of trail that a region needs to count as one that has both."""

FEWEST_METRES = 2000.0
"""Metres with a known ground that a run needs for a score of its share."""

SMALLEST = 300.0
"""Metres of road and of trail that a run needs for a score inside it."""


def auc(probability: Floats, trail: Floats, road: Floats) -> float:
    """Return the area under the ROC curve with weights of both classes; ties count half."""
    _, place = np.unique(probability, return_inverse=True)
    up, down = np.bincount(place, trail), np.bincount(place, road)
    below = np.cumsum(down) - down
    return float((up * (below + down / 2)).sum() / (up.sum() * down.sum()))


def calibration_error(probability: Floats, trail: Floats, road: Floats) -> float:
    """Return the mean distance of predicted and true share over ten bins."""
    table = reliability(probability, trail, road)
    return float(
        (table["weight"] * (table["predicted"] - table["observed"]).abs()).sum()
        / table["weight"].sum()
    )


def reliability(probability: Floats, trail: Floats, road: Floats) -> pd.DataFrame:
    """Return weight, predicted and observed share of trail in ten bins of probability; empty ones
    are left out.
    """
    bins = np.clip((probability * 10).astype(int), 0, 9)
    weight = np.bincount(bins, trail + road, 10)
    predicted, observed = (
        np.bincount(bins, probability * (trail + road), 10),
        np.bincount(bins, trail, 10),
    )
    filled = weight > 0
    return pd.DataFrame(
        {
            "bin": np.arange(10)[filled] / 10,
            "weight": weight[filled],
            "predicted": predicted[filled] / weight[filled],
            "observed": observed[filled] / weight[filled],
        }
    )


@dataclass(frozen=True)
class RunScores:
    """Scores of whole runs, every athlete of three runs or more counting alike in each class."""

    n_trail: int
    n_other: int
    auc: float
    balanced_accuracy: float
    calibration_error: float


def score_weights(table: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return the weights of trail runs and of others; each sums to 1."""
    trail = table["trail"].to_numpy()
    group = table["athlete"] + "/" + table["trail"].astype(str)
    weight = 1.0 / group.map(group.value_counts()).clip(lower=3).to_numpy()
    up, down = np.where(trail, weight, 0.0), np.where(trail, 0.0, weight)
    return up / up.sum(), down / down.sum()


def score_runs(table: pd.DataFrame) -> RunScores:
    """Return the scores of the rows of a table of runs; a run without an answer counts as one
    half.
    """
    p = table["p"].fillna(0.5).to_numpy()
    up, down = score_weights(table)
    hit = (up[p > 0.5].sum() + down[p <= 0.5].sum()) / 2.0
    return RunScores(
        int((up > 0).sum()),
        int((down > 0).sum()),
        auc(p, up, down),
        float(hit),
        calibration_error(p, up, down),
    )


@dataclass(frozen=True)
class WindowScores:
    """Scores of windows against a map.

    ``within`` is the area under the ROC curve inside one run, ``clusters`` the same with every
    group of like routes counted once; ``decided`` the share of the distance with a probability
    beyond the bounds, ``accuracy`` the share of it that is right, the next four recall and
    precision by class, all in regions that have both; ``false_trail`` the share of road called
    trail where there is no trail; ``share_error`` the mean distance of the expected and the true
    share of trail of a run there.
    """

    within: float
    clusters: float
    path_within: float
    path_clusters: float
    pooled: float
    decided: float
    accuracy: float
    trail_recall: float
    trail_precision: float
    road_recall: float
    road_precision: float
    false_trail: float
    share_error: float


def score_windows(
    tracks: Sequence[Track], beliefs: Sequence[GroundBelief], rules: TerrainRules
) -> WindowScores:
    """Return the scores of map-labelled tracks."""
    probability = [b.p_trail for b in beliefs]
    every = inside(tracks, probability, [t.trail for t in tracks])
    path = inside(tracks, probability, [t.example.path for t in tracks])
    both = regions_with_both(tracks)
    inner = np.concatenate(
        [np.full(len(t.trail), t.region in both) for t in tracks]
    )
    p = np.concatenate(probability)
    trail, road = (
        np.concatenate([getattr(t, name) for t in tracks])
        for name in ("trail", "road")
    )
    pooled = auc(p, trail, road)
    up, down = p >= rules.decide, p <= 1.0 - rules.decide
    bare = ~np.isin(
        np.repeat([t.region for t in tracks], [len(t.trail) for t in tracks]),
        sorted({t.region for t in tracks if t.trail.sum() > 0}),
    )
    wrong, total = road[bare & (p > 0.5)].sum(), road[bare].sum()
    trail, road = trail * inner, road * inner
    decided = (trail + road)[up | down].sum()
    right = trail[up].sum(), road[down].sum()
    return WindowScores(
        *every,
        *path,
        pooled,
        float(decided / (trail + road).sum()),
        float(sum(right) / decided),
        float(right[0] / trail.sum()),
        float(right[0] / (trail + road)[up].sum()) if right[0] else float("nan"),
        float(right[1] / road.sum()),
        float(right[1] / (trail + road)[down].sum()),
        float(wrong / total) if total else float("nan"),
        share_error(tracks, beliefs),
    )


def regions_with_both(tracks: Sequence[Track]) -> set[str]:
    """Return the regions that have a kilometre of road and of trail."""
    out = set()
    for region in {t.region for t in tracks}:
        mine = [t for t in tracks if t.region == region]
        kinds = (
            sum(t.trail.sum() for t in mine),
            sum(t.road.sum() for t in mine),
        )
        if min(kinds) > MIXED_METRES:
            out.add(region)
    return out


def share_error(
    tracks: Sequence[Track], beliefs: Sequence[GroundBelief]
) -> float:
    """Return the mean distance of the expected and the true share of trail over runs in regions
    that have both, over the windows that the map knows.
    """
    both = regions_with_both(tracks)
    errors = [
        abs(float(np.average(b.p_trail, weights=t.trail + t.road)) - t.share)
        for t, b in zip(tracks, beliefs, strict=True)
        if t.region in both and (t.trail + t.road).sum() >= FEWEST_METRES
    ]
    return float(np.mean(errors))


def denied(trained: Trained, rules: TerrainRules) -> pd.DataFrame:
    """Return, by what runs are called as a whole, how many there are and how many are denied by
    their own stretches: more of the way called the other.
    """
    rows: dict[str, list[int]] = {"trail": [0, 0], "road": [0, 0]}
    for t, b in zip(trained.tracks, trained.beliefs["position"], strict=True):
        if b is None or t.example.step != 0:
            continue
        trail = float(np.mean(b.p_trail >= rules.decide))
        road = float(np.mean(b.p_trail <= 1.0 - rules.decide))
        p = float(b.beyond(0.5))
        if p >= 0.7:
            rows["trail"][0] += 1
            rows["trail"][1] += trail < road
        elif p <= 0.3:
            rows["road"][0] += 1
            rows["road"][1] += road < trail
    return pd.DataFrame.from_dict(
        rows, orient="index", columns=["runs", "denied by their stretches"]
    ).rename_axis("called as a whole")


def inside(
    tracks: Sequence[Track],
    probability: Sequence[Floats],
    trail: Sequence[Floats],
) -> tuple[float, float]:
    """Return the area under the ROC curve inside a run: mean over runs, and over groups of like
    routes.
    """
    rows = []
    for t, p, up in zip(tracks, probability, trail, strict=True):
        if up.sum() >= SMALLEST and t.road.sum() >= SMALLEST:
            rows.append(
                (t.group, np.sqrt(up.sum() * t.road.sum()), auc(p, up, t.road))
            )
    table = pd.DataFrame(rows, columns=["group", "weight", "auc"])
    table["product"] = table["weight"] * table["auc"]
    groups = table.groupby("group")[["product", "weight"]].sum()
    return float(table["product"].sum() / table["weight"].sum()), float(
        (groups["product"] / groups["weight"]).mean()
    )


def confusion(
    tracks: Sequence[Track], beliefs: Sequence[GroundBelief], rules: TerrainRules
) -> pd.DataFrame:
    """Return kilometres by what the map says (rows) and what is called (columns)."""
    rows = {}
    p = np.concatenate([b.p_trail for b in beliefs])
    up, down = p >= rules.decide, p <= 1.0 - rules.decide
    for name in ("road", "trail"):
        metres = np.concatenate([getattr(t, name) for t in tracks])
        called = (down, ~up & ~down, up)
        rows[name] = [float(metres[c].sum()) / 1000 for c in called]
    return pd.DataFrame(rows, index=["road", "unknown", "trail"]).T


def run_frame(trained: Trained, index: pd.DataFrame) -> pd.DataFrame:
    """Return one row per labelled recording, with its left-out probability."""
    rows = [
        (
            t.example.name,
            t.example.step,
            t.label,
            t.sure,
            t.athlete,
            t.example.whole["slow_share"],
            p,
        )
        for t, p in zip(trained.tracks, trained.probability, strict=True)
        if not t.mapped
    ]
    names = ["file", "step", "label", "sure", "athlete", "slow_share", "p"]
    table = pd.DataFrame(rows, columns=names)
    known = index.set_index("file")[["asc_per_km_simple"]]
    return table.join(known, on="file").assign(trail=table["label"] == "trail")


def run_rows(table: pd.DataFrame) -> dict[str, RunScores]:
    """Return the scores of whole runs: all, with tracks, in the overlap band, and thinned."""
    step = table["step"]
    road = table["sure"] & (table["label"] != "track")
    band = table["asc_per_km_simple"].between(5, 30)
    choices = {
        "trail against road": road & (step == 0),
        "trail against road and track": table["sure"] & (step == 0),
        "5 to 30 m of ascent per km, sure labels": (
            band & table["sure"] & (step == 0)
        ),
        "5 to 30 m of ascent per km, presumed road let in": band & (step == 0),
        "points every 5 s": road & (step == 5),
        "points every 10 s": road & (step == 10),
        "never slower than a walk for a quarter of the time": (
            road & (step == 0) & (table["slow_share"] < 0.25)
        ),
    }
    return {name: score_runs(table[rows]) for name, rows in choices.items()}


def mapped_part(
    trained: Trained, step: float, *channels: str
) -> tuple[list[Track], list[GroundBelief]]:
    """Return the map-labelled tracks with one thinning, and what is believed of each by the first
    of the sets of cues that it has.
    """
    tracks, beliefs = [], []
    for i, t in enumerate(trained.tracks):
        found = [
            b
            for b in (
                trained.beliefs[name][i] for name in channels or ("position",)
            )
            if b is not None
        ]
        if t.mapped and t.example.step == step and found:
            tracks.append(t)
            beliefs.append(found[0])
    return tracks, beliefs


def window_rows(trained: Trained, rules: TerrainRules) -> dict[str, WindowScores]:
    """Return the scores of windows against the map: as recorded, thinned, and with more to go
    by.
    """
    parts = {
        "as recorded": mapped_part(trained, 0.0),
        "points every 5 s": mapped_part(trained, 5.0),
        "points every 10 s": mapped_part(trained, 10.0),
        "with the athlete's own pace": mapped_part(
            trained, 0.0, "baseline+position", "position"
        ),
    }
    return {name: score_windows(*part, rules) for name, part in parts.items()}


def share_change(trained: Trained) -> float:
    """Return the mean change of a run's expected share when its points are thinned to 5 s."""
    shares: dict[str, dict[float, float]] = {}
    for t, b in zip(trained.tracks, trained.beliefs["position"], strict=True):
        if b is not None:
            shares.setdefault(t.example.name, {})[t.example.step] = b.expected
    pairs = [s for s in shares.values() if 5.0 in s and 0.0 in s]
    return float(np.mean([abs(s[5.0] - s[0.0]) for s in pairs]))


def summary(
    trained: Trained, index: pd.DataFrame, rules: TerrainRules
) -> dict[str, object]:
    """Return the scores as plain values, rounded."""
    rows = {
        "whole_runs": run_rows(run_frame(trained, index)),
        "windows": window_rows(trained, rules),
    }
    plain: dict[str, object] = {
        kind: {
            name: {
                k: None if v != v else round(v, 4)
                for k, v in asdict(score).items()
            }
            for name, score in scores.items()
        }
        for kind, scores in rows.items()
    }
    return {
        **plain,
        "denied": denied(trained, rules).to_dict(orient="index"),
        "trail_share_change_5_s": round(share_change(trained), 4),
        "decide": rules.decide,
    }
