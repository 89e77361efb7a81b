"""What a caller may give for a map and for labels: the object itself, or the files it is made
from.
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from trailstats.model.inputs import wrong_type
from trailstats.terrain.labels import SurfaceLabels
from trailstats.terrain.maps import RoadMap

__all__ = ["LabelsLike", "MapLike", "as_labels", "as_map"]

Path = str | os.PathLike[str]
MapLike = RoadMap | Path | Iterable[Path]
"""A map, an extract, or several extracts."""

LabelsLike = SurfaceLabels | Path
"""Labels, or a file with them."""


def as_map(value: MapLike | None) -> RoadMap | None:
    """Return the map that was given, or one of the extracts that were.

    Raises
    ------
    ConfigError
        When there is no such extract.
    TypeError
        For anything that no map can be made from.
    """
    if value is None or isinstance(value, RoadMap):
        return value
    wanted = "a RoadMap, the path of an OpenStreetMap extract, or a list of paths"
    paths: list[Path]
    if isinstance(value, str | os.PathLike):
        paths = [value]
    elif isinstance(value, Iterable) and not isinstance(value, bytes | bytearray):
        paths = list(value)
    else:
        raise wrong_type("map", value, wanted)
    for path in paths:
        if not isinstance(path, str | os.PathLike):
            raise wrong_type("map", path, wanted)
    return RoadMap(paths) if paths else None


def as_labels(value: LabelsLike | None) -> SurfaceLabels | None:
    """Return the labels that were given, or those in a file.

    Raises
    ------
    ConfigError
        When the file can't be read or understood.
    TypeError
        For anything that holds no labels.
    """
    if value is None or isinstance(value, SurfaceLabels):
        return value
    if isinstance(value, str | os.PathLike):
        return SurfaceLabels.from_file(value)
    raise wrong_type("labels", value, "SurfaceLabels or the path of a label file")
