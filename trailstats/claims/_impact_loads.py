"""Loads of whole runs on each ground, for every way of counting them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from trailstats.arrays import Floats, Ints, as_floats, as_indices
from trailstats.claims._evidence import Evidence
from trailstats.metrics._impact_sensitivity import component_weights
from trailstats.metrics.impact import EXPONENTS, ImpactConstants, ImpactSums
from trailstats.schema import Surface

_COLUMNS: Final = [f.name for f in fields(ImpactSums)]
AMOUNTS: Final = {
    "km": "distance",
    "minute": "moving_time",
    "session_load": "session_load",
}


class LoadRow(NamedTuple):
    """One tissue, per one amount, at one exponent."""

    tissue: str
    per: str
    exponent: float

    @property
    def part(self) -> str:
        """The identifier of its words."""
        name = f"{self.tissue}_per_{self.per}"
        return name if self.exponent == 1 else f"{name}_power_{self.exponent:.0f}"


@dataclass(frozen=True, eq=False)
class RunLoads:
    """Loads of whole runs, by ground and exponent.

    Attributes
    ----------
    sums : numpy.ndarray, shape (runs, grounds, exponents, columns)
        On trail, road and ground that is not decided.
    amounts : pandas.DataFrame
        What they are divided by, a row for each run.
    share : numpy.ndarray, shape (runs,)
        Expected share of trail, that of the ground that is not decided.
    """

    sums: Floats
    amounts: pd.DataFrame
    share: Floats

    def of(
        self, row: LoadRow, constants: ImpactConstants, which: Ints | slice
    ) -> Floats:
        """Return the logarithm of each run's load per amount, shape (draws, runs)."""
        k = EXPONENTS.index(row.exponent)
        trail, road, open_ = np.moveaxis(self.sums[which, :, k], 1, 0)
        plain = replace(constants, surface_factor=1.0)
        share = self.share[which][:, None]
        # Loads add up, so open ground is shared out before the constants are drawn.
        every = _loads(row.tissue, constants, trail + share * open_)
        every = every + _loads(row.tissue, plain, road + (1.0 - share) * open_)
        amount = self.amounts[AMOUNTS[row.per]].to_numpy()[which]
        with np.errstate(divide="ignore", invalid="ignore"):
            every /= amount
            return np.log(every, out=every)


def _loads(tissue: str, constants: ImpactConstants, sums: Floats) -> Floats:
    """Return the loads of sums, shape (runs, columns), shape (draws, runs)."""
    weights = component_weights(tissue, constants)
    held = [sums[:, _COLUMNS.index(name)] for name in weights]
    drawn = [np.atleast_1d(as_floats(w)) for w in weights.values()]
    return np.stack(np.broadcast_arrays(*drawn), axis=-1) @ np.stack(held)


def run_loads(data: Evidence) -> RunLoads:
    """Return the loads of whole runs; NaN where the load of a step can't be modelled."""
    runs = data.runs
    count = len(runs)
    table = data.loads
    sums = np.zeros((count, 3, len(EXPONENTS), len(_COLUMNS)))
    place = table["surface"].map({Surface.TRAIL: 0, Surface.ROAD: 1}).fillna(2)
    exponent = np.searchsorted(EXPONENTS, as_floats(table["exponent"]))
    row = as_indices(table["row"])
    np.add.at(
        sums,
        (row, as_indices(place), exponent),
        table[_COLUMNS].to_numpy(dtype=np.float64),
    )
    once = (exponent == 0).astype(np.float64)
    amounts = {
        name: np.bincount(row, weights=once * table[name], minlength=count)
        for name in ("distance", "moving_time")
    }
    session = runs["session_load"].where(runs["session_load"] > 0).to_numpy()
    known = amounts["distance"] > 0
    sums[~known] = np.nan
    share = as_floats(runs["share"])
    return RunLoads(
        sums, pd.DataFrame(amounts | {"session_load": session}), share
    )
