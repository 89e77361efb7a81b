"""How do I use trailstats where gpxpy is used already?"""

import sys
from pathlib import Path

import gpxpy

import trailstats as ts
from trailstats.io.gpx_objects import from_gpxpy, to_gpxpy

SAMPLES = Path(__file__).resolve().parent.parent / "data" / "samples"


def main() -> None:
    """Take a gpxpy object, label its ground, and give a gpxpy object with the labels back."""
    path = (
        Path(sys.argv[1])
        if len(sys.argv) > 1
        else SAMPLES / "odd" / "two-tracks.gpx"
    )
    gpx = gpxpy.parse(path.read_text(encoding="utf-8"))
    print(
        f"gpxpy: {gpx.length_2d():.0f} m, uphill {gpx.get_uphill_downhill().uphill:.0f} m without "
        "smoothing"
    )

    run = ts.analyze(from_gpxpy(gpx))
    print(
        f"trailstats, its first track: {run.totals.distance:.0f} m, uphill {run.totals.ascent:.0f} "
        "m"
    )

    labelled = to_gpxpy(from_gpxpy(gpx))
    for row in run.segments.itertuples():
        place = labelled.tracks[0].get_location_at(row.start_time)
        if place:
            words = f"{row.surface}, {row.slope}"
            labelled.waypoints.append(
                gpxpy.gpx.GPXWaypoint(
                    place[0].latitude, place[0].longitude, name=words
                )
            )
    print(
        f"{len(labelled.waypoints)} waypoints, the first: {labelled.waypoints[0].name}"
    )


if __name__ == "__main__":
    main()
