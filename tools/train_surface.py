"""Train the surface model and write its coefficient table and its model card.

    python tools/train_surface.py            # trailstats/terrain/surface_model.json
    python tools/train_surface.py --docs     # and docs/terrain.md

The labelled recordings lie in the folder that TRAILSTATS_SHARED names, or in ``shared`` beside the
checkout. Runs are left out by athlete, and map-labelled stretches by group of like routes, before
anything is scored. The result depends on the recordings alone: no random numbers, one order.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from trailstats.terrain._model import FORMAT, LinearModel  # noqa: E402
from trailstats.terrain.rules import TerrainRules  # noqa: E402
from training import card, fitting, recordings, scores  # noqa: E402
from training.fitting import Trained  # noqa: E402
from training.recordings import Data  # noqa: E402

TABLE = ROOT / "trailstats" / "terrain" / "surface_model.json"
CARD = ROOT / "docs" / "terrain.md"
FIGURE = ROOT / "docs" / "terrain_reliability.svg"


def shared_folder() -> Path:
    """Return the folder of labelled recordings."""
    return Path(os.environ.get("TRAILSTATS_SHARED", ROOT.parent / "shared"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--docs",
        action="store_true",
        help="write docs/terrain.md and its figure as well",
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    shared = shared_folder()
    data = recordings.load(shared, options.workers)
    trained = train(data)
    document = {
        **describe(trained, data),
        "training_data": recordings.fingerprint(shared, data),
    }
    TABLE.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    if options.docs:
        page, figure = card.model_card(document, trained)
        CARD.write_text(page, encoding="utf-8")
        FIGURE.write_text(figure, encoding="utf-8")
    return 0


def train(data: Data) -> Trained:
    """Return the fitted models, and predictions that have not seen what they predict."""
    table = fitting.activity_table(data.whole, data.index)
    left_out = {
        channels: fitting.activity_left_out(table, channels)
        for channels in fitting.CHANNELS
    }
    models = {}
    for channels in fitting.CHANNELS:
        line = fitting.fit_activity_line(
            table, fitting.activity_log_odds(table, channels)
        )
        models[channels] = fitting.calibrated(
            fitting.fit_activity(table, channels), line
        )
    runs = mapped_tracks(data, models["mixed"]) + fitting.whole_tracks(
        data.whole, table, left_out["mixed"]
    )
    runs = fitting.with_usual_pace(runs)
    smoothed = fitting.windows_left_out(runs)
    windows = fitting.fit_windows(runs)
    whole = {}
    for channels, log_odds in smoothed.items():
        line = fitting.fit_window_line(runs, log_odds)
        whole[channels] = replace(
            fitting.fit_whole(windows, runs, channels),
            slope=line.slope,
            offset=line.offset,
        )
    return Trained(
        table=table,
        left_out=left_out,
        models=models,
        runs=runs,
        calibrated={
            name: fitting.windows_calibrated(runs, log_odds)
            for name, log_odds in smoothed.items()
        },
        windows=windows,
        whole=whole,
    )


def mapped_tracks(data: Data, model: LinearModel) -> list[fitting.Track]:
    """Return the map-labelled recordings with the log-odds of the whole run."""
    info = data.tracks.set_index("file")
    out = []
    for e in data.mapped:
        region, cluster = (
            str(info.at[e.name, "region"]),
            info.at[e.name, "cluster"],
        )
        group = e.name if cluster == -1 else f"{region}/{cluster}"
        log_odds = float(
            model.log_odds(np.array([e.whole[name] for name in model.names]))
        )
        out.append(
            fitting.map_track(
                e, group, str(info.at[e.name, "repo"]), region, log_odds
            )
        )
    return out


def describe(trained: Trained, data: Data) -> dict[str, object]:
    """Return the document of the trained model: numbers to compute with, and how good they are."""
    return {
        "format": FORMAT,
        "about": "Road or trail from position, time and elevation; made by tools/train_surface.py.",
        "training_runs": len({e.name for e in data.whole}),
        "training_tracks": len({e.name for e in data.mapped}),
        "activity": {
            name: table_of(model) for name, model in trained.models.items()
        },
        "windows": {
            **table_of(trained.windows),
            "mixed_limit": fitting.MIXED_LIMIT,
            "temper": fitting.TEMPER,
            "whole": {
                channels: rounded(asdict(whole))
                for channels, whole in trained.whole.items()
            },
        },
        "scores": scores.summary(trained, TerrainRules().decide),
    }


def rounded(values: dict[str, Any]) -> dict[str, Any]:
    """Return numbers with five decimals."""
    return {
        k: rounded(v) if isinstance(v, dict) else round(v, 5)
        for k, v in values.items()
    }


def table_of(model: LinearModel) -> dict[str, object]:
    """Return a model as rows that a person can read."""
    rows = [
        {
            "name": n,
            "centre": round(float(c), 5),
            "scale": round(float(s), 5),
            "coefficient": round(float(b), 5),
        }
        for n, c, s, b in zip(
            model.names, model.centre, model.scale, model.coefficient, strict=True
        )
    ]
    return {
        "intercept": round(model.intercept, 5),
        "limit": model.limit,
        "features": rows,
    }


if __name__ == "__main__":
    raise SystemExit(main())
