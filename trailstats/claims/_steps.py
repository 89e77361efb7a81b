"""Which runs an answer uses, and at which step each of the others was dropped."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from trailstats.arrays import Flags
from trailstats.claims._evidence import Evidence
from trailstats.claims.result import ClaimResult

USED = "used"


def run_steps(
    data: Evidence, part: str, conditions: Iterable[tuple[str, Flags]]
) -> pd.DataFrame:
    """Return each run with the first condition that it fails.

    Parameters
    ----------
    data : Evidence
    part : str
    conditions : iterable of (str, numpy.ndarray of bool)
        What is wrong with runs that fail, and which runs hold, in the order in which they are
        asked.

    Returns
    -------
    pandas.DataFrame
        ``part, file, used, step``: the step is `USED` or what is wrong.
    """
    step = np.full(len(data.runs), USED, dtype=object)
    for wrong, holds in conditions:
        step[(step == USED) & ~np.asarray(holds, dtype=bool)] = wrong
    return pd.DataFrame(
        {
            "part": part,
            "file": data.file_names,
            "used": step == USED,
            "step": step.astype(str),
        }
    )


def steps_of_result(data: Evidence, result: ClaimResult) -> pd.DataFrame:
    """Return the steps of an answer that isn't one value per run: what every method asks for, and
    whether the answer rests on the run.
    """
    runs = data.runs
    rests = np.isin(data.file_names, result.activities)
    outdoors = runs["outdoors"].to_numpy()
    known = np.isfinite(runs["share"].to_numpy(dtype=np.float64))
    return run_steps(
        data,
        result.claim,
        (
            ("indoors", outdoors | rests),
            ("its ground is not known", known | rests),
            (
                "too little of what the method needs, or no run to set against",
                rests,
            ),
        ),
    )
