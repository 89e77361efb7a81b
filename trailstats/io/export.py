"""Writing an activity: GPX, CSV, Parquet, GeoJSON and JSON."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from trailstats import schema
from trailstats.activity import Activity
from trailstats.documents import iso_times, plain
from trailstats.errors import MissingExtraError, WriteError
from trailstats.io.gpx_objects import to_gpxpy

__all__ = ["convert", "defuse", "write_atomically", "write_table"]


def convert(activity: Activity, path: str | Path, *, segments: pd.DataFrame | None = None) -> Path:
    """Write an activity in the format that the suffix names.

    Parameters
    ----------
    activity : Activity
    path : str or Path
        ``.gpx``, ``.csv``, ``.parquet``, ``.geojson`` or ``.json``.
    segments : pandas.DataFrame, optional
        Table ``schema.SEGMENTS``: GeoJSON then holds one line a segment with its properties.

    Returns
    -------
    Path
        The file that was written; an old one is replaced only when the new one is complete.

    Raises
    ------
    WriteError
        When the suffix is none of these, or the place can't be written to.
    MissingExtraError
        For Parquet without pyarrow.
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix in (".csv", ".parquet"):
        table = activity.records.reset_index()
        return write_table(table, target, units={c.name: c.unit for c in schema.RECORDS})
    writers: dict[str, Callable[[], str]] = {
        ".gpx": lambda: str(to_gpxpy(activity).to_xml()),
        ".geojson": lambda: json.dumps(_geojson(activity, segments), allow_nan=False),
        ".json": lambda: json.dumps(_json(activity), allow_nan=False),
    }
    if suffix not in writers:
        raise WriteError(
            f"{target}: can't write {suffix or 'a file without a suffix'}; use .gpx .csv .parquet .geojson .json"
        )
    return write_atomically(target, writers[suffix]().encode())


def write_atomically(path: Path, content: bytes) -> Path:
    """Write a file beside its place and move it there, so that a crash leaves the old one.

    Raises
    ------
    WriteError
        When the place can't be written to.
    """
    temporary = ""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as stream:
            temporary = stream.name
            stream.write(content)
        # A temporary file is private to its owner; the result gets the mode that a plain write would give.
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise WriteError(f"{path}: can't be written: {error.strerror or error}") from error
    return path


def write_table(table: pd.DataFrame, path: Path, *, units: dict[str, str]) -> Path:
    """Write a table as CSV (text cells defused) or Parquet (units in the field metadata), after its suffix.

    Raises
    ------
    WriteError, MissingExtraError
        As in `convert`.
    """
    if path.suffix.lower() == ".csv":
        out = table.copy()
        for name in out.columns:
            if isinstance(out[name].dtype, pd.DatetimeTZDtype):
                out[name] = iso_times(out[name])
            elif out[name].dtype == "str":
                out[name] = out[name].map(_cell)
        return write_atomically(path, out.to_csv(index=False).encode())
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingExtraError("pyarrow", "parquet") from error
    arrow = pa.Table.from_pandas(table, preserve_index=False)
    fields = [f.with_metadata({"unit": units[f.name]}) if units.get(f.name) else f for f in arrow.schema]
    arrow = arrow.cast(pa.schema(fields, metadata=arrow.schema.metadata))
    sink = pa.BufferOutputStream()
    pq.write_table(arrow, sink)
    return write_atomically(path, sink.getvalue().to_pybytes())


def _cell(text: str) -> str:
    """Return a cell's text for CSV; a lone carriage return would end the row."""
    return defuse(text).replace("\r\n", "\n").replace("\r", "\n") if isinstance(text, str) else text


def defuse(text: str) -> str:
    """Return a cell's text with a quote before it where a spreadsheet would run it as a formula."""
    return f"'{text}" if isinstance(text, str) and text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _geojson(activity: Activity, segments: pd.DataFrame | None) -> dict[str, object]:
    records = activity.records
    placed = records[records["latitude"].notna()]
    columns = ["longitude", "latitude", "elevation"]
    features = []
    if segments is None:
        features.append(_feature(placed[columns], {"source": activity.meta.source, "sport": activity.meta.sport}))
    else:
        for row in segments.to_dict("records"):
            part = placed[(placed.index >= row["start_time"]) & (placed.index <= row["end_time"])]
            if len(part) > 1:
                features.append(_feature(part[columns], {str(k): plain(v) for k, v in row.items()}))
    return {"type": "FeatureCollection", "features": features}


def _feature(line: pd.DataFrame, properties: dict[str, object]) -> dict[str, object]:
    flat = line["elevation"].isna().any()
    points = line[["longitude", "latitude"]] if flat else line
    coordinates = points.round(7).to_numpy().tolist()
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": coordinates},
        "properties": properties,
    }


def _json(activity: Activity) -> dict[str, object]:
    records = activity.records.reset_index()
    meta = activity.meta
    return {
        "format_version": schema.FORMAT_VERSION,
        "source": meta.source,
        "format": meta.format,
        "sport": meta.sport,
        "sub_sport": meta.sub_sport,
        "units": {c.name: c.unit for c in schema.RECORDS},
        "records": {str(name): [plain(v) for v in records[name]] for name in records.columns},
        "issues": [issue.to_dict() for issue in activity.issues],
    }
