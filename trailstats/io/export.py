"""Writing an activity: GPX, KML, CSV, Parquet, GeoParquet, GeoJSON and JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from trailstats import schema
from trailstats.errors import WriteError
from trailstats.io.features import features_of
from trailstats.io.geographic import write_geoparquet
from trailstats.io.gpx_objects import to_gpxpy
from trailstats.io.kml import kml_text
from trailstats.io.tables import write_atomically, write_table
from trailstats.model.activity import Activity
from trailstats.schema.documents import plain

__all__ = ["SUFFIXES", "WITH_SEGMENTS", "convert"]

SUFFIXES = (
    ".gpx",
    ".kml",
    ".csv",
    ".parquet",
    ".geoparquet",
    ".geojson",
    ".json",
)
"""Of the files that can be written."""

WITH_SEGMENTS = (".geojson", ".kml", ".geoparquet")
"""Of those that hold labelled segments."""


def convert(
    activity: Activity, path: str | Path, *, segments: pd.DataFrame | None = None
) -> Path:
    """Write an activity in the format that the suffix names.

    Parameters
    ----------
    activity : Activity
    path : str or Path
        ``.gpx``, ``.kml``, ``.csv``, ``.parquet``, ``.geoparquet``, ``.geojson`` or ``.json``.
    segments : pandas.DataFrame, optional
        Table ``schema.SEGMENTS``: GeoJSON, KML and GeoParquet then hold one line a segment with its
        properties; of one without positions the properties alone.

    Returns
    -------
    Path
        The file that was written; an old one is replaced only when the new one is complete.

    Raises
    ------
    WriteError
        When the suffix is none of these, or the place can't be written to.
    MissingExtraError
        For Parquet without pyarrow, GeoParquet without geopandas.

    Examples
    --------
    >>> import tempfile
    >>> import trailstats as ts
    >>> run = ts.read("data/samples/odd/two-tracks.gpx")
    >>> segments = ts.analyze(run).segments
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = ts.convert(run, f"{folder}/run.geojson", segments=segments)
    ...     path.stat().st_size > 1000
    True
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix in (".csv", ".parquet"):
        table = activity.records.reset_index()
        return write_table(table, target, table=schema.RECORDS)
    if suffix == ".geoparquet":
        return write_geoparquet(activity, target, segments)
    writers: dict[str, Callable[[], str]] = {
        ".gpx": lambda: str(to_gpxpy(activity).to_xml()),
        ".geojson": lambda: json.dumps(
            features_of(activity, segments), allow_nan=False
        ),
        ".kml": lambda: kml_text(features_of(activity, segments)),
        ".json": lambda: json.dumps(
            _activity_document(activity), allow_nan=False
        ),
    }
    if suffix not in writers:
        raise WriteError(
            f"{target}: can't write {suffix or 'a file without a suffix'}; use {' '.join(SUFFIXES)}"
        )
    return write_atomically(target, writers[suffix]().encode())


def _activity_document(activity: Activity) -> dict[str, object]:
    records = activity.records.reset_index()
    meta = activity.meta
    return {
        "format_version": schema.FORMAT_VERSION,
        "source": meta.source,
        "format": meta.format,
        "sport": meta.sport,
        "sub_sport": meta.sub_sport,
        "units": {c.name: c.unit for c in schema.RECORDS},
        "records": {
            str(name): [plain(v) for v in records[name]]
            for name in records.columns
        },
        "issues": [issue.to_dict() for issue in activity.issues],
    }
