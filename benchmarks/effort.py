"""Which model of effort predicts a runner's time: the referee, on runs that were not yet seen.

    python benchmarks/effort.py FOLDER            # a folder with one folder for each athlete
    python benchmarks/effort.py FOLDER --train    # and write the terms of a population
    python benchmarks/effort.py FOLDER --docs     # and write docs/effort.md and docs/prediction.md

A run is predicted from the same runner's earlier ones only, and by terms of a population without
that runner. `grade` knows no ground, `seen before` that of the runner's earlier recordings of the
same way: both are forecasts. `+ trail` and `+ technical` know the ground that is read from the
run's own recording, in part from its speed, which a forecast doesn't.
Printed are the mean and median absolute error of the moving time in percent with the number of
runs, for each athlete who is better by what, the cover of the ranges, and what of the heart rate
each curve leaves unexplained by grade and by ground.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import effort_pages as pages  # noqa: E402
from cadence_distance import cadence_table  # noqa: E402
from vendors import print_vendors  # noqa: E402

import trailstats as ts  # noqa: E402
from trailstats.history._ways import SPACING  # noqa: E402
from trailstats.history.prediction._carry import RunFacts  # noqa: E402
from trailstats.history.prediction._fit import Noise, Prior, equations  # noqa: E402
from trailstats.history.prediction._model import Day, Pieces, fit_runner  # noqa: E402
from trailstats.history.prediction._own_ground import ground_of_points  # noqa: E402
from trailstats.history.prediction._population import carry_rules, set_name  # noqa: E402
from trailstats.history.prediction._runs import Runs, runs_of  # noqa: E402
from trailstats.history.prediction._terms import (  # noqa: E402
    COURSE_TERMS,
    HEART_RATE_TERMS,
)
from trailstats.history.prediction.course import (  # noqa: E402
    OWN_SPACING,
    Course,
    interpolated,
)
from trailstats.metrics import effort  # noqa: E402
from trailstats.metrics._even_ground import KNOTS, TERMS  # noqa: E402
from trailstats.metrics._even_ground_fit import (  # noqa: E402
    REST,
    as_the_heart_sees,
    combined_gain,
)

FEWEST = 18
"""Runs that an athlete must have to be scored."""

FIRST, FIRST_BY_HEART_RATE = 10, 15
"""Runs that are not scored, the first ones."""

LATEST, LATEST_OF_RIDGE = 40, 60
"""Earlier runs that the rules of thumb look at, and the ridge."""

SPREAD = {
    "down_35": 0.20,
    "down_22": 0.20,
    "down_12": 0.10,
    "down_6": 0.06,
    "up_6": 0.05,
    "up_12": 0.08,
    "up_22": 0.12,
    "up_35": 0.15,
    "trail": 0.15,
    "technical": 0.15,
    "technical_descent": 0.10,
    "hours": 0.02,
    "descent": 0.03,
    "warmth": 0.04,
    "heart_rate": 0.20,
    "heart_rate_on_slopes": 0.10,
}
"""Standard deviation of a term between runners: about that of the athletes' own fits, rounded."""

NOISE = Noise(0.18, 0.3, 0.12)
"""What stretches are weighted by when a population is fitted."""

HELD = {"descent": 0.0}
"""Terms whose mean is not fitted: who has descended is near the end of a loop, on its easier part,
which would make descents speed runners up.
"""

GROUNDS: dict[str, set[str]] = {
    "grade": {"trail", "technical", "technical_descent"},
    "seen before": set(),
    "+ trail": {"technical", "technical_descent"},
    "+ technical": set(),
}


@dataclass(frozen=True, eq=False)
class Runner:
    """One athlete's runs with the ways that they took."""

    name: str
    runs: Runs
    ways: list[Course]
    metrics: pd.DataFrame


@dataclass(frozen=True)
class Guess:
    """A predicted time beside the one taken."""

    runner: str
    row: int
    taken: float
    guessed: float
    spread: float = float("nan")


def read_runners(folder: Path, cache: str | None) -> list[Runner]:
    """Return the athletes with enough runs."""
    found = []
    for place in sorted(p for p in folder.iterdir() if p.is_dir()):
        history = ts.analyze_folder(place, cache=cache)
        if len(history.runs) < FEWEST:
            continue
        runs = runs_of(history)
        runs = runs.where(runs.column("distance") > 3000.0)
        files = dict(
            zip(
                history.activities["file"][history.activities["status"] == "ok"],
                range(len(history.analyses)),
                strict=True,
            )
        )
        chosen = [files[name] for name in runs.table["file"]]
        ways = [Course.of_analysis(history.analyses[i]) for i in chosen]
        found.append(Runner(place.name, runs, ways, history.metrics.iloc[chosen]))
        print(f"  {place.name}: {len(runs)} runs", flush=True)
    return found


def population_of(
    runners: Iterable[Runner], names: tuple[str, ...], spread: dict[str, float]
) -> Prior:
    """Return the mean of terms over runners, each with its own level and terms about the mean."""
    width = np.array([spread[name] for name in names])
    matrix, vector = np.diag(0.05 / width**2), np.zeros(len(names))
    for runner in runners:
        runs = runner.runs
        if "heart_rate" in names:
            runs = runs.with_heart_rate()
        if len(runs) < 5:
            continue
        columns = runs.conditions.columns(names)
        whole, right = equations(runs.fitted(columns), NOISE)
        # The level is the runner's own.
        own = whole[1:, 1:] - np.outer(whole[1:, 0], whole[0, 1:]) / whole[0, 0]
        seen = right[1:] - whole[1:, 0] * right[0] / whole[0, 0]
        about = np.eye(len(names)) + own @ np.diag(width**2)
        matrix += np.linalg.solve(about, own)
        vector += np.linalg.solve(about, seen)
    _hold(names, matrix, vector)
    return Prior(names, np.linalg.solve(matrix, vector), width)


def _hold(names: tuple[str, ...], matrix: np.ndarray, vector: np.ndarray) -> None:
    """Fix the terms whose mean is not fitted in the equations of a mean."""
    for name, value in HELD.items():
        at = names.index(name)
        matrix[at, at] += 1e9
        vector[at] += 1e9 * value


def terms(ground: str, *, heart_rate: bool) -> tuple[str, ...]:
    """Return the terms of a kind of course."""
    names = COURSE_TERMS + (HEART_RATE_TERMS if heart_rate else ())
    return tuple(name for name in names if name not in GROUNDS[ground])


def known_pieces(way: Course, ground: str) -> Pieces:
    """Return a way with as much of its ground as is to be known."""
    nothing = np.full(len(way.distance), np.nan)
    known = {
        "p_trail": way.p_trail if ground != "grade" else nothing,
        "p_technical": way.p_technical if ground == "+ technical" else nothing,
    }
    return replace(way, **known).pieces()


def seen_before(runner: Runner, row: int) -> Pieces:
    """Return the way of a run with the ground that recordings before it show."""
    way = runner.ways[row]
    nothing = np.full(len(way.distance), np.nan)
    bare = replace(way, p_trail=nothing, p_technical=nothing)
    earlier = [dense_points(one) for one in runner.ways[:row]]
    points = np.concatenate(earlier)
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return bare.pieces()
    at = np.arange(0.0, way.length, OWN_SPACING)
    north = np.interp(at, way.distance, way.latitude)
    east = np.interp(at, way.distance, way.longitude)
    found = ground_of_points(points, north, east)
    known = {name: interpolated(way.distance, at, v) for name, v in found.items()}
    return replace(bare, **known).pieces()


def dense_points(way: Course) -> np.ndarray:
    """Return latitude, longitude and ground along a way."""
    at = np.arange(0.0, way.length, SPACING)
    columns = (way.latitude, way.longitude, way.p_trail, way.p_technical)
    return np.column_stack([np.interp(at, way.distance, v) for v in columns])


def by_model(
    runners: list[Runner], ground: str, *, heart_rate: bool
) -> list[Guess]:
    """Return the times by our model."""
    first = FIRST_BY_HEART_RATE if heart_rate else FIRST
    found = []
    for runner in runners:
        others = [other for other in runners if other is not runner]
        priors: dict[tuple[str, ...], Prior] = {}
        every = np.arange(len(runner.runs))
        runs, rows = runner.runs, every
        if heart_rate:
            rows = every[np.isfinite(runs.column("mean_heart_rate"))]
            runs = runs.with_heart_rate()
        for i in range(first, len(runs)):
            pieces = (
                seen_before(runner, int(rows[i]))
                if ground == "seen before"
                else known_pieces(runner.ways[rows[i]], ground)
            ).guessed()
            names = pieces.terms(heart_rate=heart_rate)
            if names not in priors:
                priors[names] = population_of(others, names, SPREAD)
            model = fit_runner(
                runs.where(np.arange(len(runs)) < i),
                names,
                priors[names],
                carry_rules(names),
            )
            rate = (
                float(runs.column("mean_heart_rate")[i]) if heart_rate else np.nan
            )
            times = model.times(pieces, told_facts(pieces, runs, i), Day(rate))
            found.append(
                Guess(
                    runner.name,
                    int(rows[i]),
                    float(runs.column("moving_time")[i]),
                    float(times.expected.sum()),
                    times.spread,
                )
            )
    return found


def told_facts(pieces: Pieces, runs: Runs, i: int) -> RunFacts:
    """Return what a run is compared with earlier ones by, its ground as it is known beforehand."""
    facts = runs.facts.take(np.array([i]))
    return replace(facts, trail=np.array([pieces.trail_share()]))


def by_size(
    runners: list[Runner], size: Callable[[Runner], np.ndarray]
) -> list[Guess]:
    """Return the times by a rule of thumb: the median time for a unit of size of earlier runs."""
    found = []
    for runner in runners:
        sizes, taken = size(runner), runner.runs.column("moving_time")
        for i in range(FIRST, len(taken)):
            earlier = slice(max(0, i - LATEST), i)
            rate = np.nanmedian(taken[earlier] / sizes[earlier])
            if np.isfinite(sizes[i]):
                found.append(
                    Guess(runner.name, i, taken[i], float(rate * sizes[i]))
                )
    return found


def by_ridge(runners: list[Runner], *, heart_rate: bool) -> list[Guess]:
    """Return the times by a ridge on log pace over distance, ascent, trail and heart rate."""
    found = []
    first = FIRST_BY_HEART_RATE if heart_rate else FIRST
    for runner in runners:
        runs = runner.runs
        distance, taken = runs.column("distance"), runs.column("moving_time")
        climb = 1000.0 * np.nan_to_num(runs.column("ascent")) / distance
        table = [np.log(distance / 1e4), climb / 20.0, runs.facts.trail]
        rate = runs.column("mean_heart_rate")
        rows = np.arange(len(runs))
        if heart_rate:
            rows = rows[np.isfinite(rate)]
            table.append((rate - 150.0) / 10.0)
        columns, pace = np.stack(table, axis=-1), np.log(taken / distance)
        for place in range(first, len(rows)):
            i, earlier = (
                rows[place],
                rows[max(0, place - LATEST_OF_RIDGE) : place],
            )
            middle, level = columns[earlier].mean(axis=0), pace[earlier].mean()
            x = columns[earlier] - middle
            slope = np.linalg.solve(
                x.T @ x + np.eye(x.shape[1]), x.T @ (pace[earlier] - level)
            )
            log_pace = level + (columns[i] - middle) @ slope
            found.append(
                Guess(
                    runner.name,
                    int(i),
                    taken[i],
                    float(np.exp(log_pace) * distance[i]),
                )
            )
    return found


def level_distance(column: str) -> Callable[[Runner], np.ndarray]:
    """Return what a grade-adjusted speed makes of the way: the level distance of equal effort."""
    return lambda runner: (
        runner.metrics[column].to_numpy() * runner.runs.column("moving_time")
    )


def km_effort(runner: Runner) -> np.ndarray:
    """Return distance and ten times the ascent."""
    return runner.runs.column("distance") + 10.0 * np.nan_to_num(
        runner.runs.column("ascent")
    )


SIZES: dict[str, Callable[[Runner], np.ndarray]] = {
    "distance alone": lambda runner: runner.runs.column("distance"),
    "grade-adjusted, race curve and hikes": level_distance(
        "grade_adjusted_speed"
    ),
    "grade-adjusted, energy cost": level_distance("grade_adjusted_speed_cost"),
    "grade-adjusted, equal heart rate": level_distance(
        "grade_adjusted_speed_heart_rate"
    ),
    "km-effort": km_effort,
}


def scored(runners: list[Runner], guesses: list[Guess]) -> pd.DataFrame:
    """Return guesses with their errors and what sort of run each was."""
    table = pd.DataFrame(guesses)
    of_name = {runner.name: runner for runner in runners}
    rows = list(zip(table["runner"], table["row"], strict=True))
    facts = [of_name[name].runs.table.iloc[row] for name, row in rows]
    table["error"] = 100.0 * (table["guessed"] / table["taken"] - 1.0).abs()
    table["distance"] = [float(one["distance"]) for one in facts]
    table["climb"] = [1000.0 * one["ascent"] / one["distance"] for one in facts]
    table["surface"] = [str(one["surface"]) for one in facts]
    table["race"] = [one["intent"] == "race" for one in facts]
    return table


def print_errors(name: str, table: pd.DataFrame) -> None:
    """Print a line of errors by the sort of run."""
    sorts = {
        "all": np.full(len(table), True),
        "road": (table["surface"] == "road").to_numpy(),
        "trail": (table["surface"] == "trail").to_numpy(),
        "> 20 m/km": (table["climb"] > 20.0).to_numpy(),
        "> 15 km": ((table["distance"] > 15000.0) | table["race"]).to_numpy(),
    }
    cells = []
    for sort, rows in sorts.items():
        error = table["error"][rows]
        cells.append(
            f"{sort} {error.mean():5.1f} / {error.median():5.1f} ({len(error)})"
        )
    print(f"{name:34s} {'  '.join(cells)}", flush=True)


def print_cover(table: pd.DataFrame) -> None:
    """Print how many times lie in their ranges."""
    away = (np.log(table["taken"] / table["guessed"]) / table["spread"]).abs()
    for sort in ("all", "road", "trail"):
        rows = (table["surface"] == sort) | (sort == "all")
        inside = [100.0 * (away[rows] < q).mean() for q in (0.674490, 1.644854)]
        print(
            f"    ranges of {sort}: 50 % cover {inside[0]:.0f} %, 90 % cover {inside[1]:.0f} %"
        )


def print_each(ours: pd.DataFrame, theirs: pd.DataFrame) -> None:
    """Print each athlete's error by the model and by km-effort, on the same runs."""
    both = ours.merge(theirs, on=["runner", "row"], suffixes=("", "_km"))
    for name, rows in both.groupby("runner"):
        if len(rows) >= 20:
            print(
                f"    {name}: model {rows['error'].mean():.1f} %, km-effort "
                f"{rows['error_km'].mean():.1f} % on {len(rows)} runs"
            )


BANDS = [-0.6, -0.2, -0.1, -0.03, 0.03, 0.1, 0.2, 0.6]

FOLDS = 5
"""Parts of a runner's runs, each judged by a curve fitted to the others."""

FEWEST_SEEN = 50
"""Stretches of a runner that a band needs to be printed for that runner."""

CURVES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "race": effort.race_factor,
    "cost": effort.cost_factor,
    "heart rate": effort.heart_rate_factor,
}


def print_heart_rates(runners: list[Runner]) -> pd.DataFrame:
    """Print the heart rate that each curve leaves unexplained, by grade and by ground.

    Within runs, the log of a curve's level speed is turned into beats by the runner's own gain on
    level road, drift allowed for; what is left of the heart rate after that is averaged. A runner's
    own curve judges only runs that it wasn't fitted to.
    """
    rows = []
    for runner in runners:
        seen = runner.runs.heart_rates
        others = [other for other in runners if other is not runner]
        usual = even_ground_population(others)
        curves = {
            name: np.log(curve(seen.footing.grade))
            for name, curve in CURVES.items()
        }
        curves["headline"] = headline(seen)
        curves["population"] = np.log(usual.factor(seen.footing).value)
        curves["own, cross-fitted"] = cross_fitted(runner.runs, usual)
        for name, factor in curves.items():
            left = left_over(seen, factor, usual).assign(
                curve=name, runner=runner.name
            )
            rows.append(left)
    table = pd.concat(rows)
    hiked = table[table["walking"] > 0.5]
    shown = hiked.pivot_table(
        index="band", columns="curve", values="left", observed=True
    )
    print("walked stretches alone")
    print(shown.round(1).to_string())
    print("all stretches")
    for key in ("band", "ground"):
        shown = table.pivot_table(
            index=key, columns="curve", values="left", observed=True
        )
        shown["stretches"] = table.groupby(key, observed=True)["left"].size()
        shown["stretches"] //= len(table["curve"].unique())
        print(shown.round(1).to_string())
    own = table[table["curve"] == "own, cross-fitted"]
    print("own, cross-fitted, by runner")
    for key in ("band", "ground"):
        cells = own.groupby(["runner", key], observed=True)["left"]
        cells = cells.agg(["mean", "size"]).reset_index()
        cells = cells[cells["size"] >= FEWEST_SEEN]
        shown = cells.pivot_table(
            index="runner", columns=key, values="mean", observed=True
        )
        print(shown.round(1).to_string())
    return table


def headline(seen: effort.HeartRateStretches) -> np.ndarray:
    """Return the log factor of the grade-adjusted speed: the race curve, and the cost of walking
    where a stretch was hiked.
    """
    level = effort.grade_adjusted_speed(
        seen.speed, seen.footing.grade, walking=seen.footing.walking > 0.5
    )
    return np.log(level / seen.speed)


def cross_fitted(runs: Runs, usual: effort.EvenGroundCurve) -> np.ndarray:
    """Return the log factor of each stretch by the curve of the runs of other folds."""
    seen = runs.heart_rates
    found = np.full(len(runs.run), np.nan)
    for fold in range(FOLDS):
        inside = runs.run % FOLDS == fold
        curve = effort.fit_even_ground(seen.where(~inside), usual)
        own = seen.where(inside)
        found[inside] = np.log(curve.factor(own.footing).value)
    return found


def left_over(
    seen: effort.HeartRateStretches,
    factor: np.ndarray,
    usual: effort.EvenGroundCurve,
) -> pd.DataFrame:
    """Return the heart rate of stretches beyond what a curve's level speed asks for, against flat
    road [bpm].
    """
    gain, _ = combined_gain(effort.heart_rate_gain(seen), usual)
    log_speed = as_the_heart_sees(
        np.log(seen.speed) + factor, seen.run, seen.duration
    )
    day = seen.day_columns()
    footing = seen.footing
    frame = pd.DataFrame(
        {
            "run": seen.run,
            "left": seen.reserve - gain * log_speed,
            "reserve": seen.heart_rate - REST,
            "grade": footing.grade,
            "hours": day[:, 0],
            "early": day[:, 3],
            "ground": ground_words(footing),
            "walking": footing.walking,
        }
    )[seen.counted()].dropna()
    # A log counts by its height: heart rate errs by as many beats at any effort.
    weight = frame["reserve"] ** 2
    total = weight.groupby(frame["run"]).transform("sum")
    names = ["left", "hours", "early"]
    inside = frame[names].copy()
    for name in names:
        mean = (frame[name] * weight).groupby(frame["run"]).transform("sum")
        inside[name] -= mean / total
    flat = (frame["grade"].abs() < 0.03) & (frame["ground"] == "road")
    drift = np.linalg.lstsq(
        inside[flat][names[1:]], inside[flat]["left"], rcond=None
    )[0]
    log_left = inside["left"] - inside[names[1:]] @ drift
    frame["left"] = frame["reserve"] * -np.expm1(-log_left)
    frame["left"] -= frame.groupby("run")["left"].transform("mean")
    frame["left"] -= frame["left"][flat].mean()
    frame["band"] = pd.cut(frame["grade"], BANDS)
    return frame


def ground_words(footing: effort.Footing) -> np.ndarray:
    """Return technical, trail, road or between for each stretch."""
    words = ["technical", "trail", "road"]
    sorts = [
        footing.p_technical > 0.5,
        footing.p_trail > 0.8,
        footing.p_trail < 0.2,
    ]
    return np.select(sorts, words, "between")


DRAWN_TO = {
    **{
        f"{'up' if grade > 0 else 'down'}_{round(100 * abs(grade))}": -float(
            np.log(effort.race_factor(grade))
        )
        for grade in KNOTS
        if grade
    },
    "trail": -0.05,
    "technical": -0.10,
}
"""What the means of a few runners' terms are drawn to: the race curve, and the cost of running on
uneven ground [VoloshinaFerris2015]; 0 where nothing is named.
"""

DRAWN = 0.15
"""Standard deviation of the means about these."""

EFFORT_SPREAD = {
    "down_35": 0.25,
    "down_22": 0.20,
    "down_12": 0.12,
    "down_6": 0.08,
    "up_6": 0.06,
    "up_12": 0.12,
    "up_22": 0.15,
    "up_35": 0.20,
    "walking": 0.12,
    "trail": 0.08,
    "technical": 0.15,
    "technical_descent": 0.10,
    "hours": 0.04,
    "descent": 0.03,
    "warmth": 0.04,
    "early": 0.05,
}
"""Standard deviation of a term of even-ground speed between runners: about that of the athletes'
own fits, rounded.
"""

GAIN = (0.80, 0.15)
"""Mean and standard deviation of the gain between runners, about those of the athletes."""


def even_ground_population(runners: Iterable[Runner]) -> effort.EvenGroundCurve:
    """Return the mean of the terms of even-ground speed over runners, with what they differ by."""
    width = np.array([EFFORT_SPREAD[name] for name in TERMS])
    drawn = np.array([DRAWN_TO.get(name, 0.0) for name in TERMS])
    spread = np.diag(width**2)
    start = effort.EvenGroundCurve(drawn, np.eye(len(TERMS)), *GAIN)
    matrix = np.eye(len(TERMS)) / DRAWN**2
    vector = matrix @ drawn
    for runner in runners:
        own = effort.fit_even_ground(runner.runs.heart_rates, start)
        if own.personal:
            # The vague start comes off again: what is left is what the runs say.
            said = np.linalg.inv(own.covariance) - np.eye(len(TERMS))
            about = np.linalg.inv(np.eye(len(TERMS)) + said @ spread)
            matrix += about @ said
            vector += about @ (np.linalg.solve(own.covariance, own.mean) - drawn)
    _hold(TERMS, matrix, vector)
    return effort.EvenGroundCurve(np.linalg.solve(matrix, vector), spread, *GAIN)


def write_even_ground(runners: list[Runner], target: Path) -> None:
    """Write the terms of even-ground speed of a population with all runners."""
    found = even_ground_population(runners)
    lines = [
        "# Terms of even-ground speed of a population; written by `benchmarks/effort.py --train`.",
        *trained_on(runners),
        "",
        "[gain]",
        f"mean = {GAIN[0]}",
        f"spread = {GAIN[1]}",
        "",
        "[mean]",
        *(f"{n} = {v:.4f}" for n, v in zip(TERMS, found.mean, strict=True)),
        "",
        "# Standard deviation between runners.",
        "[spread]",
        *(f"{name} = {value}" for name, value in EFFORT_SPREAD.items()),
    ]
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"written: {target}")


def trained_on(runners: list[Runner]) -> list[str]:
    """Return the lines that say which recordings a population is of."""
    digest = hashlib.sha256(
        "\n".join(
            text
            for runner in runners
            for text in runner.runs.table["content_hash"]
        ).encode()
    ).hexdigest()
    return [
        f"runners = {len(runners)}",
        f"runs = {sum(len(runner.runs) for runner in runners)}",
        f'recordings = "{digest[:32]}"',
    ]


def write_population(runners: list[Runner], target: Path) -> None:
    """Write the terms of a population with all runners."""
    lines = [
        "# Terms of log speed of a population; written by `benchmarks/effort.py --train`.",
        *trained_on(runners),
        "",
        "# Standard deviation between runners.",
        "[spread]",
        *(f"{name} = {value}" for name, value in SPREAD.items()),
    ]
    sets = [
        terms(ground, heart_rate=rate)
        for ground in ("grade", "+ trail", "+ technical")
        for rate in (False, True)
    ]
    for names in sets:
        found = population_of(runners, names, SPREAD)
        lines += ["", f"[mean.{set_name(names)}]"]
        lines += [
            f"{name} = {value:.4f}"
            for name, value in zip(names, found.mean, strict=True)
        ]
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"written: {target}")


SHOWN = {
    "grade": "not known",
    "seen before": "from earlier recordings",
    "+ technical": "from the run itself (no forecast)",
}
"""What the pages call what is known of the ground, of the models that they show."""


def write_pages(
    runners: list[Runner],
    found: dict[str, pd.DataFrame],
    left: pd.DataFrame,
    cadence: pd.DataFrame,
) -> None:
    """Write the tables into the pages of the docs."""
    seen = f"`predict`, ground {SHOWN['seen before']}"
    page = "prediction.md"
    pages.write_block(page, "errors", pages.errors_table(found))
    pages.write_block(page, "cover", pages.cover_lines(found))
    each = pages.each_table(found[seen], found["km-effort"])
    pages.write_block(page, "each", each)
    page = "effort.md"
    hiked = left[left["walking"] > 0.5]
    pages.write_block(page, "grades", pages.left_table(left, "band"))
    smooth = left[left["ground"] != "technical"]
    pages.write_block(page, "smooth", pages.left_table(smooth, "band"))
    pages.write_block(page, "hiked", pages.left_table(hiked, "band"))
    pages.write_block(page, "grounds", pages.left_table(left, "ground"))
    pages.write_block(page, "worst", pages.worst_lines(left))
    pages.write_block(page, "cadence", pages.cadence_lines(cadence))
    runs = sum(len(runner.runs) for runner in runners)
    print(f"written: docs/effort.md, docs/prediction.md ({runs} runs)")


def main() -> int:
    """Print everything; return 2 where the folder holds no runner."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--docs", action="store_true")
    parser.add_argument("--cache", default=None)
    options = parser.parse_args()
    runners = read_runners(options.folder, options.cache)
    if len(runners) < 2:
        print("two athletes with enough runs are needed", file=sys.stderr)
        return 2
    print("mean / median absolute error of the moving time in % (runs)")
    found = {}
    for name, size in SIZES.items():
        table = scored(runners, by_size(runners, size))
        print_errors(name, table)
        found[name] = table
    thumb = table  # km-effort, the last one
    for rate in (False, True):
        words = " with heart rate" if rate else ""
        table = scored(runners, by_ridge(runners, heart_rate=rate))
        print_errors(f"ridge{words}", table)
        found[f"ridge{words}"] = table
        for ground in GROUNDS:
            begin = time.process_time()
            table = scored(runners, by_model(runners, ground, heart_rate=rate))
            print_errors(f"model, {ground}{words}", table)
            if ground in SHOWN:
                found[f"`predict`, ground {SHOWN[ground]}{words}"] = table
            print_cover(table)
            print_each(table, thumb)
            print(f"    {time.process_time() - begin:.0f} s of processor time")
    print("heart rate left over within runs, bpm against level road")
    left = print_heart_rates(runners)
    if options.docs:
        cadence = cadence_table(options.folder, options.cache)
        write_pages(runners, found, left, cadence)
    print("what vendors' watches made of grades")
    print_vendors(options.folder)
    if options.train:
        write_population(
            runners, ROOT / "trailstats/history/prediction/population.toml"
        )
        write_even_ground(runners, ROOT / "trailstats/metrics/even_ground.toml")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
