"""Scores of predictions that have not seen what they predict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from trailstats.arrays import Floats
from trailstats.terrain._sequence import sigmoid
from training.fitting import Track, Trained

RECORDED = ("elevation+position", "position")
"""Channels of a recording by itself, the richer first."""

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


def score_runs(table: pd.DataFrame, log_odds: Floats) -> RunScores:
    """Return the scores of the rows of a table of runs; a run without an answer counts as one
    half.
    """
    p = np.nan_to_num(sigmoid(log_odds), nan=0.5)
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
    beyond the bound, ``accuracy`` the share of it that is right; ``false_trail`` the share of road
    called trail where there is no trail.
    """

    within: float
    clusters: float
    path_within: float
    path_clusters: float
    pooled: float
    decided: float
    accuracy: float
    false_trail: float


def score_windows(
    tracks: Sequence[Track], probability: Sequence[Floats], decide: float
) -> WindowScores:
    """Return the scores of map-labelled tracks."""
    every = inside(tracks, probability, [t.trail for t in tracks])
    path = inside(tracks, probability, [t.example.path for t in tracks])
    p = np.concatenate(list(probability))
    trail, road = (
        np.concatenate([getattr(t, name) for t in tracks])
        for name in ("trail", "road")
    )
    up, down = p >= decide, p <= 1 - decide
    decided = (trail + road)[up | down].sum()
    bare = {t.region for t in tracks} - {
        t.region for t in tracks if t.trail.sum() > 0
    }
    empty = [
        (t.road[q > 0.5].sum(), t.road.sum())
        for t, q in zip(tracks, probability, strict=True)
        if t.region in bare
    ]
    wrong, total = (sum(pair[i] for pair in empty) for i in (0, 1))
    return WindowScores(
        *every,
        *path,
        auc(p, trail, road),
        float(decided / (trail + road).sum()),
        float((trail[up].sum() + road[down].sum()) / decided),
        float(wrong / total) if total else float("nan"),
    )


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
    tracks: Sequence[Track], probability: Sequence[Floats], decide: float
) -> pd.DataFrame:
    """Return kilometres by what the map says (rows) and what is called (columns)."""
    rows = {}
    for name in ("road", "trail"):
        metres = np.concatenate([getattr(t, name) for t in tracks])
        p = np.concatenate(list(probability))
        called = (p <= 1 - decide, (p > 1 - decide) & (p < decide), p >= decide)
        rows[name] = [float(metres[c].sum()) / 1000 for c in called]
    return pd.DataFrame(rows, index=["road", "unknown", "trail"]).T


def run_rows(trained: Trained) -> dict[str, RunScores]:
    """Return the scores of whole runs: all, with tracks, in the overlap band, thinned, and without
    elevation.
    """
    table, step = trained.table, trained.table["step"]
    full = np.where(
        np.isfinite(trained.left_out["with_elevation"]),
        trained.left_out["with_elevation"],
        trained.left_out["without_elevation"],
    )
    bare = trained.left_out["without_elevation"]
    road = table["sure"] & (table["label"] != "track")
    band = table["asc_per_km_simple"].between(5, 30)
    choices = {
        "trail against road": (road & (step == 0), full),
        "trail against road and track": (table["sure"] & (step == 0), full),
        "5 to 30 m of ascent per km, presumed road let in": (
            band & (step == 0),
            full,
        ),
        "points every 5 s": (road & (step == 5), full),
        "points every 10 s": (road & (step == 10), full),
        "elevation taken out": (road & (step == 0), bare),
        "never slower than a walk for a quarter of the time": (
            road & (step == 0) & (table["slow_share"] < 0.25),
            full,
        ),
    }
    return {
        name: score_runs(table[rows], values[rows.to_numpy()])
        for name, (rows, values) in choices.items()
    }


def chosen(trained: Trained, *channels: str) -> list[tuple[Track, Floats]]:
    """Return each track with its left-out probabilities by the first of the sets of channels that
    it has.
    """
    out = []
    for i, t in enumerate(trained.runs):
        found = [
            x
            for x in (trained.calibrated[name][i] for name in channels)
            if len(x)
        ]
        if found:
            out.append((t, sigmoid(found[0])))
    return out


def mapped_part(
    trained: Trained, step: float, *channels: str
) -> tuple[list[Track], list[Floats]]:
    """Return the map-labelled tracks with one thinning, and their left-out probabilities."""
    pairs = [
        (t, p)
        for t, p in chosen(trained, *channels or RECORDED)
        if t.mapped and t.example.step == step
    ]
    return [t for t, _ in pairs], [p for _, p in pairs]


def window_rows(trained: Trained, decide: float) -> dict[str, WindowScores]:
    """Return the scores of windows against the map: as recorded, thinned, with less and with more
    to go by.
    """
    parts = {
        "as recorded": mapped_part(trained, 0.0),
        "points every 5 s": mapped_part(trained, 5.0),
        "points every 10 s": mapped_part(trained, 10.0),
        "elevation taken out": mapped_part(trained, 0.0, "position"),
        "with the athlete's own pace": mapped_part(
            trained, 0.0, "baseline+elevation+position", *RECORDED
        ),
    }
    return {name: score_windows(*part, decide) for name, part in parts.items()}


def share_change(trained: Trained, decide: float) -> float:
    """Return the mean change of a run's trail share when its points are thinned to 5 s."""
    shares: dict[str, dict[float, float]] = {}
    for t, p in chosen(trained, *RECORDED):
        shares.setdefault(t.example.name, {})[t.example.step] = float(
            np.mean(p >= decide)
        )
    return float(
        np.mean(
            [
                abs(s[5.0] - s[0.0])
                for s in shares.values()
                if 5.0 in s and 0.0 in s
            ]
        )
    )


def summary(trained: Trained, decide: float) -> dict[str, object]:
    """Return the scores as plain values, rounded."""
    rows = {
        "whole_runs": run_rows(trained),
        "windows": window_rows(trained, decide),
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
        "trail_share_change_5_s": round(share_change(trained, decide), 4),
        "decide": decide,
    }
