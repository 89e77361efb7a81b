"""The lines of an activity and of its segments for GeoPandas, and as GeoParquet for QGIS."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from trailstats.errors import MissingExtraError
from trailstats.io.features import features_of
from trailstats.io.tables import write_atomically
from trailstats.model.activity import Activity

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

__all__ = ["to_geopandas", "write_geoparquet"]

WGS84 = "EPSG:4326"


def to_geopandas(
    activity: Activity, *, segments: pd.DataFrame | None = None
) -> GeoDataFrame:
    """Return the track of an activity, or its labelled segments, as a table of GeoPandas.

    Parameters
    ----------
    activity : Activity
    segments : pandas.DataFrame, optional
        Table ``schema.SEGMENTS``: one row a segment with its columns; without it one row with the
        whole track.

    Returns
    -------
    geopandas.GeoDataFrame
        Lines in degrees (WGS 84), with elevation [m] where all points have one; cut at the date
        line, and empty where there are no positions.

    Raises
    ------
    MissingExtraError
        Without geopandas.

    Examples
    --------
    >>> import trailstats as ts
    >>> run = ts.read("data/samples/odd/two-tracks.gpx")
    >>> found = ts.to_geopandas(run, segments=ts.analyze(run).segments)
    >>> found.crs.name, "p_trail" in found
    ('WGS 84', True)
    """
    try:
        from geopandas import GeoDataFrame
        from shapely.geometry import shape
    except ImportError as error:
        raise MissingExtraError("geopandas", "geo") from error
    features = features_of(activity, segments)["features"]
    lines = [f["geometry"] and shape(f["geometry"]) for f in features]
    about: Any = segments
    if segments is None:
        about = pd.DataFrame([feature["properties"] for feature in features])
    frame = GeoDataFrame(about.reset_index(drop=True), geometry=lines, crs=WGS84)
    if activity.meta.attribution:
        frame.attrs["attribution"] = activity.meta.attribution
    return frame


def write_geoparquet(
    activity: Activity, path: Path, segments: pd.DataFrame | None
) -> Path:
    """Write what `to_geopandas` gives as GeoParquet.

    Raises
    ------
    MissingExtraError
        Without geopandas or pyarrow.
    WriteError
        When the place can't be written to.
    """
    frame = to_geopandas(activity, segments=segments)
    out = io.BytesIO()
    try:
        frame.to_parquet(out, index=False)
    except ImportError as error:
        raise MissingExtraError("pyarrow", "geo") from error
    return write_atomically(path, out.getvalue())
