"""Altair charts of one run and of all routes: rows of points in, charts without a theme out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trailstats.report.chart_base import Rows, altair, data, surface_colour, wide
from trailstats.report.palette import LIGHT

if TYPE_CHECKING:
    from trailstats.report.chart_base import Chart

__all__ = ["profile", "routes", "track"]


def profile(rows: Rows, x_title: str, y_title: str) -> Chart:
    """Return the elevation profile coloured by surface; technical stretches are hatched by a line below.

    Rows with ``along, height, base, surface, part, technical``: one for each point, in order.
    """
    alt = altair()
    base = alt.Chart(data(rows))
    x = alt.X("along:Q", title=x_title, scale=alt.Scale(nice=False))
    y = alt.Y("height:Q", title=y_title, scale=alt.Scale(zero=False))
    area = base.mark_area(opacity=0.75).encode(x=x, y=y, y2="base:Q", color=surface_colour(rows), detail="part:N")
    outline = base.mark_line(strokeWidth=1, color=LIGHT.text).encode(x=x, y=y)
    technical = (
        base.transform_filter("datum.technical")
        .mark_line(strokeWidth=4, strokeDash=[2, 3], color=LIGHT.text)
        .encode(x=x, y="base:Q", detail="part:N")
    )
    return wide(alt.layer(area, outline, technical))


def track(rows: Rows) -> Chart:
    """Return the route in metres around its centre, coloured by surface.

    Rows with ``x, y, surface, part, order``: one for each point. Both axes have the same scale.
    """
    return _from_above(rows, "part:N", 2.5)


def routes(rows: Rows) -> Chart:
    """Return many routes in one picture; rows as for `track`, with ``part`` unique over all runs and ``name``."""
    return _from_above(rows, "part:N", 1.2, opacity=0.55)


def _from_above(rows: Rows, detail: str, width: float, opacity: float = 1.0) -> Chart:
    alt = altair()
    xs = [float(str(r["x"])) for r in rows] or [0.0]
    ys = [float(str(r["y"])) for r in rows] or [0.0]
    side = max(max(xs) - min(xs), max(ys) - min(ys), 1.0) * 1.04
    middles = [(max(v) + min(v)) / 2 for v in (xs, ys)]
    domains = [[m - side / 2, m + side / 2] for m in middles]
    axis = alt.Axis(title=None, labels=False, ticks=False, grid=False, domain=False)
    chart: Chart = (
        alt.Chart(data(rows))
        .mark_line(strokeWidth=width, opacity=opacity)
        .encode(
            x=alt.X("x:Q", axis=axis, scale=alt.Scale(domain=domains[0], nice=False, zero=False)),
            y=alt.Y("y:Q", axis=axis, scale=alt.Scale(domain=domains[1], nice=False, zero=False)),
            color=surface_colour(rows),
            detail=detail,
            order="order:Q",
        )
        .properties(width=380, height=380)
    )
    return chart
