"""Writing tables as CSV, Parquet or JSON, whole or in parts; what was there is replaced only by something complete."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from trailstats import schema
from trailstats.documents import iso_times, rows
from trailstats.errors import MissingExtraError, WriteError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["FORMAT_KEY", "defuse", "write_atomically", "write_partitioned", "write_table"]

FORMAT_KEY = b"trailstats"
"""Key of a Parquet file's metadata that holds the table's name and the version of its columns, as JSON."""


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
            stream.flush()
            os.fsync(stream.fileno())
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


def write_table(frame: pd.DataFrame, path: Path, *, table: schema.Table) -> Path:
    """Write a table as CSV (text cells defused), Parquet or JSON, after the suffix.

    Parameters
    ----------
    frame : pandas.DataFrame
        May have columns besides those of ``table``.
    path : Path
    table : schema.Table
        Brings the units, which stand in the metadata of Parquet's fields.

    Raises
    ------
    WriteError
        When the suffix is none of these, or the place can't be written to.
    MissingExtraError
        For Parquet without pyarrow.
    """
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return write_atomically(path, _csv(frame))
    if suffix == ".json":
        document = {"format_version": schema.FORMAT_VERSION, table.name: rows(frame)}
        return write_atomically(path, json.dumps(document, allow_nan=False).encode())
    if suffix != ".parquet":
        raise WriteError(f"{path}: can't write {suffix or 'a file without a suffix'}; use .csv .parquet .json")
    arrow = _arrow(frame, table)
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(arrow, sink)
    return write_atomically(path, sink.getvalue().to_pybytes())


def write_partitioned(frame: pd.DataFrame, folder: Path, *, table: schema.Table, by: Sequence[str]) -> Path:
    """Write a table as a folder of Parquet files, one for each combination of the values of some columns.

    The folders are named ``column=value``, as DuckDB, polars and pyarrow read them. The whole folder is made beside
    its place and then moved there.

    Parameters
    ----------
    frame : pandas.DataFrame
    folder : Path
        An earlier one of this kind is replaced.
    table : schema.Table
    by : sequence of str
        Columns of ``frame``.

    Raises
    ------
    WriteError
        When the place can't be written to, or holds something else.
    MissingExtraError
        Without pyarrow.
    """
    arrow = _arrow(frame, table)
    import pyarrow.parquet as pq

    if folder.exists() and not _is_partitioned(folder, by[0]):
        raise WriteError(f"{folder}: it is there and no folder of such parts; it is left as it is")
    temporary = None
    try:
        temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
        new, old = temporary / "new", temporary / "old"
        new.mkdir()
        pq.write_to_dataset(arrow, str(new), partition_cols=list(by), basename_template="part-{i}.parquet")
        if folder.exists():
            folder.replace(old)
        new.replace(folder)
    except OSError as error:
        raise WriteError(f"{folder}: can't be written: {error.strerror or error}") from error
    finally:
        if temporary is not None:
            if (temporary / "old").exists() and not folder.exists():
                (temporary / "old").replace(folder)
            shutil.rmtree(temporary, ignore_errors=True)
    return folder


def _is_partitioned(folder: Path, column: str) -> bool:
    return folder.is_dir() and all(p.name.startswith(f"{column}=") for p in folder.iterdir())


def _arrow(frame: pd.DataFrame, table: schema.Table) -> pa.Table:
    try:
        import pyarrow as pa
    except ImportError as error:
        raise MissingExtraError("pyarrow", "parquet") from error
    units = {c.name: c.unit for c in table}
    arrow = pa.Table.from_pandas(frame, preserve_index=False)
    about = json.dumps({"table": table.name, "format_version": schema.FORMAT_VERSION}).encode()
    fields = [f.with_metadata({"unit": units[f.name]}) if units.get(f.name) else f for f in arrow.schema]
    return arrow.cast(pa.schema(fields, metadata={**(arrow.schema.metadata or {}), FORMAT_KEY: about}))


def _csv(frame: pd.DataFrame) -> bytes:
    out = frame.copy()
    for name in out.columns:
        if isinstance(out[name].dtype, pd.DatetimeTZDtype):
            out[name] = iso_times(out[name])
        elif out[name].dtype == "str":
            out[name] = out[name].map(_cell)
    return out.to_csv(index=False).encode()


def _cell(text: str) -> str:
    """Return a cell's text for CSV; a lone carriage return would end the row."""
    return defuse(text).replace("\r\n", "\n").replace("\r", "\n") if isinstance(text, str) else text


def defuse(text: str) -> str:
    """Return a cell's text with a quote before it where a spreadsheet would run it as a formula."""
    return f"'{text}" if isinstance(text, str) and text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
