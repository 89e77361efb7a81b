"""The kilometres, miles and laps of a run: what each took, and how it went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trailstats import schema
from trailstats.analysis._samples import Samples
from trailstats.arrays import Floats, divide_by_positive
from trailstats.schema import Columns, Surface

LENGTHS = {"km": 1000.0, "mile": 1609.344}
"""Length of a part of each kind [m]."""

SHORTEST_REST = 50.0
"""What is left at the end and shorter than this is no part of its own [m] (our choice)."""

_MEANS = ("heart_rate", "cadence", "power")


def part_table(samples: Samples, segments: Columns) -> Columns:
    """Return the kilometres, miles and laps of a run: table ``schema.PARTS``.

    Parameters
    ----------
    samples : Samples
    segments : Columns
        Of the table ``schema.SEGMENTS``, for the ground.

    Returns
    -------
    Columns
        Parts begin and end between two samples, where the distance or the time of a lap is reached.
        Laps are the device's, where it cut more than one.
    """
    found = [_laps(samples)]
    if samples.has_distance:
        found += [(kind, _edges(samples, kind)) for kind in LENGTHS]
    found = [(kind, edges) for kind, edges in found if len(edges) > 1]
    if not found:
        return schema.PARTS.columns_of({})
    return schema.PARTS.columns_of(
        _parts_between(_Sums.of(samples, segments), found)
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
    laps = samples.activity.held("laps")
    if len(laps) < 2:
        return "lap", np.zeros(0)
    start = samples.activity.index[0].to_datetime64()
    stamps = np.asarray(laps["start_time"], dtype="datetime64[ns]")
    begin = (stamps - start) / np.timedelta64(1, "s")
    last = samples.clock[-1]
    begin = np.unique(begin[np.isfinite(begin) & (begin < last)].clip(0.0))
    return "lap", np.append(begin, last) if len(begin) > 1 else begin[:0]


@dataclass(frozen=True, eq=False)
class _Sums:
    """Running sums along a run, made once for the parts of all kinds.

    Attributes
    ----------
    clock : numpy.ndarray
        Time of each sample [s].
    plain : mapping of str to numpy.ndarray
        Distance, moving time, ascent and descent up to each sample.
    rates : mapping of str to (numpy.ndarray, numpy.ndarray)
        Of what is averaged: its integral over the moving time, and the time that it is known for.
    edge : numpy.ndarray
        Where segments begin and end [m].
    grounds : mapping of str to numpy.ndarray
        Length on a surface up to each edge [m].
    """

    clock: Floats
    plain: Mapping[str, Floats]
    rates: Mapping[str, tuple[Floats, Floats]]
    edge: Floats
    grounds: Mapping[str, Floats]

    @classmethod
    def of(cls, s: Samples, segments: Columns) -> _Sums:
        """Add up a run."""

        def rate(values: Floats) -> tuple[Floats, Floats]:
            known = ~np.isnan(values) * s.time
            return np.cumsum(np.nan_to_num(values) * s.time), np.cumsum(known)

        surface, length = segments["surface"], segments["distance"]
        begin, ends = segments["start_distance"][:1], segments["end_distance"]
        return cls(
            s.clock,
            {
                "distance": s.distance,
                "moving_time": np.cumsum(s.time),
                "ascent": s.track["ascent"],
                "descent": s.track["descent"],
            },
            {
                "grade_adjusted_speed": rate(s.level_speed),
                **{name: rate(s.records[name]) for name in _MEANS},
            },
            np.concatenate((begin, ends)),
            {
                f"{side}_share": np.cumsum(
                    np.append(0.0, np.where(surface == side, length, 0.0))
                )
                for side in (Surface.ROAD, Surface.TRAIL)
            },
        )


def _parts_between(
    sums: _Sums, found: Sequence[tuple[str, Floats]]
) -> dict[str, NDArray[Any]]:
    """Return the columns of the parts that lie between times, kind after kind."""
    edges = np.concatenate([times for _, times in found])
    counts = [len(times) - 1 for _, times in found]
    # From the last edge of a kind to the first of the next there is no part.
    within = np.ones(len(edges) - 1, bool)
    within[np.cumsum([len(times) for _, times in found])[:-1] - 1] = False

    def change(values: Floats) -> Floats:
        return np.diff(values)[within]

    def between(values: Floats) -> Floats:
        return change(np.interp(edges, sums.clock, values))

    distance = np.interp(edges, sums.clock, sums.plain["distance"])
    length, moving = change(distance), between(sums.plain["moving_time"])
    return {
        "kind": np.repeat([kind for kind, _ in found], counts).astype(object),
        "index": np.concatenate([np.arange(count) for count in counts]),
        "start_distance": distance[:-1][within],
        "distance": length,
        "elapsed_time": change(edges),
        "moving_time": moving,
        "ascent": between(sums.plain["ascent"]),
        "descent": between(sums.plain["descent"]),
        "speed": divide_by_positive(length, moving),
        **{
            name: divide_by_positive(between(whole), between(known))
            for name, (whole, known) in sums.rates.items()
        },
        **{
            name: divide_by_positive(
                change(np.interp(distance, sums.edge, total)), length
            )
            for name, total in sums.grounds.items()
        },
    }
