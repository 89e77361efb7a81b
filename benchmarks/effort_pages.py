"""The tables of `effort.py` as Markdown, written into the pages of the docs between their marks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

DOCS = Path(__file__).resolve().parent.parent / "docs"

NAMES = {
    "race": "race curve",
    "headline": "grade-adjusted",
    "cost": "energy cost",
    "heart rate": "equal heart rate",
    "population": "population",
    "own, cross-fitted": "**own**",
}
"""What the curves are called on the page, in their order."""

BANDS = {
    -0.6: "below -20 %",
    -0.2: "-20 to -10 %",
    -0.1: "-10 to -3 %",
    -0.03: "flat",
    0.03: "3 to 10 %",
    0.1: "10 to 20 %",
    0.2: "above 20 %",
}

SORTS = ("all", "road", "trail", "races and > 15 km")

FEWEST = 50
"""Stretches that a runner has in a band to be named for it."""


def write_block(page: str, name: str, text: str) -> None:
    """Replace what stands between two marks of a page."""
    path = DOCS / page
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    old = path.read_text("utf-8")
    new, count = re.subn(
        f"{re.escape(begin)}.*?{re.escape(end)}",
        lambda _: f"{begin}\n{text.strip()}\n{end}",
        old,
        flags=re.S,
    )
    if count != 1:
        raise ValueError(f"{page}: {count} blocks {name!r}")
    path.write_text(new, "utf-8")


def markdown(table: pd.DataFrame, corner: str) -> str:
    """Return a table of texts."""
    head = f"| {corner} | {' | '.join(map(str, table.columns))} |"
    rule = "|---" * (len(table.columns) + 1) + "|"
    rows = [
        f"| {name} | {' | '.join(map(str, row))} |"
        for name, row in zip(table.index, table.to_numpy(), strict=True)
    ]
    return "\n".join([head, rule, *rows])


def errors_table(found: Mapping[str, pd.DataFrame]) -> str:
    """Return the mean absolute errors by the sort of run [%], with the number of runs."""
    rows, last = {}, ()
    for name, table in found.items():
        parts = [table["error"][rows_of(table, sort)] for sort in SORTS]
        counts = tuple(len(part) for part in parts)
        rows[name] = [
            f"{part.mean():.1f}" + (f" ({len(part)})" if counts != last else "")
            for part in parts
        ]
        last = counts
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(SORTS))
    return markdown(table, "model")


def rows_of(table: pd.DataFrame, sort: str) -> np.ndarray:
    """Return which runs are of a sort."""
    if sort == "all":
        return np.full(len(table), True)
    if sort in ("road", "trail"):
        return (table["surface"] == sort).to_numpy()
    return ((table["distance"] > 15000.0) | table["race"]).to_numpy()


def cover_lines(found: Mapping[str, pd.DataFrame]) -> str:
    """Return how many runs lie in their ranges."""
    rows = {}
    for name, table in found.items():
        if table["spread"].isna().all():
            continue
        away = (np.log(table["taken"] / table["guessed"]) / table["spread"]).abs()
        rows[name] = [
            f"{100.0 * (away[rows_of(table, sort)] < 1.644854).mean():.0f}"
            for sort in SORTS
        ]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(SORTS))
    return markdown(table, "of 90 % ranges, per cent that hold the time")


def each_table(ours: pd.DataFrame, theirs: pd.DataFrame) -> str:
    """Return the errors of athletes with twenty runs or more, by the model and by km-effort."""
    both = ours.merge(theirs, on=["runner", "row"], suffixes=("", "_km"))
    rows = {}
    sizes = both.groupby("runner").size().sort_values(ascending=False)
    for number, name in enumerate(sizes.index[sizes >= 20]):
        own = both[both["runner"] == name]
        better = own["error"].mean() < own["error_km"].mean()
        rows[f"athlete {number + 1}"] = [
            f"{own['error'].mean():.1f}",
            f"{own['error_km'].mean():.1f}",
            len(own),
            "`predict`" if better else "km-effort",
        ]
    heads = ["`predict`", "km-effort", "runs", "better"]
    return markdown(
        pd.DataFrame.from_dict(rows, orient="index", columns=heads), "error [%]"
    )


def left_table(table: pd.DataFrame, key: str) -> str:
    """Return the heart rate that curves leave unexplained, by grade or by ground [bpm]."""
    shown = table.pivot_table(
        index=key, columns="curve", values="left", observed=True
    )[list(NAMES)]
    counts = table[table["curve"] == "race"].groupby(key, observed=True).size()
    words = shown.round(1).map(lambda v: f"{v + 0.0:.1f}")
    words = words.rename(columns=NAMES)
    words[NAMES["own, cross-fitted"]] = [
        f"**{v}**" for v in words[NAMES["own, cross-fitted"]]
    ]
    words["stretches"] = [f"{n:,}" for n in counts[shown.index]]
    if key == "band":
        words.index = pd.Index([BANDS[float(band.left)] for band in shown.index])
    return markdown(words, "grade" if key == "band" else "ground")


def error_of(rows: pd.DataFrame) -> float:
    """Return the standard error of a mean of stretches, those of a run taken together."""
    off = rows["left"] - rows["left"].mean()
    pull = off.groupby(rows["run"]).sum()
    count = len(pull)
    return float(np.sqrt((pull**2).sum() * count / max(count - 1, 1)) / len(rows))


def cadence_lines(table: pd.DataFrame) -> str:
    """Return what is left of the speed by cadence, a row for each runner [%]."""
    words = table.map(lambda v: f"{v:.1f}")
    words["runs"] = table["runs"].astype(int)
    return markdown(words, "of the speed are left, by")


def worst_lines(table: pd.DataFrame) -> str:
    """Return where each runner's own curve is worst, in a band or on a ground."""
    own = table[table["curve"] == "own, cross-fitted"]
    rows = {}
    sizes = own.groupby("runner").size().sort_values(ascending=False)
    for number, name in enumerate(sizes.index):
        mine = own[own["runner"] == name]
        cells = []
        for key in ("band", "ground"):
            left = mine.groupby(key, observed=True)["left"].agg(["mean", "size"])
            left = left[left["size"] >= FEWEST]
            at = left["mean"].abs().idxmax()
            word = BANDS[float(at.left)] if key == "band" else str(at)
            cells.append(
                f"{left['mean'][at]:.1f} ± {error_of(mine[mine[key] == at]):.1f} ({word})"
            )
        rows[f"athlete {number + 1}"] = [*cells, f"{len(mine):,}"]
    heads = ["worst grade [bpm]", "worst ground [bpm]", "stretches"]
    return markdown(
        pd.DataFrame.from_dict(rows, orient="index", columns=heads),
        "own curve of",
    )
