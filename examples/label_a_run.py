"""Where was I on road and where on trail?"""

import sys
from pathlib import Path

import trailstats as ts

SAMPLES = Path(__file__).resolve().parent.parent / "data" / "samples"


def main() -> None:
    """Print the labelled stretches of one run and their shares."""
    files = sorted(
        (SAMPLES / "archive").iterdir(), key=lambda p: p.stat().st_size
    )
    run = ts.analyze(sys.argv[1] if len(sys.argv) > 1 else files[-1])
    columns = [
        "start_distance",
        "distance",
        "surface",
        "p_trail",
        "surface_source",
        "technical",
        "slope",
        "gait",
    ]
    print(run.segments[columns].round(2).to_string())
    totals = run.totals
    print(
        f"road {totals.road_share:.0%}, trail {totals.trail_share:.0%}, unknown "
        f"{totals.unknown_share:.0%}"
    )


if __name__ == "__main__":
    main()
