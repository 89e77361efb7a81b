"""An analysis as bytes and back: a head of JSON, and one block a table. Nothing in it can run.

A block is a line of JSON that names the columns, then the columns one after the other; texts stand
once and are numbered. What comes back is equal to the last bit.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats import schema
from trailstats.cache import Parts
from trailstats.errors import SchemaError
from trailstats.history._cadence import CadenceEvidence, cadence_evidence
from trailstats.io.containers import Failure
from trailstats.model.results import (
    HEART_RATE_BINS,
    TABLES_OF_ANALYSIS,
    Analysis,
    HeartRateTimes,
)
from trailstats.schema.documents import plain

__all__ = [
    "CADENCE",
    "FAILURE",
    "HEAD",
    "START",
    "TIMES",
    "join_tables",
    "pack",
    "pack_row",
    "unpack",
    "unpack_cadence",
    "unpack_head",
    "unpack_row",
    "unpack_start",
    "unpack_times",
]

START, HEAD, TIMES, CADENCE, FAILURE = (
    "start",
    "head",
    "heart_rate_times",
    "cadence",
    "failure",
)
_TIME = "datetime64[ns, UTC]"
_PLAIN = {
    "float64": np.dtype("<f8"),
    "int64": np.dtype("<i8"),
    "bool": np.dtype("?"),
    _TIME: np.dtype("<i8"),
}
_FAST = 1  # level of compression: the highest ones cost more time than they save space


def pack(item: Analysis | Failure, source: str) -> Parts:
    """Return the blocks of what a source gave, without the source's own name: a copy has the same
    blocks.
    """
    if isinstance(item, Failure):
        return {FAILURE: _squeeze(item.to_dict() | {"source": ""})}
    meta = replace(item.meta, source=item.meta.source.removeprefix(source))
    start = {
        "source": meta.source,
        "time": None
        if meta.start_time is None
        else meta.start_time.as_unit("ns").value,
    }
    outline = replace(item, meta=meta).outline()
    times = np.stack(
        [getattr(item.heart_rate_times, f.name) for f in fields(HeartRateTimes)]
    )
    parts = {
        START: _squeeze(start),
        HEAD: _squeeze(outline),
        CADENCE: _squeeze(asdict(cadence_evidence(item))),
    }
    parts[TIMES] = zlib.compress(times.astype("<f8").tobytes(), _FAST)
    return parts | {
        name: _pack_table(getattr(item, name)) for name in TABLES_OF_ANALYSIS
    }


def unpack(parts: Mapping[str, bytes], source: str) -> Analysis | Failure:
    """Return what the blocks were made from, under a source's name.

    Raises
    ------
    SchemaError
        When the blocks are not sound.
    """
    if FAILURE in parts:
        try:
            return Failure(**_spread(parts[FAILURE]) | {"source": source})
        except TypeError as error:
            raise SchemaError(f"no failure: {error}") from error
    head = unpack_head(parts[HEAD], parts[TIMES], source)
    name = head.meta.source
    tables: dict[str, Any] = {
        t: join_tables([parts[t]], schema.TABLES[t], [name]) for t in TABLES_OF_ANALYSIS
    }
    return replace(head, **tables)


def unpack_start(block: bytes, source: str) -> tuple[str, pd.Timestamp | None]:
    """Return an analysis's source, under that of the file, and its start.

    Raises
    ------
    SchemaError
        When the block is not sound.
    """
    found = _spread(block)
    try:
        time = found["time"]
        return source + str(found["source"]), None if time is None else pd.Timestamp(
            int(time), tz="UTC"
        )
    except (KeyError, TypeError, ValueError) as error:
        raise SchemaError(f"no start: {error}") from error


def unpack_head(head: bytes, times: bytes, source: str) -> Analysis:
    """Return an analysis with empty tables.

    Raises
    ------
    SchemaError
        When the blocks are not sound.
    """
    found = Analysis.from_outline(_spread(head), _empty_tables())
    return replace(
        found,
        meta=replace(found.meta, source=source + found.meta.source),
        heart_rate_times=unpack_times(times),
    )


def unpack_times(block: bytes) -> HeartRateTimes:
    """Return the times at each heart rate.

    Raises
    ------
    SchemaError
        When the block is not sound.
    """
    names = [f.name for f in fields(HeartRateTimes)]
    try:
        times = np.frombuffer(zlib.decompress(block), dtype="<f8").reshape(
            len(names), HEART_RATE_BINS
        )
    except (zlib.error, ValueError) as error:
        raise SchemaError(f"no heart-rate times: {error}") from error
    return HeartRateTimes(**dict(zip(names, times, strict=True)))


def unpack_cadence(block: bytes) -> CadenceEvidence:
    """Return what an activity tells of the athlete's cadence.

    Raises
    ------
    SchemaError
        When the block is not sound.
    """
    found = _spread(block)
    try:
        speed, cadence, seconds = (
            tuple(map(float, found[name])) for name in ("speed", "cadence", "seconds")
        )
        return CadenceEvidence(speed, cadence, seconds, bool(found["wanted"]))
    except (KeyError, TypeError, ValueError) as error:
        raise SchemaError(f"no cadence: {error}") from error


def pack_row(row: Mapping[str, object]) -> bytes:
    """Return a row of the table of activities, without its file and start."""
    return json.dumps([row.get(name) for name in _ROW], default=plain).encode()


def unpack_row(
    block: bytes | None, source: str, start: pd.Timestamp | None
) -> dict[str, object] | None:
    """Return the row; None where there is none."""
    if block is None:
        return None
    return dict(zip(_ROW, json.loads(block), strict=True)) | {
        "file": source,
        "start_time": start,
    }


_ROW = [name for name in schema.ACTIVITIES.names if name not in ("file", "start_time")]


def _squeeze(document: object) -> bytes:
    return zlib.compress(
        json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(), _FAST
    )


def _spread(block: bytes) -> dict[str, Any]:
    try:
        found = json.loads(zlib.decompress(block))
    except (zlib.error, ValueError) as error:
        raise SchemaError(f"no document: {error}") from error
    if not isinstance(found, dict):
        raise SchemaError("no document")
    return found


@cache
def _empty_tables() -> dict[str, pd.DataFrame]:
    return {name: schema.TABLES[name].empty() for name in TABLES_OF_ANALYSIS}


def _pack_table(frame: pd.DataFrame) -> bytes:
    columns: list[tuple[str, str, list[str | None]]] = []
    blocks = []
    for name in frame.columns:
        series = frame[name]
        dtype = str(series.dtype)
        texts: list[str | None] = []
        if name == "file":
            texts = [""]  # the source's name is not part of what was measured
            blocks.append(np.zeros(len(frame), dtype="<i4").tobytes())
        elif dtype == "str":
            codes, found = pd.factorize(
                series.to_numpy(dtype=object), use_na_sentinel=False
            )
            texts = [t if isinstance(t, str) else None for t in found.tolist()]
            blocks.append(codes.astype("<i4").tobytes())
        elif dtype == _TIME:
            blocks.append(pd.DatetimeIndex(series).asi8.astype("<i8").tobytes())
        elif dtype in _PLAIN:
            blocks.append(series.to_numpy().astype(_PLAIN[dtype]).tobytes())
        else:
            raise SchemaError(f"a column of dtype {dtype}: {name!r}")
        columns.append((str(name), dtype, texts))
    line = json.dumps(
        {"rows": len(frame), "columns": columns}, ensure_ascii=False
    ).encode()
    return zlib.compress(b"".join([line, b"\n", *blocks]), _FAST)


def _columns(block: bytes) -> dict[str, tuple[str, NDArray[Any]]]:
    """Return the columns of a block by name, each with its dtype; texts as objects."""
    try:
        data = zlib.decompress(block)
        end = data.index(b"\n")
        head = json.loads(data[:end])
        place, count = end + 1, int(head["rows"])
        out = {}
        for name, dtype, texts in head["columns"]:
            kind = np.dtype("<i4") if dtype == "str" else _PLAIN[dtype]
            values = np.frombuffer(data, dtype=kind, count=count, offset=place)
            place += count * kind.itemsize
            out[name] = (
                dtype,
                np.array(texts, dtype=object)[values]
                if dtype == "str" and count
                else values,
            )
    except (zlib.error, ValueError, KeyError, TypeError, IndexError) as error:
        raise SchemaError(f"no table: {type(error).__name__}: {error}") from error
    return out


def join_tables(
    blocks: Sequence[bytes], table: schema.Table, sources: Sequence[str]
) -> pd.DataFrame:
    """Return the tables of some blocks as one, in their order; a column ``file`` holds the source
    of each.

    Raises
    ------
    SchemaError
        When a block is not sound or not of this table.
    """
    found = [_columns(block) for block in blocks]
    out: dict[str, object] = {}
    for column in table:
        if column.name == "file":
            counts = [len(columns["file"][1]) for columns in found]
            out["file"] = pd.array(
                np.repeat(np.array(sources, dtype=object), counts), dtype="str"
            )
            continue
        try:
            parts = [columns[column.name] for columns in found]
        except KeyError:
            raise SchemaError(
                f"a table {table.name!r} without {column.name!r}"
            ) from None
        if any(dtype != column.dtype for dtype, _ in parts):
            raise SchemaError(f"{table.name}.{column.name} is not {column.dtype}")
        values = np.concatenate(
            [part for _, part in parts if len(part)] or [np.zeros(0)]
        )
        if column.dtype == "str":
            out[column.name] = pd.array(values.astype(object), dtype="str")
        elif column.dtype == _TIME:
            out[column.name] = pd.DatetimeIndex(values.astype("M8[ns]"), tz="UTC")
        else:
            out[column.name] = values.astype(column.dtype)
    return pd.DataFrame(out)
