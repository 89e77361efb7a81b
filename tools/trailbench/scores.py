"""How well answers agree with what is true of the generated recordings."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

Answers = Mapping[str, Mapping[str, Any]]

HILLY = 100.0
"""Runs with at least so much of ascent are scored for it [m]."""


def truth_of(samples: Path) -> dict[str, dict[str, Any]]:
    """Return what is true of each recording, by its path."""
    told = json.loads((samples / "truth.json").read_text("utf-8"))
    return {str(samples / run["file"]): run for run in told["activities"]}


def relative_error(
    truth: Answers, answers: Answers, key: str, least: float = 0.0
) -> tuple[float, int]:
    """Return the median of the absolute relative errors, and of how many runs; NaN for none."""
    errors = [
        abs(answers[file][key] - run[key]) / run[key]
        for file, run in truth.items()
        if run[key] > least and key in answers.get(file, {})
    ]
    return (median(errors), len(errors)) if errors else (math.nan, 0)


def time_error(truth: Answers, answers: Answers) -> tuple[float, int]:
    """Return the mean absolute error of the moving time [s], and of how many runs."""
    errors = [
        abs(answers[file]["moving_time"] - run["moving_time"])
        for file, run in truth.items()
        if "moving_time" in answers.get(file, {})
    ]
    return (sum(errors) / len(errors), len(errors)) if errors else (math.nan, 0)


def ground_score(
    truth: Answers, answers: Answers, key: str = "trail_expected"
) -> tuple[float, int]:
    """Return the area under the curve of a share of trail for runs that are mostly trail against
    those that aren't, and of how many runs.
    """
    pairs = [
        (answers[file][key], run["trail_share"] > 0.5)
        for file, run in truth.items()
        if math.isfinite(answers.get(file, {}).get(key, math.nan))
    ]
    trail = [value for value, is_trail in pairs if is_trail]
    road = [value for value, is_trail in pairs if not is_trail]
    if not trail or not road:
        return math.nan, len(pairs)
    won = sum((t > r) + 0.5 * (t == r) for t in trail for r in road)
    return won / (len(trail) * len(road)), len(pairs)


def prediction_error(
    truth: Answers, answers: Answers, first: int = 20
) -> tuple[float, int]:
    """Return the mean absolute relative error of moving times, each predicted from the runs before
    by the median pace over an effort distance of the answers' own distance and ascent (km-effort:
    100 m of ascent count as a kilometre).
    """
    known = sorted(
        (
            run["start_time"],
            answers[file]["distance"],
            answers[file]["ascent"],
            run,
        )
        for file, run in truth.items()
        if {"distance", "ascent"} <= set(answers.get(file, {}))
        and math.isfinite(answers[file]["ascent"])
    )
    paces: list[float] = []
    errors: list[float] = []
    for number, (_, way, up, run) in enumerate(known):
        effort = way + 10.0 * up
        if number >= first:
            guess = median(paces) * effort
            errors.append(abs(guess - run["moving_time"]) / run["moving_time"])
        paces.append(run["moving_time"] / effort)
    return (sum(errors) / len(errors), len(errors)) if errors else (math.nan, 0)


def stretch_score(truth: Answers, answers: Answers) -> tuple[float, float, int]:
    """Return which share of the way that is called road or trail is so, which share of all the way
    is called either, and of how many runs.

    Stretches lie along a run by its own distance; those that are said are stretched to the true
    length, so that nobody's odometer counts twice.
    """
    right = told = whole = 0.0
    runs = 0
    for file, run in truth.items():
        said = answers.get(file, {}).get("segments")
        if not said:
            continue
        runs += 1
        true = [(row[2], row[3], row[4]) for row in run["segments"]]
        length = true[-1][1]
        scale = length / max(end for _, end, _ in said)
        whole += length
        for start, end, surface in said:
            if surface not in ("road", "trail"):
                continue
            for first, last, ground in true:
                shared = min(end * scale, last) - max(start * scale, first)
                if shared > 0.0:
                    told += shared
                    right += shared * (surface == ground)
    return (right / told, told / whole, runs) if told else (math.nan, 0.0, runs)


def salvage(answers: Answers, expected: Mapping[str, int]) -> tuple[float, int]:
    """Return the mean share of the records that damaged files still hold, and of how many files; a
    file that can't be read gives none of them.
    """
    shares = [
        min(answers[file].get("records", 0) / count, 1.0)
        for file, count in expected.items()
        if file in answers
    ]
    return (sum(shares) / len(shares), len(shares)) if shares else (math.nan, 0)


def damaged(
    samples: Path,
    folder: Path,
    truth: Mapping[str, Mapping[str, Any]],
    every: int,
) -> dict[str, int]:
    """Write damaged copies of recordings, cut off and with 64 bytes overwritten, and return how
    many records each still holds for certain.
    """
    expected: dict[str, int] = {}
    files = sorted(f for f in truth if f.endswith((".fit", ".gpx", ".tcx")))
    for number, file in enumerate(files[::every]):
        data, records = Path(file).read_bytes(), truth[file]["records"]
        share = 0.4 + 0.05 * (number % 10)
        cut = folder / f"cut-{Path(file).name}"
        cut.write_bytes(data[: int(share * len(data))])
        # Less than what comes before the cut, since laps and messages around stand there, too.
        expected[str(cut)] = int(0.95 * share * records)
        torn = folder / f"torn-{Path(file).name}"
        at = int(share * len(data))
        torn.write_bytes(data[:at] + b"\xa5" * 64 + data[at + 64 :])
        expected[str(torn)] = int(0.95 * records)
    return expected


def table_answers(path: Path, samples: Path) -> dict[str, dict[str, float]]:
    """Return what a table of runs says, as `trailstats batch` writes it: a row for each file."""
    out: dict[str, dict[str, float]] = {}
    for row in _rows(path):
        place = str(samples / "archive" / Path(row["file"]).name)
        out[place] = {
            key: float(value)
            for key, value in row.items()
            if key in _NUMBERS and value not in ("", None)
        }
        if "n_records" in out[place]:
            out[place]["records"] = out[place].pop("n_records")
    return out


def segment_answers(path: Path, samples: Path) -> dict[str, dict[str, Any]]:
    """Return what a table of stretches says, as `trailstats batch --segments` writes it."""
    out: dict[str, dict[str, Any]] = {}
    for row in _rows(path):
        place = str(samples / "archive" / Path(row["file"]).name)
        stretch = (
            float(row["start_distance"]),
            float(row["end_distance"]),
            row["surface"],
        )
        if all(map(math.isfinite, stretch[:2])):
            out.setdefault(place, {"segments": []})["segments"].append(stretch)
    return out


def _rows(path: Path) -> Sequence[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


_NUMBERS = {"distance", "ascent", "moving_time", "n_records", "trail_expected"}
