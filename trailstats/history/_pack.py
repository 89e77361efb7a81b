"""An analysis as bytes and back: a head of JSON, and one block a table. Nothing in it can run.

A block is a line of JSON that names the columns, then the columns one after the other; texts stand
once and are numbered. What comes back is equal to the last bit.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats import schema
from trailstats.arrays import Ints
from trailstats.cache import Parts
from trailstats.errors import SchemaError
from trailstats.history._cadence import CadenceEvidence, cadence_evidence
from trailstats.history._ways import WAY, pack_way
from trailstats.io.containers import Failure
from trailstats.model.athlete import Athlete
from trailstats.model.fingerprint import fingerprint
from trailstats.model.results import (
    HEART_RATE_BINS,
    TABLES_OF_ANALYSIS,
    Analysis,
    HeartRateTimes,
)
from trailstats.schema.documents import plain

START = "start"
HEAD = "head"
TIMES = "heart_rate_times"
CADENCE = "cadence"
FAILURE = "failure"
KEPT_AT_HAND = (START, TIMES, CADENCE, FAILURE)
"""Blocks that are needed of every result."""

_TIME = "datetime64[ns, UTC]"
_CODES = np.dtype("<i4")
"""Numbers of the texts of a column."""

_PLAIN = {
    "float64": np.dtype("<f8"),
    "int64": np.dtype("<i8"),
    "bool": np.dtype("?"),
    _TIME: np.dtype("<i8"),
}
_FAST = 1
"""Effort of compression: the highest ones cost more time than they save space."""


def pack(
    item: Analysis | Failure, source: str, athlete: Athlete | None = None
) -> Parts:
    """Return the blocks of what a source gave, without the source's own name: a copy has the same
    blocks. They say whose measures they rest on.
    """
    if isinstance(item, Failure):
        return {FAILURE: _squeeze(item.to_dict() | {"source": ""})}
    meta = replace(item.meta, source=item.meta.source.removeprefix(source))
    begin = meta.start_time
    time = None if begin is None else begin.as_unit("ns").value
    held = item.heart_rate_times
    times = np.stack([getattr(held, f.name) for f in fields(held)])
    tables = {name: _block_of(item, name) for name in TABLES_OF_ANALYSIS}
    own = "" if athlete is None else fingerprint(athlete)
    return {
        START: _squeeze({"source": meta.source, "time": time, "own": own}),
        HEAD: _squeeze(item.having(meta=meta).outline()),
        CADENCE: _squeeze(asdict(cadence_evidence(item))),
        TIMES: zlib.compress(times.astype("<f8").tobytes(), _FAST),
        WAY: pack_way(item),
        **tables,
    }


def unpack_failure(block: bytes, source: str) -> Failure:
    """Return the failure that a block was made from, under a source's name.

    Raises
    ------
    SchemaError
        When the block is not sound.
    """
    with sound("failure"):
        return Failure(**_spread(block) | {"source": source})


def unpack(parts: Mapping[str, bytes], source: str) -> Analysis:
    """Return the analysis that the blocks were made from, under a source's name.

    Raises
    ------
    SchemaError
        When the blocks are not sound.
    """
    head = unpack_head(parts[HEAD], parts[TIMES], source)
    name = head.meta.source
    tables: dict[str, Any] = {
        t: join_tables([parts[t]], schema.TABLES[t], [name])
        for t in TABLES_OF_ANALYSIS
    }
    return replace(head, **tables)


def unpack_start(
    block: bytes, source: str
) -> tuple[str, pd.Timestamp | None, str]:
    """Return an analysis's source, under that of the file, its start, and what stands for whose
    measures it rests on.

    Raises
    ------
    SchemaError
        When the block is not sound.
    """
    with sound("start"):
        found = _spread(block)
        time = found["time"]
        start = None if time is None else pd.Timestamp(int(time), tz="UTC")
        return source + str(found["source"]), start, str(found["own"])


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
    with sound("table of heart-rate times"):
        times = np.frombuffer(zlib.decompress(block), dtype="<f8")
        times = times.reshape(len(names), HEART_RATE_BINS)
    return HeartRateTimes(**dict(zip(names, times, strict=True)))


def unpack_cadence(block: bytes) -> CadenceEvidence:
    """Return what an activity shows of the athlete's cadence.

    Raises
    ------
    SchemaError
        When the block is not sound.
    """
    with sound("evidence of a cadence"):
        found = _spread(block)
        speed, cadence, seconds = (
            tuple(map(float, found[name]))
            for name in ("speed", "cadence", "seconds")
        )
        return CadenceEvidence(speed, cadence, seconds, bool(found["wanted"]))


def pack_row(row: Mapping[str, object]) -> bytes:
    """Return a row of the table of activities, without its file and start."""
    return json.dumps([row.get(name) for name in _ROW], default=plain).encode()


def unpack_row(
    block: bytes, source: str, start: pd.Timestamp | None
) -> dict[str, object]:
    """Return the row, with its file and start."""
    return dict(zip(_ROW, json.loads(block), strict=True)) | {
        "file": source,
        "start_time": start,
    }


_ROW = [
    name for name in schema.ACTIVITIES.names if name not in ("file", "start_time")
]


def _squeeze(document: object) -> bytes:
    return zlib.compress(
        json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(),
        _FAST,
    )


def _spread(block: bytes) -> dict[str, Any]:
    with sound("document"):
        return dict(json.loads(zlib.decompress(block)))


@contextmanager
def sound(what: str) -> Iterator[None]:
    """Turn whatever a damaged block can do into the error that says so."""
    try:
        yield
    except (zlib.error, ValueError, KeyError, TypeError, IndexError) as error:
        raise SchemaError(
            f"not a valid {what}: {type(error).__name__}: {error}"
        ) from error


@cache
def _empty_tables() -> dict[str, pd.DataFrame]:
    return {name: schema.TABLES[name].empty() for name in TABLES_OF_ANALYSIS}


def _block_of(item: Analysis, name: str) -> bytes:
    held = item.held(name)
    if not len(held):
        return _empty_block(name)
    if isinstance(held, pd.DataFrame):
        held = schema.TABLES[name].columns_of(
            {str(n): values for n, values in held.items()}
        )
    return pack_table(held)


@cache
def _empty_block(name: str) -> bytes:
    return pack_table(schema.TABLES[name].columns_of({}))


def pack_table(held: schema.Columns) -> bytes:
    """Return the block of a table."""
    columns: list[tuple[str, str, list[str | None]]] = []
    blocks = []
    for column in held.table:
        values = held[column.name]
        texts: list[str | None] = []
        if column.name == "file":
            texts = [""]  # the source's name is not part of what was measured
            values = np.zeros(len(held))
        elif column.dtype == "str":
            values, found = pd.factorize(values, use_na_sentinel=False)
            texts = [t if isinstance(t, str) else None for t in found.tolist()]
        kind = _CODES if column.dtype == "str" else _PLAIN[column.dtype]
        blocks.append(values.astype(kind, copy=False).tobytes())
        columns.append((column.name, column.dtype, texts))
    line = json.dumps(
        {"rows": len(held), "columns": columns}, ensure_ascii=False
    ).encode()
    return zlib.compress(b"".join([line, b"\n", *blocks]), _FAST)


def _columns(
    block: bytes, wanted: Sequence[str]
) -> tuple[dict[str, tuple[str, NDArray[Any]]], int]:
    """Return the wanted columns of a block by name, each with its dtype, and how many rows it has;
    texts as objects.
    """
    out: dict[str, tuple[str, NDArray[Any]]] = {}
    with sound("table"):
        data = zlib.decompress(block)
        end = data.index(b"\n")
        head = json.loads(data[:end])
        offset = end + 1
        count = int(head["rows"])
        for name, dtype, texts in head["columns"]:
            kind = _CODES if dtype == "str" else _PLAIN[dtype]
            if name in wanted:
                values = np.frombuffer(data, kind, count, offset)
                if dtype == "str" and count:
                    values = np.array(texts, dtype=object)[values]
                out[name] = (dtype, values)
            offset += count * kind.itemsize
    return out, count


def join_columns(
    blocks: Iterable[bytes], table: schema.Table, names: Sequence[str]
) -> tuple[dict[str, NDArray[Any]], Ints]:
    """Return some columns of the tables of some blocks, one after the other, and how many rows each
    block has; times as whole nanoseconds, texts as objects.

    Raises
    ------
    SchemaError
        When a block is not sound or not of this table.
    """
    dtypes = {column.name: column.dtype for column in table}
    parts: dict[str, list[NDArray[Any]]] = {name: [] for name in names}
    counts = []
    for block in blocks:
        columns, rows = _columns(block, names)
        counts.append(rows)
        for name, own in parts.items():
            dtype, values = columns.get(name, ("not there", np.zeros(0)))
            if dtype != dtypes[name]:
                what = f"{table.name}.{name} is {dtype}, not {dtypes[name]}"
                raise SchemaError(what)
            own.append(values)
    joined = {}
    for name in names:
        # Given up one by one: the tracks of thousands of runs fill memory.
        own = [part for part in parts.pop(name) if len(part)]
        joined[name] = np.concatenate(own or [np.zeros(0)])
    return joined, np.array(counts, dtype=np.int64)


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
    names = [name for name in table.names if name != "file"]
    columns, counts = join_columns(blocks, table, names)
    return frame_of_columns(columns, counts, table, sources)


def frame_of_columns(
    columns: Mapping[str, NDArray[Any]],
    counts: Ints,
    table: schema.Table,
    sources: Sequence[str],
) -> pd.DataFrame:
    """Return the columns that `join_columns` gives as a frame."""
    out: dict[str, object] = {}
    for column in table:
        if column.name == "file":
            files = np.repeat(np.array(sources, dtype=object), counts)
            out["file"] = pd.array(files, dtype="str")
            continue
        values = columns[column.name]
        if column.dtype == "str":
            out[column.name] = pd.array(values.astype(object), dtype="str")
        elif column.dtype == _TIME:
            out[column.name] = pd.DatetimeIndex(values.astype("M8[ns]"), tz="UTC")
        else:
            out[column.name] = values.astype(column.dtype)
    return pd.DataFrame(out)
