"""What `claims --by-athlete` prints: pooled runners."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trailstats.cli._console import Row, note, print_rows
from trailstats.report.units import METRIC, Units, display_unit

if TYPE_CHECKING:
    from trailstats.claims.pooled import PooledClaim


def pooled(found: Sequence[PooledClaim], units: Units = METRIC) -> None:
    """Print each measure's mean over the runners, and below it each runner's own, raw and drawn to
    the mean.
    """
    from trailstats.claims.wording import counted_in

    if not found:
        note("No two runners have the same measure on both grounds.")
        return
    cells: list[Row] = []
    for claim in found:
        unit = display_unit(claim.unit, claim.part)
        each = counted_in(claim.part)
        over = units.interval(claim.low, claim.high, unit, signed=True, word=each)
        mean = units.difference(claim.difference, unit, word=each)
        word = str(claim.verdict or "described")
        cells.append((claim.measured, word, f"{mean} ({over})", ""))
        cells += [
            (
                f"  {own.runner}{' differs' * own.differs}",
                str(own.verdict or ""),
                units.difference(own.shrunken, unit, word=each),
                units.difference(own.difference, unit, word=each),
            )
            for own in claim.runners
        ]
    heads = ("measured", "verdict", "trail less road", "raw")
    print_rows(heads, cells)
    note(
        "Below each mean the runners, drawn to it by as much as their own records leave open."
    )
