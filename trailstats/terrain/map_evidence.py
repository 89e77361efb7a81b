"""What a map says along a run: its probability of trail, and the surface where it decides."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trailstats.arrays import Floats, Ints
from trailstats.schema import Surface
from trailstats.terrain._sequence import without_short
from trailstats.terrain.maps import MapMatch
from trailstats.terrain.maps.road_map import SPACING
from trailstats.terrain.rules import TerrainRules

__all__ = ["ground_by_map", "without_doubt"]


def ground_by_map(
    match: MapMatch | None, n: int, rules: TerrainRules
) -> tuple[Floats, NDArray[np.str_]]:
    """Return the probability of trail by the map, and the surface where it decides.

    Stretches shorter than ``rules.min_length`` take the answer of their neighbours; what their own
    ways said is left out of the probability.
    """
    if match is None:
        return np.full(n, np.nan), np.full(n, "", dtype="<U7")
    trail, road = (
        match.p_decided >= rules.decide,
        match.p_decided <= 1.0 - rules.decide,
    )
    said = np.select([trail, road], [1, 2], 0)
    shortest = max(1, round(rules.min_length / SPACING))
    answer = without_short(without_doubt(said, shortest), shortest)
    overruled = (answer != 0) & (answer != said)
    names = np.array(["", Surface.TRAIL.value, Surface.ROAD.value], dtype="<U7")
    return np.where(overruled, np.nan, match.p_trail), names[answer]


def without_doubt(codes: Ints, shortest: int) -> Ints:
    """Give zeros, in runs shorter than ``shortest``, the nearest other code: where a way ends is
    never quite sure.
    """
    size = len(codes)
    index = np.arange(size)
    known = np.flatnonzero(codes)
    if not len(known):
        return codes
    after = np.searchsorted(known, index)
    left = np.where(after > 0, known[after - 1], -size)
    behind = known[np.minimum(after, len(known) - 1)]
    right = np.where(after < len(known), behind, 2 * size)
    nearest = np.where(index - left <= right - index, left, right)
    length = np.minimum(right, size) - np.maximum(left, -1) - 1
    return np.where((codes == 0) & (length < shortest), codes[nearest], codes)
