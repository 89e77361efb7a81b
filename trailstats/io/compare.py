"""A second opinion on a file: the same bytes through fitparse or gpxpy, and where the two readings
differ.
"""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from trailstats.errors import ReadError, UnsupportedFormatError
from trailstats.io import fit
from trailstats.io._build import ParseOptions
from trailstats.io.fit._records import COLUMNS, read_records
from trailstats.io.formats import HEAD, ReadLimits, sniff, unpack
from trailstats.io.xml import gpx
from trailstats.schema.arrays import Floats, Times

__all__ = ["compare"]


_EPOCH = np.datetime64("1989-12-31T00:00:00", "ns")
# Differences below these are rounding in the conversion of units.
_DEGREES, _RELATIVE = 1e-9, 1e-12
_COLUMNS = ["column", "rows", "largest_difference", "only_here", "only_there", "note"]
_DTYPES = {
    "column": "str",
    "rows": "int64",
    "largest_difference": "float64",
    "only_here": "int64",
    "only_there": "int64",
    "note": "str",
}


def compare(path: str | Path, *, limits: ReadLimits | None = None) -> pd.DataFrame:
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
    limits = limits or ReadLimits()
    try:
        data, _ = unpack(Path(path).read_bytes(), limits)
        chosen = sniff(data[:HEAD])
        if chosen is None or chosen.format not in ("fit", "gpx"):
            raise UnsupportedFormatError("a second reading is made of FIT and GPX only")
        here, notes = (_here_fit if chosen.format == "fit" else _here_gpx)(data, limits)
    except ReadError as error:
        raise error.at(str(path)) from None
    except OSError as error:
        raise ReadError(
            f"can't be opened: {error.strerror or error}", path=str(path)
        ) from None
    peer = "fitparse" if chosen.format == "fit" else "gpxpy"
    there, failure = (_there_fit if chosen.format == "fit" else _there_gpx)(data)
    rows: list[tuple[object, ...]] = []
    counts = len(here["time"]), len(there["time"])
    if failure or counts[0] != counts[1]:
        note = f"{counts[0]} samples here, {counts[1]} with {peer}"
        note = f"{note}, which stopped: {failure}" if failure else note
        rows.append(("(file)", abs(counts[0] - counts[1]), np.nan, 0, 0, note))
    for name in here:
        row = _differences(name, here[name], there.get(name), min(counts))
        if row is not None:
            rows.append((*row, notes.get(name, "")))
    return pd.DataFrame(rows, columns=_COLUMNS).astype(_DTYPES)


def _differences(
    name: str, here: Floats, there: Floats | None, count: int
) -> tuple[str, int, float, int, int] | None:
    """Return how a column differs over the first ``count`` samples, None when it does not."""
    here = here[:count]
    there = np.full(count, np.nan) if there is None else there[:count]
    only_here = ~np.isnan(here) & np.isnan(there)
    only_there = np.isnan(here) & ~np.isnan(there)
    gap = np.abs(here - there)
    bound = (
        _DEGREES
        if name in ("latitude", "longitude")
        else _RELATIVE * np.maximum(np.abs(here), 1.0)
    )
    differs = gap > bound
    rows = int((only_here | only_there | differs).sum())
    if not rows:
        return None
    largest = float(gap[differs].max()) if differs.any() else float("nan")
    return name, rows, largest, int(only_here.sum()), int(only_there.sum())


def _here_fit(
    data: bytes, limits: ReadLimits
) -> tuple[dict[str, Floats], dict[str, str]]:
    """Return our records in file order, cadence as stored, and notes on columns with values from
    elsewhere.
    """
    parts = [
        read_records(part, table, merge_heart_rate=True)
        for part, table in fit.read_parts(data, max_records=limits.records)
    ]
    names = [*COLUMNS, "cadence"]
    empty = [np.full(len(part.seconds), np.nan) for part in parts]
    joined = {
        name: np.concatenate(
            [p.columns.get(name, e) for p, e in zip(parts, empty, strict=True)]
            or [np.empty(0)]
        )
        for name in names
    }
    notes = {}
    for issue in (issue for part in parts for issue in part.issues):
        if issue.code == "heart_rate_merged":
            notes["heart_rate"] = issue.message
        elif issue.code == "developer_field_used":
            notes[issue.message.split()[0]] = issue.message
    return {
        "time": np.concatenate([p.seconds for p in parts] or [np.empty(0)]),
        **joined,
    }, notes


def _there_fit(data: bytes) -> tuple[dict[str, Floats], str]:
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
            for message in fitparse.FitFile(
                io.BytesIO(data), check_crc=False, data_processor=Plain()
            ).get_messages():
                if message.name == "record":
                    row: dict[str, float] = {}
                    for item in message.fields:
                        known = item.name in wanted and not isinstance(
                            item.field, DevField
                        )
                        if known and isinstance(item.value, int | float):
                            row.setdefault(item.name, float(item.value))
                    rows.append(row)
    except Exception as error:  # whatever a peer raises on a damaged file is its answer
        failure = f"{type(error).__name__}: {error}"

    def column(name: str) -> Floats:
        return np.array([row.get(name, np.nan) for row in rows], dtype=np.float64)

    out = {
        "time": column("timestamp"),
        "cadence": column("cadence") + np.nan_to_num(column("fractional_cadence")),
    }
    for ours, (names, factor) in COLUMNS.items():
        values = column(names[0])
        for name in names[1:]:
            values = np.where(np.isnan(values), column(name), values)
        out[ours] = values * factor
    return out, failure


def _here_gpx(
    data: bytes, limits: ReadLimits
) -> tuple[dict[str, Floats], dict[str, str]]:
    tracks = gpx.parse(data, ParseOptions(max_records=limits.records))
    names = ("latitude", "longitude", "elevation")
    time = np.concatenate([_seconds(track.time) for track in tracks])
    return {
        "time": time,
        **{n: np.concatenate([t.columns[n] for t in tracks]) for n in names},
    }, {}


def _there_gpx(data: bytes) -> tuple[dict[str, Floats], str]:
    """Return the track points as gpxpy reads them, and why it does not."""
    import gpxpy

    try:
        parsed = gpxpy.parse(data)
    except Exception as error:  # whatever a peer raises on a damaged file is its answer
        none = np.empty(0)
        return {
            "time": none,
            "latitude": none,
            "longitude": none,
            "elevation": none,
        }, f"{type(error).__name__}: {error}"
    points = [
        point
        for track in parsed.tracks
        for segment in track.segments
        for point in segment.points
    ]
    stamps = pd.to_datetime(
        pd.Series([point.time for point in points], dtype="object"), utc=True
    )
    return {
        "time": _seconds(stamps.dt.tz_localize(None).to_numpy("datetime64[ns]")),
        "latitude": np.array([p.latitude for p in points], dtype=np.float64),
        "longitude": np.array([p.longitude for p in points], dtype=np.float64),
        "elevation": np.array(
            [np.nan if p.elevation is None else p.elevation for p in points],
            dtype=np.float64,
        ),
    }, ""


def _seconds(times: Times) -> Floats:
    """Return times as seconds since the FIT epoch, NaN where there is none."""
    return np.asarray((times - _EPOCH) / np.timedelta64(1, "s"), dtype=np.float64)
