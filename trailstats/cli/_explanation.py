"""What `analyze --explain` prints for a person: why each stretch is road or trail."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trailstats.cli._console import note, print_rows
from trailstats.report import text
from trailstats.report.units import Units
from trailstats.terrain.explain import Explanation, Reason, WayShare

MOST_CUES = 4
"""Cues named for a stretch, the strongest first."""


def print_explanation(found: Explanation, units: Units) -> None:
    """Print a line on the whole run, and a row for each stretch."""
    if np.isnan(found.trail_probability):
        note("Whether the whole was a trail run is not known.")
    else:
        probability = text.percent(found.trail_probability)
        source = found.trail_source.description
        note(f"A trail run with probability {probability}, by {source}.")
    if not np.isnan(found.tag):
        note(f"The file's tag: {_log_odds_text(found.tag)}.")
    if found.whole:
        note(f"The run as a whole, by its signal: {_cue_list(found.whole)}.")
    note(
        "Log-odds: above 0 speaks for trail, below for road; each 1 makes the odds of trail 2.7 "
        "times as large."
    )
    heads = (
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
            units.distance(row["start_distance"]),
            units.distance(row["end_distance"]),
            row["surface"],
            text.percent(row["p_trail"]),
            row["surface_source"],
            _way_lines(ways),
            _cue_list(reasons),
        )
        for row, reasons, ways in zip(
            found.segments.to_dict("records"),
            found.reasons,
            found.ways,
            strict=True,
        )
    ]
    print_rows(heads, rows, right=("from", "to", "p trail"))
    if found.attribution:
        note(f"Map data: {found.attribution}")


def _cue_list(reasons: Sequence[Reason]) -> str:
    # The intercept is the same everywhere.
    cues = [reason for reason in reasons if reason.name != "intercept"]
    return ", ".join(
        f"{reason.words} {_log_odds_text(reason.log_odds)}"
        for reason in cues[:MOST_CUES]
    )


def _log_odds_text(value: float) -> str:
    return f"{value:+.1f}".replace("-", "\N{MINUS SIGN}")


def _way_lines(ways: Sequence[WayShare]) -> str:
    return "\n".join(
        f"{way.way} ({text.percent(way.share)}): {way.rule}, "
        f"{' '.join(f'{k}={v}' for k, v in way.tags.items())}"
        for way in ways
    )
