"""Which climbs and descents were on my run, and how fast was I on them?"""

import sys
from pathlib import Path

import trailstats as ts

SAMPLES = Path(__file__).resolve().parent.parent / "data" / "samples"


def main() -> None:
    """Print the climbs of one run."""
    files = sorted(
        (SAMPLES / "archive").iterdir(), key=lambda p: p.stat().st_size
    )
    run = ts.clean(ts.read(sys.argv[1] if len(sys.argv) > 1 else files[-1]))
    climbs = ts.find_climbs(run)
    columns = [
        "direction",
        "start_distance",
        "distance",
        "ascent",
        "descent",
        "mean_grade",
        "vertical_speed",
    ]
    print(climbs[columns].round(3).to_string())


if __name__ == "__main__":
    main()
