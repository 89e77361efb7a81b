"""Altair charts of a history and of one run: specifications that the page, notebooks, SVG and PNG
share.

Every function takes plain rows as `trailstats.report.history_rows` makes them and returns a chart
without a theme; `themed` adds the one for the light background. In the page the same specification
gets the colours of the reader's theme.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trailstats.report.chart_base import (
    SURFACES,
    Rows,
    altair,
    channel,
    chart,
    keyed,
    surface_colour,
    surface_shape,
    time_axis,
    tips,
    wide,
)
from trailstats.report.palette import LIGHT, VERDICT_MARKS
from trailstats.report.run_tables import ZONES
from trailstats.terrain.ground_kinds import GROUND_KINDS

if TYPE_CHECKING:
    from trailstats.report.chart_base import Chart

_DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
_CLOCK = (
    "floor(datum.value / 60) + ':' + (datum.value % 60 < 10 ? '0' : '') + "
    "round(datum.value % 60)"
)
"""A Vega expression: seconds as minutes and seconds."""
_CLOCK_STEPS = (5.0, 10.0, 15.0, 30.0, 60.0)
_MOST_TICKS = 7


def weekly(rows: Rows, unit: str = "km") -> Chart:
    """Return weekly distance as bars stacked by surface; rows with ``week, end, surface,
    distance``.
    """
    return _stacked_weeks(rows, "weekly", "distance", unit)


def impact(rows: Rows, unit: str = "km") -> Chart:
    """Return weekly impact load as bars stacked by surface; rows with ``week, end, surface,
    impact``.
    """
    return _stacked_weeks(rows, "impact", "impact", f"level-road {unit}")


def load(rows: Rows) -> Chart:
    """Return weekly session load as bars with fitness, fatigue and form, the one less the other.

    Rows with ``week, end, load, fitness, fatigue, form``.
    """
    alt = altair()
    colours = {"fitness": LIGHT.text, "fatigue": LIGHT.bad, "form": LIGHT.accent}
    base = chart(rows).encode(x=_week_axis())
    bars = base.mark_rect(color=LIGHT.unknown, opacity=0.45).encode(
        x2="end:T",
        y=alt.Y("load:Q", title="load"),
        y2=alt.datum(0),
        tooltip=tips("load"),
    )
    # Drawn over the whole height: no value of such a week means much.
    warming = (
        chart(rows)
        .transform_filter("datum.warming")
        .mark_rect(color=LIGHT.muted, opacity=0.12)
        .encode(
            x=_week_axis(), x2="end:T", y=alt.value(0), y2=alt.value("height")
        )
    )
    folded = base.transform_fold(list(colours), as_=["kind", "value"])
    lines = folded.mark_line(strokeWidth=2).encode(
        y="value:Q",
        color=keyed("Color", "kind:N", colours),
        strokeDash=keyed("StrokeDash", "kind:N", channel("load", "dashes")),
    )
    return wide(alt.layer(warming, bars, lines))


def intensity(rows: Rows) -> Chart:
    """Return the share of time in three heart-rate zones, trail against road; rows as
    `intensity_rows` gives.
    """
    alt = altair()
    colours = dict(
        zip(ZONES, (LIGHT.easy, LIGHT.moderate, LIGHT.hard), strict=True)
    )
    bars = chart(rows).mark_bar(stroke=LIGHT.background, strokeWidth=1)
    bars = bars.encode(
        y=alt.Y("surface:N", title=None, sort=["trail runs", "road runs"]),
        x=alt.X("share:Q", title=None, **channel("intensity", "x")),
        color=keyed("Color", "zone:N", colours),
        order="order:Q",
        tooltip=tips("intensity"),
    )
    return wide(bars, height=130)


def calendar(rows: Rows, unit: str = "km") -> Chart:
    """Return a calendar with a point for each run; rows with ``week, day, date, surface, distance,
    name``.
    """
    alt = altair()
    area = alt.Scale(range=[8, 170])
    points = chart(rows).mark_point(filled=True, opacity=0.85)
    points = points.encode(
        x=_week_axis(),
        y=_names_axis("day:N", _DAYS),
        size=alt.Size("distance:Q", title=unit, legend=None, scale=area),
        color=surface_colour(rows),
        shape=surface_shape(rows),
        tooltip=tips("calendar", unit),
    )
    return wide(points, height=170)


def variety(rows: Rows) -> Chart:
    """Return how each month's time is spread over kinds of ground.

    Rows with ``month, kind, share, hours, evenness``.
    """
    alt = altair()
    kinds = [k for k in GROUND_KINDS if any(row["kind"] == k for row in rows)]
    cells = chart(rows).mark_rect(color=LIGHT.hard)
    cells = cells.encode(
        x=alt.X("yearmonth(month):O", title=None, **channel("variety", "x")),
        y=_names_axis("kind:N", kinds),
        opacity=alt.Opacity("share:Q", **channel("variety", "opacity")),
        tooltip=tips("variety"),
    )
    return wide(cells, height=30 * len(kinds) + 60)


def trend(points: Rows, lines: Rows, unit: str = "/km") -> Chart:
    """Return the weekly pace on level road at one heart rate with trend and band; rows as
    `trend_rows` gives.

    The faster, the higher; the axis is marked as a clock.
    """
    alt = altair()
    scale = alt.Scale(zero=False, reverse=True)
    axis = alt.Axis(labelExpr=_CLOCK, values=_clock_ticks(points))
    y = alt.Y("speed:Q", title=f"pace, {unit}", scale=scale, axis=axis)
    dots = chart(points).mark_point(filled=True, opacity=0.6, color=LIGHT.road)
    dots = dots.encode(
        x=_week_axis(),
        y=y,
        size=alt.Size("n:Q", legend=None, scale=alt.Scale(range=[16, 70])),
        tooltip=tips("trend"),
    )
    if not lines:
        return wide(alt.layer(dots))
    fitted = chart(lines).encode(x=_week_axis())
    band = fitted.mark_area(opacity=0.18, color=LIGHT.road)
    band = band.encode(y=alt.Y("low:Q", scale=scale), y2="high:Q")
    line = fitted.mark_line(strokeWidth=2, color=LIGHT.road).encode(y=y)
    return wide(alt.layer(band, line, dots))


def _clock_ticks(points: Rows) -> list[float]:
    """Return ticks at round times per kilometre or mile."""
    paces = [float(str(row["speed"])) for row in points] or [0.0]
    low = min(paces)
    range_ = max(paces) - low
    step = next((s for s in _CLOCK_STEPS if range_ / s <= _MOST_TICKS), 120.0)
    return [
        step * k for k in range(int(low // step), int(max(paces) // step) + 2)
    ]


def claims(rows: Rows) -> Chart:
    """Return differences with their intervals, each on its own scale around a common zero.

    Rows with ``title, verdict, difference, low, high, favours, text``: bounds and difference as
    parts of the axis, -1 to 1, and the end of the axis that speaks for the claim, 0 where none is
    known to.
    """
    alt = altair()
    found = {row["verdict"] for row in rows}
    marks = {v: mark for v, mark in VERDICT_MARKS.items() if v in found}
    colours = {verdict: colour for verdict, (colour, _) in marks.items()}
    shapes = {verdict: shape for verdict, (_, shape) in marks.items()}
    base = chart(rows).encode(
        y=alt.Y("title:N", title=None, sort=None, axis=alt.Axis(labelLimit=320)),
        tooltip=tips("claims"),
    )
    coloured = base.encode(color=keyed("Color", "verdict:N", colours))

    def axis_of(field: str) -> object:
        return alt.X(field, **channel("claims", "x"))

    zero = chart([{"zero": 0}]).mark_rule(color=LIGHT.muted, strokeDash=[2, 2])
    side = base.mark_bar(color=LIGHT.good, opacity=0.12, size=24)
    bars = coloured.mark_rule(strokeWidth=3)
    dots = coloured.mark_point(filled=True, size=90)
    layers = alt.layer(
        side.encode(x=axis_of("favours:Q"), x2=alt.datum(0)),
        zero.encode(x="zero:Q"),
        bars.encode(x=axis_of("low:Q"), x2="high:Q"),
        dots.encode(x="difference:Q", shape=keyed("Shape", "verdict:N", shapes)),
    )
    return wide(layers, height=max(60, 34 * len(rows)))


def _stacked_weeks(rows: Rows, name: str, field: str, unit: str) -> Chart:
    """Return bars from week to week, stacked by surface; drawn as rectangles, so that they fill the
    week.
    """
    alt = altair()
    ordered = chart(rows).transform_calculate(
        order=f"indexof({SURFACES}, datum.surface)"
    )
    stacked = ordered.transform_stack(
        stack=field,
        groupby=["week"],
        sort=[alt.SortField("order")],
        as_=["from", "to"],
        offset="zero",
    )
    bars = stacked.mark_rect().encode(
        x=_week_axis(),
        x2="end:T",
        y=alt.Y("from:Q", title=unit),
        y2="to:Q",
        color=surface_colour(rows),
        tooltip=tips(name, unit),
    )
    return wide(bars)


def _week_axis() -> object:
    return altair().X("week:T", title=None, axis=time_axis())


def _names_axis(field: str, names: Sequence[str]) -> object:
    """Return rows from above in this order, each with its name."""
    alt = altair()
    return alt.Y(field, sort=names, title=None, scale=alt.Scale(domain=names))


def profile(rows: Rows, x_title: str, y_title: str) -> Chart:
    """Return the elevation profile coloured by surface; technical stretches are hatched by a line
    below.

    Rows with ``along, height, base, surface, part, technical``: one for each point, in order.
    """
    alt = altair()
    base = chart(rows).encode(
        x=alt.X("along:Q", title=x_title, scale=alt.Scale(nice=False))
    )
    y = alt.Y("height:Q", title=y_title, scale=alt.Scale(zero=False))
    area = base.mark_area(opacity=0.75).encode(
        y=y, y2="base:Q", color=surface_colour(rows), detail="part:N"
    )
    outline = base.mark_line(strokeWidth=1, color=LIGHT.text).encode(y=y)
    technical = base.transform_filter("datum.technical").mark_line(
        strokeWidth=4, strokeDash=[2, 3], color=LIGHT.text
    )
    technical = technical.encode(y="base:Q", detail="part:N")
    return wide(alt.layer(area, outline, technical))


def track(rows: Rows) -> Chart:
    """Return the route in metres around its centre, coloured by surface.

    Rows with ``x, y, surface, part, order``: one for each point. Both axes have the same scale.
    """
    return _from_above(rows, 2.5, 1.0)


def routes(rows: Rows) -> Chart:
    """Return many routes in one picture; rows as for `track`, with ``part`` unique over all runs
    and ``name``.
    """
    return _from_above(rows, 1.2, 0.55)


def _from_above(rows: Rows, width: float, opacity: float) -> Chart:
    """Return lines in a square with the same scale on both axes."""
    alt = altair()
    frame = {}
    for name in ("x", "y"):
        values = [float(str(row[name])) for row in rows] or [0.0]
        frame[name] = (min(values), max(values))
    half = max(*(high - low for low, high in frame.values()), 1.0) * 0.52

    def axis_of(make: type, name: str) -> object:
        middle = sum(frame[name]) / 2
        domain = [middle - half, middle + half]
        return make(
            f"{name}:Q",
            axis=alt.Axis(
                title=None, labels=False, ticks=False, grid=False, domain=False
            ),
            scale=alt.Scale(domain=domain, nice=False, zero=False),
        )

    lines = chart(rows).mark_line(strokeWidth=width, opacity=opacity)
    lines = lines.encode(
        x=axis_of(alt.X, "x"),
        y=axis_of(alt.Y, "y"),
        color=surface_colour(rows),
        detail="part:N",
        order="order:Q",
    )
    square: Chart = lines.properties(width=380, height=380)
    return square
