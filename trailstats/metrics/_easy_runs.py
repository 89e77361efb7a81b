"""Which runs were meant to be easy, and how well the runner kept to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from trailstats.arrays import ArrayLike, Flags, as_flags, as_floats
from trailstats.metrics._zones import overshoot, share_above
from trailstats.metrics.sampling import WARM_UP, valid_seconds

RECOVERY_WINDOW: Final = 36.0 * 3600.0
"""Time after a hard session within which the next run counts as meant to be easy (our choice). [s]
"""


@dataclass(frozen=True)
class EasyDiscipline:
    """How well an easy-intended run stayed easy.

    Attributes
    ----------
    index : float
        Share of the time at or below the ceiling: 1 is perfect. [1]
    overshoot : float
        Mean height above the ceiling, over all time. [bpm]
    share_climbing : float
        Share above the ceiling while climbing, which terrain rather than will may cause. [1]
    seconds : float
        Time that was judged. [s]
    """

    index: float
    overshoot: float
    share_climbing: float
    seconds: float


def easy_discipline(
    hr: ArrayLike,
    dt: ArrayLike,
    ceiling: float,
    *,
    grade: ArrayLike | None = None,
    warm_up: float = WARM_UP,
    climb_grade: float = 0.05,
) -> EasyDiscipline:
    """Compute the share of an easy-intended run that stayed at or below the easy ceiling.

    Parameters
    ----------
    hr : array-like, shape (n,)
        Heart rate. [bpm] NaN is skipped.
    dt : array-like
        Seconds that each sample stands for; 0 in pauses. [s]
    ceiling : float
        First threshold. [bpm]
    grade : array-like, optional
        Rise over run. [1] Without it climbs are not told apart.
    warm_up : float
        Time at the start that is left out. [s]
    climb_grade : float
        Grade above which ground is judged apart. [1]

    Returns
    -------
    EasyDiscipline
        Index, overshoot and the share on climbs. NaN where nothing was recorded.

    References
    ----------
    [Judgement]_

    Examples
    --------
    >>> from trailstats.metrics import intensity
    >>> hr = [140.0] * 1200 + [160.0] * 600
    >>> round(intensity.easy_discipline(hr, 1.0, 150.0).index, 2)
    0.5
    """
    heart = as_floats(hr)
    seconds = np.broadcast_to(valid_seconds(dt), heart.shape)
    settled = np.clip(np.cumsum(seconds) - warm_up, 0.0, seconds)
    climbing = (
        np.zeros(heart.shape, np.bool_)
        if grade is None
        else as_floats(grade) > climb_grade
    )
    level = np.where(climbing, 0.0, settled)
    return EasyDiscipline(
        index=1.0 - share_above(heart, level, ceiling),
        overshoot=overshoot(heart, level, ceiling),
        share_climbing=share_above(
            heart, np.where(climbing, settled, 0.0), ceiling
        ),
        seconds=float(np.sum(valid_seconds(level, heart))),
    )


def easy_intended(
    start: ArrayLike,
    end: ArrayLike,
    hard: ArrayLike,
    *,
    structured: ArrayLike | None = None,
    labelled_easy: ArrayLike | None = None,
    window: float = RECOVERY_WINDOW,
) -> Flags:
    """Decide which runs were meant to be easy, without their own heart rate or pace.

    A run is meant to be easy when it is labelled so, or when it is the first run within `window`
    after the end of a hard one, is not hard itself by plan (structured laps) and carries no other
    label.

    Parameters
    ----------
    start, end : array-like, shape (n,)
        Begin and end of each run, in order of time. [s] Any common origin.
    hard : array-like of bool, shape (n,)
        Whether the run was a hard session. [1] Used of the run before only, never of the run in
        question.
    structured : array-like of bool, optional
        Whether the run contains planned hard laps. [1]
    labelled_easy : array-like of bool, optional
        Whether a plan, name or tag calls the run easy. [1]
    window : float
        Longest time from the end of the hard run to the start. [s]

    Returns
    -------
    numpy.ndarray of bool, shape (n,)
        True for runs meant to be easy. [1] False where a time is NaN, unless labelled.

    Raises
    ------
    ValueError
        If the starts are not in order.

    References
    ----------
    [Judgement]_

    Examples
    --------
    >>> from trailstats.metrics import intensity
    >>> intensity.easy_intended([0.0, 90000.0], [3600.0, 93600.0], [True, False])
    array([False,  True])
    """
    begins, ends, was_hard = as_floats(start), as_floats(end), as_flags(hard)
    if np.any(np.diff(begins) < 0.0):
        raise ValueError("runs must be in order of time")
    after_hard = np.zeros(begins.shape, dtype=np.bool_)
    after_hard[1:] = was_hard[:-1] & (begins[1:] - ends[:-1] <= window)
    if structured is not None:
        after_hard &= ~as_flags(structured)
    return (
        after_hard
        if labelled_easy is None
        else after_hard | as_flags(labelled_easy)
    )
