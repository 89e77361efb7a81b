"""Sample entropy: how irregular a series is."""

from __future__ import annotations

from math import nan

import numpy as np
import scipy

from trailstats.arrays import ArrayLike, as_floats


def _entropy(matches_longer: float, matches: float) -> float:
    if matches_longer == 0.0 or matches == 0.0:
        return nan
    return float(-np.log(matches_longer / matches))


def sample_entropy(
    values: ArrayLike, *, m: int = 2, tolerance: float = 0.2, minimum: int = 200
) -> float:
    """Measure the irregularity of a series: how seldom patterns that match for m points also match
    for one more.

    Parameters
    ----------
    values : array-like, shape (n,)
        Evenly sampled series. [any unit] NaN is dropped.
    m : int
        Length of the patterns. [1]
    tolerance : float
        Largest distance of a match, in standard deviations of the series. [1]
    minimum : int
        The series must be longer than this. [1]

    Returns
    -------
    float
        Entropy. [1] NaN for a short or constant series, or without matches. Cost grows faster than
        linearly; use `windowed_sample_entropy` for whole recordings.

    References
    ----------
    [RichmanMoorman2000]_, [Yentes2013]_

    Examples
    --------
    >>> import numpy as np
    >>> from trailstats.metrics import variability
    >>> round(variability.sample_entropy(np.sin(np.arange(400.0))), 2)
    0.14
    """
    series = as_floats(values)
    series = series[~np.isnan(series)]
    radius = tolerance * float(np.std(series)) if series.size else 0.0
    if series.size <= max(minimum, m + 1) or radius == 0.0:
        return nan
    templates = np.lib.stride_tricks.sliding_window_view(series, m + 1)
    # Pairs of a template with itself are counted by the tree and taken off.
    longer, shorter = (
        float(tree.count_neighbors(tree, radius, p=np.inf)) - len(templates)
        for tree in map(scipy.spatial.cKDTree, (templates, templates[:, :m]))
    )
    return _entropy(longer, shorter)


def windowed_sample_entropy(
    values: ArrayLike, *, window: int = 300, m: int = 2, tolerance: float = 0.2
) -> float:
    """Compute sample entropy with matches counted inside consecutive windows and added up.

    Cost is linear in the length of the series, and slow drifts do not count as regularity.

    Parameters
    ----------
    values : array-like, shape (n,)
        Evenly sampled series. [any unit] NaN is dropped.
    window : int
        Samples per window. [1] More than 200 by the usual advice.
    m : int
        Length of the patterns. [1]
    tolerance : float
        Largest distance of a match, in standard deviations of the window. [1]

    Returns
    -------
    float
        Entropy. [1] NaN for a series shorter than a window, without variation or without matches.

    Raises
    ------
    ValueError
        If a window holds no two patterns.

    References
    ----------
    [RichmanMoorman2000]_, [Yentes2013]_

    Examples
    --------
    >>> import numpy as np
    >>> from trailstats.metrics import variability
    >>> round(variability.windowed_sample_entropy(np.sin(np.arange(900.0))), 2)
    0.15
    """
    if window <= m + 1:
        raise ValueError(
            f"window must be longer than {m + 1} samples, got {window}"
        )
    series = as_floats(values)
    series = series[~np.isnan(series)]
    rows = series[: series.size // window * window].reshape(-1, window)
    radii = tolerance * np.std(rows, axis=1)
    # Half as wide a number is half the work, and exact enough for how far a value lies from the
    # first of its window.
    rows = (rows - rows[:, :1]).astype(np.float32)
    size, below = window - m, window + 1
    # Buffers serve every window: fresh ones of this size would cost more than the arithmetic.
    distance = np.empty((window, window), dtype=np.float32)
    near = np.empty((window, window), dtype=np.bool_)
    alike = np.zeros((window, window), dtype=np.bool_)
    # One step down the diagonal of a square is `below` places on along its rows. What so runs over
    # the end of a row lies outside the square of templates that is counted.
    flat, matches = near.ravel(), alike.ravel()
    a = b = 0.0
    for row, radius in zip(rows, radii.astype(np.float32), strict=True):
        if radius == 0.0:
            continue
        np.subtract(row[:, None], row[None, :], out=distance)
        np.less_equal(np.abs(distance, out=distance), radius, out=near)
        np.copyto(matches, flat)
        for k in range(1, m + 1):
            if k == m:
                b += float(np.count_nonzero(alike[:size, :size])) - size
            matches[: -k * below] &= flat[k * below :]
        a += float(np.count_nonzero(alike[:size, :size])) - size
    return _entropy(a, b)
