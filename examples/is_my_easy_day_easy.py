"""Is my easy day easy, on road and on trail?"""

import sys
from pathlib import Path

import trailstats as ts

SAMPLES = Path(__file__).resolve().parent.parent / "data" / "samples"


def main() -> None:
    """Print the share of time above the easy ceiling for easy-intended runs, and the answer to the
    claim.
    """
    folder = sys.argv[1] if len(sys.argv) > 1 else SAMPLES / "archive"
    profile = sys.argv[2] if len(sys.argv) > 2 else SAMPLES / "athlete.toml"
    history = ts.analyze_folder(folder, athlete=ts.Athlete.from_toml(profile))
    easy = history.runs[history.runs["intent"] == "easy"]
    share = easy["time_above_easy"] / easy["time_easy_judged"]
    print(
        f"easy ceiling {history.limits.easy_ceiling:.0f} bpm ({history.limits.source})"
    )
    print(
        share.groupby(easy["surface"])
        .describe()[["count", "mean", "50%"]]
        .round(2)
    )
    answer = next(
        c for c in ts.evaluate_claims(history) if c.claim == "easy_days"
    )
    interval = f"{answer.difference:+.2f} [{answer.low:+.2f}, {answer.high:+.2f}]"
    print(f"{answer.statement} {answer.verdict.value}: {interval}")


if __name__ == "__main__":
    main()
