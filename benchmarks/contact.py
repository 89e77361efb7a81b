"""How well contact times are told: recorded ones against the law, with and without an own level.

    python benchmarks/contact.py FOLDER...        # one folder for each athlete

A run's own level is the median of the athlete's other runs. Printed are the mean absolute errors in
percent over the samples of running on level ground, run by run, and each athlete's exponent.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import trailstats as ts  # noqa: E402
from trailstats.analysis._samples import Samples  # noqa: E402
from trailstats.io.containers import Failure  # noqa: E402
from trailstats.metrics import impact  # noqa: E402

FEWEST = 60
"""Samples that a run must have."""


class Run(NamedTuple):
    """Speed and contact of level running, and the time of each sample."""

    speed: np.ndarray
    contact: np.ndarray
    time: np.ndarray


def runs_of(folder: Path) -> list[Run]:
    """Return the runs with a recorded contact time."""
    found = []
    for activity in ts.iter_activities(folder):
        if isinstance(activity, Failure):
            continue
        if not activity.records["stance_time"].notna().any():
            continue
        s = Samples.of(ts.clean(activity))
        contact = s.records["stance_time"]
        level = ~s.walking & (np.abs(np.nan_to_num(s.grade)) < 0.02)
        level &= (s.speed >= 2.0) & (s.speed <= 6.0) & (s.time > 0)
        level &= (contact > 0.1) & (contact < 0.5)
        if level.sum() >= FEWEST:
            found.append(Run(s.speed[level], contact[level], s.time[level]))
    return found


def error(run: Run, level: float) -> float:
    """Return the mean absolute error of the law at a level [%]."""
    told = impact.contact_time(run.speed, level=level)
    return 100.0 * float(
        np.average(np.abs(told / run.contact - 1.0), weights=run.time)
    )


def main() -> int:
    """Print a line for each athlete and the mean over runs."""
    usual = float(impact.contact_time(2.65))
    errors = []
    for folder in map(Path, sys.argv[1:]):
        runs = runs_of(folder)
        levels = np.array([impact.contact_level(*run) for run in runs])
        own = []
        for i, run in enumerate(runs):
            others = np.delete(levels, i)
            if len(others):
                level = float(np.median(others))
                own.append((error(run, usual), error(run, level)))
        if not runs:
            continue
        errors += own
        speed = np.log(np.concatenate([run.speed for run in runs]))
        contact = np.log(np.concatenate([run.contact for run in runs]))
        slope = np.polyfit(speed, contact, 1)[0]
        print(f"{folder.name}: {len(runs)} runs, exponent {-slope:.2f}")
        if own:
            law, mine = np.mean(own, axis=0)
            print(f"    law {law:.1f} %, own level {mine:.1f} %")
    if errors:
        law, mine = np.mean(errors, axis=0)
        print(f"{len(errors)} runs: law {law:.1f} %, own level {mine:.1f} %")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
