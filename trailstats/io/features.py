"""The lines of an activity and of its segments as features of GeoJSON, cut at the date line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from trailstats.arrays import Floats
from trailstats.model.activity import Activity
from trailstats.schema.documents import plain

__all__ = ["features_of"]


def features_of(
    activity: Activity, segments: pd.DataFrame | None = None
) -> dict[str, Any]:
    """Return a feature collection of GeoJSON: one line a segment with its properties, or one of the
    whole activity.

    Parameters
    ----------
    activity : Activity
    segments : pandas.DataFrame, optional
        Table ``schema.SEGMENTS``; one without positions has properties alone.
    """
    records = activity.records
    placed = records[records["latitude"].notna()]
    # Longitudes that run on across the date line, so that the line is one until it is cut there.
    around = np.unwrap(placed["longitude"].to_numpy(), period=360.0)
    placed = placed.assign(longitude=around)
    columns = ["longitude", "latitude", "elevation"]
    features = []
    if segments is None:
        features.append(
            _feature(
                placed[columns],
                {"source": activity.meta.source, "sport": activity.meta.sport},
            )
        )
    else:
        lines = _segment_lines(placed[columns], segments)
        rows = segments.to_dict("records")
        for line, row in zip(lines, rows, strict=True):
            features.append(
                _feature(line, {str(k): plain(v) for k, v in row.items()})
            )
    collection: dict[str, Any] = {
        "type": "FeatureCollection",
        "features": features,
    }
    if activity.meta.attribution:
        collection["attribution"] = activity.meta.attribution
    return collection


def _segment_lines(
    placed: pd.DataFrame, segments: pd.DataFrame
) -> Iterator[pd.DataFrame]:
    """Yield the points of each segment, from where it begins to where it ends, so that the lines
    join.

    A segment before the first position or after the last has no points.
    """
    placed = placed[~placed.index.duplicated()].sort_index()
    zero = placed.index.min()
    times = (placed.index - zero).total_seconds().to_numpy()
    starts, stops = (
        (segments[name] - zero).dt.total_seconds().tolist()
        for name in ("start_time", "end_time")
    )
    for start, end in zip(starts, stops, strict=True):
        if not len(times) or end < times[0] or start > times[-1]:
            yield placed.iloc[:0]
            continue
        ends = np.clip([start, end], times[0], times[-1])
        first, last = (
            np.searchsorted(times, ends[0], side="right"),
            np.searchsorted(times, ends[1]),
        )
        around = (np.interp(ends, times, placed[name]) for name in placed.columns)
        edges = pd.DataFrame(dict(zip(placed.columns, around, strict=True)))
        yield pd.concat(
            [edges.iloc[:1], placed.iloc[first:last], edges.iloc[1:]],
            ignore_index=True,
        )


def _feature(
    line: pd.DataFrame, properties: dict[str, object]
) -> dict[str, object]:
    flat = line["elevation"].isna().any()
    points = line[["longitude", "latitude"]] if flat else line
    lines = [
        part.round(7).tolist() for part in _cut_at_date_line(points.to_numpy())
    ]
    geometry: dict[str, object] | None = None
    if len(lines) == 1:
        geometry = {"type": "LineString", "coordinates": lines[0]}
    elif lines:
        geometry = {"type": "MultiLineString", "coordinates": lines}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _cut_at_date_line(points: Floats) -> list[Floats]:
    """Return a line in parts on the globe, cut where it crosses the date line as GeoJSON asks for
    [RFC7946]_; no part where there are less than two points.

    Parameters
    ----------
    points : numpy.ndarray, shape (n, 2 or 3)
        Longitudes, which run on across the date line, first.
    """
    if len(points) < 2:
        return []
    turn = np.floor((points[:, 0] + 180.0) / 360.0)
    last = np.flatnonzero(np.diff(turn))
    # Where each crossing lies between the points around it, once at the end of the part before
    # and once at the beginning of the one after.
    edge = 360.0 * np.maximum(turn[last], turn[last + 1]) - 180.0
    before, after = points[last], points[last + 1]
    share = (edge - before[:, 0]) / (after[:, 0] - before[:, 0])
    crossing = before + share[:, None] * (after - before)
    parts = np.split(points, last + 1)
    out = []
    for i, (part, home) in enumerate(
        zip(parts, turn[np.append(0, last + 1)], strict=True)
    ):
        ends = [
            crossing[i - 1 : i] if i else crossing[:0],
            part,
            crossing[i : i + 1],
        ]
        line = np.concatenate(ends)
        line[:, 0] -= 360.0 * home
        out.append(line)
    return out
