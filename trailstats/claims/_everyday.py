"""Everyday runs: neither a name, the calendar nor their own structure calls them hard, long or
races.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from trailstats.arrays import Flags, Floats, Ints, as_floats
from trailstats.claims._evidence import Evidence

LEVEL: Final = 0.03
"""Structure is looked for where the way is flatter than this [1]: hills make a pace of their own
(our choice).
"""

SURE_ROAD: Final = 0.5
"""And where trail is less likely than this: uneven ground does so, too [1] (our choice)."""

BOUT: Final = 1.15
"""Speed over the run's median from which a stretch is a bout [1] (our choice)."""

BOUTS: Final = 3
"""So many bouts, parted by slower stretches, make intervals (our choice)."""

TEMPO: Final = 1.08
TEMPO_TIME: Final = 600.0
"""So fast over the run's median, and for so long at a stretch, is a tempo run [1], [s] (our
choice).
"""

LONG: Final = 1.5
"""Moving time over the median of the last forty runs on the like ground that makes a run long [1]
(our choice).
"""

BY_EXCLUSION: Final = 0.5
"""What a run weighs that nothing but exclusion calls easy; one that is called so weighs 1 (our
choice).
"""

FEWEST_STATED: Final = 16
"""So many runs called easy on either ground stand alone: twice the floor (our choice)."""


def easy_weights(data: Evidence) -> Floats:
    """Return what each run weighs as an easy one: 1 where a name, the calendar or the runner says
    so, less where it is an everyday run by exclusion, 0 for all others. Where enough runs on both
    grounds are called easy, they alone count.
    """
    runs = data.runs
    stated = (runs["intent"] == "easy").to_numpy()
    unnamed = (runs["intent"] == "").to_numpy()
    long = (runs["moving_time"] > LONG * _usual(runs)).to_numpy()
    everyday = unnamed & ~long & ~_structured_runs(data)
    outdoors = runs["outdoors"].to_numpy()
    on_trail = (runs["share"] >= 0.5).to_numpy()
    called = [
        int((stated & outdoors & side).sum()) for side in (on_trail, ~on_trail)
    ]
    # What exclusion leaves holds some long runs, which are meant otherwise.
    rest = 0.0 if min(called) >= FEWEST_STATED else BY_EXCLUSION
    weight = np.where(stated, 1.0, np.where(everyday, rest, 0.0))
    return np.where(outdoors, weight, 0.0)


def _usual(runs: pd.DataFrame) -> pd.Series:
    """Return the usual moving time of the runs before each one on the like ground, of all runs
    where those are too few [s].

    An everyday trail run takes longer than one on the road, and is no long run for that.
    """

    def median(times: pd.Series) -> pd.Series:
        return times.rolling(40, min_periods=5).median().shift()

    times = runs["moving_time"]
    alike = times.groupby(runs["share"] >= 0.5).transform(median)
    return alike.fillna(median(times))


def structured(speed: Floats, seconds: Floats, run: Ints, count: int) -> Flags:
    """Return which runs hold intervals or a tempo by the pattern of their speed.

    Parameters
    ----------
    speed : numpy.ndarray, shape (n,)
        Of stretches on level road, run after run [m/s].
    seconds : numpy.ndarray, shape (n,)
        Their durations [s].
    run : numpy.ndarray of int, shape (n,)
        The run of each, not decreasing.
    count : int
        Number of runs.

    Returns
    -------
    numpy.ndarray of bool, shape (count,)
        Three bouts and more that are 15 % faster than the run's median, or ten minutes on end that
        are 8 % faster. A run that is fast throughout has no structure.

    Examples
    --------
    >>> import numpy as np
    >>> even = np.full(40, 3.0)
    >>> repeats = np.where(np.arange(40) % 8 < 3, 4.0, 2.8)
    >>> run = np.repeat([0, 1], 40)
    >>> seconds = np.full(80, 45.0)
    >>> structured(np.append(even, repeats), seconds, run, 2).tolist()
    [False, True]
    """
    if not len(speed):
        return np.zeros(count, dtype=bool)
    middle = pd.Series(speed).groupby(run).transform("median").to_numpy()
    relative = speed / middle
    new = np.append(True, run[1:] != run[:-1])
    fast = relative > BOUT
    begins = fast & (new | ~np.append(False, fast[:-1]))
    bouts = np.bincount(run, weights=begins, minlength=count)
    quick = relative > TEMPO
    # Quick stretches on end share the number of borders before them.
    border = np.cumsum(new | (quick != np.append(quick[0], quick[:-1])))
    on_end = pd.Series(np.where(quick, seconds, 0.0)).groupby(border)
    longest = np.zeros(count)
    np.maximum.at(longest, run, on_end.transform("sum").to_numpy())
    return np.asarray((bouts >= BOUTS) | (longest >= TEMPO_TIME))


def _structured_runs(data: Evidence) -> Flags:
    columns, run = data.stretches
    level = (
        (np.abs(columns["grade"]) < LEVEL)
        & ~(columns["p_trail"] >= SURE_ROAD)
        & (columns["speed"] > 0)
    )
    return structured(
        as_floats(columns["speed"][level]),
        as_floats(columns["duration"][level]),
        run[level],
        len(data.runs),
    )
