"""Rows that the charts of single runs, of routes and of claims are drawn from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from trailstats.arrays import Flags
from trailstats.claims.result import ClaimResult
from trailstats.history import History
from trailstats.model.results import Analysis
from trailstats.report.claim_view import ClaimView, claim_view
from trailstats.report.privacy import zones_left_out
from trailstats.report.tracks import TrackView, place_tracks, placed_track
from trailstats.report.units import METRIC, Units
from trailstats.schema import PROFILE, SEGMENTS, Surface

Row = dict[str, object]


def profile_rows(
    analysis: Analysis, view: TrackView, units: Units = METRIC
) -> list[Row]:
    """Return a row for each point of a profile: ``along, height, base, surface, technical, part``.

    Parameters
    ----------
    analysis : Analysis
    view : TrackView
        Its track, private places already left out.
    units : Units
        Those of distance and elevation; minutes where the track lies along time.
    """
    along = view.along / (60.0 if view.by_time else units.long_metres)
    tall = view.has("elevation")
    height = view.elevation / units.short_metres if tall else np.ones(len(view))
    low = float(np.nanmin(height)) if tall else 0.0
    return [
        row
        | {
            "along": round(float(along[i]), 4),
            "height": round(float(height[i]), 2),
            "base": low,
        }
        for i, row in stretches(
            analysis.segments, view, np.isfinite(along) & np.isfinite(height)
        )
    ]


def route_rows(segments: pd.DataFrame, view: TrackView) -> list[Row]:
    """Return a row for each point of a route: ``x, y`` [m], ``surface, technical, part, order``.

    Parameters
    ----------
    segments : pandas.DataFrame
        Table ``schema.SEGMENTS``.
    view : TrackView
    """
    return [
        row
        | {
            "x": round(float(view.x[i]), 1),
            "y": round(float(view.y[i]), 1),
            "order": i,
        }
        for i, row in stretches(
            segments, view, np.isfinite(view.x) & np.isfinite(view.y)
        )
    ]


def all_route_rows(history: History) -> list[Row]:
    """Return the rows of `route_rows` for all runs of the busiest region, ``part`` unique over all
    of them; the privacy zones of the athlete are left out.
    """
    zones = zones_left_out(history.athlete)
    views = place_tracks(
        [placed_track(profile, zones) for profile in history.tables(PROFILE)]
    )
    return [
        row | {"part": f"{number}/{row['part']}"}
        for number, (segments, view) in enumerate(
            zip(history.tables(SEGMENTS), views, strict=True)
        )
        if view.region == 0
        for row in route_rows(segments, view)
    ]


def claim_rows(
    results: Sequence[ClaimResult], units: Units = METRIC
) -> list[Row]:
    """Return a row for each answer that has a difference, and for each part of one that has none
    itself.
    """
    rows: list[Row] = []
    for view in (claim_view(result, {}, units) for result in results):
        if view.picture:
            rows.append(_difference(view, view.title))
        else:
            rows += [
                _difference(p, f"{view.title}: {p.metric or p.title}")
                for p in view.parts
                if p.picture
            ]
    return rows


def _difference(view: ClaimView, title: str) -> Row:
    assert view.picture
    picture = view.picture
    left, right = picture.left, picture.left + picture.width
    places = {"low": left, "high": right, "difference": picture.dot}
    out: Row = {
        name: round(place / 50.0 - 1.0, 4) for name, place in places.items()
    }
    out["favours"] = picture.favours
    return out | {
        "title": title,
        "verdict": view.kind.word,
        "text": picture.label,
    }


def stretches(
    segments: pd.DataFrame, view: TrackView, known: Flags
) -> list[tuple[int, Row]]:
    """Return the known points with their surface, in parts of the same ground; a part ends where
    the next begins.
    """
    columns = segments[["surface", "technical"]]
    grounds: list[Row] = columns.to_dict("records")  # type: ignore[assignment]
    unknown: Row = {"surface": Surface.UNKNOWN.value, "technical": False}
    starts = set(view.starts.tolist())
    out: list[tuple[int, Row]] = []
    part = 0
    before: Row | None = None
    for i in np.flatnonzero(known).tolist():
        k = int(view.segment[i])
        row = grounds[k] if 0 <= k < len(grounds) else unknown
        if before is not None and (i in starts or not known[i - 1]):
            part, before = part + 1, None
        if before is not None and before != row:
            out.append((i, before | {"part": part}))
            part += 1
        out.append((i, row | {"part": part}))
        before = row
    return out
