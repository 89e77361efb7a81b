"""The recorded heart: how far it can be trusted, its peak, and what the intervals between beats
show.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from trailstats.analysis._samples import Samples
from trailstats.analysis._wrapping import found, missing
from trailstats.metrics import intensity, variability
from trailstats.model.results import Metric

QUALITY = (
    "heart_rate_usable",
    "heart_rate_locked",
    "heart_rate_stuck",
    "heart_rate_peak",
)
BEATS = (
    "beat_artefacts",
    "rmssd_rest",
    "alpha1_threshold_1",
    "alpha1_threshold_2",
)
LARGEST_ARTEFACT_SHARE = 0.06
"""Share of artefacts among the beats above which no threshold is read [1] [DfaArtefacts2022]_."""


def heart_rate_metrics(samples: Samples) -> dict[str, Metric]:
    """Return how much of the heart rate can be used, and the highest that was held."""
    s = samples
    coverage = s.share(s.heart_rate)
    if not coverage > 0:
        return missing("no heart rate recorded", *QUALITY)
    quality = intensity.heart_rate_quality(
        s.heart_rate, s.cadence, s.speed, s.time
    )
    recorded = coverage * float(s.time.sum())
    locked, stuck = (
        float(s.time[flags].sum()) / recorded
        for flags in (quality.cadence_locked, quality.flat)
    )
    out = found(
        "heart_rate_usable",
        quality.usable_share,
        "share of the recorded time without a flag: first two minutes, locked to cadence, "
        "stuck, impossible",
        coverage,
    )
    out |= found(
        "heart_rate_locked",
        locked,
        "share of the recorded time in which it follows the cadence for more than three minutes",
        coverage,
    )
    out |= found(
        "heart_rate_stuck",
        stuck,
        "share of the recorded time in which it does not change for more than a minute",
        coverage,
    )
    peak = intensity.observed_heart_rate_max(
        np.where(quality.usable, s.heart_rate, np.nan), s.time
    )
    if np.isnan(peak):
        return out | missing(
            "no heart rate that can be trusted", "heart_rate_peak"
        )
    return out | found(
        "heart_rate_peak",
        peak,
        "measured: held for five seconds and not exceeded for 99.9 % of the usable time",
        coverage * quality.usable_share,
    )


def beat_metrics(samples: Samples) -> dict[str, Metric]:
    """Return what the intervals between beats show: of rest before the start, and of the
    thresholds.
    """
    s = samples
    rr = s.activity.rr
    if rr is None or rr.empty:
        return missing("no intervals between beats recorded", *BEATS)
    intervals = rr.to_numpy(dtype=np.float64)
    beats = variability.correct_beats(intervals)
    coverage = min(
        float(beats.intervals.sum()) / max(float(s.clock[-1]), 1.0), 1.0
    )
    out = found(
        "beat_artefacts",
        beats.share,
        "share of the intervals found wrong and corrected",
        coverage,
    ) | _at_rest(s, rr)
    if beats.share > LARGEST_ARTEFACT_SHARE:
        return out | missing(
            f"{100 * beats.share:.0f} % of the beats are wrong, 6 % is the most",
            *BEATS[2:],
        )
    scaling = intensity.dfa_alpha1(beats.intervals, corrected=beats.corrected)
    for name, level in zip(BEATS[2:], (0.75, 0.50), strict=True):
        rate = intensity.threshold_from_alpha1(
            scaling.alpha1, scaling.heart_rate, level=level
        )
        if np.isnan(rate):
            out |= missing(
                f"short-term scaling does not fall through {level:.2f} with heart "
                "rate in this run",
                name,
            )
        else:
            out |= found(
                name,
                rate,
                f"heart rate at which the short-term scaling of the beats is {level:.2f}; "
                "chest strap only",
                coverage,
            )
    return out


def _at_rest(samples: Samples, rr: pd.Series) -> dict[str, Metric]:
    """Return the variability of the beats before the runner first moved; of all where nothing
    moved.
    """
    moving = np.flatnonzero(samples.time > 0)
    index = samples.activity.index
    still = rr if not len(moving) else rr[rr.index < index[moving[0]]]
    value = variability.rmssd_corrected(still.to_numpy(dtype=np.float64))
    if np.isnan(value):
        return missing(
            "less than a minute of clean beats before the start; beats while running say "
            "nothing of rest",
            "rmssd_rest",
        )
    return found(
        "rmssd_rest",
        value,
        "root mean square of successive differences before the start, artefacts corrected",
        float(still.sum()) / max(float(samples.clock[-1]), 1.0),
    )
