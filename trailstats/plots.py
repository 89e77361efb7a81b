"""Charts for notebooks, scripts and pictures: the same specifications as in the report.

Each function returns an Altair chart; ``chart.save("name.svg")`` or ``.png`` writes a picture, ``.html`` a page.

Examples
--------
>>> import trailstats as ts
>>> run = ts.analyze("data/samples/odd/two-tracks.gpx")
>>> chart = ts.plots.profile(run)
>>> chart.to_dict()["layer"][0]["mark"]["type"]
'area'
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trailstats.athlete import Athlete
from trailstats.claims.result import ClaimResult
from trailstats.errors import MissingExtraError, WriteError
from trailstats.history import History
from trailstats.io.export import write_atomically
from trailstats.report import archive, charts, text
from trailstats.report.claim_view import ClaimView, claim_view
from trailstats.report.figures import drawings
from trailstats.report.tracks import TrackView, track_views
from trailstats.report.view import build_page
from trailstats.results import Analysis
from trailstats.schema import Surface

if TYPE_CHECKING:
    from trailstats.report.charts import Chart

__all__ = ["claims", "profile", "track", "weekly", "write_pictures"]


def profile(analysis: Analysis, *, athlete: Athlete | None = None, imperial: bool = False) -> Chart:
    """Return the elevation profile of a run, coloured by surface.

    Parameters
    ----------
    analysis : Analysis
    athlete : Athlete, optional
        Points in this athlete's privacy zones are left out.
    imperial : bool
        Miles and feet.

    Returns
    -------
    altair.LayerChart
        Elevation over distance, technical stretches dotted along the bottom. Without elevation a band of the
        surfaces, without distance over time.

    Raises
    ------
    MissingExtraError
        Without altair.
    """
    view = _view(analysis, athlete)
    far, high = (text.METRES_PER_MILE, text.METRES_PER_FOOT) if imperial else (1000.0, 1.0)
    along = view.along / (60.0 if view.by_time else far)
    height = view.elevation / high if view.has("elevation") else np.ones(len(view))
    low = float(np.nanmin(height)) if view.has("elevation") else 0.0
    rows = [
        row | {"along": round(float(along[i]), 4), "height": round(float(height[i]), 2), "base": low}
        for i, row in _stretches(analysis, view, np.isfinite(along) & np.isfinite(height))
    ]
    x_title = "time (min)" if view.by_time else f"distance ({'mi' if imperial else 'km'})"
    y_title = f"elevation ({'ft' if imperial else 'm'})" if view.has("elevation") else "no elevation"
    return charts.themed(charts.profile(rows, x_title, y_title))


def track(analysis: Analysis, *, athlete: Athlete | None = None) -> Chart:
    """Return the route of a run in metres around its centre, north up, coloured by surface.

    Parameters
    ----------
    analysis : Analysis
        Without positions the chart is empty.
    athlete : Athlete, optional
        Points in this athlete's privacy zones are left out, and the line broken there.

    Returns
    -------
    altair.Chart
        The chart's data hold no latitude or longitude.

    Raises
    ------
    MissingExtraError
        Without altair.
    """
    view = _view(analysis, athlete)
    rows = [
        row | {"x": round(float(view.x[i]), 1), "y": round(float(view.y[i]), 1), "order": i}
        for i, row in _stretches(analysis, view, np.isfinite(view.x) & np.isfinite(view.y))
    ]
    return charts.themed(charts.track(rows))


def weekly(history: History, *, imperial: bool = False) -> Chart:
    """Return the distance of each week, stacked by surface.

    Parameters
    ----------
    history : History
    imperial : bool
        Miles.

    Returns
    -------
    altair.Chart

    Raises
    ------
    MissingExtraError
        Without altair.
    """
    return charts.themed(charts.weekly(archive.weekly_rows(history.weekly(), imperial), "mi" if imperial else "km"))


def claims(results: Sequence[ClaimResult], *, imperial: bool = False) -> Chart:
    """Return each claim's difference between trail and road with its interval.

    Parameters
    ----------
    results : sequence of ClaimResult
        Those without a difference are left out; one that has several parts shows its parts.
    imperial : bool

    Returns
    -------
    altair.LayerChart
        Each claim on its own scale around a common zero; the values stand in the tooltip.

    Raises
    ------
    MissingExtraError
        Without altair.
    """
    rows: list[dict[str, object]] = []
    for view in (claim_view(result, {}, imperial) for result in results):
        if view.picture:
            rows.append(_difference(view, view.title))
        rows += [_difference(p, f"{view.title}: {p.measure or p.title}") for p in view.parts if p.picture]
    return charts.themed(charts.claims(rows))


def write_pictures(
    history: History, folder: str | Path, *, results: Sequence[ClaimResult] = (), imperial: bool = False
) -> list[Path]:
    """Write the charts of an archive as SVG and PNG.

    Parameters
    ----------
    history : History
    folder : str or Path
        Made where it does not exist.
    results : sequence of ClaimResult
        Drawn as ``claims`` when given.
    imperial : bool

    Returns
    -------
    list of Path
        Two files for each chart that has something to show.

    Raises
    ------
    MissingExtraError
        Without altair or vl-convert-python.
    WriteError
        When the folder can't be written to.
    """
    try:
        import vl_convert
    except ImportError as error:
        raise MissingExtraError("vl-convert-python", "report") from error
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(f"{target}: can't be made: {error.strerror or error}") from error
    rows = build_page(history, imperial=imperial).archive
    assert rows is not None
    drawn = {d.name: charts.themed(d.draw()) for d in drawings(rows, imperial)}
    if results:
        drawn["claims"] = claims(results, imperial=imperial)
    out = []
    for name, chart in drawn.items():
        spec = chart.to_json()
        out.append(write_atomically(target / f"{name}.svg", vl_convert.vegalite_to_svg(spec).encode()))
        out.append(write_atomically(target / f"{name}.png", vl_convert.vegalite_to_png(spec, scale=2.0)))
    return out


def _view(analysis: Analysis, athlete: Athlete | None) -> TrackView:
    return track_views([analysis.profile], athlete.privacy_zones if athlete else ())[0]


def _difference(view: ClaimView, title: str) -> dict[str, object]:
    assert view.picture
    picture = view.picture
    left, right = picture.left, picture.left + picture.width
    places = {"low": left, "high": right, "difference": picture.dot}
    out: dict[str, object] = {name: round(place / 50.0 - 1.0, 4) for name, place in places.items()}
    return out | {"title": title, "verdict": view.verdict.word, "text": picture.label}


def _stretches(analysis: Analysis, view: TrackView, known: NDArray[np.bool_]) -> list[tuple[int, dict[str, object]]]:
    """Return the known points with their surface, in parts of the same ground; a part ends where the next begins."""
    surfaces, technical = analysis.segments["surface"].tolist(), analysis.segments["technical"].tolist()
    starts = set(view.starts.tolist())
    out: list[tuple[int, dict[str, object]]] = []
    part, before = 0, None
    for i in np.flatnonzero(known).tolist():
        k = int(view.segment[i])
        inside = 0 <= k < len(surfaces)
        ground = (surfaces[k], bool(technical[k])) if inside else (Surface.UNKNOWN.value, False)
        row = {"surface": ground[0], "technical": ground[1]}
        if before is not None and (i in starts or not known[i - 1]):
            part, before = part + 1, None
        if before is not None and before != row:
            out.append((i, before | {"part": part}))
            part += 1
        out.append((i, row | {"part": part}))
        before = row
    return out
