"""Train the surface model and write its coefficient table and its model card.

    python tools/train_surface.py            # trailstats/terrain/surface_model.json
    python tools/train_surface.py --docs     # and docs/terrain.md

The labelled recordings lie in the folder that TRAILSTATS_SHARED names, or in ``shared`` beside the checkout. Runs
are left out by athlete, and map-labelled stretches by group of like routes, before anything is scored. The result
depends on the recordings alone: no random numbers, one order.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from training import fitting, recordings  # noqa: E402
from training.fitting import Track  # noqa: E402

from trailstats.terrain._model import FORMAT, LinearModel  # noqa: E402
from trailstats.terrain.rules import TerrainRules  # noqa: E402

Floats = NDArray[np.float64]

TABLE = ROOT / "trailstats" / "terrain" / "surface_model.json"
CARD = ROOT / "docs" / "terrain.md"


def shared_folder() -> Path:
    """Return the folder of labelled recordings."""
    return Path(os.environ.get("TRAILSTATS_SHARED", ROOT.parent / "shared"))


def table_of(model: LinearModel) -> dict[str, object]:
    """Return a model as rows that a person can read."""
    rows = [
        {
            "name": n,
            "centre": round(float(c), 5),
            "scale": round(float(s), 5),
            "coefficient": round(float(b), 5),
        }
        for n, c, s, b in zip(model.names, model.centre, model.scale, model.coefficient, strict=True)
    ]
    return {"intercept": round(model.intercept, 5), "limit": model.limit, "features": rows}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--docs", action="store_true", help="write docs/terrain.md as well")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    shared = shared_folder()
    data = recordings.load(shared, options.workers)
    TABLE.write_text(json.dumps(train(data, recordings.fingerprint(shared)), indent=1) + "\n", encoding="utf-8")
    return 0


def train(data, digest: str) -> dict[str, object]:
    """Return the document of the trained model."""
    whole, osm, index, tracks = data
    table = fitting.activity_table(whole, index)
    models = {}
    for channels in fitting.CHANNELS:
        line = fitting.fit_activity_line(table, fitting.activity_log_odds(table, channels))
        models[channels] = fitting.calibrated(fitting.fit_activity(table, channels), line)
    left_out = best_channels(*(fitting.activity_left_out(table, channels) for channels in fitting.CHANNELS))
    runs = map_tracks(osm, tracks, models) + fitting.whole_tracks(whole, table, left_out)
    smoothed = fitting.windows_left_out(runs)
    line = fitting.fit_window_line(runs, smoothed)
    windows = fitting.fit_windows(runs)
    return {
        "format": FORMAT,
        "training_data": digest,
        "activity": {name: table_of(model) for name, model in models.items()},
        "windows": {
            **table_of(windows.linear),
            "mixed_weight": round(windows.mixed_weight, 5),
            "mixed_limit": fitting.MIXED_LIMIT,
            "sure_weight": round(windows.sure_weight, 5),
            "sure_limit": fitting.SURE_LIMIT,
            "temper": fitting.TEMPER,
            "slope": round(line.slope, 5),
            "offset": round(line.offset, 5),
        },
    }


def map_tracks(osm, tracks, models) -> list[Track]:
    """Return the map-labelled recordings with the log-odds of the whole run."""
    info = tracks.set_index("file")
    out = []
    for e in osm:
        region, cluster = info.at[e.name, "region"], info.at[e.name, "cluster"]
        group = e.name if cluster == -1 else f"{region}/{cluster}"
        model = models["with_elevation" if np.isfinite(e.whole["grade_mean"]) else "without_elevation"]
        log_odds = float(model.log_odds(np.array([e.whole[name] for name in model.names])))
        out.append(fitting.map_track(e, group, region, log_odds))
    return out


def best_channels(with_elevation: Floats, without: Floats) -> Floats:
    """Return the log-odds of the model that each run's channels allow."""
    return np.where(np.isfinite(with_elevation), with_elevation, without)


if __name__ == "__main__":
    raise SystemExit(main())
