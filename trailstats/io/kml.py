"""Features as KML 2.2, for globes and map programs [KML]_."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape  # that of xml.sax takes along all of urllib
from typing import Any

from trailstats.boundary import without_controls
from trailstats.schema import Surface

__all__ = ["kml_text"]

# Alpha, blue, green, red: our choice, apart for people who see few colours.
_COLOURS = {
    Surface.ROAD: "ffb47846",
    Surface.TRAIL: "ff0a6edc",
    Surface.UNKNOWN: "ff8c8c8c",
}
_NAMESPACE = "http://www.opengis.net/kml/2.2"


def kml_text(collection: dict[str, Any]) -> str:
    """Return a feature collection as a KML document: a placemark for each feature with its
    properties, coloured by surface.

    Parameters
    ----------
    collection : dict
        From `trailstats.io.features.features_of`.
    """
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    lines.append(f'<kml xmlns="{_NAMESPACE}"><Document>')
    if said := collection.get("attribution"):
        lines.append(f"<description>{_text(said)}</description>")
    for surface, colour in _COLOURS.items():
        line = f"<LineStyle><color>{colour}</color><width>4</width></LineStyle>"
        lines.append(f'<Style id="{surface}">{line}</Style>')
    lines += _placemarks(collection["features"])
    lines.append("</Document></kml>")
    return "\n".join(lines)


def _placemarks(features: Iterable[dict[str, Any]]) -> Iterator[str]:
    for feature in features:
        about = feature["properties"]
        surface = about.get("surface")
        name = (
            about["source"] if surface is None else f"{surface}, {about['slope']}"
        )
        parts = [f"<name>{_text(name)}</name>"]
        if surface in set(Surface):
            parts.append(f"<styleUrl>#{surface}</styleUrl>")
        data = "".join(
            f'<Data name="{escape(key)}"><value>{_text(value)}</value></Data>'
            for key, value in about.items()
            if value is not None
        )
        parts.append(f"<ExtendedData>{data}</ExtendedData>")
        parts.append(_geometry(feature["geometry"]))
        yield f"<Placemark>{''.join(parts)}</Placemark>"


def _geometry(geometry: dict[str, Any] | None) -> str:
    if geometry is None:
        return ""
    if geometry["type"] == "LineString":
        return _line(geometry["coordinates"])
    parts = "".join(_line(part) for part in geometry["coordinates"])
    return f"<MultiGeometry>{parts}</MultiGeometry>"


def _line(points: list[list[float]]) -> str:
    mode = "absolute" if len(points[0]) == 3 else "clampToGround"
    places = " ".join(",".join(map(str, point)) for point in points)
    return (
        f"<LineString><tessellate>1</tessellate><altitudeMode>{mode}</altitudeMode>"
        f"<coordinates>{places}</coordinates></LineString>"
    )


def _text(value: object) -> str:
    return escape(without_controls(str(value)), quote=False)
