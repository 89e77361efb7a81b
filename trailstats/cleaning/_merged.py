"""Two watches whose samples were merged into one recording, told apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import scipy

from trailstats.arrays import Flags, Floats, Ints
from trailstats.cleaning._draft import Draft
from trailstats.geo import EARTH_RADIUS
from trailstats.model.activity import Issue
from trailstats.schema import Severity

ZIGZAG = 1.08
"""The way along all samples is longer by this factor than along each of two tracks that interleave
(our choice).
"""

SMOOTH = 1.05
"""A single track grows shorter by less than this factor when every other sample is left out (our
choice).
"""

FEWEST = 60
"""Samples of each watch, below which nothing is told apart (our choice)."""

LEAST_SHARE = 0.1
"""Share of the samples that each watch has at least (our choice)."""

ROUGH = 7
"""Samples over which a track is smoothed to see whether it may be two (our choice)."""

TOGETHER = 31
"""Samples over which the distance of two tracks is averaged, so that noise cancels (our choice)."""

APART = 1.5
"""Two tracks lie further apart than this [m], across or in height (our choice)."""


def tell_apart(draft: Draft) -> None:
    """Keep the fuller of two recordings whose samples come in turn, filled from the other."""
    columns = draft.activity.columns
    known = np.flatnonzero(
        ~np.isnan(columns["latitude"]) & ~np.isnan(columns["longitude"])
    )
    if len(known) < 2 * FEWEST:
        return
    place = _places(columns, known)
    whole = _length(place)
    if whole < ZIGZAG * _length(_around(place, ROUGH)[::ROUGH]):
        return
    height = columns["elevation"][known]
    for first in _labellings(draft, known):
        lengths = [_length(place[part]) for part in (first, ~first)]
        halves = [_length(place[part][::2]) for part in (first, ~first)]
        smooth = all(a < SMOOTH * b for a, b in zip(lengths, halves, strict=True))
        if (
            smooth
            and whole > ZIGZAG * max(lengths)
            and _lie_apart(place, height, first)
        ):
            _keep_fuller(draft, known, first)
            return


def _places(columns: Mapping[str, Floats], known: Ints) -> Floats:
    """Return positions on a plane, as complex numbers [m]."""
    lat, lon = columns["latitude"][known], columns["longitude"][known]
    metres = np.radians(1.0) * EARTH_RADIUS
    east = (lon - lon[0] + 180.0) % 360.0 - 180.0
    shrink = np.cos(np.radians(lat[0]))
    return np.asarray(metres * (east * shrink + 1j * (lat - lat[0])))


def _length(place: Floats) -> float:
    return float(np.abs(np.diff(place)).sum())


def _around(place: Floats, size: int) -> Floats:
    """Return the mean of positions over so many samples about each."""
    parts = np.stack([place.real, place.imag])
    east, north = scipy.ndimage.uniform_filter1d(parts, size, mode="nearest")
    return np.asarray(east + 1j * north)


def _labellings(draft: Draft, known: Ints) -> Iterator[Flags]:
    """Yield what may tell one watch from the other: what they record, and when."""
    columns, n = draft.activity.columns, len(known)
    filled = np.zeros(n, np.int64)
    for bit, values in enumerate(columns.values()):
        filled |= (~np.isnan(values[known])).astype(np.int64) << bit
    phase = np.rint(draft.activity.seconds[known] % 1.0 * 10.0) % 10.0
    for kinds in (filled, phase):
        values, count = np.unique(kinds, return_counts=True)
        yield from _balanced(kinds == values[np.argmax(count)])
    yield from _balanced(np.arange(n) % 2 == 0)


def _balanced(first: Flags) -> Iterator[Flags]:
    """Yield a labelling in which both watches have their share, and alternate."""
    share = np.count_nonzero(first) / len(first)
    changes = np.count_nonzero(np.diff(first)) / len(first)
    if LEAST_SHARE <= share <= 1 - LEAST_SHARE and changes >= LEAST_SHARE:
        yield first


def _lie_apart(place: Floats, height: Floats, first: Flags) -> bool:
    """Return whether two tracks keep a distance, once their noise is averaged out."""
    other = np.diff(first)
    inner = np.flatnonzero(other[:-1] & other[1:]) + 1
    if len(inner) < TOGETHER:
        return False
    side = np.where(first[inner], 1.0, -1.0)
    for values in (place.real, place.imag, height):
        beside = values[inner] - (values[inner - 1] + values[inner + 1]) / 2
        if np.isnan(beside).any():
            continue
        beside = beside * side
        mean = scipy.ndimage.uniform_filter1d(beside, TOGETHER, mode="nearest")
        if np.median(np.abs(mean)) > APART:
            return True
    return False


def _keep_fuller(draft: Draft, known: Ints, first: Flags) -> None:
    """Leave the samples of one watch, with what only the other recorded."""
    activity = draft.activity
    records, extras = activity.records, activity.extras
    values = records.to_numpy()
    count = [
        np.count_nonzero(~np.isnan(values[known[part]]))
        for part in (first, ~first)
    ]
    kept, other = (first, ~first) if count[0] >= count[1] else (~first, first)
    rows, others = known[kept], known[other]
    fuller = values[rows].copy()
    missing = np.isnan(fuller).all(axis=0)
    before = others[np.maximum(np.searchsorted(others, rows) - 1, 0)]
    fuller[:, missing] = values[before][:, missing]
    index = records.index[rows]
    frame = pd.DataFrame(fuller, index=index, columns=records.columns)
    draft.activity = replace(
        activity,
        records=frame,
        extras=extras.iloc[rows]
        if len(extras.columns)
        else pd.DataFrame(index=index),
    )
    message = (
        f"{len(others)} samples are of a second watch, whose track lies beside; the fuller "
        "recording was kept, with what only the other has"
    )
    draft.issues.append(
        Issue("watches_merged", Severity.WARNING, message, len(others))
    )
