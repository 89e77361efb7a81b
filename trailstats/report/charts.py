"""Charts of a history and of one run: specifications that the page, notebooks, SVG and PNG share.

Every function takes plain rows as `trailstats.report.history_rows` makes them and returns a chart
of ``charts.json`` that holds them, without a theme; `themed` adds the one for the light background.
In the page the colours are those of the reader's theme.
"""

from __future__ import annotations

from trailstats.report.chart_base import (
    SURFACES,
    Rows,
    Spec,
    grounds,
    specification,
)
from trailstats.report.palette import LIGHT, VERDICT_MARKS, Palette
from trailstats.report.run_tables import ZONES
from trailstats.terrain.ground_kinds import GROUND_KINDS

_CLOCK_STEPS = (5.0, 10.0, 15.0, 30.0, 60.0)
_MOST_TICKS = 7


def weekly(rows: Rows, unit: str = "km", palette: Palette = LIGHT) -> Spec:
    """Return weekly distance as bars stacked by surface; rows with ``week, end, surface,
    distance``.
    """
    return _weeks(rows, "distance", unit, palette)


def impact(rows: Rows, unit: str = "km", palette: Palette = LIGHT) -> Spec:
    """Return weekly impact load as bars stacked by surface; rows with ``week, end, surface,
    impact``.
    """
    return _weeks(rows, "impact", f"level-road {unit}", palette)


def _weeks(rows: Rows, field: str, unit: str, palette: Palette) -> Spec:
    """Return bars from week to week; drawn as rectangles, so that they fill the week."""
    words = {"field": field, "unit": unit, "order": str(SURFACES)}
    return specification("weeks", palette, grounds(rows, palette) | words)


def load(rows: Rows, palette: Palette = LIGHT) -> Spec:
    """Return weekly session load as bars with fitness, fatigue and form, the one less the other.

    Rows with ``week, end, load, fitness, fatigue, form``, and ``warming``: weeks that are shaded
    over the whole height, since no value of such a week means much.
    """
    return specification("load", palette, {"rows": rows})


def intensity(rows: Rows, palette: Palette = LIGHT) -> Spec:
    """Return the share of time in three heart-rate zones, trail against road; rows as
    `intensity_rows` gives.
    """
    found = {"rows": rows, "zones": list(ZONES)}
    return specification("intensity", palette, found)


def calendar(rows: Rows, unit: str = "km", palette: Palette = LIGHT) -> Spec:
    """Return a calendar with a point for each run; rows with ``week, day, date, surface, distance,
    name``.
    """
    found = grounds(rows, palette) | {"unit": unit}
    return specification("calendar", palette, found)


def variety(rows: Rows, palette: Palette = LIGHT) -> Spec:
    """Return how each month's time is spread over kinds of ground.

    Rows with ``month, kind, share, hours, evenness``.
    """
    kinds = [k for k in GROUND_KINDS if any(row["kind"] == k for row in rows)]
    height = 30 * len(kinds) + 60
    found = {"rows": rows, "kinds": kinds, "height": height}
    return specification("variety", palette, found)


def trend(
    points: Rows, lines: Rows, unit: str = "/km", palette: Palette = LIGHT
) -> Spec:
    """Return the weekly pace on level road at one heart rate with trend and band; rows as
    `trend_rows` gives.

    The faster, the higher; the axis is marked as a clock.
    """
    found = {
        "rows": points,
        "lines": lines,
        "unit": unit,
        "ticks": _clock_ticks(points),
    }
    spec = specification("trend", palette, found)
    if not lines:
        spec["layer"] = spec["layer"][-1:]
    return spec


def _clock_ticks(points: Rows) -> list[float]:
    """Return ticks at round times per kilometre or mile."""
    paces = [float(str(row["speed"])) for row in points] or [0.0]
    low = min(paces)
    range_ = max(paces) - low
    step = next((s for s in _CLOCK_STEPS if range_ / s <= _MOST_TICKS), 120.0)
    return [
        step * k for k in range(int(low // step), int(max(paces) // step) + 2)
    ]


def claims(rows: Rows) -> Spec:
    """Return differences with their intervals, each on its own scale around a common zero.

    Rows with ``title, verdict, difference, low, high, favours, text``: bounds and difference as
    parts of the axis, -1 to 1, and the end of the axis that speaks for the claim, 0 where none is
    known to.
    """
    said = {row["verdict"] for row in rows}
    marks = {v: mark for v, mark in VERDICT_MARKS.items() if v in said}
    found = {
        "rows": rows,
        "verdicts": list(marks),
        "verdict_colours": [colour for colour, _ in marks.values()],
        "verdict_shapes": [shape for _, shape in marks.values()],
        "height": max(60, 34 * len(rows)),
    }
    return specification("claims", LIGHT, found)


def profile(rows: Rows, x_title: str, y_title: str) -> Spec:
    """Return the elevation profile coloured by surface; technical stretches are hatched by a line
    below.

    Rows with ``along, height, base, surface, part, technical``: one for each point, in order.
    """
    titles = {"x_title": x_title, "y_title": y_title}
    return specification("profile", LIGHT, grounds(rows, LIGHT) | titles)


def track(rows: Rows) -> Spec:
    """Return the route in metres around its centre, coloured by surface.

    Rows with ``x, y, surface, part, order``: one for each point. Both axes have the same scale.
    """
    return _from_above(rows, 2.5, 1.0)


def routes(rows: Rows) -> Spec:
    """Return many routes in one picture; rows as for `track`, with ``part`` unique over all runs
    and ``name``.
    """
    return _from_above(rows, 1.2, 0.55)


def _from_above(rows: Rows, width: float, opacity: float) -> Spec:
    """Return lines in a square with the same scale on both axes."""
    frame = {}
    for name in ("x", "y"):
        values = [float(str(row[name])) for row in rows] or [0.0]
        frame[name] = (min(values), max(values))
    half = max(*(high - low for low, high in frame.values()), 1.0) * 0.52
    found = grounds(rows, LIGHT) | {"width": width, "opacity": opacity}
    for name, ends in frame.items():
        middle = sum(ends) / 2
        found[f"{name}_domain"] = [middle - half, middle + half]
    return specification("from_above", LIGHT, found)
