"""Variety of training: terrain entropy, routes, effort kilometres, climbs and session kinds."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import numpy as np

from trailstats.metrics._routes import (
    route_cells,
    route_groups,
    route_novelty,
    route_repetition,
    route_similarity,
)
from trailstats.metrics._session_kind import (
    SessionFeatures,
    SessionKind,
    SessionRules,
    session_kinds,
)
from trailstats.schema.arrays import ArrayLike, Flags, Floats, as_floats

__all__ = [
    "ClimbCategory",
    "EffortClass",
    "SessionFeatures",
    "SessionKind",
    "SessionRules",
    "climb_category",
    "climb_score",
    "km_effort",
    "km_effort_class",
    "notable_climb",
    "route_cells",
    "route_groups",
    "route_novelty",
    "route_repetition",
    "route_similarity",
    "session_kinds",
    "shannon_evenness",
]


class EffortClass(StrEnum):
    """Size of a course by effort kilometres."""

    XXS = "XXS"
    XS = "XS"
    S = "S"
    M = "M"
    L = "L"
    XL = "XL"
    XXL = "XXL"


class ClimbCategory(StrEnum):
    """Category of a climb on the cyclists' scale."""

    NONE = "none"
    FOUR = "4"
    THREE = "3"
    TWO = "2"
    ONE = "1"
    HORS = "HC"


_EFFORT_BOUNDS: Final = (25.0, 45.0, 75.0, 115.0, 155.0, 210.0)  # [ItraCategories]
_CLIMB_BOUNDS: Final = (8000.0, 16000.0, 32000.0, 64000.0, 80000.0)  # [ClimbScore]


def shannon_evenness(weights: ArrayLike) -> float:
    """Entropy of shares relative to the largest possible: 0 for one class only, 1 for equal shares.

    Parameters
    ----------
    weights : array-like, shape (k,)
        Time or distance per class, classes without any included. [any unit] NaN counts as 0.

    Returns
    -------
    float
        Evenness. [1] NaN when the weights add up to 0 or there are fewer than two classes.

    Raises
    ------
    ValueError
        If a weight is negative.

    References
    ----------
    [Shannon1948]_

    Examples
    --------
    >>> from trailstats.metrics import variety
    >>> variety.shannon_evenness([1.0, 1.0, 0.0, 0.0])
    0.5
    """
    amounts = np.nan_to_num(as_floats(weights)).ravel()
    if np.any(amounts < 0.0):
        raise ValueError("weights cannot be negative")
    total = float(np.sum(amounts))
    if amounts.size < 2 or total == 0.0:
        return float("nan")
    shares = amounts[amounts > 0.0] / total
    entropy = -float(np.sum(shares * np.log(shares)))
    # The other way round, max would keep a negative zero.
    return min(max(0.0, entropy / float(np.log(amounts.size))), 1.0)


def km_effort(distance: ArrayLike, ascent: ArrayLike) -> Floats:
    """Effort kilometres: kilometres plus a hundredth of the metres of ascent.

    Parameters
    ----------
    distance : array-like
        Distance. [m]
    ascent : array-like
        Ascent. [m]

    Returns
    -------
    numpy.ndarray
        Effort kilometres. [km] NaN where an input is NaN.

    References
    ----------
    [ItraCategories]_

    Examples
    --------
    >>> from trailstats.metrics import variety
    >>> float(variety.km_effort(65000.0, 3500.0))
    100.0
    """
    return as_floats(distance) / 1000.0 + as_floats(ascent) / 100.0


def km_effort_class(effort: float) -> EffortClass:
    """Size class of a course.

    Parameters
    ----------
    effort : float
        Effort kilometres, see `km_effort`. [km]

    Returns
    -------
    EffortClass
        Class; each begins at 0, 25, 45, 75, 115, 155 and 210 km.

    Raises
    ------
    ValueError
        If `effort` is negative or NaN.

    References
    ----------
    [ItraCategories]_

    Examples
    --------
    >>> from trailstats.metrics import variety
    >>> variety.km_effort_class(100.0).value
    'M'
    """
    if not effort >= 0.0:
        raise ValueError(f"effort must not be negative, got {effort}")
    return list(EffortClass)[int(np.searchsorted(_EFFORT_BOUNDS, effort, side="right"))]


def climb_score(length: ArrayLike, grade: ArrayLike) -> Floats:
    """Length times grade in percent, which is a hundred times the ascent.

    Parameters
    ----------
    length : array-like
        Length. [m]
    grade : array-like
        Mean grade. [1]

    Returns
    -------
    numpy.ndarray
        Score. [m %] NaN where an input is NaN.

    References
    ----------
    [ClimbScore]_

    Examples
    --------
    >>> from trailstats.metrics import variety
    >>> float(variety.climb_score(4000.0, 0.04))
    16000.0
    """
    return as_floats(length) * 100.0 * as_floats(grade)


def climb_category(length: float, grade: float) -> ClimbCategory:
    """Category of a climb on the cyclists' scale.

    Parameters
    ----------
    length : float
        Length. [m]
    grade : float
        Mean grade. [1]

    Returns
    -------
    ClimbCategory
        Category; `NONE` for a small climb or when an input is NaN.

    References
    ----------
    [ClimbScore]_

    Examples
    --------
    >>> from trailstats.metrics import variety
    >>> variety.climb_category(4000.0, 0.08).value
    '2'
    """
    if not (length >= 300.0 and grade >= 0.03):
        return ClimbCategory.NONE
    # A hair of room, because 0.04 * 100 is not exactly 4.
    score = float(climb_score(length, grade)) * (1.0 + 1e-12)
    return list(ClimbCategory)[int(np.searchsorted(_CLIMB_BOUNDS, score, side="right"))]


def notable_climb(
    length: ArrayLike, grade: ArrayLike, *, minimum_score: float = 3500.0
) -> Flags:
    """Whether a climb is worth listing for a runner: 500 m, 3 % and the score.

    Parameters
    ----------
    length : array-like
        Length. [m]
    grade : array-like
        Mean grade. [1]
    minimum_score : float
        Least score. [m %] 1500 is used as well (from memory).

    Returns
    -------
    numpy.ndarray of bool
        True for climbs to list. [1] False where an input is NaN.

    References
    ----------
    [ClimbScore]_

    Examples
    --------
    >>> from trailstats.metrics import variety
    >>> variety.notable_climb([400.0, 1500.0], [0.10, 0.05])
    array([False,  True])
    """
    size, slope = as_floats(length), as_floats(grade)
    enough = climb_score(size, slope) * (1.0 + 1e-12) >= minimum_score
    return np.asarray((size >= 500.0) & (slope >= 0.03) & enough, dtype=np.bool_)
