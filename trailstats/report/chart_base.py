"""What all charts share: their specifications, filled in, the colours and shapes of the ground, the
theme.

``charts.json`` holds the specifications in Vega-Lite. In its texts ``@name`` stands for a value or
a part of that name, ``#name`` for a colour of the palette, and ``{name}`` within a text for a word.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, TypeAlias

from trailstats.report.packaged import packaged, packaged_tables
from trailstats.report.palette import LIGHT, Palette
from trailstats.schema import Surface

Rows = Sequence[dict[str, object]]
Spec: TypeAlias = dict[str, Any]
"""A Vega-Lite specification, as JSON has it."""

CHARTS = packaged_tables("charts.toml")
"""Title and sentence of each chart, by its name."""

WIDTH = 640
SURFACES = [s.value for s in (Surface.ROAD, Surface.TRAIL, Surface.UNKNOWN)]
_SHAPES = {"road": "circle", "trail": "triangle-up", "unknown": "square"}
_WORD = re.compile(r"\{(\w+)\}")


@functools.cache
def _kept() -> dict[str, Spec]:
    """Return the charts and the parts that they share."""
    found: dict[str, Spec] = json.loads(packaged("charts.json"))
    return found


def specification(
    name: str, palette: Palette, values: Mapping[str, object]
) -> Spec:
    """Return a chart of ``charts.json`` with these values and colours filled in.

    Values stand as they are: a text of a recording that looks like a placeholder stays a text.
    """
    kept = _kept()
    colours = asdict(palette)

    def filled(node: object) -> object:
        if isinstance(node, dict):
            return {key: filled(value) for key, value in node.items()}
        if isinstance(node, list):
            return [filled(value) for value in node]
        if not isinstance(node, str):
            return node
        if node.startswith("@"):
            key = node[1:]
            return values[key] if key in values else filled(kept["parts"][key])
        if node.startswith("#"):
            return colours[node[1:]]
        return _WORD.sub(lambda found: str(values[found[1]]), node)

    out: Spec = {key: filled(v) for key, v in kept["charts"][name].items()}
    return out


def grounds(rows: Rows, palette: Palette) -> dict[str, object]:
    """Return the surfaces that occur in the rows, with a colour for each, and a shape, so that
    colour is not needed.
    """
    found = {row["surface"] for row in rows}
    here = [s for s in SURFACES if s in found]
    return {
        "rows": rows,
        "surfaces": here,
        "surface_colours": [palette.surface(Surface(s)) for s in here],
        "surface_shapes": [_SHAPES[s] for s in here],
    }


def themed(spec: Spec, attribution: str = "") -> Spec:
    """Return a chart with the light theme and a width of its own, for notebooks and pictures, and
    below it what has to stand where map data are shown.
    """
    out = spec | {"config": config(LIGHT)}
    if attribution:
        below = {"orient": "bottom", "anchor": "start", "fontWeight": "normal"}
        title = {"text": f"Map data: {attribution}", "fontSize": 10, **below}
        out["title"] = title
    return out | {"width": WIDTH} if out["width"] == "container" else out


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
