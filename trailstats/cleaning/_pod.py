"""The way off the straight by a foot pod's own distance, where a device recorded it beside the
receiver's.

A receiver cuts corners under trees and on bends; a pod counts each step, but its scale is off by
some per cent. On straight stretches a receiver loses nothing, so there the two tell the scale.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from trailstats.arrays import (
    WIDTH_95,
    Flags,
    Floats,
    as_floats,
    divide_by_positive,
)
from trailstats.cleaning._distance import Steps
from trailstats.cleaning._draft import Draft
from trailstats.geo import local_xy
from trailstats.model.activity import DistanceQuality, Issue
from trailstats.schema import Severity

COUNTS: Final = ("stryd distance", "distance")
"""Developer fields that hold a pod's distance since the start [m]."""

SPEEDS: Final = ("stryd speed", "speed", "instantaneous speed")
"""Developer fields that hold a pod's speed [m/s]."""

OF_A_POD: Final = frozenset(
    {"form power", "leg spring stiffness", "ground time", "impact loading rate"}
)
"""Developer fields of which a file must have one, or its distance is something else's."""

WINDOW: Final = 200.0
"""Length of the pieces in which pod and receiver are compared [m] (our choice: long enough for a
receiver's noise to level out, short enough to be straight).
"""

STRAIGHT: Final = 0.98
"""Distance between the ends of a piece over its length from which it is straight (our choice)."""

FEWEST: Final = 8
"""Straight pieces that tell a scale (our choice: 1.6 km)."""

BLOCK: Final = 5
"""Straight pieces that are left out together to see how far the scale is off (our choice: a
kilometre).
"""

UNLIKE: Final = 0.10
"""Where pod and receiver differ by more than this share neither is known to be right: the
receiver's distance stays (our choice).
"""

LEAST_ERROR: Final = 0.005
"""Standard deviation that a pod's scale has at least (our choice: straight road says little of
steps on rough ground).
"""

MOST_ERROR: Final = 0.0125
"""Standard deviation from which a pod tells no more than the 0 to 5 % that it would replace
(our choice: half of their width is 1.96 of these).
"""


@dataclass(frozen=True, eq=False)
class Pieces:
    """A way in pieces of equal length, arrays of one length.

    Attributes
    ----------
    receiver, pod : numpy.ndarray
        Horizontal length by each [m].
    straight : numpy.ndarray of bool
        Whether the receiver can have lost nothing.
    known : numpy.ndarray of bool
        Whether both counted all of it.
    """

    receiver: Floats
    pod: Floats
    straight: Flags
    known: Flags


def by_pod(draft: Draft, found: Steps) -> tuple[Steps, DistanceQuality]:
    """Return the steps with those off the straight by the foot pod, where it tells better than the
    receiver, and how the distance was found.
    """
    nothing = found, DistanceQuality()
    counted = _pod_steps(draft, found.duration)
    if counted is None or np.isnan(draft.columns["latitude"]).all():
        return nothing
    along = np.floor(np.cumsum(found.step) / WINDOW)
    # Numbered as they come: a jump makes no more pieces than there are samples.
    piece = np.cumsum(np.diff(along, prepend=0.0) > 0)
    pieces = _pieces(draft, found, counted, piece)
    scale, error = calibrated(pieces)
    if not error <= MOST_ERROR:
        return nothing
    ratio = divide_by_positive(scale * pieces.pod, pieces.receiver)
    used = pieces.known & ~pieces.straight & (np.abs(ratio - 1.0) <= UNLIKE)
    if not used.any():
        return nothing
    factor = np.where(used, ratio, 1.0)
    step = found.step * factor[piece]
    more = float(step.sum() - found.step.sum())
    straight = float(pieces.receiver[pieces.known & pieces.straight].sum())
    bent = float(pieces.receiver[used].sum())
    draft.issues.append(
        Issue(
            "distance_by_pod",
            Severity.INFO,
            f"{bent:.0f} m off the straight are by the foot pod, whose scale {straight:.0f} m of "
            f"straight way tell to {100.0 * WIDTH_95 * error:.1f} %: {more:+.0f} m",
        )
    )
    share = bent / max(float(found.step.sum()), 1.0)
    return replace(found, step=step), DistanceQuality(share, straight, error)


def calibrated(pieces: Pieces) -> tuple[float, float]:
    """Return what a pod's distance is to be multiplied by, and the standard deviation of its log:
    how far a straight kilometre is off by the scale of the others; NaN where too few are straight.
    """
    told = pieces.known & pieces.straight
    count = int(told.sum())
    if count < FEWEST:
        return float("nan"), float("nan")
    log = np.log(pieces.receiver[told] / pieces.pod[told])
    block = np.arange(count) // BLOCK
    off = [
        log[block == one].mean() - np.median(log[block != one])
        for one in range(int(block[-1]) + 1)
    ]
    error = max(float(np.sqrt(np.mean(np.square(off)))), LEAST_ERROR)
    return float(np.exp(np.median(log))), error


def _pieces(
    draft: Draft, found: Steps, counted: Floats, piece: np.ndarray
) -> Pieces:
    """Return the pieces of a way; ``piece`` is the number of that of each sample."""
    many = int(piece[-1]) + 1
    receiver = as_floats(np.bincount(piece, found.step, many))
    pod = np.bincount(piece, np.nan_to_num(counted), many)
    whole = np.isfinite(counted) & ~found.interrupted
    whole[0] = True
    broken = np.bincount(piece, ~whole, many) > 0
    last = np.searchsorted(piece, np.arange(many), side="right") - 1
    first = np.append(0, last[:-1])
    x, y = local_xy(draft.columns["latitude"], draft.columns["longitude"])
    apart = np.hypot(x[last] - x[first], y[last] - y[first])
    height = np.nan_to_num(draft.columns["elevation"])
    # A pod counts along the slope.
    rise = np.minimum(np.abs(height[last] - height[first]), 0.5 * pod)
    level = np.sqrt(np.maximum(pod**2 - rise**2, 0.0))
    known = ~broken & (receiver > 0.9 * WINDOW) & (level > 0) & (last > first)
    straight = apart >= STRAIGHT * receiver
    return Pieces(receiver, as_floats(level), straight & known, known)


def _pod_steps(draft: Draft, duration: Floats) -> Floats | None:
    """Return the distance to each sample by a foot pod; None where there was none."""
    extras = draft.activity.extras
    if not draft.on_foot or len(extras) != len(duration):
        return None
    fields = {
        str(name).removeprefix("dev_").casefold(): str(name)
        for name in extras.columns
    }
    if not OF_A_POD & fields.keys():
        return None
    for name in COUNTS:
        if name in fields:
            total = extras[fields[name]].to_numpy(dtype=np.float64)
            step = np.diff(total, prepend=total[:1])
            return np.where(step >= 0, step, np.nan)
    for name in SPEEDS:
        if name in fields:
            speed = extras[fields[name]].to_numpy(dtype=np.float64)
            return as_floats(np.where(speed >= 0, speed, np.nan) * duration)
    return None
