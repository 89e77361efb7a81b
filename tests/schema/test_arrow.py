"""Tables as Arrow: what polars, DuckDB and pyarrow take is what stands in the frame."""

from __future__ import annotations

import gc
import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import trailstats as ts
from trailstats import schema
from trailstats.model.results import TABLES_OF_ANALYSIS
from trailstats.schema import arrow
from trailstats.schema.arrow import METADATA_KEY, ArrowTable
from trailstats.schema.documents import rows

TABLE = schema.Table(
    "tried",
    "one of each",
    (
        schema.Column("when", "datetime64[ns, UTC]", "", "a time"),
        schema.Column("count", "int64", "1", "a whole number"),
        schema.Column("length", "float64", "m", "a length"),
        schema.Column("sure", "bool", "", "whether"),
        schema.Column("word", "str", "", "a text"),
    ),
)


@pytest.fixture
def frame() -> pd.DataFrame:
    """Return a row of each kind and one of nothing, more than a byte of bits long."""
    some = {
        "when": pd.Timestamp("2024-05-01T06:00:00.123456789Z"),
        "count": 2**53 + 1,
        "length": 1.5,
        "sure": True,
        "word": "Höhenweg 🏔",
    }
    none = {
        "when": pd.NaT,
        "count": 0,
        "length": np.nan,
        "sure": False,
        "word": "",
    }
    data = pd.DataFrame([some, none] * 9)
    return TABLE.frame({c.name: data[c.name] for c in TABLE})


def expected(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    """Return the rows as plain values, NaN as None, times as nanoseconds."""
    return [
        (
            None if pd.isna(row.when) else row.when.value,
            row.count,
            None if pd.isna(row.length) else row.length,
            row.sure,
            row.word,
        )
        for row in frame.itertuples(index=False)
    ]


def test_polars_takes_it(frame: pd.DataFrame) -> None:
    """Values, kinds and nulls arrive, twice from the same table."""
    table = ArrowTable(TABLE, frame)
    for _ in range(2):
        found = pl.DataFrame(table)
        assert found.schema == {
            "when": pl.Datetime("ns", "UTC"),
            "count": pl.Int64,
            "length": pl.Float64,
            "sure": pl.Boolean,
            "word": pl.String,
        }
        found = found.with_columns(pl.col("when").dt.epoch("ns"))
        assert found.rows() == expected(frame)


def test_duckdb_takes_it(frame: pd.DataFrame) -> None:
    """By the name of the variable, with a condition and fewer columns."""
    tried = ArrowTable(TABLE, frame)
    found = duckdb.sql(
        'select word, epoch_ns("when"), count from tried where length > 1'
    ).fetchall()
    when = frame["when"].iloc[0].value
    assert found == [("Höhenweg 🏔", when, 2**53 + 1)] * 9
    assert len(tried) == 18


def test_pyarrow_reads_units_and_the_tables_name(frame: pd.DataFrame) -> None:
    """It finds nothing wrong with the structures, and what Parquet files say stands there, too."""
    found = pa.table(ArrowTable(TABLE, frame))
    found.validate(full=True)
    assert found.field("length").metadata == {b"unit": b"m"}
    assert found.field("word").metadata is None
    about = json.loads(found.schema.metadata[METADATA_KEY.encode()])
    assert about == {"table": "tried", "format_version": schema.FORMAT_VERSION}
    pd.testing.assert_frame_equal(
        found.to_pandas(types_mapper=None)[["count", "length", "sure"]],
        frame[["count", "length", "sure"]],
    )


@pytest.mark.parametrize("name", sorted(schema.TABLES))
def test_empty_tables_keep_their_columns(name: str) -> None:
    """Nothing recorded is a table, too."""
    table = schema.TABLES[name]
    found = pl.DataFrame(ArrowTable(table, table.empty()))
    assert (found.columns, found.height) == (table.names, 0)
    assert rows(table.empty()) == []


@pytest.fixture(scope="module")
def history(samples: Path) -> ts.History:
    """Return some runs of the archive, one of them hilly."""
    files = sorted((samples / "archive").glob("*.fit"))[66:72]
    return ts.analyze_folder(files, workers=1)


OF_ANALYSIS = (*TABLES_OF_ANALYSIS, "records")
OF_HISTORY = ("activities", "weekly", "daily", *TABLES_OF_ANALYSIS)


@pytest.mark.parametrize(
    ("owner", "name"),
    [("analysis", n) for n in OF_ANALYSIS] + [("history", n) for n in OF_HISTORY],
)
def test_every_table_is_taken_as_it_stands(
    history: ts.History, owner: str, name: str
) -> None:
    """By polars and by DuckDB: all columns, and every value that is there."""
    run = max(history.analyses, key=lambda one: len(one.climbs))
    tried = (run if owner == "analysis" else history).table(name)
    assert len(tried)
    frame = (
        tried.frame
        if tried.frame.index.name is None
        else tried.frame.reset_index()
    )
    found = pl.DataFrame(tried)
    assert found.columns == list(frame.columns)
    for column in found.columns:
        told = frame[column]
        there = [None if pd.isna(value) else value for value in told]
        got = found[column]
        if isinstance(told.dtype, pd.DatetimeTZDtype):
            got = got.dt.epoch("ns")
            there = [value and value.value for value in there]
        assert got.to_list() == there, column
    relation = duckdb.sql("select * from tried")
    assert relation.columns == found.columns
    counted = ", ".join(f'count("{column}")' for column in found.columns)
    [counts] = duckdb.sql(f"select {counted} from tried").fetchall()
    assert list(counts) == frame.notna().sum().tolist()


def test_an_index_with_a_name_is_a_column() -> None:
    """As the times of records are."""
    times = pd.DatetimeIndex(["2024-05-01"], tz="UTC", name="time").as_unit("ns")
    frame = schema.RECORDS.frame({"speed": np.ones(1)}, times)
    assert pl.DataFrame(ArrowTable(schema.RECORDS, frame)).columns[0] == "time"


def held_by_takers() -> int:
    """Return how many objects are kept alive for those who took a table."""
    gc.collect()
    return sum(
        type(one).__name__ in ("_Memory", "_Source", "_Stream")
        and type(one).__module__ == arrow.__name__
        for one in gc.get_objects()
    )


@pytest.mark.parametrize(
    "take",
    [
        pl.DataFrame,
        lambda table: pa.table(table).column("word"),
        pa.RecordBatchReader.from_stream,
        ArrowTable.__arrow_c_stream__,
    ],
    ids=["polars", "a column of pyarrow", "unread", "untaken"],
)
def test_memory_is_given_back(
    frame: pd.DataFrame, take: Callable[[ArrowTable], object]
) -> None:
    """Of a table that was taken, of a part of it, of one not read, and of one nobody took."""
    before = held_by_takers()
    taken = take(ArrowTable(TABLE, frame))
    assert held_by_takers() > before
    del taken
    assert held_by_takers() == before


def test_a_second_copy_of_the_module_takes_nothing_from_the_first(
    frame: pd.DataFrame,
) -> None:
    """What a module asks of Python's own functions holds for it alone: loaded twice, both work."""
    spec = importlib.util.find_spec("trailstats.schema.arrow")
    assert spec is not None
    assert spec.loader is not None
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    before = held_by_takers()
    assert len(pl.DataFrame(ArrowTable(TABLE, frame))) == len(frame)
    assert held_by_takers() == before


def test_it_needs_no_pyarrow_and_outlives_the_interpreters_end() -> None:
    """A program without pyarrow gets its table, and ends well while it still holds it."""
    program = """
import sys
sys.modules["pyarrow"] = None
import numpy as np, polars as pl
from trailstats import schema
from trailstats.schema.arrow import ArrowTable
frame = schema.WEEKLY.frame({"distance": np.arange(3.0)})
kept = pl.DataFrame(ArrowTable(schema.WEEKLY, frame))
print(kept["distance"].sum())
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "3.0"), done.stderr
