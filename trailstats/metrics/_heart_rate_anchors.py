"""Maximum heart rate, and heart rate as a share of the way from rest to it."""

from __future__ import annotations

import numpy as np
import scipy

from trailstats.arrays import ArrayLike, Floats, as_floats
from trailstats.metrics.sampling import time_quantile, valid_seconds


def heart_rate_max_from_age(age: ArrayLike) -> Floats:
    """Estimate the maximum heart rate from age, for when none was observed.

    Parameters
    ----------
    age : array-like
        Age of an adult. [a]

    Returns
    -------
    numpy.ndarray
        Maximum heart rate. [bpm] NaN where `age` is NaN.

    References
    ----------
    [Tanaka2001]_, [Robergs2002]_

    Examples
    --------
    >>> from trailstats.metrics import intensity
    >>> float(intensity.heart_rate_max_from_age(40.0))
    180.0
    """
    return 208.0 - 0.7 * as_floats(age)


def observed_heart_rate_max(
    hr: ArrayLike,
    dt: ArrayLike,
    *,
    sustained: float = 5.0,
    quantile: float = 0.999,
) -> float:
    """Find the highest heart rate that was really held, spikes left out.

    Parameters
    ----------
    hr : array-like, shape (n,)
        Heart rate without artefacts, of one recording or a year of them. [bpm] NaN ends a stretch.
    dt : array-like
        Seconds that each sample stands for. [s]
    sustained : float
        Time for which a value must be held. [s]
    quantile : float
        Share of the time that may not exceed the result. [1]

    Returns
    -------
    float
        Maximum heart rate. [bpm] NaN when nothing was recorded or held. The window is counted in
        samples of the median duration, so use it on evenly sampled data.

    References
    ----------
    [Tanaka2001]_

    Examples
    --------
    >>> from trailstats.metrics import intensity
    >>> intensity.observed_heart_rate_max([150.0] * 50 + [180.0] * 10 + [220.0], 1.0)
    180.0
    """
    heart = as_floats(hr)
    seconds = np.broadcast_to(valid_seconds(dt), heart.shape)
    ticking = seconds > 0.0
    if not np.any(ticking & ~np.isnan(heart)):
        return float("nan")
    size = int(np.ceil(sustained / float(np.median(seconds[ticking]))))
    # An opening keeps a value only where it is held throughout a window; a gap counts as no heart
    # rate at all.
    held = scipy.ndimage.grey_opening(
        np.nan_to_num(heart, nan=-1.0),
        size=(max(size, 1),),
        mode="constant",
        cval=-1.0,
    )
    return time_quantile(np.where(held > 0.0, held, np.nan), seconds, quantile)


def heart_rate_reserve_fraction(
    hr: ArrayLike, rest: float, maximum: float
) -> Floats:
    """Express heart rate as a share of the reserve, from rest to maximum.

    Parameters
    ----------
    hr : array-like
        Heart rate. [bpm]
    rest : float
        Resting heart rate. [bpm]
    maximum : float
        Maximum heart rate. [bpm]

    Returns
    -------
    numpy.ndarray
        Share, held within 0 and 1. [1] NaN where `hr` is NaN.

    Raises
    ------
    ValueError
        If `maximum` is not above `rest`.

    References
    ----------
    [Banister1991]_

    Examples
    --------
    >>> from trailstats.metrics import intensity
    >>> float(intensity.heart_rate_reserve_fraction(130.0, 40.0, 200.0))
    0.5625
    """
    if not maximum > rest:
        raise ValueError(
            f"maximum heart rate {maximum} must be above resting heart rate {rest}"
        )
    return np.clip((as_floats(hr) - rest) / (maximum - rest), 0.0, 1.0)
