"""Put random grounds on a real archive, where nothing can be true of them, and count what the
claims say all the same.

    python tools/placebo_labels.py FOLDER... --draws 30

Each folder is one runner's archive. Four designs: a coin for each run, for each week, trails from
a random week on, and, of the runs that look like road, a coin that falls on trail the more often
the longer the run is. With ``--beats`` so many beats are put on the runs called trail, and how
often the intervals hold them is counted.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import trailstats as ts
from trailstats.arrays import Flags
from trailstats.claims import CLAIMS, findings
from trailstats.claims._evidence import Evidence
from trailstats.history import History

LONG = "long runs"
DESIGNS = ("runs", "weeks", "from a week on", LONG)


class Relabelled(Evidence):
    """A history whose runs are on the ground that a coin says; those that don't count are on
    none.
    """

    def __init__(
        self, history: History, trail: Flags, beats: float, counts: Flags
    ) -> None:
        super().__init__(history)
        self.__dict__["coin"] = trail
        self.__dict__["beats"] = beats
        self.__dict__["counts"] = counts

    @cached_property
    def runs(self) -> pd.DataFrame:
        """Runs as they are, on ground that was drawn."""
        runs = super().runs
        coin = self.__dict__["coin"]
        word = np.where(coin, "trail", "road")
        inside = runs["outdoors"] & self.__dict__["counts"]
        rate = runs["mean_heart_rate"] + self.__dict__["beats"] * coin
        return runs.assign(
            outdoors=inside,
            side=pd.Series(word).where(inside, ""),
            surface=word,
            share=pd.Series(coin.astype(np.float64)).where(inside),
            told=True,
            told_share=pd.Series(coin.astype(np.float64)).where(inside),
            mean_heart_rate=rate,
        )

    @cached_property
    def segments(self) -> pd.DataFrame:
        """Their segments, all on the one ground."""
        table = super().segments
        coin = self.__dict__["coin"][table["row"].to_numpy()]
        rate = table["heart_rate"] + self.__dict__["beats"] * coin
        return table.assign(
            surface=np.where(coin, "trail", "road"),
            p_trail=coin.astype(np.float64),
            surface_source="label",
            heart_rate=rate,
        )

    @cached_property
    def loads(self) -> pd.DataFrame:
        """Their loads, likewise."""
        table = super().loads
        coin = self.__dict__["coin"][table["row"].to_numpy()]
        return table.assign(surface=np.where(coin, "trail", "road"))


def coins(design: str, data: Evidence, rng: np.random.Generator) -> Flags:
    """Return a ground for each run."""
    day = data.runs["day"].to_numpy()
    week = (day // 7.0).astype(int)
    if design == "runs":
        return np.asarray(rng.uniform(size=len(day)) < 0.5)
    if design == LONG:
        size = np.log(data.runs["moving_time"].clip(lower=1.0).to_numpy())
        usual = (size - size.mean()) / max(size.std(), 1e-9)
        return np.asarray(
            rng.uniform(size=len(day)) < 1.0 / (1.0 + np.exp(-2.0 * usual))
        )
    if design == "weeks":
        return np.asarray((rng.uniform(size=week.max() + 1) < 0.5)[week])
    first = rng.uniform(0.3, 0.7) * (week.max() + 1)
    return np.asarray((week >= first) & (rng.uniform(size=len(day)) < 0.5))


def main() -> None:
    """Draw, count and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--draws", type=int, default=30)
    parser.add_argument("--beats", type=float, default=0.0)
    parser.add_argument("--cache", type=Path)
    options = parser.parse_args()
    decided: dict[str, list[bool]] = defaultdict(list)
    clear: dict[str, list[bool]] = defaultdict(list)
    covered: dict[str, list[bool]] = defaultdict(list)
    rng = np.random.default_rng(0)
    total = 0
    for folder in options.folders:
        history = ts.analyze_folder(folder, cache=options.cache)
        plain = Evidence(history)
        road = (plain.runs["share"] < 0.5).to_numpy()
        for design in DESIGNS:
            # Where trails are long, length stands for the ground that was run.
            counts = road if design == LONG else np.ones(len(road), dtype=bool)
            for _ in range(options.draws):
                total += 1
                coin = coins(design, plain, rng)
                data = Relabelled(history, coin, options.beats, counts)
                for found in findings(data, CLAIMS):
                    result = found.result
                    if np.isfinite(result.difference):
                        said = str(result.verdict) in (
                            "supported",
                            "contradicted",
                        )
                        decided[result.claim].append(said)
                    for part in (result, *result.parts):
                        if np.isfinite(part.low):
                            # A claim without parts stands under its name alone.
                            out = part.low > 0 or part.high < 0
                            clear[part.claim].append(out)
                            if part.unit == "bpm":
                                inside = part.low <= options.beats <= part.high
                                covered[part.claim].append(inside)
    print(f"{total} draws on {len(options.folders)} archives")
    for title, counts in (
        ("decided", decided),
        ("interval leaves out 0", clear),
        ("interval covers what was put in", covered),
    ):
        print(title)
        for name, seen in sorted(counts.items(), key=lambda e: -np.mean(e[1])):
            print(f"  {name}: {100 * np.mean(seen):.1f} % of {len(seen)}")


if __name__ == "__main__":
    main()
