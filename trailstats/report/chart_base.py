"""What all charts share: Altair itself, sizes, the time axis, the colours and shapes of the ground,
the theme.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias

from trailstats.errors import MissingExtraError
from trailstats.report.packaged import packaged_tables
from trailstats.report.palette import LIGHT, Palette
from trailstats.schema import Surface

if TYPE_CHECKING:
    import altair as alt

    Chart: TypeAlias = alt.Chart | alt.LayerChart

Rows = Sequence[dict[str, object]]

CHARTS = packaged_tables("charts.toml")
"""Title, sentence and tooltips of each chart, by its name."""

HEIGHT = 220
WIDTH = 640
SURFACES = [s.value for s in (Surface.ROAD, Surface.TRAIL, Surface.UNKNOWN)]
_SHAPES = {"road": "circle", "trail": "triangle-up", "unknown": "square"}


def altair() -> ModuleType:
    """Return the library, or say which extra brings it."""
    try:
        import altair
    except ImportError as error:
        raise MissingExtraError("altair", "report") from error
    return altair


def chart(rows: Rows) -> Any:  # noqa: ANN401  # Altair is imported only when something is drawn
    """Return an empty chart of rows, which it carries in itself."""
    alt = altair()
    # Checking thousands of our own rows costs more than all the rest of a chart.
    with alt.utils.schemapi.debug_mode(False):
        return alt.Chart(alt.Data(values=list(rows)))


def wide(chart: Chart, height: int = HEIGHT) -> Chart:
    """Return a chart as wide as its place."""
    return chart.properties(
        width="container",
        height=height,
        autosize={"type": "fit", "contains": "padding"},
    )


def legend() -> object:
    """Return a legend above the chart."""
    return altair().Legend(orient="top", title=None, symbolOpacity=1)


def time_axis() -> object:
    """Return an axis of months."""
    return altair().Axis(
        format="%b %Y", labelOverlap=True, tickCount=6, grid=False
    )


def keyed(channel: str, field: str, values: Mapping[str, object]) -> object:
    """Return a channel, such as ``"Color"``, that shows each value of a field as given here."""
    alt = altair()
    scale = alt.Scale(domain=list(values), range=list(values.values()))
    make = getattr(alt, channel)
    return make(field, title=None, scale=scale, legend=legend())


def surface_colour(rows: Rows) -> object:
    """Return the colours of the surfaces that occur in the rows."""
    colours = {s: LIGHT.surface(Surface(s)) for s in _surfaces_in(rows)}
    return keyed("Color", "surface:N", colours)


def surface_shape(rows: Rows) -> object:
    """Return a shape for each surface, so that colour is not needed."""
    return keyed(
        "Shape", "surface:N", {s: _SHAPES[s] for s in _surfaces_in(rows)}
    )


def channel(name: str, which: str) -> dict[str, Any]:
    """Return how a chart shows a field, such as its axis and scale, from ``charts.toml``."""
    settings: dict[str, Any] = CHARTS[name][which]
    return settings


def tips(name: str, unit: str = "") -> list[object]:
    """Return what is shown under the pointer in a chart, from ``charts.toml``."""
    names = ("title", "format")
    return [
        altair().Tooltip(
            field,
            **dict(
                zip(
                    names, (word.format(unit=unit) for word in rest), strict=False
                )
            ),
        )
        for field, *rest in CHARTS[name]["tips"]
    ]


def themed(chart: Chart, attribution: str = "") -> Chart:
    """Return a chart with the light theme and a width of its own, for notebooks and pictures, and
    below it what has to stand where map data are shown.
    """
    out: Chart = chart.configure(**config(LIGHT))
    if attribution:
        below = {"orient": "bottom", "anchor": "start", "fontWeight": "normal"}
        title = {"text": f"Map data: {attribution}", "fontSize": 10, **below}
        out = out.properties(title=altair().TitleParams(**title))
    return out.properties(width=WIDTH) if out.width == "container" else out


def config(palette: Palette) -> dict[str, Any]:
    """Return the Vega-Lite configuration of a theme."""
    small = {"labelFontSize": 12, "titleFontSize": 12}
    title = {"titleColor": palette.muted}
    lines = dict.fromkeys(("gridColor", "domainColor", "tickColor"), palette.line)
    return {
        "background": palette.background,
        "font": "system-ui, sans-serif",
        "axis": {
            "labelColor": palette.muted,
            **title,
            **lines,
            "titleFontWeight": "normal",
            **small,
        },
        "legend": {"labelColor": palette.text, **title, **small},
        "view": {"stroke": None},
    }


def _surfaces_in(rows: Rows) -> list[str]:
    found = {row["surface"] for row in rows}
    return [s for s in SURFACES if s in found]
