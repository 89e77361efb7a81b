"""What two vendors' watches wrote into recordings as grade-adjusted speed, against our curves.

    python benchmarks/vendors.py FOLDER           # any folder with recordings

Record field 140 of FIT files [mm/s] and the developer field "Effort Pace" [m/s], over the speed in
stretches of about 45 s: medians and quartiles by grade, how far our curves are from them, and the
heart rate that each leaves unexplained within runs, on the same stretches.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import trailstats as ts  # noqa: E402
from trailstats.io.containers import Failure  # noqa: E402
from trailstats.metrics import effort  # noqa: E402
from trailstats.metrics._even_ground_fit import (  # noqa: E402
    REST,
    as_the_heart_sees,
)

FIELDS = {
    "unknown_140": ("field 140", 0.001),
    "dev_Effort Pace": ("Effort Pace", 1.0),
}
"""Columns of ``Activity.extras``, what they are called, and their unit in m/s."""

BANDS = [
    -0.6,
    -0.22,
    -0.16,
    -0.08,
    -0.05,
    -0.02,
    0.02,
    0.05,
    0.08,
    0.14,
    0.26,
    0.6,
]

SLOPING = 0.03
"""Grade from which agreement is looked at."""

FASTEST = 8.0
"""Level speed above which a field is taken for an error [m/s]."""


def vendor_stretches(folder: Path) -> Iterator[pd.DataFrame]:
    """Yield the stretches of each recording that holds a vendor's level speed."""
    places = sorted(p for p in folder.iterdir() if p.is_dir()) or [folder]
    found = (one for place in places for one in ts.iter_activities(place))
    for activity in found:
        if isinstance(activity, Failure):
            continue
        for column, (vendor, unit) in FIELDS.items():
            if column in activity.extras:
                yield _stretches(activity, column, unit).assign(vendor=vendor)


def _stretches(activity: ts.Activity, column: str, unit: float) -> pd.DataFrame:
    table = ts.analyze(activity).stretches
    level = unit * activity.extras[column].to_numpy(dtype=np.float64)
    speed = activity.records["speed"].to_numpy(dtype=np.float64)
    times = activity.extras.index
    clock = (times - activity.records.index[0]).total_seconds().to_numpy()
    begin = table["start_offset"].to_numpy()
    end = begin + table["duration"].to_numpy()
    place = np.searchsorted(begin, clock, side="right") - 1
    known = (place >= 0) & (level > 0) & (level < FASTEST) & (speed > 0.3)
    known[known] &= clock[known] < end[place[known]]
    count = np.bincount(place[known], minlength=len(table))
    sums = (
        np.bincount(place[known], v[known], len(table)) for v in (level, speed)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.divide(*sums)
    factor = np.where(count >= 10, factor, np.nan)
    return table.assign(
        factor=factor,
        run=f"{activity.meta.source} {activity.meta.start_time}",
    )


def print_vendors(folder: Path) -> None:
    """Print factors by grade, agreement and heart rates; nothing where no file has a field."""
    tables = [t for t in vendor_stretches(folder) if len(t)]
    if not tables:
        print("no recording holds a vendor's level speed")
        return
    table = pd.concat(tables, ignore_index=True)
    table = table[table["factor"].notna() & table["grade"].notna()]
    table = table.reset_index(drop=True)
    table["band"] = pd.cut(table["grade"], BANDS)
    grade = table["grade"].to_numpy()
    usual = effort.population_even_ground()
    footing = effort.Footing(
        grade,
        *(table[n].to_numpy() for n in ("p_trail", "p_technical", "walking")),
    )
    ours = {
        "race": effort.race_factor(grade),
        "cost": effort.cost_factor(grade),
        "heart rate": effort.heart_rate_factor(grade),
        "population": usual.factor(footing).value,
    }
    for vendor, own in table.groupby("vendor"):
        cells = own.groupby("band", observed=True)["factor"]
        shown = cells.quantile([0.25, 0.5, 0.75]).unstack()  # noqa: PD010
        shown["stretches"] = cells.size()
        files = own["run"].nunique()
        print(f"{vendor}: level over actual speed by grade, {files} recordings")
        print(shown.round(2).to_string())
        rows = own.index[own["grade"].abs() >= SLOPING]
        away = {
            name: np.abs(values[rows] / own.loc[rows, "factor"] - 1.0).mean()
            for name, values in ours.items()
        }
        print(
            "  mean difference on slopes: "
            + ", ".join(f"{n} {100 * v:.1f} %" for n, v in away.items())
        )
        curves = ours | {vendor: table["factor"].to_numpy()}
        left = {
            name: unexplained(own, np.log(values[own.index]))
            for name, values in curves.items()
        }
        print(
            "  heart rate left over on slopes, mean square within runs: "
            + ", ".join(f"{n} {v:.1f} bpm" for n, v in left.items())
        )


def unexplained(table: pd.DataFrame, log_factor: np.ndarray) -> float:
    """Return the root mean square of what is left of the heart rate on slopes within runs, by the
    gain of a population [bpm].
    """
    run = pd.factorize(table["run"])[0]
    seen = as_the_heart_sees(
        np.log(table["speed"].to_numpy()) + log_factor,
        run,
        table["duration"].to_numpy(),
    )
    reserve = table["heart_rate"].to_numpy() - REST
    gain = effort.population_even_ground().gain
    frame = pd.DataFrame({"run": run, "left": np.log(reserve) - gain * seen})
    kept = (reserve > 15.0) & (table["moving_before"].to_numpy() > 600.0)
    frame = frame[kept]
    frame["left"] -= frame.groupby("run")["left"].transform("mean")
    slope = (table["grade"].abs() >= SLOPING).to_numpy()[kept]
    beats = reserve[kept] * -np.expm1(-frame["left"].to_numpy())
    return float(np.sqrt(np.mean(beats[slope] ** 2)))


def main() -> int:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    print_vendors(parser.parse_args().folder)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
