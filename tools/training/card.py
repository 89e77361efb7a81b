"""The model card: docs/terrain.md and its figure, written from what was measured."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from trailstats.schema import SurfaceSource
from trailstats.terrain import belief, features, fusion, surface
from trailstats.terrain.features import WINDOW_FEATURES
from trailstats.terrain.rules import TerrainRules
from trailstats.terrain.technical import TECHNICAL_WEIGHTS
from training import borders, fitting, scores
from training.borders import BorderScores
from training.fitting import Trained

FIGURE = "terrain_reliability.svg"
TEMPLATE = Path(__file__).with_name("card.md")


def model_card(
    document: dict[str, Any],
    trained: Trained,
    index: pd.DataFrame,
    found: BorderScores,
) -> tuple[str, str]:
    """Return the page and the figure."""
    rules = TerrainRules()
    table = scores.run_frame(trained, index)
    whole = reliability_of_runs(table)
    tracks, beliefs = scores.mapped_part(trained, 0.0)
    road, trail = (
        np.concatenate([getattr(t, name) for t in tracks])
        for name in ("road", "trail")
    )
    probability = np.concatenate([b.p_trail for b in beliefs])
    windows = scores.reliability(probability, trail, road)
    words = {
        "runs": document["training_runs"],
        "tracks": document["training_tracks"],
        "athletes": table["athlete"].nunique(),
        "kilometres_road": road.sum() / 1000,
        "kilometres_trail": trail.sum() / 1000,
        "groups": len({t.group for t in tracks}),
        "rules": rules,
        "half_hysteresis": rules.slope_hysteresis / 2,
        "climb_dip_share": 100.0 * rules.climb_dip_share,
        "interval": 100.0 * belief.INTERVAL,
        "stretch": belief.STRETCH,
        "lapse": 100.0 * belief.LAPSE,
        "shortest": features.SHORTEST / 1000.0,
        "extent": surface.LEAST_EXTENT,
        "shortest_piece": fusion.SHORTEST,
        "share_change": document["scores"]["trail_share_change_5_s"],
        "figure": FIGURE,
        "tags": markdown(tag_table(document)),
        "coefficients": coefficients(document),
        "effects": effects(document),
        "aims": markdown(aims(document, found)),
        "run_scores": markdown(run_table(table)),
        "run_confusion": markdown(run_confusion(table)),
        "run_reliability": markdown(reliability_table(whole)),
        "denied": markdown(scores.denied(trained, rules)),
        "window_scores": markdown(window_table(trained, rules)),
        "window_confusion": markdown(window_confusion(trained, rules)),
        "window_reliability": markdown(reliability_table(windows)),
        "trail_share": 100.0 * whole_trail_share(trained, rules.decide),
        "length": rules.surface_length,
        "technical_length": rules.technical_length,
        "weights": TECHNICAL_WEIGHTS,
        "sources": ", ".join(
            s.value for s in SurfaceSource if s in rules.sources
        ),
        "hash": document["training_data"],
        "border_runs": found.runs,
        "border_count": found.borders,
        "border_missed": 100.0 * found.missed,
        "border_distance": found.distance,
        "border_near": borders.NEAR,
        "linear_limit": fitting.LIMIT,
        "longest_window": max(int(n.rsplit("_", 1)[1]) for n in WINDOW_FEATURES),
        "change": surface.CHANGE,
        "pooled": 100.0 * (1.0 - surface.ALONE),
        "slope": fusion.SLOPE,
        "pace_prior": fitting.PRIOR_SCALE["speed_scatter"],
    }
    return TEMPLATE.read_text(encoding="utf-8").format(**words), figure(
        {"whole runs": whole, "windows of 50 m": windows}
    )


def aims(document: dict[str, Any], simulated: BorderScores) -> pd.DataFrame:
    """Return the scores beside what was asked of them: a bar and a stretch each."""
    found = document["scores"]
    runs, windows = found["whole_runs"], found["windows"]
    road = runs["trail against road"]
    plain = windows["as recorded"]
    band = runs["5 to 30 m of ascent per km, sure labels"]
    denied = found["denied"]["trail"]
    rows = [
        (
            "runs called trail that their stretches deny, at most",
            denied["denied by their stretches"] / max(denied["runs"], 1),
            0.01,
            0.0,
        ),
        ("trail against road: AUC", road["auc"], 0.990, 0.995),
        (
            "trail against road: balanced accuracy",
            road["balanced_accuracy"],
            0.965,
            0.98,
        ),
        (
            "trail against road: calibration error, at most",
            road["calibration_error"],
            0.035,
            0.03,
        ),
        ("5 to 30 m/km, sure labels: AUC", band["auc"], 0.95, 0.98),
        (
            "regions with both: trail recall",
            plain["trail_recall"],
            0.30,
            0.50,
        ),
        (
            "regions with both: trail precision",
            plain["trail_precision"],
            0.80,
            0.80,
        ),
        (
            "regions with both: accuracy where decided",
            plain["accuracy"],
            0.90,
            0.93,
        ),
        (
            "regions with both: error of a run's expected share, at most",
            plain["share_error"],
            0.12,
            0.08,
        ),
        ("paths against road, AUC in a run", plain["path_within"], 0.85, 0.90),
        ("all trail against road, AUC in a run", plain["within"], 0.80, 0.85),
        ("the same, each group of routes once", plain["clusters"], 0.80, 0.85),
        (
            "simulated runs without a border found, at most",
            simulated.missed,
            0.20,
            0.10,
        ),
        (
            "metres from a simulated border to the nearest found, at most",
            simulated.distance,
            120,
            80,
        ),
    ]
    names, *numbers = zip(*rows, strict=True)
    columns = dict(zip(("reached", "bar", "stretch"), numbers, strict=True))
    table = pd.DataFrame(columns, index=pd.Index(names, name="what"))
    return table.assign(
        reached=[f"{v:.3f}" if v < 10 else f"{v:.0f}" for v in table["reached"]]
    )


def markdown(table: pd.DataFrame) -> str:
    """Return a table as Markdown, the index as its first column."""
    head = [table.index.name or "", *table.columns]
    rows = [
        [str(name), *(str(v) for v in row)]
        for name, row in zip(table.index, table.to_numpy(), strict=True)
    ]
    rule = ["---", *("---:" for _ in table.columns)]
    return "\n".join(
        "| " + " | ".join(cells) + " |" for cells in [head, rule, *rows]
    )


def coefficients(document: dict[str, Any]) -> str:
    """Return the coefficients of both models, as log-odds per standard deviation."""
    columns = {
        "whole run": document["run"]["features"],
        "windows": document["windows"]["features"],
    }
    series = {
        name: pd.Series(
            {row["name"]: f"{row['coefficient']:+.2f}" for row in rows}
        )
        for name, rows in columns.items()
    }
    order = [row["name"] for rows in columns.values() for row in rows]
    table = pd.DataFrame(series).reindex(order).fillna("")
    return markdown(table.rename_axis("feature"))


def effects(document: dict[str, Any]) -> str:
    """Return how stretches follow from the run, by the cues that are there."""
    rows = {
        channels.replace("+", ", "): {
            "intercept": part["intercept"],
            "log-odds of the run": part["slope"],
            "own pace": part["own_pace"],
            "log-odds of the windows": part["gain"],
            "spread": part["spread"],
        }
        for channels, part in document["effects"].items()
    }
    table = pd.DataFrame.from_dict(rows, orient="index").astype(float)
    return markdown(
        table.map(lambda v: f"{v:+.2f}" if v else "").rename_axis("cues")
    )


def tag_table(document: dict[str, Any]) -> pd.DataFrame:
    """Return the reliability of each tag."""
    rows = {
        f"`{name}`": [
            row["runs"],
            row["athletes"],
            f"{row['among_trail']:.2f}",
            f"{row['among_road']:.2f}",
            f"{row['log_odds']:+.1f}",
        ]
        for name, row in document["tags"].items()
    }
    head = ["runs", "athletes", "of trail runs", "of road runs", "log-odds"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=head).rename_axis(
        "tag"
    )


def run_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return the scores of whole runs."""
    rows = {
        name: [
            s.n_trail,
            s.n_other,
            f"{s.auc:.3f}",
            f"{s.balanced_accuracy:.3f}",
            f"{s.calibration_error:.3f}",
        ]
        for name, s in scores.run_rows(table).items()
    }
    head = [
        "trail runs",
        "others",
        "AUC",
        "balanced accuracy",
        "calibration error",
    ]
    return pd.DataFrame.from_dict(rows, orient="index", columns=head).rename_axis(
        "which runs"
    )


def run_confusion(table: pd.DataFrame) -> pd.DataFrame:
    """Return counts of runs by label and by what they are called."""
    table = table[table["step"] == 0]
    kind = table["label"] + np.where(table["sure"], "", " (presumed)")
    called = np.where(table["p"] > 0.5, "called trail", "called not trail")
    counts = pd.crosstab(kind.to_numpy(), called)
    return counts.rename_axis("label")


def reliability_of_runs(table: pd.DataFrame) -> pd.DataFrame:
    """Return the reliability of whole runs with a sure label."""
    part = table[table["sure"] & (table["step"] == 0)]
    trail, road = scores.score_weights(part)
    return scores.reliability(part["p"].to_numpy(), trail, road)


def reliability_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return the bins of a reliability table as text."""
    share = table["weight"] / table["weight"].sum()
    return pd.DataFrame(
        {
            "share of weight": [f"{v:.2f}" for v in share],
            "predicted": [f"{v:.2f}" for v in table["predicted"]],
            "observed": [f"{v:.2f}" for v in table["observed"]],
        },
        index=pd.Index(
            [f"{b:.1f} to {b + 0.1:.1f}" for b in table["bin"]],
            name="probability",
        ),
    )


def window_table(trained: Trained, rules: TerrainRules) -> pd.DataFrame:
    """Return the scores of windows against the map."""
    head = {
        "within": "AUC in a run",
        "clusters": "each group of routes once",
        "path_within": "paths, AUC in a run",
        "path_clusters": "paths, each group once",
        "pooled": "AUC pooled",
        "decided": "share decided",
        "accuracy": "accuracy where decided",
        "trail_recall": "of the trail, called trail",
        "trail_precision": "of what is called trail, trail",
        "road_recall": "of the road, called road",
        "road_precision": "of what is called road, road",
        "share_error": "error of a run's expected share",
        "false_trail": "road called trail where there is none",
    }
    rows = scores.window_rows(trained, rules)
    return pd.DataFrame(
        {
            name: [f"{getattr(s, key):.3f}" for key in head]
            for name, s in rows.items()
        },
        index=pd.Index(head.values(), name="score"),
    )


def window_confusion(trained: Trained, rules: TerrainRules) -> pd.DataFrame:
    """Return kilometres by what the map says and by what they are called."""
    table = scores.confusion(*scores.mapped_part(trained, 0.0), rules)
    return (
        table.map(lambda v: f"{v:.1f}")
        .rename(columns=lambda c: f"called {c}")
        .rename_axis("map says, km")
    )


def whole_trail_share(trained: Trained, decide: float) -> float:
    """Return the share of windows called trail in runs that are labelled trail as a whole."""
    shares = [
        float(np.mean(b.p_trail >= decide))
        for t, b in zip(trained.tracks, trained.beliefs["position"], strict=True)
        if b is not None and t.label == "trail" and t.example.step == 0
    ]
    return float(np.mean(shares))


def figure(curves: dict[str, pd.DataFrame]) -> str:
    """Return the reliability curves as an SVG drawing."""
    size, edge = 320, 48
    colours = ("#1b6ca8", "#b3541e")

    def point(x: float, y: float) -> str:
        return f"{edge + size * x:.1f},{edge + size * (1 - y):.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size + 2 * edge}" '
        f'height="{size + 2 * edge}" '
        'font-family="sans-serif" font-size="12" role="img">',
        "<title>Observed share of trail against predicted probability</title>",
        f'<rect x="{edge}" y="{edge}" width="{size}" height="{size}" fill="none" stroke="#888"/>',
        f'<polyline points="{point(0, 0)} {point(1, 1)}" stroke="#aaa" stroke-dasharray="4" '
        'fill="none"/>',
    ]
    for tick in (0.0, 0.5, 1.0):
        x, y = point(tick, 0).split(",")
        parts.append(
            f'<text x="{x}" y="{float(y) + 16:.1f}" text-anchor="middle">{tick:g}</text>'
        )
        x, y = point(0, tick).split(",")
        parts.append(
            f'<text x="{float(x) - 6:.1f}" y="{float(y) + 4:.1f}" text-anchor="end">{tick:g}</text>'
        )
    for number, (name, table) in enumerate(curves.items()):
        colour = colours[number]
        pairs = list(
            zip(
                table["predicted"],
                table["observed"],
                table["weight"] / table["weight"].sum(),
                strict=True,
            )
        )
        line = " ".join(point(x, y) for x, y, _ in pairs)
        parts.append(f'<polyline points="{line}" stroke="{colour}" fill="none"/>')
        for x, y, share in pairs:
            cx, cy = point(x, y).split(",")
            parts.append(
                f'<circle cx="{cx}" cy="{cy}" r="{2 + 10 * float(np.sqrt(share)):.1f}" '
                f'fill="{colour}"/>'
            )
        parts.append(
            f'<text x="{edge + 8}" y="{edge + 18 + 16 * number}" fill="{colour}">{name}</text>'
        )
    middle = edge + size / 2
    parts.append(
        f'<text x="{middle}" y="{size + 2 * edge - 8}" text-anchor="middle">predicted '
        "probability</text>"
    )
    parts.append(
        f'<text x="14" y="{middle}" text-anchor="middle" transform="rotate(-90 14 '
        f'{middle})">observed share</text>'
    )
    return "\n".join([*parts, "</svg>"]) + "\n"
