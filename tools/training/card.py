"""The model card: docs/terrain.md and its figure, written from what was measured."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from trailstats.schema import SurfaceSource
from trailstats.terrain.features import STEEP
from trailstats.terrain.fusion import TAG_PROBABILITY
from trailstats.terrain.rules import TerrainRules
from trailstats.terrain.technical import TECHNICAL_WEIGHTS
from training import fitting, scores
from training.fitting import Trained

FIGURE = "terrain_reliability.svg"
TEMPLATE = Path(__file__).with_name("card.md")


def model_card(document: dict[str, Any], trained: Trained) -> tuple[str, str]:
    """Return the page and the figure."""
    rules = TerrainRules()
    whole = reliability_of_runs(trained)
    tracks, probability = scores.mapped_part(trained, 0.0)
    road, trail = (
        np.concatenate([getattr(t, name) for t in tracks])
        for name in ("road", "trail")
    )
    windows = scores.reliability(np.concatenate(probability), trail, road)
    words = {
        "runs": document["training_runs"],
        "tracks": document["training_tracks"],
        "athletes": trained.table["athlete"].nunique(),
        "kilometres_road": road.sum() / 1000,
        "kilometres_trail": trail.sum() / 1000,
        "groups": len({t.group for t in tracks}),
        "rules": rules,
        "half_hysteresis": rules.slope_hysteresis / 2,
        "climb_dip_share": 100.0 * rules.climb_dip_share,
        "decide": rules.decide,
        "share_change": document["scores"]["trail_share_change_5_s"],
        "figure": FIGURE,
        "tags": ", ".join(f"`{tag}` {p:g}" for tag, p in TAG_PROBABILITY.items()),
        "coefficients": coefficients(document),
        "whole_run": whole_run(document),
        "aims": markdown(aims(document)),
        "run_scores": markdown(run_table(trained)),
        "run_confusion": markdown(run_confusion(trained)),
        "run_reliability": markdown(reliability_table(whole)),
        "window_scores": markdown(window_table(trained, rules.decide)),
        "window_confusion": markdown(window_confusion(trained, rules.decide)),
        "window_reliability": markdown(reliability_table(windows)),
        "trail_right": 100.0 * trail_right(trained, rules.decide),
        "trail_share": 100.0 * whole_trail_share(trained, rules.decide),
        "length": rules.surface_length,
        "technical_length": rules.technical_length,
        "weights": TECHNICAL_WEIGHTS,
        "sources": ", ".join(
            s.value for s in SurfaceSource if s in rules.sources
        ),
        "hash": document["training_data"],
        "linear_limit": fitting.LIMIT,
        "steep": [100.0 * grade for grade in STEEP],
    }
    return TEMPLATE.read_text(encoding="utf-8").format(**words), figure(
        {"whole runs": whole, "windows of 50 m": windows}
    )


def aims(document: dict[str, Any]) -> pd.DataFrame:
    """Return the scores beside what was asked of them: a bar and a stretch each."""
    runs, windows = (
        document["scores"]["whole_runs"],
        document["scores"]["windows"],
    )
    road, track = runs["trail against road"], runs["trail against road and track"]
    plain = windows["as recorded"]
    band = runs["5 to 30 m of ascent per km, presumed road let in"]
    rows = [
        ("trail against road: AUC", road["auc"], 0.965, 0.985),
        (
            "trail against road: balanced accuracy",
            road["balanced_accuracy"],
            0.955,
            0.975,
        ),
        (
            "trail against road: calibration error, at most",
            road["calibration_error"],
            0.04,
            0.02,
        ),
        ("the same with stadium tracks: AUC", track["auc"], 0.965, 0.985),
        ("5 to 30 m/km, presumed road let in: AUC", band["auc"], 0.88, 0.93),
        (
            "points every 10 s: balanced accuracy",
            runs["points every 10 s"]["balanced_accuracy"],
            0.90,
            0.97,
        ),
        (
            "elevation taken out: balanced accuracy",
            runs["elevation taken out"]["balanced_accuracy"],
            0.90,
            0.97,
        ),
        ("paths against road, AUC in a run", plain["path_within"], 0.82, 0.90),
        ("all trail against road, AUC in a run", plain["within"], 0.74, 0.85),
        ("the same, each group of routes once", plain["clusters"], 0.72, 0.82),
        ("accuracy where decided", plain["accuracy"], 0.90, 0.94),
        ("share decided", plain["decided"], 0.50, 0.70),
        (
            "road called trail where there is none, at most",
            plain["false_trail"],
            0.03,
            0.01,
        ),
        (
            "change of trail share, 1 s to 5 s, at most",
            document["scores"]["trail_share_change_5_s"],
            0.05,
            0.02,
        ),
    ]
    names, *numbers = zip(*rows, strict=True)
    columns = dict(zip(("reached", "bar", "stretch"), numbers, strict=True))
    table = pd.DataFrame(columns, index=pd.Index(names, name="what"))
    return table.assign(reached=[f"{v:.3f}" for v in table["reached"]])


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
    """Return the coefficients of all models, as log-odds per standard deviation."""
    names = {
        "with_elevation": "run, with elevation",
        "without_elevation": "run, without elevation",
        "mixed": "run, for its windows",
    }
    columns = {
        names[name]: table["features"]
        for name, table in document["activity"].items()
    }
    columns["windows"] = document["windows"]["features"]
    series = {
        name: pd.Series(
            {row["name"]: f"{row['coefficient']:+.2f}" for row in rows}
        )
        for name, rows in columns.items()
    }
    order = list(
        dict.fromkeys(row["name"] for rows in columns.values() for row in rows)
    )
    table = pd.DataFrame(series).reindex(order).fillna("")
    return markdown(table.rename_axis("feature"))


def whole_run(document: dict[str, Any]) -> str:
    """Return what windows take from the run as a whole, by channels."""
    rows = {
        channels.replace("+", ", "): {
            "the window's own features": part["gain"],
            "log-odds of the run": part["weights"]["activity"],
            "mountain run": part["weights"].get("steepness"),
            "own pace": part["weights"].get("own_pace"),
            "intercept": part["intercept"],
        }
        for channels, part in document["windows"]["whole"].items()
    }
    table = pd.DataFrame.from_dict(rows, orient="index").astype(float)
    return markdown(
        table.map(lambda v: "" if np.isnan(v) else f"{v:+.2f}").rename_axis(
            "channels"
        )
    )


def run_table(trained: Trained) -> pd.DataFrame:
    """Return the scores of whole runs."""
    rows = {
        name: [
            s.n_trail,
            s.n_other,
            f"{s.auc:.3f}",
            f"{s.balanced_accuracy:.3f}",
            f"{s.calibration_error:.3f}",
        ]
        for name, s in scores.run_rows(trained).items()
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


def run_confusion(trained: Trained) -> pd.DataFrame:
    """Return counts of runs by label and by what they are called."""
    table = trained.table[trained.table["step"] == 0]
    p = best(trained)[(trained.table["step"] == 0).to_numpy()]
    kind = table["label"] + np.where(table["sure"], "", " (presumed)")
    called = np.where(
        np.isnan(p),
        "no answer",
        np.where(p > 0, "called trail", "called not trail"),
    )
    counts = pd.crosstab(kind.to_numpy(), called)
    return counts.rename_axis("label")


def best(trained: Trained) -> np.ndarray:
    """Return the left-out log-odds of the model that each run's channels allow."""
    full, bare = (
        trained.left_out["with_elevation"],
        trained.left_out["without_elevation"],
    )
    return np.where(np.isfinite(full), full, bare)


def reliability_of_runs(trained: Trained) -> pd.DataFrame:
    """Return the reliability of whole runs with a sure label."""
    keep = (trained.table["sure"] & (trained.table["step"] == 0)).to_numpy()
    trail, road = scores.score_weights(trained.table[keep])
    return scores.reliability(scores.sigmoid(best(trained)[keep]), trail, road)


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


def window_table(trained: Trained, decide: float) -> pd.DataFrame:
    """Return the scores of windows against the map."""
    head = {
        "within": "AUC in a run",
        "clusters": "each group of routes once",
        "path_within": "paths, AUC in a run",
        "path_clusters": "paths, each group once",
        "pooled": "AUC pooled",
        "decided": "share decided",
        "accuracy": "accuracy where decided",
        "false_trail": "road called trail where there is none",
    }
    rows = scores.window_rows(trained, decide)
    return pd.DataFrame(
        {
            name: [f"{getattr(s, key):.3f}" for key in head]
            for name, s in rows.items()
        },
        index=pd.Index(head.values(), name="score"),
    )


def window_confusion(trained: Trained, decide: float) -> pd.DataFrame:
    """Return kilometres by what the map says and by what they are called."""
    table = scores.confusion(*scores.mapped_part(trained, 0.0), decide)
    return (
        table.map(lambda v: f"{v:.1f}")
        .rename(columns=lambda c: f"called {c}")
        .rename_axis("map says, km")
    )


def trail_right(trained: Trained, decide: float) -> float:
    """Return the share of the way called trail that the map says is trail."""
    called = scores.confusion(*scores.mapped_part(trained, 0.0), decide)["trail"]
    return float(called["trail"] / called.sum())


def whole_trail_share(trained: Trained, decide: float) -> float:
    """Return the share of windows called trail in runs that are labelled trail as a whole."""
    shares = [
        float(np.mean(p >= decide))
        for t, p in scores.chosen(trained, *scores.RECORDED)
        if not t.mapped and t.example.step == 0 and t.trail.sum() > t.road.sum()
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
