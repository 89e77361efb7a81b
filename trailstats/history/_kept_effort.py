"""The fit of a runner's effort, kept beside the analyses that it follows from, so that a history
whose runs are the same is fitted once.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
import pandas as pd

from trailstats.analysis._even_ground import EvenGround
from trailstats.errors import SchemaError
from trailstats.history._code import code_fingerprint
from trailstats.history._pack import sound
from trailstats.history._rows import are_runs
from trailstats.history._run_stretches import ReadStretches, RunStretches
from trailstats.history._stored import StoredAnalyses
from trailstats.history.effort import RunnerEffort
from trailstats.metrics._even_ground import TERMS
from trailstats.metrics.effort import EvenGroundCurve
from trailstats.model.fingerprint import fingerprint

FIT: Final = "effort"
"""Name of the block with the curve, and what each run is worth by it."""

_FITTING: Final = (
    "history/_kept_effort.py",
    "history/_run_stretches.py",
    "history/effort.py",
)
"""Modules that a fit follows from besides those that measure."""


@dataclass(frozen=True, eq=False)
class OwnEffort:
    """A runner's effort and what each analysis is worth on level road.

    Attributes
    ----------
    curve : EvenGroundCurve
    worth : list of EvenGround or None
        One for each analysis; empty where the curve is a population's.
    stretches : callable
        Reads the stretches of the analyses.
    """

    curve: EvenGroundCurve
    worth: list[EvenGround | None]
    stretches: Callable[[], ReadStretches]

    def of_table(self, activities: pd.DataFrame) -> RunnerEffort:
        """Return the effort over the rows of a table ``schema.ACTIVITIES``, that of the same
        analyses.
        """

        def runs() -> RunStretches:
            return self.stretches().of_runs(activities)

        return RunnerEffort(self.curve, runs)


def own_effort(activities: pd.DataFrame, analyses: StoredAnalyses) -> OwnEffort:
    """Return a runner's effort: as it is kept for these analyses, else fitted now and kept.

    Parameters
    ----------
    activities : pandas.DataFrame
        Table ``schema.ACTIVITIES``; rows with ``status`` "ok" are those of the analyses.
    analyses : StoredAnalyses
    """
    basis = _basis(activities)
    block = analyses.made_of_all(FIT, basis)
    if block is not None:
        with suppress(SchemaError):
            curve, worth = _unpack(block)
            return OwnEffort(curve, worth, lambda: ReadStretches.of(analyses))
    read = ReadStretches.of(analyses)
    fitted = RunnerEffort.of_stretches(activities, read)
    worth = fitted.worth(activities, read) if fitted.curve.personal else []
    analyses.keep_of_all(FIT, basis, _pack(fitted.curve, worth))
    return OwnEffort(fitted.curve, worth, lambda: read)


def _basis(activities: pd.DataFrame) -> str:
    """Return what stands for the code, and for what rows say beside the stretches."""
    read = activities[activities["status"] == "ok"]
    columns = (
        are_runs(activities)[read.index],
        read["sub_sport"],
        read["moving_time"],
        read["start_time"],
    )
    said = [fingerprint([str(v) for v in column]) for column in columns]
    code = (code_fingerprint(), code_fingerprint(_FITTING))
    return fingerprint((*code, *said))


def _pack(curve: EvenGroundCurve, worth: list[EvenGround | None]) -> bytes:
    document = {
        "mean": curve.mean.tolist(),
        "covariance": curve.covariance.tolist(),
        "gain": curve.gain,
        "gain_error": curve.gain_error,
        "n_runs": curve.n_runs,
        "worth": [None if w is None else asdict(w) for w in worth],
    }
    return json.dumps(document).encode()


def _unpack(block: bytes) -> tuple[EvenGroundCurve, list[EvenGround | None]]:
    with sound("fit of effort"):
        found = json.loads(block)
        curve = EvenGroundCurve(
            np.array(found["mean"], dtype=np.float64),
            np.array(found["covariance"], dtype=np.float64),
            float(found["gain"]),
            float(found["gain_error"]),
            int(found["n_runs"]),
        )
        if curve.covariance.shape != (len(TERMS),) * 2:
            raise ValueError("terms of another model")
        worth = [
            None if row is None else EvenGround(**row) for row in found["worth"]
        ]
    return curve, worth
