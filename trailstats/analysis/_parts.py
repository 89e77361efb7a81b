"""The kilometres, miles and laps of a run: what each took, and how it went."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats import schema
from trailstats.analysis._samples import Samples
from trailstats.arrays import Floats, as_floats, divide_by_positive
from trailstats.schema import Surface

LENGTHS = {"km": 1000.0, "mile": 1609.344}
"""Length of a part of each kind [m]."""

SHORTEST_REST = 50.0
"""What is left at the end and shorter than this is no part of its own [m] (our choice)."""

_MEANS = ("heart_rate", "cadence", "power")


def part_table(samples: Samples, segments: pd.DataFrame) -> pd.DataFrame:
    """Return the kilometres, miles and laps of a run: table ``schema.PARTS``.

    Parameters
    ----------
    samples : Samples
    segments : pandas.DataFrame
        Table ``schema.SEGMENTS``, for the ground.

    Returns
    -------
    pandas.DataFrame
        Parts begin and end between two samples, where the distance or the time of a lap is reached.
        Laps are the device's, where it cut more than one.
    """
    found = [_laps(samples)]
    if samples.has_distance:
        found += [(kind, _edges(samples, kind)) for kind in LENGTHS]
    tables = [
        _parts_between(samples, segments, kind, edges)
        for kind, edges in found
        if len(edges) > 1
    ]
    if not tables:
        return schema.PARTS.empty()
    return schema.PARTS.frame(
        {
            name: np.concatenate([table[name] for table in tables])
            for name in schema.PARTS.names
        }
    )


def _edges(samples: Samples, kind: str) -> Floats:
    """Return when each part of a length begins, and when the last ends [s]."""
    whole, length = float(samples.distance[-1]), LENGTHS[kind]
    # A distance beyond all records can't be cut finer than they are.
    count = min(int(whole // length), len(samples.distance))
    borders = np.arange(1, count + 1) * length
    if whole - count * length < SHORTEST_REST:
        borders = borders[:-1]
    times = np.interp(borders, samples.distance, samples.clock)
    return np.concatenate(([samples.clock[0]], times, [samples.clock[-1]]))


def _laps(samples: Samples) -> tuple[str, Floats]:
    """Return when the device's laps begin, and when the last ends [s]; nothing for a single one."""
    laps = samples.activity.laps
    start = samples.activity.records.index[0]
    begin = (laps["start_time"] - start).dt.total_seconds().to_numpy()
    last = samples.clock[-1]
    begin = np.unique(begin[np.isfinite(begin) & (begin < last)].clip(0.0))
    return "lap", np.append(begin, last) if len(begin) > 1 else begin[:0]


def _parts_between(
    samples: Samples, segments: pd.DataFrame, kind: str, edges: Floats
) -> dict[str, NDArray[Any]]:
    """Return the columns of the parts that lie between times."""
    s = samples

    def at(values: Floats) -> Floats:
        return as_floats(np.interp(edges, s.clock, values))

    def over(rate: Floats) -> Floats:
        """Return the integral of a rate over the moving time of each part."""
        return np.diff(at(np.cumsum(np.nan_to_num(rate) * s.time)))

    def known(values: Floats) -> Floats:
        return np.diff(at(np.cumsum(~np.isnan(values) * s.time)))

    def mean(values: Floats) -> Floats:
        return divide_by_positive(over(values), known(values))

    distance = at(s.distance)
    length, moving = np.diff(distance), np.diff(at(np.cumsum(s.time)))
    columns: dict[str, NDArray[Any]] = {
        "kind": np.full(len(length), kind, dtype=object),
        "index": np.arange(len(length)),
        "start_distance": distance[:-1],
        "distance": length,
        "elapsed_time": np.diff(edges),
        "moving_time": moving,
        "ascent": np.diff(at(s.track["ascent"])),
        "descent": np.diff(at(s.track["descent"])),
        "speed": divide_by_positive(length, moving),
        "grade_adjusted_speed": mean(s.level_speed),
    }
    columns |= {name: mean(s.records[name]) for name in _MEANS}
    return columns | {
        f"{side}_share": divide_by_positive(
            _on_ground(segments, side, distance), length
        )
        for side in (Surface.ROAD, Surface.TRAIL)
    }


def _on_ground(
    segments: pd.DataFrame, surface: Surface, distance: Floats
) -> Floats:
    """Return the length on a surface between distances [m]."""
    ends = segments["end_distance"].to_numpy()
    # As objects: comparing short columns of texts costs more than all else here.
    there = segments["surface"].to_numpy(dtype=object) == surface
    own = np.where(there, segments["distance"].to_numpy(), 0.0)
    edge = np.concatenate((segments["start_distance"].to_numpy()[:1], ends))
    total = np.concatenate(([0.0], np.cumsum(own)))
    return np.diff(np.interp(distance, edge, total))
