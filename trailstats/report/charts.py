"""Altair charts of the archive and of one run: specifications that the page, notebooks, SVG and PNG
share.

Every function takes plain rows as `trailstats.report.history_rows` makes them and returns a chart
without a theme; `themed` adds the one for the light background. In the page the same specification
gets the colours of the reader's theme.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trailstats.report.chart_base import (
    SURFACES,
    Rows,
    altair,
    data,
    legend,
    surface_colour,
    surface_shape,
    time_axis,
    wide,
)
from trailstats.report.palette import LIGHT
from trailstats.terrain.ground_kinds import GROUND_KINDS

if TYPE_CHECKING:
    from trailstats.report.chart_base import Chart

__all__ = [
    "calendar",
    "claims",
    "impact",
    "intensity",
    "load",
    "profile",
    "routes",
    "track",
    "trend",
    "variety",
    "weekly",
]

_VERDICTS = {
    "supported": (LIGHT.good, "circle"),
    "contradicted": (LIGHT.bad, "cross"),
    "inconclusive": (LIGHT.warn, "square"),
    "not enough data": (LIGHT.unknown, "triangle-up"),
    "not measurable": (LIGHT.unknown, "stroke"),
}
_DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def weekly(rows: Rows, unit: str = "km") -> Chart:
    """Return weekly distance as bars stacked by surface; rows with ``week, end, surface,
    distance``.
    """
    return _stacked(rows, "distance", unit)


def impact(rows: Rows) -> Chart:
    """Return weekly impact load as bars stacked by surface; rows with ``week, end, surface,
    impact``.
    """
    return _stacked(rows, "impact", "level-road km")


def load(rows: Rows) -> Chart:
    """Return weekly session load as bars with fitness, fatigue and form, the one less the other.

    Rows with ``week, end, load, fitness, fatigue, form``.
    """
    alt = altair()
    kinds = ["fitness", "fatigue", "form"]
    base = alt.Chart(data(rows))
    bars = base.mark_rect(color=LIGHT.unknown, opacity=0.45).encode(
        x=_week(),
        x2="end:T",
        y=alt.Y("load:Q", title="load"),
        y2=alt.datum(0),
        tooltip=[
            alt.Tooltip("week:T", title="week from", format="%d %b %Y"),
            alt.Tooltip("load:Q", format=".0f"),
            alt.Tooltip("fitness:Q", title="fitness, 42 days", format=".0f"),
            alt.Tooltip("fatigue:Q", title="fatigue, 7 days", format=".0f"),
            alt.Tooltip("form:Q", format="+.0f"),
        ],
    )
    lines = (
        base.transform_fold(kinds, as_=["kind", "value"])
        .mark_line(strokeWidth=2)
        .encode(
            x=_week(),
            y="value:Q",
            color=alt.Color(
                "kind:N",
                title=None,
                scale=alt.Scale(
                    domain=kinds, range=[LIGHT.text, LIGHT.bad, LIGHT.accent]
                ),
                legend=legend(),
            ),
            strokeDash=alt.StrokeDash(
                "kind:N",
                title=None,
                scale=alt.Scale(domain=kinds, range=[[1, 0], [5, 3], [2, 2]]),
                legend=legend(),
            ),
        )
    )
    return wide(alt.layer(bars, lines))


def intensity(rows: Rows) -> Chart:
    """Return the share of time in three heart-rate zones, trail against road; rows as
    `intensity_rows` gives.
    """
    alt = altair()
    zones = ["easy", "moderate", "hard"]
    return wide(
        alt.Chart(data(rows))
        .mark_bar(stroke=LIGHT.background, strokeWidth=1)
        .encode(
            y=alt.Y("surface:N", title=None, sort=["trail runs", "road runs"]),
            x=alt.X(
                "share:Q",
                title=None,
                axis=alt.Axis(format="%", tickCount=5),
                scale=alt.Scale(domain=[0, 1]),
            ),
            color=alt.Color(
                "zone:N",
                title="zone",
                sort=zones,
                scale=alt.Scale(
                    domain=zones, range=[LIGHT.easy, LIGHT.moderate, LIGHT.hard]
                ),
                legend=legend(),
            ),
            order="order:Q",
            tooltip=[
                alt.Tooltip("surface:N", title="on"),
                alt.Tooltip("zone:N"),
                alt.Tooltip("share:Q", format=".0%"),
                alt.Tooltip("time:N"),
                alt.Tooltip("n:Q", title="runs"),
            ],
        ),
        height=130,
    )


def calendar(rows: Rows, unit: str = "km") -> Chart:
    """Return a calendar with a point for each run; rows with ``week, day, date, surface, distance,
    name``.
    """
    alt = altair()
    return wide(
        alt.Chart(data(rows))
        .mark_point(filled=True, opacity=0.85)
        .encode(
            x=_week(),
            y=alt.Y("day:N", sort=_DAYS, title=None, scale=alt.Scale(domain=_DAYS)),
            size=alt.Size(
                "distance:Q", title=unit, legend=None, scale=alt.Scale(range=[8, 170])
            ),
            color=surface_colour(rows),
            shape=surface_shape(rows),
            tooltip=[
                alt.Tooltip("date:N"),
                alt.Tooltip("name:N"),
                alt.Tooltip("surface:N"),
                alt.Tooltip("distance:Q", title=unit, format=".1f"),
            ],
        ),
        height=170,
    )


def variety(rows: Rows) -> Chart:
    """Return how each month's time is spread over kinds of ground.

    Rows with ``month, kind, share, hours, evenness``.
    """
    alt = altair()
    kinds = [k for k in GROUND_KINDS if any(row["kind"] == k for row in rows)]
    months = alt.X(
        "yearmonth(month):O",
        title=None,
        axis=alt.Axis(format="%b %Y", labelOverlap=True, labelAngle=0),
    )
    base = alt.Chart(data(rows))
    cells = base.mark_rect(color=LIGHT.hard).encode(
        x=months,
        y=alt.Y("kind:N", sort=kinds, title=None, scale=alt.Scale(domain=kinds)),
        opacity=alt.Opacity(
            "share:Q",
            scale=alt.Scale(type="sqrt", domain=[0, 1], range=[0.04, 1]),
            legend=alt.Legend(
                orient="top",
                title="share of the month",
                format="%",
                values=[0.05, 0.25, 1],
            ),
        ),
        tooltip=[
            alt.Tooltip("month:T", format="%B %Y"),
            alt.Tooltip("kind:N", title="ground"),
            alt.Tooltip("share:Q", format=".0%"),
            alt.Tooltip("hours:Q", format=".1f"),
            alt.Tooltip("evenness:Q", title="evenness of the month", format=".2f"),
        ],
    )
    return wide(cells, height=30 * len(kinds) + 60)


def trend(points: Rows, lines: Rows, unit: str = "/km") -> Chart:
    """Return the weekly pace on level road at one heart rate with trend and band; rows as
    `trend_rows` gives.

    The faster, the higher; the axis is marked as a clock.
    """
    alt = altair()
    clock = (
        "floor(datum.value / 60) + ':' + (datum.value % 60 < 10 ? '0' : '') + "
        "round(datum.value % 60)"
    )
    scale = alt.Scale(zero=False, reverse=True)
    axis = alt.Axis(labelExpr=clock, values=_clock_ticks(points))
    y = alt.Y("speed:Q", title=f"pace, {unit}", scale=scale, axis=axis)
    dots = (
        alt.Chart(data(points))
        .mark_point(filled=True, opacity=0.6, color=LIGHT.road)
        .encode(
            x=_week(),
            y=y,
            size=alt.Size("n:Q", legend=None, scale=alt.Scale(range=[16, 70])),
            tooltip=[
                alt.Tooltip("week:T", title="week from", format="%d %b %Y"),
                alt.Tooltip("pace:N"),
                alt.Tooltip("n:Q", title="road runs"),
            ],
        )
    )
    fitted = alt.Chart(data(lines))
    band = fitted.mark_area(opacity=0.18, color=LIGHT.road).encode(
        x=_week(), y=alt.Y("low:Q", scale=scale), y2="high:Q"
    )
    line = fitted.mark_line(strokeWidth=2, color=LIGHT.road).encode(x=_week(), y=y)
    return wide(alt.layer(band, line, dots) if lines else alt.layer(dots))


def _clock_ticks(points: Rows) -> list[float]:
    """Return ticks at round times per kilometre or mile."""
    paces = [float(str(row["speed"])) for row in points]
    low, high = min(paces, default=0.0), max(paces, default=0.0)
    step = next(
        (s for s in (5.0, 10.0, 15.0, 30.0, 60.0) if (high - low) / s <= 7), 120.0
    )
    return [step * k for k in range(int(low // step), int(high // step) + 2)]


def claims(rows: Rows) -> Chart:
    """Return differences with their intervals, each on its own scale around a common zero.

    Rows with ``title, verdict, difference, low, high, favours, text``: bounds and difference as
    parts of the axis, -1 to 1, and the end of the axis that speaks for the claim, 0 where none is
    known to.
    """
    alt = altair()
    base = alt.Chart(data(rows)).encode(
        y=alt.Y("title:N", title=None, sort=None, axis=alt.Axis(labelLimit=320)),
        tooltip=[
            alt.Tooltip("title:N"),
            alt.Tooltip("verdict:N"),
            alt.Tooltip("text:N", title="trail minus road"),
        ],
    )
    found = [v for v in _VERDICTS if any(row["verdict"] == v for row in rows)]
    tones = [_VERDICTS[v][0] for v in found]
    colour = alt.Color(
        "verdict:N",
        title=None,
        scale=alt.Scale(domain=found, range=tones),
        legend=legend(),
    )
    shapes = [_VERDICTS[v][1] for v in found]
    shape = alt.Shape(
        "verdict:N",
        title=None,
        scale=alt.Scale(domain=found, range=shapes),
        legend=legend(),
    )

    def axis_of(field: str) -> object:
        return alt.X(
            field,
            title="← lower with trail | higher with trail → (shaded: speaks for the claim)",
            scale=alt.Scale(domain=[-1, 1]),
            axis=alt.Axis(labels=False, ticks=False, grid=False),
        )

    zero = (
        alt.Chart(data([{"zero": 0}]))
        .mark_rule(color=LIGHT.muted, strokeDash=[2, 2])
        .encode(x="zero:Q")
    )
    side = base.mark_bar(color=LIGHT.good, opacity=0.12, size=24).encode(
        x=axis_of("favours:Q"), x2=alt.datum(0)
    )
    bars = base.mark_rule(strokeWidth=3).encode(
        x=axis_of("low:Q"), x2="high:Q", color=colour
    )
    dots = base.mark_point(filled=True, size=90).encode(
        x="difference:Q", color=colour, shape=shape
    )
    return wide(alt.layer(side, zero, bars, dots), height=max(60, 34 * len(rows)))


def _stacked(rows: Rows, field: str, title: str) -> Chart:
    """Return bars from week to week, stacked by surface; drawn as rectangles, so that they fill the
    week.
    """
    alt = altair()
    return wide(
        alt.Chart(data(rows))
        .transform_calculate(order=f"indexof({SURFACES}, datum.surface)")
        .transform_stack(
            stack=field,
            groupby=["week"],
            sort=[alt.SortField("order")],
            as_=["from", "to"],
            offset="zero",
        )
        .mark_rect()
        .encode(
            x=_week(),
            x2="end:T",
            y=alt.Y("from:Q", title=title),
            y2="to:Q",
            color=surface_colour(rows),
            tooltip=[
                alt.Tooltip("week:T", title="week from", format="%d %b %Y"),
                alt.Tooltip("surface:N"),
                alt.Tooltip(f"{field}:Q", title=title, format=".1f"),
            ],
        )
    )


def _week() -> object:
    return altair().X("week:T", title=None, axis=time_axis())


def profile(rows: Rows, x_title: str, y_title: str) -> Chart:
    """Return the elevation profile coloured by surface; technical stretches are hatched by a line
    below.

    Rows with ``along, height, base, surface, part, technical``: one for each point, in order.
    """
    alt = altair()
    base = alt.Chart(data(rows))
    x = alt.X("along:Q", title=x_title, scale=alt.Scale(nice=False))
    y = alt.Y("height:Q", title=y_title, scale=alt.Scale(zero=False))
    area = base.mark_area(opacity=0.75).encode(
        x=x, y=y, y2="base:Q", color=surface_colour(rows), detail="part:N"
    )
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
    """Return many routes in one picture; rows as for `track`, with ``part`` unique over all runs
    and ``name``.
    """
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
            x=alt.X(
                "x:Q",
                axis=axis,
                scale=alt.Scale(domain=domains[0], nice=False, zero=False),
            ),
            y=alt.Y(
                "y:Q",
                axis=axis,
                scale=alt.Scale(domain=domains[1], nice=False, zero=False),
            ),
            color=surface_colour(rows),
            detail=detail,
            order="order:Q",
        )
        .properties(width=380, height=380)
    )
    return chart
