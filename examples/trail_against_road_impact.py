"""Do my trail runs load the legs less than my road runs?"""

import sys
from pathlib import Path

import trailstats as ts

SAMPLES = Path(__file__).resolve().parent.parent / "data" / "samples"


def main() -> None:
    """Print the load per kilometre on both sides, and each component's difference with its
    interval.
    """
    folder = (
        sys.argv[1]
        if len(sys.argv) > 1
        else sorted((SAMPLES / "archive").glob("2024-0[678]-*"))
    )
    history = ts.analyze_folder(folder)
    runs = history.runs.assign(
        per_km=lambda r: r["impact_load"] / (r["distance"] / 1000)
    )
    print("impact load per kilometre, in level road kilometres")
    print(
        runs.groupby("surface")["per_km"]
        .describe()[["count", "mean", "std"]]
        .round(3)
        .to_string()
    )
    answer = next(c for c in ts.evaluate_claims(history) if c.claim == "impact")
    print(f"{answer.statement} {answer.verdict.value}")
    for part in answer.parts:
        difference = f"{part.difference:+.3f} [{part.low:+.3f}, {part.high:+.3f}] {part.unit}"
        print(f"  {part.metric}: {difference}, {part.verdict.value}")


if __name__ == "__main__":
    main()
