"""Where in all my runs was trail and where road, as a map?"""

import json
import sys
from pathlib import Path

import trailstats as ts

SAMPLES = Path(__file__).resolve().parent.parent / "data" / "samples"


def main() -> None:
    """Write one GeoJSON file with a line for each labelled stretch of a folder's runs."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES / "odd"
    output = Path(sys.argv[2]) if len(sys.argv) > 2 else Path("stretches.geojson")
    features = []
    for item in ts.iter_activities(folder):
        if isinstance(item, ts.Failure):
            print(f"left out: {item.source}: {item.message}")
            continue
        run = ts.analyze(item)
        if not run.profile["latitude"].notna().any():
            print(f"left out: {item.meta.source}: no positions")
            continue
        path = ts.convert(
            item, output.with_suffix(".part.geojson"), segments=run.segments
        )
        features += json.loads(path.read_text(encoding="utf-8"))["features"]
        path.unlink()
    output.write_text(
        json.dumps({"type": "FeatureCollection", "features": features}),
        encoding="utf-8",
    )
    print(
        f"{len(features)} stretches: {output}; open it in QGIS, or drop it on any page that shows "
        "GeoJSON"
    )


if __name__ == "__main__":
    main()
