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
from dataclasses import asdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from trailstats.terrain._model import FORMAT, LinearModel  # noqa: E402
from trailstats.terrain.rules import TerrainRules  # noqa: E402
from training import borders, card, fitting, recordings, scores  # noqa: E402
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
        found = borders.border_scores(ROOT / "data" / "samples")
        page, figure = card.model_card(document, trained, data.index, found)
        print(found)
        CARD.write_text(page, encoding="utf-8")
        FIGURE.write_text(figure, encoding="utf-8")
    return 0


def train(data: Data) -> Trained:
    """Return the fitted models, and what they believe of runs that they have not seen."""
    tracks = labelled_tracks(data) + mapped_tracks(data)
    return fitting.train(tracks, [t.example.tag for t in tracks])


def labelled_tracks(data: Data) -> list[fitting.Track]:
    """Return the runs that are labelled as a whole."""
    info = data.index.set_index("file")
    out = []
    for e in data.whole:
        label = str(info.at[e.name, "label"])
        athlete = str(info.at[e.name, "athlete"])
        track = fitting.Track(
            example=e,
            group=athlete,
            athlete=athlete,
            region="",
            label=label,
            sure=info.at[e.name, "label_confidence"] != "low",
            share=fitting.RUN_SHARE[label],
            mapped=False,
        )
        out.append(track)
    return out


def mapped_tracks(data: Data) -> list[fitting.Track]:
    """Return the recordings that a map knows, for 500 m at least."""
    info = data.tracks.set_index("file")
    out = []
    for e in data.mapped:
        trail, total = float(e.trail.sum()), float((e.trail + e.road).sum())
        if total < fitting.STRETCH:
            continue
        region, cluster = (
            str(info.at[e.name, "region"]),
            info.at[e.name, "cluster"],
        )
        track = fitting.Track(
            example=e,
            group=e.name if cluster == -1 else f"{region}/{cluster}",
            athlete=str(info.at[e.name, "repo"]),
            region=region,
            label="",
            sure=True,
            share=trail / total,
            mapped=True,
        )
        out.append(track)
    return out


def describe(trained: Trained, data: Data) -> dict[str, object]:
    """Return the document of the trained model: numbers to compute with, and how good they are."""
    return {
        "format": FORMAT,
        "about": "Road or trail from positions and times; made by tools/train_surface.py.",
        "training_runs": len({e.name for e in data.whole}),
        "training_tracks": len({e.name for e in data.mapped}),
        "run": table_of(trained.run),
        "windows": {**table_of(trained.windows), "temper": fitting.TEMPER},
        "effects": {
            channels: rounded(asdict(effect))
            for channels, effect in trained.effects.items()
        },
        "tags": {
            name: rounded(row._asdict()) for name, row in trained.tags.items()
        },
        "scores": scores.summary(trained, data.index, TerrainRules()),
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
