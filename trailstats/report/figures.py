"""The archive's charts as the page embeds them: title, a sentence, and a specification in the
page's own colours.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from trailstats.report import chart_base, charts, text
from trailstats.report.palette import LIGHT, Palette
from trailstats.report.units import Units
from trailstats.report.view import HistoryView, Page

if TYPE_CHECKING:
    from trailstats.report.chart_base import Chart

__all__ = ["Drawing", "Figure", "drawings", "figures"]


@dataclass(frozen=True)
class Drawing:
    """One chart of the archive, not yet drawn: its name, title, a sentence, and what draws it."""

    name: str
    title: str
    words: str
    draw: Callable[[], Chart]


@dataclass(frozen=True)
class Figure:
    """One chart of the archive: id of its element, title, a sentence, height [px] and
    specification.
    """

    id: str
    title: str
    words: str
    height: int
    spec: dict[str, object]


def drawings(rows: HistoryView, units: Units) -> list[Drawing]:
    """Return the archive's charts that have something to show."""
    unit = units.long
    trend = rows.trend
    band = (
        " The line is a straight trend with its 95 % band; weeks may resemble their neighbours."
        if trend.lines
        else ""
    )
    every = [
        (
            rows.weekly,
            Drawing(
                "weekly",
                "Distance",
                f"Each week from Monday, by ground, in {unit}.",
                lambda: charts.weekly(rows.weekly, unit),
            ),
        ),
        (
            rows.load,
            Drawing(
                "load",
                "Load and form",
                "Bars: session load of the week. Lines: its fading average over 42 days (fitness) "
                "and 7 days "
                "(fatigue), and the one less the other (form): below zero the week was harder than "
                "usual.",
                lambda: charts.load(rows.load),
            ),
        ),
        (
            rows.impact,
            Drawing(
                "impact",
                "Impact load",
                "What the week's steps amount to, in kilometres on a level road; modelled.",
                lambda: charts.impact(rows.impact),
            ),
        ),
        (
            rows.intensity,
            Drawing(
                "intensity",
                "Intensity, trail against road",
                "Share of moving time in three heart-rate zones, for runs that count as trail or "
                "road as a whole.",
                lambda: charts.intensity(rows.intensity),
            ),
        ),
        (
            rows.variety,
            Drawing(
                "variety",
                "Variety of ground",
                "How each month's time is spread over kinds of ground, where that is known: the "
                "stronger the colour, "
                "the more.",
                lambda: charts.variety(rows.variety),
            ),
        ),
        (
            trend.points,
            Drawing(
                "trend",
                "Road form",
                f"Pace on level road at {text.rate(trend.reference)} heart beats a minute, week by "
                "week; upwards is "
                f"fitter, or cooler.{band}",
                lambda: charts.trend(trend.points, trend.lines, f"/{unit}"),
            ),
        ),
        (
            rows.calendar,
            Drawing(
                "calendar",
                "Calendar",
                "A mark for each activity, larger for longer ones.",
                lambda: charts.calendar(rows.calendar, unit),
            ),
        ),
    ]
    return [drawing for found, drawing in every if found]


def figures(page: Page) -> list[Figure]:
    """Return the archive's charts as the page embeds them; none for a page of one activity."""
    if page.history is None:
        return []
    out = []
    for drawing in drawings(page.history, page.units):
        spec = _for_page(drawing.draw())
        height = spec.get("height", chart_base.HEIGHT)
        known = height if isinstance(height, int) else chart_base.HEIGHT
        out.append(
            Figure(f"chart-{drawing.name}", drawing.title, drawing.words, known, spec)
        )
    return out


def _for_page(chart: Chart) -> dict[str, object]:
    """Return a chart's specification with the page's custom properties as colours, so that it
    follows the theme.
    """
    spec = chart.to_dict(validate=False)  # checked while it was built
    spec["config"] = chart_base.config(LIGHT) | {"background": "transparent"}
    text = json.dumps(spec)
    for field in fields(Palette):
        text = text.replace(f'"{getattr(LIGHT, field.name)}"', f'"var(--{field.name})"')
    out: dict[str, object] = json.loads(text)
    return out
