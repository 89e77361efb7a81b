"""How far a run's distance can be told by its cadence: what a correction of it would rest on.

    python benchmarks/cadence_distance.py FOLDER   # a folder with one folder for each athlete

On level road, where receivers lose nothing, the log of a run's mean speed is predicted from its
mean cadence, by a line through the athlete's other runs (of all, or of the nearest in time), with
and without the heart rate; and in its second half from its first. Printed is the standard deviation
of what is left, in percent of the speed. To replace a range of 0 to 5 %, which is 1.4 % as a
standard deviation, it would have to be smaller.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import trailstats as ts  # noqa: E402

FEWEST_STRETCHES, FEWEST_RUNS = 15, 12
"""Level stretches of a run, and such runs of an athlete, that are asked for."""

NEAREST = 16
"""Runs, the nearest in time, that a line is fitted to where it may change."""


def level_stretches(folder: Path, cache: str | None) -> pd.DataFrame:
    """Return an athlete's stretches of running on level road with a cadence, run after run."""
    history = ts.analyze_folder(folder, cache=cache)
    tables = [
        analysis.stretches.assign(run=number)
        for number, analysis in enumerate(history.analyses)
        if len(analysis.stretches)
    ]
    table = pd.concat(tables)
    level = (table["grade"].abs() < 0.03) & (table["p_trail"] < 0.3)
    ran = (table["walking"] < 0.2) & (table["speed"] > 1.8)
    stepped = table["cadence"].between(140, 220)
    table = table[level & ran & stepped & (table["moving_before"] > 300)]
    count = table.groupby("run")["speed"].transform("size")
    table = table[count >= FEWEST_STRETCHES].copy()
    for name in ("speed", "cadence", "heart_rate"):
        table[name] = np.log(table[name])
    return table


def left_over(columns: np.ndarray, aim: np.ndarray, nearest: int) -> float:
    """Return the standard deviation of what a line through other runs leaves of each [%]."""
    number, found = np.arange(len(aim)), []
    for i in number:
        others = np.argsort(np.abs(number - i), kind="stable")[1 : nearest + 1]
        table = np.column_stack([np.ones(len(others)), columns[others]])
        line = np.linalg.lstsq(table, aim[others], rcond=None)[0]
        found.append(aim[i] - np.append(1.0, columns[i]) @ line)
    return 100.0 * float(np.std(found))


def within_runs(table: pd.DataFrame) -> float:
    """Return that of the second half of a run less its first, by the slope within runs [%]."""
    names = ["speed", "cadence"]
    inside = table[names] - table.groupby("run")[names].transform("mean")
    slope = (inside["speed"] @ inside["cadence"]) / (inside["cadence"] ** 2).sum()
    count = table.groupby("run")["speed"].transform("size")
    later = 2 * table.groupby("run").cumcount() >= count
    left = table["speed"] - slope * table["cadence"]
    halves = [
        left[part].groupby(table["run"][part]).mean() for part in (later, ~later)
    ]
    return 100.0 * float((halves[0] - halves[1]).std())


def cadence_table(folder: Path, cache: str | None) -> pd.DataFrame:
    """Return what is left of the speed, a row for each athlete with enough runs."""
    rows = []
    for place in sorted(p for p in folder.iterdir() if p.is_dir()):
        table = level_stretches(place, cache)
        runs = table.groupby("run")[["speed", "cadence", "heart_rate"]].mean()
        if len(runs) < FEWEST_RUNS:
            continue
        aim, cadence = (runs[n].to_numpy() for n in ("speed", "cadence"))
        heart = runs["heart_rate"].notna().to_numpy()
        both = runs.loc[heart, ["cadence", "heart_rate"]].to_numpy()
        rows.append(
            {
                "runs": len(runs),
                "mean speed": left_over(aim[:, None][:, :0], aim, len(aim)),
                "cadence": left_over(cadence[:, None], aim, len(aim)),
                "cadence, 16 runs": left_over(cadence[:, None], aim, NEAREST),
                "cadence and heart rate": left_over(both, aim[heart], len(aim)),
                "second half by the first": within_runs(table),
            }
        )
    names = [f"athlete {i + 1}" for i in range(len(rows))]
    return pd.DataFrame(rows, index=pd.Index(names, name="athlete"))


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cache", default=None)
    options = parser.parse_args()
    print(cadence_table(options.folder, options.cache).round(1).to_string())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
