"""What `analyze --explain` prints for a person: why each stretch is road or trail."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trailstats.cli import _tables as tables
from trailstats.report import text as say
from trailstats.schema import SurfaceSource
from trailstats.terrain.explain import Explanation, Reason, WayShare

__all__ = ["print_explanation"]

MOST_CUES = 4
"""Cues named for a stretch, the strongest first."""


def print_explanation(found: Explanation, imperial: bool) -> None:
    """Print a line on the whole run, and a row for each stretch."""
    if np.isnan(found.trail_probability):
        tables.note("Whether the whole was a trail run can't be told.")
    else:
        by = _sources[found.trail_source]
        tables.note(
            f"A trail run with probability {say.percent(found.trail_probability)}, by {by}."
        )
    if not np.isnan(found.tag):
        tables.note(f"The file's tag: {_signed(found.tag)}.")
    if found.whole:
        tables.note(f"The run as a whole, by its signal: {_cues(found.whole)}.")
    tables.note(
        "Log-odds: above 0 speaks for trail, below for road; each 1 makes the odds of trail 2.7 "
        "times as large."
    )
    names = (
        "from",
        "to",
        "surface",
        "p trail",
        "by",
        "ways of the map",
        "cues of the signal",
    )
    rows = [
        (
            say.distance(row["start_distance"], imperial),
            say.distance(row["end_distance"], imperial),
            row["surface"],
            say.percent(row["p_trail"]),
            row["surface_source"],
            _ways(ways),
            _cues(reasons),
        )
        for row, reasons, ways in zip(
            found.segments.to_dict("records"), found.reasons, found.ways, strict=True
        )
    ]
    tables.plain_rows(names, rows, right=(0, 1, 3))
    if any(found.ways):
        tables.note("Map data: (c) OpenStreetMap contributors, Open Database Licence.")


_sources = {
    SurfaceSource.LABEL: "your labels",
    SurfaceSource.MAP: "the map",
    SurfaceSource.TAG: "the file's tag",
    SurfaceSource.SIGNAL: "the signal",
    SurfaceSource.NONE: "nothing",
}


def _cues(reasons: Sequence[Reason]) -> str:
    # The intercept is the same everywhere.
    cues = [reason for reason in reasons if reason.name != "intercept"]
    return ", ".join(
        f"{reason.words} {_signed(reason.log_odds)}" for reason in cues[:MOST_CUES]
    )


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "\N{MINUS SIGN}")


def _ways(ways: Sequence[WayShare]) -> str:
    return "\n".join(
        f"{way.way} ({say.percent(way.share)}): {way.rule}, "
        f"{' '.join(f'{k}={v}' for k, v in way.tags.items())}"
        for way in ways
    )
