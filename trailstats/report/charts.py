"""Altair charts of the archive and of one run: specifications that the page, notebooks, SVG and PNG share.

Every function takes plain rows as `trailstats.report.archive` makes them and returns a chart without a theme; `themed`
adds the one for the light background. In the page the same specification gets the colours of the reader's theme.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias

from trailstats.errors import MissingExtraError
from trailstats.report.palette import LIGHT, Palette
from trailstats.schema import Surface

if TYPE_CHECKING:
    import altair as alt

    Chart: TypeAlias = alt.Chart | alt.LayerChart

__all__ = [
    "calendar",
    "claims",
    "config",
    "impact",
    "intensity",
    "load",
    "profile",
    "themed",
    "track",
    "trend",
    "weekly",
]

Rows = Sequence[dict[str, object]]

HEIGHT = 220
WIDTH = 640
_SURFACES = [s.value for s in (Surface.ROAD, Surface.TRAIL, Surface.UNKNOWN)]
_DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def weekly(rows: Rows, unit: str = "km") -> Chart:
    """Return weekly distance as bars stacked by surface; rows with ``week, end, surface, distance``."""
    return _stacked(rows, "distance", unit)


def impact(rows: Rows) -> Chart:
    """Return weekly impact load as bars stacked by surface; rows with ``week, end, surface, impact``."""
    return _stacked(rows, "impact", "level-road km")


def load(rows: Rows) -> Chart:
    """Return weekly session load as bars with fitness and fatigue; rows with ``week, end, load, fitness, fatigue``."""
    alt = _altair()
    base = alt.Chart(_data(rows))
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
        ],
    )
    lines = (
        base.transform_fold(["fitness", "fatigue"], as_=["kind", "value"])
        .mark_line(strokeWidth=2)
        .encode(
            x=_week(),
            y="value:Q",
            color=alt.Color(
                "kind:N",
                title=None,
                scale=alt.Scale(domain=["fitness", "fatigue"], range=[LIGHT.text, LIGHT.bad]),
                legend=_legend(),
            ),
            strokeDash=alt.StrokeDash(
                "kind:N",
                title=None,
                scale=alt.Scale(domain=["fitness", "fatigue"], range=[[1, 0], [5, 3]]),
                legend=_legend(),
            ),
        )
    )
    return _wide(alt.layer(bars, lines))


def intensity(rows: Rows) -> Chart:
    """Return the share of time in three heart-rate zones, trail against road; rows as `intensity_rows` gives."""
    alt = _altair()
    zones = ["easy", "moderate", "hard"]
    return _wide(
        alt.Chart(_data(rows))
        .mark_bar(stroke=LIGHT.background, strokeWidth=1)
        .encode(
            y=alt.Y("surface:N", title=None, sort=["trail runs", "road runs"]),
            x=alt.X("share:Q", title=None, axis=alt.Axis(format="%", tickCount=5), scale=alt.Scale(domain=[0, 1])),
            color=alt.Color(
                "zone:N",
                title="zone",
                sort=zones,
                scale=alt.Scale(domain=zones, range=[LIGHT.easy, LIGHT.moderate, LIGHT.hard]),
                legend=_legend(),
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
    """Return a calendar with a point for each run; rows with ``week, day, date, surface, distance, name``."""
    alt = _altair()
    return _wide(
        alt.Chart(_data(rows))
        .mark_point(filled=True, opacity=0.85)
        .encode(
            x=_week(),
            y=alt.Y("day:N", sort=_DAYS, title=None, scale=alt.Scale(domain=_DAYS)),
            size=alt.Size("distance:Q", title=unit, legend=None, scale=alt.Scale(range=[8, 170])),
            color=_surface_colour(rows),
            shape=alt.Shape(
                "surface:N",
                title=None,
                scale=alt.Scale(domain=_present(rows), range=_shapes(rows)),
                legend=_legend(),
            ),
            tooltip=[
                alt.Tooltip("date:N"),
                alt.Tooltip("name:N"),
                alt.Tooltip("surface:N"),
                alt.Tooltip("distance:Q", title=unit, format=".1f"),
            ],
        ),
        height=170,
    )


def trend(points: Rows, lines: Rows) -> Chart:
    """Return level-equivalent metres per heart beat over time with trend and band; rows as `trend_rows` gives."""
    alt = _altair()
    x = alt.X("date:T", title=None, axis=_time_axis())
    colour = _surface_colour(points)
    shape = alt.Shape(
        "surface:N",
        title=None,
        scale=alt.Scale(domain=_present(points), range=_shapes(points)),
        legend=_legend(),
    )
    y = alt.Y("value:Q", title="level metres per heart beat", scale=alt.Scale(zero=False))
    dots = (
        alt.Chart(_data(points))
        .mark_point(filled=True, size=34, opacity=0.6)
        .encode(
            x=x,
            y=y,
            color=colour,
            shape=shape,
            tooltip=[
                alt.Tooltip("date:T", format="%d %b %Y"),
                alt.Tooltip("surface:N"),
                alt.Tooltip("value:Q", format=".3f"),
            ],
        )
    )
    fitted = alt.Chart(_data(lines))
    band = fitted.mark_area(opacity=0.18).encode(x=x, y="low:Q", y2="high:Q", color=colour)
    line = fitted.mark_line(strokeWidth=2).encode(x=x, y="value:Q", color=colour)
    return _wide(alt.layer(band, line, dots) if lines else alt.layer(dots))


def claims(rows: Rows) -> Chart:
    """Return differences with their intervals, each on its own scale around a common zero.

    Rows with ``title, verdict, difference, low, high, text``, bounds and difference as parts of the axis, -1 to 1.
    """
    alt = _altair()
    base = alt.Chart(_data(rows)).encode(
        y=alt.Y("title:N", title=None, sort=None, axis=alt.Axis(labelLimit=260)),
        tooltip=[
            alt.Tooltip("title:N"),
            alt.Tooltip("verdict:N"),
            alt.Tooltip("text:N", title="trail minus road"),
        ],
    )
    verdicts = ["supported", "contradicted", "inconclusive", "not enough data", "not measurable"]
    tones = [LIGHT.good, LIGHT.bad, LIGHT.warn, LIGHT.unknown, LIGHT.unknown]
    colour = alt.Color("verdict:N", title=None, scale=alt.Scale(domain=verdicts, range=tones), legend=_legend())
    shape = alt.Shape(
        "verdict:N",
        title=None,
        scale=alt.Scale(domain=verdicts, range=["circle", "cross", "square", "triangle-up", "stroke"]),
        legend=_legend(),
    )
    axis = alt.X(
        "low:Q",
        title="lower on trail          0          higher on trail",
        scale=alt.Scale(domain=[-1, 1]),
        axis=alt.Axis(labels=False, ticks=False, grid=False),
    )
    zero = alt.Chart(_data([{"zero": 0}])).mark_rule(color=LIGHT.muted, strokeDash=[2, 2]).encode(x="zero:Q")
    bars = base.mark_rule(strokeWidth=3).encode(x=axis, x2="high:Q", color=colour)
    dots = base.mark_point(filled=True, size=90).encode(x="difference:Q", color=colour, shape=shape)
    return _wide(alt.layer(zero, bars, dots), height=max(60, 34 * len(rows)))


def profile(rows: Rows, x_title: str, y_title: str) -> Chart:
    """Return the elevation profile coloured by surface; technical stretches are hatched by a line below.

    Rows with ``along, height, base, surface, part, technical``: one for each point, in order.
    """
    alt = _altair()
    base = alt.Chart(_data(rows))
    x = alt.X("along:Q", title=x_title, scale=alt.Scale(nice=False))
    y = alt.Y("height:Q", title=y_title, scale=alt.Scale(zero=False))
    area = base.mark_area(opacity=0.75).encode(x=x, y=y, y2="base:Q", color=_surface_colour(rows), detail="part:N")
    outline = base.mark_line(strokeWidth=1, color=LIGHT.text).encode(x=x, y=y)
    technical = (
        base.transform_filter("datum.technical")
        .mark_line(strokeWidth=4, strokeDash=[2, 3], color=LIGHT.text)
        .encode(x=x, y="base:Q", detail="part:N")
    )
    return _wide(alt.layer(area, outline, technical))


def track(rows: Rows) -> Chart:
    """Return the route in metres around its centre, coloured by surface.

    Rows with ``x, y, surface, part, order``: one for each point. Both axes have the same scale.
    """
    alt = _altair()
    xs = [float(str(r["x"])) for r in rows] or [0.0]
    ys = [float(str(r["y"])) for r in rows] or [0.0]
    side = max(max(xs) - min(xs), max(ys) - min(ys), 1.0) * 1.04
    middles = [(max(v) + min(v)) / 2 for v in (xs, ys)]
    domains = [[m - side / 2, m + side / 2] for m in middles]
    axis = alt.Axis(title=None, labels=False, ticks=False, grid=False, domain=False)
    chart: Chart = (
        alt.Chart(_data(rows))
        .mark_line(strokeWidth=2.5)
        .encode(
            x=alt.X("x:Q", axis=axis, scale=alt.Scale(domain=domains[0], nice=False, zero=False)),
            y=alt.Y("y:Q", axis=axis, scale=alt.Scale(domain=domains[1], nice=False, zero=False)),
            color=_surface_colour(rows),
            detail="part:N",
            order="order:Q",
        )
        .properties(width=380, height=380)
    )
    return chart


def themed(chart: Chart) -> Chart:
    """Return a chart with the light theme and a width of its own, for notebooks and pictures."""
    out: Chart = chart.configure(**config(LIGHT))
    return out.properties(width=WIDTH) if out.width == "container" else out


def config(palette: Palette) -> dict[str, Any]:
    """Return the Vega-Lite configuration of a theme."""
    axis = {
        "labelColor": palette.muted,
        "titleColor": palette.muted,
        "gridColor": palette.line,
        "domainColor": palette.line,
        "tickColor": palette.line,
        "titleFontWeight": "normal",
        "labelFontSize": 12,
        "titleFontSize": 12,
    }
    legend = {
        "labelColor": palette.text,
        "titleColor": palette.muted,
        "labelFontSize": 12,
        "titleFontSize": 12,
    }
    font = "system-ui, sans-serif"
    return {
        "background": palette.background,
        "font": font,
        "axis": axis,
        "legend": legend,
        "view": {"stroke": None},
    }


def _altair() -> ModuleType:
    try:
        import altair
    except ImportError as error:
        raise MissingExtraError("altair", "report") from error
    return altair


def _data(rows: Rows) -> object:
    return _altair().Data(values=list(rows))


def _wide(chart: Chart, height: int = HEIGHT) -> Chart:
    return chart.properties(width="container", height=height, autosize={"type": "fit", "contains": "padding"})


def _stacked(rows: Rows, field: str, title: str) -> Chart:
    """Return bars from week to week, stacked by surface; drawn as rectangles, so that they fill the week."""
    alt = _altair()
    return _wide(
        alt.Chart(_data(rows))
        .transform_calculate(order=f"indexof({_SURFACES}, datum.surface)")
        .transform_stack(
            stack=field, groupby=["week"], sort=[alt.SortField("order")], as_=["from", "to"], offset="zero"
        )
        .mark_rect()
        .encode(
            x=_week(),
            x2="end:T",
            y=alt.Y("from:Q", title=title),
            y2="to:Q",
            color=_surface_colour(rows),
            tooltip=[
                alt.Tooltip("week:T", title="week from", format="%d %b %Y"),
                alt.Tooltip("surface:N"),
                alt.Tooltip(f"{field}:Q", title=title, format=".1f"),
            ],
        )
    )


def _legend() -> object:
    return _altair().Legend(orient="top", title=None, symbolOpacity=1)


def _time_axis() -> object:
    return _altair().Axis(format="%b %Y", labelOverlap=True, tickCount=6, grid=False)


def _week() -> object:
    return _altair().X("week:T", title=None, axis=_time_axis())


def _present(rows: Rows) -> list[str]:
    found = {row["surface"] for row in rows}
    return [s for s in _SURFACES if s in found]


def _shapes(rows: Rows) -> list[str]:
    shapes = {"road": "circle", "trail": "triangle-up", "unknown": "square"}
    return [shapes[s] for s in _present(rows)]


def _surface_colour(rows: Rows) -> object:
    alt = _altair()
    present = _present(rows)
    colours = [LIGHT.surface(Surface(s)) for s in present]
    return alt.Color("surface:N", title=None, scale=alt.Scale(domain=present, range=colours), legend=_legend())
