"""A history's charts as the page embeds them: title, a sentence, and a specification in the
page's own colours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial

from trailstats.report import charts, text
from trailstats.report.chart_base import CHARTS, Spec, config
from trailstats.report.palette import Palette
from trailstats.report.units import Units
from trailstats.report.view import HistoryView, Page

DRAWN_BY_SCRIPT = ("calendar",)
"""What the page draws itself, with a link for each day."""

_PROPERTIES = Palette(**{f.name: f"var(--{f.name})" for f in fields(Palette)})
"""The page's custom properties as colours, so that charts follow the theme."""
_CONFIG = config(_PROPERTIES) | {"background": "transparent"}


@dataclass(frozen=True)
class Drawing:
    """One chart of a history, not yet drawn: its name, title, a sentence, and what draws it."""

    name: str
    title: str
    sentence: str
    draw: Callable[..., Spec]


@dataclass(frozen=True)
class Figure:
    """One chart of a history: id of its element, title, a sentence, height [px] and
    specification.
    """

    id: str
    title: str
    sentence: str
    height: int
    spec: Spec


def drawings(rows: HistoryView, units: Units) -> list[Drawing]:
    """Return the history's charts that have something to show."""
    unit = units.long
    trend = rows.trend
    charts_of = {
        "weekly": partial(charts.weekly, rows.weekly, unit),
        "load": partial(charts.load, rows.load),
        "impact": partial(charts.impact, rows.impact, unit),
        "intensity": partial(charts.intensity, rows.intensity),
        "variety": partial(charts.variety, rows.variety),
        "trend": partial(charts.trend, trend.points, trend.periods, f"/{unit}"),
        "calendar": partial(charts.calendar, rows.calendar, unit),
    }
    words = {
        "unit": unit,
        "beats": text.rate(trend.reference),
        "band": CHARTS["trend"]["band"] if trend.periods else "",
    }
    return [
        Drawing(
            name,
            CHARTS[name]["title"],
            CHARTS[name]["sentence"].format(**words),
            draw,
        )
        for name, draw in charts_of.items()
        if draw.args[0]  # its rows
    ]


def figures(page: Page) -> list[Figure]:
    """Return the history's charts as the page embeds them; none for a page of one activity."""
    if page.history is None:
        return []
    out = []
    for drawing in drawings(page.history, page.units):
        if drawing.name in DRAWN_BY_SCRIPT:
            continue
        spec = drawing.draw(palette=_PROPERTIES) | {"config": _CONFIG}
        out.append(
            Figure(
                f"chart-{drawing.name}",
                drawing.title,
                drawing.sentence,
                spec["height"],
                spec,
            )
        )
    return out
