"""What `claims` prints besides the answers: pooled runners, and the runs behind an answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from trailstats import schema
from trailstats.cli import _tables as tables
from trailstats.cli._console import Row, note, print_json, print_rows
from trailstats.report.units import METRIC, Units, display_unit
from trailstats.schema.documents import rows

if TYPE_CHECKING:
    from trailstats.claims.pooled import PooledClaim


def pooled(found: Sequence[PooledClaim], units: Units = METRIC) -> None:
    """Print each measure's mean over the runners, and below it each runner's own, raw and drawn to
    the mean.
    """
    if not found:
        note("No two runners have the same measure on both grounds.")
        return
    cells: list[Row] = []
    for claim in found:
        unit = display_unit(claim.unit, claim.part)
        over = units.interval(claim.low, claim.high, unit, signed=True)
        mean = units.difference(claim.difference, unit)
        word = str(claim.verdict or "described")
        cells.append((claim.measured, word, f"{mean} ({over})", ""))
        cells += [
            (
                f"  {own.runner}{' differs' * own.differs}",
                str(own.verdict or ""),
                units.difference(own.shrunken, unit),
                units.difference(own.difference, unit),
            )
            for own in claim.runners
        ]
    heads = ("measured", "verdict", "trail less road", "raw")
    print_rows(heads, cells)
    note(
        "Below each mean the runners, drawn to it by as much as their own records leave open."
    )


def explanation(table: pd.DataFrame, runs: pd.DataFrame, as_json: bool) -> None:
    """Print how many runs were used and dropped at which step, and what the figures rest on."""
    if as_json:
        print_json(
            {
                "format_version": schema.FORMAT_VERSION,
                "runs": rows(runs),
                "rows": rows(table),
            }
        )
        return
    counts = (
        runs.groupby(["part", "step"], sort=False)
        .size()
        .reset_index(name="count")
    )
    used = counts["step"] == "used"
    for chosen, head in ((used, "used"), (~used, "dropped: why")):
        own = counts[chosen].astype(str)
        print_rows(
            ("figure", "runs", head),
            own[["part", "count", "step"]].to_numpy().tolist(),
            right=("runs",),
        )
    note("--json lists each run with its step.")
    tables.frame(table)
