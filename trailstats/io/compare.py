"""A second opinion on a file: the same bytes through fitparse or gpxpy, and where the two readings
differ.
"""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from trailstats.arrays import Floats
from trailstats.boundary import reading, shown
from trailstats.errors import UnsupportedFormatError
from trailstats.io import fit
from trailstats.io._build import ParseOptions
from trailstats.io.fit._records import COLUMNS, read_records
from trailstats.io.formats import HEAD, ReadLimits, bytes_of, sniff, unpack
from trailstats.io.xml import gpx

__all__ = ["compare"]


_EPOCH = pd.Timestamp("1989-12-31", tz="UTC")
# Differences below these are rounding in the conversion of units.
_DEGREES, _RELATIVE = 1e-9, 1e-12
_DTYPES = {
    "column": "str",
    "rows": "int64",
    "largest_difference": "float64",
    "only_here": "int64",
    "only_there": "int64",
    "note": "str",
}
_GPX_COLUMNS = ["time", "latitude", "longitude", "elevation"]


def compare(
    path: str | Path, *, limits: ReadLimits | None = None
) -> pd.DataFrame:
    """Read a file a second time with fitparse (FIT) or gpxpy (GPX) and return where the two
    readings differ.

    Parameters
    ----------
    path : str or Path
        A FIT or GPX file, plain or compressed.
    limits : ReadLimits, optional

    Returns
    -------
    pandas.DataFrame
        One row a column that differs: ``column``; ``rows``, how many samples differ;
        ``largest_difference`` in the column's unit (seconds for ``time``), NaN where the samples
        differ only in being there; ``only_here`` and ``only_there``, how many samples have a value
        in one reading alone; ``note``. A different number of samples, or a file that the other
        reader refuses, is a row with the column ``"(file)"``. Empty when the two agree.

    Raises
    ------
    ReadError
        When trailstats itself can't read the file, or it is TCX, for which there is no second
        reader.
    """
    with reading(shown(path)):
        return _compared(path, limits or ReadLimits())


def _compared(path: str | Path, limits: ReadLimits) -> pd.DataFrame:
    data, _ = unpack(bytes_of(path, limits), limits)
    reader = sniff(data[:HEAD])
    if reader is None or reader.format not in _READINGS:
        raise UnsupportedFormatError(
            "a second reading is made of FIT and GPX only"
        )
    peer, read_here, read_there = _READINGS[reader.format]
    here, notes = read_here(data, limits)
    there, failure = read_there(data)
    rows: list[tuple[object, ...]] = []
    if failure or len(here) != len(there):
        note = f"{len(here)} samples here, {len(there)} with {peer}"
        note = f"{note}, which stopped: {failure}" if failure else note
        rows.append(("(file)", abs(len(here) - len(there)), np.nan, 0, 0, note))
    both = min(len(here), len(there))
    for name in map(str, here):
        ours, theirs = here[name].to_numpy()[:both], there[name].to_numpy()[:both]
        if row := _differences(name, ours, theirs):
            rows.append((*row, notes.get(name, "")))
    return pd.DataFrame(rows, columns=list(_DTYPES)).astype(_DTYPES)


def _differences(
    name: str, here: Floats, there: Floats
) -> tuple[str, int, float, int, int] | None:
    """Return how a column differs, None when it does not."""
    only_here = ~np.isnan(here) & np.isnan(there)
    only_there = np.isnan(here) & ~np.isnan(there)
    gap = np.abs(here - there)
    rounding = _RELATIVE * np.maximum(np.abs(here), 1.0)
    differs = gap > (_DEGREES if name in ("latitude", "longitude") else rounding)
    rows = int((only_here | only_there | differs).sum())
    if not rows:
        return None
    largest = float(gap[differs].max()) if differs.any() else float("nan")
    return name, rows, largest, int(only_here.sum()), int(only_there.sum())


def _here_fit(
    data: bytes, limits: ReadLimits
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return our records in file order, cadence as stored, and notes on columns with values from
    elsewhere.
    """
    parts = [
        read_records(part, table, merge_heart_rate=True)
        for part, table in fit.read_parts(data, max_records=limits.records)
    ]
    notes = {}
    for issue in (issue for part in parts for issue in part.issues):
        if issue.code == "heart_rate_merged":
            notes["heart_rate"] = issue.message
        elif issue.code == "developer_field_used":
            notes[issue.message.split()[0]] = issue.message
    frames = [pd.DataFrame({"time": p.seconds, **p.columns}) for p in parts]
    joined = pd.concat(frames or [pd.DataFrame()])
    return joined.reindex(columns=["time", *COLUMNS, "cadence"]), notes


def _there_fit(data: bytes) -> tuple[pd.DataFrame, str]:
    """Return the records as fitparse reads them, up to where it stops, and why it does."""
    import fitparse  # type: ignore[import-untyped]
    from fitparse.processors import FitFileDataProcessor  # type: ignore[import-untyped]
    from fitparse.records import DevField  # type: ignore[import-untyped]

    class Plain(FitFileDataProcessor):  # type: ignore[misc]
        """Leaves times and enumerated values as stored."""

        def run_type_processor(self, field_data: object) -> None: ...

    wanted = {
        "timestamp",
        "cadence",
        "fractional_cadence",
        *(n for names, _ in COLUMNS.values() for n in names),
    }
    rows: list[dict[str, float]] = []
    failure = ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            file = fitparse.FitFile(
                io.BytesIO(data), check_crc=False, data_processor=Plain()
            )
            for message in file.get_messages("record"):
                row: dict[str, float] = {}
                for item in message.fields:
                    known = item.name in wanted and not isinstance(
                        item.field, DevField
                    )
                    if known and isinstance(item.value, int | float):
                        row.setdefault(item.name, float(item.value))
                rows.append(row)
    except (
        Exception
    ) as error:  # whatever a peer raises on a damaged file is its answer
        failure = f"{type(error).__name__}: {error}"

    stored = pd.DataFrame(rows, columns=sorted(wanted), dtype=np.float64)
    cadence = stored["cadence"] + stored["fractional_cadence"].fillna(0.0)
    out = {"time": stored["timestamp"], "cadence": cadence}
    for ours, (names, factor) in COLUMNS.items():
        values = stored[names[0]]
        for name in names[1:]:
            values = values.fillna(stored[name])
        out[ours] = values * factor
    return pd.DataFrame(out), failure


def _here_gpx(
    data: bytes, limits: ReadLimits
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Return our track points."""
    tracks = gpx.parse(data, ParseOptions(max_records=limits.records))
    frames = [pd.DataFrame({"time": t.time, **t.columns}) for t in tracks]
    joined = pd.concat(frames)[_GPX_COLUMNS]
    return joined.assign(time=_seconds(joined["time"])), {}


def _there_gpx(data: bytes) -> tuple[pd.DataFrame, str]:
    """Return the track points as gpxpy reads them, and why it does not."""
    import gpxpy

    try:
        parsed = gpxpy.parse(data)
    except (
        Exception
    ) as error:  # whatever a peer raises on a damaged file is its answer
        failure = f"{type(error).__name__}: {error}"
        return pd.DataFrame(columns=_GPX_COLUMNS, dtype=np.float64), failure
    rows = [
        [getattr(point, name) for name in _GPX_COLUMNS]
        for track in parsed.tracks
        for segment in track.segments
        for point in segment.points
    ]
    points = pd.DataFrame(rows, columns=_GPX_COLUMNS, dtype=object)
    return points.assign(time=_seconds(points["time"])).astype(np.float64), ""


def _seconds(times: pd.Series) -> pd.Series:
    """Return times as seconds since the FIT epoch, NaN where there is none."""
    return (pd.to_datetime(times, utc=True) - _EPOCH).dt.total_seconds()


_READINGS = {
    "fit": ("fitparse", _here_fit, _there_fit),
    "gpx": ("gpxpy", _here_gpx, _there_gpx),
}
